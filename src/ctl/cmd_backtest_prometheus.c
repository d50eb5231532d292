/* What fired, asked of a Prometheus in slices of time: each answer is bounded, however long the history is. */
#include <inttypes.h>

#include "cmd_backtest_impl.h"
#include "ctl/prometheus.h"

#define SLICE_POINTS 360 /* of a series in one answer; Prometheus gives at most 11,000 */
#define STEP_LEAST (1 * TIME_SECOND)

static void split_labels(struct backtesting *t)
{
	struct str text = str_c(flags_get(t->ctl->flags, "group-by"));

	t->group_by.v = arena_alloc(t->ctl->arena, (text.n + 1) * sizeof *t->group_by.v);
	for (size_t from = 0; from <= text.n;) {
		size_t to = from;
		while (to < text.n && text.p[to] != ',')
			to++;
		struct str name = str_trim(str_slice(text, from, to));
		if (name.n)
			t->group_by.v[t->group_by.n++] = name;
		from = to + 1;
	}
}

static bool ask_slice(struct backtesting *t, struct str base, int64_t from, int64_t to, struct err *err)
{
	AUTOBUF struct buf answer;
	AUTOFREE char *path =
		mem_printf("/api/v1/query_range?query=ALERTS%%7Balertstate%%3D%%22firing%%22%%7D&start=%" PRId64 ".%03" PRId64
	               "&end=%" PRId64 ".%03" PRId64 "&step=%" PRId64 ".%03" PRId64,
	               from / 1000, from % 1000, to / 1000, to % 1000, t->step / 1000, t->step % 1000);

	buf_init(&answer, PROMETHEUS_ANSWER_MAX);
	return prometheus_ask(base, path, &answer, err) && alerts_series_add(t->series, buf_str(&answer), err);
}

bool backtest_read_prometheus(struct backtesting *t, struct err *err)
{
	int64_t slice = SLICE_POINTS * t->step, last = t->now - t->now % t->step;
	struct str base;

	if (t->step < STEP_LEAST)
		err_add(err, "--step: at least 1s");
	if (t->step < STEP_LEAST || !prometheus_base(flags_get(t->ctl->flags, "prometheus"), &base, err))
		return false;
	split_labels(t);
	t->series = alerts_series_new(t->step, &t->group_by);
	for (int64_t from = t->from - t->from % t->step; from <= last; from += slice) {
		int64_t to = from + slice - t->step < last ? from + slice - t->step : last;
		if (!ask_slice(t, base, from, to, err))
			return false;
	}
	return true;
}
