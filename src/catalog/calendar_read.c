/* iCalendar text to events, of which calendar_expand.c makes shifts. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "calendar_impl.h"

#define COMPONENTS_MAX 60000
#define NESTING_MAX 6

struct calendar_reading {
	struct calendar *c;
	struct calendar_clocks clocks;
	const char *file;
	struct str text; /* unfolded */
	struct err *doubts;
};

/* ---- before libical ---- */

static bool begins_with_word(struct str line, const char *word)
{
	size_t n = strlen(word);
	return line.n > n && str_eq_nocase(str_slice(line, 0, n), (struct str){word, n}) &&
	       (line.p[n] == ':' || line.p[n] == ';');
}

/* Folded lines are put together, so that nothing is hidden in a fold. NULL where a byte is NUL. */
static char *unfold(struct arena *arena, struct str text, size_t *n)
{
	char *out = arena_alloc(arena, text.n + 1);
	*n = 0;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.n);
	for (size_t i = 0; i < text.n; i++) {
		size_t end = i + (text.p[i] == '\r');
		if (!text.p[i])
			return NULL;
		if (end + 1 < text.n && text.p[end] == '\n' && (text.p[end + 1] == ' ' || text.p[end + 1] == '\t'))
			i = end + 1;
		else
			out[(*n)++] = text.p[i];
	}
	return out;
}

/* libical frees what it has read by recursion: what is nested deeply, or is too much, does not come to it. */
static bool within_bounds(struct str text, const char **why)
{
	size_t components = 0;
	int depth = 0;
	while (text.n) {
		ptrdiff_t end = str_index(text, '\n');
		struct str line = str_trim(str_slice(text, 0, end < 0 ? text.n : (size_t)end));
		components += begins_with_word(line, "BEGIN");
		depth += begins_with_word(line, "BEGIN") - begins_with_word(line, "END");
		text = str_slice(text, end < 0 ? text.n : (size_t)end + 1, text.n);
		if (components > COMPONENTS_MAX || depth > NESTING_MAX) {
			*why = "the calendar has too many parts";
			return false;
		}
	}
	*why = components ? "the calendar is cut off" : "this is no iCalendar file";
	return components && !depth;
}

static icalcomponent *parse_calendar(struct arena *arena, struct str text, struct str *unfolded, const char **why)
{
	size_t n;
	*why = "the calendar is too large";
	char *p = text.n <= CALENDAR_BYTES_MAX ? unfold(arena, text, &n) : NULL;
	if (!p) {
		*why = text.n <= CALENDAR_BYTES_MAX ? "this is no iCalendar file: it has a NUL byte" : *why;
		return NULL;
	}
	*unfolded = (struct str){p, n};
	if (!within_bounds(*unfolded, why))
		return NULL;
	icalerror_set_errors_are_fatal(0);
	*why = "this is no iCalendar file";
	return icalparser_parse_string(p);
}

/* ---- one event ---- */

/* The file's line on which this UID stands first; unfolded lines are fewer, so it is where to begin to look. */
static int line_of_event(const struct calendar_reading *r, struct str uid)
{
	ptrdiff_t at = uid.n ? str_find(r->text, uid) : -1;
	int line = at < 0 ? 0 : 1;
	for (ptrdiff_t i = 0; i < at; i++)
		line += r->text.p[i] == '\n';
	return line;
}

static bool leave_event_out(const struct calendar_reading *r, struct calendar_event *e, const char *why)
{
	e->left_out = true;
	struct str name = e->summary.n ? e->summary : e->uid;
	err_at(r->doubts, (struct pos){r->file, line_of_event(r, e->uid), 0}, "event \"%.*s\" is left out: %s",
	       (int)(name.n > 200 ? 200 : name.n), name.n ? name.p : "", why);
	return false;
}

static struct str trimmed_text(struct arena *arena, const char *s)
{
	return arena_str(arena, str_trim(str_c(s)));
}

static bool read_start(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	return calendar_time_of(&r->clocks, p, icalproperty_get_dtstart(p), &e->start, why);
}

