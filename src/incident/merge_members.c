#include "incident/decide.h"
#include "incident/merging.h"

/* Whoever does not say when it began or ended: when we heard of it. */
static int64_t said_time(const struct member *m)
{
	int64_t said = m->firing ? m->starts_at : m->ends_at;
	return said ? said : m->touched_at;
}

/* One that fires though its end is known (a lagging peer's word) is a fact from behind that end: earlier ones yield to it. */
static int64_t fact_time(const struct member *m)
{
	return m->firing ? merging_later(said_time(m), m->ends_at) : said_time(m);
}

/* The latest end that is known of it. A firing one may remember the end before it. */
static int64_t ended_at(const struct member *m)
{
	return m->firing ? m->ends_at : said_time(m);
}

static int by_time(const struct member *a, const struct member *b)
{
	int order = merging_order(fact_time(a), fact_time(b));
	order = order ? order : merging_order(a->starts_at, b->starts_at);
	order = order ? order : merging_order(a->ends_at, b->ends_at);
	order = order ? order : merging_order((int64_t)a->episode, (int64_t)b->episode);
	return order ? order : str_cmp(a->key, b->key);
}

static const struct member *later(const struct member *a, const struct member *b, bool firing)
{
	if (a->firing != firing)
		return b->firing == firing ? b : NULL;
	return b->firing != firing || by_time(a, b) >= 0 ? a : b;
}

struct member member_merge(const struct member *a, const struct member *b)
{
	if (!a->found || !b->found)
		return a->found ? *a : *b;
	const struct member *fires = later(a, b, true), *over = later(a, b, false);
	int64_t ended = merging_later(ended_at(a), ended_at(b));
	struct member out = fires && (!over || fact_time(fires) > fact_time(over)) ? *fires : *over;
	if (out.firing)
		out.ends_at = ended;
	if (out.firing ? out.starts_at != 0 : out.ends_at != 0) /* else it is the time of the fact itself */
		out.touched_at = merging_later(a->touched_at, b->touched_at);
	return out;
}

/* It fires in another open incident of the trunk and stays there, unless the branch has seen its end since. */
static struct member kept_elsewhere(const struct merge_member *m)
{
	struct member both = member_merge(&m->trunk, &m->branch);
	if (both.firing)
		return m->trunk;
	both.key = m->trunk.key;
	both.episode = m->trunk.episode;
	return both;
}

/* A side that has not heard of the end of what it thinks fires does not count; one that has, and counts it all the same, does. */
static bool counted(const struct merging *m, size_t side, const struct member *known, const struct member *merged)
{
	bool fires_since = said_time(known) > merged->ends_at || known->ends_at == merged->ends_at;
	return arrival_sticks(known, m->side[side]) && fires_since;
}

static void merge_one(struct merging *m, size_t i)
{
	struct merge_member *one = &m->members[i];
	one->merged = member_merge(&one->trunk, &one->branch);
	const struct member *known[SIDES] = {&one->trunk, &one->branch};
	if (!one->merged.found || !one->merged.firing)
		return;
	for (size_t s = 0; s < SIDES; s++) {
		bool counts = counted(m, s, known[s], &one->merged);
		m->fires[s] += counts;
		m->here[i] = m->here[i] || counts;
	}
	m->firing += m->here[i];
}

void merging_members(struct merging *m, const bool *elsewhere)
{
	uint64_t named = 0;
	for (size_t i = 0; i < m->count; i++)
		named += arrival_sticks(&m->members[i].trunk, m->side[0]);
	uint64_t all = m->side[0]->open ? m->side[0]->count.firing : 0;
	m->rest = all > named ? all - named : 0;
	m->firing = m->fires[0] = m->rest;
	for (size_t i = 0; i < m->count; i++)
		if (elsewhere && elsewhere[i])
			m->members[i].merged = kept_elsewhere(&m->members[i]);
		else
			merge_one(m, i);
}

/* A firing one that counts for neither side (closed by hand there, expired) must not look as if it counted here. */
static bool strays(const struct merging *m, size_t i)
{
	return !m->every && !m->here[i] && arrival_sticks(&m->members[i].merged, m->out);
}

void merging_place_members(struct merging *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct member *merged = &m->members[i].merged;
		merged->source = arena_str(m->out->arena, merged->source);
		merged->fingerprint = arena_str(m->out->arena, merged->fingerprint);
		merged->key = m->here[i] ? str_c(m->out->key) : arena_str(m->out->arena, merged->key);
		if (m->here[i])
			merged->episode = m->episode;
		else if (strays(m, i))
			merged->episode = 0;
	}
}
