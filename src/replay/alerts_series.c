/* ALERTS to webhooks: points to the times between which each alert fired, those to what its group was at each change. */
#include "replay/alerts_series.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct fired {
	int64_t from, to; /* to: 0 while it fires */
};

struct series {
	struct labels labels;
	struct fired *v;
	size_t n, room;
	int64_t seen_at;
	struct series *next; /* of the group */
};

struct alert_group {
	struct labels labels;
	struct series *first;
	size_t count;
};

struct alerts_series {
	struct arena *arena;
	int64_t step;
	const struct strs *group_by;
	struct map *series; /* by labels */
	struct map *groups;
};

struct alerts_series *alerts_series_new(int64_t step, const struct strs *group_by)
{
	struct alerts_series *a = mem_zero(sizeof *a);

	a->arena = arena_new();
	a->step = step;
	a->group_by = group_by;
	a->series = map_new();
	a->groups = map_new();
	return a;
}

void alerts_series_free(struct alerts_series *a)
{
	size_t i = 0;
	struct str name;
	void *s;

	if (!a)
		return;
	while (map_next(a->series, &i, &name, &s))
		free(((struct series *)s)->v);
	map_free(a->series);
	map_free(a->groups);
	arena_free(a->arena);
	free(a);
}

/* ---- series ---- */

static bool is_own_label(const char *name)
{
	return strcmp(name, "__name__") != 0 && strcmp(name, "alertstate") != 0;
}

static struct labels labels_of_metric(struct arena *arena, json_t *metric)
{
	struct labels out = {arena_alloc(arena, (json_object_size(metric) + 1) * sizeof *out.v), 0};
	const char *name;
	json_t *value;

	json_object_foreach(metric, name, value)
	{
		const struct str text = {json_string_value(value), json_string_length(value)};
		if (is_own_label(name) && json_is_string(value))
			out.v[out.n++] = (struct label){arena_str(arena, str_c(name)), arena_str(arena, text)};
	}
	labels_sort(&out);
	return out;
}

static void join_group(struct alerts_series *a, struct series *s)
{
	struct labels by = {arena_alloc(a->arena, (a->group_by->n + 1) * sizeof *by.v), 0};

	for (size_t i = 0; i < a->group_by->n; i++)
		if (labels_has(&s->labels, a->group_by->v[i]))
			by.v[by.n++] = (struct label){a->group_by->v[i], labels_get(&s->labels, a->group_by->v[i])};
	labels_sort(&by);
	struct str name = labels_format(a->arena, &by);
	struct alert_group *g = map_get(a->groups, name);
	if (!g) {
		g = arena_alloc(a->arena, sizeof *g);
		g->labels = by;
		map_set(a->groups, name, g);
	}
	s->next = g->first;
	g->first = s;
	g->count++;
}

/* NULL: there are too many. */
static struct series *series_of(struct alerts_series *a, json_t *metric)
{
	AUTOARENA struct arena *scratch = arena_new();
	struct labels labels = labels_of_metric(scratch, metric);
	struct str name = labels_format(scratch, &labels);
	struct series *s = map_get(a->series, name);

	if (s || map_count(a->series) == ALERTS_SERIES_MAX)
		return s;
	s = arena_alloc(a->arena, sizeof *s);
	s->labels = labels_of_metric(a->arena, metric);
	map_set(a->series, name, s);
	join_group(a, s);
	return s;
}

/* A point that lies further from the last one than a step begins anew: it had ended. */
static void add_series_point(const struct alerts_series *a, struct series *s, int64_t at)
{
	bool goes_on = s->n && at - s->seen_at <= a->step + a->step / 2;

	if (!goes_on) {
		if (s->n)
			s->v[s->n - 1].to = s->seen_at + a->step;
		MEM_ROOM(s->v, s->n, s->room);
		s->v[s->n++] = (struct fired){at, 0};
	}
	s->seen_at = at;
}

static bool add_result(struct alerts_series *a, const json_t *result, struct err *err)
{
	struct series *s = series_of(a, json_object_get(result, "metric"));
	const json_t *point;
	size_t i;

	if (!s) {
		err_add(err, "more than %d different alerts", ALERTS_SERIES_MAX);
		return false;
	}
	json_array_foreach(json_object_get(result, "values"), i, point)
		add_series_point(a, s, (int64_t)llround(json_number_value(json_array_get(point, 0)) * 1000));
	return true;
}

