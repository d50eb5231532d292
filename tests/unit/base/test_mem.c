/* Memory and arenas. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "base/mem.h"

static void copies(void **state)
{
	(void)state;
	AUTOFREE char *cut = mem_str((struct str){"abcdef", 3});
	AUTOFREE char *empty = mem_str((struct str){NULL, 0});
	AUTOFREE char *copy = mem_strdup("x");
	AUTOFREE char *printed = mem_printf("%s-%d", "a", 7);
	AUTOFREE char *with_nul = mem_str((struct str){"a\0b", 3});
	assert_string_equal(cut, "abc");
	assert_string_equal(empty, "");
	assert_string_equal(copy, "x");
	assert_string_equal(printed, "a-7");
	assert_memory_equal(with_nul, "a\0b", 4);
	assert_null(mem_strdup(NULL));
}

static void zero_bytes_are_no_failure(void **state)
{
	(void)state;
	AUTOFREE void *a = mem_alloc(0);
	AUTOFREE void *b = mem_zero(0);
	AUTOFREE void *c = mem_grow(NULL, 0);
	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
}

static void room_doubles_from_eight(void **state)
{
	(void)state;
	int *v = NULL;
	size_t count = 0, capacity = 0;
	for (int i = 0; i < 9; i++) {
		MEM_ROOM(v, count, capacity);
		assert_int_equal(capacity, i < 8 ? 8 : 16);
		v[count++] = i;
	}
	for (int i = 0; i < 9; i++)
		assert_int_equal(v[i], i);
	free(v);
}

static void arena_memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	static const char zeros[5000];
	AUTOARENA struct arena *a = arena_new();
	size_t total = 0;
	for (size_t n = 0; n < 5000; n += 7) {
		char *p = arena_alloc(a, n);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		assert_memory_equal(p, zeros, n);
		memset(p, 0xaa, n);
		total += n;
	}
	assert_true(arena_bytes(a) >= total);
}

/* A large piece gets a block of its own; what was handed out before and after stays whole. */
static void arena_pieces_do_not_overlap(void **state)
{
	(void)state;
	static const size_t sizes[] = {1, 100000, 3, 4096, 1000000, 17, 262144, 5};
	enum { N = sizeof sizes / sizeof *sizes };
	unsigned char *pieces[N];
	AUTOARENA struct arena *a = arena_new();
	for (size_t i = 0; i < N; i++) {
		pieces[i] = arena_alloc(a, sizes[i]);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < N; i++) {
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(pieces[i][k], i + 1);
	}
}

/* Some are kept by the thousand: what each takes is counted. */
static void arena_that_is_kept_takes_little_more(void **state)
{
	(void)state;
	AUTOARENA struct arena *kept = arena_new_kept();
	for (size_t total = 0; total < 1000000; total += 200) {
		memset(arena_alloc(kept, 200), 0xaa, 200);
		assert_true(arena_footprint(kept) <= 4096 + 2048 + arena_bytes(kept) + arena_bytes(kept) / 4);
	}
}

/* Whoever fills it in slices pays for it in slices. */
static void much_arena_memory_is_not_touched_at_once(void **state)
{
	enum { SIZE = 64 << 20 };
	AUTOARENA struct arena *a = arena_new();
	struct rusage before, after;
	(void)state;
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	const char *p = arena_alloc(a, SIZE);
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_true(after.ru_minflt - before.ru_minflt < SIZE / 4096 / 2);
	for (size_t i = 0; i < SIZE; i += SIZE / 100)
		assert_int_equal(p[i], 0);
	assert_true(arena_bytes(a) >= SIZE && arena_footprint(a) >= SIZE);
	assert_int_equal(*(const char *)arena_alloc(a, 1), 0); /* and small ones go on */
}

static void arena_copies(void **state)
{
	(void)state;
	AUTOARENA struct arena *a = arena_new();
	struct str s = arena_str(a, (struct str){"a\0bcd", 3});
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 4);
	assert_string_equal(arena_str(a, (struct str){NULL, 0}).p, "");
	assert_string_equal(arena_cstr(a, STR("xyz")), "xyz");
	assert_string_equal(arena_printf(a, "%05d|%s", 42, "x"), "00042|x");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	char *wide = arena_printf(a, "%20000d", 1);
	assert_int_equal(strlen(wide), 20000);
	arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies),
		cmocka_unit_test(zero_bytes_are_no_failure),
		cmocka_unit_test(room_doubles_from_eight),
		cmocka_unit_test(arena_memory_is_zeroed_and_aligned),
		cmocka_unit_test(arena_pieces_do_not_overlap),
		cmocka_unit_test(arena_that_is_kept_takes_little_more),
		cmocka_unit_test(much_arena_memory_is_not_touched_at_once),
		cmocka_unit_test(arena_copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
