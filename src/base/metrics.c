/* Metric families, their series by label values, and the text that a scrape gets. */
#include "base/metrics.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_plain.h"
#include "base/map.h"
#include "base/mem.h"

/* Ends each label value in a key: never part of UTF-8, which values are by then. */
#define KEY_END '\xff'
#define OTHER STR("other")

/* One label combination. */
struct series {
	char *key; /* what `values` point into */
	size_t key_n;
	struct str values[METRICS_LABELS_MAX];
	double value;           /* counter, gauge; histogram: sum */
	uint64_t count, *below; /* histogram: all, and per bucket (not cumulative) */
};

struct metrics {
	char *prefix;
	const struct metric_row *rows;
	size_t count;
	struct map **series;    /* per row: key -> struct series */
	struct series **latest; /* per row: the one that was looked up last; NULL: none */
	struct buf key;         /* of the one that is looked up */
	bool muted;
};

static size_t label_count(const struct metric_row *row)
{
	size_t n = 0;
	while (n < METRICS_LABELS_MAX && row->labels[n])
		n++;
	return n;
}

static void series_free(void *p)
{
	struct series *s = p;
	free(s->key);
	free(s->below);
	free(s);
}

/* One bad byte and Prometheus drops the whole page: what is not UTF-8 becomes U+FFFD before it is a key. */
static void add_clean(struct buf *b, struct str s)
{
	size_t plain = json_plain_run(s, 0);
	buf_add(b, str_slice(s, 0, plain));
	for (size_t i = plain; i < s.n;) {
		struct str rest = str_slice(s, i, s.n);
		size_t n = str_utf8_len(rest);
		bool fine = n > 0 && *rest.p != '\0';
		buf_add(b, fine ? str_slice(rest, 0, n) : STR("\xef\xbf\xbd"));
		i += n ? n : 1;
	}
}

static void add_series_key(struct buf *b, const struct metric_row *row, const struct str *values)
{
	size_t n = label_count(row);
	assert(n == 0 || values);
	for (size_t i = 0; i < n; i++) {
		add_clean(b, values[i]);
		buf_add_char(b, KEY_END);
	}
}

static struct series *series_new(const struct metric_row *row, struct str key)
{
	struct series *s = mem_zero(sizeof *s);
	s->key = mem_str(key);
	s->key_n = key.n;
	struct str rest = {s->key, key.n};
	for (size_t i = 0; i < label_count(row); i++) {
		size_t n = (size_t)str_index(rest, KEY_END);
		s->values[i] = str_slice(rest, 0, n);
		rest = str_slice(rest, n + 1, rest.n);
	}
	if (row->type == METRIC_HISTOGRAM)
		s->below = mem_zero(row->bucket_count * sizeof *s->below);
	return s;
}

/* Most metrics say the same labels many times in a row. */
static bool is_latest(const struct metrics *m, size_t id)
{
	const struct series *s = m->latest[id];
	return s && str_eq((struct str){s->key, s->key_n}, buf_str(&m->key));
}

/* The series, made when it is new; beyond the ceiling it is the one whose labels all say "other". */
static struct series *series_at(struct metrics *m, size_t id, const struct str *values)
{
	static const struct str others[METRICS_LABELS_MAX] = {{"other", 5}, {"other", 5}, {"other", 5}, {"other", 5}};
	assert(id < m->count);
	buf_reset(&m->key);
	add_series_key(&m->key, &m->rows[id], values);
	if (is_latest(m, id))
		return m->latest[id];
	struct series *s = map_get(m->series[id], buf_str(&m->key));
	if (!s && values != others && map_count(m->series[id]) >= METRICS_SERIES_MAX - 1)
		return series_at(m, id, others);
	if (!s) {
		s = series_new(&m->rows[id], buf_str(&m->key));
		map_set(m->series[id], buf_str(&m->key), s);
	}
	m->latest[id] = s;
	return s;
}

struct metrics *metrics_new(const char *prefix, const struct metric_row *rows, size_t count)
{
	struct metrics *m = mem_zero(sizeof *m);
	m->prefix = mem_strdup(prefix);
	m->rows = rows;
	m->count = count;
	m->series = mem_zero(count * sizeof(struct map *));
	m->latest = mem_zero(count * sizeof(struct series *));
	buf_init(&m->key, SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		m->series[i] = map_new();
		if (label_count(&rows[i]) == 0)
			metrics_touch(m, i, NULL);
	}
	return m;
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		map_free_with(m->series[i], series_free);
	free(m->series);
	free(m->latest);
	buf_release(&m->key);
	free(m->prefix);
	free(m);
}

void metrics_mute(struct metrics *m)
{
	m->muted = true;
}

void metrics_touch(struct metrics *m, size_t id, const struct str *values)
{
	if (!m->muted)
		series_at(m, id, values);
}

void metrics_add(struct metrics *m, size_t id, const struct str *values, double delta)
{
	assert(m->rows[id].type == METRIC_GAUGE || (m->rows[id].type == METRIC_COUNTER && delta >= 0));
	if (!m->muted)
		series_at(m, id, values)->value += delta;
}

