#include "incident/merge.h"

#include "incident/delivery.h"
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

static uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

bool merging_belongs(const struct merging *m, size_t side)
{
	const struct incident *inc = m->side[side];
	return inc->episode && (inc->episode >= m->episode || (inc->open && m->fires[side]));
}

bool merging_carries(const struct merging *m, size_t side)
{
	return m->side[side]->open && merging_belongs(m, side);
}

/* Somebody said that it is over, knowing at least as much as the other side: all that fires had begun by then. */
static bool hand_holds(const struct merging *m, size_t side)
{
	const struct incident *closed = m->side[side], *other = m->side[1 - side];
	int64_t at = closed->closed_by_hand.at;
	if (closed->open || !at || !other->open)
		return false;
	if (closed->episode < other->episode || closed->generation < other->generation || at < other->started_at)
		return false;
	for (size_t i = 0; i < m->count; i++)
		if (m->here[i] && m->members[i].merged.starts_at > at)
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
}

static void merge_generation(struct merging *m)
{
	struct incident *out = m->out;
	const struct incident *a = m->side[0], *b = m->side[1];
	out->episode = m->episode;
	out->generation = more(a->generation, b->generation);
	out->generation_starts_at = a->generation == b->generation
	                                ? merging_later(a->generation_starts_at, b->generation_starts_at)
	                            : a->generation > b->generation ? a->generation_starts_at
	                                                            : b->generation_starts_at;
	out->started_at = 0;
	for (size_t s = 0; s < SIDES; s++)
		if (merging_belongs(m, s))
			out->started_at = merging_earlier(out->started_at, m->side[s]->started_at);
}

/*
 * From which generation on they are this episode's, so that those told stay open until a new one may page. A side that is
 * quieter than the merger has told nobody of its own: what was told under its numbers is another's, and over.
 */
static void merge_episode_generation(struct merging *m)
{
	struct incident *out = m->out;
	bool quiet = out->open && out->paging == PAGING_QUIET;
	out->episode_generation = quiet ? out->generation : 0;
	for (size_t s = 0; s < SIDES && !quiet; s++) {
		const struct incident *inc = m->side[s];
		bool counts = out->open ? merging_carries(m, s) && inc->paging == out->paging : merging_belongs(m, s);
		if (counts)
			out->episode_generation =
				(uint64_t)merging_earlier((int64_t)out->episode_generation, (int64_t)inc->episode_generation);
	}
}

/* The loudest of those who carry it: nobody who was to be told is forgotten. */
static void merge_paging(struct merging *m)
{
	struct incident *out = m->out;
	out->paging = PAGING_QUIET;
	for (size_t s = 0; s < SIDES; s++)
		if ((out->open ? merging_carries(m, s) : merging_belongs(m, s)) && m->side[s]->paging > out->paging)
			out->paging = m->side[s]->paging;
}

static void merge_deferral(struct merging *m)
{
	struct incident *out = m->out;
	const struct incident *a = m->side[0], *b = m->side[1];
	out->deferred_until = 0;
	out->deferred_why = a->deferred_why > b->deferred_why ? a->deferred_why : b->deferred_why;
	for (size_t s = 0; s < SIDES && out->open && out->paging == PAGING_DEFERRED; s++) {
		const struct incident *inc = m->side[s];
		if (!merging_carries(m, s) || inc->paging != PAGING_DEFERRED)
			continue;
		int order = out->deferred_until ? merging_order(inc->deferred_until, out->deferred_until) : -1;
		if (order < 0 || (order == 0 && inc->deferred_why < out->deferred_why)) {
			out->deferred_until = inc->deferred_until;
			out->deferred_why = inc->deferred_why;
		}
	}
}

/* Nobody fires any more. 0: it is over; else until when the resolve is held back. */
static int64_t held_until(const struct merging *m)
{
	const struct incident *out = m->out;
	int64_t until = 0;
	bool on = false;
	for (size_t s = 0; s < SIDES; s++) {
		const struct incident *inc = m->side[s];
		if (!inc->open && merging_belongs(m, s))
			return 0; /* one side has seen the end of this episode */
		if (!merging_carries(m, s))
			continue;
		until = merging_later(until, inc->hold_until);
		on = on || inc->paging == PAGING_ON;
	}
	return until || !on || out->resolve_hold <= 0 ? until : out->last_seen_at + out->resolve_hold;
}

static void merge_firing(struct merging *m)
{
	struct incident *out = m->out;
	out->heartbeat.every = out->heartbeat.beat_at = 0;
	out->hold_until = m->firing || m->by_hand ? 0 : held_until(m);
	out->open = !m->by_hand && (m->firing || out->hold_until);
}

static void merge_life(struct merging *m)
{
	struct incident *out = m->out;
	if (m->every)
		merging_heartbeat(m);
	else
		merge_firing(m);
	out->resolved_at = 0;
	out->resolved_why = (struct str){NULL, 0};
	out->closed_by_hand = (struct incident_person){0};
	if (!out->open)
		merging_closing(m);
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

static void merge_counts(struct merging *m)
{
	struct incident *out = m->out;
	uint64_t total = 0;
	out->count.firing = out->open ? m->firing : 0;
	for (size_t s = 0; s < SIDES; s++)
		if (merging_belongs(m, s))
			total = more(total, m->side[s]->count.total);
	out->count.total = more(total, out->count.firing);
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
	                    .here = arena_alloc(arena, (count + 1) * sizeof *m.here),
	                    .count = count};
	merging_members(&m, elsewhere);
	merging_watch(&m);
	choose_episode(&m);
	merge_numbers(&m);
	merge_generation(&m);
	merging_description(&m);
	merge_life(&m);
	merge_paging(&m);
	merge_deferral(&m);
	merge_episode_generation(&m);
	merge_counts(&m);
	merging_severity(&m);
	merging_acknowledgement(&m);
	merging_place_members(&m);
	merging_timeline(&m);
	merging_sample(&m);
	merging_changes(&m);
	merging_previous(&m);
	merging_deliveries(&m);
	incident_refresh(trunk, now);
}
