/* Hourly counters for the tests of noise. */
#include "noise_hours.h"

#include <stdio.h>

struct noise_stage noise_stage;

int noise_setup(void **state)
{
	(void)state;
	noise_stage.arena = arena_new();
	noise_stage.count = 0;
	return 0;
}

int noise_teardown(void **state)
{
	(void)state;
	arena_free(noise_stage.arena);
	return 0;
}

void add_noise(const char *alertname, const char *what, const char *detail, uint64_t n, int64_t hour)
{
	struct count c = {.alertname = str_c(alertname),
	                  .rule = STR("a-rule"),
	                  .owner = STR("platform"),
	                  .severity = alertname[0] == 'A' ? STR("P1") : STR("P3"),
	                  .what = str_c(what),
	                  .detail = str_c(detail)};

	noise_stage.hours[noise_stage.count++] = (struct store_hour){hour, count_field(noise_stage.arena, &c), n};
}

void add_bucket(const char *alertname, const char *what, int64_t ms, uint64_t n)
{
	char bucket[16];

	snprintf(bucket, sizeof bucket, "%d", counts_bucket(ms));
	add_noise(alertname, what, bucket, n, NOON);
}

json_t *noise_told(struct noise_query q)
{
	q.since_ms = 7 * TIME_DAY;
	struct noise *n = noise_new(&q, noise_stage.config, NOON - q.since_ms);
	/* in two pieces, as the counters come */
	noise_add(n, noise_stage.hours, noise_stage.count / 2);
	noise_add(n, noise_stage.hours + noise_stage.count / 2, noise_stage.count - noise_stage.count / 2);
	json_t *told = noise_report(n, NOON, "UTC");
	noise_free(n);
	return told;
}

struct ruleset *noise_rules(const char *field)
{
	static struct catalog *catalog;
	static const struct plan_defaults defaults = {.severity = STR_INIT("P3"),
	                                              .severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG}};
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;

	catalog_free(catalog);
	catalog = catalog_new();
	catalog_finish(catalog, &err);
	struct ruleset *rs = ruleset_new(catalog, &defaults);
	char *text = arena_printf(noise_stage.arena, "rules: [{name: a-rule, matchers: ['alertname=~\".+\"'], %s}]", field);
	assert_true(ruleset_add_file(rs, "r.yml", str_c(text), &err));
	assert_true(ruleset_finish(rs, NULL, NULL, &err, &warnings));
	return rs;
}

const json_t *noise_report_row(const json_t *r, size_t i)
{
	return json_array_get(json_object_get(r, "rows"), i);
}

int64_t noise_number(const json_t *o, const char *name)
{
	return (int64_t)json_number_value(json_object_get(o, name));
}

const char *noise_row_name(const json_t *r, size_t i)
{
	const char *name = json_string_value(json_object_get(noise_report_row(r, i), "name"));
	return name ? name : "";
}
