/* What somebody would have otherwise: "page_after=5m", and several values of it. */
#include <stddef.h>

#include "base/time.h"
#include "replay/sweep.h"

static const struct {
	const char *name;
	size_t value, given;
} durations[] = {
	{"repeat_interval", offsetof(struct plan_override, repeat_interval),
     offsetof(struct plan_override, sets_repeat_interval)},
	{"page_after", offsetof(struct plan_override, page_after), offsetof(struct plan_override, sets_page_after)},
	{"resolve_hold", offsetof(struct plan_override, resolve_hold), offsetof(struct plan_override, sets_resolve_hold)},
};

/* Labels with commas or '+' between them, "...", or the word alertmanager. */
static void read_group_by(struct arena *arena, struct str text, struct group_by *out)
{
	*out = (struct group_by){GROUP_LABELS, {arena_alloc(arena, (text.n + 1) * sizeof *out->labels.v), 0}};
	if (str_eq_c(text, "alertmanager"))
		out->mode = GROUP_ALERTMANAGER;
	if (str_eq_c(text, "..."))
		out->mode = GROUP_ALL;
	for (size_t from = 0; out->mode == GROUP_LABELS && from <= text.n;) {
		size_t to = from;
		while (to < text.n && text.p[to] != ',' && text.p[to] != '+')
			to++;
		struct str name = str_trim(str_slice(text, from, to));
		if (name.n)
			out->labels.v[out->labels.n++] = arena_str(arena, name);
		from = to + 1;
	}
}

static bool set_override(struct arena *arena, struct plan_override *o, struct str key, struct str value,
                         struct err *err)
{
	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
		int64_t ms;
		if (!str_eq_c(key, durations[i].name))
			continue;
		if (!time_duration_parse(value, &ms)) {
			err_add(err, "%.*s: \"%.*s\" is no duration (30s, 4h, 1d12h)", STR_ARG(key), STR_ARG(value));
			return false;
		}
		*(int64_t *)(void *)((char *)o + durations[i].value) = ms;
		*(bool *)((char *)o + durations[i].given) = true;
		return true;
	}
	if (!str_eq_c(key, "group_by")) {
		err_add(err, "\"%.*s\" cannot be set: one of repeat_interval, page_after, resolve_hold, group_by",
		        STR_ARG(key));
		return false;
	}
	o->sets_group_by = true;
	read_group_by(arena, value, &o->group_by);
	return true;
}

static bool split_setting(struct str text, struct str *key, struct str *value, struct err *err)
{
	ptrdiff_t at = str_index(text, '=');

	if (at <= 0) {
		err_add(err, "\"%.*s\" is no setting: KEY=VALUE", STR_ARG(text));
		return false;
	}
	*key = str_slice(text, 0, (size_t)at);
	*value = str_slice(text, (size_t)at + 1, text.n);
	return true;
}

static bool is_set_already(const struct plan_override *o, struct str key)
{
	for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
		if (str_eq_c(key, durations[i].name))
			return *(const bool *)((const char *)o + durations[i].given);
	return o->sets_group_by && str_eq_c(key, "group_by");
}

bool override_parse(struct arena *arena, struct str text, struct plan_override *out, struct err *err)
{
	struct str key, value;

	if (!split_setting(text, &key, &value, err))
		return false;
	if (is_set_already(out, key)) {
		err_add(err, "%.*s is set twice", STR_ARG(key));
		return false;
	}
	return set_override(arena, out, key, value, err);
}

static bool add_sweep_value(struct arena *arena, struct sweep *s, struct str value, struct err *err)
{
	if (s->count == SWEEP_VALUES_MAX) {
		err_add(err, "more than %d values", SWEEP_VALUES_MAX);
		return false;
	}
	s->overrides[s->count] = s->base ? *s->base : (struct plan_override){0};
	s->values[s->count] = arena_str(arena, value);
	return set_override(arena, &s->overrides[s->count++], s->key, value, err);
}

bool sweep_parse(struct arena *arena, struct sweep *s, struct str text, struct err *err)
{
	struct str values;
	bool good = split_setting(text, &s->key, &values, err);

	s->key = arena_str(arena, s->key);
	for (size_t from = 0; good && from <= values.n;) {
		size_t to = from;
		while (to < values.n && values.p[to] != ',')
			to++;
		good = add_sweep_value(arena, s, str_trim(str_slice(values, from, to)), err);
		from = to + 1;
	}
	return good;
}
