/* Option tables: reading, defaults, messages and documentation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/options.h"
#include "base/time.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

struct target {
	struct str url;
	bool resolved;
	int64_t port, plain, timeout, body;
	double rate;
	int mode;
	struct strs files;
	const struct yaml_node *tls;
};

static const char *const modes[] = {"send", "observe", NULL};

#define ROW(key, its_type, member, ...)                                                                                \
	{                                                                                                                  \
		.name = (key), .type = (its_type), .offset = offsetof(struct target, member), __VA_ARGS__                      \
	}
static const struct option rows[] = {
	ROW("url", OPTION_STR, url, .fallback = "", .required = true),
	ROW("send_resolved", OPTION_BOOL, resolved, .fallback = "true"),
	ROW("port", OPTION_INT, port, .fallback = "9195", .least = 1, .most = 65535),
	ROW("plain", OPTION_INT, plain, .fallback = NULL),
	ROW("timeout", OPTION_DURATION, timeout, .fallback = "1m30s", .least = 100, .most = TIME_HOUR),
	ROW("max_body", OPTION_SIZE, body, .fallback = "16MiB"),
	ROW("rate", OPTION_FLOAT, rate, .fallback = "0.5", .most = 100),
	ROW("mode", OPTION_CHOICE, mode, .fallback = "send", .choices = modes),
	ROW("files", OPTION_STRS, files, .fallback = "[a.yml, \"b c.yml\"]"),
	ROW("tls", OPTION_NODE, tls, .form = "mapping"),
};

static void sets_defaults(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct target t;
	memset(&t, 0xaa, sizeof t);
	options_defaults(rows, COUNT(rows), arena, &t);
	assert_int_equal(t.url.n, 0);
	assert_true(t.resolved);
	assert_int_equal(t.port, 9195);
	assert_int_equal(t.plain, 0);
	assert_int_equal(t.timeout, 90000);
	assert_int_equal(t.body, 16 << 20);
	assert_true(t.rate >= 0.5 && t.rate <= 0.5);
	assert_int_equal(t.mode, 0);
	assert_int_equal(t.files.n, 2);
	assert_true(str_eq_c(t.files.v[1], "b c.yml"));
	assert_null(t.tls);
}

static bool read_target(struct arena *arena, const char *text, struct target *t, bool *given, struct err *err)
{
	const struct yaml_node *map = yaml_parse(arena, "t.yml", str_c(text), err);
	assert_non_null(map);
	options_defaults(rows, COUNT(rows), arena, t);
	return options_read(rows, COUNT(rows), map, "receiver", arena, t, given, err);
}

static void reads_every_type(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct target t;
	bool given[COUNT(rows)];
	assert_true(
		read_target(arena,
	                "url: \"https://x\"\nsend_resolved: false\nport: 1\nplain: -5\ntimeout: 1h\nmax_body: 64KiB\n"
	                "rate: 2.5e1\nmode: observe\nfiles: one.yml\ntls: {a: b}\n",
	                &t, given, &err));
	assert_false(err_any(&err));
	assert_true(str_eq_c(t.url, "https://x"));
	assert_false(t.resolved);
	assert_int_equal(t.port, 1);
	assert_int_equal(t.plain, -5);
	assert_int_equal(t.timeout, TIME_HOUR);
	assert_int_equal(t.body, 65536);
	assert_true(t.rate >= 25 && t.rate <= 25);
	assert_int_equal(t.mode, 1);
	assert_int_equal(t.files.n, 1);
	assert_true(str_eq_c(t.files.v[0], "one.yml"));
	assert_true(str_eq_c(yaml_get(t.tls, "a")->text, "b"));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(given[i]);
}

static void null_leaves_the_default(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct target t;
	bool given[COUNT(rows)];
	memset(given, 1, sizeof given);
	assert_true(read_target(arena, "url: x\nport:\ntimeout: ~\nfiles: null\ntls: ~\n", &t, given, &err));
	assert_int_equal(t.port, 9195);
	assert_int_equal(t.timeout, 90000);
	assert_int_equal(t.files.n, 2);
	assert_null(t.tls);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(given[i], i == 0);
}

static void sizes_and_lists(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t bytes;
	} sizes[] = {
		{"0", 0},
		{"512", 512},
		{"512B", 512},
		{"1KiB", 1024},
		{"3MiB", 3 << 20},
		{"1GiB", 1 << 30},
		{"2TiB", INT64_C(2) << 40},
		{"8388607TiB", INT64_C(8388607) << 40},
	};
	for (size_t i = 0; i < COUNT(sizes); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct target t;
		assert_true(read_target(arena, arena_printf(arena, "url: x\nfiles: []\nmax_body: %s\n", sizes[i].text), &t,
		                        NULL, &err));
		assert_int_equal(t.body, sizes[i].bytes);
		assert_int_equal(t.files.n, 0);
	}
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error; /* the error without "t.yml:" and "error: receiver: " */
	} bad[] = {
		{"prot: 1", "2:1|unknown key \"prot\"; did you mean \"port\"?"},
		{"send_resolve: true", "2:1|unknown key \"send_resolve\"; did you mean \"send_resolved\"?"},
		{"Timeout: 1s", "2:1|unknown key \"Timeout\"; did you mean \"timeout\"?"},
		{"nothing_like_it: 1", "2:1|unknown key \"nothing_like_it\""},
		{"send_resolved: yes", "2:16|\"send_resolved\" must be true or false, not \"yes\"; did you mean true?"},
		{"send_resolved: Off", "2:16|\"send_resolved\" must be true or false, not \"Off\"; did you mean false?"},
		{"send_resolved: True", "2:16|\"send_resolved\" must be true or false, not \"True\"; did you mean true?"},
		{"send_resolved: 1", "2:16|\"send_resolved\" must be true or false, not \"1\""},
		{"send_resolved: 'true'", "2:16|\"send_resolved\" must be true or false without quotes, not \"true\""},
		{"port: x", "2:7|\"port\" must be a whole number, not \"x\""},
		{"port: 1.5", "2:7|\"port\" must be a whole number, not \"1.5\""},
		{"port: '1'", "2:7|\"port\" must be a whole number without quotes, not \"1\""},
		{"port: 0", "2:7|\"port\" must be between 1 and 65535, not 0"},
		{"port: 65536", "2:7|\"port\" must be between 1 and 65535, not 65536"},
		{"port: 99999999999999999999", "2:7|\"port\" must be a whole number, not \"99999999999999999999\""},
		{"port: [1]", "2:7|\"port\" must be a whole number, not a list"},
		{"url: {a: b}", "1:6|\"url\" must be a string, not a mapping"},
		{"timeout: 30", "2:10|\"timeout\" must be a duration such as 30s, 4h or 1d12h, not \"30\""},
		{"timeout: 99ms", "2:10|\"timeout\" must be between 100ms and 1h, not 99ms"},
		{"timeout: 1h1ms", "2:10|\"timeout\" must be between 100ms and 1h, not 1h1ms"},
		{"timeout: []", "2:10|\"timeout\" must be a duration such as 30s, 4h or 1d12h, not a list"},
		{"max_body: 5MB", "2:11|\"max_body\" must be a size such as 512, 64KiB, 16MiB or 1GiB, not \"5MB\""},
		{"max_body: KiB", "2:11|\"max_body\" must be a size such as 512, 64KiB, 16MiB or 1GiB, not \"KiB\""},
		{"max_body: -1", "2:11|\"max_body\" must be a size such as 512, 64KiB, 16MiB or 1GiB, not \"-1\""},
		{"max_body: 8388608TiB", "2:11|\"max_body\" must be a size such as 512, 64KiB, 16MiB or 1GiB, not "
	                             "\"8388608TiB\""},
		{"rate: fast", "2:7|\"rate\" must be a number, not \"fast\""},
		{"rate: nan", "2:7|\"rate\" must be a number, not \"nan\""},
		{"rate: inf", "2:7|\"rate\" must be a number, not \"inf\""},
		{"rate: 0x10", "2:7|\"rate\" must be a number, not \"0x10\""},
		{"rate: 1e999", "2:7|\"rate\" must be a number, not \"1e999\""},
		{"rate: 1e", "2:7|\"rate\" must be a number, not \"1e\""},
		{"rate: 100.5", "2:7|\"rate\" must be between 0 and 100, not 100.5"},
		{"rate: -0.1", "2:7|\"rate\" must be between 0 and 100, not -0.1"},
		{"mode: observ", "2:7|\"mode\" must be one of send, observe, not \"observ\"; did you mean \"observe\"?"},
		{"mode: quiet", "2:7|\"mode\" must be one of send, observe, not \"quiet\""},
		{"mode: [send]", "2:7|\"mode\" must be one of send, observe, not a list"},
		{"files: {a: b}", "2:8|\"files\" must be a list of strings, not a mapping"},
		{"files: [a, [b]]", "2:12|\"files\" must be a list of strings, not a list"},
		{"files: [a, ~]", "2:12|\"files\" must be a list of strings, not \"~\""},
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct target t, before;
		const char *prefix = strncmp(bad[i].text, "url:", 4) == 0 ? "" : "url: x\n";
		ptrdiff_t bar = str_index(str_c(bad[i].error), '|');
		options_defaults(rows, COUNT(rows), arena, &before);
		assert_false(read_target(arena, arena_printf(arena, "%s%s\n", prefix, bad[i].text), &t, NULL, &err));
		assert_string_equal(err_first(&err), arena_printf(arena, "t.yml:%.*s: error: receiver: %s", (int)bar,
		                                                  bad[i].error, bad[i].error + bar + 1));
		assert_int_equal(err.count, 1);
		assert_int_equal(t.port, before.port); /* a refused value changes nothing */
		assert_int_equal(t.timeout, before.timeout);
		assert_int_equal(t.files.n, before.files.n);
	}
}

