/* What a receiver's own hours hold, and what they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "base/yaml.h"
#include "catalog/hours.h"
#include "incident/delivery.h"
#include "incident/delivery_hours.h"
#include "incident/held.h"

/* Thursday 2026-01-01, 08:00; the office is open from 09:00 to 17:00. */
#define EIGHT (INT64_C(1767254400000))
#define NINE (EIGHT + TIME_HOUR)

static struct arena *arena;
static struct catalog *catalog;
static struct incident *inc;
static struct incident_terms terms;
static struct incident_policy policy;
static struct str office[] = {{"office", 6}};

static void add_intervals(const char *text)
{
	AUTOERR struct err err = ERR_INIT;
	const struct calendar_zones zones = {.find = NULL};
	const struct yaml_node *node = yaml_parse(arena, "hours.yml", str_c(text), &err);
	assert_non_null(node);
	assert_true(catalog_add_hours(catalog, node, NULL, &zones, &err));
}

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	catalog = catalog_new();
	add_intervals("[{name: office, time_intervals: [{times: [{start_time: '09:00', end_time: '17:00'}]}]}]");
	terms = (struct incident_terms){.receiver = STR("chat"), .hours = {.active = {office, 1}}, .catalog = catalog};
	policy = (struct incident_policy){.terms = &terms, .term_count = 1};
	inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	inc->generation = 1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	catalog_free(catalog);
	arena_free(arena);
	return 0;
}

static struct delivery *due_delivery(const char *receiver, enum want_verb verb, int64_t at)
{
	struct delivery *d = incident_add_delivery(inc, str_c(receiver), STR(""), at);
	d->want = (struct want){.verb = verb, .generation = 1};
	d->due_at = d->first_due_at = at;
	return d;
}

static void what_would_wake_somebody_waits(void **state)
{
	(void)state;
	static const struct {
		enum want_verb verb;
		bool waits;
	} rows[] = {{WANT_TRIGGER, true},
	            {WANT_UPDATE, true},
	            {WANT_ACKNOWLEDGE, false},
	            {WANT_RESOLVE, false},
	            {WANT_ECHO, false}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct delivery *d = due_delivery("chat", rows[i].verb, EIGHT);
		assert_int_equal(delivery_hold(inc, d, &policy, EIGHT), rows[i].waits);
		assert_int_equal(d->due_at, rows[i].waits ? NINE : EIGHT);
	}
}

static void within_its_hours_it_is_told(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("chat", WANT_TRIGGER, NINE);
	assert_false(delivery_hold(inc, d, &policy, NINE));
	assert_int_equal(d->due_at, NINE);
}

static void one_without_hours_is_told_at_any_time(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("pager", WANT_TRIGGER, EIGHT);
	assert_false(delivery_hold(inc, d, &policy, EIGHT));
	assert_int_equal(inc->timeline_count, 0);
}

/* A failure of before is no reason for a fallback, or for a longer pause, in the morning. */
static void what_was_tried_before_counts_no_more(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("chat", WANT_TRIGGER, EIGHT - TIME_MINUTE);
	d->attempts = 7;
	d->failing_since = EIGHT - TIME_MINUTE;
	assert_true(delivery_hold(inc, d, &policy, EIGHT));
	assert_int_equal(d->attempts, 0);
	assert_int_equal(d->failing_since, 0);
	assert_int_equal(d->first_due_at, NINE);
	assert_int_equal(inc->timeline_count, 1);
	assert_string_equal(inc->timeline[0].what.p, "held");
	assert_true(str_starts(inc->timeline[0].detail, STR("chat hears of it at 2026-01-01T09:00:00Z")));
}

