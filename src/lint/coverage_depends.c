/*
 * Which labels decide about a runbook or an owner that the plan has not? Those of rules that what is known of the alert
 * does not rule out: namespace=~"pay.*" of an alert whose expression has a namespace for every series.
 */
#include "coverage_impl.h"

void coverage_depend_on(const struct coverage *c, struct strs *to, struct str name)
{
	if (!to->v)
		to->v = arena_alloc(c->arena, COVERAGE_DEPENDS_MAX * sizeof *to->v);
	if (to->n < COVERAGE_DEPENDS_MAX && !strs_contain(to, name))
		to->v[to->n++] = name;
}

static void depend_on_all(const struct coverage *c, struct strs *to, const struct strs *from)
{
	for (size_t i = 0; i < from->n; i++)
		coverage_depend_on(c, to, from->v[i]);
}

/* Set by whoever writes the definition, hardly ever by what is measured: where it is not written it is not there. */
static bool is_definitions_own(const struct finding_depends *f, struct str name)
{
	bool folder = str_eq_c(name, "grafana_folder") && f->a->rule.kind != PROMRULE_GRAFANA;
	return folder || str_eq_c(name, "severity") || strs_contain(&f->c->defaults->owner_labels, name);
}

/* Whether the alert may be sent with a value of this label that is not known here. */
static bool may_be_sent(const struct finding_depends *f, struct str name)
{
	if (strs_contain(&f->a->unsure, name))
		return true;
	if (alert_sender_drops(f->c->sender, name))
		return false;
	if (strs_contain(&f->a->rule.unknown, name) || strs_contain(&f->a->series.names, name))
		return true;
	if (labels_has(&f->alert->labels, name) || is_definitions_own(f, name))
		return false;
	return promql_may_have(&f->a->series, name) || alert_sender_may_add(f->c->sender, name);
}

/* Once the source has dropped and renamed: what it has under this name came under another. */
bool coverage_may_have(const struct finding_depends *f, struct str name)
{
	const struct source_labels *s = f->c->source;

	if (source_labels_drop(s, name))
		return false;
	for (size_t i = 0; s && i < s->rename_count; i++) {
		if (str_eq(s->rename[i].from, name))
			return false;
		if (str_eq(s->rename[i].to, name) && may_be_sent(f, s->rename[i].from))
			return true;
	}
	return may_be_sent(f, name);
}

enum rule_chance coverage_chance(const struct finding_depends *f, const struct rule *rule, struct strs *by)
{
	for (size_t i = 0; i < rule->annotation_matcher_count; i++)
		if (matcher_match(&rule->annotation_matchers[i], &f->alert->annotations, NULL, NULL) != PATTERN_MATCH)
			return RULE_NEVER;
	for (size_t i = 0; i < rule->matcher_count; i++) {
		const struct matcher *m = &rule->matchers[i];
		if (coverage_may_have(f, m->name))
			coverage_depend_on(f->c, by, m->name);
		else if (matcher_match(m, &f->alert->labels, NULL, NULL) != PATTERN_MATCH)
			return RULE_NEVER;
	}
	return by->n ? RULE_MAYBE : RULE_ALWAYS;
}

static void take_rule(struct finding_depends *f, const struct rule *rule, const struct strs *by)
{
	if (rule->sets[RULE_RUNBOOK] && !f->a->plan.runbook.value.n) {
		depend_on_all(f->c, &f->a->runbook_depends, by);
		depend_on_all(f->c, &f->a->runbook_depends, &f->ended_by);
	}
	if (rule->sets[RULE_OWNER] && !f->a->plan.owner.name.n) {
		depend_on_all(f->c, &f->a->owner_depends, by);
		depend_on_all(f->c, &f->a->owner_depends, &f->ended_by);
	}
}

/* A label that names the owner, with a template as its value or left by the expression's aggregation. */
static void owner_from_labels(struct finding_depends *f)
{
	const struct strs *names = &f->c->defaults->owner_labels;

	for (size_t i = 0; i < names->n && !f->a->plan.owner.name.n; i++)
		if (strs_contain(&f->a->rule.unknown, names->v[i]) || strs_contain(&f->a->series.names, names->v[i]))
			coverage_depend_on(f->c, &f->a->owner_depends, names->v[i]);
}

void coverage_find_depends(const struct coverage *c, struct coverage_alert *a, const struct alert *alert)
{
	struct finding_depends f = {.c = c, .a = a, .alert = alert};
	const struct rule *const *rules;
	size_t n = ruleset_rules(c->rules, &rules);

	if (a->plan.runbook.value.n && a->plan.owner.name.n)
		return;
	for (size_t i = 0; i < n; i++) {
		struct strs by = {0};
		enum rule_chance chance = coverage_chance(&f, rules[i], &by);
		if (chance == RULE_NEVER)
			continue;
		take_rule(&f, rules[i], &by);
		if (rules[i]->goes_on)
			continue;
		if (chance == RULE_ALWAYS)
			break;
		depend_on_all(c, &f.ended_by, &by);
	}
	owner_from_labels(&f);
}
