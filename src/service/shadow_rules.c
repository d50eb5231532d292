/* What shadow rules would have decided otherwise, gathered by what is different. */
#include "service/shadow_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/time.h"
#include "incident/message.h"
#include "rules/plan_changes.h"

#define NAME_MAX_BYTES ((size_t)256 * 1024) /* of what a row is found by */
#define TEXT_MAX ((size_t)200)              /* of a value that is shown */

struct shadow_row {
	struct str alertname, rule, shadow_rule;
	struct str labels; /* of the first alert */
	struct plan_change *changes;
	size_t change_count;
	uint64_t alerts, paged;
	int64_t first_at, last_at;
};

struct shadow_rules {
	struct router *r;
	char hash[sizeof((struct config *)0)->hash]; /* of the configuration that the list is about */
	struct arena *arena;                         /* of the rows */
	struct map *rows;
	int64_t since; /* the first alert; 0: none yet */
	uint64_t alerts, different, left_out;
};

struct shadow_rules *shadow_rules_new(struct router *r)
{
	struct shadow_rules *s = mem_zero(sizeof *s);

	s->r = r;
	s->arena = arena_new();
	s->rows = map_new();
	return s;
}

void shadow_rules_free(struct shadow_rules *s)
{
	if (!s)
		return;
	map_free(s->rows);
	arena_free(s->arena);
	free(s);
}

/* ---- the list ---- */

static void begin_anew(struct shadow_rules *s, const struct config *c)
{
	struct router *r = s->r;

	map_free(s->rows);
	arena_free(s->arena);
	*s = (struct shadow_rules){.r = r, .arena = arena_new(), .rows = map_new()};
	memcpy(s->hash, c->hash, sizeof s->hash);
}

static struct str planned_rule_name(const struct plan *p)
{
	return p->rule ? p->rule->name : (struct str){NULL, 0};
}

/* A summary names its alert: of that only that it differs tells rows apart. */
static bool tells_apart(const struct plan_change *c)
{
	return strcmp(c->field, "summary") != 0 && strcmp(c->field, "group_by") != 0;
}

static struct str row_name(struct arena *arena, const struct plan *live, const struct plan *shadow,
                           const struct plan_change *changes, size_t n)
{
	AUTOBUF struct buf out;

	buf_init(&out, NAME_MAX_BYTES);
	buf_printf(&out, "%.*s\n%.*s\n%.*s", STR_ARG(live->alertname), STR_ARG(planned_rule_name(live)),
	           STR_ARG(planned_rule_name(shadow)));
	for (size_t i = 0; i < n; i++) {
		buf_printf(&out, "\n%s", changes[i].field);
		if (tells_apart(&changes[i]))
			buf_printf(&out, "\n%.*s\n%.*s", STR_ARG(changes[i].before), STR_ARG(changes[i].after));
	}
	return arena_str(arena, buf_str(&out));
}

static struct str shown(struct arena *arena, struct str text)
{
	return arena_str(arena, str_slice(text, 0, text.n < TEXT_MAX ? text.n : TEXT_MAX));
}

static struct shadow_row *add_shadow_row(struct shadow_rules *s, struct str name, const struct alert *alert,
                                         const struct plan *live, const struct plan *shadow,
                                         const struct plan_change *changes, size_t n)
{
	AUTOARENA struct arena *scratch = arena_new();
	struct shadow_row *row = arena_alloc(s->arena, sizeof *row);

	row->alertname = shown(s->arena, live->alertname);
	row->rule = arena_str(s->arena, planned_rule_name(live));
	row->shadow_rule = arena_str(s->arena, planned_rule_name(shadow));
	row->labels = shown(s->arena, labels_format(scratch, &alert->labels));
	row->changes = arena_alloc(s->arena, (n + 1) * sizeof *row->changes);
	for (; row->change_count < n; row->change_count++) {
		const struct plan_change *c = &changes[row->change_count];
		row->changes[row->change_count] =
			(struct plan_change){c->field, shown(s->arena, c->before), shown(s->arena, c->after)};
	}
	map_set(s->rows, arena_str(s->arena, name), row);
	return row;
}

static void count_shadowed_alert(struct shadow_row *row, enum verdict verdict, int64_t now)
{
	row->alerts++;
	row->paged += verdict == VERDICT_PAGE;
	if (!row->first_at)
		row->first_at = now;
	row->last_at = now;
}

