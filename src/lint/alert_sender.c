/* External labels and relabelling of the Prometheus that sends, from its configuration. */
#include "lint/alert_sender.h"

#include <jansson.h>

#include "base/yaml.h"

void alert_sender_release(struct alert_sender *s)
{
	relabel_free(s->relabel);
	*s = (struct alert_sender){0};
}

static void add_external(struct arena *arena, struct alert_sender *s, struct str name, struct str value)
{
	struct label one = {arena_str(arena, name), arena_str(arena, value)};
	const struct labels own = {&one, 1};

	s->external = labels_merge(arena, &s->external, &own);
}

/* ---- as a person states it ---- */

static bool is_stated_label_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == ' ' || name.p[i] == '"' || name.p[i] == '{')
			return false;
	return name.n > 0;
}

static bool state_one(struct arena *arena, struct alert_sender *s, struct str pair, struct err *err)
{
	ptrdiff_t equal = str_index(pair, '=');
	struct str name = str_trim(str_slice(pair, 0, equal < 0 ? 0 : (size_t)equal));

	if (!is_stated_label_name(name)) {
		err_add(err, "--external-labels: '%.*s' is no NAME=VALUE", STR_ARG(pair));
		return false;
	}
	add_external(arena, s, name, str_trim(str_slice(pair, (size_t)equal + 1, pair.n)));
	return true;
}

bool alert_sender_state(struct arena *arena, struct alert_sender *s, struct str text, struct err *err)
{
	bool good = true;

	s->known = true;
	while (text.n) {
		ptrdiff_t comma = str_index(text, ',');
		size_t n = comma < 0 ? text.n : (size_t)comma;
		good &= state_one(arena, s, str_slice(text, 0, n), err);
		text = str_slice(text, n + 1, text.n);
	}
	return good;
}

/* ---- as Prometheus answers ---- */

/* ${CLUSTER} is what the environment of Prometheus says. */
static void read_external(struct arena *arena, struct alert_sender *s, const struct yaml_node *labels)
{
	s->unsure.v = arena_alloc(arena, ((labels ? labels->count : 0) + 1) * sizeof *s->unsure.v);
	for (size_t i = 0; labels && labels->kind == YAML_MAP && i < labels->count; i++) {
		const struct yaml_node *value = labels->items[i];
		if (value->kind == YAML_SCALAR && str_index(value->text, '$') < 0)
			add_external(arena, s, labels->keys[i]->text, value->text);
		else
			s->unsure.v[s->unsure.n++] = labels->keys[i]->text;
	}
}

static bool read_config(struct arena *arena, struct alert_sender *s, const struct yaml_node *root, struct err *err)
{
	const struct yaml_node *steps = yaml_get(yaml_get(root, "alerting"), "alert_relabel_configs");

	s->known = true;
	read_external(arena, s, yaml_get(yaml_get(root, "global"), "external_labels"));
	if (steps && steps->kind == YAML_LIST)
		s->relabel = relabel_read(steps, RELABEL_SENDING, err);
	return !steps || s->relabel;
}

bool alert_sender_read_api(struct arena *arena, struct alert_sender *s, const char *source, struct str body,
                           struct err *err)
{
	json_error_t where;
	json_t *root = json_loadb(body.n ? body.p : "", body.n, JSON_ALLOW_NUL, &where);
	const json_t *text = json_object_get(json_object_get(root, "data"), "yaml");
	const struct yaml_node *config = NULL;

	if (json_is_string(text))
		config = yaml_parse(arena, source, (struct str){json_string_value(text), json_string_length(text)}, err);
	else
		err_add(err, "%s: there is no data.yaml in the answer: its external labels are not known", source);
	bool good = config && read_config(arena, s, config, err);
	json_decref(root);
	return good;
}

/* ---- what becomes of labels ---- */

bool alert_sender_drops(const struct alert_sender *s, struct str name)
{
	return s->relabel && relabel_drops(s->relabel, name);
}

bool alert_sender_labels(const struct alert_sender *s, struct arena *arena, const struct labels *labels,
                         struct labels *out, struct strs *unsure)
{
	struct labels all = labels_merge(arena, labels, &s->external);

	if (unsure)
		*unsure = (struct strs){0};
	*out = all;
	return !s->relabel || relabel_sending(s->relabel, arena, &all, out, unsure);
}

bool alert_sender_may_add(const struct alert_sender *s, struct str name)
{
	if (!s->known)
		return true;
	for (size_t i = 0; i < s->unsure.n; i++)
		if (str_eq(s->unsure.v[i], name))
			return true;
	return false;
}
