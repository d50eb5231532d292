/*
 * Records that the first release wrote (format 1) are read once: nothing that was open is lost, nobody is paged twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <cmocka.h>

#include "base/time.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/row.h"
#include "incident/tick.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define NOW (INT64_C(1700000000) * TIME_SECOND)
/* Two members fire, were paged as generation 1, and were last heard of at NOW. */
#define TOLD                                                                                                           \
	"{\"format\":1,\"key\":\"" KEY "\",\"alertname\":\"HighCPU\",\"owner\":\"platform\",\"open\":true,\"episode\":1,"  \
	"\"generation\":1,\"episode_generation\":1,\"paging\":2,\"started_at\":1699999000000,"                             \
	"\"last_seen_at\":1700000000000,\"repeat_interval\":14400000,\"notice\":1,\"last_notice_at\":1700000000000,"       \
	"\"count.firing\":2,\"count.total\":2,\"count.pages\":1,\"severity.rank\":1,\"deliveries\":[{\"receiver\":"        \
	"\"oncall\",\"notice\":1,\"gens\":[{\"generation\":1,\"told\":1}]}],\"sample\":[{\"source\":\"am\","               \
	"\"fingerprint\":\"a\",\"firing\":true,\"starts_at\":1699999000000},{\"source\":\"am\",\"fingerprint\":\"b\","     \
	"\"firing\":false}]"

static const struct incident_policy policy = {.late_grace = 330 * TIME_SECOND,
                                              .expire_after = 8 * TIME_DAY,
                                              .fresh = 5 * TIME_HOUR,
                                              .ack_timeout = TIME_DAY,
                                              .start_skew = INCIDENT_START_SKEW};

/* The record above, with other values for some of its members. */
static struct incident *read_old(struct arena *arena, const char *changes)
{
	AUTOERR struct err err = ERR_INIT;
	json_t *record = json_loads(TOLD "}", 0, NULL), *other = json_loads(changes, 0, NULL);
	assert_int_equal(json_object_update(record, other), 0);
	char *text = json_dumps(record, 0);
	struct incident *inc = incident_read(arena, str_c(text), &err);
	free(text);
	json_decref(record);
	json_decref(other);
	assert_non_null(inc);
	return inc;
}

/* As the store answers it: a member of the old format. */
static struct member old_member(const char *fingerprint)
{
	return (struct member){.source = STR("am"),
	                       .fingerprint = str_c(fingerprint),
	                       .found = true,
	                       .key = STR(KEY),
	                       .mark = ROW_OLD_MARK,
	                       .counted = true,
	                       .starts_at = NOW - 1000 * TIME_SECOND,
	                       .episode = 1};
}

static enum reason arrives(struct incident *inc, const char *fingerprint, struct member *m, bool resolved, int64_t now)
{
	struct plan plan = {.page = true};
	struct alert alert = {.fingerprint = str_c(fingerprint), .resolved = resolved, .starts_at = m->starts_at};
	struct body body = {.group = "00000000000000aa", .whole = true, .none_fires = resolved};
	struct arrival arrival = {&alert, &plan, *m};
	struct counts counts = {.arena = inc->arena};
	struct decision d;
	plan.severity.rank = 1;
	plan.receivers.names = (struct strs){(struct str[]){STR("oncall")}, 1};
	plan.repeat_interval.ms = 4 * TIME_HOUR;
	alert.ends_at = resolved ? now : 0;
	incident_decide(inc, &body, &arrival, 1, &policy, now, &d, &counts);
	if (d.member_changed)
		*m = d.member;
	counts_release(&counts);
	return d.reason;
}

static void what_was_open_and_told_stays_so(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = read_old(arena, "{}");
	assert_true(incident_is_open(inc));
	assert_true(incident_is_paged(inc));
	assert_int_equal(incident_firing(inc), 2);
	assert_int_equal(incident_doubtful(inc), 2);
	assert_true(incident_sample_fires(inc, &inc->sample[0]));
	assert_false(incident_sample_fires(inc, &inc->sample[1]));
	incident_refresh(inc, NOW);
	assert_int_equal(inc->deliveries[0].due_at, 0);
}

static void the_first_body_moves_its_members_and_pages_nobody(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = read_old(arena, "{}");
	struct member a = old_member("a"), b = old_member("b");
	assert_int_equal(arrives(inc, "a", &a, false, NOW + TIME_MINUTE), REASON_REPEAT);
	assert_int_equal(incident_firing(inc), 2);
	assert_int_equal(incident_doubtful(inc), 1);
	assert_int_equal(inc->deliveries[0].due_at, 0);
	assert_int_equal(arrives(inc, "b", &b, true, NOW + 2 * TIME_MINUTE), REASON_MEMBER_LEFT);
	assert_int_equal(arrives(inc, "a", &a, true, NOW + 3 * TIME_MINUTE), REASON_LAST_MEMBER_RESOLVED);
	assert_int_equal(inc->deliveries[0].want.verb, WANT_RESOLVE);
}