void metrics_set(struct metrics *m, size_t id, const struct str *values, double value)
{
	assert(m->rows[id].type == METRIC_GAUGE);
	if (!m->muted)
		series_at(m, id, values)->value = value;
}

void metrics_observe(struct metrics *m, size_t id, const struct str *values, double value)
{
	const struct metric_row *row = &m->rows[id];
	assert(row->type == METRIC_HISTOGRAM);
	if (m->muted)
		return;
	struct series *s = series_at(m, id, values);
	s->value += value;
	s->count++;
	for (size_t i = 0; i < row->bucket_count; i++) {
		if (value <= row->buckets[i]) {
			s->below[i]++;
			return;
		}
	}
}

double metrics_value(const struct metrics *m, size_t id, const struct str *values)
{
	AUTOBUF struct buf key;
	buf_init(&key, SIZE_MAX);
	assert(id < m->count);
	add_series_key(&key, &m->rows[id], values);
	const struct series *s = map_get(m->series[id], buf_str(&key));
	if (!s)
		return 0;
	return m->rows[id].type == METRIC_HISTOGRAM ? (double)s->count : s->value;
}

void metrics_clear(struct metrics *m, size_t id)
{
	assert(m->rows[id].type == METRIC_GAUGE);
	map_free_with(m->series[id], series_free);
	m->series[id] = map_new();
	m->latest[id] = NULL;
}

/* The shortest decimal that reads back as the same number; "+Inf", "-Inf" and "NaN" as Go writes them. */
static void add_metric_number(struct buf *out, double v)
{
	char text[40];
	if (__builtin_isnan(v) || __builtin_isinf(v)) {
		buf_add_c(out, __builtin_isnan(v) ? "NaN" : v > 0 ? "+Inf" : "-Inf");
		return;
	}
	if (v > -1e15 && v < 1e15 && v == (double)(int64_t)v) {
		buf_printf(out, "%lld", (long long)v);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_add_c(out, text);
}

/* Label values escape the quote, help texts do not. */
static void add_escaped(struct buf *out, struct str s, bool quote)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			buf_add_c(out, "\\n");
		else if (s.p[i] == '\\')
			buf_add_c(out, "\\\\");
		else if (s.p[i] == '"' && quote)
			buf_add_c(out, "\\\"");
		else
			buf_add_char(out, s.p[i]);
	}
}

/* {a="…",b="…",le="…"}; nothing at all without labels. `le` may be NULL. */
static void add_series_labels(struct buf *out, const struct metric_row *row, const struct series *s, const double *le)
{
	char before = '{';
	for (size_t i = 0; i < label_count(row); i++) {
		buf_printf(out, "%c%s=\"", before, row->labels[i]);
		add_escaped(out, s->values[i], true);
		buf_add_char(out, '"');
		before = ',';
	}
	if (le) {
		buf_printf(out, "%cle=\"", before);
		add_metric_number(out, *le);
		buf_add_char(out, '"');
		before = ',';
	}
	if (before == ',')
		buf_add_char(out, '}');
}

static void add_series_sample(struct buf *out, const struct metrics *m, const struct metric_row *row,
                              const struct series *s, const char *suffix, const double *le, double value)
{
	buf_printf(out, "%s%s%s", m->prefix, row->name, suffix);
	add_series_labels(out, row, s, le);
	buf_add_char(out, ' ');
	add_metric_number(out, value);
	buf_add_char(out, '\n');
}

static void add_histogram(struct buf *out, const struct metrics *m, const struct metric_row *row,
                          const struct series *s)
{
	static const double infinity = __builtin_inf();
	uint64_t below = 0;
	for (size_t i = 0; i < row->bucket_count; i++) {
		below += s->below[i];
		add_series_sample(out, m, row, s, "_bucket", &row->buckets[i], (double)below);
	}
	add_series_sample(out, m, row, s, "_bucket", &infinity, (double)s->count);
	add_series_sample(out, m, row, s, "_sum", NULL, s->value);
	add_series_sample(out, m, row, s, "_count", NULL, (double)s->count);
}

static void add_metric_head(struct buf *out, const struct metrics *m, const struct metric_row *row)
{
	static const char *const types[] = {
		[METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"};
	buf_printf(out, "# HELP %s%s ", m->prefix, row->name);
	add_escaped(out, str_c(row->help), false);
	buf_printf(out, "\n# TYPE %s%s %s\n", m->prefix, row->name, types[row->type]);
}

void metrics_print(const struct metrics *m, struct buf *out)
{
	for (size_t id = 0; id < m->count; id++) {
		const struct metric_row *row = &m->rows[id];
		struct str key;
		void *value;
		if (map_count(m->series[id]) == 0)
			continue;
		add_metric_head(out, m, row);
		for (size_t i = 0; map_next(m->series[id], &i, &key, &value);) {
			if (row->type == METRIC_HISTOGRAM)
				add_histogram(out, m, row, value);
			else
				add_series_sample(out, m, row, value, "", NULL, ((const struct series *)value)->value);
		}
	}
}
