#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "replay/alerts_series.h"
#include "replay/history.h"

static char *path;

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	path = mem_printf("%s/history-XXXXXX.jsonl", tmp ? tmp : P_tmpdir);
	int fd = mkstemps(path, 6);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	free(path);
	return 0;
}

static void append_history(const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void append_alert(const char *at, const char *body, int of, const char *name, const char *host)
{
	AUTOFREE char *line = mem_printf(
		"{\"event\":\"decided\",\"fingerprint\":\"%s%s\",\"key\":\"k-%s\",\"rule\":null,\"verdict\":\"page\","
		"\"reason\":"
		"\"new\",\"at\":\"%s\",\"source\":\"eu\",\"status\":\"firing\",\"labels\":{\"alertname\":\"%s\",\"host\":\"%"
		"s\"},"
		"\"annotations\":{\"summary\":\"say \\\"%s\\\"\"},\"starts_at\":\"2026-10-01T10:00:00Z\",\"ends_at\":null,"
		"\"body\":\"%s\",\"alerts\":%d,\"truncated\":0,\"receiver\":\"r\",\"group_key\":\"g\",\"group_labels\":{"
		"\"alertname\":\"%s\"},\"unknown\":[{\"x\":[1,2]}]}\n",
		name, host, name, at, name, host, host, body, of, name);
	append_history(line);
}

static struct history *open_it(void)
{
	AUTOERR struct err err = ERR_INIT;
	struct history *h = history_new(NULL);

	assert_true(history_add(h, path, &err));
	return h;
}

static struct history_event *next(struct history *h)
{
	AUTOERR struct err err = ERR_INIT;
	struct history_event *e = history_next(h, &err);

	assert_false(err_any(&err));
	return e;
}

static void expect_body(struct history *h, const char *name, size_t alerts, int64_t truncated)
{
	struct history_event *e = next(h);

	assert_non_null(e);
	assert_int_equal(e->kind, HISTORY_BODY);
	assert_true(str_eq_c(labels_get(&e->hook.group_labels, STR("alertname")), name));
	assert_int_equal(e->hook.count, alerts);
	assert_int_equal(e->hook.truncated, truncated);
	history_event_free(e);
}

static void expect_end(struct history *h)
{
	assert_null(next(h));
	history_free(h);
}

/*
 * Lines of one webhook say much in the same words, which is read once. What is in the same words and what is not must not
 * depend on the order of a line's fields: here with that of another program, which sorts them by name.
 */
static void test_the_same_words_of_a_webhook_are_read_once(void **state)
{
	static const char *const lines[] = {
		"{\"event\":\"decided\",\"fingerprint\":\"f1\",\"at\":\"2026-10-01T10:00:00Z\",\"labels\":{\"alertname\":\"A\"}"
		","
		"\"body\":\"1\",\"alerts\":3,\"receiver\":\"r\",\"group_key\":\"g\",\"verdict\":\"page\",\"reason\":\"new\"}\n",
		"{\"event\":\"decided\",\"fingerprint\":\"f2\",\"at\":\"2026-10-01T10:00:00Z\",\"labels\":{\"alertname\":\"A\"}"
		","
		"\"body\":\"1\",\"alerts\":3,\"receiver\":\"r\",\"group_key\":\"g\",\"verdict\":\"page\",\"reason\":\"new\"}\n",
		"{\"event\":\"decided\",\"fingerprint\":\"f3\",\"at\":\"2026-10-01T10:00:00Z\",\"labels\":{\"alertname\":\"C\"}"
		","
		"\"reason\":\"repeat\","
		"\"body\":\"1\",\"alerts\":3,\"receiver\":\"r\",\"group_key\":\"g\",\"verdict\":\"deduplicate\"}\n",
	};
	(void)state;
	for (size_t i = 0; i < 3; i++)
		append_history(lines[i]);
	struct history *h = open_it();
	struct history_event *e = next(h);

	assert_int_equal(e->hook.count, 3);
	assert_true(str_eq_c(e->hook.alerts[1].fingerprint, "f2"));
	assert_true(str_eq_c(labels_get(&e->hook.alerts[2].labels, STR("alertname")), "C"));
	assert_int_equal(e->said[0].verdict, VERDICT_PAGE);
	assert_int_equal(e->said[1].verdict, VERDICT_PAGE);
	assert_int_equal(e->said[1].reason, REASON_NEW);
	assert_int_equal(e->said[2].verdict, VERDICT_DEDUPLICATE);
	assert_int_equal(e->said[2].reason, REASON_REPEAT);
	assert_ptr_equal(e->hook.alerts[0].labels.v, e->hook.alerts[1].labels.v);
	history_event_free(e);
	expect_end(h);
}

/* The end is the line before's, but no line: it goes on where nothing was said yet, or within a text. */
static void test_the_same_words_must_stand_where_a_field_may(void **state)
{
	static const char behind[] = ",\"body\":\"1\",\"alerts\":9}";
	AUTOFREE char *first = mem_printf("{\"event\":\"decided\",\"at\":\"2026-10-01T10:00:00Z\"%s\n", behind);
	AUTOFREE char *broken =
		mem_printf("{\"event\":\"decided\" \"x\"%s\n{\"event\":\"decided\",\"x\":%s\n", behind, behind);
	(void)state;
	append_history(first);
	append_history(broken);
	append_history(first);
	struct history *h = open_it();
	struct history_event *e = next(h);

	assert_int_equal(e->hook.count, 2);
	assert_int_equal(history_figures(h)->unreadable, 2);
	history_event_free(e);
	expect_end(h);
}

/* Two webhooks whose lines lie between each other: each goes on whole, the one that was complete first at first. */
static void test_lines_of_webhooks_are_found_together(void **state)
{
	(void)state;
	append_alert("2026-10-01T10:00:00Z", "1", 3, "A", "x");
	append_alert("2026-10-01T10:00:01Z", "2", 2, "B", "x");
	append_alert("2026-10-01T10:00:00Z", "1", 3, "A", "y");
	append_alert("2026-10-01T10:00:01Z", "2", 2, "B", "y");
	append_alert("2026-10-01T10:00:00Z", "1", 3, "A", "z");
	struct history *h = open_it();
	struct history_event *e = next(h);
	assert_int_equal(e->hook.count, 2);
	const struct alert *a = &e->hook.alerts[1];
	assert_true(str_eq_c(labels_get(&a->labels, STR("host")), "y"));
	assert_true(str_eq_c(labels_get(&a->annotations, STR("summary")), "say \"y\""));
	assert_true(str_eq_c(e->source, "eu"));
	assert_true(str_eq_c(e->hook.receiver, "r"));
	assert_true(str_eq_c(e->said[1].key, "k-B"));
	assert_int_equal(e->said[1].verdict, VERDICT_PAGE);
	assert_int_equal(e->said[1].reason, REASON_NEW);
	assert_string_equal(a->identity, "By");
	history_event_free(e);
	expect_body(h, "A", 3, 0);
	expect_end(h);
}

/* Its other lines were lost: what is left of it does not state its group. */
static void test_half_a_webhook_is_cut(void **state)
{
	(void)state;
	append_alert("2026-10-01T10:00:00Z", "1", 3, "A", "x");
	append_history("{\"event\":\"lost\",\"at\":\"2026-10-01T10:00:00Z\",\"lines\":2}\n");
	append_alert("2026-10-01T10:00:05Z", "2", 1, "B", "x");
	append_history("torn {\n");
	struct history *h = open_it();
	expect_body(h, "B", 1, 0);
	expect_body(h, "A", 1, 2);
	assert_int_equal(history_figures(h)->incomplete, 1);
	assert_int_equal(history_figures(h)->lost, 2);
	assert_int_equal(history_figures(h)->unreadable, 1);
	expect_end(h);
}

/* A journal from before lines named their webhook: what has the same time and group was one. */
static void test_older_journals_are_read(void **state)
{
	static const char *const hosts[] = {"x", "y"};

	(void)state;
	for (int second = 1; second < 3; second++) {
		for (int i = 0; i < 2; i++) {
			AUTOFREE char *line = mem_printf(
				"{\"fingerprint\":\"f%s\",\"key\":\"k\",\"rule\":\"r\",\"verdict\":\"page\",\"reason\":\"new\",\"at\":"
				"\"2026-10-01T10:00:0%dZ\",\"source\":\"\",\"status\":\"resolved\",\"labels\":{\"alertname\":\"A\"},"
				"\"annotations\":{},\"starts_at\":null,\"ends_at\":\"2026-10-01T10:00:00Z\",\"generator_url\":null,"
				"\"group_labels\":{\"alertname\":\"A\"},\"severity\":\"P1\",\"receivers\":[\"a\",\"b\"]}\n",
				hosts[i], second);
			append_history(line);
		}
	}
	struct history *h = open_it();
	struct history_event *e = next(h);
	assert_int_equal(e->hook.count, 2);
	assert_true(e->hook.alerts[0].resolved);
	assert_true(e->hook.group_key.n > 0);
	history_event_free(e);
	expect_body(h, "A", 2, 0);
	assert_int_equal(history_figures(h)->incomplete, 0);
	expect_end(h);
}

/* A line that lost its fingerprint is of the alert that its labels say; two such lines are of two alerts. */
static void test_a_line_without_a_fingerprint_is_of_its_labels(void **state)
{
	static const char *const hosts[] = {"x", "y"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		AUTOFREE char *line = mem_printf("{\"event\":\"decided\",\"key\":\"k\",\"verdict\":\"page\",\"reason\":\"new\","
		                                 "\"at\":\"2026-10-01T10:00:00Z\",\"source\":\"\","
		                                 "\"status\":\"firing\",\"labels\":{\"alertname\":\"A\",\"host\":\"%s\"},"
		                                 "\"body\":\"00000000000000ab\",\"alerts\":2}\n",
		                                 hosts[i]);
		append_history(line);
	}
	struct history *h = open_it();
	struct history_event *e = next(h);
	assert_int_equal(e->hook.count, 2);
	for (int i = 0; i < 2; i++) {
		char computed[ALERT_FINGERPRINT_MAX];
		const struct alert *a = &e->hook.alerts[i];
		labels_fingerprint(&a->labels, computed);
		assert_string_equal(a->identity, computed);
		assert_true(str_eq_c(a->fingerprint, computed));
	}
	assert_string_not_equal(e->hook.alerts[0].identity, e->hook.alerts[1].identity);
	history_event_free(e);
	expect_end(h);
}

/* What a damaged line says twice counts as it was said last; a set that is no label of a set goes. */
static void test_a_line_that_says_its_labels_twice(void **state)
{
	(void)state;
	append_history(
		"{\"event\":\"decided\",\"fingerprint\":\"f\",\"key\":\"k\",\"verdict\":\"page\",\"reason\":\"new\",\"at\":"
		"\"2026-10-01T10:00:00Z\",\"source\":\"\",\"status\":\"firing\",\"labels\":{\"a\":\"1\",\"b\":\"2\",\"c\":"
		"\"3\"},"
		"\"labels\":{\"alertname\":\"A\",\"no\":{\"x\":\"y\"},\"nor\":[\"z\"],\"d\":\"1\",\"e\":\"2\",\"f\":\"3\","
		"\"g\":\"4\",\"h\":\"5\"},"
		"\"body\":\"00000000000000ab\",\"alerts\":1}\n");
	struct history *h = open_it();
	struct history_event *e = next(h);
	assert_int_equal(e->hook.count, 1);
	const struct labels *labels = &e->hook.alerts[0].labels;
	assert_int_equal(labels->n, 6);
	assert_true(str_eq_c(labels_get(labels, STR("alertname")), "A"));
	assert_true(str_eq_c(labels_get(labels, STR("h")), "5"));
	assert_int_equal(labels_get(labels, STR("a")).n, 0);
	history_event_free(e);
	expect_end(h);
}

static void test_commands_and_attention(void **state)
{
	(void)state;
	append_history("{\"event\":\"listening\",\"at\":\"2026-10-01T10:00:00Z\"}\n");
	append_history(
		"{\"event\":\"command\",\"at\":\"2026-10-01T10:01:00Z\",\"key\":\"k\",\"command\":\"ack\",\"by\":\"ana\","
		"\"note\":null}\n");
	append_history(
		"{\"event\":\"told\",\"at\":\"2026-10-01T10:02:00Z\",\"key\":\"k\",\"receiver\":\"r\",\"message\":\"trigger\"}"
		"\n");
	struct history *h = open_it();
	struct history_event *e = next(h);
	assert_int_equal(e->kind, HISTORY_LISTENS);
	history_event_free(e);
	e = next(h);
	assert_int_equal(e->kind, HISTORY_COMMAND);
	assert_int_equal(e->command, COMMAND_ACK);
	assert_true(str_eq_c(e->key, "k"));
	assert_true(str_eq_c(e->args.by, "ana"));
	history_event_free(e);
	expect_end(h);
}

/* ---- ALERTS ---- */

#define START INT64_C(1790848800) /* 2026-10-01T10:00:00Z */

static void add_series_points(struct alerts_series *a, const char *host, int from, int to)
{
	AUTOBUF struct buf text;
	AUTOERR struct err err = ERR_INIT;

	buf_init(&text, SIZE_MAX);
	buf_printf(
		&text,
		"{\"data\":{\"result\":[{\"metric\":{\"__name__\":\"ALERTS\",\"alertname\":\"A\",\"alertstate\":\"firing\","
		"\"host\":\"%s\"},\"values\":[",
		host);
	for (int minute = from; minute <= to; minute++)
		buf_printf(&text, "%s[%lld,\"1\"]", minute > from ? "," : "", (long long)(START + minute * 60));
	buf_add_c(&text, "]}]}}");
	assert_true(alerts_series_add(a, buf_str(&text), &err));
}

static void expect_change(struct history *h, int minute, size_t firing, size_t resolved)
{
	struct history_event *e = next(h);
	size_t n[2] = {0, 0};

	assert_non_null(e);
	assert_int_equal(e->at, (START + minute * 60) * 1000);
	for (size_t i = 0; i < e->hook.count; i++)
		n[e->hook.alerts[i].resolved]++;
	assert_int_equal(n[0], firing);
	assert_int_equal(n[1], resolved);
	history_event_free(e);
}

/* x: minutes 0 to 2 and 5 to 6 (over a slice's edge), y: 2 to 250 and on. */
static void test_points_become_webhooks(void **state)
{
	struct str by[] = {STR_INIT("alertname")};
	struct strs group_by = {by, 1};
	struct alerts_series *a = alerts_series_new(TIME_MINUTE, &group_by);
	struct history *h = history_new(NULL);

	(void)state;
	add_series_points(a, "x", 0, 1);
	add_series_points(a, "x", 2, 2);
	add_series_points(a, "x", 5, 6);
	add_series_points(a, "y", 2, 260);
	alerts_series_events(a, h, (START + 260 * 60) * 1000);
	expect_change(h, 0, 1, 0);
	expect_change(h, 2, 2, 0);
	expect_change(h, 3, 1, 1);
	expect_change(h, 5, 2, 0);
	expect_change(h, 7, 1, 1);
	expect_change(h, 247, 1, 0); /* said again after four hours */
	alerts_series_free(a);
	expect_end(h);
}

/* A page that a timer sent came of no body: its line says that the daemon lived until then. A stop is by another clock. */
static void test_a_history_reaches_to_its_last_line(void **state)
{
	int64_t told;

	(void)state;
	append_alert("2026-10-01T10:00:00Z", "b1", 1, "Disk", "a");
	append_history("{\"event\":\"told\",\"at\":\"2026-10-01T10:15:00Z\",\"key\":\"k-Disk\",\"receiver\":\"pager\"}\n");
	append_history("{\"event\":\"stopped\",\"at\":\"2026-10-01T12:00:00Z\"}\n");
	struct history *h = open_it();
	expect_body(h, "Disk", 1, 0);
	assert_null(next(h));
	assert_true(time_parse(STR("2026-10-01T10:15:00Z"), &told));
	assert_int_equal(history_figures(h)->until, told);
	history_free(h);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_history_reaches_to_its_last_line),
		TEST(test_the_same_words_of_a_webhook_are_read_once),
		TEST(test_the_same_words_must_stand_where_a_field_may),
		TEST(test_lines_of_webhooks_are_found_together),
		TEST(test_half_a_webhook_is_cut),
		TEST(test_older_journals_are_read),
		TEST(test_a_line_without_a_fingerprint_is_of_its_labels),
		TEST(test_a_line_that_says_its_labels_twice),
		TEST(test_commands_and_attention),
		TEST(test_points_become_webhooks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
