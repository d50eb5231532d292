#include <stdlib.h>

#include "incident/command.h"
#include "incident/tick.h"
#include "world_impl.h"

#define TICKS (30 * TIME_SECOND) /* how often a calm world looks at what is due */

void world_run_tick(struct world *w, int router)
{
	struct job job = {.kind = JOB_FREE, .store = w->local[router]};
	world_claim(w, &job, STORE_CLOCK);
	if (job.kind == JOB_FREE)
		return;
	struct incident *inc = world_record(w, &job, job.key);
	struct counts counts = {.arena = w->arena};
	enum tick_reason out[TICK_REASONS];
	size_t n = incident_tick(inc, &w->policy, world_now(w), out, &counts);
	for (size_t i = 0; i < n; i++)
		world_tell(w, "timer: %s", tick_reason_name(out[i]));
	counts_release(&counts);
	if (w->calm)
		world_load(w, &job);
	world_commit(w, &job, job.key, inc, NULL, 0, STORE_CLOCK);
	judge_change(w, &job, job.key, inc);
	free_records(&job);
}

static void run_world_command(struct world *w, int router, uint8_t how)
{
	struct job job = {.kind = JOB_TICK, .store = w->local[router]};
	new_id(w, job.commit_id);
	world_load(w, &job);
	int key = how / 4 % KEYS;
	struct incident *inc = world_record(w, &job, key);
	struct counts counts = {.arena = w->arena};
	enum command c = (enum command)(how % 4);
	const char *why =
		incident_command(inc, c, &(struct command_args){.by = STR("ana")}, &w->policy, world_now(w), &counts);
	counts_release(&counts);
	if (!why) {
		world_tell(w, "by hand: %s", command_name(c));
		for (int i = 0; i < ALERTS; i++) /* what is closed by hand is paged anew after a while */
			w->judged[i].paged_start = 0;
		world_commit(w, &job, key, inc, NULL, 0, NULL);
	}
	free_records(&job);
}

static void pass_to(struct world *w, int64_t until)
{
	memory_store_set_now(w->store, until);
	for (size_t r = 0; r < ROUTERS; r++)
		if (w->local[r])
			memory_store_set_now(w->local[r], until);
	for (size_t i = 0; i < GHOSTS; i++)
		if (w->ghosts[i].used && w->ghosts[i].latest <= until) {
			w->ghosts[i].used = false;
			world_arrive(w, NULL, &w->ghosts[i]);
		}
	for (size_t r = 0; r < ROUTERS; r++)
		for (size_t i = 0; i < JOBS; i++) {
			struct job *job = &w->jobs[r][i];
			if (job->kind != JOB_DELIVERY || job->phase != ON_THE_WIRE || job->sent_at + TIMEOUT > until)
				continue;
			leave_ghost(w, job);
			job->phase = SETTLING;
			job->outcome = OUTCOME_UNKNOWN;
		}
}

/* A calm Alertmanager flushes in time, timers run, and whoever restarted learns all within a minute. */
static void pass_calmly(struct world *w, int64_t until)
{
	while (world_now(w) < until && !w->broken) {
		int64_t next = world_now(w) + TICKS;
		pass_to(w, next < until ? next : until);
		if (w->am.restarts && world_now(w) % TIME_MINUTE < TICKS)
			for (int i = 0; i < ALERTS; i++)
				learn(w, i);
		world_run_tick(w, 0);
		flush_due(w);
	}
}

void pass_time(struct world *w, int64_t ms)
{
	int64_t until = world_now(w) + ms;
	if (w->calm)
		pass_calmly(w, until);
	else
		pass_to(w, until);
}

void crash(struct world *w, int router)
{
	world_tell(w, "router %d dies", router);
	for (size_t i = 0; i < JOBS; i++) {
		struct job *job = &w->jobs[router][i];
		if (job->kind == JOB_DELIVERY && job->phase == ON_THE_WIRE)
			leave_ghost(w, job);
		if (job->kind == JOB_INTAKE && job->answers)
			flush_ends(w, &job->view, false);
		job->kind = JOB_FREE;
	}
}

static void reload_world(struct world *w, uint8_t how, uint8_t alert)
{
	static const int64_t waits[] = {0, 0, 2 * TIME_MINUTE, 0}, holds[] = {0, 0, 0, 5 * TIME_MINUTE};
	w->rules.page[alert % ALERTS] = how % 5 != 4;
	w->rules.rank[alert % ALERTS] = how % 3;
	w->rules.receivers[alert % ALERTS] = 1 + how % 3;
	w->rules.key[alert % ALERTS] = how / 16 % KEYS;
	w->rules.page_after = waits[how % 4];
	w->rules.resolve_hold = holds[how % 4];
	world_tell(w, "the rules change");
}

static void keep_for_later(struct world *w, uint8_t slot, uint8_t group)
{
	w->stale[slot % STALE] = world_look(w, group % GROUPS);
}

