#include <stdlib.h>
#include <time.h>

#include "base/map.h"
#include "base/time.h"
#include "incident/counts.h"
#include "incident/decide.h"
#include "incident/message.h"
#include "service/operate.h"

#define NOISE_LIMIT 20
#define NIGHT_FROM 22
#define NIGHT_TO 7

enum measure { RECEIVED, PAGES, NIGHT_PAGES, REMINDERS, SUPPRESSED, FLAPS, ACKNOWLEDGED, SELF_RESOLVED, MEASURES };

static const char *const measure_names[MEASURES] = {
	[RECEIVED] = "received",     [PAGES] = "pages", [NIGHT_PAGES] = "night_pages",   [REMINDERS] = "reminders",
	[SUPPRESSED] = "suppressed", [FLAPS] = "flaps", [ACKNOWLEDGED] = "acknowledged", [SELF_RESOLVED] = "self_resolved",
};

struct durations { /* counts by bucket (counts_bucket) */
	struct {
		int bucket;
		uint64_t n;
	} * v;
	size_t n, capacity;
	uint64_t total;
};

struct row {
	struct str name;
	uint64_t n[MEASURES];
	uint64_t deduplicated[REASONS];
	uint64_t deduplicated_total, resolved; /* resolved: how many incidents ended */
	uint64_t missed;                       /* pages of a heartbeat's absence, among the pages */
	struct durations to_acknowledge, to_resolve;
};

struct noise {
	const struct noise_query *q;
	struct map *rows; /* by name */
};

/* ---- medians ---- */

static void durations_add(struct durations *d, struct str bucket_text, uint64_t n)
{
	int64_t bucket;

	if (!str_to_i64(bucket_text, &bucket) || bucket < 0 || bucket > 10000)
		return;
	d->total += n;
	for (size_t i = 0; i < d->n; i++) {
		if (d->v[i].bucket == (int)bucket) {
			d->v[i].n += n;
			return;
		}
	}
	MEM_ROOM(d->v, d->n, d->capacity);
	d->v[d->n].bucket = (int)bucket;
	d->v[d->n++].n = n;
}

static int by_bucket(const void *a, const void *b)
{
	const int *x = a, *y = b; /* the bucket is the first member */
	return (*x > *y) - (*x < *y);
}

static json_t *median(struct durations *d)
{
	uint64_t below = 0;

	if (!d->total)
		return json_null();
	qsort(d->v, d->n, sizeof *d->v, by_bucket);
	for (size_t i = 0; i < d->n; i++) {
		below += d->v[i].n;
		if (2 * below >= d->total)
			return json_real(counts_bucket_seconds(d->v[i].bucket));
	}
	return json_null();
}

/* ---- adding up ---- */

/* TZ was set to the configured zone when the program started. */
static bool is_night(int64_t ms)
{
	time_t seconds = (time_t)(ms / TIME_SECOND);
	struct tm tm;

	localtime_r(&seconds, &tm);
	return tm.tm_hour >= NIGHT_FROM || tm.tm_hour < NIGHT_TO;
}

static void add_verdict(struct row *row, enum reason reason, uint64_t n, bool night)
{
	row->n[RECEIVED] += n;
	switch (reason_verdict(reason)) {
	case VERDICT_PAGE:
		row->n[PAGES] += n;
		row->n[NIGHT_PAGES] += night ? n : 0;
		break;
	case VERDICT_REMIND: row->n[REMINDERS] += n; break;
	case VERDICT_DEDUPLICATE:
		row->deduplicated[reason] += n;
		row->deduplicated_total += n;
		row->n[FLAPS] += reason == REASON_FLAPPING ? n : 0;
		break;
	case VERDICT_SUPPRESS: row->n[SUPPRESSED] += n; break;
	case VERDICT_RESOLVE:
	case VERDICTS: break;
	}
}

static bool find_reason(const struct count *c, enum reason *out)
{
	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		if (str_eq_c(c->detail, reason_name(reason)) && str_eq_c(c->what, verdict_name(reason_verdict(reason)))) {
			*out = reason;
			return true;
		}
	}
	return false;
}

static void add_count(struct row *row, const struct count *c, bool night)
{
	enum reason reason;

	if (find_reason(c, &reason)) {
		add_verdict(row, reason, c->n, night);
	} else if (str_eq_c(c->what, "acknowledged")) {
		row->n[ACKNOWLEDGED] += c->n;
	} else if (str_eq_c(c->what, "self_resolved")) {
		row->n[SELF_RESOLVED] += c->n;
	} else if (str_eq_c(c->what, "time_to_acknowledge")) {
		durations_add(&row->to_acknowledge, c->detail, c->n);
	} else if (str_eq_c(c->what, "time_to_resolve")) {
		durations_add(&row->to_resolve, c->detail, c->n);
		row->resolved += c->n;
	} else if (str_eq_c(c->what, COUNT_HEARTBEAT_MISSED)) {
		row->missed += c->n;
		row->n[PAGES] += c->n;
		row->n[NIGHT_PAGES] += night ? c->n : 0;
	} else if (str_eq_c(c->what, COUNT_HEARTBEAT_REMINDED)) {
		row->n[REMINDERS] += c->n;
	}
}

