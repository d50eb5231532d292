/* Merges what receivers were told: the later attempt counts, and what may have been told twice is an echo. */
#include <string.h>

#include "incident/delivery.h"
#include "incident/generations.h"
#include "incident/merging.h"

/* Told firing by one side and resolved by the other: which of them the provider heard last is not known. */
static struct told_generation merge_told(const struct told_generation *a, const struct told_generation *b)
{
	struct told_generation out = *a;
	enum told less = a->told < b->told ? a->told : b->told, more = a->told < b->told ? b->told : a->told;
	out.told = more;
	out.maybe = a->maybe || b->maybe || (more == TOLD_RESOLVED && less != TOLD_RESOLVED && less != TOLD_NOTHING);
	out.echo = a->echo || b->echo;
	out.in_digest = a->in_digest || b->in_digest;
	out.echo_at = merging_later(a->echo_at, b->echo_at);
	out.gave_up = a->gave_up && b->gave_up;
	out.reference = str_cmp(a->reference, b->reference) >= 0 ? a->reference : b->reference; /* whichever has one */
	out.key = str_cmp(a->key, b->key) >= 0 ? a->key : b->key;
	return out;
}

/* Over the ceiling: those that only wait for an echo or were given up yield first, the oldest first. */
static size_t yields(const struct told_generation *gens, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (!generation_may_be_open(&gens[i]))
			return i;
	return 0;
}

static void merge_generations(struct arena *arena, struct delivery *out, const struct delivery *a,
                              const struct delivery *b)
{
	struct told_generation all[2 * INCIDENT_GENERATIONS_MAX];
	size_t n = 0, i = 0, j = 0;
	while (i < a->gen_count || j < b->gen_count) {
		bool from_a = j == b->gen_count || (i < a->gen_count && a->gens[i].generation <= b->gens[j].generation);
		bool from_b = i == a->gen_count || (j < b->gen_count && b->gens[j].generation <= a->gens[i].generation);
		all[n++] = from_a && from_b ? merge_told(&a->gens[i], &b->gens[j]) : from_a ? a->gens[i] : b->gens[j];
		i += from_a;
		j += from_b;
	}
	while (n > INCIDENT_GENERATIONS_MAX) {
		size_t at = yields(all, n--);
		memmove(&all[at], &all[at + 1], (n - at) * sizeof *all);
	}
	out->gen_count = out->gen_capacity = n;
	out->gens = arena_alloc(arena, (n + 1) * sizeof *all);
	memcpy(out->gens, all, n * sizeof *all);
}

static int want_order(const struct want *a, const struct want *b)
{
	int order = merging_order((int64_t)a->generation, (int64_t)b->generation);
	return order ? order : merging_order(a->verb, b->verb);
}

/* How far one side has come with its want. */
static void take_want(struct delivery *out, const struct delivery *from)
{
	out->want = from->want;
	out->attempts = from->attempts;
	out->due_at = from->due_at;
	out->tried_by = from->tried_by;
	out->first_due_at = from->first_due_at;
	out->want_since = from->want_since;
	out->failing_since = from->failing_since;
}

/* Both try the same. */
static void take_both(struct delivery *out, const struct delivery *a, const struct delivery *b)
{
	out->want = a->want;
	out->want.not_before = merging_later(a->want.not_before, b->want.not_before);
	out->attempts = a->attempts > b->attempts ? a->attempts : b->attempts;
	out->due_at = merging_earlier(a->due_at, b->due_at);
	out->tried_by = str_eq(a->tried_by, b->tried_by) && a->due_at == b->due_at ? a->tried_by : STR("");
	out->first_due_at = merging_earlier(a->first_due_at, b->first_due_at);
	out->want_since = merging_later(a->want_since, b->want_since);
	out->failing_since = merging_earlier(a->failing_since, b->failing_since);
}

/* It is dead only where both have given it up, or the other has never known that page. */
static void take_dead(const struct merging *m, struct delivery *out, const struct delivery *const d[SIDES])
{
	out->dead_notice = d[0]->dead_notice > d[1]->dead_notice ? d[0]->dead_notice : d[1]->dead_notice;
	for (size_t s = 0; s < SIDES; s++) {
		bool both = !want_order(&d[s]->dead, &d[1 - s]->dead);
		bool alone = m->side[1 - s]->generation < d[s]->dead.generation;
		if (d[s]->dead.verb != WANT_NOTHING && (both || alone))
			out->dead = d[s]->dead;
		if (str_cmp(d[s]->dead_error, out->dead_error) > 0)
			out->dead_error = d[s]->dead_error;
	}
}

/* Whoever is to be told with the page that waited on one side: with the page that still waits, else with the one in force. */
static uint64_t told_from(const struct merging *m, size_t side, const struct delivery *d)
{
	const struct incident *inc = m->side[side];
	if (!m->episode) /* it never opened on either side */
		return d->from;
	if (!merging_belongs(m, side)) /* whom an episode named that is over */
		return DELIVERY_NOT_YET;
	/* Of a role whose step is yet to come neither page is told. */
	if (d->from <= inc->generation || !inc->due_at || d->from == DELIVERY_NOT_YET)
		return d->from;
	return m->out->generation + (m->out->due_at != 0);
}

/* The very attempt that both know of, begun before they parted, and still what is wanted. */
static bool same_attempt(const struct delivery *a, const struct delivery *b, const struct want *now)
{
	return !want_order(&a->want, &b->want) && !want_order(&a->want, now) && a->attempts == b->attempts &&
	       a->due_at == b->due_at && a->want_since == b->want_since;
}