/* The end is kept in `length` until the start is known too. */
static bool read_event_duration(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	(void)r;
	e->length = calendar_length_of(icalproperty_get_duration(p));
	*why = "its DURATION is none";
	return e->length.days > 0 || e->length.exact > 0;
}

static struct calendar_rule *add_recurrence(struct calendar_reading *r, struct calendar_event *e)
{
	e->rules = arena_room(r->c->arena, e->rules, e->rule_count, &e->rule_capacity, sizeof *e->rules);
	return &e->rules[e->rule_count++];
}

/* UNTIL is the last instant; a date: the end of that day, a time without a zone: the event's own (sections 3.3.10). */
static int64_t rule_until(const struct calendar_event *e, struct icaltimetype until)
{
	if (icaltime_is_null_time(until))
		return INT64_MAX;
	int64_t wall = calendar_wall(until) + (until.is_date ? TIME_DAY - 1 : 0);
	return icaltime_is_utc(until) ? wall : zone_instant(e->start.zone, wall);
}

static bool keep_rule(struct calendar_reading *r, struct calendar_event *e, struct icalrecurrencetype rule,
                      bool excludes, const char **why)
{
	struct calendar_rule kept = {.rule = rule, .until = rule_until(e, rule.until), .excludes = excludes};
	if (!calendar_rule_settle(&kept, &e->start, why))
		return false;
	kept.rule.until = icaltime_null_time();
	*add_recurrence(r, e) = kept;
	return true;
}

static bool read_rrule(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	return keep_rule(r, e, icalproperty_get_rrule(p), false, why);
}

static bool read_exrule(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	return keep_rule(r, e, icalproperty_get_exrule(p), true, why);
}

static bool period_until(struct calendar_reading *r, icalproperty *p, struct icalperiodtype period,
                         struct calendar_extra *extra, const char **why)
{
	struct calendar_time end;
	extra->sized = true;
	if (icaltime_is_null_time(period.end)) {
		extra->until = calendar_end(&extra->time, calendar_length_of(period.duration));
		return true;
	}
	bool ok = calendar_time_of(&r->clocks, p, period.end, &end, why);
	extra->until = end.at;
	return ok;
}

static bool read_rdate(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	struct icaldatetimeperiodtype value = icalproperty_get_rdate(p);
	struct calendar_extra extra = {0};
	bool period = icaltime_is_null_time(value.time);
	if (!calendar_time_of(&r->clocks, p, period ? value.period.start : value.time, &extra.time, why) ||
	    (period && !period_until(r, p, value.period, &extra, why)))
		return false;
	e->extras = arena_room(r->c->arena, e->extras, e->extra_count, &e->extra_capacity, sizeof *e->extras);
	e->extras[e->extra_count++] = extra;
	return true;
}

static bool read_exdate(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	struct calendar_time time;
	if (!calendar_time_of(&r->clocks, p, icalproperty_get_exdate(p), &time, why))
		return false;
	calendar_add_without(r->c, e, time);
	return true;
}

static bool read_replaced(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	e->replaces = calendar_time_of(&r->clocks, p, icalproperty_get_recurrenceid(p), &e->replaced, why);
	icalparameter *range = icalproperty_get_first_parameter(p, ICAL_RANGE_PARAMETER);
	if (!e->replaces || !range)
		return e->replaces;
	e->onward = icalparameter_get_range(range) == ICAL_RANGE_THISANDFUTURE;
	*why = e->onward ? "it changes all later occurrences of another event, and repeats or is of whole days itself"
	                 : "which occurrences of another event it changes (RANGE) is not understood";
	return e->onward && !e->rule_count && !e->extra_count && e->start.date == e->replaced.date;
}

