/*
 * A rule that says what the defaults say. Where something else could have said otherwise (the alert's severity label, an
 * owner's receivers, a later rule that this one keeps from being reached) it has an effect, and is no finding.
 */
#include "lint/lint_impl.h"

#define SEVERITY_VALUES_MAX 16

static bool same_strs(const struct strs *a, const struct strs *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; same && i < a->n; i++)
		same = str_eq(a->v[i], b->v[i]);
	return same;
}

/* ---- severity ---- */

static bool is_default_severity(const struct lint_world *w, struct str name)
{
	const struct severity *s = catalog_severity(w->catalog, name);
	return !s || s == catalog_severity(w->catalog, w->defaults->severity);
}

static bool runbooks_are_neutral(const struct lint_world *w)
{
	const struct runbook *const *v;
	size_t n = catalog_runbooks(w->catalog, &v);
	for (size_t i = 0; i < n; i++)
		if (!is_default_severity(w, v[i]->severity))
			return false;
	return true;
}

/* Every value of the label that the rule leaves open means the default, or nothing. */
static bool label_is_neutral(struct linting *l, const struct rule *rule)
{
	struct strs values;
	if (!shadow_values(l->shadow, rule, STR("severity"), SEVERITY_VALUES_MAX, &values))
		return false;
	for (size_t i = 0; i < values.n; i++)
		if (!is_default_severity(l->world, str_trim(values.v[i])))
			return false;
	return true;
}

static bool severity_equals(struct linting *l, const struct rule *rule)
{
	const struct lint_world *w = l->world;
	return catalog_severity(w->catalog, rule->severity) == catalog_severity(w->catalog, w->defaults->severity) &&
	       runbooks_are_neutral(w) && label_is_neutral(l, rule);
}

/* ---- receivers ---- */

static bool catalog_routes(const struct catalog *c)
{
	const struct owner *const *owners;
	const struct severity *const *severities;
	size_t owner_count = catalog_owners(c, &owners), severity_count = catalog_severities(c, &severities);
	for (size_t i = 0; i < owner_count; i++)
		if (owners[i]->receivers_count > 0)
			return true;
	for (size_t i = 0; i < severity_count; i++)
		if (severities[i]->receivers.n > 0)
			return true;
	return false;
}

/* Receivers of several rules add up: an earlier rule with its own would otherwise keep the default away. */
static bool receivers_equal(struct linting *l, const struct rule *rule)
{
	if (!same_strs(&rule->receivers, &l->world->defaults->receivers) || catalog_routes(l->world->catalog))
		return false;
	for (size_t i = 0; i < rule->index; i++)
		if (l->rules[i]->sets[RULE_RECEIVERS] && !shadow_disjoint(l->shadow, l->rules[i], rule))
			return false;
	return true;
}

/* ---- all fields ---- */

static bool field_equals(struct linting *l, const struct rule *rule, enum rule_field f)
{
	const struct plan_defaults *d = l->world->defaults;
	switch (f) {
	case RULE_SEVERITY: return severity_equals(l, rule);
	case RULE_RECEIVERS: return receivers_equal(l, rule);
	case RULE_GROUP_BY:
		return rule->group_by.mode == d->group_by.mode &&
		       (d->group_by.mode != GROUP_LABELS || same_strs(&rule->group_by.labels, &d->group_by.labels));
	case RULE_REPEAT_INTERVAL: return rule->repeat_interval == d->repeat_interval;
	case RULE_PAGE_AFTER: return rule->page_after == d->page_after;
	case RULE_RESOLVE_HOLD: return rule->resolve_hold == d->resolve_hold;
	case RULE_PAGE: return rule->page;
	case RULE_RUNBOOK:
	case RULE_OWNER:
	case RULE_ESCALATION:
	case RULE_HEARTBEAT:
	case RULE_ACTIVE:
	case RULE_MUTE:
	case RULE_SUMMARY:
	case RULE_FIELDS: break;
	}
	return false;
}

static bool sets_what(const struct rule *rule, const struct rule *later)
{
	for (int f = 0; f < RULE_FIELDS; f++)
		if (rule->sets[f] && later->sets[f])
			return true;
	return false;
}

/* A later rule would set, or would be reached, were it not for this one. */
static bool holds_back(struct linting *l, const struct rule *rule)
{
	for (size_t i = rule->index + 1; i < l->count; i++)
		if ((!rule->goes_on || sets_what(rule, l->rules[i])) && !shadow_disjoint(l->shadow, rule, l->rules[i]))
			return true;
	return false;
}

void lint_default(struct linting *l, const struct rule *rule)
{
	bool sets = false;
	for (int f = 0; f < RULE_FIELDS; f++) {
		if (!rule->sets[f])
			continue;
		if (!field_equals(l, rule, (enum rule_field)f))
			return;
		sets = true;
	}
	if (holds_back(l, rule))
		return;
	lint_add(l->out, LINT_RULE_EQUALS_DEFAULT, rule, rule->at, (struct pos){NULL, 0, 0},
	         sets ? "rule \"%.*s\" sets only what the defaults say" : "rule \"%.*s\" sets nothing",
	         STR_ARG(rule->name));
}
