/*
 * Prometheus' relabel_configs: steps that rewrite a label set. `sources:` of the configuration has them for alerts that
 * arrive, and a Prometheus has them for alerts that it sends (alert_relabel_configs), which coverage follows.
 * Source: prometheus model/relabel/relabel.go. Not the same: `.` matches no newline, as in Alertmanager's matchers.
 */
#ifndef RULES_RELABEL_H
#define RULES_RELABEL_H

#include "alert/alert.h"
#include "base/err.h"
#include "base/options.h"
#include "base/yaml.h"

#define RELABEL_STEPS_MAX 100
#define RELABEL_BYTES_MAX (16 * 1024) /* names and values of one set: what would make more of them is left undone */

/*
 * Where alerts arrive, none is lost and each keeps its name: the actions that drop alerts are refused, so is what takes
 * alertname away.
 */
enum relabel_place { RELABEL_ARRIVING, RELABEL_SENDING };

struct relabel;
/* What a step may say. */
extern const struct option_table relabel_table;

/* NULL with lines in `err`. `list` must live as long as the result. */
struct relabel *relabel_read(const struct yaml_node *list, enum relabel_place place, struct err *err);
void relabel_free(struct relabel *r); /* NULL is fine */

/*
 * Where alerts arrive (for `struct source_labels`). Of a set that is not `whole`, a step that reads a label which is not
 * there is left out: the alerts of that group may have it.
 */
struct labels relabel_arriving(const struct relabel *r, struct arena *arena, const struct labels *in, bool whole);
/*
 * Where alerts are sent. False: a step drops this one. With `unsure`, `in` is what a definition says and an alert of it may
 * have more labels: a step that reads one which is not there is left out, and the label that it writes is unsure.
 */
bool relabel_sending(const struct relabel *r, struct arena *arena, const struct labels *in, struct labels *out,
                     struct strs *unsure);
/* Whether a label of this name is taken away, whatever its value. */
bool relabel_drops(const struct relabel *r, struct str name);

/* Step by step, for people. */
size_t relabel_steps(const struct relabel *r);
struct relabel_step_said {
	struct pos at;
	const char *action;
	struct labels after; /* the set that this step leaves */
};
struct relabel_step_said relabel_step(const struct relabel *r, size_t i, struct arena *arena, const struct labels *in);

#endif