static bool read_attendee(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	icalparameter *answer = icalproperty_get_first_parameter(p, ICAL_PARTSTAT_PARAMETER);
	struct str who = trimmed_text(r->c->arena, icalproperty_get_attendee(p));
	(void)why;
	if (who.n > 7 && str_eq_nocase(str_slice(who, 0, 7), STR("mailto:")))
		who = str_slice(who, 7, who.n);
	if (answer && icalparameter_get_partstat(answer) == ICAL_PARTSTAT_DECLINED)
		return true;
	struct str *v = arena_alloc(r->c->arena, (e->attendees.n + 1) * sizeof *v);
	if (e->attendees.n)
		memcpy(v, e->attendees.v, e->attendees.n * sizeof *v);
	v[e->attendees.n] = who;
	e->attendees = (struct strs){v, e->attendees.n + 1};
	return true;
}

/* What libical could not read, it took out: an event without its rule would be another event. */
static bool read_error(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why)
{
	static const char *const matter[] = {"DTSTART", "DTEND", "DURATION", "RRULE",
	                                     "EXRULE",  "RDATE", "EXDATE",   "RECURRENCE-ID"};
	const char *said = icalproperty_get_xlicerror(p);
	(void)e;
	for (size_t i = 0; said && i < sizeof matter / sizeof *matter; i++) {
		*why = arena_printf(r->c->arena, "its %s cannot be understood", matter[i]);
		if (strstr(said, arena_printf(r->c->arena, " in %s property", matter[i])))
			return false;
	}
	return true;
}

/* In this order: what a rule's UNTIL means depends on the start. */
static const struct calendar_property {
	icalproperty_kind kind;
	bool (*read)(struct calendar_reading *r, struct calendar_event *e, icalproperty *p, const char **why);
} properties[] = {
	{ICAL_DTSTART_PROPERTY, read_start},         {ICAL_DURATION_PROPERTY, read_event_duration},
	{ICAL_RRULE_PROPERTY, read_rrule},           {ICAL_EXRULE_PROPERTY, read_exrule},
	{ICAL_RDATE_PROPERTY, read_rdate},           {ICAL_EXDATE_PROPERTY, read_exdate},
	{ICAL_RECURRENCEID_PROPERTY, read_replaced}, {ICAL_ATTENDEE_PROPERTY, read_attendee},
	{ICAL_XLICERROR_PROPERTY, read_error},
};

static bool read_properties(struct calendar_reading *r, icalcomponent *event, struct calendar_event *e,
                            const char **why)
{
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
		icalproperty *p = icalcomponent_get_first_property(event, properties[i].kind);
		for (; p; p = icalcomponent_get_next_property(event, properties[i].kind))
			if (!properties[i].read(r, e, p, why))
				return false;
	}
	return true;
}

/* A DTEND says the exact length of every occurrence, one of whole days their number (section 3.8.5.3). */
static bool read_length(struct calendar_reading *r, icalcomponent *event, struct calendar_event *e, const char **why)
{
	icalproperty *p = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	struct calendar_time end;
	*why = "it has no start";
	if (!icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY))
		return false;
	if (p && !calendar_time_of(&r->clocks, p, icalproperty_get_dtend(p), &end, why))
		return false;
	if (p && e->start.date)
		e->length = (struct calendar_length){(end.wall - e->start.wall) / TIME_DAY, 0};
	else if (p)
		e->length = (struct calendar_length){0, end.at - e->start.at};
	else if (e->start.date && !e->length.days)
		e->length.days = 1;
	*why = "it has no length";
	return e->cancelled || e->length.days > 0 || e->length.exact > 0;
}

static void read_event_words(struct calendar_reading *r, icalcomponent *event, struct calendar_event *e)
{
	struct arena *arena = r->c->arena;
	icalproperty *p = icalcomponent_get_first_property(event, ICAL_UID_PROPERTY);
	e->uid = p ? trimmed_text(arena, icalproperty_get_uid(p)) : e->uid;
	p = icalcomponent_get_first_property(event, ICAL_SUMMARY_PROPERTY);
	e->summary = p ? trimmed_text(arena, icalproperty_get_summary(p)) : e->summary;
	p = icalcomponent_get_first_property(event, ICAL_SEQUENCE_PROPERTY);
	e->sequence = p ? icalproperty_get_sequence(p) : 0;
	p = icalcomponent_get_first_property(event, ICAL_STATUS_PROPERTY);
	e->cancelled = p && icalproperty_get_status(p) == ICAL_STATUS_CANCELLED;
}

