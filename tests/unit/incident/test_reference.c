/* What a provider calls what it was told stays with the generation that it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "incident/delivery.h"

#define START INT64_C(1763712000000)

/* An incident with one receiver that was told of generations 1 and 2. */
static struct incident *told_twice(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	inc->generation = inc->ended_generation = 2;
	assert_true(incident_add_receiver(inc, STR("chat"), START));
	struct delivery *d = incident_delivery(inc, STR("chat"));
	d->gens = arena_alloc(arena, 2 * sizeof *d->gens);
	d->gen_count = d->gen_capacity = 2;
	d->gens[0] = (struct told_generation){.generation = 1, .told = TOLD_FIRING};
	d->gens[1] = (struct told_generation){.generation = 2, .told = TOLD_FIRING};
	return inc;
}

static void is_kept_for_its_generation(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = told_twice(arena);
	char bytes[] = "C1 17.5";
	incident_refer(inc, STR("chat"), STR(""), 2, str_c(bytes));
	bytes[0] = 'x'; /* a copy was kept */
	assert_true(str_eq_c(incident_reference(inc, STR("chat"), STR(""), 2), "C1 17.5"));
	assert_int_equal(incident_reference(inc, STR("chat"), STR(""), 1).n, 0);
	assert_int_equal(incident_reference(inc, STR("mail"), STR(""), 2).n, 0);
	incident_refer(inc, STR("chat"), STR(""), 2, STR(""));
	assert_true(str_eq_c(incident_reference(inc, STR("chat"), STR(""), 2), "C1 17.5"));
	incident_refer(inc, STR("chat"), STR(""), 3, STR("unknown generation"));
	incident_refer(inc, STR("mail"), STR(""), 2, STR("unknown receiver"));
	assert_int_equal(incident_reference(inc, STR("chat"), STR(""), 3).n, 0);
}

/* What opened under a key is closed under it: the first one stays. */
static void keeps_the_first_key(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = told_twice(arena);
	char bytes[] = "pump-7";
	incident_keep_told_key(inc, STR("chat"), STR(""), 2, STR(""));
	incident_keep_told_key(inc, STR("chat"), STR(""), 2, str_c(bytes));
	bytes[0] = 'x'; /* a copy was kept */
	incident_keep_told_key(inc, STR("chat"), STR(""), 2, STR("pump-8"));
	incident_keep_told_key(inc, STR("chat"), STR(""), 3, STR("unknown generation"));
	incident_refer(inc, STR("chat"), STR(""), 2, STR("Q17"));
	struct incident *again = incident_read(arena, incident_write(arena, inc), &err);
	assert_non_null(again);
	assert_true(str_eq_c(incident_told_key(again, STR("chat"), STR(""), 2), "pump-7"));
	assert_true(str_eq_c(incident_reference(again, STR("chat"), STR(""), 2), "Q17"));
	assert_int_equal(incident_told_key(again, STR("chat"), STR(""), 1).n, 0);
	assert_int_equal(incident_told_key(again, STR("chat"), STR(""), 3).n, 0);
}

static void survives_in_the_record(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = told_twice(arena);
	incident_refer(inc, STR("chat"), STR(""), 1, STR("17"));
	struct incident *again = incident_read(arena, incident_write(arena, inc), &err);
	assert_non_null(again);
	assert_true(str_eq_c(incident_reference(again, STR("chat"), STR(""), 1), "17"));
}

static void a_provider_key_is_read_back(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t generation; /* 0: it is none */
		const char *role;
	} rows[] = {
		{"0123456789abcdef0123456789abcdef", 1, ""},
		{"0123456789abcdef0123456789abcdef-2", 2, ""},
		{"0123456789abcdef0123456789abcdef-17.5f3a91c0", 17, "5f3a91c0"},
		{"0123456789abcdef0123456789abcdef.5f3a91c0", 1, "5f3a91c0"},
		{"0123456789abcdef0123456789abcdef-1", 0, ""},
		{"0123456789abcdef0123456789abcdef-", 0, ""},
		{"0123456789abcdef0123456789abcdef--2", 0, ""},
		{"0123456789abcdef0123456789abcdef-2.", 0, ""},
		{"0123456789abcdef0123456789abcdef-99999999999999999999", 0, ""},
		{"0123456789ABCDEF0123456789abcdef", 0, ""},
		{"0123456789abcdef0123456789abcde", 0, ""},
		{"pump/7-2", 0, ""},
		{"", 0, ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct provider_key key = {.generation = 0};
		assert_int_equal(incident_provider_key_read(str_c(rows[i].text), &key), rows[i].generation > 0);
		assert_int_equal(key.generation, rows[i].generation);
		assert_true(!key.generation || str_eq_c(key.role, rows[i].role));
		assert_true(!key.generation || str_eq_c(key.key, "0123456789abcdef0123456789abcdef"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_provider_key_is_read_back),
		cmocka_unit_test(is_kept_for_its_generation),
		cmocka_unit_test(keeps_the_first_key),
		cmocka_unit_test(survives_in_the_record),
	};
	return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
