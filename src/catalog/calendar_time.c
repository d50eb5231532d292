/* A calendar's times: TZID to zone (the system's, else the file's own VTIMEZONE), values to wall times and instants. */
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "calendar_impl.h"

#define CHANGES_UNTIL INT64_C(4102444800000) /* 2100-01-01: what a VTIMEZONE says is followed up to there */

struct zone_of { /* a map's value: a zone may be NULL */
	const struct zone *zone;
	const char *why; /* not NULL: there is none */
};

static int64_t days_of(int year, int month, int day)
{
	char text[16];
	int64_t wall = 0;
	snprintf(text, sizeof text, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
	return time_parse_wall(str_c(text), &wall) ? wall : 0;
}

int64_t calendar_wall(struct icaltimetype t)
{
	int64_t clock = t.is_date ? 0 : t.hour * TIME_HOUR + t.minute * TIME_MINUTE + t.second * TIME_SECOND;
	return days_of(t.year, t.month, t.day) + clock;
}

struct calendar_length calendar_length_of(struct icaldurationtype d)
{
	if (d.is_neg)
		return (struct calendar_length){0, 0};
	int64_t days = (int64_t)d.weeks * 7 + d.days;
	int64_t exact = d.hours * TIME_HOUR + d.minutes * TIME_MINUTE + d.seconds * TIME_SECOND;
	return (struct calendar_length){days, exact};
}

int64_t calendar_end(const struct calendar_time *start, struct calendar_length length)
{
	if (!length.days)
		return start->at + length.exact;
	return zone_instant(start->zone, start->wall + length.days * TIME_DAY) + length.exact;
}

/* ---- VTIMEZONE ---- */

struct changes {
	struct arena *arena;
	struct zone_change *v;
	size_t count, capacity;
	size_t *work;
	int32_t from, to; /* of the observance that is being read: seconds east */
	int64_t first;    /* when the earliest one begins, and what held before it */
	int32_t before;
};

static bool add_zone_change(void *arg, int64_t wall, int64_t at)
{
	struct changes *c = arg;
	(void)at;
	c->v = arena_room(c->arena, c->v, c->count, &c->capacity, sizeof *c->v);
	c->v[c->count++] = (struct zone_change){wall - c->from * TIME_SECOND, c->to};
	return true;
}

static struct icaltimetype onset(icalcomponent *observance)
{
	icalproperty *start = icalcomponent_get_first_property(observance, ICAL_DTSTART_PROPERTY);
	return start ? icalproperty_get_dtstart(start) : icaltime_null_time();
}

static bool offset_of(icalcomponent *observance, icalproperty_kind kind, int32_t *out)
{
	icalproperty *p = icalcomponent_get_first_property(observance, kind);
	if (!p)
		return false;
	*out = kind == ICAL_TZOFFSETTO_PROPERTY ? icalproperty_get_tzoffsetto(p) : icalproperty_get_tzoffsetfrom(p);
	return true;
}

/* An UNTIL is in UTC: the instants of an observance are its wall times less what held before. */
static bool add_rule_changes(struct changes *c, icalproperty *p, const struct calendar_time *start)
{
	struct calendar_rule r = {.rule = icalproperty_get_rrule(p)};
	const char *why;
	if (!calendar_rule_settle(&r, start, &why))
		return false;
	r.until = icaltime_is_null_time(r.rule.until) ? CHANGES_UNTIL : calendar_wall(r.rule.until) + c->from * TIME_SECOND;
	r.rule.until = icaltime_null_time();
	return calendar_rule_each(&r, start, CHANGES_UNTIL, c->work, add_zone_change, c);
}

static bool read_observance(struct changes *c, icalcomponent *observance)
{
	struct icaltimetype t = onset(observance);
	if (icaltime_is_null_time(t) || !offset_of(observance, ICAL_TZOFFSETTO_PROPERTY, &c->to) ||
	    !offset_of(observance, ICAL_TZOFFSETFROM_PROPERTY, &c->from))
		return false;
	struct calendar_time start = {.wall = calendar_wall(t), .at = calendar_wall(t)};
	if (!c->count || start.wall < c->first) {
		c->first = start.wall;
		c->before = c->from;
	}
	icalproperty *p = icalcomponent_get_first_property(observance, ICAL_RRULE_PROPERTY);
	add_zone_change(c, start.wall, 0);
	for (; p; p = icalcomponent_get_next_property(observance, ICAL_RRULE_PROPERTY))
		if (!add_rule_changes(c, p, &start))
			return false;
	p = icalcomponent_get_first_property(observance, ICAL_RDATE_PROPERTY);
	for (; p; p = icalcomponent_get_next_property(observance, ICAL_RDATE_PROPERTY))
		add_zone_change(c, calendar_wall(icalproperty_get_rdate(p).time), 0);
	return true;
}

static int by_instant(const void *a, const void *b)
{
	int64_t x = ((const struct zone_change *)a)->at, y = ((const struct zone_change *)b)->at;
	return x < y ? -1 : x > y;
}

static const struct zone *zone_of_component(struct arena *arena, icalcomponent *definition, size_t *work)
{
	struct changes c = {.arena = arena, .work = work};
	icalcomponent *o = icalcomponent_get_first_component(definition, ICAL_ANY_COMPONENT);
	for (; o; o = icalcomponent_get_next_component(definition, ICAL_ANY_COMPONENT))
		if (!read_observance(&c, o))
			return NULL;
	if (!c.count)
		return NULL;
	qsort(c.v, c.count, sizeof *c.v, by_instant);
	return zone_of_changes(arena, c.before, c.v, c.count);
}

static bool is_definition_of(icalcomponent *component, struct str tzid)
{
	icalproperty *p = icalcomponent_get_first_property(component, ICAL_TZID_PROPERTY);
	return icalcomponent_isa(component) == ICAL_VTIMEZONE_COMPONENT && p &&
	       str_eq(str_c(icalproperty_get_tzid(p)), tzid);
}

/* Two calendars in one text stand below a component of their own. */
static icalcomponent *find_definition(icalcomponent *below, struct str tzid, int depth)
{
	icalcompiter it = icalcomponent_begin_component(below, ICAL_ANY_COMPONENT);
	for (icalcomponent *c; (c = icalcompiter_deref(&it)); icalcompiter_next(&it)) {
		icalcomponent *found = is_definition_of(c, tzid) ? c : depth ? find_definition(c, tzid, depth - 1) : NULL;
		if (found)
			return found;
	}
	return NULL;
}

/* ---- TZID ---- */

/* "/example.org/20250101_1/Europe/Berlin" is a name of somebody's own that ends in the system's. */
static bool system_zone(const struct calendar_zones *zones, struct str name, const struct zone **out)
{
	bool global = str_starts(name, STR("/"));
	while (str_starts(name, STR("/")))
		name = str_slice(name, 1, name.n);
	while (name.n) {
		if (zones->find(zones->arg, name, out))
			return true;
		ptrdiff_t slash = str_index(name, '/');
		if (!global || slash < 0)
			return false;
		name = str_slice(name, (size_t)slash + 1, name.n);
	}
	return false;
}

static void look_up_zone(struct calendar_clocks *k, struct str tzid, struct zone_of *z)
{
	if (system_zone(k->zones, tzid, &z->zone))
		return;
	icalcomponent *definition = find_definition(k->root, tzid, 2);
	z->why = "the time zone is neither one of the system nor defined in the file";
	if (!definition)
		return;
	z->zone = zone_of_component(k->arena, definition, &k->work);
	z->why = z->zone ? NULL : "the file's definition of its time zone cannot be understood";
}

bool calendar_clock(struct calendar_clocks *k, struct str tzid, const struct zone **out, const char **why)
{
	struct zone_of *z = map_get(k->known, tzid);
	if (!z) {
		z = arena_alloc(k->arena, sizeof *z);
		look_up_zone(k, tzid, z);
		map_set(k->known, tzid, z);
	}
	*out = z->zone;
	*why = z->why;
	return !z->why;
}

bool calendar_time_of(struct calendar_clocks *k, icalproperty *p, struct icaltimetype value, struct calendar_time *out,
                      const char **why)
{
	icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	*out = (struct calendar_time){.zone = k->floating, .date = value.is_date};
	*why = "a time cannot be understood";
	if (icaltime_is_null_time(value) || !icaltime_is_valid_time(value) || value.year < 1970 || value.year > 9999)
		return false;
	out->wall = calendar_wall(value);
	if (icaltime_is_utc(value))
		out->zone = NULL;
	else if (!value.is_date && tzid && !calendar_clock(k, str_c(icalparameter_get_tzid(tzid)), &out->zone, why))
		return false;
	out->at = zone_instant(out->zone, out->wall);
	return true;
}
