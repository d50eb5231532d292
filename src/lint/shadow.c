/* Proofs about pairs of rules, label by label. */
#include "lint/shadow.h"

#include <stdlib.h>
#include <string.h>

#include "lint/shadow_impl.h"

struct shadow *shadow_new(const struct ruleset *rs)
{
	struct shadow *s = mem_zero(sizeof *s);
	s->arena = arena_new();
	s->languages = map_new();
	s->count = ruleset_rules(rs, &s->rules);
	s->profiles = arena_alloc(s->arena, (s->count + 1) * sizeof(struct profile *));
	s->found = arena_alloc(s->arena, (s->count + 1) * sizeof *s->found);
	s->index = literal_index_new(s->rules, s->count);
	s->one_line = language_of_pattern(STR(".*"));
	return s;
}

void shadow_free(struct shadow *s)
{
	struct str key;
	void *value;
	if (!s)
		return;
	for (size_t i = 0; map_next(s->languages, &i, &key, &value);)
		if (value != SHADOW_UNDESCRIBED)
			language_free(value);
	map_free(s->languages);
	literal_index_free(s->index);
	language_free(s->one_line);
	arena_free(s->arena);
	free(s);
}

/* ---- never ---- */

static bool cannot_hold(const struct language_term *terms, size_t n)
{
	return language_meet(terms, n, NULL) == LANGUAGE_NONE;
}

static void blame(const struct side *side, const struct matcher *why[2])
{
	why[0] = side->described[0];
	why[1] = side->described[side->term_count - 1];
	for (size_t i = 0; i < side->term_count; i++)
		for (size_t k = 0; k <= i; k++) {
			const struct language_term pair[] = {side->terms[k], side->terms[i]};
			if (!cannot_hold(pair, 2))
				continue;
			why[0] = side->described[k];
			why[1] = side->described[i];
			return;
		}
}

bool shadow_never_matches(struct shadow *s, const struct rule *rule, const struct matcher *why[2])
{
	const struct profile *p = shadow_profile(s, rule);
	if (p->never)
		blame(p->never, why);
	return p->never != NULL;
}

/* ---- implied ---- */

static bool same(const struct matcher *a, const struct matcher *b)
{
	return a->op == b->op && str_eq(a->value, b->value);
}

static enum pattern_result match_value(const struct matcher *m, struct str value)
{
	const struct labels one = {&(struct label){m->name, value}, 1};
	return matcher_match(m, &one, NULL, NULL);
}

/* A matcher that leaves one value; NULL when there is none. */
static const struct matcher *exact(const struct side *side)
{
	for (size_t i = 0; i < side->n; i++)
		if (side->matchers[i]->op == MATCH_EQUAL)
			return side->matchers[i];
	return NULL;
}

/* A pattern that cannot be described is asked about every value that is left open, where these are few. */
static bool holds_for_each(struct shadow *s, const struct side *side, const struct matcher *m)
{
	struct strs values;
	if (!shadow_side_values(s, side, SHADOW_VALUES_MAX, &values))
		return false;
	for (size_t i = 0; i < values.n; i++)
		if (match_value(m, values.v[i]) != PATTERN_MATCH)
			return false;
	return true;
}

/* `m` holds whenever the matchers of `side` do; or does so for values of `one_line`. */
static bool holds(struct shadow *s, const struct side *side, const struct matcher *m, bool one_line)
{
	for (size_t i = 0; i < side->n; i++)
		if (same(side->matchers[i], m))
			return true;
	const struct matcher *one = exact(side);
	if (one)
		return match_value(m, one->value) == PATTERN_MATCH;
	struct language_term other = shadow_term(s, m);
	if (!other.language)
		return holds_for_each(s, side, m);
	other.complement = !other.complement;
	struct language_term *terms = mem_alloc((side->term_count + 2) * sizeof *terms);
	if (side->term_count > 0)
		memcpy(terms, side->terms, side->term_count * sizeof *terms);
	terms[side->term_count] = other;
	terms[side->term_count + 1] = (struct language_term){s->one_line, false};
	bool implied = cannot_hold(terms, side->term_count + (one_line ? 2 : 1));
	free(terms);
	return implied;
}