static struct str group_name(const struct count *c, enum noise_by by)
{
	switch (by) {
	case NOISE_ALERTNAME: return c->alertname;
	case NOISE_RULE: return c->rule;
	case NOISE_OWNER: return c->owner;
	case NOISE_SEVERITY: return c->severity;
	}
	return c->alertname;
}

static struct row *row_of(struct noise *noise, struct str name)
{
	struct row *row = map_get(noise->rows, name);

	if (!row) {
		row = mem_zero(sizeof *row);
		row->name = name;
		map_set(noise->rows, name, row);
	}
	return row;
}

/* What the store's hour had no room for is there as one figure without a name. */
static void add_hour(struct noise *noise, const struct store_hour *hour)
{
	struct count c = {.n = hour->count};

	if (count_parse(hour->field, &c))
		add_count(row_of(noise, group_name(&c, noise->q->by)), &c, is_night(hour->hour));
	else
		row_of(noise, STR("other"))->n[RECEIVED] += hour->count;
}

/* ---- telling ---- */

/* Rules of thumb, the first that holds: few pages say nothing. */
static const char *suggestion(const struct row *row)
{
	uint64_t pages = row->n[PAGES], ended = row->resolved;

	if (row->n[FLAPS] >= 10 && row->n[FLAPS] >= pages)
		return "flaps: a longer resolve_hold, or hysteresis in the alert";
	if (row->missed >= 5 && 2 * row->missed >= pages)
		return "beats too rarely: a longer every, or let Alertmanager repeat it more often";
	if (pages >= 5 && ended && row->n[SELF_RESOLVED] * 10 >= ended * 8)
		return "resolves by itself: page_after would spare most pages";
	if (pages >= 10 && !row->n[ACKNOWLEDGED])
		return "nobody acknowledges it: a lower severity, or page: false";
	if (row->n[REMINDERS] >= 10 && row->n[REMINDERS] >= 3 * pages)
		return "mostly reminders: acknowledge it, or a longer repeat_interval";
	return NULL;
}

static json_t *row_json(struct row *row)
{
	json_t *o = json_object(), *deduplicated = json_object();
	const char *say = suggestion(row);

	json_object_set_new(o, "name", row->name.n ? view_text(row->name) : json_string(""));
	for (int i = 0; i < MEASURES; i++)
		json_object_set_new(o, measure_names[i], json_integer((json_int_t)row->n[i]));
	for (int i = 0; i < REASONS; i++) {
		if (reason_verdict((enum reason)i) == VERDICT_DEDUPLICATE)
			json_object_set_new(deduplicated, reason_name((enum reason)i),
			                    json_integer((json_int_t)row->deduplicated[i]));
	}
	json_object_set_new(o, "deduplicated", deduplicated);
	json_object_set_new(o, "seconds_to_acknowledge", median(&row->to_acknowledge));
	json_object_set_new(o, "seconds_to_resolve", median(&row->to_resolve));
	json_object_set_new(o, "suggestion", say ? json_string(say) : json_null());
	return o;
}

struct ordered {
	struct row *row;
	uint64_t by;
};

static int descending(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	if (x->by != y->by)
		return x->by < y->by ? 1 : -1;
	return str_cmp(x->row->name, y->row->name);
}

bool noise_sort_valid(struct str sort)
{
	for (int i = 0; i < MEASURES; i++) {
		if (str_eq_c(sort, measure_names[i]))
			return true;
	}
	return !sort.n;
}

static enum measure sort_measure(struct str sort)
{
	for (int i = 0; i < MEASURES; i++) {
		if (str_eq_c(sort, measure_names[i]))
			return (enum measure)i;
	}
	return RECEIVED;
}

static json_t *sorted_rows(struct noise *noise)
{
	size_t n = 0, limit = noise->q->limit ? noise->q->limit : NOISE_LIMIT, i = 0;
	struct ordered *all = mem_alloc((map_count(noise->rows) + 1) * sizeof *all);
	enum measure by = sort_measure(noise->q->sort);
	json_t *list = json_array();
	struct str name;
	void *row;

	while (map_next(noise->rows, &i, &name, &row))
		all[n++] = (struct ordered){row, ((struct row *)row)->n[by]};
	qsort(all, n, sizeof *all, descending);
	for (size_t k = 0; k < n && k < limit; k++)
		json_array_append_new(list, row_json(all[k].row));
	free(all);
	return list;
}

static void row_free(void *arg)
{
	struct row *row = arg;

	free(row->to_acknowledge.v);
	free(row->to_resolve.v);
	free(row);
}

json_t *noise_report(const struct store_hour *rows, size_t count, const struct noise_query *q, int64_t now,
                     const char *time_zone)
{
	static const char *const by[] = {"alertname", "rule", "owner", "severity"};
	struct noise noise = {q, map_new()};
	json_t *report = json_object();

	for (size_t i = 0; i < count; i++)
		add_hour(&noise, &rows[i]);
	json_object_set_new(report, "since", view_time(now - q->since_ms));
	json_object_set_new(report, "until", view_time(now));
	json_object_set_new(report, "by", json_string(by[q->by]));
	json_object_set_new(report, "time_zone", json_string(time_zone));
	json_object_set_new(report, "rows", sorted_rows(&noise));
	map_free_with(noise.rows, row_free);
	return report;
}
