/* What a noise report says: totals, rows in their order, when the pages came, and what might help. */
#include <stdlib.h>

#include "base/time.h"
#include "base/zone.h"
#include "incident/message.h"
#include "service/noise.h"

#define NOISE_LIMIT 20
#define FEW_PAGES 5

/* ---- what might help ---- */

static const struct {
	const char *text;
	int64_t ms;
} waits[] = {{"1m", TIME_MINUTE},       {"2m", 2 * TIME_MINUTE},   {"5m", 5 * TIME_MINUTE},
             {"10m", 10 * TIME_MINUTE}, {"15m", 15 * TIME_MINUTE}, {"30m", 30 * TIME_MINUTE}};
#define WAITS (sizeof waits / sizeof *waits)

/* So many of those that resolved themselves surely did so within `ms`: buckets are 10 % wide. */
static uint64_t within(const struct noise_durations *d, int64_t ms)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		if (counts_bucket_seconds(d->v[i].bucket) * 1.05 * 1000 < (double)ms)
			n += d->v[i].n;
	return n;
}

/* The shortest wait, longer than the rule's now, that spares four of five that have ended; WAITS: none does. */
static size_t best_wait(const struct noise_row *row)
{
	for (size_t i = 0; i < WAITS; i++)
		if (row->n[NOISE_RESOLVED] && waits[i].ms > row->page_after &&
		    within(&row->resolved_itself, waits[i].ms) * 10 >= row->n[NOISE_RESOLVED] * 8)
			return i;
	return WAITS;
}

struct advice {
	const char *key, *value; /* a setting that may be tried in a backtest; NULL: none */
	char *text;              /* NULL: nothing to say */
};

/* So many may have been acknowledged before they would have been told; never more than there are. */
static uint64_t acknowledged_before(const struct noise_row *row, int64_t ms, uint64_t most)
{
	uint64_t n = 0;

	for (size_t i = 0; i < row->to_acknowledge.n; i++)
		if (counts_bucket_seconds(row->to_acknowledge.v[i].bucket) * 0.95 * 1000 < (double)ms)
			n += row->to_acknowledge.v[i].n;
	return n < most ? n : most;
}

static struct advice advise_wait(const struct noise_row *row, size_t wait)
{
	uint64_t ended = row->n[NOISE_RESOLVED], spared = within(&row->resolved_itself, waits[wait].ms),
			 delayed = ended - spared, sooner = acknowledged_before(row, waits[wait].ms, delayed);
	char now[TIME_DURATION_MAX], by[TIME_DURATION_MAX];
	AUTOBUF struct buf out;

	buf_init(&out, 1024);
	buf_printf(&out, "resolves itself within %s in %llu of %llu incidents: page_after %s", waits[wait].text,
	           (unsigned long long)spared, (unsigned long long)ended, waits[wait].text);
	if (row->page_after)
		buf_printf(&out, " (now %s)", time_duration_format(row->page_after, now));
	buf_printf(&out, " would have spared %llu", (unsigned long long)spared);
	if (delayed)
		buf_printf(&out, " and delayed %llu by %s, ", (unsigned long long)delayed,
		           time_duration_format(waits[wait].ms - row->page_after, by));
	if (delayed && sooner)
		buf_printf(&out, "%llu of which may have been acknowledged earlier", (unsigned long long)sooner);
	else if (delayed)
		buf_add_c(&out, "none of which was acknowledged earlier");
	return (struct advice){.key = "page_after", .value = waits[wait].text, .text = mem_str(buf_str(&out))};
}

static struct advice advise_edit(const struct noise_row *row)
{
	uint64_t outdated = row->n[NOISE_OUTDATED], missing = row->n[NOISE_MISSING];

	return (struct advice){.text = mem_printf("edit the runbook: %llu found it outdated, %llu missed something in it",
	                                          (unsigned long long)outdated, (unsigned long long)missing)};
}

/* Rules of thumb, the first that holds: few pages say nothing. */
static struct advice advise(const struct noise_row *row)
{
	uint64_t pages = row->n[NOISE_PAGES], flaps = row->n[NOISE_FLAPS], reminders = row->n[NOISE_REMINDERS];
	size_t wait = best_wait(row);

