#include <stdlib.h>
#include <string.h>

#include "world_impl.h"

void finish_jobs(struct world *w)
{
	for (size_t r = 0; r < ROUTERS; r++)
		for (size_t i = 0; i < JOBS; i++) {
			w->jobs[r][i].stalled = false;
			for (int tries = 0; w->jobs[r][i].kind != JOB_FREE && tries < 50 && !w->broken; tries++)
				advance_job(w, &w->jobs[r][i], 4);
		}
}

static void work_off(struct world *w)
{
	world_run_tick(w, 0);
	for (int receiver = 0; receiver < RECEIVERS; receiver++)
		for (int i = 0; i < 4; i++) {
			start_delivery(w, 0, receiver);
			finish_jobs(w);
		}
}

static void flush_all(struct world *w)
{
	for (int g = 0; g < GROUPS; g++) {
		flush(w, g, 0, 1);
		finish_jobs(w);
	}
}

/*
 * Nothing fails any more. An hour and a half passes, with a flush every five minutes: by then everybody has been told. Then
 * half a day, in which rows of which nothing is heard end by time.
 */
static void come_to_rest(struct world *w)
{
	w->calm = false;
	finish_jobs(w);
	for (int r = 0; r < ROUTERS; r++)
		heal(w, r);
	settle_alertmanager(w);
	for (int round = 0; round < 100 && !w->broken; round++) {
		if (round % 5 == 0)
			flush_all(w);
		work_off(w);
		pass_time(w, TIME_MINUTE);
	}
	for (int round = 0; round < 12 && !w->broken; round++) {
		flush_all(w);
		work_off(w);
		pass_time(w, TIME_HOUR);
	}
	flush_all(w);
	work_off(w);
}

static void check_provider(struct world *w, struct incident *inc, int key, int receiver)
{
	const struct delivery *d = incident_delivery(inc, str_c(receivers[receiver]));
	const struct provider *p = &w->providers[receiver];
	bool fires = incident_is_paged(inc) && !inc->quiet_at && (!d || d->from <= inc->generation);
	bool dead = d && delivery_is_dead(inc, d);
	bool owed = fires && d && !dead && !incident_is_taken(inc); /* what somebody had before it was told wakes nobody */
	for (uint64_t g = 1; g < GENERATIONS; g++)
		if (p->open[key][g] && !(incident_is_open(inc) && g == inc->generation) && !dead)
			break_promise(w, "zombie: a generation that is over is open at the provider");
	if (owed && !p->open[key][inc->generation % GENERATIONS])
		break_promise(w, "lost: the incident fires and a receiver was not told");
	if (owed && p->woke_at[key] < w->paged_at[key])
		break_promise(w, "hidden: a page was decided and nobody was woken");
	if (d && d->due_at && d->due_at <= world_now(w))
		break_promise(w, "something is due for ever");
}

/* Every alert that fires unmuted is a member of one open incident (or of one that was closed by hand); nobody else is. */
static void check_members(struct world *w, const struct job *job, struct incident *const *incs)
{
	uint64_t firing[KEYS] = {0};
	for (int i = 0; i < ALERTS; i++) {
		struct member m = job->members[i];
		struct incident *inc = m.found ? incs[key_index(m.key)] : NULL;
		bool sticks = inc && arrival_sticks(&m, inc);
		if (sticks)
			firing[key_index(m.key)]++;
		if (sticks && !is_active(w, i))
			break_promise(w, "L2: an alert is over and still a firing member");
		bool by_hand = incs[w->rules.key[i]]->closed_by_hand.at || (inc && inc->closed_by_hand.at);
		if (is_active(w, i) && w->rules.page[i] && !sticks && !by_hand)
			break_promise(w, "L1: an alert fires and no open incident has it");
	}
	for (size_t k = 0; k < KEYS; k++)
		if (incident_is_open(incs[k]) && !firing[k])
			break_promise(w, "L2: an incident is open and nobody fires");
}

