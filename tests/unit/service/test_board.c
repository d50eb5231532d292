/* The board: everything that is open, in order, whoever opened it. */
#include "stage.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "service/board.h"
#include "service/operate.h"

static struct stage stage;
static char told[4096];
static int ready;

static void note_board_change(void *arg, const struct board_row *row, enum board_change what)
{
	(void)arg;
	static const char *const words[] = {"opened", "changed", "closed"};
	size_t n = strlen(told);
	snprintf(told + n, sizeof told - n, "%s %.*s\n", words[what], STR_ARG(row->alertname));
}

static int setup(void **state)
{
	(void)state;
	stage_open(&stage,
	           &(struct stage_settings){
				   .rules = "\n  - {name: a, matchers: ['sev=\"0\"'], severity: P0, group_by: ['...']}"
							"\n  - {name: b, matchers: ['sev=\"2\"'], severity: P2, group_by: ['...']}"
							"\n  - {name: c, matchers: ['alertname=~\".+\"'], severity: P1, group_by: ['...']}"});
	stage.r.board = board_new(&stage.r);
	board_listen(stage.r.board, note_board_change, NULL);
	told[0] = '\0';
	ready = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	board_free(stage.r.board);
	stage.r.board = NULL;
	stage_close(&stage);
	return 0;
}

static void count_ready(void *arg)
{
	(void)arg;
	ready++;
}

static bool is_ready(struct stage *s, const void *arg)
{
	(void)s;
	return ready == *(const int *)arg;
}

static void watch(void)
{
	int want = ready + 1;
	board_watch(stage.r.board, count_ready, NULL);
	assert_int_equal(ready, want - 1); /* not inside the call */
	stage_until(&stage, is_ready, &want);
}

static const char *fire(const char *name, const char *severity)
{
	char labels[200];
	snprintf(labels, sizeof labels, "\"alertname\": \"%s\", \"sev\": \"%s\"", name, severity);
	return stage_alert_is(&stage, labels, "firing", 1000, "page/new");
}

static const char *order(void)
{
	static char names[500];
	struct board_place place = {.begun = false};
	const struct board_row *row;
	names[0] = '\0';
	while ((row = board_next(stage.r.board, &place))) {
		char cursor[BOARD_PLACE_MAX];
		struct board_place again;
		assert_true(board_place_parse(str_c(board_place_format(&place, cursor)), &again));
		assert_int_equal(again.bucket, place.bucket);
		assert_string_equal(again.key, place.key);
		size_t n = strlen(names);
		snprintf(names + n, sizeof names - n, "%.*s ", STR_ARG(row->alertname));
	}
	return names;
}

static bool done_once;

static void note_command_done(void *arg, const struct operate_reply *reply)
{
	(void)arg;
	assert_int_equal(reply->result, OPERATE_OK);
	done_once = true;
}

static bool is_command_done(struct stage *s, const void *arg)
{
	(void)s, (void)arg;
	return done_once;
}

static void command_and_wait(const char *key, enum command c)
{
	done_once = false;
	operate_command(&stage.r, str_c(key), c, &(struct command_args){.by = STR("me"), .note = STR("note")},
	                note_command_done, NULL);
	stage_until(&stage, is_command_done, NULL);
}

static void the_gravest_come_first_and_unacknowledged_ones_before_others(void **state)
{
	(void)state;
	char low[64], mine[64];
	snprintf(low, sizeof low, "%s", fire("Low", "2"));
	snprintf(mine, sizeof mine, "%s", fire("Mine", "0"));
	stage_pass(&stage, 1000);
	fire("Middle", "1");
	stage_pass(&stage, 1000);
	fire("Grave", "0");
	watch();
	assert_string_equal(order(), "Grave Mine Middle Low ");
	command_and_wait(mine, COMMAND_ACK);
	stage_pass(&stage, 1000);
	fire("Later", "0");
	assert_string_equal(order(), "Later Grave Mine Middle Low ");
	assert_int_equal(board_count(stage.r.board, false), 4);
	assert_int_equal(board_count(stage.r.board, true), 1);
	command_and_wait(low, COMMAND_RESOLVE);
	assert_string_equal(order(), "Later Grave Mine Middle ");
	assert_null(board_find(stage.r.board, str_c(low)));
	assert_string_equal(
		told, "opened Low\nopened Mine\nopened Middle\nopened Grave\nchanged Mine\nopened Later\nclosed Low\n");
}

static void what_is_in_the_store_already_is_found(void **state)
{
	(void)state;
	board_free(stage.r.board);
	stage.r.board = NULL;
	for (int i = 0; i < 100; i++) {
		char name[20];
		snprintf(name, sizeof name, "A%d", i);
		fire(name, "1");
	}
	stage.r.board = board_new(&stage.r);
	assert_false(board_whole(stage.r.board));
	watch();
	assert_true(board_whole(stage.r.board));
	assert_int_equal(board_count(stage.r.board, false), 100);
}

