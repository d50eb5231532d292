#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "incident/counts.h"
#include "service/operate.h"

#define MIDNIGHT INT64_C(1798761600000) /* 2027-01-01T00:00:00Z */
#define NOON (MIDNIGHT + 12 * TIME_HOUR)

static struct arena *arena;
static struct config *config; /* NULL: every receiver pages */
static struct store_hour hours[100];
static size_t hour_count;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	hour_count = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void add_noise(const char *alertname, const char *what, const char *detail, uint64_t n, int64_t hour)
{
	struct count c = {.alertname = str_c(alertname),
	                  .rule = STR("a-rule"),
	                  .owner = STR("platform"),
	                  .severity = alertname[0] == 'A' ? STR("P1") : STR("P3"),
	                  .what = str_c(what),
	                  .detail = str_c(detail)};

	hours[hour_count++] = (struct store_hour){hour, count_field(arena, &c), n};
}

static void add_bucket(const char *alertname, const char *what, int64_t ms, uint64_t n)
{
	char bucket[16];

	snprintf(bucket, sizeof bucket, "%d", counts_bucket(ms));
	add_noise(alertname, what, bucket, n, NOON);
}

static json_t *report(struct noise_query q)
{
	q.since_ms = 7 * TIME_DAY;
	struct noise *n = noise_new(&q, config, NOON - q.since_ms);
	/* in two pieces, as the counters come */
	noise_add(n, hours, hour_count / 2);
	noise_add(n, hours + hour_count / 2, hour_count - hour_count / 2);
	json_t *told = noise_report(n, NOON, "UTC");
	noise_free(n);
	return told;
}

static struct ruleset *rules_of(const char *field)
{
	static struct catalog *catalog;
	static const struct plan_defaults defaults = {.severity = STR_INIT("P3"),
	                                              .severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG}};
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;

	catalog_free(catalog);
	catalog = catalog_new();
	catalog_finish(catalog, &err);
	struct ruleset *rs = ruleset_new(catalog, &defaults);
	char *text = arena_printf(arena, "rules: [{name: a-rule, matchers: ['alertname=~\".+\"'], %s}]", field);
	assert_true(ruleset_add_file(rs, "r.yml", str_c(text), &err));
	assert_true(ruleset_finish(rs, NULL, NULL, &err, &warnings));
	return rs;
}

static const json_t *noise_report_row(const json_t *r, size_t i)
{
	return json_array_get(json_object_get(r, "rows"), i);
}

/* NULL: nothing. */
static void assert_suggests(const char *words)
{
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	const char *say = json_string_value(json_object_get(noise_report_row(r, 0), "suggestion"));

	if (words ? !say || !strstr(say, words) : say != NULL)
		fail_msg("%s: %s", words ? words : "(nothing)", say ? say : "(nothing)");
	json_decref(r);
}

static int64_t noise_number(const json_t *o, const char *name)
{
	return (int64_t)json_number_value(json_object_get(o, name));
}

static const char *noise_row_name(const json_t *r, size_t i)
{
	const char *name = json_string_value(json_object_get(noise_report_row(r, i), "name"));
	return name ? name : "";
}

