/* Time intervals as Alertmanager writes them: "monday:friday", "-3:-1", start_time "22:00". */
#include "base/ascii.h"
#include "catalog/hours_impl.h"
#include "words/table_months.h"
#include "words/table_weekdays.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

struct reading {
	struct arena *arena;
	const struct zone *zone;
	const struct calendar_zones *zones;
	struct err *err;
};

/* What the values of one key may be: the first `names` of its words; numbers between least and most. */
struct kind {
	const char *name;
	const struct word_table *words; /* what they may be called; of months the English names alone */
	int names, least, most;
	bool from_the_end; /* negative numbers count from the end */
};

static const struct kind weekdays = {"weekdays", &weekday_names, 7, 1, 0, false};
static const struct kind months = {"months", &month_names, 12, 1, 12, false};
static const struct kind days = {"days_of_month", NULL, 0, 1, 31, true};
static const struct kind years = {"years", NULL, 0, 1970, 9999, false};

static bool read_hours_value(const struct kind *k, struct str text, int *out)
{
	int64_t number;
	text = str_trim(text);
	for (int i = 0; i < k->names; i++)
		if (str_eq_nocase(text, str_c(k->words->rows[i].phrase))) {
			*out = k->words->rows[i].value;
			return true;
		}
	if (!str_to_i64(text, &number) || number < -k->most || number > k->most)
		return false;
	*out = (int)number;
	return number >= k->least || (k->from_the_end && number <= -k->least);
}

static bool read_hours_range(const struct kind *k, struct str text, struct hours_range *out)
{
	ptrdiff_t colon = str_index(text, ':');
	struct str from = str_slice(text, 0, colon < 0 ? text.n : (size_t)colon);
	struct str until = colon < 0 ? from : str_slice(text, (size_t)colon + 1, text.n);
	return read_hours_value(k, from, &out->from) && read_hours_value(k, until, &out->until) &&
	       ((out->from < 0) != (out->until < 0) || out->from <= out->until);
}

static bool read_ranges(const struct reading *r, const struct kind *k, const struct strs *texts, struct pos at,
                        struct hours_ranges *out)
{
	out->v = arena_alloc(r->arena, (texts->n + 1) * sizeof *out->v);
	for (size_t i = 0; i < texts->n; i++) {
		if (!read_hours_range(k, texts->v[i], &out->v[out->n])) {
			err_at(r->err, at, "%s: \"%.*s\" is none such as Alertmanager takes", k->name, STR_ARG(texts->v[i]));
			return false;
		}
		out->n++;
	}
	return true;
}

/* ---- times ---- */

struct time_entry {
	struct str start, end;
};

static const struct option time_rows[] = {
	{.name = "start_time",
     .type = OPTION_STR,
     .offset = offsetof(struct time_entry, start),
     .required = true,
     .doc = "HH:MM"},
	{.name = "end_time",
     .type = OPTION_STR,
     .offset = offsetof(struct time_entry, end),
     .required = true,
     .doc = "HH:MM, which is no part of it; 24:00 is midnight."},
};

static const struct option_table time_table = OPTION_TABLE(time_rows);

static bool read_clock(struct str text, int *minutes)
{
	int64_t hours, rest;
	*minutes = 0;
	if (text.n != 5 || text.p[2] != ':' || !ascii_is_digit(text.p[0]) || !ascii_is_digit(text.p[3]) ||
	    !str_to_i64(str_slice(text, 0, 2), &hours) || !str_to_i64(str_slice(text, 3, 5), &rest))
		return false;
	*minutes = (int)(hours * 60 + rest);
	return rest < 60 && *minutes <= 24 * 60;
}

static bool read_clock_range(const struct reading *r, const struct yaml_node *node, struct hours_range *out)
{
	struct time_entry e = {{0}, {0}};
	if (!options_read(time_rows, COUNT(time_rows), node, "times", r->arena, &e, NULL, r->err))
		return false;
	if (read_clock(e.start, &out->from) && read_clock(e.end, &out->until) && out->from < out->until--)
		return true;
	err_at(r->err, node->at,
	       "times: %.*s to %.*s is no time within one day (over midnight are two: to 24:00, and from 00:00)",
	       STR_ARG(e.start), STR_ARG(e.end));
	return false;
}