static void reports_all_at_once(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct target t;
	assert_false(read_target(arena, "port: x\nfoo: 1\nmode: y\nplain: 7\n", &t, NULL, &err));
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	err_print(&err, &b);
	assert_string_equal(buf_str(&b).p, "t.yml:1:7: error: receiver: \"port\" must be a whole number, not \"x\"\n"
	                                   "t.yml:2:1: error: receiver: unknown key \"foo\"\n"
	                                   "t.yml:3:7: error: receiver: \"mode\" must be one of send, observe, not \"y\"\n"
	                                   "t.yml:1:1: error: receiver: \"url\" is required");
	assert_int_equal(t.plain, 7);
}

static void required_even_of_nothing(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct target t;
	assert_false(read_target(arena, "url: ~\n", &t, NULL, &err));
	assert_string_equal(err_first(&err), "t.yml:1:1: error: receiver: \"url\" is required");
	err_release(&err);
	assert_false(read_target(arena, "~\n", &t, NULL, &err));
	assert_string_equal(err_first(&err), "t.yml:1:1: error: receiver: \"url\" is required");
	err_release(&err);
	assert_false(options_read(rows, COUNT(rows), NULL, "receiver", arena, &t, NULL, &err));
	assert_string_equal(err_first(&err), "error: receiver: \"url\" is required");
	err_release(&err);
	assert_true(options_read(rows + 1, COUNT(rows) - 1, NULL, "receiver", arena, &t, NULL, &err));
	assert_false(read_target(arena, "- url\n", &t, NULL, &err));
	assert_string_equal(err_first(&err), "t.yml:1:1: error: receiver: must be a mapping, not a list");
}

