/*
 * Which routes can take an alert together, so that a tree's walk leaves out what never happens. The matchers of each route
 * become a rule, and lint's proofs about rules are asked; answers are kept, for the walk asks often.
 */
#include <stdlib.h>
#include <string.h>

#include "import_impl.h"
#include "lint/shadow.h"
#include "rules/matcher.h"
#include "service/catalog_json.h"

#define ROUTES_MAX 2000 /* two tables of so many squared bytes */

enum known { KNOWN_NOTHING, KNOWN_YES, KNOWN_NO };

struct import_proofs {
	struct catalog *catalog;
	struct plan_defaults defaults;
	struct ruleset *rules;
	struct shadow *shadow;
	const struct rule *const *by_number;
	size_t count;
	unsigned char *never_both, *implies; /* enum known, count * count */
};

/* ---- the rules ---- */

static json_t *matcher_texts_json(const struct strs *texts)
{
	json_t *list = json_array();
	for (size_t i = 0; i < texts->n; i++)
		json_array_append_new(list, json_stringn(texts->v[i].p, texts->v[i].n));
	return list;
}

static void add_route_as_rule(json_t *rules, struct import_route *r)
{
	r->number = json_array_size(rules);
	json_t *rule = json_pack("{s:o}", "name", json_sprintf("%zu", r->number));
	if (r->matchers.n)
		json_object_set_new(rule, "matchers", matcher_texts_json(&r->matchers));
	if (r->annotation_matchers.n)
		json_object_set_new(rule, "annotation_matchers", matcher_texts_json(&r->annotation_matchers));
	json_array_append_new(rules, rule);
	for (size_t i = 0; i < r->count; i++)
		add_route_as_rule(rules, &r->children[i]);
}

/* False: they are no rules, or not all of them. */
static bool prove_about(struct import_proofs *p, json_t *rules)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf text;
	json_t *document = json_pack("{s:O}", "rules", rules);

	buf_init(&text, NEW_FOLDER_TEXT_MAX);
	yaml_write(document, &text);
	json_decref(document);
	p->catalog = catalog_new();
	p->rules = ruleset_new(p->catalog, &p->defaults);
	bool ok = buf_ok(&text) && ruleset_add_file(p->rules, "routes", buf_str(&text), &err);
	p->count = ruleset_rules(p->rules, &p->by_number);
	p->shadow = shadow_new(p->rules);
	return ok && p->count == json_array_size(rules);
}

static void forget(struct import_proofs *p)
{
	shadow_free(p->shadow);
	ruleset_free(p->rules);
	catalog_free(p->catalog);
	free(p->never_both);
	free(p->implies);
}

struct import_proofs *import_proofs_new(struct import_route *root)
{
	json_t *rules = json_array();
	struct import_proofs *p = mem_zero(sizeof *p);

	add_route_as_rule(rules, root);
	bool ok = json_array_size(rules) <= ROUTES_MAX && prove_about(p, rules);
	json_decref(rules);
	if (!ok) {
		import_proofs_free(p);
		return NULL;
	}
	p->never_both = mem_zero(p->count * p->count);
	p->implies = mem_zero(p->count * p->count);
	return p;
}

void import_proofs_free(struct import_proofs *p)
{
	if (p)
		forget(p);
	free(p);
}

/* ---- two routes ---- */

bool import_never_both(struct import_proofs *p, const struct import_route *a, const struct import_route *b)
{
	if (!p)
		return false;
	unsigned char *known = &p->never_both[a->number * p->count + b->number];
	if (*known == KNOWN_NOTHING)
		*known = shadow_disjoint(p->shadow, p->by_number[a->number], p->by_number[b->number]) ? KNOWN_YES : KNOWN_NO;
	return *known == KNOWN_YES;
}

bool import_implies(struct import_proofs *p, const struct import_route *narrow, const struct import_route *wide)
{
	if (!wide->matchers.n && !wide->annotation_matchers.n)
		return true;
	if (!p)
		return false;
	unsigned char *known = &p->implies[narrow->number * p->count + wide->number];
	if (*known == KNOWN_NOTHING)
		*known =
			shadow_implies(p->shadow, p->by_number[narrow->number], p->by_number[wide->number]) ? KNOWN_YES : KNOWN_NO;
	return *known == KNOWN_YES;
}

/* ---- rules that nothing reaches ---- */

static bool is_reached(struct import_proofs *p, const struct rule *rule)
{
	const struct matcher *why[2];
	const struct rule *const *before;

	if (shadow_never_matches(p->shadow, rule, why))
		return false;
	size_t n = shadow_candidates(p->shadow, rule, &before);
	for (size_t i = 0; i < n; i++)
		if (!before[i]->goes_on && shadow_implies(p->shadow, rule, before[i]))
			return false;
	return true;
}

void import_drop_unreached(json_t *rules)
{
	struct import_proofs p = {.catalog = NULL};

	if (json_array_size(rules) && prove_about(&p, rules))
		for (size_t i = p.count; i-- > 0;)
			if (!is_reached(&p, p.by_number[i]))
				json_array_remove(rules, i);
	forget(&p);
}

/* ---- the matchers ---- */

static bool parse_matchers(struct import *i, const struct import_route *r, const struct strs *texts, struct err *err)
{
	struct matcher *v = NULL;
	size_t n = 0;
	bool ok = true;

	for (size_t k = 0; k < texts->n; k++)
		ok = matchers_parse(i->arena, texts->v[k], r->at, &v, &n, err) && ok;
	for (size_t k = 0; k < n; k++)
		matcher_release(&v[k]);
	mem_cleanup(&v);
	return ok;
}

bool import_check_matchers(struct import *i, const struct import_route *root, struct err *err)
{
	bool ok = parse_matchers(i, root, &root->matchers, err);

	ok = parse_matchers(i, root, &root->annotation_matchers, err) && ok;
	for (size_t k = 0; k < root->count; k++)
		ok = import_check_matchers(i, &root->children[k], err) && ok;
	return ok;
}
