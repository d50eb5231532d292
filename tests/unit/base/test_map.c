/* The hash map, against the simplest model there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/map.h"

static int numbers[4096];

static struct str numbered_key(int i, char room[16])
{
	return (struct str){room, (size_t)snprintf(room, 16, "key-%d", i)};
}

static void sets_gets_removes(void **state)
{
	(void)state;
	struct map *m = map_new();
	assert_null(map_get(m, STR("a")));
	assert_null(map_remove(m, STR("a")));
	assert_null(map_set(m, STR("a"), &numbers[1]));
	assert_ptr_equal(map_set(m, STR("a"), &numbers[2]), &numbers[1]);
	assert_ptr_equal(map_get(m, STR("a")), &numbers[2]);
	assert_int_equal(map_count(m), 1);
	assert_ptr_equal(map_remove(m, STR("a")), &numbers[2]);
	assert_null(map_get(m, STR("a")));
	assert_int_equal(map_count(m), 0);
	map_free(m);
	map_free(NULL);
	map_free_with(NULL, free);
}

static void keys_are_bytes_and_copied(void **state)
{
	(void)state;
	static const struct str keys[] = {{NULL, 0},   {"\0", 1},       {"a\0b", 3},
	                                  {"a\0c", 3}, {"12345678", 8}, {"123456789", 9}};
	enum { N = sizeof keys / sizeof *keys };
	struct map *m = map_new();
	char changing[] = "before";
	for (size_t i = 0; i < N; i++)
		map_set(m, keys[i], &numbers[i]);
	map_set(m, str_c(changing), &numbers[N]);
	memcpy(changing, "behind", sizeof changing);
	for (size_t i = 0; i < N; i++)
		assert_ptr_equal(map_get(m, keys[i]), &numbers[i]);
	assert_ptr_equal(map_get(m, STR("before")), &numbers[N]);
	assert_null(map_get(m, STR("behind")));
	map_free(m);
}

/* A few thousand random steps, each compared with an array of flags. */
static void agrees_with_a_model(void **state)
{
	(void)state;
	enum { KEYS = 500, STEPS = 60000 };
	void *model[KEYS] = {NULL};
	size_t count = 0;
	uint32_t dice = 12345;
	struct map *m = map_new();
	for (int step = 0; step < STEPS; step++) {
		char room[16];
		dice = dice * 1664525 + 1013904223;
		int i = (int)(dice >> 16) % KEYS;
		void *value = dice & 0x8000 ? &numbers[step % 4096] : NULL;
		void *old = value ? map_set(m, numbered_key(i, room), value) : map_remove(m, numbered_key(i, room));
		assert_ptr_equal(old, model[i]);
		count = count + (value && !old) - (!value && old);
		model[i] = value;
		assert_int_equal(map_count(m), count);
	}
	for (int i = 0; i < KEYS; i++) {
		char room[16];
		assert_ptr_equal(map_get(m, numbered_key(i, room)), model[i]);
	}
	map_free(m);
}

static void iterates_in_insertion_order(void **state)
{
	(void)state;
	struct map *m = map_new();
	struct str key;
	void *value;
	char room[16];
	int expected = 1;
	for (int i = 0; i < 100; i++)
		map_set(m, numbered_key(i, room), &numbers[i]);
	for (int i = 0; i < 100; i += 2)
		map_remove(m, numbered_key(i, room));
	map_set(m, STR("key-1"), &numbers[1]); /* replacing does not move */
	for (size_t i = 0; map_next(m, &i, &key, &value); expected += 2) {
		assert_ptr_equal(value, &numbers[expected]);
		assert_true(str_eq(key, numbered_key(expected, room)));
	}
	assert_int_equal(expected, 101);
	map_free(m);
}

static void the_visited_entry_may_go(void **state)
{
	(void)state;
	struct map *m = map_new();
	struct str key;
	void *value;
	char room[16];
	int visited = 0;
	for (int i = 0; i < 50; i++)
		map_set(m, numbered_key(i, room), &numbers[i]);
	for (size_t i = 0; map_next(m, &i, &key, &value); visited++) {
		assert_ptr_equal(value, &numbers[visited]);
		if (visited % 3 == 0)
			assert_ptr_equal(map_remove(m, numbered_key(visited, room)), value);
	}
	assert_int_equal(visited, 50);
	assert_int_equal(map_count(m), 33);
	map_free(m);
}

/* A queue: new behind, old out in front. Holes must neither pile up nor be walked over each time. */
static void serves_as_a_queue(void **state)
{
	(void)state;
	struct map *m = map_new();
	char room[16];
	for (int i = 0; i < 200000; i++) {
		map_set(m, numbered_key(i, room), &numbers[i % 4096]);
		if (i < 1000)
			continue;
		struct str key;
		void *value;
		size_t cursor = 0;
		assert_true(map_next(m, &cursor, &key, &value));
		assert_ptr_equal(value, &numbers[(i - 1000) % 4096]);
		map_remove(m, numbered_key(i - 1000, room));
	}
	assert_int_equal(map_count(m), 1000);
	map_free(m);
}

static void frees_values_once(void **state)
{
	(void)state;
	struct map *m = map_new();
	char room[16];
	for (int i = 0; i < 20; i++)
		map_set(m, numbered_key(i, room), malloc(1));
	free(map_remove(m, numbered_key(7, room)));
	map_free_with(m, free); /* a sanitizer sees what is lost or freed twice */
}

/* The key of each is part of its value, as in a cache: one that gives way takes its key with it. */
struct named {
	int number;
	char name[16];
};

static struct named *new_named(int i, int number)
{
	struct named *n = malloc(sizeof *n);
	n->number = number;
	numbered_key(i, n->name);
	return n;
}

static void views_stay_where_they_are(void **state)
{
	(void)state;
	struct map *m = map_new_of_views();
	struct str key;
	char room[16];
	void *value;
	for (int i = 0; i < 100; i++) {
		struct named *n = new_named(i, i);
		map_set(m, str_c(n->name), n);
	}
	for (int i = 0; i < 100; i += 2) {
		struct named *n = new_named(i, 1000 + i);
		free(map_set(m, str_c(n->name), n));
	}
	free(map_remove(m, numbered_key(1, room)));
	for (int i = 0; i < 100; i++) {
		struct named *n = map_get(m, numbered_key(i, room));
		assert_int_equal(n ? n->number : -1, i == 1 ? -1 : i % 2 ? i : 1000 + i);
	}
	for (size_t i = 0; map_next(m, &i, &key, &value);)
		assert_ptr_equal(key.p, ((struct named *)value)->name);
	map_free_with(m, free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_gets_removes),        cmocka_unit_test(keys_are_bytes_and_copied),
		cmocka_unit_test(agrees_with_a_model),      cmocka_unit_test(iterates_in_insertion_order),
		cmocka_unit_test(the_visited_entry_may_go), cmocka_unit_test(serves_as_a_queue),
		cmocka_unit_test(frees_values_once),        cmocka_unit_test(views_stay_where_they_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
