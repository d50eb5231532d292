/* Each alert that can fire with the plan that the rules make of it. */
#include "coverage_impl.h"

#include <stdlib.h>

#include "catalog/site_pages.h"

#define KEY_MAX ((size_t)16 << 20) /* far above what a source lets through */

void coverage_init(struct coverage *c, struct arena *arena, const struct ruleset *rules, const struct catalog *catalog,
                   const struct plan_defaults *defaults)
{
	*c = (struct coverage){.arena = arena, .rules = rules, .catalog = catalog, .defaults = defaults, .seen = map_new()};
	coverage_rules_init(c);
}

void coverage_release(struct coverage *c)
{
	map_free(c->seen);
	coverage_rules_release(c);
	mem_cleanup(&c->v);
	*c = (struct coverage){0};
}

/* ---- one alert ---- */

static const struct alert *evaluate_labels(const struct coverage *c, struct arena *arena, struct labels labels,
                                           struct labels annotations, struct plan *plan)
{
	char *fingerprint = arena_alloc(arena, ALERT_FINGERPRINT_MAX);
	struct alert *alert = arena_alloc(arena, sizeof *alert);

	alert->labels = labels;
	alert->annotations = annotations;
	alert->fingerprint = str_c(labels_fingerprint(&alert->labels, fingerprint));
	ruleset_evaluate(c->rules, alert, NULL, arena, plan);
	return alert;
}

static void decision_key(const struct coverage_alert *a, struct buf *key)
{
	const struct str parts[] = {a->rule.name, labels_get(&a->rule.labels, STR("severity")), a->plan.owner.name,
	                            a->plan.severity.name, a->plan.runbook.value};

	buf_init(key, KEY_MAX);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buf_printf(key, "%zu:", parts[i].n);
		buf_add(key, parts[i]);
	}
	if (a->plan.rule)
		buf_add(key, a->plan.rule->name);
}

/* Every definition of a file counts; another source repeats what is known, and label sets that fired repeat themselves. */
static bool known_already(const struct coverage *c, const struct coverage_alert *a)
{
	AUTOBUF struct buf key;

	decision_key(a, &key);
	const enum coverage_source *first = map_get(c->seen, buf_str(&key));
	return first && (a->fired || a->source != *first);
}

static void remember_decision(struct coverage *c, const struct coverage_alert *a)
{
	AUTOBUF struct buf key;

	decision_key(a, &key);
	if (map_get(c->seen, buf_str(&key)))
		return;
	enum coverage_source *first = arena_alloc(c->arena, sizeof *first);
	*first = a->source;
	map_set(c->seen, buf_str(&key), first);
}

static bool is_alertname_wanted(const struct coverage *c, struct str alertname, const struct plan *plan)
{
	return !c->wanted || c->wanted(c->arg, alertname, plan);
}

static bool is_news(const struct coverage *c, const struct coverage_alert *a)
{
	return is_alertname_wanted(c, a->rule.name, &a->plan) && !known_already(c, a);
}

static void keep_alert(struct coverage *c, const struct coverage_alert *a)
{
	remember_decision(c, a);
	MEM_ROOM(c->v, c->n, c->capacity);
	c->v[c->n++] = *a;
}

/* ---- definitions ---- */

/* As they are sent, then as the source makes them. */
static const struct alert *evaluate_sent(const struct coverage *c, struct coverage_alert *a)
{
	struct labels labels = source_labels_of(c->source, c->arena, &a->rule.labels);
	return evaluate_labels(c, c->arena, labels, a->rule.annotations, &a->plan);
}

/* What fired, in place of or beside its definition. */
static void add_firing_sets(struct coverage *c, const struct coverage_alert *definition)
{
	for (size_t i = 0; i < definition->rule.firing_count; i++) {
		const struct promrule_firing *fired = &definition->rule.firing[i];
		struct coverage_alert a = {.rule = definition->rule, .source = definition->source, .fired = true};
		if (!alert_sender_labels(c->sender, c->arena, &fired->labels, &a.rule.labels, NULL))
			continue;
		a.rule.annotations = fired->annotations.n ? fired->annotations : a.rule.annotations;
		a.rule.unknown.n = 0;
		label_names_add_all(c->names, &evaluate_sent(c, &a)->labels);
		coverage_reached_by(c, &a.plan);
		if (is_news(c, &a))
			keep_alert(c, &a);
	}
}

/* What fired of a definition that is not asked for says something about rules all the same. */
static void reach_by_firing(struct coverage *c, const struct promrule *rule)
{
	for (size_t i = 0; i < rule->firing_count; i++) {
		struct coverage_alert a = {.rule.annotations = rule->firing[i].annotations};
		if (!alert_sender_labels(c->sender, c->arena, &rule->firing[i].labels, &a.rule.labels, NULL))
			continue;
		label_names_add_all(c->names, &evaluate_sent(c, &a)->labels);
		coverage_reached_by(c, &a.plan);
	}
}

