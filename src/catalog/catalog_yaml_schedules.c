/* The sections of catalog.yml that say who is on call: schedules and people. */
#include "base/time.h"
#include "catalog/catalog_yaml.h"
#include "catalog/schedule.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define ROW(target, row_name, member, option_type, text)                                                               \
	{                                                                                                                  \
		.name = (row_name), .type = (option_type), .offset = offsetof(struct target, member), .doc = (text)            \
	}

/* ---- people ---- */

struct night_entry {
	int64_t from, until;
	bool weekends;
};

static const struct option night_rows[] = {
	{.name = "from",
     .type = OPTION_INT,
     .offset = offsetof(struct night_entry, from),
     .fallback = "22",
     .most = 23,
     .doc = "The hour at which it begins."},
	{.name = "until",
     .type = OPTION_INT,
     .offset = offsetof(struct night_entry, until),
     .fallback = "7",
     .most = 23,
     .doc = "The hour at which it is over; the same as from: there is none."},
	{.name = "weekends",
     .type = OPTION_BOOL,
     .offset = offsetof(struct night_entry, weekends),
     .fallback = "true",
     .doc = "Saturdays and Sundays count whole."},
};

static const struct option_table night_table = OPTION_TABLE(night_rows);

struct person_entry {
	struct person person;
	struct yaml_node *night;
};
#define OF_PERSON(row_name, member, option_type, text) ROW(person_entry, row_name, person.member, option_type, text)

static const struct option person_rows[] = {
	{.name = "name",
     .type = OPTION_STR,
     .offset = offsetof(struct person_entry, person.name),
     .required = true,
     .doc = "As rotations and overrides name them."},
	OF_PERSON("calendar_names", calendar_names, OPTION_STRS, "Mail addresses and names that calendars have for them."),
	OF_PERSON("receivers", receivers, OPTION_STRS, "The receivers that reach them."),
	OF_PERSON("contact", contact, OPTION_STR, "What a page says about reaching them."),
	OF_PERSON("time_zone", time_zone, OPTION_STR, "Where they are."),
	{.name = "night",
     .type = OPTION_NODE,
     .offset = offsetof(struct person_entry, night),
     .inner = &night_table,
     .doc = "When a page costs them their night."},
};

const struct option_table person_table = OPTION_TABLE(person_rows);

static bool read_night(struct yaml_reading *r, const struct yaml_node *node, struct person *p)
{
	struct night_entry e;
	if (!node)
		return true;
	options_defaults(night_rows, COUNT(night_rows), r->c->arena, &e);
	if (!options_read(night_rows, COUNT(night_rows), node, "night", r->c->arena, &e, NULL, r->err))
		return false;
	p->says_night = true;
	p->night = (struct night){(int)e.from, (int)e.until, e.weekends};
	return true;
}

bool yaml_read_person(struct yaml_reading *r, struct yaml_node *node)
{
	struct person_entry e = {.night = NULL};
	struct person *p = arena_alloc(r->c->arena, sizeof *p);
	if (!options_read(person_rows, COUNT(person_rows), node, r->what, r->c->arena, &e, NULL, r->err))
		return false;
	*p = e.person;
	p->at = node->at;
	return read_night(r, e.night, p) && yaml_claim(r, r->c->people, node, p->name, p);
}

/* ---- schedules ---- */

struct rotation_entry {
	struct strs people;
	struct str start, time_zone;
	int64_t every;
};

static const struct option rotation_rows[] = {
	{.name = "people",
     .type = OPTION_STRS,
     .offset = offsetof(struct rotation_entry, people),
     .required = true,
     .doc = "Who takes turns, in order."},
	{.name = "start",
     .type = OPTION_STR,
     .offset = offsetof(struct rotation_entry, start),
     .required = true,
     .doc = "When the first one begins: 2026-01-05T09:00. Its weekday and time are those of every handover."},
	{.name = "every",
     .type = OPTION_DURATION,
     .offset = offsetof(struct rotation_entry, every),
     .fallback = "7d",
     .least = TIME_HOUR,
     .most = 366 * TIME_DAY,
     .doc = "How long a turn is, on the clock of the time zone."},
	ROW(rotation_entry, "time_zone", time_zone, OPTION_STR, "Of start and overrides; the schedule's by default."),
};

static const struct option_table rotation_table = OPTION_TABLE(rotation_rows);

static bool read_rotation(struct yaml_reading *r, const struct yaml_node *node, struct schedule *s)
{
	struct rotation_entry e;
	if (!node)
		return true;
	options_defaults(rotation_rows, COUNT(rotation_rows), r->c->arena, &e);
	if (!options_read(rotation_rows, COUNT(rotation_rows), node, "rotation", r->c->arena, &e, NULL, r->err))
		return false;
	s->rotation = (struct rotation){.people = e.people, .every = e.every, .at = node->at};
	if (e.time_zone.n)
		s->time_zone = e.time_zone;
	const struct yaml_node *start = yaml_get(node, "start");
	if (!e.people.n)
		err_at(r->err, node->at, "rotation: \"people\" must name somebody");
	else if (!time_parse_wall(e.start, &s->rotation.start))
		err_at(r->err, start->at, "rotation: start \"%.*s\" is no time like 2026-01-05T09:00, without an offset",
		       STR_ARG(e.start));
	else
		return true;
	return false;
}

struct override_entry {
	struct str person, from, until;
};

