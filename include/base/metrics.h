/*
 * Counters, gauges and histograms in Prometheus' text format (version 0.0.4). A metric is a row of a table; its label
 * combinations appear when first touched, or when metrics_touch() makes them start at zero; a metric without labels
 * starts at zero by itself. A metric without any series is not printed.
 * A metric holds at most METRICS_SERIES_MAX label combinations; more fall into one with every label "other".
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define METRICS_SERIES_MAX 10000
#define METRICS_LABELS_MAX 4

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_row {
	const char *name; /* without the prefix, which the registry adds */
	enum metric_type type;
	const char *help;
	const char *labels[METRICS_LABELS_MAX]; /* names, NULL-terminated when fewer */
	const double *buckets;                  /* histograms: ascending upper bounds without +Inf */
	size_t bucket_count;
};

struct metrics;
/*
 * `prefix` stands before each name as it is ("runbookd_"). The rows are borrowed and must outlive the registry; a row's
 * index is its id from here on.
 */
struct metrics *metrics_new(const char *prefix, const struct metric_row *rows, size_t count);
void metrics_free(struct metrics *m);
/* Nobody will read them: nothing is counted from now on. */
void metrics_mute(struct metrics *m);
/* `values` holds as many label values as the row has label names; NULL when it has none. */
void metrics_touch(struct metrics *m, size_t id, const struct str *values);
void metrics_add(struct metrics *m, size_t id, const struct str *values, double delta);     /* counter, gauge */
void metrics_set(struct metrics *m, size_t id, const struct str *values, double value);     /* gauge */
void metrics_observe(struct metrics *m, size_t id, const struct str *values, double value); /* histogram */
double metrics_value(const struct metrics *m, size_t id,
                     const struct str *values);   /* a histogram's count; 0 when absent */
void metrics_clear(struct metrics *m, size_t id); /* forgets every series of a gauge (before setting it anew) */
void metrics_print(const struct metrics *m, struct buf *out);

#endif