static void test_adds_up(void **state)
{
	(void)state;
	add_noise("A", "page", "new", 5, NOON); /* three of them are put off, and two of these cancelled */
	add_noise("A", "page", "reopened", 2, MIDNIGHT);
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("A", "told", "boss", 1, NOON);
	add_noise("A", "told_night", "oncall", 2, MIDNIGHT);
	add_noise("A", "told", "oncall", 9, NOON - 8 * TIME_DAY);
	add_noise("A", "page_cancelled", "", 2, NOON);
	add_noise("A", "remind", "repeat_interval", 4, NOON);
	add_noise("A", "told_again", "oncall", 3, NOON);
	add_noise("A", "deduplicate", "repeat", 50, NOON);
	add_noise("A", "deduplicate", "flapping", 7, NOON);
	add_noise("A", "resolve", "last_member_resolved", 5, NOON);
	add_noise("A", "suppress", "page_false", 6, NOON);
	add_noise("A", "acknowledged", "", 2, NOON);
	add_noise("A", "self_resolved", "", 3, NOON);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	const json_t *a = noise_report_row(r, 0), *deduplicated = json_object_get(a, "deduplicated");
	assert_int_equal(noise_number(a, "received"), 79);
	assert_int_equal(noise_number(a, "pages"), 6);
	assert_int_equal(noise_number(a, "night_pages"), 2);
	assert_int_equal(noise_number(a, "pages_before"), 9);
	assert_int_equal(noise_number(a, "decided"), 7);
	assert_int_equal(noise_number(a, "cancelled"), 2);
	assert_int_equal(noise_number(a, "reminders"), 3);
	const json_t *totals = json_object_get(r, "totals");
	assert_int_equal(noise_number(totals, "pages"), 6);
	assert_int_equal(noise_number(totals, "night_pages"), 2);
	assert_int_equal(noise_number(totals, "people"), 2);
	assert_int_equal(noise_number(deduplicated, "repeat"), 50);
	assert_int_equal(noise_number(deduplicated, "flapping"), 7);
	assert_non_null(json_object_get(deduplicated, "member_joined"));
	assert_null(json_object_get(deduplicated, "new"));
	assert_int_equal(noise_number(a, "flaps"), 7);
	assert_int_equal(noise_number(a, "suppressed"), 6);
	assert_int_equal(noise_number(a, "acknowledged"), 2);
	assert_int_equal(noise_number(a, "self_resolved"), 3);
	assert_true(json_is_null(json_object_get(a, "seconds_to_resolve")));
	assert_string_equal(json_string_value(json_object_get(r, "since")), "2026-12-25T12:00:00Z");
	assert_string_equal(json_string_value(json_object_get(r, "until")), "2027-01-01T12:00:00Z");
	json_decref(r);
}

static void test_medians(void **state)
{
	(void)state;
	add_bucket("A", "time_to_acknowledge", 60 * TIME_SECOND, 5);
	add_bucket("A", "time_to_acknowledge", 600 * TIME_SECOND, 6);
	add_bucket("A", "time_to_acknowledge", 1 * TIME_SECOND, 1);
	add_bucket("A", "time_to_resolve", TIME_HOUR, 1);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	double median = json_number_value(json_object_get(noise_report_row(r, 0), "seconds_to_acknowledge"));
	assert_true(median > 60 * 0.95 && median < 60 * 1.05);
	median = json_number_value(json_object_get(noise_report_row(r, 0), "seconds_to_resolve"));
	assert_true(median > 3600 * 0.95 && median < 3600 * 1.05);
	json_decref(r);
}

static void test_order_and_limit(void **state)
{
	static const struct {
		const char *sort, *first, *second;
	} rows[] = {{"", "B", "A"}, {"received", "B", "A"}, {"pages", "A", "B"}, {"suppressed", "C", "B"}};

	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("A", "page", "new", 3, NOON);
	add_noise("B", "told", "oncall", 1, NOON);
	add_noise("B", "told_night", "oncall", 1, MIDNIGHT); /* who wakes by night comes first */
	add_noise("B", "page", "new", 2, NOON);
	add_noise("B", "deduplicate", "repeat", 20, NOON);
	add_noise("C", "suppress", "page_false", 1, NOON);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME, .sort = str_c(rows[i].sort), .limit = 2});
		assert_int_equal(json_array_size(json_object_get(r, "rows")), 2);
		assert_string_equal(noise_row_name(r, 0), rows[i].first);
		assert_string_equal(noise_row_name(r, 1), rows[i].second);
		json_decref(r);
	}
	assert_true(noise_sort_valid(STR("night_pages")) && noise_sort_valid(STR("")));
	assert_false(noise_sort_valid(STR("name")));
}

static void test_groups(void **state)
{
	static const struct {
		enum noise_by by;
		const char *name;
		size_t rows;
	} rows[] = {{NOISE_ALERTNAME, "B", 2},
	            {NOISE_RULE, "a-rule", 1},
	            {NOISE_OWNER, "platform", 1},
	            {NOISE_SEVERITY, "P3", 2},
	            {NOISE_RECEIVER, "boss", 2}};

	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("B", "told", "boss", 4, NOON);
	add_noise("B", "page", "new", 4, NOON);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *r = report((struct noise_query){.by = rows[i].by});
		assert_int_equal(json_array_size(json_object_get(r, "rows")), rows[i].rows);
		assert_string_equal(noise_row_name(r, 0), rows[i].name);
		json_decref(r);
	}
}

