/* Time intervals: whether one holds at an instant. hours_read.c reads them, hours_open.c says when they open. */
#include "catalog/hours.h"

#include <time.h>

#include "base/time.h"
#include "catalog/collect.h"
#include "catalog/hours_impl.h"

struct str hours_name(const struct hours *h)
{
	return h->name;
}

static bool in_ranges(const struct hours_ranges *r, int value)
{
	bool in = !r->n;
	for (size_t i = 0; !in && i < r->n; i++)
		in = value >= r->v[i].from && value <= r->v[i].until;
	return in;
}

static int days_of_month(const struct tm *tm)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = tm->tm_year + 1900;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[tm->tm_mon] + (tm->tm_mon == 1 && leap);
}

/* Days that count from the end are -1 for the last one. */
static bool in_days(const struct hours_ranges *r, const struct tm *tm)
{
	bool in = !r->n;
	int most = days_of_month(tm);
	for (size_t i = 0; !in && i < r->n; i++) {
		int from = r->v[i].from < 0 ? most + r->v[i].from + 1 : r->v[i].from;
		int until = r->v[i].until < 0 ? most + r->v[i].until + 1 : r->v[i].until;
		in = tm->tm_mday >= from && tm->tm_mday <= until;
	}
	return in;
}

static bool interval_holds(const struct hours_interval *i, int64_t ms)
{
	time_t wall = (time_t)(zone_wall(i->zone, ms) / TIME_SECOND);
	struct tm tm;
	if (!gmtime_r(&wall, &tm))
		return false;
	return in_ranges(&i->times, tm.tm_hour * 60 + tm.tm_min) && in_ranges(&i->weekdays, tm.tm_wday) &&
	       in_days(&i->days, &tm) && in_ranges(&i->months, tm.tm_mon + 1) && in_ranges(&i->years, tm.tm_year + 1900);
}

bool hours_hold(const struct hours *h, int64_t ms)
{
	for (size_t i = 0; i < h->count; i++)
		if (interval_holds(&h->intervals[i], ms))
			return true;
	return false;
}

const struct hours *catalog_hours(const struct catalog *c, struct str name)
{
	return map_get(c->hours, name);
}

bool catalog_add_hours(struct catalog *c, const struct yaml_node *node, const struct zone *zone,
                       const struct calendar_zones *zones, struct err *err)
{
	bool ok = true;
	if (node->kind != YAML_LIST) {
		err_at(err, node->at, "time_intervals: expected a list of {name, time_intervals}, this is a %s",
		       yaml_kind_name(node));
		return false;
	}
	for (size_t i = 0; i < node->count; i++) {
		struct hours *h = hours_read(c->arena, node->items[i], zone, zones, err);
		if (h && map_set(c->hours, h->name, h))
			err_at(err, node->items[i]->at, "time interval \"%.*s\" is given twice", STR_ARG(h->name));
		ok = h && ok;
	}
	return ok;
}