static const struct option override_rows[] = {
	{.name = "person",
     .type = OPTION_STR,
     .offset = offsetof(struct override_entry, person),
     .required = true,
     .doc = "Who is on call instead."},
	{.name = "from",
     .type = OPTION_STR,
     .offset = offsetof(struct override_entry, from),
     .required = true,
     .doc = "2026-03-01T09:00 on the clock of the time zone, or with an offset."},
	{.name = "until",
     .type = OPTION_STR,
     .offset = offsetof(struct override_entry, until),
     .required = true,
     .doc = "When it ends, likewise."},
};

static const struct option_table override_table = OPTION_TABLE(override_rows);

static bool read_schedule_time(struct yaml_reading *r, const struct yaml_node *node, const char *key, struct str text,
                               struct schedule_time *out)
{
	out->wall = time_parse_wall(text, &out->ms);
	if (out->wall || time_parse(text, &out->ms))
		return true;
	err_at(r->err, yaml_get(node, key)->at, "override: %s \"%.*s\" is no time like 2026-03-01T09:00", key,
	       STR_ARG(text));
	return false;
}

static bool read_override(struct yaml_reading *r, const struct yaml_node *node, struct schedule *s)
{
	struct override_entry e = {0};
	struct schedule_override *o = &s->overrides[s->override_count];
	if (!options_read(override_rows, COUNT(override_rows), node, "override", r->c->arena, &e, NULL, r->err))
		return false;
	*o = (struct schedule_override){.person = e.person, .at = node->at};
	if (!read_schedule_time(r, node, "from", e.from, &o->from) ||
	    !read_schedule_time(r, node, "until", e.until, &o->until))
		return false;
	if (o->from.wall == o->until.wall && o->from.ms >= o->until.ms) {
		err_at(r->err, node->at, "override: it ends before it begins");
		return false;
	}
	s->override_count++;
	return true;
}

static bool read_overrides(struct yaml_reading *r, const struct yaml_node *node, struct schedule *s)
{
	bool ok = true;
	if (!node || yaml_is_null(node))
		return true;
	if (node->kind != YAML_LIST) {
		err_at(r->err, node->at, "overrides: expected a list of {person, from, until}, this is a %s",
		       yaml_kind_name(node));
		return false;
	}
	s->overrides = arena_alloc(r->c->arena, (node->count + 1) * sizeof *s->overrides);
	for (size_t i = 0; i < node->count; i++)
		ok = read_override(r, node->items[i], s) && ok;
	return ok;
}

struct schedule_entry {
	struct schedule schedule;
	const struct yaml_node *rotation, *overrides;
};

static const struct option schedule_rows[] = {
	{.name = "name",
     .type = OPTION_STR,
     .offset = offsetof(struct schedule_entry, schedule.name),
     .required = true,
     .doc = "As contacts, steps and `runbookctl oncall` name it."},
	ROW(schedule_entry, "names", schedule.names, OPTION_STRS, "What else contacts call it: PagerDuty rotation."),
	ROW(schedule_entry, "ical_file", schedule.ical_file, OPTION_STR, "A calendar file (iCalendar)."),
	ROW(schedule_entry, "ical_url", schedule.ical_url, OPTION_STR, "Where the calendar is published."),
	ROW(schedule_entry, "ical_url_file", schedule.ical_url_file, OPTION_STR,
        "A file that holds the URL, where that is a secret."),
	{.name = "poll",
     .type = OPTION_DURATION,
     .offset = offsetof(struct schedule_entry, schedule.poll),
     .fallback = "5m",
     .least = TIME_SECOND,
     .most = TIME_DAY,
     .doc = "How often the URL is asked."},
	ROW(schedule_entry, "time_zone", schedule.time_zone, OPTION_STR, "Of times that name none; runbookd's by default."),
	{.name = "rotation",
     .type = OPTION_NODE,
     .offset = offsetof(struct schedule_entry, rotation),
     .inner = &rotation_table,
     .doc = "People who take turns."},
	{.name = "overrides",
     .type = OPTION_NODE,
     .offset = offsetof(struct schedule_entry, overrides),
     .inner = &override_table,
     .list = true,
     .doc = "Who is on call instead, for a time."},
};
const struct option_table schedule_table = OPTION_TABLE(schedule_rows);

/* A calendar, or a rotation, or overrides alone: exactly one of the first two, where there is any. */
static bool check_sources(struct yaml_reading *r, const struct schedule *s)
{
	int calendars = (s->ical_file.n > 0) + (s->ical_url.n > 0) + (s->ical_url_file.n > 0);
	int sources = calendars + (s->rotation.people.n > 0);
	if (sources == 1)
		return true;
	err_at(r->err, s->at, "schedule \"%.*s\": give it %s of ical_file, ical_url, ical_url_file and rotation",
	       STR_ARG(s->name), sources ? "only one" : "one");
	return false;
}

bool yaml_read_schedule(struct yaml_reading *r, struct yaml_node *node)
{
	struct schedule_entry e = {0};
	options_defaults(schedule_rows, COUNT(schedule_rows), r->c->arena, &e);
	e.schedule.at = node->at;
	if (!options_read(schedule_rows, COUNT(schedule_rows), node, r->what, r->c->arena, &e, NULL, r->err))
		return false;
	bool ok = read_rotation(r, e.rotation, &e.schedule);
	ok = read_overrides(r, e.overrides, &e.schedule) && ok;
	if (!ok || !check_sources(r, &e.schedule))
		return false;
	struct schedule *s = arena_alloc(r->c->arena, sizeof *s);
	*s = e.schedule;
	s->calendar = arena_alloc(r->c->arena, sizeof *s->calendar);
	return yaml_claim(r, r->c->schedules, node, s->name, s);
}
