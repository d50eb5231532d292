/*
 * What stakeholders read: which template, what its placeholders mean, what is named as missing; and who hears what.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/command.h"
#include "incident/communication.h"
#include "incident/delivery.h"
#include "incident/row.h"

#define START INT64_C(1700000000000) /* 2023-11-14 22:13:20 UTC */

static struct fact_template theirs[] = {
	{.name = STR_INIT("First word"),
     .body = STR_INIT("TROUBLE [SEV] - [SHORT_DESCRIPTION]\n\nWho is hurt: [CUSTOMER_IMPACT]\n"
                      "State: [LOOKING|IDENTIFIED|FIXING]\nETA: {time}\nLead: <name>\nNext update: [15 minutes]\n"
                      "We write every [N] minutes. Began {{timestamp}}.")},
	{.name = STR_INIT("Progress note"),
     .body = STR_INIT("News of {title}: [DETAILED_STATE]\nTaken: [WHAT_WAS_DONE]\nThen: [NEXT_STEPS]\n[GRAPH] "
                      "[our page](https://example.com)")},
	{.name = STR_INIT("When it is resolved"),
     .body = STR_INIT("OVER: [TITLE]\nHow: [HOW_IT_WAS_RESOLVED]\nWhy: [SHORT_ROOT_CAUSE]\nAfter: [TOTAL_DURATION]\n"
                      "Report: [POST_MORTEM_LINK]")},
};
static struct facts stated = {.templates = theirs, .templates_count = 3};

static struct incident *silo(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef"));
	struct incident_row *row = row_make(inc, "g1", START);
	row->n0 = 1;
	inc->severity.name = STR("P0");
	inc->summary = STR("the silo is full");
	inc->owner = STR("harbour");
	inc->alertname = STR("SiloFull");
	inc->started_at = START;
	inc->episode = inc->generation = 1;
	return inc;
}

static struct communication_context context_at(int64_t now)
{
	return (struct communication_context){.stated = &stated,
	                                      .every = STR("status page, every 20 min"),
	                                      .external_url = STR("https://rb.test"),
	                                      .now = now};
}

static void reads(const struct communication_text *t, const char *title, const char *text, const char *missing)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < t->missing.n; i++)
		buf_printf(&b, "%s%.*s", i ? "," : "", STR_ARG(t->missing.v[i]));
	if (!str_eq_c(t->title, title))
		fail_msg("title is '%.*s' instead of '%s'", STR_ARG(t->title), title);
	if (!str_eq_c(t->text, text))
		fail_msg("text is\n%.*s\ninstead of\n%s", STR_ARG(t->text), text);
	if (!str_eq_c(buf_str(&b), missing))
		fail_msg("missing are '%.*s' instead of '%s'", STR_ARG(buf_str(&b)), missing);
}

static void an_opening_says_what_is_known(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = silo(arena);
	const struct communication_context context = context_at(START);
	struct communication_text said;
	communication_write(arena, inc, COMMUNICATION_OPENING, &context, &said);
	reads(&said, "TROUBLE P0 - the silo is full",
	      "Who is hurt: to follow\nState: investigating\nETA: to follow\nLead: harbour\nNext update: in 20 minutes\n"
	      "We write every 20 minutes. Began 2023-11-14 22:13 UTC.",
	      "CUSTOMER_IMPACT,time");
}

static void a_promise_whose_number_nobody_gave_is_not_made(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = silo(arena);
	struct communication_context context = context_at(START);
	struct communication_text said;
	context.every = STR("status page");
	communication_write(arena, inc, COMMUNICATION_OPENING, &context, &said);
	reads(&said, "TROUBLE P0 - the silo is full",
	      "Who is hurt: to follow\nState: investigating\nETA: to follow\nLead: harbour\nNext update: to follow\n"
	      "We write as there is news. Began 2023-11-14 22:13 UTC.",
	      "CUSTOMER_IMPACT,time,15 minutes,N");
}

static void an_update_says_what_a_person_wrote(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = silo(arena);
	const struct communication_context context = context_at(START + TIME_HOUR);
	struct communication_text said;
	struct label graph = {STR("graph"), STR("see the wall")};
	const struct incident_update update = {
		.status = STR("fixing"), .done = STR("emptied one"), .next = STR("empty two"), .set = {&graph, 1}};
	communication_take(inc, &update, START);
	communication_write(arena, inc, communication_of(&inc->update), &context, &said);
	reads(&said, "News of the silo is full: fixing",
	      "Taken: emptied one\nThen: empty two\nsee the wall [our page](https://example.com)", "");
	assert_true(str_eq_c(said.template_name, "Progress note"));
	communication_write(arena, inc, COMMUNICATION_OPENING, &context, &said);
	assert_true(str_find(said.text, STR("State: FIXING")) >= 0);
}

