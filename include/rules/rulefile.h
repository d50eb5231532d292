/*
 * One rule file: YAML to rules (INTERFACE section 3). Strings live in the ruleset's arena.
 */
#ifndef RULES_RULEFILE_H
#define RULES_RULEFILE_H

#include "base/options.h"
#include "catalog/hours_said.h"
#include "catalog/page_budget.h"
#include "rules/matcher.h"
#include "rules/template.h"

enum rule_field {
	RULE_RUNBOOK,
	RULE_SEVERITY,
	RULE_OWNER,
	RULE_RECEIVERS,
	RULE_ESCALATION,
	RULE_GROUP_BY,
	RULE_REPEAT_INTERVAL,
	RULE_PAGE_AFTER,
	RULE_RESOLVE_HOLD,
	RULE_HEARTBEAT,
	RULE_ACTIVE,
	RULE_MUTE,
	RULE_SUMMARY,
	RULE_PAGE,
	RULE_FIELDS
};

enum group_mode { GROUP_ALERTMANAGER /* the body's groupLabels */, GROUP_ALL /* ['...'] */, GROUP_LABELS };

struct group_by {
	enum group_mode mode;
	struct strs labels; /* GROUP_LABELS */
};

struct rule {
	struct str name;
	struct pos at;            /* of the rule */
	struct matcher *matchers; /* scope's first, then its own */
	size_t matcher_count;
	struct matcher *annotation_matchers;
	size_t annotation_matcher_count;
	bool goes_on; /* continue: true */
	bool sets[RULE_FIELDS];
	struct pos field_at[RULE_FIELDS];
	struct template *runbook, *summary;
	struct str runbook_text;
	struct str severity, owner, escalation;
	struct strs receivers;                /* as written; a template has an entry in `receiver_templates` */
	struct template **receiver_templates; /* as many as receivers, NULL for a name; NULL where all are names */
	struct group_by group_by;
	int64_t repeat_interval, page_after, resolve_hold;
	int64_t heartbeat; /* its `every` */
	struct hours_said hours;
	struct page_budget budget; /* of the pages of its alerts */
	bool page;
	bool runbook_is_url; /* written as https://…, with an authority that no template touches */
	bool uses_captures;  /* its matchers name groups and it has templates to use them in */
	size_t index;        /* position over all files, 0 first */
};

struct rulefile {
	const char *file;
	struct rule *rules;
	size_t count;
};

/* What a rule file may say. */
extern const struct option_table rulefile_table;

/* False with lines in `err`; `out` then holds the rules that could be read. Names must be unique within the file here. */
bool rulefile_parse(struct arena *arena, const char *file, struct str text, struct rulefile *out, struct err *err);
void rulefile_release(struct rulefile *f);
/* Parses a group_by node: a list of label names, ['...'] or the word alertmanager. */
bool group_by_parse(struct arena *arena, const struct yaml_node *node, struct group_by *out, struct err *err);

#endif
