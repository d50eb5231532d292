#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/json_reader.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* One letter a token; names and strings with what they say. */
static void put_token(struct buf *b, struct arena *arena, const struct json_token *t)
{
	static const char letters[] = {
		[TOKEN_OBJECT] = '{', [TOKEN_LIST] = '[', [TOKEN_END] = '.',   [TOKEN_NAME] = 'n', [TOKEN_STRING] = 's',
		[TOKEN_NUMBER] = '#', [TOKEN_TRUE] = 't', [TOKEN_FALSE] = 'f', [TOKEN_NULL] = '0'};
	buf_add_char(b, letters[t->kind]);
	if (t->kind == TOKEN_NAME || t->kind == TOKEN_STRING || t->kind == TOKEN_NUMBER) {
		buf_add(b, json_token_text(arena, t, SIZE_MAX));
		buf_add_char(b, ' ');
	}
}

/* Reads all of it, `step` bytes at a time; NULL where it is no JSON. */
static char *tokens_of(struct str text, size_t step, size_t *line, size_t *column)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	struct json_reader r;
	struct json_token t;
	json_reader_init(&r, arena, text);
	for (size_t stop = step;; stop += step) {
		while (json_next(&r, stop, &t) > TOKEN_FINISHED)
			put_token(&b, arena, &t);
		if (t.kind == TOKEN_MORE)
			continue;
		json_reader_where(&r, line, column);
		return t.kind == TOKEN_FINISHED ? buf_take(&b) : NULL;
	}
}

static const struct {
	const char *text, *tokens;
} grammar[] = {
	{"[]", "[."},
	{" { } ", "{."},
	{"{\"a\":1,\"b\":[true,false,null,{}]}", "{na #1 nb [tf0{..."},
	{"[-0, 10.25e-3 ,\t\"x\"\r\n]", "[#-0 #10.25e-3 sx ."},
	{"\"alone\"", "salone "},
	{"[[[]],[]]", "[[[..[.."},
	{"[\"\\\"\\\\\\/\\b\\n\\u0041\\u00e9\\ud83d\\ude00\"]", "[s\"\\/\b\nA\u00e9\U0001F600 ."},
	{"[\"\\ud800x\",\"\\udc00\",\"\\ud800\\u0041\"]", "[s\uFFFDx s\uFFFD s\uFFFDA ."},
	{"[\"a\xff\xc3(\"]", "[sa\uFFFD\uFFFD( ."},
};

static void test_grammar(void **state)
{
	(void)state;
	size_t line, column;
	for (size_t i = 0; i < COUNT(grammar); i++) {
		for (size_t step = 1; step < 40; step += 3) {
			AUTOFREE char *got = tokens_of(str_c(grammar[i].text), step, &line, &column);
			if (!got || strcmp(got, grammar[i].tokens) != 0)
				fail_msg("%s in steps of %zu: %s", grammar[i].text, step, got ? got : "no JSON");
		}
	}
}

static const struct {
	const char *text;
	size_t line, column;
} none[] = {
	{"", 1, 1},           {"[", 1, 2},         {"{\"a\"", 1, 5},        {"[1,]", 1, 4},
	{"{\"a\":1,}", 1, 8}, {"[1 2]", 1, 4},     {"{\"a\" 1}", 1, 6},     {"[}", 1, 2},
	{"{]", 1, 2},         {"[]]", 1, 3},       {"[1]\nx", 2, 1},        {"[\n\n tru]", 3, 2},
	{"[01]", 1, 2},       {"[1.]", 1, 2},      {"[1e]", 1, 2},          {"[-]", 1, 2},
	{"[\"a\nb\"]", 1, 4}, {"[\"\\x\"]", 1, 3}, {"[\"\\u12g4\"]", 1, 3}, {"[\"", 1, 3},
	{"{1:2}", 1, 2},      {"[\"\\", 1, 3},     {"{\"a\":}", 1, 6},      {"nothing", 1, 1},
	{"[trueish]", 1, 6},
};

static void test_what_is_no_json(void **state)
{
	(void)state;
	size_t line, column;
	for (size_t i = 0; i < COUNT(none); i++) {
		for (size_t step = 1; step < 12; step += 5) {
			AUTOFREE char *got = tokens_of(str_c(none[i].text), step, &line, &column);
			if (got || line != none[i].line || column != none[i].column)
				fail_msg("%s: %s at %zu:%zu", none[i].text, got ? got : "refused", line, column);
		}
	}
}

