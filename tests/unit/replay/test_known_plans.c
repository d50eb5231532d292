#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "replay/known_plans.h"

#define LABELS_OF(...)                                                                                                 \
	(struct labels)                                                                                                    \
	{                                                                                                                  \
		(struct label[]){__VA_ARGS__}, sizeof((struct label[]){__VA_ARGS__}) / sizeof(struct label)                    \
	}
#define LABEL(n, v)                                                                                                    \
	{                                                                                                                  \
		STR(n), STR(v)                                                                                                 \
	}

static struct catalog *catalog;
static struct plan_defaults defaults;
static struct ruleset *rules;

static int setup(void **state)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;

	(void)state;
	catalog = catalog_new();
	catalog_finish(catalog, &err);
	defaults = (struct plan_defaults){
		.severity = STR("P3"),
		.severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG},
		.group_by = {GROUP_ALERTMANAGER, {NULL, 0}},
		.repeat_interval = 4 * 3600000,
	};
	rules = ruleset_new(catalog, &defaults);
	assert_true(ruleset_add_file(rules, "r.yml",
	                             STR("rules:\n- {name: pay, matchers: ['team=pay'], owner: pay, summary: "
	                                 "'{{annotations.say}}'}\n"),
	                             &err));
	assert_true(ruleset_finish(rules, NULL, NULL, &err, &warnings));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ruleset_free(rules);
	catalog_free(catalog);
	return 0;
}

static struct alert alert_saying(const char *say)
{
	static struct label annotation[1];
	struct alert a = {.labels = LABELS_OF(LABEL("alertname", "Down"), LABEL("team", "pay"))};

	annotation[0] = (struct label){STR("say"), str_c(say)};
	a.annotations = (struct labels){annotation, 1};
	a.labels.v = memcpy(test_malloc(2 * sizeof *a.labels.v), a.labels.v, 2 * sizeof *a.labels.v);
	labels_fingerprint(&a.labels, a.identity);
	return a;
}

static void test_an_alert_that_says_the_same_has_the_same_plan(void **state)
{
	struct known_plans *k = known_plans_new(rules, SIZE_MAX);
	struct alert a = alert_saying("hot"), again = alert_saying("hot");
	struct labels group = LABELS_OF(LABEL("alertname", "Down"));

	(void)state;
	known_plans_begin(k);
	struct plan *first = known_plans_of(k, &a, &group);
	assert_true(str_eq_c(first->owner.name, "pay"));
	assert_true(str_eq_c(first->summary.text, "hot"));
	known_plans_begin(k);
	again.resolved = true;
	assert_ptr_equal(known_plans_of(k, &again, &group), first);
	assert_int_equal(known_plans_count(k), 1);
	test_free(a.labels.v);
	test_free(again.labels.v);
	known_plans_free(k);
}

/* Annotations, group labels and flaws are part of it: each gives another plan, and the one of the body before stays whole. */
static void test_what_a_plan_follows_from_makes_another(void **state)
{
	struct known_plans *k = known_plans_new(rules, SIZE_MAX);
	struct alert a = alert_saying("hot");
	struct labels group = LABELS_OF(LABEL("alertname", "Down")), other = LABELS_OF(LABEL("team", "pay"));

	(void)state;
	known_plans_begin(k);
	struct plan *first = known_plans_of(k, &a, &group);
	struct plan *grouped = known_plans_of(k, &a, &other);
	assert_string_not_equal(first->key, grouped->key);
	struct alert cold = alert_saying("cold");
	assert_true(str_eq_c(known_plans_of(k, &cold, &group)->summary.text, "cold"));
	assert_true(str_eq_c(first->summary.text, "hot"));
	cold.flaw = (enum alert_flaw)1;
	assert_ptr_not_equal(known_plans_of(k, &cold, &group), first);
	test_free(a.labels.v);
	test_free(cold.labels.v);
	known_plans_free(k);
}

static void test_at_the_ceiling_all_is_forgotten_with_the_next_body(void **state)
{
	struct known_plans *k = known_plans_new(rules, 1);
	struct alert a = alert_saying("hot");
	struct labels group = LABELS_OF(LABEL("alertname", "Down"));

	(void)state;
	known_plans_begin(k);
	struct plan *first = known_plans_of(k, &a, &group);
	assert_ptr_equal(known_plans_of(k, &a, &group), first);
	known_plans_begin(k);
	assert_int_equal(known_plans_count(k), 0);
	assert_true(str_eq_c(known_plans_of(k, &a, &group)->summary.text, "hot"));
	test_free(a.labels.v);
	known_plans_free(k);
}

/* Whoever still works on an earlier body has its plans. */
static void test_what_is_held_stays(void **state)
{
	struct known_plans *k = known_plans_new(rules, 1);
	struct alert a = alert_saying("hot");
	struct labels group = LABELS_OF(LABEL("alertname", "Down"));

	(void)state;
	known_plans_begin(k);
	struct plan *first = known_plans_of(k, &a, &group);
	struct plans_memory *held = known_plans_hold(k);
	known_plans_begin(k);
	assert_int_equal(known_plans_count(k), 0);
	assert_true(str_eq_c(first->summary.text, "hot"));
	plans_memory_release(held);
	test_free(a.labels.v);
	known_plans_free(k);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_an_alert_that_says_the_same_has_the_same_plan),
		TEST(test_what_a_plan_follows_from_makes_another),
		TEST(test_at_the_ceiling_all_is_forgotten_with_the_next_body),
		TEST(test_what_is_held_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