/* The rule's own labels win over those that its expression fixes. */
static void cover_definition(struct coverage *c, enum coverage_source source, const struct promrule *rule)
{
	struct coverage_alert a = {.rule = *rule, .source = source, .series = promql_labels_of(c->arena, rule->expr)};

	struct labels own = labels_merge(c->arena, &rule->labels, &a.series.fixed);
	bool wanted = is_alertname_wanted(c, rule->name, NULL);
	if (!alert_sender_labels(c->sender, c->arena, &own, &a.rule.labels, &a.unsure)) {
		c->not_sent += wanted;
		return;
	}
	const struct alert *alert = evaluate_sent(c, &a);
	coverage_reach(c, &a, alert);
	if (!wanted) {
		reach_by_firing(c, rule);
		return;
	}
	coverage_find_depends(c, &a, alert);
	bool replaced = rule->firing_count > 0 && (a.runbook_depends.n > 0 || a.owner_depends.n > 0);
	if (!replaced && is_news(c, &a))
		keep_alert(c, &a);
	add_firing_sets(c, &a);
}

void coverage_add_definitions(struct coverage *c, enum coverage_source source, const struct promrules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		cover_definition(c, source, &rules->v[i]);
}

/* ---- what was received ---- */

static struct labels labels_kept(struct arena *arena, const struct labels *from)
{
	struct labels out = {arena_alloc(arena, (from->n + 1) * sizeof *out.v), from->n};

	for (size_t i = 0; i < from->n; i++)
		out.v[i] = (struct label){arena_str(arena, from->v[i].name), arena_str(arena, from->v[i].value)};
	return out;
}

void coverage_know_labels(struct coverage *c, const struct labels *labels, size_t times)
{
	label_names_add_all(c->names, labels);
	c->received += times;
}

void coverage_add_received(struct coverage *c, const struct promrule *alert)
{
	AUTOARENA struct arena *scratch = arena_new();
	struct coverage_alert a = {.rule = *alert, .source = COVERAGE_JOURNAL, .fired = true};

	coverage_know_labels(c, &alert->labels, 1);
	evaluate_labels(c, scratch, alert->labels, alert->annotations, &a.plan);
	coverage_reached_by(c, &a.plan);
	if (!is_alertname_wanted(c, alert->name, NULL) || !is_news(c, &a))
		return;
	a.rule.labels = labels_kept(c->arena, &alert->labels);
	a.rule.annotations = labels_kept(c->arena, &alert->annotations);
	a.rule.name = labels_get(&a.rule.labels, STR("alertname"));
	evaluate_labels(c, c->arena, a.rule.labels, a.rule.annotations, &a.plan);
	keep_alert(c, &a);
}

/* ---- has it a runbook? ---- */

/* The folder's own pages are told by these prefixes: a link that begins so and leads to no page is dead. */
static bool leads_into_folder(const struct coverage *c, struct str url)
{
	const struct plan_defaults *d = c->defaults;
	const struct site *site = catalog_site(c->catalog);

	if (site && str_starts(url, site->url))
		return true;
	for (size_t i = 0; i < d->url_map_count; i++)
		if (d->url_map[i].from.n && str_starts(url, d->url_map[i].from))
			return true;
	return d->runbook_base.n && str_starts(url, d->runbook_base);
}

enum coverage_state coverage_state(const struct coverage *c, const struct coverage_alert *a)
{
	const struct plan *plan = &a->plan;

	if (!plan->runbook.value.n)
		return a->runbook_depends.n ? COVERAGE_DEPENDS : COVERAGE_NONE;
	if (plan->runbook.exists)
		return COVERAGE_PAGE;
	if (plan->runbook.path.n || leads_into_folder(c, plan->runbook.value))
		return COVERAGE_DEAD;
	return COVERAGE_ELSEWHERE;
}

bool coverage_has_runbook(const struct coverage *c, const struct coverage_alert *a)
{
	enum coverage_state state = coverage_state(c, a);
	return state == COVERAGE_PAGE || state == COVERAGE_ELSEWHERE;
}

struct coverage_totals coverage_count(const struct coverage *c)
{
	struct coverage_totals t = {0};

	for (size_t i = 0; i < c->n; i++) {
		const struct coverage_alert *a = &c->v[i];
		t.covered += coverage_has_runbook(c, a);
		t.with_runbook += a->plan.runbook.value.n > 0;
		t.with_existing_runbook += a->plan.runbook.exists;
		t.with_owner += a->plan.owner.name.n > 0;
		t.depends += coverage_state(c, a) == COVERAGE_DEPENDS;
	}
	return t;
}

double coverage_percent(const struct coverage *c)
{
	return c->n ? 100.0 * (double)coverage_count(c).covered / (double)c->n : 0;
}
