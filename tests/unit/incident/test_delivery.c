#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "incident/row.h"
#include "scenario.h"

static void run_delivery_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

static const char *const stories[][2] = {
	{"a refused attempt is retried after its backoff",
     "0s fire a -> new\n 0s send oncall retry -> trigger 1\n 0s told oncall -> nothing\n 0s send oncall -> nothing\n"
     "1s send oncall -> trigger 1\n 1s told oncall -> firing\n"},
	{"Retry-After is waited for", "0s fire a -> new\n 0s send oncall retry wait=30s -> trigger 1\n 0s due oncall -> "
                                  "30s\n 29s send oncall -> nothing\n"
                                  "30s send oncall -> trigger 1\n"},
	{"a repeat does not shorten the backoff",
     "0s fire a -> new\n 0s send oncall retry wait=1m -> trigger 1\n 10s fire a -> repeat\n 10s due oncall -> 1m\n"},
	{"a receiver that is defined anew waits for nothing that the old one said",
     "0s fire a to=oncall+chat -> new\n 0s send oncall retry wait=1h -> trigger 1\n 0s send chat -> trigger 1\n"
     "10s redefine chat -> nothing\n 10s redefine oncall -> due\n 10s due oncall -> 10s\n 10s redefine oncall -> "
     "nothing\n 10s send oncall retry -> trigger 1\n 10s send oncall -> nothing\n 1m send oncall -> trigger 1\n"
     "2m redefine oncall -> nothing\n"},
	{"what the old definition made a dead letter is told by the new one, and what that refuses stays one",
     "0s fire a -> new\n 0s send oncall rejected -> trigger 1\n 0s told oncall -> nothing dead\n"
     "10s redefine oncall -> due\n 10s send oncall rejected -> trigger 1\n 10s redefine oncall -> nothing\n"
     "10s told oncall -> nothing dead\n 20s redefine oncall -> due\n 20s send oncall -> trigger 1\n"
     "20s redefine oncall -> nothing\n"},
	{"…and so is the end of what it was told, also after that was over",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n"
     "1m send oncall rejected -> resolve 1\n 1m told oncall -> firing dead\n 2m redefine oncall -> due\n"
     "2m send oncall -> resolve 1\n 2m told oncall -> resolved\n"},
	{"a trigger and a resolve that pile up are one request at most",
     "0s fire a -> new\n 0s send oncall retry wait=1m -> trigger 1\n 10s resolve a -> last_member_resolved\n"
     "10s due oncall -> never\n 2m send oncall -> nothing\n"},
	{"an unknown outcome always gets the resolve, twice",
     "0s fire a -> new\n 0s send oncall unknown -> trigger 1\n 0s told oncall -> maybe\n"
     "10s resolve a -> last_member_resolved\n 10s send oncall -> resolve 1\n 10s send oncall -> nothing\n"
     "10s due oncall -> 1m25s\n 1m25s send oncall -> echo 1\n 1m25s due oncall -> never\n 10m send oncall -> "
     "nothing\n"},
	{"a crash between claim and settle leaves maybe, and the next attempt an echo",
     "0s fire a -> new\n 0s send oncall crash -> trigger 1\n 0s told oncall -> maybe\n 29s send oncall -> nothing\n"
     "30s send oncall -> trigger 1\n 30s told oncall -> firing\n 1m resolve a -> last_member_resolved\n"
     "1m send oncall -> resolve 1\n 2m15s send oncall -> echo 1\n 5m send oncall -> nothing\n"},
	{"a crash, then the resolve arrives: maybe is resolved",
     "0s fire a -> new\n 0s send oncall crash -> trigger 1\n 10s resolve a -> last_member_resolved\n"
     "30s send oncall -> resolve 1\n 30s told oncall -> resolved\n 1m45s send oncall -> echo 1\n"},
	{"an attempt that was not sent counts for nothing", "0s fire a -> new\n 0s send oncall notsent -> trigger 1\n 0s "
                                                        "told oncall -> nothing\n 0s send oncall -> trigger 1\n"},
	{"a refusal after an unknown one stays maybe",
     "0s fire a -> new\n 0s send oncall unknown -> trigger 1\n 1m send oncall retry -> trigger 1\n"
     "1m told oncall -> maybe\n 2m resolve a -> last_member_resolved\n 2m send oncall -> resolve 1\n"},
	{"a rejected page is a dead letter and the fallback takes over",
     "0s fire a -> new\n 0s send oncall rejected -> trigger 1\n 0s told oncall -> nothing dead\n"
     "0s send mail -> trigger 1\n 1h fire a -> repeat\n 1h send oncall -> nothing\n 2h retry -> ok\n"
     "2h send oncall -> trigger 1\n 2h told oncall -> firing\n 3h resolve a -> last_member_resolved\n"
     "3h send oncall -> resolve 1\n 3h send mail -> resolve 1\n"},
	{"a page that was given up is a dead letter no more when its incident has ended: there is nothing left to retry",
     "0s fire a -> new\n 0s send oncall rejected -> trigger 1\n 0s told oncall -> nothing dead\n"
     "1h resolve a -> last_member_resolved\n 1h told oncall -> nothing\n"
     "2h retry -> nothing to retry: no delivery is failing\n 2h send oncall -> nothing\n"},
	{"so is one that failed until its incident ended",
     "0s fire a -> new\n 0s send oncall retry -> trigger 1\n 1h resolve a -> last_member_resolved\n"
     "2h retry -> nothing to retry: no delivery is failing\n"},
	{"a page of an older generation is a dead letter no more when a graver one got through",
     "0s fire a sev=1 -> new\n 0s send oncall rejected -> trigger 1\n 0s told oncall -> nothing dead\n"
     "1m fire a sev=0 -> severity_raised\n 1m told oncall -> nothing\n 1m send oncall -> trigger 2\n"
     "1m told oncall -> firing\n"},
	{"while the resolve is held back a dead page waits with it",
     "0s fire a hold=10m -> new\n 0s send oncall rejected -> trigger 1\n 1m resolve a hold=10m -> "
     "last_member_resolved\n"
     "1m told oncall -> nothing\n 5m fire a hold=10m -> flapping\n 5m told oncall -> nothing dead\n"},
	{"a refused acknowledgement is a dead letter as long as it stands",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 1m send oncall rejected -> acknowledge 1\n"
     "1m told oncall -> firing dead\n 2m unack -> ok\n 2m told oncall -> firing\n"},
	{"a new generation tries a dead receiver again",
     "0s fire a sev=1 -> new\n 0s send oncall rejected -> trigger 1\n 1m fire a sev=0 -> severity_raised\n"
     "1m send oncall -> trigger 2\n"},
	{"a rejected resolve does not stand in the way of the next page",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n"
     "1m send oncall rejected -> resolve 1\n 1m told oncall -> firing dead\n 2m send oncall -> nothing\n"
     "10m fire a -> reopened\n 10m send oncall -> trigger 2\n"},
	{"a dead resolve can be retried",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n"
     "1m send oncall rejected -> resolve 1\n 5m retry -> ok\n 5m send oncall -> resolve 1\n 5m told oncall -> "
     "resolved\n"
     "6m retry -> nothing to retry: no delivery is failing\n"},
	{"fallback_after a page was first due the fallback takes over, by the clock",
     "0s fire a -> new\n 0s clock -> 5m\n 0s send oncall retry -> trigger 1\n 4m send oncall retry -> trigger 1\n"
     "4m tick -> nothing\n 4m send mail -> nothing\n 5m tick -> fallback_after_passed\n 5m send mail -> trigger 1\n"
     "5m clock -> 8d\n 1h resolve a -> last_member_resolved\n 1h send mail -> resolve 1\n"},
	{"no Retry-After holds the fallback back",
     "0s fire a -> new\n 0s send oncall retry wait=1h -> trigger 1\n 0s clock -> 5m\n"
     "5m tick -> fallback_after_passed\n 5m send mail -> trigger 1\n 5m due oncall -> 1h\n"},
	{"a page that nobody tried falls back too: behind a breaker, behind pacing",
     "0s fire a -> new\n 5m tick -> fallback_after_passed\n 5m send mail -> trigger 1\n 5m send oncall -> trigger 1\n"},
	{"the fallback's own fallback counts from when it took over",
     "0s fire a to=oncall -> new\n 5m tick -> fallback_after_passed\n 6m tick -> nothing\n 5m receivers -> oncall "
     "mail\n"},
	{"what was taken in time does not fall back",
     "0s fire a -> new\n 0s send oncall retry -> trigger 1\n 4m send oncall -> trigger 1\n 4m clock -> 8d\n"
     "5m tick -> nothing\n 5m receivers -> oncall\n"},
	{"nobody falls back from what somebody has acknowledged, until that has run out",
     "0s fire a -> new\n 0s send oncall retry -> trigger 1\n 1m ack -> ok\n 5m tick -> nothing\n 6m unack -> ok\n"
     "6m tick -> fallback_after_passed\n"},
	{"what has ended does not fall back",
     "0s fire a -> new\n 0s send oncall retry -> trigger 1\n 1m resolve a -> last_member_resolved\n 1m clock -> never\n"
     "5m tick -> nothing\n"},
	{"a page that is sent again starts the clock anew",
     "0s fire a repeat=1h -> new\n 0s send oncall -> trigger 1\n 1h fire a repeat=1h -> repeat_interval\n"
     "1h clock -> 1h5m\n 1h5m tick -> fallback_after_passed\n 1h5m send mail -> trigger 1\n"},
	{"who was told hears that the group has grown, once in an update_interval",
     "0s fire a to=room -> new\n 0s send room -> trigger 1\n 1m fire b to=room -> member_joined\n 1m clock -> 5m\n"
     "2m fire c to=room -> member_joined\n 2m send room -> nothing\n 4m tick -> nothing\n 5m tick -> "
     "update_interval_passed\n"
     "5m send room -> growth 1\n 5m told room -> firing\n 6m tick -> nothing\n 7m resolve c -> member_left\n"
     "7m clock -> 10m\n 10m tick -> update_interval_passed\n 10m send room -> growth 1\n 20m tick -> nothing\n"
     "20m resolve a b -> member_left last_member_resolved\n 20m send room -> resolve 1\n"},
	{"who comes and goes within it is no news", "0s fire a to=room -> new\n 0s send room -> trigger 1\n 1m fire b "
                                                "to=room -> member_joined\n 2m resolve b -> member_left\n"
                                                "5m tick -> nothing\n 5m send room -> nothing\n"},
	{"a reminder says it all",
     "0s fire a to=room repeat=2m -> new\n 0s send room -> trigger 1\n 1m fire b to=room -> member_joined\n"
     "3m fire a repeat=2m -> repeat_interval\n 3m send room -> update 1\n 5m tick -> nothing\n"},
	{"who has acknowledged hears of it too, and stays acknowledged",
     "0s fire a to=room -> new\n 0s send room -> trigger 1\n 1m ack -> ok\n 1m send room -> acknowledge 1\n"
     "2m fire b to=room -> member_joined\n 6m tick -> update_interval_passed\n 6m send room -> growth 1\n"
     "6m told room -> acknowledged\n 6m send room -> nothing\n"},
	{"an update whose outcome is not known is repeated as one, and the resolve goes twice",
     "0s fire a to=room -> new\n 0s send room -> trigger 1\n 1m fire b to=room -> member_joined\n 5m tick -> "
     "update_interval_passed\n"
     "5m send room unknown -> growth 1\n 5m told room -> maybe\n 6m send room -> growth 1\n 6m told room -> firing\n"
     "7m resolve a b -> member_left last_member_resolved\n 7m send room -> resolve 1\n 8m15s send room -> echo 1\n"},
	{"a refused update is no dead letter, and the next one says it all",
     "0s fire a to=room -> new\n 0s send room -> trigger 1\n 1m fire b to=room -> member_joined\n 5m tick -> "
     "update_interval_passed\n"
     "5m send room rejected -> growth 1\n 5m told room -> firing\n 5m send room -> nothing\n 6m fire c to=room -> "
     "member_joined\n"
     "6m tick -> update_interval_passed\n 6m send room -> growth 1\n"},
	{"who does not want updates gets none", "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m fire b -> "
                                            "member_joined\n 1m clock -> 8d1m\n 1h tick -> nothing\n"
                                            "1h send oncall -> nothing\n"},
	{"after delivery.expire it is a dead letter",
     "0s fire a -> new\n 0s send oncall retry -> trigger 1\n 23h send oncall retry -> trigger 1\n"
     "23h told oncall -> nothing\n 1d send oncall retry -> trigger 1\n 1d told oncall -> nothing dead\n"},
	{"a late settle of a page brings its resolve back",
     "0s fire a -> new\n 0s send oncall unknown -> trigger 1\n 1s fire a sev=0 -> severity_raised\n"
     "1s send oncall -> resolve 1\n 1s send oncall -> trigger 2\n 2m send oncall -> echo 1\n"},
};

