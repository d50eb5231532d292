/* Merges two views of one incident: the episode first, then what hangs on it. */
#include "incident/merge.h"

#include "incident/delivery.h"
#include "incident/episode.h"
#include "incident/invariants.h"
#include "incident/merging.h"
#include "incident/record.h"

int merging_order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int64_t merging_earlier(int64_t a, int64_t b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

int64_t merging_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

bool merging_belongs(const struct merging *m, size_t side)
{
	const struct incident *inc = m->side[side];
	return inc->episode && (inc->episode >= m->episode || (incident_is_open(inc) && m->fires[side]));
}

bool merging_carries(const struct merging *m, size_t side)
{
	return incident_is_open(m->side[side]) && merging_belongs(m, side);
}

/* Somebody said that it is over, knowing at least as much as the other side: all that fires had begun by then. */
static bool hand_holds(const struct merging *m, size_t side)
{
	const struct incident *closed = m->side[side], *other = m->side[1 - side];
	int64_t at = closed->closed_by_hand.at;
	if (incident_is_open(closed) || !at || !incident_is_open(other))
		return false;
	if (closed->episode < other->episode || closed->generation < other->generation || at < other->started_at)
		return false;
	for (size_t i = 0; i < m->count; i++)
		if (m->at[i].here && m->members[i].merged.starts_at > at)
			return false;
	return true;
}

/* The trunk's members that are not named carry its episode; else the later one counts. */
static void choose_episode(struct merging *m)
{
	const struct incident *trunk = m->side[0], *branch = m->side[1];
	m->by_hand = hand_holds(m, 0) || hand_holds(m, 1);
	bool held = m->rest && !m->by_hand;
	m->episode = held ? trunk->episode : more(trunk->episode, branch->episode);
	m->out->episode = m->episode;
	m->out->started_at = 0;
	for (size_t s = 0; s < SIDES; s++)
		if (merging_belongs(m, s))
			m->out->started_at = merging_earlier(m->out->started_at, m->side[s]->started_at);
}

/* The page of whoever carries it goes on, under the later number; else what was paged is over. */
static void merge_generation(struct merging *m)
{
	struct incident *out = m->out;
	bool in_force = false;
	out->generation = more(m->side[0]->generation, m->side[1]->generation);
	out->ended_generation = 0;
	for (size_t s = 0; s < SIDES; s++) {
		const struct incident *inc = m->side[s];
		in_force = in_force || (merging_carries(m, s) && incident_is_paged(inc));
		if (inc->ended_generation < out->generation)
			out->ended_generation = more(out->ended_generation, inc->ended_generation);
	}
	if (!in_force)
		out->ended_generation = out->generation;
	out->earlier_generation = out->generation;
	for (size_t s = 0; s < SIDES; s++)
		if (merging_belongs(m, s) && incident_has_paged(m->side[s]))
			out->earlier_generation = less(out->earlier_generation, m->side[s]->earlier_generation);
}

/* Nobody fires any more. 0: it is over; else since when the resolve is held back. */
static int64_t quiet_since(const struct merging *m)
{
	const struct incident *out = m->out;
	int64_t since = 0;
	for (size_t s = 0; s < SIDES; s++) {
		const struct incident *inc = m->side[s];
		if (!incident_is_open(inc) && merging_belongs(m, s))
			return 0; /* one side has seen the end of this episode */
		if (merging_carries(m, s))
			since = merging_later(since, inc->quiet_at);
	}
	return since || !incident_is_paged(out) || out->resolve_hold <= 0 ? since : out->last_seen_at;
}

static void merge_firing(struct merging *m)
{
	struct incident *out = m->out;
	out->heartbeat.every = out->heartbeat.beat_at = out->heartbeat.missed_at = 0;
	episode_drop_rows(out);
	out->quiet_at = out->row_count || m->by_hand ? 0 : quiet_since(m);
}

static void merge_life(struct merging *m)
{
	struct incident *out = m->out;
	merging_rows(m);
	merge_generation(m);
	if (m->every)
		merging_heartbeat(m);
	else
		merge_firing(m);
	merging_waiting(m);
	out->resolved_at = 0;
	out->resolved_why = (struct str){NULL, 0};
	out->closed_by_hand = (struct incident_person){0};
	if (incident_is_open(out))
		return;
	merging_closing(m);
	out->ended_generation = out->generation;
}

static void merge_numbers(struct merging *m)
{
	struct incident *out = m->out;
	const struct incident *a = m->side[0], *b = m->side[1];
	out->last_seen_at = merging_later(a->last_seen_at, b->last_seen_at);
	out->longest_gap = merging_later(a->longest_gap, b->longest_gap);
	out->last_notice_at = merging_later(a->last_notice_at, b->last_notice_at);
	out->notice = more(a->notice, b->notice);
	out->count.received = more(a->count.received, b->count.received);
	out->count.pages = more(a->count.pages, b->count.pages);
	out->count.reminders = more(a->count.reminders, b->count.reminders);
	out->count.deduplicated = more(a->count.deduplicated, b->count.deduplicated);
	out->count.suppressed = more(a->count.suppressed, b->count.suppressed);
	out->count.flaps = more(a->count.flaps, b->count.flaps);
}

static void merge_total(struct merging *m)
{
	uint64_t total = 0;
	for (size_t s = 0; s < SIDES; s++)
		if (merging_belongs(m, s))
			total = more(total, m->side[s]->count.total);
	m->out->count.total = more(total, incident_firing(m->out));
}

void incident_merge(struct incident *trunk, const struct incident *branch, struct merge_member *members,
                    const bool *elsewhere, size_t count, int64_t now)
{
	struct arena *arena = trunk->arena;
	struct incident *before = arena_alloc(arena, sizeof *before);
	*before = *trunk;
	const struct incident *other = branch ? incident_copy(arena, branch) : incident_new(arena, str_c(trunk->key));
	struct merging m = {.out = trunk,
	                    .side = {before, other},
	                    .members = members,
	                    .at = arena_alloc(arena, (count + 1) * sizeof *m.at),
	                    .count = count,
	                    .now = now};
	merging_members(&m, elsewhere);
	merging_watch(&m);
	choose_episode(&m);
	merge_numbers(&m);
	merging_description(&m);
	merge_life(&m);
	merge_total(&m);
	merging_severity(&m);
	merging_deadlines(&m);
	merging_update(&m);
	merging_done(&m);
	merging_acknowledgement(&m);
	merging_timeline(&m);
	merging_sample(&m);
	merging_changes(&m);
	merging_previous(&m);
	merging_deliveries(&m);
	incident_refresh(trunk, now);
	incident_holds(trunk);
}
