/*
 * Alert definitions: which alerts can fire. They are found wherever they stand in a YAML document: rule files of Prometheus,
 * vmalert, Loki and Mimir (with a namespace, or by namespace), PrometheusRule and VMRule objects (also in a List), rule files
 * inside a ConfigMap or any other text, a chart's values, one definition a file (Juju), Grafana's exported rules, objectives of
 * Sloth and Pyrra with the alerts that these make of them; and a Prometheus' own /api/v1/rules. Recording rules are passed over, and so is every document that defines no alert:
 * manifests of other kinds lie in the same files.
 */
#ifndef LINT_PROMRULES_H
#define LINT_PROMRULES_H

#include <stdbool.h>
#include <stddef.h>

#include "alert/alert.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"

/* Who evaluates it. vmalert adds the label alertgroup, Grafana grafana_folder; both keep `for` over a restart, or may. */
enum promrule_kind { PROMRULE_PROMETHEUS, PROMRULE_VMALERT, PROMRULE_GRAFANA };

/* A label set with which it fires, or did; annotations only where the source tells them. */
struct promrule_firing {
	struct labels labels, annotations;
};

struct promrule {
	enum promrule_kind kind;
	struct str name, group;
	struct labels labels;  /* with alertname; without those in `unknown` */
	struct labels written; /* the rule's and its group's, templates as they stand there */
	struct labels annotations;
	struct strs unknown; /* labels whose value is a template: known only when the alert fires */
	struct str expr;     /* empty where the source has none */
	int64_t for_ms;      /* 0: none */
	struct pos at;       /* of the definition; line 0 where the source has none */
	struct promrule_firing *firing;
	size_t firing_count; /* PROMRULE_FIRING_MAX at most */
};
#define PROMRULE_FIRING_MAX 1000

struct promrules {
	struct promrule *v;
	size_t n, capacity;
	size_t groups;        /* groups of rules that were met, with alerts or without */
	size_t objects;       /* documents that are Kubernetes objects */
	bool prometheus_file; /* a configuration of Prometheus, which names rule files and has none */
	bool rule_tests;      /* promtool's */
};
void promrules_release(struct promrules *rules);

/*
 * Appends what one file defines; strings live in `arena`. False with lines in `err` (FILE:LINE:COLUMN) for each document
 * and definition that cannot be understood: a template that only becomes YAML when it is rendered is one line that says
 * so. What could be read is in `out` all the same.
 */
bool promrules_read(struct arena *arena, const char *file, struct str text, struct promrules *out, struct err *err);
/* The same for the body that /api/v1/rules answers; `source` stands for the file where a rule names none. */
bool promrules_read_api(struct arena *arena, const char *source, struct str body, struct promrules *out,
                        struct err *err);
/*
 * What /api/v1/series answers for ALERTS: label sets that fired are added to the definitions that they belong to. False with
 * a line in `err` where it is no answer.
 */
bool promrules_read_series(struct arena *arena, const char *source, struct str body, struct promrules *rules,
                           struct err *err);
/* Whether a text in no known form looks as if it defined alerts: alert and expr as keys. */
bool promrules_in_text(struct str text);
/* "ALERT Name" and below it "IF …": the form of Prometheus 1. */
bool promrules_in_prometheus_1(struct str text);

/*
 * For readers of other sources: appends a definition. Labels and annotations as written, alertname need not be among the
 * labels; templated labels are set apart. Labels of `group_labels` that the rule has not itself are its own as well.
 */
void promrules_add(struct arena *arena, struct promrules *out, const struct promrule *rule,
                   const struct labels *group_labels);

#endif