/* Alertmanager repeats itself every hour: by then whoever is not acknowledged is reminded. */
static void check_reminded(struct world *w, const struct incident *inc)
{
	bool owed = incident_is_paged(inc) && !inc->quiet_at && !incident_acknowledgement(inc) && incident_firing(inc);
	if (owed && inc->last_notice_at < world_now(w) - 2 * TIME_HOUR)
		break_promise(w, "L3: an open incident that nobody has acknowledged is not reminded of");
}

static void check_rest(struct world *w)
{
	struct job job = {.kind = JOB_TICK};
	struct incident *incs[KEYS];
	uint64_t received = 0;
	world_load(w, &job);
	for (int k = 0; k < KEYS; k++) {
		incs[k] = world_record(w, &job, k);
		received += incs[k]->count.received;
		check_reminded(w, incs[k]);
		for (int receiver = 0; receiver < RECEIVERS; receiver++)
			check_provider(w, incs[k], k, receiver);
	}
	if (!w->parted && received != w->committed_arrivals)
		break_promise(w, "alerts received are not the alerts that were decided");
	check_members(w, &job, incs);
	free_records(&job);
}

/* Whoever pages falls back to "chat". */
static struct str chat = {"chat", 4};

static void world_init(struct world *w, bool calm, bool talk)
{
	memset(w, 0, sizeof *w);
	w->store = memory_store_open(NULL);
	w->arena = arena_new();
	w->tell = talk;
	w->calm = calm;
	memory_store_set_now(w->store, BASE);
	w->policy = (struct incident_policy){.late_grace = 330 * TIME_SECOND,
	                                     .expire_after = 8 * TIME_HOUR,
	                                     .fresh = 70 * TIME_MINUTE,
	                                     .ack_timeout = TIME_DAY,
	                                     .start_skew = INCIDENT_START_SKEW,
	                                     .flap_window = 10 * TIME_MINUTE,
	                                     .flap_changes = 6,
	                                     .delivery_timeout = TIMEOUT,
	                                     .delivery_expire = TIME_DAY,
	                                     .fallback_after = 5 * TIME_MINUTE,
	                                     .unknown_terms = {.fallback = {&chat, 1}},
	                                     .retention = 30 * TIME_DAY};
	w->partial = w->policy;
	w->partial.partial_since = 1;
	for (size_t i = 0; i < ALERTS; i++) {
		w->rules.page[i] = true;
		w->rules.rank[i] = 1;
		w->rules.receivers[i] = 1;
		w->am.group[i] = i == 2;
	}
	w->rules.key[ALERTS - 1] = KEYS - 1;
}

/* What the rules of a calm world say is in the first step of its tape. */
static void choose_rules(struct world *w, const struct step *first)
{
	static const int64_t waits[] = {0, 0, 2 * TIME_MINUTE, 7 * TIME_MINUTE};
	w->rules.page_after = waits[first->how % 4];
	w->rules.page[1] = first->who % 4 != 0;
	w->rules.rank[0] = first->who / 4 % 3 ? 1 : 0;
	w->am.max_alerts = first->who / 16 % 4 ? 0 : 1;
	w->am.restarts = w->am.max_alerts; /* not both */
}

static void world_release(struct world *w)
{
	for (size_t r = 0; r < ROUTERS; r++)
		for (size_t i = 0; i < JOBS; i++)
			free_records(&w->jobs[r][i]);
	for (size_t r = 0; r < ROUTERS; r++) {
		free_records(&w->seen[r]);
		if (w->local[r])
			w->local[r]->ops->close(w->local[r]);
	}
	w->store->ops->close(w->store);
	arena_free(w->arena);
}

const char *world_run(const struct step *tape, size_t length, bool talk)
{
	static struct world w;
	world_init(&w, length && tape[0].what % 2, talk);
	if (w.calm)
		choose_rules(&w, &tape[0]);
	for (size_t i = 0; i < length && !w.broken; i++)
		world_take_step(&w, &tape[i]);
	if (!w.broken)
		come_to_rest(&w);
	if (!w.broken)
		check_rest(&w);
	const char *broken = w.broken;
	world_release(&w);
	return broken;
}
