/*
 * What a source does to the labels of its alerts before anything else looks at them: `sources:` of the configuration.
 * First labels are renamed, then dropped, then rewritten (relabel_configs), then those are added that the alert lacks. So two Prometheus that differ in their
 * replica label only send one alert, and two clusters send two.
 */
#ifndef ALERT_SOURCE_LABELS_H
#define ALERT_SOURCE_LABELS_H

#include "alert/alert.h"
#include "base/options.h"

struct label_rename {
	struct str from, to; /* what was called `to` before is gone where there is a `from` */
};

struct relabel;

struct source_labels {
	struct labels add;
	struct strs drop; /* names; * and ? stand for others */
	struct label_rename *rename;
	size_t rename_count;
	/* What relabel_configs make of a set, in `arena` (rules/relabel.h); NULL where there are none. `whole`: not a group's. */
	struct labels (*rewrite)(const struct relabel *steps, struct arena *arena, const struct labels *in, bool whole);
	struct relabel *steps;
};

/* One label set as it is from here on, in `arena`. `s` may be NULL. */
struct labels source_labels_of(const struct source_labels *s, struct arena *arena, const struct labels *labels);
/* Likewise a body's groupLabels, which are a part of what its alerts have. */
struct labels source_group_labels_of(const struct source_labels *s, struct arena *arena, const struct labels *labels);
/* Whether the source drops a label of this name. `s` may be NULL. */
bool source_labels_drop(const struct source_labels *s, struct str name);
/* Whether anything is renamed, dropped or rewritten: then who the alert is follows from what is left of its labels. */
bool source_labels_rearrange(const struct source_labels *s);

#endif