	if (row->told_only)
		return (struct advice){0};
	if (row->n[NOISE_OUTDATED] || row->n[NOISE_MISSING])
		return advise_edit(row);
	if (flaps >= 10 && flaps >= pages)
		return (struct advice){"resolve_hold", "15m",
		                       mem_printf("flaps %llu times: a longer resolve_hold, or hysteresis in the alert",
		                                  (unsigned long long)flaps)};
	if (row->missed >= FEW_PAGES && 2 * row->missed >= pages)
		return (struct advice){
			.text = mem_strdup("beats too rarely: a longer every, or let Alertmanager repeat it more often")};
	if (pages >= FEW_PAGES && wait < WAITS)
		return advise_wait(row, wait);
	if (pages >= 10 && !row->n[NOISE_ACKNOWLEDGED])
		return (struct advice){.text =
		                           mem_printf("nobody acknowledged any of %llu pages: a lower severity, or page: false",
		                                      (unsigned long long)pages)};
	if (reminders >= 10 && reminders >= 3 * pages)
		return (struct advice){"repeat_interval", "12h",
		                       mem_printf("%llu reminders of %llu pages: acknowledge it, or a longer repeat_interval",
		                                  (unsigned long long)reminders, (unsigned long long)pages)};
	return (struct advice){0};
}

/* ---- rows ---- */

bool noise_median(struct noise_durations *d, double *seconds)
{
	uint64_t below = 0;

	noise_durations_sort(d);
	for (size_t i = 0; d->total && i < d->n; i++) {
		below += d->v[i].n;
		*seconds = counts_bucket_seconds(d->v[i].bucket);
		if (2 * below >= d->total)
			return true;
	}
	return false;
}

static json_t *median(struct noise_durations *d)
{
	double seconds;
	return noise_median(d, &seconds) ? json_real(seconds) : json_null();
}

char *noise_suggestion(const struct noise_row *row)
{
	return advise(row).text;
}

static void set_measures(json_t *o, const struct noise_row *row)
{
	for (int i = 0; i < NOISE_MEASURES; i++)
		json_object_set_new(o, noise_measure_names[i], json_integer((json_int_t)row->n[i]));
}

static json_t *deduplicated_json(const struct noise_row *row)
{
	json_t *o = json_object();

	for (int i = 0; i < REASONS; i++)
		if (reason_verdict((enum reason)i) == VERDICT_DEDUPLICATE)
			json_object_set_new(o, reason_name((enum reason)i), json_integer((json_int_t)row->deduplicated[i]));
	return o;
}

static void set_advice(json_t *o, const struct noise_row *row)
{
	struct advice a = advise(row);

	json_object_set_new(o, "suggestion", a.text ? json_string(a.text) : json_null());
	json_object_set_new(o, "try", a.key ? json_pack("{s:s, s:s}", "key", a.key, "value", a.value) : json_null());
	free(a.text);
}

static json_t *row_json(struct noise_row *row)
{
	json_t *o = json_object();

	json_object_set_new(o, "name", row->name.n ? view_text(row->name) : json_string(""));
	if (row->last_edited.n)
		json_object_set_new(o, "last_edited", view_text(row->last_edited));
	set_measures(o, row);
	json_object_set_new(o, "deduplicated", deduplicated_json(row));
	json_object_set_new(o, "seconds_to_acknowledge", median(&row->to_acknowledge));
	json_object_set_new(o, "seconds_to_resolve", median(&row->to_resolve));
	set_advice(o, row);
	return o;
}

/* ---- their order ---- */

struct ordered {
	struct noise_row *row;
	uint64_t by;
};

static int compare_counts(uint64_t x, uint64_t y)
{
	return (x < y) - (x > y);
}

/* Of rows that are alike in what was asked for, whoever wakes more comes first. */
static int descending(const void *a, const void *b)
{
	static const enum noise_measure then[] = {NOISE_NIGHT_PAGES, NOISE_PAGES, NOISE_RECEIVED};
	const struct ordered *x = a, *y = b;
	int order = compare_counts(x->by, y->by);

	for (size_t i = 0; !order && i < sizeof then / sizeof *then; i++)
		order = compare_counts(x->row->n[then[i]], y->row->n[then[i]]);
	return order ? order : str_cmp(x->row->name, y->row->name);
}

