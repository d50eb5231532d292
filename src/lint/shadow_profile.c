/* What a rule demands of each label, and an example that it matches. */
#include <string.h>

#include "lint/shadow_impl.h"

char shadow_undescribed;

/* ---- languages ---- */

static struct language *describe(const struct matcher *m)
{
	bool pattern = m->op == MATCH_REGEX || m->op == MATCH_NOT_REGEX;
	return pattern ? language_of_pattern(m->value) : language_of_values(&m->value, 1);
}

struct language_term shadow_term(struct shadow *s, const struct matcher *m)
{
	bool pattern = m->op == MATCH_REGEX || m->op == MATCH_NOT_REGEX;
	AUTOFREE char *key = mem_alloc(m->value.n + 1);
	key[0] = pattern ? '~' : '=';
	if (m->value.n > 0)
		memcpy(key + 1, m->value.p, m->value.n);
	const struct str name = {key, m->value.n + 1};
	void *known = map_get(s->languages, name);
	if (!known) {
		known = describe(m);
		map_set(s->languages, name, known ? known : SHADOW_UNDESCRIBED);
	}
	struct language *l = known == SHADOW_UNDESCRIBED ? NULL : known;
	return (struct language_term){l, m->op == MATCH_NOT_EQUAL || m->op == MATCH_NOT_REGEX};
}

/* Takes out one text after the other until none is left. */
bool shadow_side_values(struct shadow *s, const struct side *side, size_t most, struct strs *out)
{
	AUTOBUF struct buf example;
	buf_init(&example, SIZE_MAX);
	struct language_term *terms = arena_alloc(s->arena, (side->term_count + 1) * sizeof *terms);
	*out = (struct strs){arena_alloc(s->arena, (most + 1) * sizeof *out->v), 0};
	if (side->term_count == 0)
		return false;
	memcpy(terms, side->terms, side->term_count * sizeof *terms);
	for (;;) {
		struct language *taken = language_of_values(out->v, out->n);
		terms[side->term_count] = (struct language_term){taken, true};
		buf_reset(&example);
		enum language_answer answer = language_meet(terms, side->term_count + 1, &example);
		language_free(taken);
		if (answer != LANGUAGE_SOME || out->n == most)
			return answer == LANGUAGE_NONE;
		out->v[out->n++] = arena_str(s->arena, buf_str(&example));
	}
}

/* ---- sides ---- */

static struct side *side_for(struct profile *p, bool annotation, const struct matcher *m)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->sides[i].annotation == annotation && str_eq(p->sides[i].name, m->name))
			return &p->sides[i];
	p->sides[p->count] = (struct side){.annotation = annotation, .name = m->name};
	return &p->sides[p->count++];
}

/* `most` bounds how many matchers one side can get. */
static void add_profile_matchers(struct shadow *s, struct profile *p, bool annotation, const struct matcher *v,
                                 size_t n, size_t most)
{
	for (size_t i = 0; i < n; i++) {
		struct side *side = side_for(p, annotation, &v[i]);
		struct language_term term = shadow_term(s, &v[i]);
		if (side->n == 0) {
			side->matchers = arena_alloc(s->arena, most * sizeof(struct matcher *));
			side->described = arena_alloc(s->arena, most * sizeof(struct matcher *));
			side->terms = arena_alloc(s->arena, most * sizeof *side->terms);
		}
		side->matchers[side->n++] = &v[i];
		if (!term.language)
			continue;
		side->described[side->term_count] = &v[i];
		side->terms[side->term_count++] = term;
	}
}

/* ---- an example ---- */

static void put_example(struct shadow *s, struct profile *p, struct side *side)
{
	AUTOBUF struct buf text;
	buf_init(&text, SIZE_MAX);
	enum language_answer answer = language_meet(side->terms, side->term_count, &text);
	if (answer == LANGUAGE_NONE && !p->never)
		p->never = side;
	side->whole = answer == LANGUAGE_SOME && side->n == side->term_count;
	p->whole = p->whole && side->whole;
	if (!side->whole || text.n == 0) /* a missing label equals the empty text */
		return;
	struct labels *labels = side->annotation ? &p->example.annotations : &p->example.labels;
	labels->v[labels->n++] = (struct label){side->name, arena_str(s->arena, buf_str(&text))};
}

static void put_examples(struct shadow *s, struct profile *p)
{
	p->whole = true;
	p->example.labels.v = arena_alloc(s->arena, (p->count + 1) * sizeof(struct label));
	p->example.annotations.v = arena_alloc(s->arena, (p->count + 1) * sizeof(struct label));
	for (size_t i = 0; i < p->count; i++)
		put_example(s, p, &p->sides[i]);
	labels_sort(&p->example.labels);
	labels_sort(&p->example.annotations);
}

const struct profile *shadow_profile(struct shadow *s, const struct rule *rule)
{
	if (s->profiles[rule->index])
		return s->profiles[rule->index];
	struct profile *p = s->profiles[rule->index] = arena_alloc(s->arena, sizeof *p);
	size_t most = rule->matcher_count + rule->annotation_matcher_count;
	p->sides = arena_alloc(s->arena, (most + 1) * sizeof *p->sides);
	add_profile_matchers(s, p, false, rule->matchers, rule->matcher_count, most);
	add_profile_matchers(s, p, true, rule->annotation_matchers, rule->annotation_matcher_count, most);
	put_examples(s, p);
	return p;
}
