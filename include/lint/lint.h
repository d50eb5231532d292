/*
 * What is suspicious about rules although they load: INTERFACE section 7, "lint". Findings are proved (lint/shadow.h) or
 * not made; the one code that rests on evidence only says so and is a hint. Codes are stable: people write them into
 * `# lint:ignore CODE reason` and into baselines.
 */
#ifndef LINT_LINT_H
#define LINT_LINT_H

#include "rules/ruleset.h"

enum lint_level { LINT_HINT, LINT_WARNING, LINT_ERROR };
/* "hint", "warning", "error" */
const char *lint_level_name(enum lint_level level);

enum lint_code {
	LINT_LOAD_ERROR,
	LINT_LOAD_WARNING,
	LINT_UNREACHABLE_RULE,
	LINT_CONTRADICTORY_MATCHERS,
	LINT_DUPLICATE_RULE,
	LINT_SHADOWED_RULE,
	LINT_SHADOWED_FIELD,
	LINT_RULE_EQUALS_DEFAULT,
	LINT_PATTERN_AS_VALUE,
	LINT_NEVER_WON,
	LINT_UNSEEN_LABEL,
	LINT_SAME_LABELS,
	LINT_RESTART_REFIRES,
	LINT_UNKNOWN_RUNBOOK,
	LINT_UNKNOWN_ANCHOR,
	LINT_UNKNOWN_SEVERITY,
	LINT_UNKNOWN_RECEIVER,
	LINT_UNKNOWN_ESCALATION,
	LINT_UNKNOWN_OWNER,
	LINT_UNKNOWN_CONTACT,
	LINT_DEAD_LINK,
	LINT_DEAD_ANCHOR,
	LINT_CASE_MISMATCH,
	LINT_ORPHAN_RUNBOOK,
	LINT_MISSING_SECTION,
	LINT_EMPTY_SECTION,
	LINT_PLACEHOLDER,
	LINT_OVERDUE_REVIEW,
	LINT_FOUND_OUTDATED,
	LINT_SEVERITY_WITHOUT_RESPONSE,
	LINT_SEVERITY_WITHOUT_ESCALATION,
	LINT_CONTRADICTION,
	LINT_BROKEN_ENCODING,
	LINT_ALERT_CLAIMED_TWICE,
	LINT_UNREAD_PAGE,
	LINT_REFUSED_PAGE,
	LINT_SCHEDULE_GAP,
	LINT_SCHEDULE_OVERLAP,
	LINT_SCHEDULE_UNKNOWN,
	LINT_CALENDAR_DOUBT,
	LINT_CALENDAR_STALE,
	LINT_UNKNOWN_PERSON,
	LINT_ROLE_WITHOUT_RECEIVER,
	LINT_IGNORE_WITHOUT_REASON,
	LINT_IGNORE_UNKNOWN_CODE,
	LINT_CODES
};

struct lint_code_row {
	const char *name;
	enum lint_level level;
	const char *doc; /* one sentence */
};
extern const struct lint_code_row lint_codes[LINT_CODES];

struct lint_finding {
	enum lint_code code;
	enum lint_level level; /* the code's; less where the finding says why */
	struct pos at, other;  /* other.file NULL: none */
	struct str message;    /* names rules, not lines: it stays the same when lines move */
	struct str owner;      /* of the rule or runbook; empty: none */
	int rule_line;         /* where the rule begins; 0: not about a rule */
	bool known;            /* in the baseline */
};

/* All bytes live in the list's arena: it outlives the rules. */
struct lint {
	struct arena *arena;
	struct lint_finding *v;
	size_t n, capacity;
};
void lint_init(struct lint *l);
void lint_release(struct lint *l);
/* `rule` may be NULL. The finding is good until the next one. */
struct lint_finding *lint_add(struct lint *l, enum lint_code code, const struct rule *rule, struct pos at,
                              struct pos other, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* By file, line, column and code. */
void lint_sort(struct lint *l);

struct lint_world {
	const struct ruleset *rules;
	const struct catalog *catalog;
	const struct plan_defaults *defaults;
	bool (*receiver_known)(void *arg, struct str name);
	void *arg;
	bool complete; /* every rule file could be read */
};
/* Unreachable, contradictory, duplicate, shadowed rules and fields, and what equals the defaults. */
void lint_rules(const struct lint_world *w, struct lint *out);
/* Runbooks, anchors, severities, receivers, escalations, owners and contacts that do not exist. */
void lint_references(const struct lint_world *w, struct lint *out);

/* Evidence: alerts that were received, `times` each. */
struct lint_seen {
	struct alert alert;
	size_t times;
};
#define LINT_EVIDENCE_LEAST 10 /* matches that are worth a hint */
/* Rules that matched and never won; those that lint_rules() has proved dead are passed over. */
void lint_evidence(const struct lint_world *w, const struct lint_seen *seen, size_t count, struct lint *out);

/*
 * `# lint:ignore CODE[,CODE…] reason` in `text`, the file of findings (in Markdown: `<!-- lint:ignore CODE reason -->`): behind the line of a finding or of its rule, or in
 * the comment lines directly above either. Such findings are removed; an ignore without a reason or with an unknown code
 * has no effect and is a finding itself.
 */
void lint_ignore(struct lint *l, const char *file, struct str text);

#endif