static void backoff_grows_to_five_minutes(void **state)
{
	(void)state;
	assert_int_equal(delivery_backoff(1, 0, 0), 1);
	assert_int_equal(delivery_backoff(1, 0, 1999), 2000);
	assert_int_equal(delivery_backoff(40, 0, UINT64_MAX), (int64_t)(UINT64_MAX % 300000) + 1);
	assert_int_equal(delivery_backoff(1, 90 * TIME_SECOND, 5), 90 * TIME_SECOND);
	assert_int_equal(delivery_backoff(1, 9 * TIME_HOUR, 5), TIME_HOUR);
}

static void nothing_is_sent_that_the_lease_may_not_outlive(void **state)
{
	(void)state;
	assert_true(delivery_may_send(0, 30000, 15000));
	assert_true(delivery_may_send(14999, 30000, 15000));
	assert_false(delivery_may_send(15000, 30000, 15000));
	assert_false(delivery_may_send(40000, 30000, 15000));
}

/* The simulation found it: the echo went at once, and the trigger that was cut off before arrived behind it. */
static void a_holder_that_does_not_send_does_not_hasten_the_echo(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	const struct incident_policy policy = {.delivery_timeout = 15 * TIME_SECOND, .delivery_expire = TIME_DAY};
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	int64_t now = TIME_HOUR;
	inc->generation = 1;
	incident_add_receiver(inc, STR("oncall"), now);
	struct settlement late = {.receiver = STR("oncall"), .outcome = OUTCOME_NOT_SENT}, s = late;
	incident_refresh(inc, now);
	late.attempt = delivery_begin(inc, &inc->deliveries[0], now, now + 30 * TIME_SECOND);
	now += 31 * TIME_SECOND;
	delivery_begin(inc, &inc->deliveries[0], now, now + 30 * TIME_SECOND); /* is cut off */
	inc->ended_generation = 1;
	incident_refresh(inc, now);
	s.outcome = OUTCOME_DELIVERED;
	s.attempt = delivery_begin(inc, &inc->deliveries[0], now, now + 30 * TIME_SECOND);
	assert_int_equal(s.attempt.want.verb, WANT_RESOLVE);
	incident_settle(inc, &s, &policy, now);
	const struct delivery *d = &inc->deliveries[0];
	assert_int_equal(d->want.verb, WANT_ECHO);
	int64_t echo_at = d->due_at;
	assert_true(echo_at > now);
	incident_settle(inc, &late, &policy, now);
	assert_int_equal(d->due_at, echo_at);
}