static void a_reload_moves_what_waits(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("chat", WANT_TRIGGER, EIGHT);
	assert_true(delivery_hold(inc, d, &policy, EIGHT));
	assert_false(deliveries_hold_anew(inc, &policy, EIGHT));
	terms.hours = (struct hours_said){.mute = {office, 1}};
	assert_true(deliveries_hold_anew(inc, &policy, EIGHT));
	assert_int_equal(d->due_at, EIGHT);
	assert_false(deliveries_hold_anew(inc, &policy, EIGHT)); /* it is due, and waits for no hours */
}

/* A pause after a failure is none of hours. */
static void a_reload_leaves_a_pause_alone(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("chat", WANT_TRIGGER, EIGHT);
	d->attempts = 1;
	d->due_at = EIGHT + TIME_MINUTE;
	assert_false(deliveries_hold_anew(inc, &policy, EIGHT));
	assert_int_equal(d->due_at, EIGHT + TIME_MINUTE);
}

static void acknowledge_at(int64_t at, int64_t until)
{
	inc->acknowledged = (struct incident_person){.at = at, .by = STR("ana")};
	inc->ack_generation = 1;
	inc->ack_until = until;
}

/* Nobody is woken in the morning for what somebody has since the night. */
static void what_somebody_took_meanwhile_waits_for_him(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("chat", WANT_TRIGGER, EIGHT);
	assert_true(delivery_hold(inc, d, &policy, EIGHT));
	acknowledge_at(EIGHT + TIME_MINUTE, NINE + 2 * TIME_HOUR);
	assert_true(delivery_hold(inc, d, &policy, NINE));
	assert_int_equal(d->due_at, NINE + 2 * TIME_HOUR);
	assert_int_equal(inc->timeline_count, 1);
	incident_unacknowledge(inc, NINE + TIME_HOUR, "by hand");
	assert_int_equal(d->due_at, NINE + TIME_HOUR);
	assert_false(delivery_hold(inc, d, &policy, NINE + TIME_HOUR));
}

static void what_is_given_back_waits_for_the_hours_again(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("chat", WANT_TRIGGER, EIGHT - TIME_HOUR);
	assert_true(delivery_hold(inc, d, &policy, EIGHT - TIME_HOUR));
	acknowledge_at(EIGHT - TIME_MINUTE, 0);
	incident_unacknowledge(inc, EIGHT, "by hand");
	assert_int_equal(d->due_at, EIGHT);
	assert_true(delivery_hold(inc, d, &policy, EIGHT));
	assert_int_equal(d->due_at, NINE);
}

/* One that was due within its hours, and only waits its turn, is told as ever. */
/* A rule that joins, a retry, an update for stakeholders: of what came to be told since, nobody took anything. */
static void what_begins_since_it_was_taken_is_told(void **state)
{
	(void)state;
	struct delivery *late = due_delivery("chat", WANT_TRIGGER, NINE + TIME_MINUTE);
	late->want_since = NINE + TIME_MINUTE;
	acknowledge_at(NINE, 0);
	assert_false(delivery_hold(inc, late, &policy, NINE + TIME_MINUTE));
	struct delivery *update = due_delivery("chat", WANT_TRIGGER, NINE + TIME_MINUTE);
	update->update_due = true;
	assert_false(delivery_hold(inc, update, &policy, NINE + TIME_MINUTE));
}

static void who_was_due_before_it_was_taken_is_told(void **state)
{
	(void)state;
	struct delivery *d = due_delivery("chat", WANT_TRIGGER, NINE);
	acknowledge_at(NINE + TIME_SECOND, 0);
	assert_false(delivery_hold(inc, d, &policy, NINE + 2 * TIME_SECOND));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_would_wake_somebody_waits),
		T(within_its_hours_it_is_told),
		T(one_without_hours_is_told_at_any_time),
		T(what_was_tried_before_counts_no_more),
		T(a_reload_moves_what_waits),
		T(a_reload_leaves_a_pause_alone),
		T(what_somebody_took_meanwhile_waits_for_him),
		T(what_is_given_back_waits_for_the_hours_again),
		T(what_begins_since_it_was_taken_is_told),
		T(who_was_due_before_it_was_taken_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
