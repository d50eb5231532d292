/*
 * Steps with hours of their own, and those that a deadline makes due (incident/escalation.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "catalog/catalog.h"
#include "incident/command.h"
#include "incident/deadline.h"
#include "incident/delivery.h"
#include "incident/episode.h"
#include "incident/escalation.h"
#include "incident/row.h"
#include "incident/silence.h"
#include "incident/target.h"

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

static bool begins_like(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Whatever is due is sent and arrives. "KEY", "KEY.5f3a91c0": what was triggered, in order, on lines. */
static const char *send_what_is_due(struct incident *inc, int64_t now)
{
	AUTOBUF struct buf sent;
	char key[INCIDENT_PROVIDER_KEY_MAX];
	buf_init(&sent, SIZE_MAX);
	incident_refresh(inc, now);
	for (size_t i = 0; i < inc->delivery_count;) {
		struct delivery *d = &inc->deliveries[i];
		struct settlement s = {.receiver = d->receiver, .target = d->target, .outcome = OUTCOME_DELIVERED};
		s.attempt = delivery_begin(inc, d, now, now + TIME_MINUTE);
		if (s.attempt.want.verb == WANT_NOTHING) {
			i++;
			continue;
		}
		if (s.attempt.want.verb == WANT_TRIGGER)
			buf_printf(&sent, "%.*s:%s ", STR_ARG(d->receiver),
			           incident_target_key(inc, s.attempt.want.generation, d->target, key) + strlen(inc->key));
		incident_settle(inc, &s, &policy, now);
	}
	return arena_cstr(inc->arena, buf_str(&sent));
}

static const char *run_and_send(struct incident *inc, int64_t after)
{
	escalation_run(inc, &policy, START + after);
	return send_what_is_due(inc, START + after);
}

static struct escalation_step again_and_again[] = {
	{.after_ms = 0, .notify = {crew, 1}},
	{.after_ms = 2 * TIME_MINUTE, .notify = {lead, 1}},
	{.after_ms = 4 * TIME_MINUTE, .notify = {lead, 1}},
	{.after_ms = 6 * TIME_MINUTE, .notify = {crew, 1}},
};

static void a_step_that_repeats_a_role_wakes_under_a_key_of_its_own(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, again_and_again, 4);
	const char *first = send_what_is_due(inc, START);
	const char *second = run_and_send(inc, 2 * TIME_MINUTE), *third = run_and_send(inc, 4 * TIME_MINUTE);
	const char *fourth = run_and_send(inc, 6 * TIME_MINUTE);
	assert_true(begins_like(first, "crew:.") && begins_like(second, "lead:."));
	assert_true(begins_like(third, "lead:.") && begins_like(fourth, "crew:."));
	assert_string_not_equal(second, third);
	assert_string_not_equal(first, fourth);

	inc->ended_generation = inc->generation; /* over: each key is told so */
	inc->rows[0].n0 = 0;
	send_what_is_due(inc, START + TIME_HOUR);
	for (size_t i = 0; i < inc->delivery_count; i++)
		assert_string_equal(delivery_told_name(&inc->deliveries[i]), "resolved");
	assert_int_equal(inc->delivery_count, 4);
}

static void whoever_was_told_by_several_steps_is_reminded_once(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, again_and_again, 3);
	send_what_is_due(inc, START);
	run_and_send(inc, 2 * TIME_MINUTE);
	const char *latest = run_and_send(inc, 4 * TIME_MINUTE);
	inc->notice++;
	const char *reminded = run_and_send(inc, 5 * TIME_MINUTE);
	assert_non_null(strstr(reminded, latest));
	assert_null(strstr(strstr(reminded, "lead:") + 1, "lead:"));
}

