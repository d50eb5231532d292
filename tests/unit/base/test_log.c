/* Log lines, read back through a pipe that stands in for stderr. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static int64_t clock_ms;

static int64_t now_ms(void)
{
	return clock_ms;
}

/* stderr becomes the writing end of `pipes`; the old one comes back in restore(). */
static int pipes[2], kept = -1;

static void redirect(void)
{
	assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
	kept = dup(STDERR_FILENO);
	assert_true(kept >= 0 && dup2(pipes[1], STDERR_FILENO) >= 0);
	close(pipes[1]);
}

static void restore(void)
{
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	close(pipes[0]);
}

static struct str drain_pipe(char *room, size_t size)
{
	ssize_t n = read(pipes[0], room, size);
	return (struct str){room, n > 0 ? (size_t)n : 0};
}

static void writes_logfmt(void **state)
{
	(void)state;
	static const struct {
		struct str value;
		const char *text;
	} rows[] = {
		{STR_INIT("127.0.0.1:9195"), "127.0.0.1:9195"},
		{STR_INIT(""), "\"\""},
		{STR_INIT("a b"), "\"a b\""},
		{STR_INIT("a=b"), "\"a=b\""},
		{STR_INIT("say \"hi\""), "\"say \\\"hi\\\"\""},
		{STR_INIT("a\\b"), "\"a\\\\b\""},
		{STR_INIT("a\nb\r\t"), "\"a\\nb\\r\\t\""},
		{STR_INIT("\x1b[31m"), "\"\\u001b[31m\""},
		{STR_INIT("a\0b"), "\"a\\u0000b\""},
		{STR_INIT("\x7f"), "\"\\u007f\""},
		{STR_INIT("\xc2\x9b"), "\"\\u009b\""}, /* CSI in one character */
		{STR_INIT("\xc2\xa0"), "\xc2\xa0"},
		{STR_INIT("grün"), "grün"},
		{STR_INIT("a\xff"), "\"a\\ufffd\""},
		{STR_INIT("\xe2\x82"), "\"\\ufffd\\ufffd\""},
	};
	char room[1024];
	clock_ms = INT64_C(1795244046121);
	log_setup(LOG_INFO, LOG_LOGFMT, now_ms);
	for (size_t i = 0; i < COUNT(rows); i++) {
		redirect();
		LOG(LOG_WARN, "Listening on", LOG_STR("key", rows[i].value), LOG_I("n", -7));
		struct str line = drain_pipe(room, sizeof room);
		restore();
		AUTOFREE char *got = mem_str(line);
		AUTOFREE char *expected =
			mem_printf("ts=2026-11-21T06:54:06.121Z level=warn msg=\"Listening on\" key=%s n=-7\n", rows[i].text);
		assert_string_equal(got, expected);
	}
}

static void writes_json(void **state)
{
	(void)state;
	char room[1024];
	clock_ms = INT64_C(1795244046000);
	log_setup(LOG_DEBUG, LOG_JSON, now_ms);
	redirect();
	LOG(LOG_ERROR, "a \"b\"", LOG_S("s", "x\n\x01\xff"), LOG_S("none", NULL), LOG_I("i", INT64_MIN));
	LOG(LOG_DEBUG, "bare");
	struct str got = drain_pipe(room, sizeof room);
	restore();
	AUTOFREE char *text = mem_str(got);
	assert_string_equal(
		text,
		"{\"ts\":\"2026-11-21T06:54:06.000Z\",\"level\":\"error\",\"msg\":\"a \\\"b\\\"\",\"s\":\"x\\n\\u0001\\ufffd\","
		"\"none\":\"\",\"i\":-9223372036854775808}\n"
		"{\"ts\":\"2026-11-21T06:54:06.000Z\",\"level\":\"debug\",\"msg\":\"bare\"}\n");
}

static void keeps_quiet_below_the_level(void **state)
{
	(void)state;
	char room[1024];
	log_setup(LOG_WARN, LOG_LOGFMT, NULL);
	assert_false(log_enabled(LOG_INFO));
	assert_true(log_enabled(LOG_WARN));
	redirect();
	LOG(LOG_DEBUG, "no");
	LOG(LOG_INFO, "no");
	LOG(LOG_WARN, "yes");
	struct str got = drain_pipe(room, sizeof room);
	restore();
	AUTOFREE char *text = mem_str(got);
	assert_string_equal(text, "ts=1970-01-01T00:00:00.000Z level=warn msg=\"yes\"\n");
}

static void cuts_long_values(void **state)
{
	(void)state;
	static char value[20001], room[40000];
	memset(value, 'x', 20000);
	log_setup(LOG_INFO, LOG_LOGFMT, NULL);
	redirect();
	LOG(LOG_INFO, "long", LOG_S("v", value));
	struct str got = drain_pipe(room, sizeof room);
	restore();
	assert_true(str_ends(got, STR("xxx…\"\n")));
	assert_int_equal(str_find(got, STR("\"xxx")) + 1 + 8192 + sizeof "…\"\n" - 1, got.n);
}

