/*
 * What catalog.yml's schedules need from outside: time zones, calendar files, and of calendars that are polled the last good
 * copy (calendar_copy.c).
 */
#include "load.h"

/* Whoever publishes calendars for all to see does so with https; a secret is in the URL often enough. */
static bool is_calendar_url_allowed(struct str url)
{
	return receiver_url_valid(url) && receiver_url_safe(url);
}

#define URL_WANTED "an https URL, or http to a loopback address"

/* A calendar's own scheme for "subscribe" is https in disguise. */
static struct str as_https(struct arena *arena, struct str url)
{
	if (!str_starts(url, STR("webcal://")))
		return url;
	return str_c(arena_printf(arena, "https://%.*s", STR_ARG(str_slice(url, 9, url.n))));
}

bool config_calendar_url(const struct config *c, const struct schedule *s, struct arena *arena, struct str *out,
                         struct err *err)
{
	const char *why;
	(void)c;
	*out = as_https(arena, s->ical_url);
	if (s->ical_url_file.n && !secret_read(arena, s->ical_url_file, out, &why)) {
		err_add(err, "schedule %.*s: ical_url_file: %.*s: %s", STR_ARG(s->name), STR_ARG(s->ical_url_file), why);
		return false;
	}
	*out = as_https(arena, *out);
	if (!is_calendar_url_allowed(*out))
		err_add(err, "schedule %.*s: the URL in %.*s is not " URL_WANTED, STR_ARG(s->name), STR_ARG(s->ical_url_file));
	return is_calendar_url_allowed(*out);
}

/* Relative to the catalog file that names it. */
static struct str path_beside(struct loading *l, const struct schedule *s, struct str path)
{
	struct str folder = str_c(s->at.file);
	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	return path.n ? arena_str(l->c->arena, files_path(l->files, folder, path)) : path;
}

static void load_file(struct loading *l, struct schedule *s)
{
	struct str path = path_beside(l, s, s->ical_file), text;
	const struct calendar_zones zones = config_zones(l->c);
	const char *why;
	if (!files_read(l->files, path, CALENDAR_BYTES_MAX, &text, &why))
		err_at(l->err, s->at, "schedule \"%.*s\": %.*s: %s", STR_ARG(s->name), STR_ARG(path), why);
	else if (!schedule_take_calendar(s, arena_cstr(l->c->arena, path), text, &zones))
		err_at(l->err, s->at, "schedule \"%.*s\": %s", STR_ARG(s->name), err_first(&s->calendar->trouble));
}

static void load_copy(struct loading *l, struct schedule *s)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct calendar_zones zones = config_zones(l->c);
	struct calendar_copy copy;
	struct str url;
	const char *name = arena_printf(l->c->arena, "calendar of %.*s", STR_ARG(s->name));
	if (!config_calendar_url(l->c, s, arena, &url, &err) || !calendar_copy_read(l->c, s, url, arena, &copy))
		return;
	if (schedule_take_calendar(s, name, copy.text, &zones))
		s->calendar->fetched_at = copy.fetched_at;
}

static void load_url(struct loading *l, struct schedule *s)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct str url;
	s->ical_url_file = path_beside(l, s, s->ical_url_file);
	load_check_secret(l, s->ical_url_file, s->at, "ical_url_file");
	if (s->ical_url.n && !is_calendar_url_allowed(as_https(arena, s->ical_url)))
		err_at(l->err, s->at, "schedule \"%.*s\": \"ical_url\" must be " URL_WANTED, STR_ARG(s->name));
	else if (!l->options->no_secrets && s->ical_url_file.n && !config_calendar_url(l->c, s, arena, &url, &err))
		err_at(l->err, s->at, "%s", err_first(&err));
	else
		load_copy(l, s);
}

static void load_one(struct loading *l, struct schedule *s)
{
	struct str zone = s->time_zone.n ? s->time_zone : l->c->time_zone;
	if (!load_zone(l, zone, s->at, &s->zone))
		return;
	if (s->ical_file.n)
		load_file(l, s);
	else if (schedule_is_polled(s))
		load_url(l, s);
}

static void warn_unknown(struct loading *l, struct pos at, const struct schedule *s, struct str person)
{
	if (!l->options->tolerant && !catalog_person(l->c->catalog, person)) /* lint has its own words for it */
		err_warn(l->warnings, at, "schedule \"%.*s\" names \"%.*s\", who is not among the people", STR_ARG(s->name),
		         STR_ARG(person));
}

static void warn_unknown_people(struct loading *l, const struct schedule *s)
{
	for (size_t i = 0; i < s->rotation.people.n; i++)
		warn_unknown(l, s->rotation.at, s, s->rotation.people.v[i]);
	for (size_t i = 0; i < s->override_count; i++)
		warn_unknown(l, s->overrides[i].at, s, s->overrides[i].person);
	for (size_t i = 0; i < s->calendar->doubts.count && !l->options->tolerant; i++)
		err_add(l->warnings, "%s", s->calendar->doubts.lines[i]);
}

/* Whoever is reached by it reads it where he is, and has his night; of several who share one the first that says so. */
static void place_receiver(struct config_receiver *r, const struct person *p, const struct zone *const *zone)
{
	if (zone && !r->own_zone) {
		r->zone = *zone;
		r->own_zone = true;
	}
	if (p->says_night && !r->own_night) {
		r->night = p->night;
		r->own_night = true;
	}
}

static void place_person(struct loading *l, const struct person *p)
{
	const struct zone *zone;
	bool placed = p->time_zone.n && load_zone(l, p->time_zone, p->at, &zone);
	for (size_t i = 0; i < l->c->receiver_count; i++)
		for (size_t k = 0; k < p->receivers.n; k++)
			if (str_eq(l->c->receivers[i].name, p->receivers.v[k]))
				place_receiver(&l->c->receivers[i], p, placed ? &zone : NULL);
}

static void place_people(struct loading *l)
{
	const struct person *const *people;
	size_t count = catalog_people(l->c->catalog, &people);
	for (size_t i = 0; i < count; i++)
		place_person(l, people[i]);
}

void load_schedules(struct loading *l)
{
	const struct schedule *const *list;
	size_t count = catalog_schedules(l->c->catalog, &list);
	place_people(l);
	for (size_t i = 0; i < count; i++) {
		load_one(l, catalog_schedule_to_fill(l->c->catalog, i));
		warn_unknown_people(l, list[i]);
	}
}
