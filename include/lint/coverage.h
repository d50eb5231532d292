/*
 * What each alert that can fire, or did, would be told to whom: its definition with the plan that the rules make of it, and
 * where the plan has no runbook or owner whether a label that is known only later decides. Two things that wake people for
 * nothing are found beside it: definitions with the same labels, and those that a restart of Prometheus ends.
 */
#ifndef LINT_COVERAGE_H
#define LINT_COVERAGE_H

#include "alert/source_labels.h"
#include "base/map.h"
#include "lint/alert_sender.h"
#include "lint/label_names.h"
#include "lint/lint.h"
#include "lint/promql.h"
#include "lint/promrules.h"
#include "rules/ruleset.h"

enum coverage_source { COVERAGE_FILES, COVERAGE_PROMETHEUS, COVERAGE_JOURNAL };

struct coverage_alert {
	struct promrule rule;
	enum coverage_source source;
	bool fired;                  /* a label set that fires or did, not a definition */
	struct promql_labels series; /* that the definition's expression results in */
	struct strs unsure;          /* labels that the sender writes from others that are not known */
	struct plan plan;
	struct strs runbook_depends, owner_depends; /* labels that may bring one, where the plan has none */
};

/* What the caller leaves out; a plan is NULL where only the name is known yet. */
typedef bool coverage_filter(void *arg, struct str alertname, const struct plan *plan);

struct coverage {
	struct arena *arena;
	const struct ruleset *rules;
	const struct catalog *catalog;
	const struct plan_defaults *defaults;
	const struct alert_sender *sender;  /* of what is added next */
	const struct source_labels *source; /* what the configuration does to labels of definitions; NULL: nothing */
	coverage_filter *wanted;            /* NULL: everything is */
	void *arg;
	struct coverage_alert *v;
	size_t n, capacity, not_sent; /* not_sent: definitions that alert_relabel_configs drop, which are not kept */
	struct map *seen;             /* name and decision -> the first with it */
	struct rule_reach *reach;     /* of each rule, by its index */
	struct label_names *names;    /* of definitions, and of what was received */
	struct map *pairs; /* labels and values of definitions, whatever the filter says: what a typo may have meant */
	size_t definitions, received;
};
void coverage_init(struct coverage *c, struct arena *arena, const struct ruleset *rules, const struct catalog *catalog,
                   const struct plan_defaults *defaults);
void coverage_release(struct coverage *c);

/*
 * Keeps each definition, unless a filter drops it or another source had the same. Where its runbook or owner depends on
 * labels, the label sets that it fired with stand in its place.
 */
void coverage_add_definitions(struct coverage *c, enum coverage_source source, const struct promrules *rules);
/* An alert that was received, with all its labels. Strings are copied only where it is news. */
void coverage_add_received(struct coverage *c, const struct promrule *alert);
/* Of an alert that was received `times`, the labels alone: evidence of which labels there are. */
void coverage_know_labels(struct coverage *c, const struct labels *labels, size_t times);

enum coverage_state {
	COVERAGE_PAGE,      /* a page of the runbook folder */
	COVERAGE_ELSEWHERE, /* a link that leads out of the folder: nobody here can say whether it is alive */
	COVERAGE_DEAD,      /* names a page of the folder that is not there */
	COVERAGE_DEPENDS,   /* none, unless it has labels that are known only when it fires or is sent */
	COVERAGE_NONE
};
enum coverage_state coverage_state(const struct coverage *c, const struct coverage_alert *a);
bool coverage_has_runbook(const struct coverage *c, const struct coverage_alert *a);

struct coverage_totals {
	size_t covered, with_runbook, with_existing_runbook, with_owner, depends;
};
struct coverage_totals coverage_count(const struct coverage *c);
/* Of all that are kept, in percent; 0 of none: nothing is not everything. */
double coverage_percent(const struct coverage *c);

/* ---- coverage_rules.c ---- */

enum rule_reached {
	RULE_REACHED,
	RULE_DEPENDS, /* by alerts that come with labels which only their expression or the sender gives */
	RULE_BEHIND,  /* it would match some, of which an earlier rule ends the search each time */
	RULE_DEAD,    /* it matches none */
};

/* A rule and what the definitions say of it: evidence that it is for nothing. */
struct rule_evidence {
	const struct rule *rule;
	enum rule_reached reached;
	struct strs depends;           /* RULE_DEPENDS */
	const struct rule *behind;     /* RULE_BEHIND: the one that takes most of what it matches */
	size_t behind_others;          /* and how many take the rest */
	const struct matcher *matcher; /* RULE_DEAD: that is to blame; NULL: it is not one alone */
	struct str meant;              /* a value, or a label, that is nearly so and that there is; empty: none */
};
/* Of every rule that no definition surely reaches, in their order; none where nothing was defined. Array in the arena. */
size_t coverage_rule_evidence(const struct coverage *c, const struct rule_evidence **out);

/* An alert name that a rule lists (alertname=~"A|B") and no definition has. */
struct name_evidence {
	const struct rule *rule;
	const struct matcher *matcher;
	struct str name, meant;
};
size_t coverage_name_evidence(const struct coverage *c, const struct name_evidence **out);

/* Labels that a rule names and no alert has, where one is nearly so (label_names.h). */
size_t coverage_label_evidence(const struct coverage *c, const struct unseen_label **out);
/* Whether the expression of some definition, or its sender, may give it all the same: then it is doubt, no evidence. */
bool coverage_may_come(const struct coverage *c, const struct unseen_label *u);

/* ---- coverage_depends.c ---- */

/* Fills in what the runbook and the owner depend on, from the rules that would match with other labels. */
void coverage_find_depends(const struct coverage *c, struct coverage_alert *a, const struct alert *alert);

/* ---- coverage_trouble.c ---- */

/*
 * Two definitions whose alerts may have the same labels: while one of them ends and the other goes on, Prometheus sends
 * resolved and firing in turn for 15 minutes (FACTS: measured with 3.5.3).
 */
struct coverage_pair {
	const struct promrule *one, *other;
};
struct coverage_pairs {
	struct coverage_pair *v;
	size_t n, capacity;
};
#define COVERAGE_PAIRS_MAX 1000
void coverage_find_pairs(const struct coverage *c, struct coverage_pairs *out);

/*
 * A restart of Prometheus ends and fires again what has a `for` of about 3 to 9 minutes: shorter ones fire again before
 * the notice of before has run out, from 10m on the state is restored. A resolve_hold of what is returned folds it; 0:
 * the definition is not concerned, or is folded already.
 */
int64_t coverage_hold_wanted(const struct coverage_alert *a);
/* Both as findings: each pair, and of what a restart ends one finding for each file; and labels that no alert has. */
void lint_definitions(const struct coverage *c, struct lint *out);

#endif
