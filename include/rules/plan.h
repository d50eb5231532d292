/*
 * The plan for one alert: every field with the source that answered. Made by ruleset_evaluate(), read by everything
 * else. All bytes live in the arena of the evaluation, or in the ruleset and catalog (which outlive it).
 */
#ifndef RULES_PLAN_H
#define RULES_PLAN_H

#include "alert/alert.h"
#include "catalog/catalog.h"
#include "rules/rulefile.h"

enum plan_source {
	SOURCE_NONE,
	SOURCE_RULE,
	SOURCE_CATALOG,
	SOURCE_ANNOTATION,
	SOURCE_FILENAME,
	SOURCE_LABEL,
	SOURCE_DEFAULT
};
/* "rule", "catalog", "annotation", "filename", "label", "default"; NULL for SOURCE_NONE. */
const char *plan_source_name(enum plan_source s);

struct plan_origin {
	enum plan_source source;
	const struct rule *rule; /* SOURCE_RULE */
	struct pos at;           /* where the value is written: rule field, catalog entry; file NULL when nowhere */
};

#define INCIDENT_KEY_MAX 33 /* 32 hex digits and NUL */

struct plan {
	struct str alertname;
	bool page; /* false: record and count only (page: false, or severity none) */
	struct plan_origin page_from;
	/* It chose the runbook, else the severity, else the receivers; of others the last, if it ended the search, or the first.
	 * NULL when none matched. */
	const struct rule *rule;
	const struct rule **matched; /* all that matched, in order */
	size_t matched_count;
	const struct rule **cannot_tell; /* rules skipped because a pattern hit its match limit */
	size_t cannot_tell_count;
	size_t template_errors; /* templates that fell back to plain text */

	struct {
		struct plan_origin from;
		struct str value; /* catalog path (with anchor) or URL, as set; empty: none */
		struct str path;  /* catalog path without anchor, empty for a foreign URL */
		struct str url;   /* where to read it, absolute; empty: none */
		struct str title;
		bool exists;                 /* a file of the catalog folder */
		const struct runbook *entry; /* NULL when not in the catalog */
	} runbook;
	struct {
		struct plan_origin from;
		struct str name;
		int rank;
		const struct severity *entry; /* never NULL */
		struct str unknown;           /* what the label says and the catalog does not know; taken as `entry` */
	} severity;
	struct {
		struct plan_origin from;
		struct str name;           /* empty: none */
		const struct owner *entry; /* NULL when the catalog lacks it */
	} owner;
	struct {
		struct plan_origin from; /* of the first */
		struct strs names;       /* unique, in order; never empty when a default exists */
		struct strs unknown;     /* what templates made and nobody is called: the default stands in */
	} receivers;
	struct {
		struct plan_origin from;
		struct str name; /* empty: none */
		const struct escalation *entry;
	} escalation;
	struct {
		struct plan_origin from;
		struct group_by by;
		struct labels labels; /* what it resolves to for this alert */
	} group;
	struct {
		struct plan_origin from;
		int64_t ms;
	} repeat_interval, page_after, resolve_hold;
	/* When it may page: what is due at another time is held until then (catalog/hours.h). */
	struct {
		struct plan_origin from;
		struct hours_said said;
		const struct catalog *catalog; /* that knows the names; NULL: nothing is said */
		bool ignored;                  /* it is said of the gravest severity by somebody who does not name that */
	} hours;
	/*
	 * The alert must come again within `ms`, and its absence is what pages (0: no). Such an alert is an incident by itself
	 * unless group_by says otherwise, its severity label does not count where it says none, and its key is never that of
	 * an ordinary incident. Without `page` nobody is to be told: see plan_watches().
	 */
	struct {
		struct plan_origin from;
		int64_t ms;
	} heartbeat;
	struct {
		struct plan_origin from;
		struct str text;
	} summary;

	/* SHA-256 over alert name, owner and group labels, cut to 128 bits: stable over restarts, replicas, rule renames. */
	char key[INCIDENT_KEY_MAX];
};

/* Its absence pages, not its presence. */
static inline bool plan_watches(const struct plan *plan)
{
	return plan->heartbeat.ms > 0 && plan->page;
}

/* When what is due at `ms` may page; `ms` itself where nobody says hours. */
int64_t plan_open_from(const struct plan *plan, int64_t ms);
/*
 * What a rule or the defaults might say instead, for whoever asks what that would change: of a plan that was made, so that
 * many such questions share one evaluation.
 */
struct plan_override {
	bool sets_group_by, sets_repeat_interval, sets_page_after, sets_resolve_hold;
	struct group_by group_by;
	int64_t repeat_interval, page_after, resolve_hold;
	struct strs rules; /* only where one of these matched; none: for every alert */
};
/* `out` is the plan with what the override sets; a key that follows from it is made anew. */
void plan_overridden(const struct plan *plan, const struct plan_override *o, const struct alert *alert,
                     const struct labels *group_labels, struct arena *arena, struct plan *out);

/* False: no alert can have another plan by it, as rules and defaults say everywhere what it sets. */
struct ruleset;
bool plan_override_matters(const struct ruleset *rs, const struct plan_override *o);

/* The key of these. Exposed for tests. */
void plan_key(struct str alertname, struct str owner, const struct labels *group, char out[INCIDENT_KEY_MAX]);

#endif
