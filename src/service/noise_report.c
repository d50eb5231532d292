/* What a noise report says: totals, rows in their order, when the pages came, and what might help. */
#include <stdlib.h>

#include "base/time.h"
#include "base/zone.h"
#include "incident/message.h"
#include "service/noise.h"

#define NOISE_LIMIT 20
#define FEW_PAGES 5
#define MANY_PAGES 10

/* ---- what might help ---- */

struct advice {
	const char *key; /* a setting that may be tried in a backtest; NULL: none */
	char value[TIME_DURATION_MAX];
	char *text; /* NULL: nothing to say */
};

/* What a wait would have done to the pages of incidents that have ended. */
struct wait_figures {
	uint64_t ended, spared, itself, delayed; /* itself: those of the spared that nobody took */
	uint64_t sooner; /* of the delayed: had been acknowledged before they would have been told */
	bool exact;      /* false: at least so many are spared, and at most so many delayed */
};

/* Of before there was page_fate, counts are in buckets 10 % wide: so many surely ended within `ms`. */
static uint64_t surely_within(const struct noise_durations *d, int64_t ms)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		if (counts_bucket_seconds(d->v[i].bucket) * 1.05 * 1000 < (double)ms)
			n += d->v[i].n;
	return n;
}

/* Likewise: so many may have been acknowledged by then. */
static uint64_t perhaps_within(const struct noise_durations *d, int64_t ms)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		if (counts_bucket_seconds(d->v[i].bucket) * 0.95 * 1000 < (double)ms)
			n += d->v[i].n;
	return n;
}

static uint64_t taken_within(const uint64_t of[COUNT_WAITS + 1], size_t wait)
{
	uint64_t n = 0;

	for (size_t i = 0; i <= wait; i++)
		n += of[i];
	return n;
}

static void add_fates(struct wait_figures *w, const struct noise_fates *f, size_t wait)
{
	for (size_t i = 0; i <= COUNT_WAITS; i++) {
		uint64_t taken = taken_within(f->taken[i], COUNT_WAITS);
		if (i <= wait) {
			w->itself += f->lasted[i];
			w->spared += f->lasted[i] + taken;
		} else {
			w->sooner += taken_within(f->taken[i], wait);
		}
	}
}

static struct wait_figures figures_of_wait(const struct noise_row *row, size_t wait)
{
	struct wait_figures w = {.ended = row->n[NOISE_RESOLVED]};

	w.exact = row->fates.plain == w.ended;
	add_fates(&w, &row->fates, wait);
	if (!w.exact) {
		uint64_t before = surely_within(&row->resolved_itself, counts_waits[wait]);
		w.itself += before;
		w.spared += before;
		uint64_t perhaps = perhaps_within(&row->to_acknowledge, counts_waits[wait]);
		w.sooner = perhaps > w.sooner ? perhaps : w.sooner;
	}
	w.delayed = w.ended > w.spared ? w.ended - w.spared : 0;
	w.sooner = w.sooner < w.delayed ? w.sooner : w.delayed;
	return w;
}

/* The shortest wait, longer than the rule's now, that spares four of five that have ended by themselves; COUNT_WAITS: none does. */
static size_t best_wait(const struct noise_row *row)
{
	for (size_t i = 0; i < COUNT_WAITS; i++)
		if (row->n[NOISE_RESOLVED] && counts_waits[i] > row->page_after &&
		    figures_of_wait(row, i).itself * 10 >= row->n[NOISE_RESOLVED] * 8)
			return i;
	return COUNT_WAITS;
}

static void put_sooner(struct buf *out, const struct wait_figures *w)
{
	if (!w->sooner)
		buf_add_c(out, "none of which was acknowledged earlier");
	else
		buf_printf(out, "%s%llu of which %s acknowledged earlier", w->exact ? "" : "at most ",
		           (unsigned long long)w->sooner, w->sooner == 1 ? "was" : "were");
}

static void put_spared(struct buf *out, const struct wait_figures *w, const char *wait, const char *now)
{
	const char *least = w->exact ? "" : "at least ";

	buf_printf(out,
	           "resolves itself within %s in %s%llu of %llu incidents: page_after %s%s%s%s would have spared %s%llu",
	           wait, least, (unsigned long long)w->itself, (unsigned long long)w->ended, wait, now ? " (now " : "",
	           now ? now : "", now ? ")" : "", least, (unsigned long long)w->spared);
	if (w->spared > w->itself)
		buf_printf(out, " (%llu of them acknowledged)", (unsigned long long)(w->spared - w->itself));
}