static void counts_what_is_lost(void **state)
{
	(void)state;
	static char room[1 << 20];
	uint64_t before = log_lost();
	log_setup(LOG_INFO, LOG_LOGFMT, NULL);
	redirect();
	while (log_lost() == before)
		LOG(LOG_INFO, "filling the pipe", LOG_I("number", 1));
	struct str got = drain_pipe(room, sizeof room);
	LOG(LOG_INFO, "after", LOG_I("number", 2));
	struct str after = drain_pipe(room + got.n, sizeof room - got.n);
	bool torn = room[got.n - 1] != '\n';
	close(pipes[0]);
	LOG(LOG_INFO, "nobody reads");
	assert_int_equal(log_lost(), before + 2);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	assert_int_equal(str_starts(after, STR("\nts=")), torn); /* a line after half a line stands alone */
	assert_true(str_ends(after, STR("msg=\"after\" number=2\n")));
}

enum { THREADS = 4, LINES = 100 };

static void *writes_one_line(void *arg)
{
	LOG(LOG_ERROR, arg);
	return NULL;
}

/* What a thread does by itself (a replay) is not the daemon's to tell; the others go on telling. */
static void a_hushed_thread_is_silent_alone(void **state)
{
	(void)state;
	char room[1024];
	pthread_t other;
	static char words[] = "of another thread";
	log_setup(LOG_INFO, LOG_LOGFMT, NULL);
	redirect();
	log_hush(true);
	assert_false(log_enabled(LOG_ERROR));
	LOG(LOG_ERROR, "hushed");
	assert_int_equal(pthread_create(&other, NULL, writes_one_line, words), 0);
	assert_int_equal(pthread_join(other, NULL), 0);
	log_hush(false);
	LOG(LOG_INFO, "heard again");
	struct str got = drain_pipe(room, sizeof room);
	restore();
	AUTOFREE char *text = mem_str(got);
	assert_string_equal(text, "ts=1970-01-01T00:00:00.000Z level=error msg=\"of another thread\"\n"
	                          "ts=1970-01-01T00:00:00.000Z level=info msg=\"heard again\"\n");
}

static void *writes_lines(void *arg)
{
	for (int i = 0; i < LINES; i++)
		LOG(LOG_INFO, "many", LOG_S("who", arg), LOG_I("i", i));
	return NULL;
}

/* 400 lines of 56 bytes fit into a pipe; each must come out whole. */
static void threads_do_not_mix_lines(void **state)
{
	(void)state;
	static char room[1 << 16], names[THREADS][2] = {"a", "b", "c", "d"};
	pthread_t threads[THREADS];
	int count = 0;
	log_setup(LOG_INFO, LOG_LOGFMT, NULL);
	redirect();
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, writes_lines, names[i]), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	struct str got = drain_pipe(room, sizeof room);
	restore();
	for (ptrdiff_t end; (end = str_index(got, '\n')) >= 0; count++) {
		struct str line = str_slice(got, 0, (size_t)end);
		assert_true(str_starts(line, STR("ts=1970-01-01T00:00:00.000Z level=info msg=\"many\" who=")));
		assert_int_equal(str_find(str_slice(line, 3, line.n), STR("ts=")), -1);
		got = str_slice(got, (size_t)end + 1, got.n);
	}
	assert_int_equal(count, THREADS * LINES);
	assert_int_equal(got.n, 0);
}

static void reads_names(void **state)
{
	(void)state;
	enum log_level level = LOG_INFO;
	enum log_format format = LOG_LOGFMT;
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	for (int i = 0; i < 4; i++) {
		assert_true(log_level_parse(str_c(levels[i]), &level));
		assert_int_equal(level, i);
	}
	assert_false(log_level_parse(STR("verbose"), &level));
	assert_false(log_level_parse(STR(""), &level));
	assert_int_equal(level, LOG_ERROR);
	assert_true(log_format_parse(STR("json"), &format));
	assert_int_equal(format, LOG_JSON);
	assert_true(log_format_parse(STR("logfmt"), &format));
	assert_int_equal(format, LOG_LOGFMT);
	assert_false(log_format_parse(STR("xml"), &format));
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_logfmt),
		cmocka_unit_test(writes_json),
		cmocka_unit_test(keeps_quiet_below_the_level),
		cmocka_unit_test(cuts_long_values),
		cmocka_unit_test(counts_what_is_lost),
		cmocka_unit_test(threads_do_not_mix_lines),
		cmocka_unit_test(a_hushed_thread_is_silent_alone),
		cmocka_unit_test(reads_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