static bool find_measure(struct str name, enum noise_measure *out)
{
	for (int i = 0; i < NOISE_MEASURES; i++) {
		*out = (enum noise_measure)i;
		if (str_eq_c(name, noise_measure_names[i]))
			return true;
	}
	*out = NOISE_NIGHT_PAGES;
	return false;
}

bool noise_sort_valid(struct str sort)
{
	enum noise_measure any;
	return !sort.n || find_measure(sort, &any);
}

static size_t order_rows(const struct noise *noise, struct ordered *all)
{
	enum noise_measure by;
	size_t n = 0, i = 0;
	struct str name;
	void *row;

	find_measure(noise->q->sort, &by);
	while (map_next(noise->rows, &i, &name, &row))
		all[n++] = (struct ordered){row, ((struct noise_row *)row)->n[by]};
	if (n > 1)
		qsort(all, n, sizeof *all, descending);
	return n;
}

/* How many rows, from the first on, have half of all pages. */
static size_t rows_of_half(const struct ordered *all, size_t n, uint64_t pages)
{
	uint64_t sum = 0;
	size_t i = 0;

	while (i < n && 2 * sum < pages)
		sum += all[i++].row->n[NOISE_PAGES];
	return i;
}

/* ---- the report ---- */

/* Monday first, as a week is read. */
static json_t *heat_json(const struct noise *noise)
{
	json_t *days = json_array();

	for (size_t day = 0; day < NOISE_DAYS; day++) {
		json_t *hours = json_array();
		for (size_t hour = 0; hour < NOISE_HOURS; hour++)
			json_array_append_new(hours, json_integer((json_int_t)noise->heat[(day + 1) % NOISE_DAYS][hour]));
		json_array_append_new(days, hours);
	}
	return days;
}

static json_t *noise_totals_json(const struct noise *noise, const struct ordered *all, size_t n)
{
	json_t *o = json_object();

	set_measures(o, &noise->all);
	json_object_set_new(o, "people", json_integer((json_int_t)map_count(noise->people)));
	json_object_set_new(o, "rows_of_half", json_integer((json_int_t)rows_of_half(all, n, noise->all.n[NOISE_PAGES])));
	return o;
}

size_t noise_sorted(const struct noise *n, struct arena *arena, struct noise_row ***out)
{
	size_t limit = n->q->limit ? n->q->limit : NOISE_LIMIT;
	AUTOFREE struct ordered *all = mem_alloc((map_count(n->rows) + 1) * sizeof *all);
	size_t count = order_rows(n, all);

	count = count < limit ? count : limit;
	*out = arena_alloc(arena, (count + 1) * sizeof **out);
	for (size_t i = 0; i < count; i++)
		(*out)[i] = all[i].row;
	return count;
}

json_t *noise_report(struct noise *n, int64_t until, const char *time_zone)
{
	size_t limit = n->q->limit ? n->q->limit : NOISE_LIMIT;
	struct ordered *all = mem_alloc((map_count(n->rows) + 1) * sizeof *all);
	size_t count = order_rows(n, all);
	json_t *report = json_object(), *rows = json_array();

	for (size_t i = 0; i < count && i < limit; i++)
		json_array_append_new(rows, row_json(all[i].row));
	json_object_set_new(report, "totals", noise_totals_json(n, all, count));
	json_object_set_new(report, "since", view_time(n->since));
	json_object_set_new(report, "until", view_time(until));
	json_object_set_new(report, "by", json_string(noise_by_names[n->q->by]));
	json_object_set_new(report, "time_zone", json_string(time_zone));
	json_object_set_new(report, "night",
	                    json_string(NIGHT_DEFINITION ", where the receiver is; or the `night` of its person"));
	json_object_set_new(report, "heat", heat_json(n));
	json_object_set_new(report, "rows", rows);
	free(all);
	return report;
}
