/*
 * Steps with hours of their own, and those that a deadline makes due (incident/escalation.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "catalog/catalog.h"
#include "incident/command.h"
#include "incident/deadline.h"
#include "incident/escalation.h"
#include "incident/row.h"

#define START INT64_C(1700000000000)

static void reach_at_hours(const void *arg, struct str role, int64_t now, struct arena *arena,
                           struct escalation_reached *out)
{
	(void)arg, (void)now;
	*out = (struct escalation_reached){.who = role};
	out->receivers = (struct strs){arena_alloc(arena, sizeof(struct str)), 1};
	out->receivers.v[0] = role;
}

/* "night" lasts until two hours after the start. */
static int64_t open_after_night(const void *arg, struct str active, struct str mute, int64_t at, struct arena *arena)
{
	(void)arg, (void)arena, (void)active;
	return str_eq_c(mute, "night") && at < START + 2 * TIME_HOUR ? START + 2 * TIME_HOUR : at;
}

static const struct escalation_roster roster = {reach_at_hours, NULL, open_after_night};
static const struct incident_policy policy = {
	.late_grace = TIME_MINUTE, .expire_after = 8 * TIME_DAY, .roster = &roster};

static struct str crew[] = {STR_INIT("crew")}, lead[] = {STR_INIT("lead")}, boss[] = {STR_INIT("boss")},
				  night[] = {STR_INIT("night")};

static struct incident *walking(struct arena *arena, struct escalation_step *steps, size_t count)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef"));
	struct escalation x = {.name = STR("x"), .steps = steps, .count = count};
	row_make(inc, "g1", START)->n0 = 1;
	inc->episode = inc->generation = 1;
	inc->started_at = START;
	inc->severity.response_ms = 20 * TIME_MINUTE;
	inc->severity.resolution_ms = TIME_HOUR;
	escalation_take(inc, &x);
	escalation_begin(inc, START);
	escalation_run(inc, &policy, START);
	return inc;
}

static void next_is(const struct incident *inc, const char *who, int64_t after)
{
	int64_t at;
	const struct incident_step *next = escalation_next(inc, &at);
	if (!who) {
		assert_null(next);
		return;
	}
	assert_non_null(next);
	assert_true(str_eq_c(next->notify, who));
	assert_int_equal(at - START, after);
}

static void a_step_outside_its_hours_waits_and_holds_up_nobody(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct escalation_step steps[] = {
		{.after_ms = 0, .notify = {crew, 1}},
		{.after_ms = 15 * TIME_MINUTE, .notify = {lead, 1}, .hours = {.mute = {night, 1}}},
		{.after_ms = 30 * TIME_MINUTE, .notify = {boss, 1}},
	};
	struct incident *inc = walking(arena, steps, 3);
	next_is(inc, "boss", 30 * TIME_MINUTE);
	assert_int_equal(escalation_run(inc, &policy, START + 15 * TIME_MINUTE), 0);
	assert_int_equal(escalation_run(inc, &policy, START + 30 * TIME_MINUTE), 1);
	next_is(inc, "lead", 2 * TIME_HOUR);
	assert_int_equal(escalation_run(inc, &policy, START + 2 * TIME_HOUR - 1), 0);
	assert_int_equal(escalation_run(inc, &policy, START + 2 * TIME_HOUR), 1);
	next_is(inc, NULL, 0);
}

static void a_missed_response_is_a_step_unless_somebody_answered(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct escalation_step steps[] = {
		{.after_ms = 0, .notify = {crew, 1}},
		{.after_ms = -1, .notify = {lead, 1}, .when = STEP_RESPONSE_MISSED},
		{.after_ms = -1, .notify = {boss, 1}, .when = STEP_RESOLUTION_MISSED},
	};
	struct incident *inc = walking(arena, steps, 3);
	next_is(inc, "lead", 20 * TIME_MINUTE);
	assert_int_equal(escalation_run(inc, &policy, START + 20 * TIME_MINUTE), 1);
	next_is(inc, "boss", TIME_HOUR);

	inc = walking(arena, steps, 3);
	const struct command_args args = {.by = STR("ana")};
	struct counts counts = {.arena = arena};
	assert_null(incident_command(inc, COMMAND_ACK, &args, &policy, START + TIME_MINUTE, &counts));
	assert_true(str_eq_c(inc->timeline[inc->timeline_count - 1].detail, "ana")); /* not "ana: ", who said nothing */
	next_is(inc, "boss", TIME_HOUR);                                             /* who has it may still miss the end */
	assert_int_equal(escalation_run(inc, &policy, START + TIME_HOUR), 1);
	assert_int_equal(inc->steps[1].ran_at, 0);
	next_is(inc, NULL, 0);
	counts_release(&counts);
}

static void a_severity_that_promises_nothing_misses_nothing(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct escalation_step steps[] = {{.after_ms = 0, .notify = {crew, 1}},
	                                  {.after_ms = -1, .notify = {lead, 1}, .when = STEP_RESPONSE_MISSED}};
	struct incident *inc = walking(arena, steps, 2);
	inc->severity.response_ms = 0;
	next_is(inc, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_outside_its_hours_waits_and_holds_up_nobody),
		cmocka_unit_test(a_missed_response_is_a_step_unless_somebody_answered),
		cmocka_unit_test(a_severity_that_promises_nothing_misses_nothing),
	};
	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
