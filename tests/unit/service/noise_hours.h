/*
 * Hourly counters that a test makes up, and the noise report that comes of them.
 */
#ifndef TESTS_NOISE_HOURS_H
#define TESTS_NOISE_HOURS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/counts.h"
#include "service/operate.h"

#define MIDNIGHT INT64_C(1798761600000) /* 2027-01-01T00:00:00Z */
#define NOON (MIDNIGHT + 12 * TIME_HOUR)

/* What the test at hand has; made by noise_setup(). */
extern struct noise_stage {
	struct arena *arena;
	struct config *config; /* NULL: every receiver pages */
	struct store_hour hours[100];
	size_t count;
} noise_stage;
int noise_setup(void **state);
int noise_teardown(void **state);

/* Of the rule "a-rule", in the hour that begins then. */
void add_noise(const char *alertname, const char *what, const char *detail, uint64_t n, int64_t hour);
/* Of so long a time, at noon. */
void add_bucket(const char *alertname, const char *what, int64_t ms, uint64_t n);
/* The report of the last seven days; the caller's own. */
json_t *noise_told(struct noise_query q);
/* "a-rule" alone, which says `field`. */
struct ruleset *noise_rules(const char *field);

const json_t *noise_report_row(const json_t *report, size_t i);
int64_t noise_number(const json_t *o, const char *name);
const char *noise_row_name(const json_t *report, size_t i);

#endif
