#include <stdlib.h>
#include <string.h>

#include "world_impl.h"

static void finish_jobs(struct world *w)
{
	for (size_t r = 0; r < ROUTERS; r++)
		for (size_t i = 0; i < JOBS; i++)
			for (int tries = 0; w->jobs[r][i].kind != JOB_FREE && tries < 50 && !w->broken; tries++)
				advance_job(w, &w->jobs[r][i], 4);
}

/* Nothing fails any more; Alertmanager repeats what is true; an hour and a half passes. */
static void come_to_rest(struct world *w)
{
	finish_jobs(w);
	for (int round = 0; round < 100 && !w->broken; round++) {
		if (round % 20 == 0) {
			send_webhook(w, 0);
			finish_jobs(w);
		}
		run_tick(w);
		for (int receiver = 0; receiver < RECEIVERS; receiver++)
			for (int i = 0; i < 4; i++) {
				start_delivery(w, 0, receiver);
				finish_jobs(w);
			}
		pass_time(w, TIME_MINUTE);
	}
}

static bool truth_fires(const struct world *w)
{
	for (size_t i = 0; i < ALERTS; i++)
		if (w->truth[i].firing)
			return true;
	return false;
}

static void check_provider(struct world *w, const struct incident *inc, int receiver)
{
	const struct delivery *d = incident_delivery((struct incident *)(uintptr_t)inc, str_c(receivers[receiver]));
	const struct provider *p = &w->providers[receiver];
	bool fires = inc->open && inc->paging == PAGING_ON && !inc->hold_until;
	bool dead = d && delivery_is_dead(d);
	for (uint64_t g = 1; g < GENERATIONS; g++)
		if (p->open[g] && !(inc->open && g == inc->generation) && !dead)
			break_promise(w, "zombie: a generation that is over is open at the provider");
	if (fires && d && !dead && !p->open[inc->generation % GENERATIONS])
		break_promise(w, "lost: the incident fires and a receiver was not told");
	if (fires && d && !dead && p->woke_at < w->paged_at)
		break_promise(w, "hidden: a page was decided and nobody was woken");
	if (d && d->due_at && d->due_at <= world_now(w))
		break_promise(w, "something is due for ever");
}

static void check_members(struct world *w, const struct incident *inc)
{
	struct job job = {.kind = JOB_TICK};
	load(w, &job);
	uint64_t firing = 0;
	for (size_t i = 0; i < ALERTS; i++) {
		struct member m = member_in(&job.members[i]);
		firing += arrival_sticks(&m, inc);
	}
	free(job.record);
	if (inc->open && inc->count.firing != firing)
		break_promise(w, "the record counts other members than there are");
}

static void check_rest(struct world *w)
{
	struct job job = {.kind = JOB_TICK};
	load(w, &job);
	struct incident *inc = record_of(w, &job);
	free(job.record);
	bool closed_by_hand = inc->closed_by_hand.at != 0;
	if (inc->open && !truth_fires(w))
		break_promise(w, "nothing fires any more and the incident is open");
	if (!inc->open && truth_fires(w) && !closed_by_hand)
		break_promise(w, "something fires and the incident is closed");
	if (inc->count.received != w->committed_arrivals)
		break_promise(w, "alerts received are not the alerts that were decided");
	if (inc->count.received < inc->count.pages + inc->count.reminders + inc->count.deduplicated + inc->count.suppressed)
		break_promise(w, "the verdicts are more than the alerts");
	check_members(w, inc);
	for (int receiver = 0; receiver < RECEIVERS; receiver++)
		check_provider(w, inc, receiver);
}

static void world_init(struct world *w, bool talk)
{
	memset(w, 0, sizeof *w);
	w->store = memory_store_open(NULL);
	w->arena = arena_new();
	w->tell = talk;
	memory_store_set_now(w->store, BASE);
	w->policy = (struct incident_policy){.late_grace = 330 * TIME_SECOND,
	                                     .expire_after = 8 * TIME_DAY,
	                                     .ack_timeout = TIME_DAY,
	                                     .start_skew = INCIDENT_START_SKEW,
	                                     .flap_window = 10 * TIME_MINUTE,
	                                     .flap_changes = 6,
	                                     .delivery_timeout = TIMEOUT,
	                                     .delivery_expire = TIME_DAY,
	                                     .fallback_after = 5 * TIME_MINUTE,
	                                     .retention = 30 * TIME_DAY};
	for (size_t i = 0; i < ALERTS; i++) {
		w->rules.page[i] = true;
		w->rules.rank[i] = 1;
		w->rules.receivers[i] = 1;
	}
}

static void world_release(struct world *w)
{
	for (size_t r = 0; r < ROUTERS; r++)
		for (size_t i = 0; i < JOBS; i++)
			free(w->jobs[r][i].record);
	w->store->ops->close(w->store);
	arena_free(w->arena);
}

const char *world_run(const struct step *tape, size_t length, bool talk)
{
	static struct world w;
	world_init(&w, talk);
	for (size_t i = 0; i < length && !w.broken; i++)
		take_step(&w, &tape[i]);
	if (!w.broken)
		come_to_rest(&w);
	if (!w.broken)
		check_rest(&w);
	const char *broken = w.broken;
	world_release(&w);
	return broken;
}