static void what_nobody_understands_stays_and_is_named(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = silo(arena);
	const struct communication_context context = context_at(START);
	struct communication_text said;
	communication_write(arena, inc, COMMUNICATION_UPDATE, &context, &said);
	assert_true(str_find(said.text, STR("[GRAPH]")) >= 0);
	assert_true(said.missing.n == 3 && str_eq_c(said.missing.v[2], "GRAPH"));
}

static void a_resolution_says_how_long_and_why(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = silo(arena);
	const struct communication_context context = context_at(START + 9 * TIME_HOUR);
	struct communication_text said;
	inc->row_count = 0;
	inc->resolved_at = START + 95 * TIME_MINUTE + 7 * TIME_SECOND;
	inc->update.done = STR("emptied it");
	communication_write(arena, inc, COMMUNICATION_RESOLUTION, &context, &said);
	reads(&said, "OVER: the silo is full",
	      "How: emptied it\nWhy: to follow\nAfter: 1h35m\n"
	      "Report: https://rb.test/api/v1/incidents/0123456789abcdef/postmortem?format=markdown",
	      "SHORT_ROOT_CAUSE");
}

static void without_templates_only_what_is_known_is_said(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = silo(arena);
	const struct communication_context context = {.now = START};
	struct communication_text said;
	communication_write(arena, inc, COMMUNICATION_OPENING, &context, &said);
	reads(&said, "P0 incident: the silo is full", "Status: investigating\nIn charge: harbour", "IMPACT,ETA");
}

/* ---- who hears it ---- */

static struct str room[] = {STR_INIT("room")};

static struct incident_policy policy_with_room(void)
{
	return (struct incident_policy){.stakeholders = {room, 1}, .late_grace = TIME_MINUTE, .expire_after = TIME_DAY};
}

static enum want_verb wanted(struct incident *inc)
{
	const struct delivery *d = incident_delivery(inc, room[0]);
	return d ? delivery_want(inc, d).verb : WANT_NOTHING;
}

static void deliver_all(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	struct delivery *d = incident_delivery(inc, room[0]);
	incident_refresh(inc, now);
	struct settlement s = {.receiver = room[0], .outcome = OUTCOME_DELIVERED};
	s.attempt = delivery_begin(inc, d, now, now + TIME_MINUTE);
	incident_settle(inc, &s, policy, now);
}

static void the_gravest_are_opened_others_wait_for_a_person(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	const struct incident_policy policy = policy_with_room();
	struct counts counts = {.arena = arena};
	for (int rank = 0; rank < 4; rank++) {
		struct incident *inc = silo(arena);
		inc->severity.rank = rank;
		communication_join(inc, &policy, START);
		assert_int_equal(wanted(inc), rank <= 1 ? WANT_TRIGGER : WANT_NOTHING);
		const struct incident_update update = {.status = STR("fixing")};
		const struct command_args args = {.by = STR("ana"), .update = &update};
		assert_null(incident_command(inc, COMMAND_UPDATE, &args, &policy, START + 1, &counts));
		assert_int_equal(wanted(inc), WANT_TRIGGER);
		deliver_all(inc, &policy, START + 2);
		assert_int_equal(wanted(inc), WANT_UPDATE); /* what was written is said after the opening */
		deliver_all(inc, &policy, START + 3);
		assert_int_equal(wanted(inc), WANT_NOTHING);
	}
	counts_release(&counts);
}

static void what_is_written_while_a_message_is_on_its_way_is_said_too(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	const struct incident_policy policy = policy_with_room();
	struct counts counts = {.arena = arena};
	struct incident *inc = silo(arena);
	const struct incident_update update = {.status = STR("fixing")};
	const struct command_args args = {.by = STR("ana"), .update = &update};
	communication_join(inc, &policy, START);
	deliver_all(inc, &policy, START);
	assert_null(incident_command(inc, COMMAND_UPDATE, &args, &policy, START + 1, &counts));
	struct settlement s = {.receiver = room[0], .outcome = OUTCOME_DELIVERED};
	s.attempt = delivery_begin(inc, incident_delivery(inc, room[0]), START + 2, START + TIME_MINUTE);
	assert_true(s.attempt.says);
	assert_null(incident_command(inc, COMMAND_UPDATE, &args, &policy, START + 3, &counts));
	incident_settle(inc, &s, &policy, START + 4);
	assert_int_equal(wanted(inc), WANT_UPDATE);
	counts_release(&counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_opening_says_what_is_known),
		cmocka_unit_test(a_promise_whose_number_nobody_gave_is_not_made),
		cmocka_unit_test(an_update_says_what_a_person_wrote),
		cmocka_unit_test(what_nobody_understands_stays_and_is_named),
		cmocka_unit_test(a_resolution_says_how_long_and_why),
		cmocka_unit_test(without_templates_only_what_is_known_is_said),
		cmocka_unit_test(the_gravest_are_opened_others_wait_for_a_person),
		cmocka_unit_test(what_is_written_while_a_message_is_on_its_way_is_said_too),
	};
	return cmocka_run_group_tests_name("communication", tests, NULL, NULL);
}