static void read_event(struct calendar_reading *r, icalcomponent *event)
{
	struct calendar *c = r->c;
	struct calendar_event e = {0};
	const char *why;
	read_event_words(r, event, &e);
	if (!read_properties(r, event, &e, &why) || !read_length(r, event, &e, &why))
		leave_event_out(r, &e, why);
	if (c->count == CALENDAR_EVENTS_MAX)
		leave_event_out(r, &e, "the calendar has too many events");
	if (c->count == CALENDAR_EVENTS_MAX)
		return;
	e.order = c->count;
	c->events = arena_room(c->arena, c->events, c->count, &c->capacity, sizeof *c->events);
	c->events[c->count++] = e;
}

/* ---- the file ---- */

static void read_zone_name(struct calendar_reading *r, icalcomponent *calendar)
{
	icalproperty *p = icalcomponent_get_first_property(calendar, ICAL_X_PROPERTY);
	const char *why;
	for (; p; p = icalcomponent_get_next_property(calendar, ICAL_X_PROPERTY)) {
		struct str name = str_c(icalproperty_get_x_name(p));
		if (!str_eq(name, STR("X-WR-TIMEZONE")))
			continue;
		struct str zone = trimmed_text(r->c->arena, icalproperty_get_value_as_string(p));
		if (!calendar_clock(&r->clocks, zone, &r->clocks.floating, &why))
			err_at(r->doubts, (struct pos){r->file, line_of_event(r, name), 0}, "X-WR-TIMEZONE \"%.*s\": %s",
			       STR_ARG(zone), why);
	}
}

/* Several calendars in one text stand below a component of their own. */
static void read_components(struct calendar_reading *r, icalcomponent *below, int depth)
{
	if (icalcomponent_isa(below) == ICAL_VCALENDAR_COMPONENT)
		read_zone_name(r, below);
	icalcompiter it = icalcomponent_begin_component(below, ICAL_ANY_COMPONENT);
	for (icalcomponent *c; (c = icalcompiter_deref(&it)); icalcompiter_next(&it)) {
		if (icalcomponent_isa(c) == ICAL_VEVENT_COMPONENT)
			read_event(r, c);
		else if (depth && icalcomponent_isa(c) == ICAL_VCALENDAR_COMPONENT)
			read_components(r, c, depth - 1);
	}
}

/* What only shows beside the other events. */
static void say_doubts(const struct calendar_reading *r)
{
	for (size_t i = 0; i < r->c->count; i++) {
		struct calendar_event *e = &r->c->events[i];
		if (e->doubt)
			leave_event_out(r, e, e->doubt);
	}
}

static struct calendar *calendar_new(const struct zone *floating)
{
	struct arena *arena = arena_new();
	struct calendar *c = arena_alloc(arena, sizeof *c);
	c->arena = arena;
	c->floating = floating;
	return c;
}

struct calendar *calendar_read(const char *file, struct str text, const struct zone *floating,
                               const struct calendar_zones *zones, struct err *doubts, struct err *err)
{
	struct calendar *c = calendar_new(floating);
	struct calendar_reading r = {.c = c, .file = file, .doubts = doubts};
	const char *why;
	icalcomponent *root = parse_calendar(c->arena, text, &r.text, &why);
	if (!root) {
		err_at(err, (struct pos){file, 0, 0}, "%s", why);
		calendar_free(c);
		return NULL;
	}
	r.clocks = (struct calendar_clocks){.arena = c->arena,
	                                    .zones = zones,
	                                    .floating = floating,
	                                    .root = root,
	                                    .work = CALENDAR_WORK_MAX / 4,
	                                    .known = map_new()};
	read_components(&r, root, 1);
	calendar_connect(c);
	say_doubts(&r);
	map_free(r.clocks.known);
	icalcomponent_free(root);
	return c;
}

void calendar_free(struct calendar *c)
{
	if (c)
		arena_free(c->arena);
}
