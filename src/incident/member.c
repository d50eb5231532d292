/* A member copied; two things said of one: whether they are the same, and which of them is the later fact. */
#include "incident/member.h"

#include <string.h>

struct member member_copy(struct arena *arena, const struct member *m)
{
	struct member copy = *m;
	copy.source = arena_str(arena, m->source);
	copy.fingerprint = arena_str(arena, m->fingerprint);
	copy.key = arena_str(arena, m->key);
	return copy;
}

bool member_same(const struct member *a, const struct member *b)
{
	if (!a->found || !b->found)
		return a->found == b->found;
	return a->mark == b->mark && a->counted == b->counted && a->waits == b->waits && a->starts_at == b->starts_at &&
	       a->ends_at == b->ends_at && a->episode == b->episode && strcmp(a->group, b->group) == 0 &&
	       str_eq(a->key, b->key);
}

/* Whoever does not say when it began or ended: when we heard of it. */
int64_t member_said_at(const struct member *m)
{
	int64_t said = member_is_listed(m) ? m->starts_at : m->ends_at;
	return said ? said : m->touched_at;
}

/* One that fires though its end is known (a lagging peer's word) is a fact from behind that end: earlier ones yield to it. */
int64_t member_fact_at(const struct member *m)
{
	int64_t said = member_said_at(m);
	return member_is_listed(m) && m->ends_at > said ? m->ends_at : said;
}

/* The latest end that is known of it. A firing one may remember the end before it. */
static int64_t ended_at(const struct member *m)
{
	return member_is_listed(m) ? m->ends_at : member_said_at(m);
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_fact(const struct member *a, const struct member *b)
{
	int order = compare_numbers(member_fact_at(a), member_fact_at(b));
	order = order ? order : compare_numbers(a->starts_at, b->starts_at);
	order = order ? order : compare_numbers(a->ends_at, b->ends_at);
	order = order ? order : compare_numbers((int64_t)a->episode, (int64_t)b->episode);
	order = order ? order : compare_numbers(a->mark, b->mark);
	order = order ? order : strcmp(a->group, b->group);
	order = order ? order : compare_numbers(a->counted, b->counted);
	order = order ? order : compare_numbers((int64_t)a->waits, (int64_t)b->waits);
	return order ? order : str_cmp(a->key, b->key);
}

static const struct member *later(const struct member *a, const struct member *b, bool listed)
{
	if (member_is_listed(a) != listed)
		return member_is_listed(b) == listed ? b : NULL;
	return member_is_listed(b) != listed || by_fact(a, b) >= 0 ? a : b;
}

static int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

struct member member_merge(const struct member *a, const struct member *b)
{
	if (!a->found || !b->found)
		return a->found ? *a : *b;
	const struct member *fires = later(a, b, true), *over = later(a, b, false);
	int64_t ended = greater(ended_at(a), ended_at(b));
	struct member out = fires && (!over || member_fact_at(fires) > member_fact_at(over)) ? *fires : *over;
	if (member_is_listed(&out))
		out.ends_at = ended;
	if (member_is_listed(&out) ? out.starts_at != 0 : out.ends_at != 0) /* else it is the time of the fact itself */
		out.touched_at = greater(a->touched_at, b->touched_at);
	return out;
}

bool member_covers(const struct member *word, const struct member *other)
{
	struct member both = member_merge(word, other);
	if (member_is_listed(&both))
		both.ends_at = word->ends_at;
	return member_same(&both, word);
}