/* What a rule says of a label: nothing, where it has no matcher on it. */
static const struct side *side_of(const struct profile *p, bool annotation, struct str name)
{
	static const struct side nothing = {.whole = true};
	for (size_t i = 0; i < p->count; i++)
		if (p->sides[i].annotation == annotation && str_eq(p->sides[i].name, name))
			return &p->sides[i];
	return &nothing;
}

static bool implies(struct shadow *s, const struct rule *narrow, const struct rule *wide, bool one_line)
{
	const struct profile *p = shadow_profile(s, narrow);
	for (size_t i = 0; i < wide->matcher_count; i++)
		if (!holds(s, side_of(p, false, wide->matchers[i].name), &wide->matchers[i], one_line))
			return false;
	for (size_t i = 0; i < wide->annotation_matcher_count; i++)
		if (!holds(s, side_of(p, true, wide->annotation_matchers[i].name), &wide->annotation_matchers[i], one_line))
			return false;
	return true;
}

bool shadow_implies(struct shadow *s, const struct rule *narrow, const struct rule *wide)
{
	return implies(s, narrow, wide, false);
}

bool shadow_implies_but_for_line_breaks(struct shadow *s, const struct rule *narrow, const struct rule *wide)
{
	return implies(s, narrow, wide, true);
}

/* ---- disjoint ---- */

/* The one value that `a` leaves is refused by `b`. */
static bool refuses(const struct side *b, struct str value)
{
	for (size_t i = 0; i < b->n; i++)
		if (match_value(b->matchers[i], value) == PATTERN_NO_MATCH)
			return true;
	return false;
}

static bool sides_meet(const struct side *a, const struct side *b)
{
	const struct matcher *one = exact(a), *other = exact(b);
	if (one || other)
		return !refuses(one ? b : a, one ? one->value : other->value);
	struct language_term *terms = mem_alloc((a->term_count + b->term_count + 1) * sizeof *terms);
	for (size_t i = 0; i < a->term_count; i++)
		terms[i] = a->terms[i];
	for (size_t i = 0; i < b->term_count; i++)
		terms[a->term_count + i] = b->terms[i];
	bool meet = !cannot_hold(terms, a->term_count + b->term_count);
	free(terms);
	return meet;
}

bool shadow_disjoint(struct shadow *s, const struct rule *a, const struct rule *b)
{
	const struct profile *p = shadow_profile(s, a), *q = shadow_profile(s, b);
	if (p->never || q->never)
		return true;
	for (size_t i = 0; i < p->count; i++) {
		const struct side *other = side_of(q, p->sides[i].annotation, p->sides[i].name);
		if (other->n > 0 && !sides_meet(&p->sides[i], other))
			return true;
	}
	return false;
}

/* ---- looking ---- */

static bool all_match(const struct matcher *v, size_t n, const struct labels *labels)
{
	for (size_t i = 0; i < n; i++)
		if (matcher_match(&v[i], labels, NULL, NULL) != PATTERN_MATCH)
			return false;
	return true;
}

bool shadow_matches(const struct rule *rule, const struct alert *alert)
{
	return all_match(rule->matchers, rule->matcher_count, &alert->labels) &&
	       all_match(rule->annotation_matchers, rule->annotation_matcher_count, &alert->annotations);
}

size_t shadow_candidates(struct shadow *s, const struct rule *rule, const struct rule *const **out)
{
	const struct profile *p = shadow_profile(s, rule);
	*out = s->rules;
	if (!p->whole)
		return rule->index;
	AUTOARENA struct arena *arena = arena_new();
	struct literal_search search;
	enum pattern_result result;
	size_t n = 0;
	literal_search_begin(&search, s->index, &p->example.labels, arena);
	for (const struct rule *r; (r = literal_search_next(&search, &result)) && r->index < rule->index;)
		if (shadow_matches(r, &p->example))
			s->found[n++] = r;
	*out = s->found;
	return n;
}

const struct alert *shadow_example(struct shadow *s, const struct rule *rule)
{
	const struct profile *p = shadow_profile(s, rule);
	return p->whole ? &p->example : NULL;
}

bool shadow_values(struct shadow *s, const struct rule *rule, struct str label, size_t most, struct strs *out)
{
	return shadow_side_values(s, side_of(shadow_profile(s, rule), false, label), most, out);
}
