/*
 * What rules and escalations name and nobody has defined, and matchers that name no value. Loading says most of it, with
 * the same words; here it is a finding among others.
 */
#include "base/map.h"
#include "catalog/pages.h"
#include "catalog/reach.h"
#include "lint/lint.h"
#include "rules/ruleset_impl.h"

static const struct pos nowhere = {NULL, 0, 0};

struct references {
	const struct lint_world *world;
	struct lint *out;
};

/* Of a flood of findings only the first are guessed: each guess looks at every name. */
static const char *did_you_mean(const struct references *r, enum lint_code code, struct str value)
{
	const struct catalog *c = r->world->catalog;
	if (r->out->n >= ERR_LINES_MAX)
		return "";
	if (code == LINT_UNKNOWN_RUNBOOK)
		return catalog_meant_runbook(c, value, r->out->arena);
	if (code == LINT_UNKNOWN_SEVERITY)
		return catalog_meant_severity(c, value, r->out->arena);
	if (code == LINT_UNKNOWN_ESCALATION)
		return catalog_meant_escalation(c, value, r->out->arena);
	return code == LINT_UNKNOWN_OWNER ? catalog_meant_owner(c, value, r->out->arena) : "";
}

static void report_missing(const struct references *r, enum lint_code code, const struct rule *rule,
                           enum rule_field field, struct str value)
{
	/* "unknown-severity": what is missing is in the code */
	const char *what = lint_codes[code].name + sizeof "unknown-" - 1;
	lint_add(r->out, code, rule, rule->field_at[field], nowhere, "rule \"%.*s\": %s \"%.*s\" does not exist%s",
	         STR_ARG(rule->name), what, STR_ARG(value), did_you_mean(r, code, value));
}

static void check_rule_receivers(const struct references *r, const struct rule *rule)
{
	for (size_t i = 0; i < rule->receivers.n; i++)
		if (!(rule->receiver_templates && rule->receiver_templates[i]) &&
		    !r->world->receiver_known(r->world->arg, rule->receivers.v[i]))
			report_missing(r, LINT_UNKNOWN_RECEIVER, rule, RULE_RECEIVERS, rule->receivers.v[i]);
}

/* A path that a template makes is known only when an alert comes. */
static void check_rule_runbook(const struct references *r, const struct rule *rule)
{
	if (rule->runbook_is_url || !template_is_literal(rule->runbook))
		return;
	struct str anchor, path = runbook_split(rule->runbook_text, &anchor);
	const struct runbook *entry = catalog_page(r->world->catalog, path);
	if (!entry)
		report_missing(r, LINT_UNKNOWN_RUNBOOK, rule, RULE_RUNBOOK, path);
	else if (entry->exists && anchor.n > 0 && !runbook_has_anchor(entry, anchor))
		lint_add(r->out, LINT_UNKNOWN_ANCHOR, rule, rule->field_at[RULE_RUNBOOK], entry->at,
		         "rule \"%.*s\": runbook \"%.*s\" has no heading #%.*s", STR_ARG(rule->name), STR_ARG(path),
		         STR_ARG(anchor));
}

/* Those of the file's scope stand in each of its rules, and are told once. */
static void lint_equalities(const struct references *r, const struct rule *rule, const struct rule *before)
{
	for (size_t i = 0; i < rule->matcher_count; i++) {
		const struct matcher *m = &rule->matchers[i];
		struct str better;
		bool told = before && before->at.file == rule->at.file && m->at.line < rule->at.line;
		if (!told && matcher_means_pattern(m, r->out->arena, &better))
			lint_add(r->out, LINT_PATTERN_AS_VALUE, rule, m->at, nowhere,
			         "rule \"%.*s\": %.*s compares with this very text; for a pattern write %.*s", STR_ARG(rule->name),
			         STR_ARG(m->text), STR_ARG(better));
	}
}

static void check_rule_references(const struct references *r, const struct rule *rule)
{
	const struct catalog *c = r->world->catalog;
	if (rule->sets[RULE_SEVERITY] && !catalog_severity(c, rule->severity))
		report_missing(r, LINT_UNKNOWN_SEVERITY, rule, RULE_SEVERITY, rule->severity);
	if (rule->sets[RULE_ESCALATION] && !catalog_escalation(c, rule->escalation))
		report_missing(r, LINT_UNKNOWN_ESCALATION, rule, RULE_ESCALATION, rule->escalation);
	if (rule->sets[RULE_OWNER] && !catalog_owner(c, rule->owner))
		report_missing(r, LINT_UNKNOWN_OWNER, rule, RULE_OWNER, rule->owner);
	if (rule->sets[RULE_RUNBOOK])
		check_rule_runbook(r, rule);
	check_rule_receivers(r, rule);
}

static bool is_notified_known(const struct references *r, struct str who)
{
	const struct catalog *c = r->world->catalog;
	return catalog_is_somebody(c, who) || r->world->receiver_known(r->world->arg, who);
}

/* The first step is the page: where its roles have no receivers, those of the page do. */
static bool reaches_nobody(const struct references *r, size_t step, struct str who)
{
	return step && !catalog_reaches(r->world->catalog, who, r->world->receiver_known, r->world->arg);
}

/* Each role once: it is the contact that is missing, however many paths lead to it. */
static void check_step_references(const struct references *r, const struct escalation *e, size_t step, struct map *told)
{
	const struct strs *notify = &e->steps[step].notify;
	for (size_t i = 0; i < notify->n; i++) {
		struct str who = notify->v[i];
		bool known = is_notified_known(r, who);
		if (map_get(told, who) || (known && !reaches_nobody(r, step, who)))
			continue;
		map_set(told, who, told);
		if (!known)
			lint_add(r->out, LINT_UNKNOWN_CONTACT, NULL, e->at, nowhere,
			         "escalation \"%.*s\" notifies \"%.*s\", who is neither a contact nor a receiver", STR_ARG(e->name),
			         STR_ARG(who));
		else
			lint_add(r->out, LINT_ROLE_WITHOUT_RECEIVER, NULL, e->at, nowhere,
			         "escalation \"%.*s\" notifies \"%.*s\", who has no receiver: the default receivers are told",
			         STR_ARG(e->name), STR_ARG(who));
	}
}

static void check_escalation_references(const struct references *r)
{
	const struct escalation *const *escalations;
	size_t n = catalog_escalations(r->world->catalog, &escalations);
	struct map *told = map_new();

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < escalations[i]->count; k++)
			check_step_references(r, escalations[i], k, told);
	map_free(told);
}

void lint_references(const struct lint_world *w, struct lint *out)
{
	const struct references r = {w, out};
	const struct rule *const *rules;
	size_t rule_count = ruleset_rules(w->rules, &rules);
	for (size_t i = 0; i < rule_count; i++) {
		check_rule_references(&r, rules[i]);
		lint_equalities(&r, rules[i], i ? rules[i - 1] : NULL);
	}
	check_escalation_references(&r);
}