/* Two attempts are on record that were not settled, of this router and of another one, and one that was. */
static void whoever_starts_anew_takes_over_its_own_attempts(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	const int64_t now = 1700000000000, till = now + 30 * TIME_SECOND;
	struct incident_policy policy = {.delivery_timeout = 15 * TIME_SECOND, .delivery_expire = TIME_DAY};
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	row_make(inc, "g1", now)->n0 = 1;
	inc->episode = inc->generation = 1;
	const char *const names[] = {"mine", "theirs", "waits"};
	for (size_t i = 0; i < 3; i++) {
		assert_true(incident_add_receiver(inc, str_c(names[i]), now));
		incident_refresh(inc, now);
		struct delivery *d = &inc->deliveries[i];
		struct settlement s = {.receiver = d->receiver, .outcome = OUTCOME_RETRY, .retry_after_ms = TIME_MINUTE};
		s.attempt = delivery_begin(inc, d, now, till);
		delivery_tried_by(inc, d, i == 1 ? STR("b") : STR("a"));
		if (i == 2)
			incident_settle(inc, &s, &policy, now);
	}
	for (size_t i = 0; i < 3; i++)
		incident_take_over(inc, str_c(names[i]), STR("a"), now + 1000);
	assert_int_equal(inc->deliveries[0].due_at, now + 1000);
	assert_int_equal(inc->deliveries[1].due_at, till);
	assert_int_equal(inc->deliveries[2].due_at, now + TIME_MINUTE);
	struct attempt again = delivery_begin(inc, &inc->deliveries[0], now + 1000, till);
	assert_int_equal(again.want.verb, WANT_TRIGGER);
	assert_true(inc->deliveries[0].gens[0].echo);              /* what was on its way may still arrive */
	incident_take_over(inc, STR("mine"), STR(""), now + 2000); /* of a store that cannot tell who it is */
	assert_int_equal(inc->deliveries[0].due_at, till);
}