/* What the store's hours had no room for is not hidden. */
static void test_other(void **state)
{
	(void)state;
	hours[hour_count++] = (struct store_hour){NOON, STR("other"), 12};
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	assert_string_equal(noise_row_name(r, 0), "other");
	assert_int_equal(noise_number(noise_report_row(r, 0), "received"), 12);
	json_decref(r);
}

/* What a message is to people is the receiver's to say; one that is gone from the configuration was there to page. */
static void test_kinds_of_receivers(void **state)
{
	struct config_receiver receivers[] = {{.name = STR_INIT("oncall"), .use = RECEIVER_PAGE},
	                                      {.name = STR_INIT("room"), .use = RECEIVER_CHAT},
	                                      {.name = STR_INIT("desk"), .use = RECEIVER_TICKET},
	                                      {.name = STR_INIT("log"), .use = RECEIVER_ARCHIVE}};
	struct config c = {.receivers = receivers, .receiver_count = 4};

	(void)state;
	config = &c;
	add_noise("A", "told", "oncall", 1, NOON);
	add_noise("A", "told_night", "room", 2, MIDNIGHT);
	add_noise("A", "told_again", "room", 1, MIDNIGHT);
	add_noise("A", "told", "desk", 4, NOON);
	add_noise("A", "told", "log", 5, NOON);
	add_noise("A", "told_night", "gone", 6, MIDNIGHT);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	config = NULL;
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 7);
	assert_int_equal(noise_number(noise_report_row(r, 0), "night_pages"), 6);
	assert_int_equal(noise_number(noise_report_row(r, 0), "chat"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "tickets"), 4);
	assert_int_equal(noise_number(noise_report_row(r, 0), "archived"), 5);
	assert_int_equal(noise_number(json_object_get(r, "totals"), "people"), 2);
	json_decref(r);
}

/* With delivery.mode: observe nothing is sent: a page is what was decided, by night of the configuration's own clock. */
static void test_observing(void **state)
{
	struct config c = {.delivery = {.mode = DELIVERY_OBSERVE}};

	(void)state;
	config = &c;
	add_noise("A", "page", "new", 2, NOON);
	add_noise("A", "page", "reopened", 1, MIDNIGHT);
	add_noise("A", "told", "oncall", 5, NOON); /* from before */
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	config = NULL;
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "night_pages"), 1);
	json_decref(r);
	add_noise("A", COUNT_RUNBOOK_DECIDED, "silo.md", 4, NOON);
	config = &c;
	r = report((struct noise_query){.by = NOISE_RUNBOOK});
	config = NULL;
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 4);
	json_decref(r);
}

/* 2027-01-01 is a Friday: the fifth row of a week that begins on Monday. */
static void test_heat(void **state)
{
	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("A", "told_night", "oncall", 2, MIDNIGHT);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	const json_t *heat = json_object_get(r, "heat"), *friday = json_array_get(heat, 4);
	assert_int_equal(json_array_size(heat), 7);
	assert_int_equal(json_integer_value(json_array_get(friday, 12)), 3);
	assert_int_equal(json_integer_value(json_array_get(friday, 0)), 2);
	assert_int_equal(json_integer_value(json_array_get(json_array_get(heat, 3), 12)), 0);
	json_decref(r);
}

static void test_only_some(void **state)
{
	struct matcher *matchers = NULL;
	size_t count = 0;
	AUTOERR struct err err = ERR_INIT;

	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("B", "told", "oncall", 4, NOON);
	hours[hour_count++] = (struct store_hour){NOON, STR("other"), 12};
	assert_true(matchers_parse(arena, STR("alertname=~\"B.*\""), (struct pos){"m", 0, 0}, &matchers, &count, &err));
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME, .matchers = matchers, .matcher_count = count});
	assert_int_equal(json_array_size(json_object_get(r, "rows")), 1);
	assert_string_equal(noise_row_name(r, 0), "B");
	assert_int_equal(noise_number(json_object_get(r, "totals"), "pages"), 4);
	json_decref(r);
	r = report((struct noise_query){.by = NOISE_ALERTNAME, .owner = STR("nobody")});
	assert_int_equal(json_array_size(json_object_get(r, "rows")), 0);
	json_decref(r);
	matcher_release(&matchers[0]);
	free(matchers);
}