static void see(void *arg, struct str path, const struct option *row)
{
	struct buf *text = arg;
	buf_printf(text, "%.*s (", STR_ARG(path));
	option_print_type(row, text);
	buf_printf(text, ") %s\n", option_default_text(row));
}

static void walks_the_tree(void **state)
{
	(void)state;
	static const struct option leaf_rows[] = {
		{.name = "port", .type = OPTION_INT, .fallback = "9195"},
		{.name = "old", .type = OPTION_FOREIGN, .doc = "is another program's"},
	};
	static const struct option_table leaf = OPTION_TABLE(leaf_rows);
	static const struct option top_rows[] = {
		{.name = "mode", .type = OPTION_CHOICE, .choices = modes, .required = true},
		{.name = "tls", .type = OPTION_NODE, .inner = &leaf},
		{.name = "peers", .type = OPTION_NODE, .inner = &leaf, .list = true},
		{.name = "labels", .type = OPTION_NODE, .form = "mapping of labels"},
	};
	static const struct option_table top = OPTION_TABLE(top_rows);
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	options_walk(&top, see, &b);
	assert_string_equal(buf_str(&b).p, "mode (send or observe) required\n"
	                                   "tls (mapping) \n"
	                                   "tls.port (int) 9195\n"
	                                   "peers (list of mappings) \n"
	                                   "peers[].port (int) 9195\n"
	                                   "labels (mapping of labels) \n");
}