/* ---- an alert ---- */

static void count_differences(struct shadow_rules *s, const struct plan_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str field = str_c(changes[i].field);
		metrics_add(s->r->metrics, METRIC_SHADOW_DIFFERENCES, &field, 1);
	}
}

static void compare_plans(struct shadow_rules *s, const struct alert *alert, const struct plan *live,
                          const struct plan *shadow, enum verdict verdict, int64_t now, struct arena *arena)
{
	struct plan_change changes[PLAN_CHANGES_MAX];
	size_t n = plan_changes(live, shadow, arena, changes);

	if (!n)
		return;
	s->different++;
	count_differences(s, changes, n);
	struct str name = row_name(arena, live, shadow, changes, n);
	struct shadow_row *row = map_get(s->rows, name);
	if (!row && map_count(s->rows) == SHADOW_ROWS_MAX) {
		s->left_out++;
		return;
	}
	if (!row)
		row = add_shadow_row(s, name, alert, live, shadow, changes, n);
	count_shadowed_alert(row, verdict, now);
}

void shadow_rules_look(struct shadow_rules *s, const struct config *c, const struct alert *alert,
                       const struct labels *group_labels, const struct plan *live, enum verdict verdict, int64_t now)
{
	struct plan plan;

	if (!c->shadow)
		return;
	AUTOARENA struct arena *arena = arena_new();
	if (strcmp(s->hash, c->hash) != 0)
		begin_anew(s, c);
	if (!s->since)
		s->since = now;
	s->alerts++;
	metrics_add(s->r->metrics, METRIC_SHADOW_ALERTS, NULL, 1);
	ruleset_evaluate(c->shadow, alert, group_labels, arena, &plan);
	compare_plans(s, alert, live, &plan, verdict, now, arena);
}

/* ---- the report ---- */

static int by_alerts(const void *a, const void *b)
{
	const struct shadow_row *const *x = a, *const *y = b;
	int order = ((*x)->alerts < (*y)->alerts) - ((*x)->alerts > (*y)->alerts);

	return order ? order : str_cmp((*x)->alertname, (*y)->alertname);
}

static json_t *shadow_changes_view(const struct shadow_row *row)
{
	json_t *out = json_array();

	for (size_t i = 0; i < row->change_count; i++)
		json_array_append_new(out,
		                      json_pack("{s:s, s:o, s:o}", "field", row->changes[i].field, "before",
		                                view_text(row->changes[i].before), "after", view_text(row->changes[i].after)));
	return out;
}

static json_t *shadow_row_view(const struct shadow_row *row)
{
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o}", "alertname", view_text(row->alertname), "rule",
	                 view_text(row->rule), "shadow_rule", view_text(row->shadow_rule), "alerts",
	                 (json_int_t)row->alerts, "paged", (json_int_t)row->paged, "first_at", view_time(row->first_at),
	                 "last_at", view_time(row->last_at), "labels", view_text(row->labels), "changes",
	                 shadow_changes_view(row));
}

static json_t *rows_view(const struct shadow_rules *s)
{
	size_t count = map_count(s->rows), n = 0;
	AUTOFREE struct shadow_row **all = mem_zero((count + 1) * sizeof *all);
	json_t *out = json_array();
	struct str name;
	void *row;

	for (size_t i = 0; map_next(s->rows, &i, &name, &row);)
		all[n++] = row;
	if (n > 1)
		qsort(all, n, sizeof *all, by_alerts);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, shadow_row_view(all[i]));
	return out;
}

json_t *shadow_rules_report(const struct shadow_rules *s)
{
	const struct config *c = s->r->config;
	bool current = strcmp(s->hash, c->hash) == 0; /* else no alert has come since the reload */
	json_t *files = json_array();

	for (size_t i = 0; i < c->shadow_files.n; i++)
		json_array_append_new(files, view_text(c->shadow_files.v[i]));
	return json_pack("{s:o, s:o, s:I, s:I, s:I, s:o}", "rule_files", files, "since", view_time(current ? s->since : 0),
	                 "alerts", (json_int_t)(current ? s->alerts : 0), "different",
	                 (json_int_t)(current ? s->different : 0), "left_out", (json_int_t)(current ? s->left_out : 0),
	                 "rows", current ? rows_view(s) : json_array());
}