static void test_suggestions(void **state)
{
	static const struct {
		const char *alertname, *word;
	} rows[] = {
		{"A", "resolves itself within 5m in at least 9 of 10 incidents: page_after 5m would have spared at least 9 and "
	          "delayed at most 1 by 5m, at most 1 of which was acknowledged earlier"},
		{"B", "resolve_hold"},
		{"C", "lower severity"},
		{"D", "repeat_interval"},
		{"F", "longer every"}};

	(void)state;
	add_noise("A", "told", "oncall", 10, NOON);
	add_bucket("A", "resolved_itself", 4 * TIME_MINUTE, 9);
	add_bucket("A", "time_to_resolve", 4 * TIME_MINUTE, 9);
	add_bucket("A", "time_to_resolve", TIME_HOUR, 1);
	add_bucket("A", "time_to_acknowledge", 2 * TIME_MINUTE, 1);
	add_noise("B", "deduplicate", "flapping", 30, NOON);
	add_noise("B", "told", "oncall", 2, NOON);
	add_noise("C", "told", "oncall", 12, NOON);
	add_noise("D", "told", "oncall", 2, NOON);
	add_noise("D", "told_again", "oncall", 20, NOON);
	add_noise("E", "told", "oncall", 1, NOON);
	add_noise("F", COUNT_HEARTBEAT_MISSED, "", 6, NOON);
	add_noise("F", "told", "oncall", 6, NOON);
	add_noise("F", "self_resolved", "", 6, NOON);
	add_bucket("F", "time_to_resolve", TIME_HOUR, 6);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	for (size_t i = 0; i < 6; i++) {
		const char *say = json_string_value(json_object_get(noise_report_row(r, i), "suggestion"));
		const char *word = NULL;
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
			if (strcmp(noise_row_name(r, i), rows[k].alertname) == 0)
				word = rows[k].word;
		}
		if (word)
			assert_non_null(strstr(say, word));
		else
			assert_null(say);
	}
	json_decref(r);
	/* of a receiver nobody counts what was acknowledged */
	r = report((struct noise_query){.by = NOISE_RECEIVER});
	assert_string_equal(noise_row_name(r, 0), "oncall");
	assert_true(noise_number(noise_report_row(r, 0), "pages") > 30);
	assert_true(json_is_null(json_object_get(noise_report_row(r, 0), "suggestion")));
	json_decref(r);
}