static bool same_maybe(const struct delivery *a, const struct delivery *b, uint64_t generation)
{
	const struct told_generation *in_a = generation_find(a, generation), *in_b = generation_find(b, generation);
	return in_a && in_b && in_a->maybe == in_b->maybe;
}

/* Rule "echo": the sides may have tried apart, and when the outcome of one attempt is settled the other may still arrive. */
static void mark_echoes(struct delivery *out, const struct delivery *a, const struct delivery *b, bool same)
{
	for (size_t i = 0; i < out->gen_count; i++)
		if (out->gens[i].maybe && !(same && same_maybe(a, b, out->gens[i].generation)))
			out->gens[i].echo = true;
}

/* Whoever is at what is wanted now goes on from there; else incident_refresh() begins anew. */
static void merge_want(const struct incident *inc, struct delivery *out, const struct delivery *a,
                       const struct delivery *b)
{
	struct want now = delivery_want(inc, out);
	bool for_a = !want_order(&a->want, &now), for_b = !want_order(&b->want, &now);
	int order = want_order(&a->want, &b->want);
	mark_echoes(out, a, b, same_attempt(a, b, &now));
	if (order == 0)
		take_both(out, a, b);
	else
		take_want(out, for_a == for_b ? (order > 0 ? a : b) : for_a ? a : b);
}

/* Whoever got through later knows what has failed since. */
static struct str merge_error(const struct delivery *a, const struct delivery *b)
{
	int order = merging_order(a->told_at, b->told_at);
	order = order ? order : str_cmp(a->last_error, b->last_error);
	return order >= 0 ? a->last_error : b->last_error;
}

/* Whom the later word named; where both came at once and differ, it is not known. */
static void take_roster(struct delivery *out, const struct delivery *a, const struct delivery *b)
{
	const struct delivery *later = a->told_at > b->told_at ? a : b;
	out->roster = a->told_at == b->told_at && a->roster != b->roster ? 0 : later->roster;
	out->update_due = a->update_due || b->update_due;
}

static struct delivery merge_delivery(const struct merging *m, const struct delivery *a, const struct delivery *b)
{
	const struct delivery *const both[SIDES] = {a, b};
	struct delivery out = {.receiver = a->receiver, .target = a->target};
	uint64_t from[SIDES] = {told_from(m, 0, a), told_from(m, 1, b)};
	out.from = from[0] < from[1] ? from[0] : from[1];
	merge_generations(m->out->arena, &out, a, b);
	out.notice = a->notice > b->notice ? a->notice : b->notice;
	out.told_at = merging_later(a->told_at, b->told_at);
	out.fell_back = a->fell_back || b->fell_back;
	take_roster(&out, a, b);
	out.last_error = merge_error(a, b);
	take_dead(m, &out, both);
	merge_want(m->out, &out, a, b);
	return out;
}

/* The other side does not tell this receiver; what it tells of the incident may change what is wanted all the same. */
static struct delivery merge_alone(const struct merging *m, size_t side, const struct delivery *d)
{
	struct delivery out = *d;
	out.from = told_from(m, side, d);
	struct want now = delivery_want(m->out, &out);
	mark_echoes(&out, d, d, same_attempt(d, d, &now));
	return out;
}

static int compare_deliveries(const struct incident *x, size_t i, const struct incident *y, size_t j)
{
	int order = str_cmp(x->deliveries[i].receiver, y->deliveries[j].receiver);
	return order ? order : str_cmp(x->deliveries[i].target, y->deliveries[j].target);
}

static bool owes_a_resolve(const struct delivery *d)
{
	for (size_t i = 0; i < d->gen_count; i++)
		if (generation_may_be_open(&d->gens[i]))
			return true;
	return false;
}

/* Over the ceiling: whoever was told something stays, so that he gets its resolve. */
static void keep_deliveries(struct merging *m, const struct delivery *all, size_t n)
{
	struct incident *out = m->out;
	size_t told = 0;
	for (size_t i = 0; i < n; i++)
		told += owes_a_resolve(&all[i]);
	size_t others = told < INCIDENT_RECEIVERS_MAX ? INCIDENT_RECEIVERS_MAX - told : 0;
	out->deliveries = arena_alloc(out->arena, INCIDENT_RECEIVERS_MAX * sizeof *all);
	out->delivery_capacity = INCIDENT_RECEIVERS_MAX;
	out->delivery_count = 0;
	for (size_t i = 0; i < n; i++) {
		bool owes = owes_a_resolve(&all[i]);
		if (out->delivery_count == INCIDENT_RECEIVERS_MAX || (!owes && !others)) {
			incident_note(out, out->last_seen_at, "too_many_receivers", "%.*s is not told", STR_ARG(all[i].receiver));
			continue;
		}
		others -= !owes;
		out->deliveries[out->delivery_count++] = all[i];
	}
}

void merging_deliveries(struct merging *m)
{
	const struct incident *a = m->side[0], *b = m->side[1];
	struct merging_pair pairs[2 * INCIDENT_RECEIVERS_MAX];
	struct delivery *all = arena_alloc(m->out->arena, (a->delivery_count + b->delivery_count + 1) * sizeof *all);
	size_t n = merging_pairs(m, a->delivery_count, b->delivery_count, compare_deliveries, pairs);
	for (size_t i = 0; i < n; i++) {
		const struct merging_pair *p = &pairs[i];
		size_t side = p->in[0] ? 0 : 1;
		if (p->in[0] && p->in[1])
			all[i] = merge_delivery(m, &a->deliveries[p->row[0]], &b->deliveries[p->row[1]]);
		else
			all[i] = merge_alone(m, side, &m->side[side]->deliveries[p->row[side]]);
	}
	keep_deliveries(m, all, n);
}
