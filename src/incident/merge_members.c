/* A merge, first part: what is known of each named member, and on which side's word it stands. */
#include <string.h>

#include "incident/merging.h"

int64_t merging_word_at(const struct incident *side, const char *group)
{
	const struct incident_row *row = row_find(side, group);
	if (row)
		return row->counted_at;
	return incident_is_open(side) || side->closed_by_hand.at ? 0 : side->resolved_at;
}

static const struct member *known_by(const struct merging *m, size_t i, size_t side)
{
	return side ? &m->members[i].branch : &m->members[i].trunk;
}

/* A side that has not heard of the end of what it thinks fires does not count; one that has, and lists it all the same, does. */
static bool stands_on(const struct merging *m, size_t i, size_t side)
{
	const struct member *known = known_by(m, i, side);
	int64_t ended = m->members[i].merged.ends_at;
	bool counts = known->counted && row_place(m->side[side], known) != PLACE_NONE;
	return counts && (member_said_at(known) > ended || known->ends_at == ended);
}

static const struct incident_row *row_known_by(const struct merging *m, size_t i, size_t side)
{
	return row_find(m->side[side], known_by(m, i, side)->group);
}

/* This side has seen bodies without it, the last one after anything that the other side heard of that row. */
static bool has_ended_by_absence(const struct merging *m, size_t i, size_t side)
{
	const struct member *known = known_by(m, i, side), *other = known_by(m, i, 1 - side);
	const struct incident *inc = m->side[side];
	if (!known->found || !member_is_listed(known) || !known->counted || !str_eq_c(known->key, inc->key))
		return false;
	if (row_place(inc, known) != PLACE_NONE || known->starts_at < other->starts_at)
		return false;
	return merging_word_at(inc, known->group) > row_known_by(m, i, 1 - side)->heard_at;
}

/* An end that nobody heard of is written down as one: it was when the member was last heard of. */
static void end_by_absence(struct merging *m, size_t i, size_t side)
{
	struct member *merged = &m->members[i].merged;
	merged->ends_at = merging_later(member_fact_at(merged), row_known_by(m, i, side)->heard_at);
	merged->mark = 0;
}

static bool one_ends_by_absence(struct merging *m, size_t i)
{
	const struct placing *at = &m->at[i];
	for (size_t s = 0; s < SIDES; s++)
		if (at->stands[s] && !at->stands[1 - s] && has_ended_by_absence(m, i, 1 - s)) {
			end_by_absence(m, i, s);
			return true;
		}
	return false;
}

static int heard_order(const struct incident_row *a, const struct incident_row *b)
{
	int order = merging_order(a->heard_at, b->heard_at);
	order = order ? order : merging_order(a->counted_at, b->counted_at);
	return order ? order : strcmp(a->group, b->group);
}

/* Listed by this side, and no later body of the other's is known to lack it. */
static bool surely_listed(const struct merging *m, size_t i, size_t side)
{
	const struct member *known = known_by(m, i, side);
	const struct incident_row *row = row_known_by(m, i, side);
	int64_t other = merging_word_at(m->side[1 - side], known->group);
	return row_place(m->side[side], known) == PLACE_LISTED && (row->counted_at >= other || row->heard_at > other);
}

/* Two that know of the same beginning: told by one is told. */
static void choose_waiting(struct merging *m, size_t i)
{
	struct placing *at = &m->at[i];
	bool told = false;
	for (size_t s = 0; s < SIDES; s++) {
		const struct member *known = known_by(m, i, s);
		at->waits[s] = at->stands[s] && row_waits(m->side[s], known);
		told = told || (at->stands[s] && !at->waits[s] && known->starts_at >= m->members[i].merged.starts_at);
	}
	for (size_t s = 0; s < SIDES; s++)
		at->waits[s] = at->waits[s] && !told;
}

static void choose_row(struct merging *m, size_t i)
{
	struct placing *at = &m->at[i];
	bool both = at->stands[0] && at->stands[1];
	at->side = both ? heard_order(row_known_by(m, i, 0), row_known_by(m, i, 1)) < 0 : at->stands[1];
	const char *group = known_by(m, i, at->side)->group;
	for (size_t s = 0; s < SIDES; s++)
		if (at->stands[s] && !strcmp(known_by(m, i, s)->group, group))
			at->listed = at->listed || surely_listed(m, i, s);
}

static void place_one(struct merging *m, size_t i)
{
	struct placing *at = &m->at[i];
	for (size_t s = 0; s < SIDES; s++)
		at->stands[s] = stands_on(m, i, s);
	if ((!at->stands[0] && !at->stands[1]) || one_ends_by_absence(m, i))
		return;
	at->here = true;
	choose_row(m, i);
	choose_waiting(m, i);
	m->members[i].merged.counted = true;
	for (size_t s = 0; s < SIDES; s++)
		m->fires[s] += at->stands[s];
	m->firing++;
}

/* It fires in another open incident of the trunk and stays there, unless the branch has seen its end since. */
static struct member kept_elsewhere(const struct merge_member *m)
{
	struct member both = member_merge(&m->trunk, &m->branch);
	if (member_is_listed(&both))
		return m->trunk;
	both.key = m->trunk.key;
	both.episode = m->trunk.episode;
	return both;
}

static void count_rest(struct merging *m)
{
	uint64_t named = 0, all = incident_firing(m->side[0]);
	for (size_t i = 0; i < m->count; i++)
		named += m->members[i].trunk.counted && row_place(m->side[0], &m->members[i].trunk) != PLACE_NONE;
	m->rest = all > named ? all - named : 0;
	m->firing = m->fires[0] = m->rest;
}

void merging_members(struct merging *m, const bool *elsewhere)
{
	count_rest(m);
	for (size_t i = 0; i < m->count; i++) {
		struct merge_member *one = &m->members[i];
		if (elsewhere && elsewhere[i]) {
			one->merged = kept_elsewhere(one);
			continue;
		}
		one->merged = member_merge(&one->trunk, &one->branch);
		if (one->merged.found && member_is_listed(&one->merged))
			place_one(m, i);
	}
}
