/*
 * Rules that are for nothing, by evidence: of all that the rule files define, nothing reaches them. A name that was
 * mistyped, a label that nobody sets, an earlier rule that takes all of it.
 */
#include <string.h>

#include "coverage_impl.h"

#define PAIRS_MAX 100000
#define PAIR_NAME_MAX ((size_t)64 * 1024)
#define NAMES_TOLD_MAX 1000
#define VALUES_TRIED_MAX 20000

struct rule_reach {
	const struct rule *rule;
	enum rule_reached reached; /* the best that any definition gives it */
	struct strs depends;
	struct rule_taker { /* an earlier rule that ended the search, and for how many definitions */
		const struct rule *rule;
		size_t count;
	} * takers;
	size_t taker_count, taker_capacity;
	struct matcher_held { /* of each matcher */
		bool ever;        /* it holds, or may, for some definition */
		bool alone;       /* it alone keeps some definition away */
	} * held;
	bool *possible; /* of each label that it names: some alert of which more comes to be known may have it */
};

struct defined_pair { /* a label with a value, or (value empty) a label that may have any */
	struct str name, value;
};

void coverage_rules_init(struct coverage *c)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(c->rules, &rules);

	c->pairs = map_new();
	c->names = label_names_new();
	c->reach = arena_alloc(c->arena, (n + 1) * sizeof *c->reach);
	for (size_t i = 0; i < n; i++) {
		c->reach[i] = (struct rule_reach){.rule = rules[i], .reached = RULE_DEAD};
		c->reach[i].held = arena_alloc(c->arena, (rules[i]->matcher_count + 1) * sizeof *c->reach[i].held);
		c->reach[i].possible = arena_alloc(c->arena, rule_label_count(rules[i]) + 1);
	}
}

void coverage_rules_release(struct coverage *c)
{
	map_free(c->pairs);
	label_names_free(c->names);
}

static struct rule_reach *reach_of(const struct coverage *c, const struct rule *rule)
{
	return &c->reach[rule->index];
}

void coverage_reached_by(struct coverage *c, const struct plan *plan)
{
	for (size_t i = 0; i < plan->matched_count; i++)
		reach_of(c, plan->matched[i])->reached = RULE_REACHED;
}

/* ---- what there is ---- */

static void note_pair(struct coverage *c, struct str name, struct str value)
{
	AUTOBUF struct buf key;

	label_names_add(c->names, name);
	buf_init(&key, PAIR_NAME_MAX);
	buf_printf(&key, "%.*s=%.*s", STR_ARG(name), STR_ARG(value));
	if (!buf_ok(&key) || map_count(c->pairs) == PAIRS_MAX || map_get(c->pairs, buf_str(&key)))
		return;
	struct defined_pair *pair = arena_alloc(c->arena, sizeof *pair);
	*pair = (struct defined_pair){arena_str(c->arena, name), arena_str(c->arena, value)};
	map_set(c->pairs, arena_str(c->arena, buf_str(&key)), pair);
}

static void note_pairs(struct coverage *c, const struct coverage_alert *a, const struct alert *alert)
{
	for (size_t i = 0; i < alert->labels.n; i++)
		note_pair(c, alert->labels.v[i].name, alert->labels.v[i].value);
	for (size_t i = 0; i < a->series.names.n; i++)
		note_pair(c, a->series.names.v[i], (struct str){NULL, 0});
	for (size_t i = 0; i < a->rule.unknown.n; i++)
		note_pair(c, a->rule.unknown.v[i], (struct str){NULL, 0});
}

/* ---- one definition ---- */

static bool may_matcher_hold(const struct finding_depends *f, const struct matcher *m)
{
	return coverage_may_have(f, m->name) || matcher_match(m, &f->alert->labels, NULL, NULL) != PATTERN_NO_MATCH;
}

static void note_matchers(const struct finding_depends *f, struct rule_reach *r)
{
	struct matcher_held *missed = NULL;
	size_t misses = 0;

	for (size_t i = 0; i < r->rule->matcher_count; i++) {
		if (may_matcher_hold(f, &r->rule->matchers[i])) {
			r->held[i].ever = true;
			continue;
		}
		missed = &r->held[i];
		misses++;
	}
	if (misses == 1)
		missed->alone = true;
}

static void note_possible(const struct finding_depends *f, struct rule_reach *r)
{
	struct pos at;

	for (size_t i = 0; i < rule_label_count(r->rule); i++)
		r->possible[i] = r->possible[i] || coverage_may_have(f, rule_label(r->rule, i, &at));
}

