/*
 * The compiled rules, and one evaluation of them: what the parts that fill a plan share.
 */
#ifndef RULES_RULESET_IMPL_H
#define RULES_RULESET_IMPL_H

#include "base/map.h"
#include "rules/literal_index.h"
#include "rules/ruleset.h"

struct ruleset {
	const struct catalog *catalog;
	const struct plan_defaults *defaults;
	struct arena *arena;
	struct rulefile **files;
	size_t file_count, file_capacity;
	const struct rule **rules; /* all, in order */
	size_t rule_count, rule_capacity;
	struct map *names;       /* of them, by name */
	struct map *label_names; /* that they read; keys are views */
	bool (*receiver_known)(void *arg, struct str name);
	void *receiver_arg;
	struct strs receiver_names;  /* for "did you mean" */
	struct literal_index *index; /* made by ruleset_finish(); NULL: the rules are tried one by one */
};

/* Evaluates without the index from now on: what it finds is compared with this. */
void ruleset_drop_index(struct ruleset *rs);

/* Fills `label_names`. */
void ruleset_gather_label_names(struct ruleset *rs);

/* The captures of a rule that set a field, for its templates. */
struct captures {
	struct capture v[PATTERN_CAPTURES_MAX];
	size_t n;
};

struct evaluation {
	const struct ruleset *rs;
	const struct alert *alert;
	const struct labels *group_labels;
	struct arena *arena;
	struct plan *plan;
	const struct rule *setter[RULE_FIELDS]; /* the first matching rule that sets the field */
	struct captures runbook_captures, summary_captures;
};

/* Where a rule set `field`. */
struct plan_origin origin_of_rule(const struct rule *rule, enum rule_field field);
struct plan_origin origin_of(enum plan_source source, struct pos at);

/* In this order: each reads what those before have decided. */
void plan_decide_runbook(struct evaluation *e);
void plan_decide_severity(struct evaluation *e);
void plan_decide_owner(struct evaluation *e);
void plan_decide_receivers(struct evaluation *e);
void plan_decide_escalation(struct evaluation *e);
void plan_decide_timing(struct evaluation *e);
void plan_decide_hours(struct evaluation *e);
void plan_decide_grouping(struct evaluation *e);
void plan_decide_summary(struct evaluation *e);
/* What `by` makes of one alert. */
struct labels plan_group_labels(const struct group_by *by, const struct alert *alert, const struct labels *group_labels,
                                struct arena *arena);

/* What rule and label say alone, before the runbook is known; false when they say nothing. */
bool plan_severity_stated(const struct evaluation *e, enum plan_source source, const struct severity **out);
struct str plan_owner_stated(const struct evaluation *e, struct plan_origin *from);

/* The names that a template of a rule knows, as far as `t` mentions them; the caller owns it. */
json_t *plan_context(const struct evaluation *e, const struct template *t, const struct captures *captures);

/* ---- runbooks ---- */

struct runbook_address {
	struct str base, path; /* the path is not escaped; empty: the base itself */
	struct str query;      /* as written, with its '?'; may be empty */
	struct str anchor;     /* not escaped; may be empty */
};
/* The absolute URL, empty without a base. */
struct str runbook_url(struct arena *arena, const struct runbook_address *to);
/* Path and anchor of "path#anchor". */
struct str runbook_split(struct str value, struct str *anchor);
/* %XX resolved; what would become a slash or a control character stays as it is. */
struct str runbook_unescape(struct arena *arena, struct str s);
/* True for an absolute http or https URL with a host and no blanks or control characters. */
bool runbook_is_url(struct str value);
/* True when a segment between slashes is "." or "..", or the path is empty. */
bool runbook_path_is_odd(struct str path);
/* The alert's own link, mapped into the catalog where it fits. False when it has none, or a placeholder. */
struct runbook_link {
	struct str value;            /* path with anchor, or the URL */
	const struct runbook *entry; /* NULL for a foreign URL */
	struct str url;              /* as the alert has it; empty: it has a path */
	struct str query;            /* of the URL, with its '?' */
	bool stays;                  /* the URL leads to the page already */
};
bool runbook_from_annotation(const struct evaluation *e, struct runbook_link *out);

#endif
