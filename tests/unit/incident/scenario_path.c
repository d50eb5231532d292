#include "scenario_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "catalog/hours.h"
#include "incident/target.h"
#include "scenario_step.h"

static struct escalation_step step_of_text(struct arena *arena, char *text)
{
	char *colon = strchr(text, ':'), *save;
	struct escalation_step step = {.notify = {arena_alloc(arena, 8 * sizeof(struct str)), 0}};
	*colon = '\0';
	step.after_ms = *text == '?' ? -1 : step_duration(text);
	for (char *name = strtok_r(colon + 1, "+", &save); name; name = strtok_r(NULL, "+", &save))
		step.notify.v[step.notify.n++] = str_c(name);
	return step;
}

const struct escalation *path_of(struct arena *arena, const char *text)
{
	struct escalation *x = arena_alloc(arena, sizeof *x);
	char *save;
	x->name = STR("path");
	x->steps = arena_alloc(arena, 32 * sizeof *x->steps);
	for (char *one = strtok_r(arena_cstr(arena, str_c(text)), ",", &save); one; one = strtok_r(NULL, ",", &save))
		x->steps[x->count++] = step_of_text(arena, one);
	return x;
}

static bool no_zone(void *arg, struct str name, const struct zone **out)
{
	(void)arg;
	*out = NULL;
	return str_eq_c(name, "UTC");
}

void path_quiet(struct path_roles *roles, struct arena *arena, const char *until, struct plan *plan)
{
	AUTOERR struct err err = ERR_INIT;
	const struct calendar_zones zones = {no_zone, NULL};
	const char *text = arena_printf(
		arena, "[{name: q%s, time_intervals: [{times: [{start_time: '22:00', end_time: '%s'}]}]}]", until, until);
	struct str *name = arena_alloc(arena, sizeof *name);
	*name = str_c(arena_printf(arena, "q%s", until));
	if (!roles->catalog)
		roles->catalog = catalog_new();
	if (!catalog_hours(roles->catalog, *name))
		catalog_add_hours(roles->catalog, yaml_parse(arena, "quiet", str_c(text), &err), NULL, &zones, &err);
	plan->hours.catalog = roles->catalog;
	plan->hours.said.mute = (struct strs){name, 1};
}

void path_reach(const void *arg, struct str role, int64_t now, struct arena *arena, struct escalation_reached *out)
{
	const struct path_roles *roles = arg;
	bool handed_over = roles->handover && now >= roles->handover;
	*out = (struct escalation_reached){.who = role, .contact = STR("room 7"), .by_default = str_eq_c(role, "ghost")};
	out->receivers = (struct strs){arena_alloc(arena, sizeof(struct str)), 1};
	out->receivers.v[0] = STR("oncall");
	if (!out->by_default && !str_eq_c(role, "oncall"))
		out->receivers.v[0] = str_c(arena_printf(arena, "%.*s-%s", STR_ARG(role), handed_over ? "pager" : "phone"));
}

const char *path_next(struct arena *arena, const struct incident *inc, int64_t base)
{
	AUTOBUF struct buf b;
	char text[TIME_DURATION_MAX];
	int64_t at;
	const struct incident_step *step = escalation_next(inc, &at);
	buf_init(&b, 4096);
	buf_add_c(&b, step ? time_duration_format(at - base, text) : "never");
	struct str rest = step ? step->notify : (struct str){NULL, 0};
	for (struct str name; escalation_take_name(&rest, &name);)
		buf_printf(&b, " %.*s", STR_ARG(name));
	return arena_cstr(arena, buf_str(&b));
}

const char *path_ran(struct arena *arena, const struct incident *inc, int64_t base)
{
	AUTOBUF struct buf b;
	char text[TIME_DURATION_MAX];
	buf_init(&b, 4096);
	for (size_t i = 0; i < inc->step_count; i++)
		buf_printf(&b, "%s%s", i ? " " : "",
		           inc->steps[i].ran_at ? time_duration_format(inc->steps[i].ran_at - base, text) : "-");
	return arena_cstr(arena, buf_str(&b));
}

const struct severity *path_severity(struct arena *arena, int64_t response_ms, int64_t resolution_ms)
{
	struct severity *s = arena_alloc(arena, sizeof *s);
	s->response_ms = response_ms;
	s->resolution_ms = resolution_ms;
	return s;
}

static void plan_receivers(struct arena *arena, const struct step *step, struct plan *plan)
{
	const char *to = step_option(step, "to");
	char *list = arena_cstr(arena, str_c(to ? to : "oncall"));
	plan->receivers.names.v = arena_alloc(arena, 8 * sizeof(struct str));
	for (char *save = NULL, *one = strtok_r(list, "+", &save); one; one = strtok_r(NULL, "+", &save))
		plan->receivers.names.v[plan->receivers.names.n++] = str_c(one);
}

struct plan *story_plan(struct arena *arena, const char *key, struct path_roles *roles, const struct step *step)
{
	struct plan *plan = arena_alloc(arena, sizeof *plan);
	plan->alertname = STR("HighCPU");
	plan->owner.name = STR("platform");
	plan->severity.rank = step_option(step, "sev") ? (int)strtol(step_option(step, "sev"), NULL, 10) : 1;
	plan->severity.name = plan->severity.rank ? STR("P1") : STR("P0");
	plan->severity.entry = path_severity(arena, step_option_ms(step, "respond", 0), step_option_ms(step, "over", 0));
	plan->page = !step_option(step, "nopage");
	plan->page_after.ms = step_option_ms(step, "after", 0);
	plan->resolve_hold.ms = step_option_ms(step, "hold", 0);
	plan->repeat_interval.ms = step_option_ms(step, "repeat", 4 * TIME_HOUR);
	plan->summary.text = STR("cpu is high");
	plan->heartbeat.ms = step_option_ms(step, "every", 0);
	if (!step_option(step, "elsewhere"))
		memcpy(plan->key, key, sizeof plan->key);
	plan_receivers(arena, step, plan);
	if (step_option(step, "quiet"))
		path_quiet(roles, arena, step_option(step, "quiet"), plan);
	if (step_option(step, "path"))
		plan->escalation.entry = path_of(arena, step_option(step, "path"));
	return plan;
}

const char *path_target(struct arena *arena, struct str target)
{
	unsigned turn = step_target_turn(target);
	const char *again = turn > 1 ? arena_printf(arena, " (%u)", turn) : "";
	return target.n ? arena_printf(arena, " for %.*s%s", STR_ARG(step_target_role(target)), again) : "";
}