static void improve(struct rule_reach *r, enum rule_reached to)
{
	if (to < r->reached)
		r->reached = to;
}

/* An earlier rule that may end the search may as well not: that is no evidence against this one. */
static void take_chance(const struct coverage *c, struct rule_reach *r, enum rule_chance chance, const struct strs *by)
{
	improve(r, chance == RULE_ALWAYS ? RULE_REACHED : RULE_DEPENDS);
	for (size_t i = 0; i < by->n; i++)
		coverage_depend_on(c, &r->depends, by->v[i]);
}

static void note_taker(const struct coverage *c, struct rule_reach *r, const struct rule *taker)
{
	size_t i = 0;

	improve(r, RULE_BEHIND);
	while (i < r->taker_count && r->takers[i].rule != taker)
		i++;
	if (i == r->taker_count) {
		r->takers = arena_room(c->arena, r->takers, i, &r->taker_capacity, sizeof *r->takers);
		r->takers[r->taker_count++] = (struct rule_taker){taker, 0};
	}
	r->takers[i].count++;
}

void coverage_reach(struct coverage *c, struct coverage_alert *definition, const struct alert *alert)
{
	struct finding_depends f = {.c = c, .a = definition, .alert = alert};
	const struct rule *const *rules, *ended = NULL;
	size_t n = ruleset_rules(c->rules, &rules);

	c->definitions++;
	note_pairs(c, definition, alert);
	for (size_t i = 0; i < n; i++) {
		struct rule_reach *r = reach_of(c, rules[i]);
		struct strs by = {0};
		enum rule_chance chance = coverage_chance(&f, rules[i], &by);
		note_matchers(&f, r);
		note_possible(&f, r);
		if (chance == RULE_NEVER)
			continue;
		if (ended) {
			note_taker(c, r, ended);
			continue;
		}
		take_chance(c, r, chance, &by);
		if (chance == RULE_ALWAYS && !rules[i]->goes_on)
			ended = rules[i];
	}
}

/* ---- what was meant ---- */

/* Of all values that definitions give this label (or, with `names`, of all labels) the nearest. */
static struct str nearest_defined(const struct coverage *c, struct str word, struct str label, bool names)
{
	size_t room = map_count(c->pairs), n = 0;
	AUTOFREE const char **words = mem_zero((room + 1) * sizeof *words);
	AUTOARENA struct arena *scratch = arena_new();
	struct str key;
	void *value;

	for (size_t i = 0; n < VALUES_TRIED_MAX && map_next(c->pairs, &i, &key, &value);) {
		const struct defined_pair *pair = value;
		if (names)
			words[n++] = arena_cstr(scratch, pair->name);
		else if (pair->value.n && str_eq(pair->name, label))
			words[n++] = arena_cstr(scratch, pair->value);
	}
	const char *nearest = n ? options_nearest(word, words, n) : NULL;
	return nearest ? arena_str(c->arena, str_c(nearest)) : (struct str){NULL, 0};
}

static struct str meant_by(const struct coverage *c, const struct matcher *m)
{
	if (!label_names_has(c->names, m->name))
		return nearest_defined(c, m->name, m->name, true);
	return m->op == MATCH_EQUAL ? nearest_defined(c, m->value, m->name, false) : (struct str){NULL, 0};
}

/* ---- evidence ---- */

/* The one that is to blame: without it some definition would be reached. Else the first that holds for none. */
static const struct matcher *to_blame(const struct rule_reach *r)
{
	const struct matcher *alone = NULL, *never = NULL;
	size_t n = 0;

	for (size_t i = 0; i < r->rule->matcher_count; i++) {
		const struct matcher *m = &r->rule->matchers[i];
		if (r->held[i].alone)
			alone = n++ ? alone : m;
		if (!r->held[i].ever)
			never = never ? never : m;
	}
	return n == 1 ? alone : n ? NULL : never;
}

/* A label that nobody defines and whose name is nearly one that somebody does. */
static struct str mistyped_label(const struct coverage *c, const struct strs *names)
{
	for (size_t i = 0; i < names->n; i++) {
		struct str meant = label_names_has(c->names, names->v[i]) ? (struct str){NULL, 0}
		                                                          : nearest_defined(c, names->v[i], names->v[i], true);
		if (meant.n)
			return meant;
	}
	return (struct str){NULL, 0};
}

