/*
 * Hours of the week, in Alertmanager's form of time intervals
 * (https://prometheus.io/docs/alerting/latest/configuration/#time_interval): times, weekdays, days_of_month, months, years,
 * location. What is muted then is held until it is not, and paged if it still fires.
 */
#ifndef CATALOG_HOURS_H
#define CATALOG_HOURS_H

#include "base/err.h"
#include "base/options.h"
#include "base/yaml.h"
#include "catalog/calendar.h"
#include "catalog/catalog.h"

struct hours; /* one named interval */

/* What an entry of time_intervals may say. */
extern const struct option_table hours_table;

/* A mapping {name, time_intervals: […]}; NULL with lines in `err`. */
struct hours *hours_read(struct arena *arena, const struct yaml_node *node, const struct zone *zone,
                         const struct calendar_zones *zones, struct err *err);
struct str hours_name(const struct hours *h);
bool hours_hold(const struct hours *h, int64_t ms);

static inline bool hours_are_said(const struct hours_said *s)
{
	return s->active.n || s->mute.n;
}

/* In the catalog, for all who name them. A name twice is an error. */
bool catalog_add_hours(struct catalog *c, const struct yaml_node *node, const struct zone *zone,
                       const struct calendar_zones *zones, struct err *err);
const struct hours *catalog_hours(const struct catalog *c, struct str name); /* NULL when unknown */

/* Names that the catalog does not know hold never. */
bool hours_open(const struct catalog *c, const struct hours_said *said, int64_t ms);
/* The first minute from `ms` on in which it is open (`ms` itself where it is); `ms` where it would not be within a year. */
int64_t hours_open_from(const struct catalog *c, const struct hours_said *said, int64_t ms);

/* It is shut at `ms`, and would not open within a year. */
bool hours_never_open(const struct catalog *c, const struct hours_said *said, int64_t ms);

#endif