static void late_ghost(struct world *w, uint8_t which)
{
	struct ghost *g = &w->ghosts[which % GHOSTS];
	if (!g->used)
		return;
	g->used = false;
	world_arrive(w, NULL, g);
}

enum what {
	CHANGE,
	MUTE,
	MOVE,
	FLUSH,
	LIMIT,
	RESTART,
	LEARN,
	STALL,
	KEEP,
	STALE_WEBHOOK,
	JOB_STEP,
	CLAIM,
	TICK,
	TIME,
	CRASH,
	COMMAND,
	RELOAD,
	GHOST,
	CUT
};

/* How often each happens, in 40ths. */
static const uint8_t often[40] = {
	CHANGE,   CHANGE,   CHANGE,   CHANGE,   MUTE,     MOVE,          FLUSH,    FLUSH,    FLUSH,    FLUSH,
	LIMIT,    RESTART,  LEARN,    STALL,    KEEP,     STALE_WEBHOOK, CLAIM,    CLAIM,    CLAIM,    CLAIM,
	TICK,     TIME,     TIME,     TIME,     TIME,     CRASH,         COMMAND,  RELOAD,   GHOST,    JOB_STEP,
	JOB_STEP, JOB_STEP, JOB_STEP, JOB_STEP, JOB_STEP, JOB_STEP,      JOB_STEP, JOB_STEP, JOB_STEP, CUT,
};

/* Where Alertmanager is in time and nothing is lost, these do not happen. */
static bool is_rough(enum what what)
{
	return what == FLUSH || what == LIMIT || what == LEARN || what == STALL || what == STALE_WEBHOOK || what == CRASH ||
	       what == RELOAD || what == CUT;
}

void advance_job(struct world *w, struct job *job, uint8_t how)
{
	if (job->kind == JOB_INTAKE)
		intake_step(w, job, how % 8 == 0);
	else if (job->kind == JOB_DELIVERY)
		delivery_step(w, job, how);
}

/* One of those under way, whichever router's. */
static struct job *some_job(struct world *w, uint8_t who, bool stalled)
{
	struct job *busy[ROUTERS * JOBS];
	size_t n = 0;
	for (size_t r = 0; r < ROUTERS; r++)
		for (size_t i = 0; i < JOBS; i++)
			if (w->jobs[r][i].kind != JOB_FREE && w->jobs[r][i].stalled == stalled)
				busy[n++] = &w->jobs[r][i];
	return n ? busy[who % n] : NULL;
}

static void step_some_job(struct world *w, uint8_t who, uint8_t how)
{
	struct job *job = some_job(w, who, false);
	if (job)
		advance_job(w, job, how);
}

/* A process is paused in the middle of what it does, or goes on. */
static void stall(struct world *w, uint8_t who, uint8_t how)
{
	struct job *job = some_job(w, who, how % 3 == 0);
	if (job)
		job->stalled = !job->stalled;
}

static void send_stale_webhook(struct world *w, int router, uint8_t which)
{
	if (w->stale[which % STALE].used)
		start_intake(w, router, &w->stale[which % STALE], false);
}

static void limit(struct world *w, uint8_t how)
{
	w->am.max_alerts = how % 3;
	world_tell(w, "max_alerts is %d", w->am.max_alerts);
}

void world_take_step(struct world *w, const struct step *s)
{
	static const int64_t spans[] = {100, 1000, 5000, 14000, 16000, 31000, 75000, 2 * TIME_MINUTE, 6 * TIME_MINUTE};
	int router = s->who % ROUTERS;
	enum what what = (enum what)often[s->what % sizeof often];
	if (w->calm && is_rough(what))
		what = s->how % 2 ? TIME : CHANGE;
	switch (what) {
	case CHANGE: change_truth(w, s->who % ALERTS); break;
	case MUTE: world_mute(w, s->who % ALERTS); break;
	case MOVE: change_group(w, s->who % ALERTS); break;
	case FLUSH: flush(w, s->who / 2 % GROUPS, router, s->how); break;
	case LIMIT: limit(w, s->how); break;
	case RESTART: restart_alertmanager(w, s->how); break;
	case LEARN: learn(w, s->who % ALERTS); break;
	case STALL: stall(w, s->who, s->how); break;
	case KEEP: keep_for_later(w, s->how, s->who); break;
	case STALE_WEBHOOK: send_stale_webhook(w, router, s->how); break;
	case JOB_STEP: step_some_job(w, s->who, s->how); break;
	case CLAIM: start_delivery(w, router, s->how % RECEIVERS); break;
	case TICK: world_run_tick(w, router); break;
	case TIME: pass_time(w, spans[s->how % (sizeof spans / sizeof *spans)]); break;
	case CRASH: crash(w, router); break;
	case COMMAND: run_world_command(w, router, s->how); break;
	case RELOAD: reload_world(w, s->how, s->who); break;
	case GHOST: late_ghost(w, s->who); break;
	case CUT: w->local[router] ? heal(w, router) : world_cut_off(w, router, s->how); break;
	}
}