static void a_repeat_tells_nothing(void **state)
{
	(void)state;
	fire("Once", "1");
	told[0] = '\0';
	stage_alert_is(&stage, "\"alertname\": \"Once\", \"sev\": \"1\"", "firing", 1000, "deduplicate/repeat");
	assert_string_equal(told, "");
}

static void places_that_nobody_gave_out_are_refused(void **state)
{
	(void)state;
	struct board_place place;
	static const char *const bad[] = {"x",      "1.2",   "-1.2.a",
	                                  "99.2.a", "1.x.a", "1.2.0123456789012345678901234567890123456789"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(board_place_parse(str_c(bad[i]), &place));
	assert_true(board_place_parse(STR(""), &place));
	assert_false(place.begun);
}

/* What is packed comes out as it went in, long texts and many labels too. */
static void a_row_says_since_when_its_alerts_fire_and_not_when_they_came(void **state)
{
	(void)state;
	const char *key =
		stage_alert_is(&stage, "\"alertname\": \"Old\", \"sev\": \"0\"", "firing", 2 * TIME_HOUR, "page/new");
	const struct board_row *row = board_find(stage.r.board, str_c(key));
	assert_non_null(row);
	assert_int_equal(row->started_at - row->firing_since, 2 * TIME_HOUR);
}

static void a_row_keeps_all_its_texts(void **state)
{
	(void)state;
	AUTOBUF struct buf labels;
	buf_init(&labels, 64 * 1024);
	buf_add_c(&labels, "\"alertname\": \"Wide\", \"sev\": \"0\"");
	for (int i = 0; i < 40; i++)
		buf_printf(&labels, ", \"l%02d\": \"%*d\"", i, i == 39 ? 1000 : 100 + 4 * i, i);
	const char *key = stage_alert_is(&stage, buf_str(&labels).p, "firing", 1000, "page/new");
	const struct board_row *row = board_find(stage.r.board, str_c(key));
	assert_non_null(row);
	assert_true(str_eq_c(row->key, key) && str_eq_c(row->alertname, "Wide") && str_eq_c(row->severity, "P0"));
	assert_true(str_eq_c(row->rule, "a") && row->by.n == 0 && row->firing == 1 && row->total == 1 &&
	            !row->acknowledged);
	assert_int_equal(row->labels.n, 42);
	for (int i = 0; i < 40; i++) {
		char name[8], value[1100];
		snprintf(name, sizeof name, "l%02u", (unsigned)i % 100);
		snprintf(value, sizeof value, "%*d", i == 39 ? 1000 : 100 + 4 * i, i);
		struct str found = labels_get(&row->labels, str_c(name));
		assert_true(str_eq_c(found, value));
	}
	char held[64];
	snprintf(held, sizeof held, "%s", key);
	command_and_wait(held, COMMAND_ACK);
	row = board_find(stage.r.board, str_c(held));
	assert_true(row && row->acknowledged && str_eq_c(row->by, "me") && row->labels.n == 42);
}

/* What does not fit is counted all the same, by what the store says, and stays known while the board is read anew. */
static void what_is_left_out_is_counted(void **state)
{
	(void)state;
	AUTOBUF struct buf labels;
	buf_init(&labels, 64 * 1024);
	board_take_totals(stage.r.board, 9, 9);
	assert_int_equal(board_total(stage.r.board, false), 0);
	size_t n = BOARD_BYTES_MAX / 7000 + 1;
	for (size_t i = 0; i < n; i++) {
		buf_reset(&labels);
		buf_printf(&labels, "\"alertname\": \"A%zu\", \"sev\": \"2\", \"l\": \"%*d\"", i, 7000, 1);
		stage_alert_is(&stage, buf_str(&labels).p, "firing", 1000, "page/new");
	}
	assert_true(board_leaves_out(stage.r.board));
	size_t held = board_count(stage.r.board, false);
	assert_true(held < n);
	board_take_totals(stage.r.board, n, 0);
	assert_int_equal(board_total(stage.r.board, false), n);
	assert_int_equal(board_total(stage.r.board, true), 0);
	board_take_totals(stage.r.board, 1, 0); /* older than what the board has seen */
	assert_int_equal(board_total(stage.r.board, false), held);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_gravest_come_first_and_unacknowledged_ones_before_others),
		TEST(what_is_in_the_store_already_is_found),
		TEST(a_repeat_tells_nothing),
		TEST(a_row_says_since_when_its_alerts_fire_and_not_when_they_came),
		TEST(a_row_keeps_all_its_texts),
		TEST(what_is_left_out_is_counted),
		TEST(places_that_nobody_gave_out_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