/* By what is known of each page the figures are exact, and where it is not known of all they are bounds. */
static void test_what_a_wait_would_have_done(void **state)
{
	static const struct {
		const char *fates[4]; /* four times each */
		const char *say;
	} rows[] = {
		{{"0", "0", "0", "0"}, "within 1m in 16 of 16 incidents: page_after 1m would have spared 16"},
		{{"1", "0", "1", "1"}, "within 2m in 16 of 16 incidents: page_after 2m would have spared 16"},
		{{"0", "0", "0", "0 0"}, NULL}, /* three of four by themselves: people had the others */
		{{"2", "2", "2", "6 2"}, NULL},
		{{"-", "0", "0", "0"}, NULL},
		{{"9", "0", "0", "0"}, NULL},
		{{"nonsense", "0", "0", "0"}, NULL},
	};
	static const char *const more[] = {"2", "2", "2", "2", "2", "2", "2", "2", "2 0", "5 1"}, *const unknown[] = {"-"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		hour_count = 0;
		add_noise("A", "told", "oncall", 16, NOON);
		add_noise("A", "acknowledged", "", 1, NOON);
		add_bucket("A", "time_to_resolve", TIME_MINUTE, 16);
		for (size_t k = 0; k < 4; k++)
			add_noise("A", COUNT_PAGE_FATE, rows[i].fates[k], 4, NOON);
		assert_suggests(rows[i].say);
	}
	hour_count = 0;
	add_noise("A", "told", "oncall", 10, NOON);
	add_noise("A", "acknowledged", "", 2, NOON);
	add_bucket("A", "time_to_resolve", TIME_MINUTE, 10);
	for (size_t k = 0; k < sizeof more / sizeof *more; k++)
		add_noise("A", COUNT_PAGE_FATE, more[k], 1, NOON);
	assert_suggests("resolves itself within 5m in 8 of 10 incidents: page_after 5m would have spared 9 (1 of them "
	                "acknowledged) and delayed 1 by 5m, 1 of which was acknowledged earlier");
	add_bucket("A", "time_to_resolve", TIME_MINUTE, 1);
	add_noise("A", COUNT_PAGE_FATE, unknown[0], 1, NOON);
	assert_suggests(NULL); /* eight of eleven */
	add_bucket("A", "time_to_resolve", TIME_MINUTE, 4);
	add_noise("A", COUNT_PAGE_FATE, "2", 4, NOON);
	assert_suggests("in at least 12 of 15 incidents: page_after 5m would have spared at least 13 (1 of them "
	                "acknowledged) and delayed at most 2 by 5m, at most 1 of which was acknowledged earlier");
}

/* The rule of its pages waits already: so long that nothing more would be spared, or less. */
static void test_a_suggestion_is_against_the_rule_as_it_is(void **state)
{
	static const struct {
		const char *rule, *say;
	} rows[] = {
		{"page_after: 2m",
	     "page_after 5m (now 2m) would have spared 9 and delayed 1 by 3m, 1 of which was acknowledged earlier"},
		{"page_after: 5m", "page_after 10m (now 5m)"},
		{"page_after: 1h", NULL},
		{"owner: crew", "page_after 5m would have spared 9 and delayed 1 by 5m"},
	};

	(void)state;
	add_noise("A", "told", "oncall", 9, NOON);
	add_noise("A", COUNT_PAGE_FATE, "2", 9, NOON);
	add_noise("A", COUNT_PAGE_FATE, "6 2", 1, NOON);
	add_bucket("A", "time_to_resolve", 4 * TIME_MINUTE, 9);
	add_bucket("A", "time_to_resolve", TIME_HOUR, 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct config c = {.ruleset = rules_of(rows[i].rule)};
		config = &c;
		json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
		const char *say = json_string_value(json_object_get(noise_report_row(r, 0), "suggestion"));
		if (rows[i].say && (!say || !strstr(say, rows[i].say)))
			fail_msg("%s: %s", rows[i].rule, say ? say : "nothing");
		if (!rows[i].say && say)
			fail_msg("%s: %s", rows[i].rule, say);
		json_decref(r);
		config = NULL;
		ruleset_free(c.ruleset);
	}
}

static void assert_tries(const char *rule, const char *key, const char *value)
{
	struct config c = {.ruleset = rules_of(rule), .defaults = {.repeat_interval = 4 * TIME_HOUR}};

	config = &c;
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	const json_t *try = json_object_get(noise_report_row(r, 0), "try");
	const char *tries = json_string_value(json_object_get(try, "key")),
			   *says = json_string_value(json_object_get(try, "value"));
	if (key ? !tries || strcmp(tries, key) || strcmp(says, value) : tries != NULL)
		fail_msg("%s: %s %s", rule, tries ? tries : "nothing", says ? says : "");
	json_decref(r);
	config = NULL;
	ruleset_free(c.ruleset);
}

/* What is to be tried is longer than what the rule says, or else dedup:. */
static void what_is_tried_is_longer_than_now(void **state)
{
	(void)state;
	add_noise("A", "deduplicate", "flapping", 30, NOON);
	add_noise("A", "told", "oncall", 2, NOON);
	assert_tries("owner: crew", "resolve_hold", "15m");
	assert_tries("resolve_hold: 10m", "resolve_hold", "15m");
	assert_tries("resolve_hold: 15m", "resolve_hold", "30m");
	assert_tries("resolve_hold: 4h", NULL, NULL);
	hour_count = 0;
	add_noise("A", "told", "oncall", 2, NOON);
	add_noise("A", "told_again", "oncall", 20, NOON);
	assert_tries("owner: crew", "repeat_interval", "12h");
	assert_tries("repeat_interval: 12h", "repeat_interval", "1d");
	assert_tries("repeat_interval: 3d", NULL, NULL);
}

