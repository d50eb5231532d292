#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/time.h"
#include "service/operate.h"

static struct stage stage;

static int setup(void **state)
{
	(void)state;
	stage_open(
		&stage,
		&(struct stage_settings){
			.rules = "\n  - {name: mine, matchers: ['team=\"mine\"'], owner: me, severity: P1, continue: true}"});
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

struct reply {
	bool answered;
	enum operate_result result;
	char error[200];
	json_t *data;
};

static void keep_reply(void *arg, const struct operate_reply *reply)
{
	struct reply *to = arg;

	to->answered = true;
	to->result = reply->result;
	snprintf(to->error, sizeof to->error, "%s", reply->error);
	to->data = reply->written.n ? json_loadb(reply->written.p, reply->written.n, 0, NULL) : json_incref(reply->data);
}

static bool is_reply_there(struct stage *s, const void *arg)
{
	(void)s;
	return ((const struct reply *)arg)->answered;
}

static struct reply list_by_query(struct incident_query q)
{
	struct reply r = {.answered = false};

	operate_list(&stage.r, &q, keep_reply, &r);
	assert_false(r.answered);
	stage_until(&stage, is_reply_there, &r);
	return r;
}

static struct reply command_by(const char *key, enum command c, const char *by)
{
	struct reply r = {.answered = false};

	operate_command(&stage.r, str_c(key), c, &(struct command_args){.by = str_c(by), .note = STR("a note")}, keep_reply,
	                &r);
	assert_false(r.answered);
	stage_until(&stage, is_reply_there, &r);
	return r;
}

static size_t listed_count(const struct reply *r)
{
	return json_array_size(json_object_get(r->data, "incidents"));
}

static const char *json_text_or_empty(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "";
}

static void test_list(void **state)
{
	static const struct {
		const char *state, *owner, *severity, *rule, *matcher;
		size_t count;
	} rows[] = {
		{"", "", "", "", NULL, 3},
		{"firing", "", "", "", NULL, 2},
		{"acknowledged", "", "", "", NULL, 1},
		{"resolved", "", "", "", NULL, 1},
		{"dead", "", "", "", NULL, 0},
		{"", "me", "", "", NULL, 1},
		{"", "", "p1", "", NULL, 1},
		{"", "", "", "mine", NULL, 1},
		{"", "nobody", "", "", NULL, 0},
		{"", "", "", "", "alertname=~\"A|B\"", 2},
		{"", "", "", "", "nothing=\"\"", 3},
	};

	(void)state;
	AUTOFREE char *a = mem_strdup(stage_alert_is(&stage, "\"alertname\": \"A\"", "firing", 0, "page/new"));
	stage_alert_is(&stage, "\"alertname\": \"B\"", "firing", 0, "page/new");
	stage_alert_is(&stage, "\"alertname\": \"C\", \"team\": \"mine\"", "firing", 0, "page/new");
	stage_alert_is(&stage, "\"alertname\": \"D\"", "firing", 0, "page/new");
	stage_pass(&stage, TIME_SECOND);
	stage_alert_is(&stage, "\"alertname\": \"D\"", "resolved", 0, "resolve/last_member_resolved");
	stage_alert_is(&stage, "\"alertname\": \"Never\"", "resolved", 0, "suppress/never_paged");
	struct reply r = command_by(a, COMMAND_ACK, "me");
	assert_int_equal(r.result, OPERATE_OK);
	json_decref(r.data);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct matcher *matchers = NULL;
		size_t n = 0;
		struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		if (rows[i].matcher)
			assert_true(matchers_parse(arena, str_c(rows[i].matcher), (struct pos){.file = "q"}, &matchers, &n, &err));
		r = list_by_query((struct incident_query){.state = str_c(rows[i].state),
		                                          .owner = str_c(rows[i].owner),
		                                          .severity = str_c(rows[i].severity),
		                                          .rule = str_c(rows[i].rule),
		                                          .matchers = matchers,
		                                          .matcher_count = n});
		assert_int_equal(r.result, OPERATE_OK);
		assert_int_equal(listed_count(&r), rows[i].count);
		assert_true(json_is_null(json_object_get(r.data, "cursor")));
		json_decref(r.data);
		for (size_t k = 0; k < n; k++)
			matcher_release(&matchers[k]);
		free(matchers);
		arena_free(arena);
	}
}

/* Page by page, through more than the store gives at once: each incident comes once. */
static void test_pages(void **state)
{
	char cursor[500] = "";
	size_t seen = 0, pages = 0;

	(void)state;
	for (int i = 0; i < 250; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%d\", \"half\": \"%d\"", i, i % 2);
		stage_alert_is(&stage, labels, "firing", 0, "page/new");
		stage_pass(&stage, TIME_SECOND);
	}
	char last[64] = "";
	do {
		struct reply r = list_by_query((struct incident_query){.limit = 30, .cursor = str_c(cursor)});
		assert_int_equal(r.result, OPERATE_OK);
		assert_true(listed_count(&r) <= 30);
		for (size_t i = 0; i < listed_count(&r); i++) {
			const char *started =
				json_text_or_empty(json_array_get(json_object_get(r.data, "incidents"), i), "started_at");
			assert_true(!last[0] || strcmp(started, last) < 0); /* newest first, none twice */
			snprintf(last, sizeof last, "%s", started);
		}
		seen += listed_count(&r);
		pages++;
		snprintf(cursor, sizeof cursor, "%s", json_text_or_empty(r.data, "cursor"));
		json_decref(r.data);
	} while (cursor[0]);
	assert_int_equal(seen, 250);
	assert_in_range(pages, 9, 10);
}