/* People come and go for months; whoever has heard the end of his page makes room, whoever has not stays. */
static void whoever_has_heard_the_end_makes_room_at_the_ceiling(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	const struct told_generation open = {.generation = 1, .told = TOLD_FIRING},
								 over = {.generation = 1, .told = TOLD_RESOLVED};
	inc->generation = 2;
	for (int i = 0; i < INCIDENT_RECEIVERS_MAX; i++)
		assert_true(incident_add_receiver(inc, str_c(arena_printf(arena, "r%d", i)), TIME_HOUR));
	assert_false(incident_add_receiver(inc, STR("late"), TIME_HOUR));
	struct told_generation gens[] = {open, over};
	for (size_t i = 0; i < 2; i++) {
		inc->deliveries[i].from = DELIVERY_NOT_YET;
		inc->deliveries[i].gens = &gens[i];
		inc->deliveries[i].gen_count = inc->deliveries[i].gen_capacity = 1;
	}
	assert_true(incident_add_receiver(inc, STR("late"), TIME_HOUR));
	assert_non_null(incident_delivery(inc, STR("r0"))); /* its end is still to be told */
	assert_null(incident_delivery(inc, STR("r1")));
	assert_int_equal(incident_delivery(inc, STR("late"))->gen_count, 0);
	assert_int_equal(inc->delivery_count, INCIDENT_RECEIVERS_MAX);
}

int main(void)
{
	const size_t n = sizeof stories / sizeof *stories;
	struct CMUnitTest tests[sizeof stories / sizeof *stories + 5];
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){stories[i][0], run_delivery_scenario, NULL, NULL, (void *)(uintptr_t)stories[i]};
	tests[n] = (struct CMUnitTest)cmocka_unit_test(backoff_grows_to_five_minutes);
	tests[n + 1] = (struct CMUnitTest)cmocka_unit_test(nothing_is_sent_that_the_lease_may_not_outlive);
	tests[n + 2] = (struct CMUnitTest)cmocka_unit_test(a_holder_that_does_not_send_does_not_hasten_the_echo);
	tests[n + 3] = (struct CMUnitTest)cmocka_unit_test(whoever_starts_anew_takes_over_its_own_attempts);
	tests[n + 4] = (struct CMUnitTest)cmocka_unit_test(whoever_has_heard_the_end_makes_room_at_the_ceiling);
	return cmocka_run_group_tests_name("delivery", tests, NULL, NULL);
}