/* 2m and 4m have told the lead; graver at 5m he hears of it once, and the step at 6m wakes him again. */
static void a_raised_severity_tells_each_role_once(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, again_and_again, 3);
	send_what_is_due(inc, START);
	run_and_send(inc, 2 * TIME_MINUTE);
	run_and_send(inc, 4 * TIME_MINUTE);
	struct escalation_step graver[] = {{.after_ms = 0, .notify = {crew, 1}},
	                                   {.after_ms = 6 * TIME_MINUTE, .notify = {lead, 1}}};
	const struct escalation x = {.name = STR("graver"), .steps = graver, .count = 2};
	escalation_take(inc, &x);
	episode_page(inc, START + 5 * TIME_MINUTE, "severity_raised");
	const char *raised = run_and_send(inc, 5 * TIME_MINUTE);
	assert_non_null(strstr(raised, "lead:-2."));
	assert_null(strstr(strstr(raised, "lead:") + 1, "lead:"));
	const char *last = run_and_send(inc, 6 * TIME_MINUTE);
	assert_true(begins_like(last, "lead:-2."));
	assert_null(strstr(raised, last));
}

/* Both had walked it, and their merge counts the walk of the one whose path began later: what was told has its name. */
static void what_two_routers_walked_apart_has_one_name(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, again_and_again, 2);
	send_what_is_due(inc, START);
	assert_true(begins_like(run_and_send(inc, 2 * TIME_MINUTE), "lead:."));
	inc->escalation.from += TIME_SECOND;
	inc->steps[1].ran_at = 0;
	assert_string_equal(run_and_send(inc, 3 * TIME_MINUTE), "");
	assert_true(inc->steps[1].ran_at > 0);
	assert_int_equal(inc->delivery_count, 2);
}

static void what_has_not_left_yet_is_not_sent_twice(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, again_and_again, 3);
	escalation_run(inc, &policy, START + 10 * TIME_MINUTE);
	assert_int_equal(inc->delivery_count, 2);
	assert_true(inc->steps[1].ran_at && inc->steps[2].ran_at);
}

/* The lists of an incident have a ceiling: a step says nobody was told whom there is no room for. */
static void a_step_does_not_say_that_it_told_whom_it_did_not(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, again_and_again, 2);
	for (int i = 0; inc->delivery_count < INCIDENT_RECEIVERS_MAX; i++)
		incident_add_receiver(inc, str_c(arena_printf(arena, "r%d", i)), START);
	escalation_run(inc, &policy, START + 2 * TIME_MINUTE);
	assert_true(str_eq_c(inc->steps[1].told, "lead"));
}

static void a_target_is_a_role_and_its_turn(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str again = step_target(arena, STR("Team Lead"), 3);
	assert_true(str_eq_c(step_target(arena, STR("Team Lead"), 1), "Team Lead"));
	assert_true(str_eq_c(step_target_role(again), "Team Lead"));
	assert_int_equal(step_target_turn(again), 3);
	assert_int_equal(step_target_turn(STR("Team Lead")), 1);
	assert_int_equal(step_target_turn(STR("Team Lead\nx")), 1); /* of a record that somebody else wrote */
}

static void outlooks_are(const struct incident *inc, const char *expected)
{
	AUTOBUF struct buf said;
	int64_t at;
	buf_init(&said, SIZE_MAX);
	for (size_t i = 0; i < inc->step_count; i++) {
		enum step_outlook outlook = escalation_outlook(inc, &inc->steps[i], &at);
		buf_printf(&said, "%s%s", i ? " " : "", step_outlook_name(outlook));
		if (outlook == STEP_COMES)
			buf_printf(&said, ":%dm", (int)((at - START) / TIME_MINUTE));
	}
	assert_string_equal(arena_cstr(inc->arena, buf_str(&said)), expected);
}

static struct escalation_step every_kind[] = {
	{.after_ms = 0, .notify = {crew, 1}},
	{.after_ms = 15 * TIME_MINUTE, .notify = {lead, 1}},
	{.after_ms = -1, .notify = {lead, 1}},
	{.after_ms = -1, .notify = {lead, 1}, .when = STEP_RESPONSE_MISSED},
	{.after_ms = -1, .notify = {boss, 1}, .when = STEP_RESOLUTION_MISSED},
};

