#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/ack_token.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define NOW (INT64_C(1763712000) * TIME_SECOND)

static struct str first[] = {STR_INIT("the first secret"), STR_INIT("an older secret")};
static struct str older[] = {STR_INIT("an older secret")};
static const struct strs both = {first, 2}, old_alone = {older, 1}, none = {NULL, 0};

static struct ack_token token(const char *who)
{
	return (struct ack_token){.key = STR(KEY), .generation = 3, .expires_at = NOW + TIME_HOUR, .who = str_c(who)};
}

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static enum ack_token_result reading(struct arena *a, struct str text, int64_t now)
{
	struct ack_token out;
	return ack_token_read(a, &both, text, now, &out);
}

static void what_was_written_is_read(void **state)
{
	struct ack_token in = token("ana \xc3\xb6 \"<>."), out;
	struct str text = ack_token_write(*state, &both, &in);
	assert_true(text.n && text.n <= ACK_TOKEN_MAX);
	for (size_t i = 0; i < text.n; i++)
		assert_non_null(strchr("0123456789abcdef.", text.p[i]));
	assert_int_equal(ack_token_read(*state, &both, text, NOW, &out), ACK_TOKEN_GOOD);
	assert_true(str_eq(out.key, in.key) && str_eq(out.who, in.who));
	assert_int_equal(out.generation, 3);
	assert_int_equal(out.expires_at, in.expires_at);
}

static void the_round_is_part_of_it(void **state)
{
	struct ack_token in = token("ana"), out;
	struct str before = ack_token_write(*state, &both, &in);
	assert_int_equal(ack_token_read(*state, &both, before, NOW, &out), ACK_TOKEN_GOOD);
	assert_int_equal(out.round, 0);
	in.round = 12;
	struct str after = ack_token_write(*state, &both, &in);
	assert_false(str_eq(before, after));
	assert_int_equal(ack_token_read(*state, &both, after, NOW, &out), ACK_TOKEN_GOOD);
	assert_int_equal(out.round, 12);
	assert_int_equal(out.generation, 3);
}

static void it_ends_when_it_says(void **state)
{
	struct ack_token in = token("");
	struct str text = ack_token_write(*state, &both, &in);
	assert_int_equal(reading(*state, text, NOW + TIME_HOUR - 1), ACK_TOKEN_GOOD);
	assert_int_equal(reading(*state, text, NOW + TIME_HOUR), ACK_TOKEN_EXPIRED);
}

static void each_secret_verifies_and_the_first_signs(void **state)
{
	struct ack_token in = token(""), out;
	struct str by_older = ack_token_write(*state, &old_alone, &in), by_first = ack_token_write(*state, &both, &in);
	assert_int_equal(reading(*state, by_older, NOW), ACK_TOKEN_GOOD);
	assert_int_equal(ack_token_read(*state, &old_alone, by_first, NOW, &out), ACK_TOKEN_FOREIGN);
	assert_int_equal(ack_token_read(*state, &none, by_first, NOW, &out), ACK_TOKEN_FOREIGN);
	assert_int_equal(ack_token_write(*state, &none, &in).n, 0);
}

/* Every byte counts: changed to each of these, left out, doubled. */
static void an_altered_one_is_foreign(void **state)
{
	struct ack_token in = token("ben");
	struct str text = ack_token_write(*state, &both, &in);
	for (size_t i = 0; i < text.n; i++) {
		char changed[ACK_TOKEN_MAX + 2];
		for (const char *c = "0f.Z%"; *c; c++) {
			memcpy(changed, text.p, text.n);
			changed[i] = *c;
			if (*c != text.p[i])
				assert_int_equal(reading(*state, (struct str){changed, text.n}, NOW), ACK_TOKEN_FOREIGN);
		}
		memcpy(changed, text.p, i);
		memcpy(changed + i, text.p + i + 1, text.n - i - 1);
		assert_int_equal(reading(*state, (struct str){changed, text.n - 1}, NOW), ACK_TOKEN_FOREIGN);
		memcpy(changed, text.p, i + 1);
		memcpy(changed + i + 1, text.p + i, text.n - i);
		assert_int_equal(reading(*state, (struct str){changed, text.n + 1}, NOW), ACK_TOKEN_FOREIGN);
	}
}

static void what_is_none_is_foreign(void **state)
{
	char large[ACK_TOKEN_MAX + 100];
	memset(large, '.', sizeof large);
	static const char *const texts[] = {"", ".", "....", "x", KEY ".1.1763715600.", KEY ".1.1763715600..", "a.b.c.d.e"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(reading(*state, str_c(texts[i]), NOW), ACK_TOKEN_FOREIGN);
	assert_int_equal(reading(*state, (struct str){large, sizeof large}, NOW), ACK_TOKEN_FOREIGN);
}

static void a_long_who_is_cut_between_characters(void **state)
{
	char name[3 * ACK_WHO_MAX + 1];
	for (size_t i = 0; i < ACK_WHO_MAX; i++)
		memcpy(name + 3 * i, "\xe2\x82\xac", 4);
	struct ack_token in = token(name), out;
	struct str text = ack_token_write(*state, &both, &in);
	assert_int_equal(ack_token_read(*state, &both, text, NOW, &out), ACK_TOKEN_GOOD);
	assert_int_equal(out.who.n, ACK_WHO_MAX / 3 * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(the_round_is_part_of_it),
		cmocka_unit_test(it_ends_when_it_says),
		cmocka_unit_test(each_secret_verifies_and_the_first_signs),
		cmocka_unit_test(an_altered_one_is_foreign),
		cmocka_unit_test(what_is_none_is_foreign),
		cmocka_unit_test(a_long_who_is_cut_between_characters),
	};
	struct CMUnitTest with_arena[sizeof tests / sizeof *tests];
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		with_arena[i] = tests[i];
		with_arena[i].setup_func = setup;
		with_arena[i].teardown_func = teardown;
	}
	return _cmocka_run_group_tests("ack_token", with_arena, sizeof tests / sizeof *tests, NULL, NULL);
}
