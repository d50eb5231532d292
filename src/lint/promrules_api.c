/* What a Prometheus (or Thanos, Mimir, Loki) answers to /api/v1/rules. */
#include <jansson.h>

#include "lint/promrules.h"

static struct str copied(struct arena *arena, const json_t *v)
{
	if (!json_is_string(v))
		return (struct str){0};
	return arena_str(arena, (struct str){json_string_value(v), json_string_length(v)});
}

static struct labels read_pairs(struct arena *arena, json_t *object)
{
	struct labels out = {0};
	const char *name;
	json_t *value;

	out.v = arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v);
	json_object_foreach(object, name, value) if (json_is_string(value)) out.v[out.n++] =
		(struct label){arena_str(arena, str_c(name)), copied(arena, value)};
	labels_sort(&out);
	return out;
}

static void read_group(struct arena *arena, const char *source, const json_t *group, struct promrules *out)
{
	static const struct labels none = {0};
	struct str file = copied(arena, json_object_get(group, "file"));
	const json_t *rule;
	size_t i;

	json_array_foreach(json_object_get(group, "rules"), i, rule)
	{
		struct promrule made = {
			.name = copied(arena, json_object_get(rule, "name")),
			.group = copied(arena, json_object_get(group, "name")),
			.labels = read_pairs(arena, json_object_get(rule, "labels")),
			.annotations = read_pairs(arena, json_object_get(rule, "annotations")),
			.at = {file.n ? file.p : source, 0, 0},
		};
		if (str_eq_c(copied(arena, json_object_get(rule, "type")), "alerting") && made.name.n)
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
	json_array_foreach(groups, i, group) read_group(arena, name, group, out);
	json_decref(root);
	return ok;
}