static void guesses_the_nearest(void **state)
{
	(void)state;
	static const char *const names[] = {"severity", "owner", "runbook", "repeat_interval", "db", "url", ""};
	static const struct {
		const char *word, *nearest;
	} guesses[] = {
		{"severty", "severity"},
		{"sverity", "severity"},
		{"seevrity", "severity"}, /* neighbours swapped */
		{"SEVERITY", "severity"},
		{"onwer", "owner"},
		{"owners", "owner"},
		{"ow", NULL},
		{"team", NULL},
		{"repeatinterval", "repeat_interval"},
		{"repeat_intrvl", "repeat_interval"},
		{"reptintrval", NULL},
		{"repeat_inte", NULL},
		{"to", NULL},
		{"uri", "url"},
		{"", NULL},
	};
	for (size_t i = 0; i < COUNT(guesses); i++) {
		const char *nearest = options_nearest(str_c(guesses[i].word), names, COUNT(names));
		assert_int_equal(nearest == NULL, guesses[i].nearest == NULL);
		if (nearest)
			assert_string_equal(nearest, guesses[i].nearest);
	}
	char endless[5000];
	memset(endless, 'a', sizeof endless);
	assert_null(options_nearest((struct str){endless, sizeof endless}, names, COUNT(names)));
	assert_null(options_nearest(STR("x"), NULL, 0));
}

/* What may as well be right is called a slip only where it is one. */
static void slips_of_a_word_that_may_be_right(void **state)
{
	(void)state;
	static struct str known[] = {STR_INIT("severity"), STR_INIT("node"), STR_INIT("pid"), STR_INIT("team")};
	static const struct {
		const char *word, *meant;
	} words[] = {{"sevrity", "severity"},
	             {"Severity", "severity"},
	             {"svrty", ""},
	             {"taem", "team"},
	             {"teams", "team"},
	             {"zone", ""},
	             {"pod", ""},
	             {"PID", "pid"},
	             {"seevrty", ""},
	             {"", ""},
	             {"severe", ""}};
	for (size_t i = 0; i < COUNT(words); i++) {
		struct str meant = options_slip_of(str_c(words[i].word), &(struct strs){known, COUNT(known)});
		if (!str_eq_c(meant, words[i].meant))
			fail_msg("%s: \"%.*s\"", words[i].word, STR_ARG(meant));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_defaults),
		cmocka_unit_test(reads_every_type),
		cmocka_unit_test(null_leaves_the_default),
		cmocka_unit_test(sizes_and_lists),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(reports_all_at_once),
		cmocka_unit_test(required_even_of_nothing),
		cmocka_unit_test(walks_the_tree),
		cmocka_unit_test(guesses_the_nearest),
		cmocka_unit_test(slips_of_a_word_that_may_be_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
