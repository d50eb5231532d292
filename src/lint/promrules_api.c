/* What a Prometheus (or Thanos, Mimir, Loki) answers: its alerting rules, and the label sets with which they fire or fired. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "lint/promrules.h"

static struct str json_copied(struct arena *arena, const json_t *v)
{
	if (!json_is_string(v))
		return (struct str){0};
	return arena_str(arena, (struct str){json_string_value(v), json_string_length(v)});
}

static struct labels json_labels_copied(struct arena *arena, json_t *object)
{
	struct labels out = {0};
	const char *name;
	json_t *value;

	out.v = arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v);
	json_object_foreach(object, name, value) if (json_is_string(value)) out.v[out.n++] =
		(struct label){arena_str(arena, str_c(name)), json_copied(arena, value)};
	labels_sort(&out);
	return out;
}

/* Seconds, which may be fractions. */
static int64_t milliseconds(const json_t *seconds)
{
	double s = json_number_value(seconds);
	return s > 0 && s < 1e9 ? (int64_t)llround(s * 1000) : 0;
}

static bool fired_already(const struct promrule *rule, const struct labels *fired)
{
	for (size_t i = 0; i < rule->firing_count; i++)
		if (labels_equal(&rule->firing[i].labels, fired))
			return true;
	return false;
}

/* Grows by doubling: at 1, 2, 4… a new array. */
static void add_firing(struct arena *arena, struct promrule *rule, struct promrule_firing fired)
{
	size_t n = rule->firing_count;

	if (n == PROMRULE_FIRING_MAX || fired_already(rule, &fired.labels))
		return;
	if ((n & (n - 1)) == 0) {
		struct promrule_firing *grown = arena_alloc(arena, (n ? 2 * n : 1) * sizeof *grown);
		if (n)
			memcpy(grown, rule->firing, n * sizeof *grown);
		rule->firing = grown;
	}
	rule->firing[rule->firing_count++] = fired;
}

/* Those that fire; one that is pending may never. */
static void copy_firing(struct arena *arena, const json_t *alerts, struct promrule *rule)
{
	const json_t *alert;
	size_t i;

	json_array_foreach(alerts, i, alert) if (str_eq_c(json_copied(arena, json_object_get(alert, "state")), "firing"))
		add_firing(arena, rule,
	               (struct promrule_firing){json_labels_copied(arena, json_object_get(alert, "labels")),
	                                        json_labels_copied(arena, json_object_get(alert, "annotations"))});
}

static void read_api_group(struct arena *arena, const char *source, const json_t *group, struct promrules *out)
{
	static const struct labels none = {0};
	struct str file = json_copied(arena, json_object_get(group, "file"));
	const json_t *rule;
	size_t i;

	out->groups++;
	json_array_foreach(json_object_get(group, "rules"), i, rule)
	{
		struct promrule made = {
			.name = json_copied(arena, json_object_get(rule, "name")),
			.group = json_copied(arena, json_object_get(group, "name")),
			.labels = json_labels_copied(arena, json_object_get(rule, "labels")),
			.annotations = json_labels_copied(arena, json_object_get(rule, "annotations")),
			.expr = json_copied(arena, json_object_get(rule, "query")),
			.for_ms = milliseconds(json_object_get(rule, "duration")),
			.at = {file.n ? file.p : source, 0, 0},
		};
		copy_firing(arena, json_object_get(rule, "alerts"), &made);
		if (str_eq_c(json_copied(arena, json_object_get(rule, "type")), "alerting") && made.name.n)
			promrules_add(arena, out, &made, &none);
	}
}

bool promrules_read_api(struct arena *arena, const char *source, struct str body, struct promrules *out,
                        struct err *err)
{
	json_error_t where;
	json_t *root = json_loadb(body.n ? body.p : "", body.n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &where);
	const json_t *groups = json_object_get(json_object_get(root, "data"), "groups"), *group;
	const char *name = arena_cstr(arena, str_c(source));
	bool ok = json_is_array(groups);
	size_t i;

	if (!root)
		err_add(err, "%s: not JSON: %.100s", source, where.text);
	else if (!ok)
		err_add(err, "%s: there are no data.groups in the answer; is it a Prometheus?", source);
	json_array_foreach(groups, i, group) read_api_group(arena, name, group, out);
	json_decref(root);
	return ok;
}

/* ---- series of ALERTS ---- */

/* Prometheus adds alertstate and the metric's name to what the alert has. */
static struct labels without_state(struct labels labels)
{
	size_t n = 0;

	for (size_t i = 0; i < labels.n; i++)
		if (!str_eq_c(labels.v[i].name, "__name__") && !str_eq_c(labels.v[i].name, "alertstate"))
			labels.v[n++] = labels.v[i];
	labels.n = n;
	return labels;
}

static bool belongs_to(const struct promrule *rule, const struct labels *fired)
{
	for (size_t i = 0; i < rule->labels.n; i++)
		if (!str_eq(labels_get(fired, rule->labels.v[i].name), rule->labels.v[i].value))
			return false;
	return true;
}

static void assign_fired(struct arena *arena, const struct labels *fired, struct promrules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		if (belongs_to(&rules->v[i], fired)) {
			add_firing(arena, &rules->v[i], (struct promrule_firing){*fired, {0}});
			return;
		}
}

bool promrules_read_series(struct arena *arena, const char *source, struct str body, struct promrules *rules,
                           struct err *err)
{
	json_error_t where;
	json_t *root = json_loadb(body.n ? body.p : "", body.n, JSON_ALLOW_NUL, &where), *series;
	const json_t *data = json_object_get(root, "data");
	bool ok = json_is_array(data);
	size_t i;

	if (!ok)
		err_add(err, "%s: there is no data in the answer for the series of ALERTS", source);
	json_array_foreach(data, i, series)
	{
		struct labels fired = without_state(json_labels_copied(arena, series));
		assign_fired(arena, &fired, rules);
	}
	json_decref(root);
	return ok;
}
