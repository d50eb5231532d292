/* What is written of an incident: its timeline only where somebody will read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "incident/incident.h"
#include "replica/record_commit.h"

static const struct incident *written_with(struct arena *arena, const struct incident *inc,
                                           const struct incident_policy *policy)
{
	struct store_commit commit = {.key = str_c(inc->key)};
	AUTOERR struct err err = ERR_INIT;

	record_commit(arena, inc, policy, &commit);
	const struct incident *read = incident_read(arena, commit.bytes, &err);
	assert_non_null(read);
	return read;
}

static void test_a_replay_writes_no_timeline(void **state)
{
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	const struct incident_policy live = {.expire_after = TIME_DAY},
								 replay = {.expire_after = TIME_DAY, .no_timeline = true};

	(void)state;
	inc->alertname = STR("Leak");
	incident_add_receiver(inc, STR("oncall"), 1000);
	incident_note(inc, 1000, "opened", "by %s", "a test");
	incident_note(inc, 2000, "told", "oncall");

	const struct incident *kept = written_with(arena, inc, &live), *bare = written_with(arena, inc, &replay);
	assert_int_equal(kept->timeline_count, 2);
	assert_int_equal(bare->timeline_count, 0);
	/* nothing else is left out, and the incident in hand is as it was */
	assert_int_equal(inc->timeline_count, 2);
	assert_true(str_eq(bare->alertname, kept->alertname));
	assert_int_equal(bare->delivery_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_replay_writes_no_timeline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