static bool read_times(const struct reading *r, const struct yaml_node *node, struct hours_ranges *out)
{
	if (!node || yaml_is_null(node))
		return true;
	if (node->kind != YAML_LIST) {
		err_at(r->err, node->at, "times: expected a list of {start_time, end_time}, this is a %s",
		       yaml_kind_name(node));
		return false;
	}
	bool ok = true;
	out->v = arena_alloc(r->arena, (node->count + 1) * sizeof *out->v);
	for (size_t i = 0; i < node->count; i++)
		ok = read_clock_range(r, node->items[i], &out->v[out->n++]) && ok;
	return ok;
}

/* ---- one interval ---- */

struct interval_entry {
	const struct yaml_node *times;
	struct strs weekdays, days, months, years;
	struct str location;
};

#define AT(member) offsetof(struct interval_entry, member)
static const struct option interval_rows[] = {
	{.name = "times",
     .type = OPTION_NODE,
     .offset = AT(times),
     .inner = &time_table,
     .list = true,
     .doc = "Times of the day."},
	{.name = "weekdays", .type = OPTION_STRS, .offset = AT(weekdays), .doc = "monday:friday"},
	{.name = "days_of_month", .type = OPTION_STRS, .offset = AT(days), .doc = "1:7; -1 is the last."},
	{.name = "months", .type = OPTION_STRS, .offset = AT(months), .doc = "january:march, 12"},
	{.name = "years", .type = OPTION_STRS, .offset = AT(years), .doc = "2026:2027"},
	{.name = "location", .type = OPTION_STR, .offset = AT(location), .doc = "A time zone; UTC by default."},
};

static const struct option_table interval_table = OPTION_TABLE(interval_rows);

/* Alertmanager's "Local" is the daemon's own zone: here that of the configuration. */
static bool read_location(const struct reading *r, struct str name, struct pos at, const struct zone **out)
{
	*out = NULL;
	if (str_eq_c(name, "Local"))
		*out = r->zone;
	else if (name.n && !r->zones->find(r->zones->arg, name, out)) {
		err_at(r->err, at, "location \"%.*s\" is no time zone", STR_ARG(name));
		return false;
	}
	return true;
}

static bool read_interval(const struct reading *r, const struct yaml_node *node, struct hours_interval *out)
{
	struct interval_entry e;
	options_defaults(interval_rows, COUNT(interval_rows), r->arena, &e);
	if (!options_read(interval_rows, COUNT(interval_rows), node, "time interval", r->arena, &e, NULL, r->err))
		return false;
	bool ok = read_times(r, e.times, &out->times);
	ok = read_ranges(r, &weekdays, &e.weekdays, node->at, &out->weekdays) && ok;
	ok = read_ranges(r, &days, &e.days, node->at, &out->days) && ok;
	ok = read_ranges(r, &months, &e.months, node->at, &out->months) && ok;
	ok = read_ranges(r, &years, &e.years, node->at, &out->years) && ok;
	return read_location(r, e.location, node->at, &out->zone) && ok;
}

struct named_entry {
	struct str name;
	const struct yaml_node *intervals;
};

static const struct option named_rows[] = {
	{.name = "name",
     .type = OPTION_STR,
     .offset = offsetof(struct named_entry, name),
     .required = true,
     .doc = "As `active` and `mute` name it."},
	{.name = "time_intervals",
     .type = OPTION_NODE,
     .offset = offsetof(struct named_entry, intervals),
     .required = true,
     .inner = &interval_table,
     .list = true,
     .doc = "When it is; any of them."},
};
const struct option_table hours_table = OPTION_TABLE(named_rows);

struct hours *hours_read(struct arena *arena, const struct yaml_node *node, const struct zone *zone,
                         const struct calendar_zones *zones, struct err *err)
{
	const struct reading r = {arena, zone, zones, err};
	struct named_entry e = {{0}, NULL};
	struct hours *h = arena_alloc(arena, sizeof *h);
	if (!options_read(named_rows, COUNT(named_rows), node, "time interval", arena, &e, NULL, err))
		return NULL;
	if (e.intervals->kind != YAML_LIST) {
		err_at(err, e.intervals->at, "time_intervals: expected a list, this is a %s", yaml_kind_name(e.intervals));
		return NULL;
	}
	bool ok = true;
	h->name = e.name;
	h->intervals = arena_alloc(arena, (e.intervals->count + 1) * sizeof *h->intervals);
	for (size_t i = 0; i < e.intervals->count; i++)
		ok = read_interval(&r, e.intervals->items[i], &h->intervals[h->count++]) && ok;
	return ok ? h : NULL;
}
