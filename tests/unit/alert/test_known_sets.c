/* A set that was read before is not read again, and says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "alert/known_sets.h"
#include "alert/webhook.h"

#define ALERT(labels)                                                                                                  \
	"{\"alerts\":[{\"status\":\"firing\",\"labels\":" labels ",\"annotations\":{\"b\":\"\\u00e9\",\"a\":\"1\"},"       \
	"\"startsAt\":\"2026-10-01T10:00:00Z\"}]}"

static bool read_it(struct arena *arena, struct known_sets *known, const char *body, struct webhook *out)
{
	AUTOERR struct err err = ERR_INIT;
	return webhook_parse_known(arena, str_c(body), NULL, NULL, known, out, &err);
}

static void check_same_alert(const struct alert *a, const struct alert *b)
{
	assert_true(labels_equal(&a->labels, &b->labels));
	assert_true(labels_equal(&a->annotations, &b->annotations));
	assert_string_equal(a->identity, b->identity);
	assert_true(str_eq(a->fingerprint, b->fingerprint));
	assert_int_equal(a->flaw, b->flaw);
	assert_int_equal(a->starts_at, b->starts_at);
}

static void a_sound_set_is_read_once(void **state)
{
	static const char body[] = ALERT("{ \"z\":\"1\", \"alertname\":\"A}\\\"\" }");
	AUTOARENA struct arena *arena = arena_new();
	struct known_sets *known = known_sets_new();
	struct webhook plain, first, again;
	(void)state;
	assert_true(read_it(arena, NULL, body, &plain));
	assert_true(read_it(arena, known, body, &first));
	assert_true(read_it(arena, known, body, &again));
	check_same_alert(&plain.alerts[0], &first.alerts[0]);
	check_same_alert(&plain.alerts[0], &again.alerts[0]);
	const struct known_set *set = known_sets_find(known, STR("{ \"z\":\"1\", \"alertname\":\"A}\\\"\" }"));
	assert_non_null(set);
	assert_ptr_equal(again.alerts[0].labels.v, set->labels.v);
	known_sets_unref(known);
}

/* What its text says and what was made of it are two things: each is read by itself. */
static void a_flawed_set_is_read_each_time(void **state)
{
	static const char *const labels[] = {"{\"alertname\":[1]}", "{\"alertname\":\"\xff\"}",
	                                     "{\"alertname\":\"\\ud800\"}"};
	static const char *const bodies[] = {ALERT("{\"alertname\":[1]}"), ALERT("{\"alertname\":\"\xff\"}"),
	                                     ALERT("{\"alertname\":\"\\ud800\"}")};
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct known_sets *known = known_sets_new();
		struct webhook plain, again;
		assert_true(read_it(arena, NULL, bodies[i], &plain));
		for (int n = 0; n < 2; n++) {
			assert_true(read_it(arena, known, bodies[i], &again));
			check_same_alert(&plain.alerts[0], &again.alerts[0]);
		}
		assert_true(plain.alerts[0].flaw == ALERT_SOUND || !known_sets_find(known, str_c(labels[i])));
		known_sets_unref(known);
	}
}

static void a_broken_set_is_refused_as_ever(void **state)
{
	AUTOARENA struct arena *arena = arena_new();
	struct known_sets *known = known_sets_new();
	struct webhook w;
	(void)state;
	assert_false(read_it(arena, known, ALERT("{\"alertname\" \"A\"}"), &w));
	assert_false(read_it(arena, known, ALERT("{\"alertname\":\"A\"]"), &w));
	assert_false(read_it(arena, known, "{\"alerts\":[{\"labels\":{\"a\":\"1\"}", &w));
	known_sets_unref(known);
}

/* Of a repeated name the last one stays, whichever of the two is known. */
static void the_last_of_two_sets_stays(void **state)
{
	AUTOARENA struct arena *arena = arena_new();
	struct known_sets *known = known_sets_new();
	struct webhook w;
	(void)state;
	assert_true(read_it(arena, known, ALERT("{\"a\":\"1\"}"), &w));
	assert_true(read_it(arena, known, ALERT("{\"a\":\"1\"},\"labels\":{\"a\":\"2\"}"), &w));
	assert_true(str_eq_c(labels_get(&w.alerts[0].labels, STR("a")), "2"));
	assert_true(read_it(arena, known, ALERT("{\"a\":\"3\"},\"labels\":{\"a\":\"1\"}"), &w));
	assert_true(str_eq_c(labels_get(&w.alerts[0].labels, STR("a")), "1"));
	assert_true(read_it(arena, known, ALERT("{\"a\":\"1\"},\"labels\":null"), &w));
	assert_int_equal(w.alerts[0].labels.n, 0);
	known_sets_unref(known);
}

static void what_is_found_lives_while_somebody_holds_it(void **state)
{
	struct label pair = {STR_INIT("a"), STR_INIT("1")};
	struct known_sets *known = known_sets_new(), *held = known_sets_ref(known);
	(void)state;
	const struct known_set *set = known_sets_keep(known, STR("{\"a\":\"1\"}"), &(struct labels){&pair, 1});
	assert_true(known_sets_bytes(known) > 0);
	known_sets_unref(known);
	assert_ptr_equal(known_sets_find(held, STR("{\"a\":\"1\"}")), set);
	assert_true(str_eq_c(set->labels.v[0].value, "1"));
	known_sets_unref(held);
	known_sets_unref(NULL);
	assert_null(known_sets_ref(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_set_is_read_once),
		cmocka_unit_test(a_flawed_set_is_read_each_time),
		cmocka_unit_test(a_broken_set_is_refused_as_ever),
		cmocka_unit_test(the_last_of_two_sets_stays),
		cmocka_unit_test(what_is_found_lives_while_somebody_holds_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
