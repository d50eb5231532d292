/* What can only be checked once all files are in: receivers, runbooks, hours, severities. */
#include "catalog/hours.h"
#include "catalog/pages.h"
#include "rules/ruleset_impl.h"

struct check {
	const struct ruleset *rs;
	bool (*receiver_known)(void *arg, struct str name);
	void *arg;
	struct err *err, *warnings;
	bool good;
	const char *told_in; /* the file of the rule before */
};

/* `meant` ends the message: "" or what may have been meant. */
static void bad(struct check *c, const struct rule *rule, enum rule_field field, const char *what, struct str value,
                const char *meant)
{
	err_at(c->err, rule->field_at[field], "rule \"%.*s\": %s \"%.*s\" does not exist%s", STR_ARG(rule->name), what,
	       STR_ARG(value), meant);
	c->good = false;
}

static void warn_of_rule(struct check *c, const struct rule *rule, enum rule_field field, const char *what)
{
	err_warn(c->warnings, rule->field_at[field], "rule \"%.*s\": %s", STR_ARG(rule->name), what);
}

/* Of a flood of mistakes only the first are told, and guessed. */
static const char *meant_name(const struct check *c, struct str word,
                              const char *(*guess)(const struct catalog *, struct str, struct arena *))
{
	return c->err->count < ERR_LINES_MAX ? guess(c->rs->catalog, word, c->rs->arena) : "";
}

static void check_named_receivers(struct check *c, const struct rule *rule)
{
	for (size_t i = 0; i < rule->receivers.n; i++)
		if (!(rule->receiver_templates && rule->receiver_templates[i]) && c->receiver_known &&
		    !c->receiver_known(c->arg, rule->receivers.v[i]))
			bad(c, rule, RULE_RECEIVERS, "receiver", rule->receivers.v[i],
			    options_meant(c->rs->arena, rule->receivers.v[i], &c->rs->receiver_names));
}

/* A path that a template makes is known only when an alert comes. */
static void check_named_runbook(struct check *c, const struct rule *rule)
{
	if (rule->runbook_is_url || !template_is_literal(rule->runbook))
		return;
	struct str anchor, path = runbook_split(rule->runbook_text, &anchor);
	const struct runbook *entry = catalog_page(c->rs->catalog, path);
	if (!entry)
		bad(c, rule, RULE_RUNBOOK, "runbook", path, meant_name(c, path, catalog_meant_runbook));
	else if (entry->exists && anchor.n > 0 && !runbook_has_anchor(entry, anchor))
		warn_of_rule(
			c, rule, RULE_RUNBOOK,
			arena_printf(c->rs->arena, "runbook \"%.*s\" has no heading #%.*s", STR_ARG(path), STR_ARG(anchor)));
}

/* Those of the file's scope stand in each of its rules, and are told once. */
static void check_equalities(struct check *c, const struct rule *rule)
{
	for (size_t i = 0; i < rule->matcher_count; i++) {
		const struct matcher *m = &rule->matchers[i];
		struct str better;
		if (m->at.line < rule->at.line && c->told_in == m->at.file)
			continue;
		if (!matcher_means_pattern(m, c->rs->arena, &better))
			continue;
		err_warn(c->warnings, m->at, "rule \"%.*s\": %.*s compares with this very text; for a pattern write %.*s",
		         STR_ARG(rule->name), STR_ARG(m->text), STR_ARG(better));
	}
	c->told_in = rule->at.file;
}

static void check_heartbeat_severity(struct check *c, const struct rule *rule)
{
	const struct severity *s = rule->sets[RULE_SEVERITY] ? catalog_severity(c->rs->catalog, rule->severity) : NULL;
	if (!s || s->rank != SEVERITY_RANK_NONE)
		return;
	err_at(c->err, rule->field_at[RULE_SEVERITY],
	       "rule \"%.*s\": with severity \"%.*s\" nobody would be told that its heartbeat is missing",
	       STR_ARG(rule->name), STR_ARG(rule->severity));
	c->good = false;
}

static void check_hours(struct check *c, const struct rule *rule, enum rule_field field, const struct strs *names)
{
	for (size_t i = 0; rule->sets[field] && i < names->n; i++)
		if (!catalog_hours(c->rs->catalog, names->v[i]))
			bad(c, rule, field, "time interval", names->v[i], meant_name(c, names->v[i], catalog_meant_hours));
}

static void check_rule_names(struct check *c, const struct rule *rule)
{
	const struct catalog *catalog = c->rs->catalog;
	if (rule->sets[RULE_SEVERITY] && !catalog_severity(catalog, rule->severity))
		bad(c, rule, RULE_SEVERITY, "severity", rule->severity, meant_name(c, rule->severity, catalog_meant_severity));
	if (rule->sets[RULE_HEARTBEAT])
		check_heartbeat_severity(c, rule);
	if (rule->sets[RULE_ESCALATION] && !catalog_escalation(catalog, rule->escalation))
		bad(c, rule, RULE_ESCALATION, "escalation", rule->escalation,
		    meant_name(c, rule->escalation, catalog_meant_escalation));
	check_hours(c, rule, RULE_ACTIVE, &rule->hours.active);
	check_hours(c, rule, RULE_MUTE, &rule->hours.mute);
	if (rule->sets[RULE_OWNER] && !catalog_owner(catalog, rule->owner))
		warn_of_rule(c, rule, RULE_OWNER,
		             arena_printf(c->rs->arena, "the catalog knows no owner \"%.*s\"%s", STR_ARG(rule->owner),
		                          meant_name(c, rule->owner, catalog_meant_owner)));
	if (rule->sets[RULE_RUNBOOK])
		check_named_runbook(c, rule);
	check_named_receivers(c, rule);
	check_equalities(c, rule);
}

/* Whoever read the defaults from a file has said so with its line. */
static void say_defaults_lack(struct check *c, const char *what, struct str name)
{
	const char *text = arena_printf(c->rs->arena, "defaults: %s \"%.*s\"", what, STR_ARG(name));
	bool said = false;
	for (size_t i = 0; i < c->err->count; i++)
		said = said || strstr(c->err->lines[i], text);
	if (!said)
		err_add(c->err, "%s does not exist", text);
	c->good = false;
}

static void check_defaults(struct check *c)
{
	const struct plan_defaults *d = c->rs->defaults;
	if (!catalog_severity(c->rs->catalog, d->severity))
		say_defaults_lack(c, "severity", d->severity);
	for (size_t i = 0; i < d->receivers.n; i++)
		if (c->receiver_known && !c->receiver_known(c->arg, d->receivers.v[i]))
			say_defaults_lack(c, "receiver", d->receivers.v[i]);
}

void ruleset_name_receivers(struct ruleset *rs, struct strs names)
{
	rs->receiver_names = names;
}

bool ruleset_finish(struct ruleset *rs, bool (*receiver_known)(void *arg, struct str name), void *arg, struct err *err,
                    struct err *warnings)
{
	struct check c = {rs, receiver_known, arg, err, warnings, true, NULL};
	rs->receiver_known = receiver_known;
	rs->receiver_arg = arg;
	check_defaults(&c);
	for (size_t i = 0; i < rs->rule_count; i++)
		check_rule_names(&c, rs->rules[i]);
	ruleset_gather_label_names(rs);
	ruleset_drop_index(rs);
	rs->index = literal_index_new(rs->rules, rs->rule_count);
	return c.good;
}