/* Whoever asks for what nobody has is answered before all was looked at, and goes on from there. */
static void test_a_filter_that_fits_nothing_walks_a_part_at_a_time(void **state)
{
	AUTOBUF struct buf body;
	char cursor[500] = "";
	size_t questions = 0;

	(void)state;
	buf_init(&body, 10 << 20);
	buf_add_c(&body, "{\"alerts\": [{}");
	for (int i = 0; i < 4500; i++)
		buf_printf(&body, ", {\"labels\": {\"alertname\": \"A%d\"}}", i);
	buf_add_c(&body, "]}");
	struct stage_answer a = stage_post(&stage, buf_take(&body));
	assert_int_equal(a.code, 200);
	stage_answer_release(&a);
	do {
		struct reply r = list_by_query((struct incident_query){.owner = STR("nobody"), .cursor = str_c(cursor)});
		assert_int_equal(r.result, OPERATE_OK);
		assert_int_equal(listed_count(&r), 0);
		snprintf(cursor, sizeof cursor, "%s", json_text_or_empty(r.data, "cursor"));
		json_decref(r.data);
		questions++;
	} while (cursor[0]);
	assert_in_range(questions, 3, 4);
}

static void test_bad_questions(void **state)
{
	static const struct incident_query rows[] = {{.state = STR_INIT("open")},        {.limit = 1001},
	                                             {.cursor = STR_INIT("nonsense")},   {.cursor = STR_INIT("nonsense/")},
	                                             {.cursor = STR_INIT("1:a/no key")}, {.cursor = STR_INIT("x:a/")}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reply r = list_by_query(rows[i]);
		assert_int_equal(r.result, OPERATE_BAD);
		assert_true(r.error[0] && !r.data);
	}
}

static void test_show(void **state)
{
	char prefix[7] = "";

	(void)state;
	AUTOFREE char *key = mem_strdup(stage_alert_is(&stage, "\"alertname\": \"A\"", "firing", 0, "page/new"));
	memcpy(prefix, key, 6);
	const char *found[] = {key, prefix};
	for (size_t i = 0; i < 2; i++) {
		json_t *shown = stage_show(&stage, found[i]);
		assert_string_equal(json_text_or_empty(shown, "key"), key);
		assert_string_equal(json_text_or_empty(shown, "state"), "firing");
		assert_non_null(json_object_get(shown, "member_list"));
		json_decref(shown);
	}
	prefix[5] = '\0';
	const char *absent[] = {prefix, "00000000000000000000000000000000", "no key", "", "0000000"};
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		assert_null(stage_show(&stage, absent[i]));
}

static void test_commands(void **state)
{
	static const struct {
		enum command command;
		enum operate_result result;
		const char *state;
	} rows[] = {
		{COMMAND_ACK, OPERATE_OK, "acknowledged"},
		{COMMAND_UNACK, OPERATE_OK, "firing"},
		{COMMAND_RESOLVE, OPERATE_OK, "resolved"},
		{COMMAND_RESOLVE, OPERATE_BAD, ""},
		{COMMAND_ACK, OPERATE_BAD, ""},
	};

	(void)state;
	AUTOFREE char *key = mem_strdup(stage_alert_is(&stage, "\"alertname\": \"A\"", "firing", 0, "page/new"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reply r = command_by(key, rows[i].command, "me");
		assert_int_equal(r.result, rows[i].result);
		assert_string_equal(json_text_or_empty(r.data, "state"), rows[i].state);
		assert_int_equal(r.error[0] != '\0', rows[i].result != OPERATE_OK);
		json_decref(r.data);
	}
	struct reply r = command_by("00000000000000000000000000000000", COMMAND_ACK, "me");
	assert_int_equal(r.result, OPERATE_NOT_FOUND);
	stage.store->down = true;
	r = command_by(key, COMMAND_RETRY, "me");
	assert_int_equal(r.result, OPERATE_UNAVAILABLE);
}

static void test_noise(void **state)
{
	struct reply r = {.answered = false};

	(void)state;
	stage_alert_is(&stage, "\"alertname\": \"A\"", "firing", 0, "page/new");
	stage_alert_is(&stage, "\"alertname\": \"A\"", "firing", 0, "deduplicate/repeat");
	operate_noise(&stage.r, &(struct noise_query){.by = NOISE_ALERTNAME}, keep_reply, &r);
	stage_until(&stage, is_reply_there, &r);
	const json_t *row = json_array_get(json_object_get(r.data, "rows"), 0);
	assert_string_equal(json_text_or_empty(row, "name"), "A");
	assert_int_equal(json_integer_value(json_object_get(row, "received")), 2);
	assert_int_equal(json_integer_value(json_object_get(row, "decided")), 1);
	json_decref(r.data);
	r = (struct reply){.answered = false};
	operate_noise(&stage.r, &(struct noise_query){.sort = STR("size")}, keep_reply, &r);
	stage_until(&stage, is_reply_there, &r);
	assert_int_equal(r.result, OPERATE_BAD);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_list),          TEST(test_pages), TEST(test_a_filter_that_fits_nothing_walks_a_part_at_a_time),
		TEST(test_bad_questions), TEST(test_show),  TEST(test_commands),
		TEST(test_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