static void members_of_an_older_episode_stand_nowhere(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = read_old(arena, "{}");
	struct member m = old_member("a");
	assert_true(arrival_sticks(&m, inc));
	m.episode = 0;
	assert_false(arrival_sticks(&m, inc));
}

static void who_is_not_heard_of_any_more_expires(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = read_old(arena, "{}");
	enum tick_reason out[TICK_REASONS];
	struct counts counts = {.arena = arena};
	assert_int_equal(incident_clock(inc, &policy), NOW + 8 * TIME_DAY);
	assert_int_equal(incident_tick(inc, &policy, NOW + 8 * TIME_DAY - 1, out, &counts), 0);
	assert_int_equal(incident_tick(inc, &policy, NOW + 8 * TIME_DAY, out, &counts), 1);
	assert_int_equal(out[0], TICK_EXPIRED);
	assert_false(incident_is_open(inc));
	counts_release(&counts);
}

static void a_deferred_page_is_still_due(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc =
		read_old(arena, "{\"paging\":1,\"deferred_until\":1700000060000,\"deliveries\":[{\"receiver\":\"oncall\"}]}");
	enum tick_reason out[TICK_REASONS];
	struct counts counts = {.arena = arena};
	assert_false(incident_is_paged(inc));
	assert_true(incident_is_waiting(inc));
	assert_int_equal(incident_clock(inc, &policy), NOW + TIME_MINUTE);
	assert_int_equal(incident_tick(inc, &policy, NOW + TIME_MINUTE, out, &counts), 1);
	assert_int_equal(out[0], TICK_PAGE_AFTER_PASSED);
	assert_int_equal(inc->generation, 1);
	assert_int_equal(inc->deliveries[0].due_at, NOW + TIME_MINUTE);
	counts_release(&counts);
}

static void a_held_resolve_is_still_held(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = read_old(arena, "{\"count.firing\":0,\"resolve_hold\":600000,\"hold_until\":1700000600000}");
	assert_true(incident_is_open(inc));
	assert_int_equal(incident_hold_until(inc, &policy), NOW + 10 * TIME_MINUTE);
}

static void a_closed_one_is_closed_and_owes_what_it_owed(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = read_old(arena, "{\"open\":false,\"count.firing\":0}");
	assert_false(incident_is_open(inc));
	incident_refresh(inc, NOW);
	assert_int_equal(inc->deliveries[0].want.verb, WANT_RESOLVE);
}

static void who_acknowledged_has_it_still(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc =
		read_old(arena, "{\"acknowledged.at\":1700000000000,\"acknowledged.by\":\"ana\",\"ack_until\":1700086400000}");
	assert_non_null(incident_acknowledgement(inc));
	assert_string_equal(incident_state(inc), "acknowledged");
}

static void what_nobody_was_to_be_told_of_is_closed(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = read_old(arena, "{\"paging\":0,\"deliveries\":[]}");
	assert_false(incident_is_open(inc));
	struct member a = old_member("a");
	assert_int_equal(arrives(inc, "a", &a, false, NOW + TIME_MINUTE), REASON_REOPENED);
}

static void what_is_written_again_is_of_the_new_format(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct str text = incident_write(arena, read_old(arena, "{}"));
	assert_int_equal(text.p[0], 2);
	struct incident *back = incident_read(arena, text, &err);
	assert_int_equal(incident_firing(back), 2);
	assert_int_equal(incident_doubtful(back), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_open_and_told_stays_so),
		cmocka_unit_test(the_first_body_moves_its_members_and_pages_nobody),
		cmocka_unit_test(members_of_an_older_episode_stand_nowhere),
		cmocka_unit_test(who_is_not_heard_of_any_more_expires),
		cmocka_unit_test(a_deferred_page_is_still_due),
		cmocka_unit_test(a_held_resolve_is_still_held),
		cmocka_unit_test(a_closed_one_is_closed_and_owes_what_it_owed),
		cmocka_unit_test(who_acknowledged_has_it_still),
		cmocka_unit_test(what_nobody_was_to_be_told_of_is_closed),
		cmocka_unit_test(what_is_written_again_is_of_the_new_format),
	};
	return cmocka_run_group_tests_name("record of format 1", tests, NULL, NULL);
}