static struct advice advise_wait(const struct noise_row *row, size_t wait)
{
	const struct wait_figures w = figures_of_wait(row, wait);
	struct advice a = {.key = "page_after"};
	char now[TIME_DURATION_MAX], by[TIME_DURATION_MAX];
	AUTOBUF struct buf out;

	buf_init(&out, 1024);
	time_duration_format(counts_waits[wait], a.value);
	put_spared(&out, &w, a.value, row->page_after ? time_duration_format(row->page_after, now) : NULL);
	if (w.delayed) {
		buf_printf(&out, " and delayed %s%llu by %s, ", w.exact ? "" : "at most ", (unsigned long long)w.delayed,
		           time_duration_format(counts_waits[wait] - row->page_after, by));
		put_sooner(&out, &w);
	}
	a.text = mem_str(buf_str(&out));
	return a;
}

/* The first that is longer than what is said now; false: none is. */
static bool longer_than(const int64_t *values, size_t n, int64_t now, char out[TIME_DURATION_MAX])
{
	for (size_t i = 0; i < n; i++)
		if (values[i] > now) {
			time_duration_format(values[i], out);
			return true;
		}
	return false;
}

static struct advice advise_hold(const struct noise_row *row)
{
	static const int64_t holds[] = {15 * TIME_MINUTE, 30 * TIME_MINUTE, TIME_HOUR, 4 * TIME_HOUR};
	struct advice a = {.key = NULL};
	char now[TIME_DURATION_MAX];

	if (longer_than(holds, sizeof holds / sizeof *holds, row->resolve_hold, a.value))
		a.key = "resolve_hold";
	a.text = mem_printf("flaps %llu times: %shysteresis in the alert%s%s%s", (unsigned long long)row->n[NOISE_FLAPS],
	                    a.key ? "a longer resolve_hold, or " : "", row->resolve_hold ? " (resolve_hold is " : "",
	                    row->resolve_hold ? time_duration_format(row->resolve_hold, now) : "",
	                    row->resolve_hold ? " now)" : "");
	return a;
}

static struct advice advise_repeat(const struct noise_row *row)
{
	static const int64_t intervals[] = {12 * TIME_HOUR, TIME_DAY, 3 * TIME_DAY};
	struct advice a = {.key = NULL};

	if (longer_than(intervals, sizeof intervals / sizeof *intervals, row->repeat_interval, a.value))
		a.key = "repeat_interval";
	a.text = mem_printf("%llu reminders of %llu pages: acknowledge it%s", (unsigned long long)row->n[NOISE_REMINDERS],
	                    (unsigned long long)row->n[NOISE_PAGES], a.key ? ", or a longer repeat_interval" : "");
	return a;
}

static struct advice advise_edit(const struct noise_row *row)
{
	uint64_t outdated = row->n[NOISE_OUTDATED], missing = row->n[NOISE_MISSING];

	return (struct advice){.text = mem_printf("edit the runbook: %llu found it outdated, %llu missed something in it",
	                                          (unsigned long long)outdated, (unsigned long long)missing)};
}

/* What lasts is no noise because nobody pressed the button: of these half were over before the longest wait. */
static bool nobody_needed(const struct noise_row *row)
{
	const struct wait_figures w = figures_of_wait(row, COUNT_WAITS - 1);

	return row->n[NOISE_PAGES] >= MANY_PAGES && !row->n[NOISE_ACKNOWLEDGED] && w.ended && 2 * w.itself >= w.ended;
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
		return advise_hold(row);
	if (row->missed >= FEW_PAGES && 2 * row->missed >= pages)
		return (struct advice){
			.text = mem_strdup("beats too rarely: a longer every, or let Alertmanager repeat it more often")};
	if (pages >= FEW_PAGES && wait < COUNT_WAITS)
		return advise_wait(row, wait);
	if (nobody_needed(row))
		return (struct advice){.text =
		                           mem_printf("nobody acknowledged any of %llu pages: a lower severity, or page: false",
		                                      (unsigned long long)pages)};
	if (reminders >= 10 && reminders >= 3 * pages)
		return advise_repeat(row);
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
	json_object_set_new(report, "observes", json_boolean(noise_observes(n->config)));
	json_object_set_new(report, "night",
	                    json_string(NIGHT_DEFINITION ", where the receiver is; or the `night` of its person"));
	json_object_set_new(report, "heat", heat_json(n));
	json_object_set_new(report, "rows", rows);
	free(all);
	return report;
}