/* A watch that beats all month is many alerts and no noise; its absence is a page that no alert brought. */
static void test_heartbeats(void **state)
{
	(void)state;
	add_noise("A", "suppress", "page_false", 43200, NOON);
	add_noise("A", COUNT_HEARTBEAT_MISSED, "", 2, MIDNIGHT);
	add_noise("A", "told_night", "oncall", 2, MIDNIGHT);
	add_noise("A", "told_again", "oncall", 3, MIDNIGHT);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	assert_int_equal(noise_number(noise_report_row(r, 0), "received"), 43200);
	assert_int_equal(noise_number(noise_report_row(r, 0), "suppressed"), 43200);
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 2);
	assert_int_equal(noise_number(noise_report_row(r, 0), "night_pages"), 2);
	assert_int_equal(noise_number(noise_report_row(r, 0), "reminders"), 3);
	json_decref(r);
}

/* What is counted of a runbook stands in its own rows only: a page is not counted twice elsewhere. */
static void runbooks_have_rows_of_their_own(void **state)
{
	(void)state;
	add_noise("A", COUNT_TOLD, "oncall", 3, NOON);
	add_noise("A", COUNT_RUNBOOK_PAGED, "silo.md#steps", 2, NOON);
	add_noise("B", COUNT_RUNBOOK_PAGED, "silo.md", 1, NOON);
	add_noise("B", COUNT_RUNBOOK_PAGED, "crane.md", 4, NOON - 8 * TIME_DAY);
	add_noise("A", COUNT_RUNBOOK_DECIDED, "silo.md", 5, NOON);
	add_noise("A", COUNT_RUNBOOK_ACKNOWLEDGED, "silo.md", 2, NOON);
	add_noise("A", COUNT_RUNBOOK_RESOLVED, "silo.md", 1, NOON);
	add_noise("A", COUNT_RUNBOOK "outdated", "silo.md", 1, NOON);
	json_t *r = report((struct noise_query){.by = NOISE_RUNBOOK, .sort = STR("outdated")});
	assert_string_equal(json_string_value(json_object_get(r, "by")), "runbook");
	assert_string_equal(json_string_value(json_object_get(noise_report_row(r, 0), "name")), "silo.md");
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "decided"), 5);
	assert_int_equal(noise_number(noise_report_row(r, 0), "acknowledged"), 2);
	assert_int_equal(noise_number(noise_report_row(r, 0), "resolved"), 1);
	assert_int_equal(noise_number(noise_report_row(r, 0), "outdated"), 1);
	assert_string_equal(json_string_value(json_object_get(noise_report_row(r, 1), "name")), "crane.md");
	assert_int_equal(noise_number(noise_report_row(r, 1), "pages"), 0);
	assert_int_equal(noise_number(noise_report_row(r, 1), "pages_before"), 4);
	assert_int_equal(noise_number(json_object_get(r, "totals"), "pages"), 3);
	json_decref(r);
	r = report((struct noise_query){.by = NOISE_ALERTNAME});
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "acknowledged"), 0);
	assert_int_equal(noise_number(noise_report_row(r, 0), "outdated"), 1);
	json_decref(r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_adds_up),
		TEST(test_medians),
		TEST(test_order_and_limit),
		TEST(test_groups),
		TEST(test_other),
		TEST(test_kinds_of_receivers),
		TEST(test_suggestions),
		TEST(test_what_a_wait_would_have_done),
		TEST(test_a_suggestion_is_against_the_rule_as_it_is),
		TEST(what_is_tried_is_longer_than_now),
		TEST(test_heartbeats),
		TEST(test_heat),
		TEST(test_only_some),
		TEST(test_observing),
		cmocka_unit_test_setup_teardown(runbooks_have_rows_of_their_own, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
