/* The on-call answer as JSON: cmd_oncall.c prints it, api_oncall.c sends it. */
#include "service/oncall.h"

#include <stdio.h>

#include "base/time.h"
#include "incident/message.h"

/* 2026-03-01T08:00Z, 2026-03-01T09:00+01:00 */
static bool parse_without_seconds(struct str text, int64_t *ms)
{
	char whole[TIME_FORMAT_MAX];
	const size_t minutes = sizeof "2026-03-01T09:00" - 1;
	if (text.n <= minutes || text.n - minutes > sizeof "+01:00" - 1)
		return false;
	snprintf(whole, sizeof whole, "%.*s:00%.*s", (int)minutes, text.p, (int)(text.n - minutes), text.p + minutes);
	return time_parse(str_c(whole), ms);
}

bool oncall_time(const struct config *c, const char *what, struct str text, int64_t *ms, struct err *err)
{
	int64_t wall;
	if (!text.n || time_parse(text, ms) || parse_without_seconds(text, ms))
		return true;
	if (time_parse_wall(text, &wall)) {
		*ms = zone_instant(c->zone, wall);
		return true;
	}
	err_add(err, "%s: \"%.*s\" is no time like 2026-03-01T09:00 or 2026-03-01T08:00:00Z", what, STR_ARG(text));
	return false;
}

static json_t *person_json(const struct on_call *who)
{
	json_t *receivers = json_array();
	for (size_t i = 0; who->person && i < who->person->receivers.n; i++)
		json_array_append_new(receivers, view_text(who->person->receivers.v[i]));
	return json_pack("{so so so so so ss}", "person", view_text(who->name), "from", view_time(who->from), "until",
	                 view_time(who->until), "receivers", receivers, "contact",
	                 who->person ? view_text(who->person->contact) : json_null(), "source",
	                 shift_source_name(who->source));
}

static json_t *gap_json(const struct turn *t)
{
	return json_pack("{so so so so so so}", "person", json_null(), "from", view_time(t->from), "until",
	                 view_time(t->until), "receivers", json_array(), "contact", json_null(), "source", json_null());
}

static void add_turn_persons(json_t *list, const struct turn *t, bool gaps)
{
	for (size_t i = 0; i < t->count; i++)
		json_array_append_new(list, person_json(&t->v[i]));
	if (gaps && !t->count)
		json_array_append_new(list, gap_json(t));
}

static bool fill_shifts(const struct config *c, const struct schedule *s, const struct oncall_question *q, json_t *list,
                        const char **why)
{
	AUTOARENA struct arena *arena = arena_new();
	struct turns turns = {0};
	struct turn now = {0};
	bool ok = q->until ? schedule_turns(c->catalog, s, q->at, q->until, arena, &turns, why)
	                   : schedule_turn_at(c->catalog, s, q->at, &now, why);
	if (ok && !q->until)
		add_turn_persons(list, &now, false);
	for (size_t i = 0; ok && i < turns.count; i++)
		add_turn_persons(list, &turns.v[i], true);
	return ok;
}

static json_t *schedule_json(const struct config *c, const struct schedule *s, const struct oncall_question *q)
{
	json_t *list = json_array();
	const char *why = NULL;
	bool ok = fill_shifts(c, s, q, list, &why);
	const struct err *trouble = &s->calendar->trouble;
	json_t *o = json_pack("{so so}", "name", view_text(s->name), "at", view_time(q->at));
	if (q->until)
		json_object_set_new(o, "until", view_time(q->until));
	json_object_set_new(o, q->until ? "shifts" : "on_call", list);
	json_object_set_new(o, "unknown_because", ok ? json_null() : view_text(str_c(why)));
	json_object_set_new(o, "fetched_at", view_time(s->calendar->fetched_at));
	json_object_set_new(o, "trouble", err_any(trouble) ? view_text(str_c(err_first(trouble))) : json_null());
	return o;
}

static bool question_fine(const struct config *c, const struct oncall_question *q, struct err *err)
{
	if (q->schedule.n && !catalog_schedule(c->catalog, q->schedule))
		err_add(err, "there is no schedule \"%.*s\"", STR_ARG(q->schedule));
	else if (q->until && (q->until <= q->at || q->until - q->at > ONCALL_WINDOW_MAX))
		err_add(err, "until must be after at, and within a year");
	else
		return true;
	return false;
}

json_t *oncall_json(const struct config *c, const struct oncall_question *q, struct err *err)
{
	const struct schedule *const *all;
	size_t count = catalog_schedules(c->catalog, &all);
	if (!question_fine(c, q, err))
		return NULL;
	const struct schedule *wanted = q->schedule.n ? catalog_schedule(c->catalog, q->schedule) : NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		if (!wanted || wanted == all[i])
			json_array_append_new(list, schedule_json(c, all[i], q));
	return json_pack("{so}", "schedules", list);
}