bool alerts_series_add(struct alerts_series *a, struct str answer, struct err *err)
{
	json_error_t where;
	json_t *document = json_loadb(answer.p, answer.n, 0, &where);
	const json_t *results = json_object_get(json_object_get(document, "data"), "result"), *result;
	bool good = json_is_array(results);
	size_t i;

	if (!good)
		err_add(err, "the answer of the Prometheus is no matrix%s%s", document ? "" : ": ", document ? "" : where.text);
	json_array_foreach(results, i, result) good = good && add_result(a, result, err);
	json_decref(document);
	return good;
}

/* ---- webhooks ---- */

/* What the group is at a time: who fires, and who has just ended. */
struct group_state {
	struct alert_group *group;
	int64_t at;
	struct history_event *event;
	bool firing;
};

static void add_alert(struct group_state *g, const struct series *s, const struct fired *f)
{
	struct webhook *hook = &g->event->hook;
	struct alert *a = &hook->alerts[hook->count++];
	bool resolved = f->to && f->to <= g->at;

	*a = (struct alert){.resolved = resolved, .starts_at = f->from, .ends_at = resolved ? f->to : 0};
	a->labels = labels_merge(g->event->arena, &s->labels, &(struct labels){0});
	for (size_t i = 0; i < a->labels.n; i++)
		a->labels.v[i] = (struct label){arena_str(g->event->arena, a->labels.v[i].name),
		                                arena_str(g->event->arena, a->labels.v[i].value)};
	labels_fingerprint(&a->labels, a->identity);
	a->fingerprint = arena_str(g->event->arena, str_c(a->identity));
	g->firing |= !resolved;
}

static const struct fired *fired_at(const struct series *s, int64_t at)
{
	for (size_t i = s->n; i-- > 0;)
		if (s->v[i].from <= at)
			return !s->v[i].to || s->v[i].to >= at ? &s->v[i] : NULL;
	return NULL;
}

static struct labels copied_labels(struct arena *arena, const struct labels *from)
{
	struct labels out = {arena_alloc(arena, (from->n + 1) * sizeof *out.v), from->n};

	for (size_t i = 0; i < from->n; i++)
		out.v[i] = (struct label){arena_str(arena, from->v[i].name), arena_str(arena, from->v[i].value)};
	return out;
}

static void begin_group_body(struct group_state *g)
{
	struct history_event *e = history_event_made(g->at);

	e->hook.alerts = arena_alloc(e->arena, (g->group->count + 1) * sizeof *e->hook.alerts);
	e->hook.group_labels = copied_labels(e->arena, &g->group->labels);
	e->hook.receiver = STR("prometheus");
	e->hook.group_key = str_c(arena_printf(e->arena, "{}:%.*s", STR_ARG(labels_format(e->arena, &g->group->labels))));
	g->event = e;
	g->firing = false;
}

static void add_group_body(struct group_state *g, struct history *h)
{
	begin_group_body(g);
	for (const struct series *s = g->group->first; s; s = s->next) {
		const struct fired *f = fired_at(s, g->at);
		if (f)
			add_alert(g, s, f);
	}
	if (g->event->hook.count)
		history_add_event(h, g->event);
	else
		history_event_free(g->event);
}

static int by_change(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static size_t group_change_times(const struct alert_group *g, int64_t **out)
{
	size_t n = 0, room = 0;

	*out = NULL;
	for (const struct series *s = g->first; s; s = s->next) {
		for (size_t i = 0; i < 2 * s->n; i++) {
			int64_t at = i % 2 ? s->v[i / 2].to : s->v[i / 2].from;
			MEM_ROOM(*out, n, room);
			if (at)
				(*out)[n++] = at;
		}
	}
	if (n > 1)
		qsort(*out, n, sizeof **out, by_change);
	return n;
}

static void group_events(struct alert_group *group, struct history *h, int64_t until)
{
	struct group_state g = {.group = group};
	int64_t *changes;
	size_t n = group_change_times(group, &changes);

	for (size_t i = 0; i < n; i++) {
		int64_t next = i + 1 < n ? changes[i + 1] : until;
		if (next == changes[i])
			continue;
		g.at = changes[i];
		add_group_body(&g, h);
		for (int64_t at = g.at + ALERTS_REPEAT; g.firing && at < next; at += ALERTS_REPEAT) {
			g.at = at;
			add_group_body(&g, h);
		}
	}
	free(changes);
}

void alerts_series_events(struct alerts_series *a, struct history *h, int64_t until)
{
	size_t i = 0;
	struct str name;
	void *value;

	history_reaches(h, until);
	while (map_next(a->series, &i, &name, &value)) {
		struct series *s = value;
		if (s->n && s->seen_at + a->step + a->step / 2 < until)
			s->v[s->n - 1].to = s->seen_at + a->step;
	}
	for (i = 0; map_next(a->groups, &i, &name, &value);)
		group_events(value, h, until);
}
