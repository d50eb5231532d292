/*
 * Hours of routes. Where all routes that take an alert say the same, its rule says so; else each route with hours tells a
 * receiver of its own, which waits for them: there each route is muted by itself, too.
 */
#include <string.h>

#include "import_impl.h"

#define NAME_ROOM 100 /* bytes of a receiver's name */

static bool is_interval_defined(const json_t *intervals, struct str name)
{
	for (size_t i = 0; i < json_array_size(intervals); i++) {
		const char *own = json_string_value(json_object_get(json_array_get(intervals, i), "name"));
		if (own && str_eq_c(name, own))
			return true;
	}
	return false;
}

/* Grafana exports its mute timings apart from its policies: what is not there is noted. */
static json_t *known_intervals(struct import *i, const struct import_route *r, const struct strs *names)
{
	json_t *known = json_array();
	for (size_t k = 0; k < names->n; k++) {
		if (is_interval_defined(i->intervals, names->v[k]))
			json_array_append_new(known, json_stringn(names->v[k].p, names->v[k].n));
		else
			import_note(i, r->at, "route: the time interval \"%.*s\" is not defined in this file and was left out",
			            STR_ARG(names->v[k]));
	}
	return known;
}

static void set_intervals(json_t *object, const char *key, json_t *names)
{
	if (json_array_size(names))
		json_object_set(object, key, names);
}

void import_set_hours(struct import *i, json_t *object, const struct import_route *r)
{
	json_t *mute = known_intervals(i, r, &r->mute), *active = known_intervals(i, r, &r->active);

	set_intervals(object, "mute", mute);
	set_intervals(object, "active", active);
	json_decref(mute);
	json_decref(active);
}

/* "active weekend, fair; mute nights" */
static void write_hours(struct buf *b, json_t *hours)
{
	const char *key;
	json_t *names;
	size_t i;

	json_object_foreach(hours, key, names)
	{
		buf_printf(b, "%s%s ", b->n ? "; " : "", key);
		for (i = 0; i < json_array_size(names); i++)
			buf_printf(b, "%s%s", i ? ", " : "", json_string_value(json_array_get(names, i)));
	}
}

static struct str name_in_hours(struct import *i, const char *name, struct str words)
{
	char *wished = arena_printf(i->arena, "%s (%.*s)", name, STR_ARG(words));
	if (strlen(wished) > NAME_ROOM)
		wished = arena_printf(i->arena, "%s in hours", name);
	return import_free_name(i, i->receivers, str_c(wished), "hours");
}

static json_t *receiver_named(const json_t *receivers, const char *name)
{
	for (size_t i = 0; i < json_array_size(receivers); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(receivers, i), "name")), name) == 0)
			return json_array_get(receivers, i);
	return NULL;
}

static json_t *add_receiver_in_hours(struct import *i, const char *name, struct str words, json_t *hours)
{
	struct str own = name_in_hours(i, name, words);
	json_t *copy = json_deep_copy(receiver_named(i->receivers, name));

	json_object_set_new(copy, "name", json_stringn(own.p, own.n));
	json_object_update(copy, hours);
	json_array_append_new(i->receivers, copy);
	return json_stringn(own.p, own.n);
}

const json_t *import_receivers_in_hours(struct import *i, const struct import_route *r)
{
	AUTOBUF struct buf words, key;
	const json_t *names = import_receivers_of(i, r->receiver);
	json_t *hours = json_object();

	import_set_hours(i, hours, r);
	buf_init(&words, SIZE_MAX);
	buf_init(&key, SIZE_MAX);
	write_hours(&words, hours);
	buf_printf(&key, "%.*s\n%.*s", STR_ARG(r->receiver), STR_ARG(buf_str(&words)));
	json_t *made = json_object_get(i->in_hours, buf_str(&key).p);
	if (json_object_size(hours) && !made) {
		made = json_array();
		json_object_set_new(i->in_hours, buf_str(&key).p, made);
		for (size_t k = 0; k < json_array_size(names); k++)
			json_array_append_new(
				made, add_receiver_in_hours(i, json_string_value(json_array_get(names, k)), buf_str(&words), hours));
	}
	const json_t *told = json_object_size(hours) ? made : names;
	json_decref(hours);
	return told;
}