static void what_is_announced_is_what_happens_as_things_are(void **state)
{
	(void)state;
	int64_t at;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, every_kind, 5);
	outlooks_are(inc, "told due:15m by_hand due:20m due:60m");
	assert_ptr_equal(escalation_announced(inc, &at), &inc->steps[1]);

	inc->silence.since = START + TIME_MINUTE;
	inc->silence.until = START + 2 * TIME_MINUTE;
	outlooks_are(inc, "told silenced by_hand silenced silenced");
	assert_null(escalation_announced(inc, &at));
	assert_ptr_equal(escalation_next(inc, &at), &inc->steps[1]); /* the clock asks again all the same */
	silence_lift(inc, START + 2 * TIME_MINUTE);

	const struct command_args args = {.by = STR("ana")};
	struct counts counts = {.arena = arena};
	assert_null(incident_command(inc, COMMAND_ACK, &args, &policy, START + TIME_MINUTE, &counts));
	outlooks_are(inc, "told acknowledged by_hand never due:60m");
	assert_null(incident_command(inc, COMMAND_RESOLVE, &args, &policy, START + 2 * TIME_MINUTE, &counts));
	outlooks_are(inc, "told over over over over");
	assert_null(escalation_announced(inc, &at));
	counts_release(&counts);
}

static void a_deadline_that_nobody_sets_makes_nothing_due(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, every_kind, 5);
	inc->severity.response_ms = inc->severity.resolution_ms = 0;
	outlooks_are(inc, "told due:15m by_hand never never");
	inc->quiet_at = START + TIME_MINUTE;
	outlooks_are(inc, "told quiet by_hand never never");
}

/* Nobody has been paged: the path begins with the page, and what would have been due before comes with it. */
static void the_path_of_what_is_held_begins_with_its_page(void **state)
{
	(void)state;
	int64_t at;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, every_kind, 2);
	inc->generation = 0;
	inc->steps[0].ran_at = 0;
	inc->due_at = START + 20 * TIME_MINUTE;
	assert_int_equal(incident_held_until(inc), inc->due_at);
	outlooks_are(inc, "due:20m due:20m");
	inc->escalation.from = inc->due_at;
	outlooks_are(inc, "due:20m due:35m");
	assert_ptr_equal(escalation_announced(inc, &at), &inc->steps[0]);
	inc->generation = 1;
	assert_int_equal(incident_held_until(inc), 0);
}

static void a_silence_that_was_made_from_here_holds_until_alertmanager_is_asked(void **state)
{
	(void)state;
	int64_t at;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = walking(arena, every_kind, 2);
	struct incident_policy asking = policy;
	struct str source = STR("eu1");
	const struct command_args args = {.by = STR("ana"), .note = STR("for 2h (silence 77)")};
	struct counts counts = {.arena = arena};
	assert_null(incident_command(inc, COMMAND_SILENCE, &args, &policy, START, &counts));
	assert_int_equal(inc->silence.since, 0); /* nobody could say that it has ended */
	inc->source = source;
	asking.asked_sources = (struct strs){&source, 1};
	assert_null(incident_command(inc, COMMAND_SILENCE, &args, &asking, START, &counts));
	assert_true(str_eq_c(inc->silence.by, "for 2h (silence 77)"));
	assert_null(escalation_announced(inc, &at));
	assert_int_equal(silence_check_due(inc, &asking), START + 3 * policy.late_grace);
	counts_release(&counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_announced_is_what_happens_as_things_are),
		cmocka_unit_test(a_deadline_that_nobody_sets_makes_nothing_due),
		cmocka_unit_test(the_path_of_what_is_held_begins_with_its_page),
		cmocka_unit_test(a_silence_that_was_made_from_here_holds_until_alertmanager_is_asked),
		cmocka_unit_test(a_step_that_repeats_a_role_wakes_under_a_key_of_its_own),
		cmocka_unit_test(whoever_was_told_by_several_steps_is_reminded_once),
		cmocka_unit_test(a_raised_severity_tells_each_role_once),
		cmocka_unit_test(what_two_routers_walked_apart_has_one_name),
		cmocka_unit_test(what_has_not_left_yet_is_not_sent_twice),
		cmocka_unit_test(a_step_does_not_say_that_it_told_whom_it_did_not),
		cmocka_unit_test(a_target_is_a_role_and_its_turn),
		cmocka_unit_test(a_step_outside_its_hours_waits_and_holds_up_nobody),
		cmocka_unit_test(a_missed_response_is_a_step_unless_somebody_answered),
		cmocka_unit_test(a_severity_that_promises_nothing_misses_nothing),
	};
	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