static void test_depth_has_no_limit(void **state)
{
	(void)state;
	enum { DEPTH = 100000 };
	size_t line, column;
	AUTOFREE char *text = mem_alloc(2 * DEPTH + 1);
	for (size_t i = 0; i < DEPTH; i++) {
		text[i] = '[';
		text[2 * DEPTH - 1 - i] = ']';
	}
	AUTOFREE char *got = tokens_of((struct str){text, 2 * DEPTH}, 4096, &line, &column);
	assert_non_null(got);
	assert_int_equal(strlen(got), 2 * DEPTH);
	text[2 * DEPTH - 1] = '}';
	assert_null(tokens_of((struct str){text, 2 * DEPTH}, 4096, &line, &column));
}

static void test_text_is_cut_between_characters(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct json_token t = {.kind = TOKEN_STRING, .raw = STR("ab\u00e9cd"), .plain = true};
	assert_true(str_eq_c(json_token_text(arena, &t, 3), "ab"));
	assert_true(str_eq_c(json_token_text(arena, &t, 4), "ab\u00e9"));
	t = (struct json_token){.kind = TOKEN_STRING, .raw = STR("\\n\\n\\u00e9x")};
	assert_true(str_eq_c(json_token_text(arena, &t, 3), "\n\n\u00e9"));
	t = (struct json_token){.kind = TOKEN_LIST, .raw = STR("[\"\\n\"]")};
	assert_true(str_eq_c(json_token_text(arena, &t, 100), "[\"\\n\"]"));
}

static const struct {
	struct str text;
	size_t room, fits, used;
} written[] = {
	{STR_INIT("abc"), 10, 3, 3},     {STR_INIT("abc"), 2, 2, 2},      {STR_INIT("a\"b"), 3, 2, 3},
	{STR_INIT("a\0b"), 6, 1, 1},     {STR_INIT("a\0b"), 7, 2, 7},     {STR_INIT("\n\x01"), 8, 2, 8},
	{STR_INIT("x\u00e9y"), 2, 1, 1}, {STR_INIT("x\u00e9y"), 3, 3, 3}, {STR_INIT(""), 0, 0, 0},
};

static void test_length_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(written); i++) {
		size_t used = 99;
		struct str fits = json_fitting(written[i].text, written[i].room, &used);
		if (fits.n != written[i].fits || used != written[i].used)
			fail_msg("row %zu: %zu bytes, %zu written", i, fits.n, used);
	}
}

/* What the value of the first member is written as; empty where it is to be read. */
static const struct {
	const char *text, *raw, *rest;
} passed[] = {
	{"{\"a\":{\"b\":[1,{}]},\"c\":2}", "{\"b\":[1,{}]}", "nc #2 ."},
	{"{\"a\" : [ \"]\", \"\\\"]\", \"\\\\\" ] }", "[ \"]\", \"\\\"]\", \"\\\\\" ]", "."},
	{"{\"a\":\"{\"}", "", "s{ ."},
	{"{\"a\":7}", "", "#7 ."},
	{"{\"a\":{\"b\":1", "", NULL},
	{"{\"a\":[\"x]", "", NULL},
	{"{\"a\"", "", NULL},
};

static void test_what_is_passed_over_ends_where_it_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(passed); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOBUF struct buf b;
		struct json_reader r;
		struct json_token t;
		struct str raw = {NULL, 0};
		buf_init(&b, SIZE_MAX);
		json_reader_init(&r, arena, str_c(passed[i].text));
		assert_int_equal(json_next(&r, SIZE_MAX, &t), TOKEN_OBJECT);
		assert_int_equal(json_next(&r, SIZE_MAX, &t), TOKEN_NAME);
		assert_int_equal(json_pass_over(&r, &raw), passed[i].raw[0] != '\0');
		assert_true(str_eq_c(raw, passed[i].raw));
		while (json_next(&r, SIZE_MAX, &t) > TOKEN_FINISHED)
			put_token(&b, arena, &t);
		assert_int_equal(t.kind, passed[i].rest ? TOKEN_FINISHED : TOKEN_BROKEN);
		if (passed[i].rest)
			assert_string_equal(b.p, passed[i].rest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grammar),
		cmocka_unit_test(test_what_is_no_json),
		cmocka_unit_test(test_depth_has_no_limit),
		cmocka_unit_test(test_text_is_cut_between_characters),
		cmocka_unit_test(test_length_as_written),
		cmocka_unit_test(test_what_is_passed_over_ends_where_it_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
