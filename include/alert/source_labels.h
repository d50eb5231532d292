/*
 * What a source does to the labels of its alerts before anything else looks at them: `sources:` of the configuration.
 * First labels are renamed, then dropped, then those are added that the alert lacks. So two Prometheus that differ in their
 * replica label only send one alert, and two clusters send two.
 */
#ifndef ALERT_SOURCE_LABELS_H
#define ALERT_SOURCE_LABELS_H

#include "alert/alert.h"
#include "base/options.h"

struct label_rename {
	struct str from, to; /* what was called `to` before is gone where there is a `from` */
};

struct source_labels {
	struct labels add;
	struct strs drop; /* names; * and ? stand for others */
	struct label_rename *rename;
	size_t rename_count;
};

/* One label set as it is from here on, in `arena`. `s` may be NULL. */
struct labels source_labels_of(const struct source_labels *s, struct arena *arena, const struct labels *labels);
/* Whether anything is renamed or dropped: then who the alert is follows from what is left of its labels. */
bool source_labels_rearrange(const struct source_labels *s);

#endif
