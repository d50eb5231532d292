#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "help/flags.h"

static const struct flag rows[] = {
	{.name = "config.file", .argument = "FILE", .fallback = "x.yml", .doc = "a file"},
	{.name = "listen", .argument = "ADDRESS", .repeated = true, .doc = "an address"},
	{.name = "output", .letter = 'o', .argument = "FORMAT", .doc = "a format"},
	{.name = "strict", .doc = "a switch"},
};
#define ROWS (sizeof rows / sizeof *rows)

struct parsed {
	struct flags *flags;
	struct err err;
	int at;
	bool ok;
};

static struct parsed parse_words(bool stop_at_word, int argc, const char *const *argv)
{
	struct parsed p = {.flags = flags_new(), .err = ERR_INIT};

	flags_add(p.flags, rows, ROWS);
	p.ok = flags_parse(p.flags, argc, argv, &p.at, stop_at_word, &p.err);
	return p;
}

static void parsed_release(struct parsed *p)
{
	flags_free(p->flags);
	err_release(&p->err);
}
#define PARSE(stop, ...)                                                                                               \
	parse_words(stop, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})

static void test_every_form(void **state)
{
	(void)state;
	static const char *const forms[][3] = {{"--output=json", "word", NULL},
	                                       {"--output", "json", "word"},
	                                       {"-o", "json", "word"},
	                                       {"-ojson", "word", NULL}};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct parsed p = parse_words(false, forms[i][2] ? 3 : 2, forms[i]);
		const char *const *words;
		assert_true(p.ok);
		assert_string_equal(flags_get(p.flags, "output"), "json");
		assert_int_equal(flags_words(p.flags, &words), 1);
		assert_string_equal(words[0], "word");
		parsed_release(&p);
	}
}

static void test_defaults_and_repeats(void **state)
{
	(void)state;
	struct parsed p = PARSE(false, "--listen=a", "--strict", "--listen", "b");
	const char *const *values;

	assert_true(p.ok);
	assert_string_equal(flags_get(p.flags, "config.file"), "x.yml");
	assert_false(flags_given(p.flags, "config.file"));
	assert_null(flags_get(p.flags, "output"));
	assert_true(flags_given(p.flags, "strict"));
	assert_int_equal(flags_all(p.flags, "listen", &values), 2);
	assert_string_equal(values[0], "a");
	assert_string_equal(values[1], "b");
	parsed_release(&p);
}

static void test_mistakes_are_all_told(void **state)
{
	(void)state;
	struct parsed p =
		PARSE(false, "--confg.file=x", "--strict=yes", "--output=a", "-o", "b", "-x", "--nothing.like.it", "--output");

	assert_false(p.ok);
	assert_int_equal(p.err.count, 6);
	assert_string_equal(p.err.lines[0], "unknown flag '--confg.file=x', did you mean --config.file?");
	assert_string_equal(p.err.lines[1], "--strict takes no value");
	assert_string_equal(p.err.lines[2], "--output is given more than once");
	assert_string_equal(p.err.lines[3], "unknown flag '-x'");
	assert_string_equal(p.err.lines[4], "unknown flag '--nothing.like.it'");
	assert_string_equal(p.err.lines[5], "--output needs a value: FORMAT");
	parsed_release(&p);
}

static void test_two_dashes_end_the_flags_and_one_is_a_word(void **state)
{
	(void)state;
	struct parsed p = PARSE(false, "-", "--", "--strict", "-o");
	const char *const *words;

	assert_true(p.ok);
	assert_int_equal(flags_words(p.flags, &words), 3);
	assert_string_equal(words[0], "-");
	assert_string_equal(words[1], "--strict");
	assert_false(flags_given(p.flags, "strict"));
	parsed_release(&p);
}

static void test_it_stops_at_the_command_and_goes_on_behind_it(void **state)
{
	(void)state;
	static const struct flag more[] = {{.name = "all", .doc = "a switch of the command"}};
	const char *argv[] = {"-o", "json", "explain", "a=b", "--all", "--strict"};
	struct parsed p = parse_words(true, 6, argv);

	assert_true(p.ok);
	assert_int_equal(p.at, 2);
	flags_add(p.flags, more, 1);
	p.at++;
	assert_true(flags_parse(p.flags, 6, argv, &p.at, false, &p.err));
	assert_true(flags_given(p.flags, "all") && flags_given(p.flags, "strict"));
	parsed_release(&p);
}

static void test_help_comes_from_the_rows(void **state)
{
	(void)state;
	AUTOBUF struct buf out;
	const struct manual page = {MANUAL_TEXT, &out};

	buf_init(&out, 4096);
	flags_print(rows, ROWS, &page);
	assert_non_null(strstr(out.p, "  --config.file=FILE  (default x.yml)\n      a file\n"));
	assert_non_null(strstr(out.p, "  (may be repeated)\n      an address\n"));
	assert_non_null(strstr(out.p, "  -o, --output=FORMAT"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_defaults_and_repeats),
		cmocka_unit_test(test_mistakes_are_all_told),
		cmocka_unit_test(test_two_dashes_end_the_flags_and_one_is_a_word),
		cmocka_unit_test(test_it_stops_at_the_command_and_goes_on_behind_it),
		cmocka_unit_test(test_help_comes_from_the_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