/* Whoever takes most; of equals the first. */
static const struct rule *first_taker(const struct rule_reach *r)
{
	const struct rule_taker *most = r->takers;

	for (size_t i = 1; i < r->taker_count; i++)
		if (r->takers[i].count > most->count)
			most = &r->takers[i];
	return most ? most->rule : NULL;
}

static struct rule_evidence evidence_of(const struct coverage *c, const struct rule_reach *r)
{
	struct rule_evidence e = {.rule = r->rule, .reached = r->reached, .behind = first_taker(r)};

	e.behind_others = r->taker_count ? r->taker_count - 1 : 0;

	if (e.reached == RULE_DEPENDS) {
		e.depends = r->depends;
		e.meant = mistyped_label(c, &r->depends);
	}
	if (e.reached == RULE_DEAD) {
		e.matcher = to_blame(r);
		e.meant = e.matcher ? meant_by(c, e.matcher) : (struct str){NULL, 0};
	}
	return e;
}

size_t coverage_rule_evidence(const struct coverage *c, const struct rule_evidence **out)
{
	const struct rule *const *rules;
	size_t n = c->definitions ? ruleset_rules(c->rules, &rules) : 0, found = 0;
	struct rule_evidence *list = arena_alloc(c->arena, (n + 1) * sizeof *list);

	for (size_t i = 0; i < n; i++)
		if (c->reach[i].reached != RULE_REACHED)
			list[found++] = evidence_of(c, &c->reach[i]);
	*out = list;
	return found;
}

/* ---- names in a list ---- */

static bool is_identifier_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if ((ch < '0' || ch > '9') && (ch < 'A' || ch > 'Z') && (ch < 'a' || ch > 'z') && ch != '_' && ch != '-')
			return false;
	}
	return s.n > 0;
}

static bool is_defined_name(const struct coverage *c, struct str name)
{
	AUTOFREE char *key = mem_printf("alertname=%.*s", STR_ARG(name));
	return map_get(c->pairs, str_c(key)) != NULL;
}

/* A pattern that is nothing but names with '|' between them. */
static bool next_name(struct str *rest, struct str *name)
{
	ptrdiff_t bar = str_index(*rest, '|');

	*name = str_slice(*rest, 0, bar < 0 ? rest->n : (size_t)bar);
	*rest = bar < 0 ? (struct str){NULL, 0} : str_slice(*rest, (size_t)bar + 1, rest->n);
	return name->n > 0;
}

static struct str without_brackets(struct str s)
{
	return str_starts(s, STR("(")) && str_ends(s, STR(")")) ? str_slice(s, 1, s.n - 1) : s;
}

static bool is_list(struct str pattern)
{
	struct str rest = without_brackets(pattern), name;
	size_t n = 0;

	for (; rest.n; n++)
		if (!next_name(&rest, &name) || !is_identifier_word(name))
			return false;
	return n > 1;
}

static void take_undefined_names(const struct coverage *c, const struct rule *rule, const struct matcher *m,
                                 struct name_evidence *list, size_t *n)
{
	struct str rest = without_brackets(m->value), name;

	while (*n < NAMES_TOLD_MAX && next_name(&rest, &name))
		if (!is_defined_name(c, name))
			list[(*n)++] = (struct name_evidence){rule, m, name, nearest_defined(c, name, STR("alertname"), false)};
}

size_t coverage_name_evidence(const struct coverage *c, const struct name_evidence **out)
{
	const struct rule *const *rules;
	size_t count = c->definitions ? ruleset_rules(c->rules, &rules) : 0, n = 0;
	struct name_evidence *list = arena_alloc(c->arena, NAMES_TOLD_MAX * sizeof *list);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; c->reach[i].reached != RULE_DEAD && k < rules[i]->matcher_count; k++) {
			const struct matcher *m = &rules[i]->matchers[k];
			if (m->op == MATCH_REGEX && str_eq_c(m->name, "alertname") && is_list(m->value))
				take_undefined_names(c, rules[i], m, list, &n);
		}
	*out = list;
	return n;
}

/* ---- labels ---- */

bool coverage_may_come(const struct coverage *c, const struct unseen_label *u)
{
	return reach_of(c, u->rule)->possible[u->index];
}

size_t coverage_label_evidence(const struct coverage *c, const struct unseen_label **out)
{
	return unseen_labels(c->rules, c->names, c->arena, out);
}
