#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "random_rules.h"
#include "rules/explain.h"
#include "rules/literal_impl.h"
#include "rules/ruleset_impl.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LABELS(...)                                                                                                    \
	(struct labels)                                                                                                    \
	{                                                                                                                  \
		(struct label[]){__VA_ARGS__}, sizeof((struct label[]){__VA_ARGS__}) / sizeof(struct label)                    \
	}
#define L(n, v)                                                                                                        \
	{                                                                                                                  \
		STR(n), STR(v)                                                                                                 \
	}

static struct str owner_labels[] = {STR_INIT("team")};
static struct str one_receiver[] = {STR_INIT("oncall")};
static const struct plan_defaults defaults = {
	.severity = STR_INIT("P3"),
	.receivers = {one_receiver, 1},
	.owner_labels = {owner_labels, 1},
	.severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG},
	.repeat_interval = 14400000,
};

static struct catalog *finished_empty_catalog(void)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	if (!catalog_finish(c, &err))
		fail_msg("%s", err_first(&err));
	return c;
}

static void add_rule_text(struct ruleset *rs, const char *name, struct str text, const char *context)
{
	AUTOERR struct err err = ERR_INIT;
	if (!ruleset_add_file(rs, name, text, &err))
		fail_msg("%s: %s", context, err_first(&err));
}

static void finish_ruleset(struct ruleset *rs)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	if (!ruleset_finish(rs, NULL, NULL, &err, &warnings))
		fail_msg("%s", err_first(&err));
}

/* ---- with and without ---- */

struct outcome {
	struct plan plan;
	json_t *explained;
};

static struct outcome evaluate_alert(const struct ruleset *rs, const struct alert *a, struct arena *arena)
{
	struct outcome o;
	ruleset_evaluate(rs, a, NULL, arena, &o.plan);
	o.explained = explain_plan(a, &o.plan);
	return o;
}

static bool same_rules(const struct rule **a, size_t n, const struct rule **b, size_t m)
{
	return n == m && (n == 0 || memcmp(a, b, n * sizeof *a) == 0);
}

static bool same_plan(const struct outcome *a, const struct outcome *b)
{
	const struct plan *p = &a->plan, *q = &b->plan;
	return p->rule == q->rule && same_rules(p->matched, p->matched_count, q->matched, q->matched_count) &&
	       same_rules(p->cannot_tell, p->cannot_tell_count, q->cannot_tell, q->cannot_tell_count) &&
	       p->template_errors == q->template_errors && p->page == q->page && strcmp(p->key, q->key) == 0 &&
	       p->page_from.rule == q->page_from.rule && p->severity.from.rule == q->severity.from.rule &&
	       p->owner.from.rule == q->owner.from.rule && p->receivers.from.rule == q->receivers.from.rule &&
	       p->group.from.rule == q->group.from.rule && p->repeat_interval.from.rule == q->repeat_interval.from.rule &&
	       p->repeat_interval.ms == q->repeat_interval.ms && p->page_after.from.rule == q->page_after.from.rule &&
	       p->resolve_hold.from.rule == q->resolve_hold.from.rule && p->heartbeat.ms == q->heartbeat.ms &&
	       p->heartbeat.from.rule == q->heartbeat.from.rule && p->summary.from.rule == q->summary.from.rule &&
	       str_eq(p->summary.text, q->summary.text) && json_equal(a->explained, b->explained);
}

static void say_rules(const char *what, const struct plan *p)
{
	print_error("%s:", what);
	for (size_t i = 0; i < p->matched_count; i++)
		print_error(" %.*s", STR_ARG(p->matched[i]->name));
	print_error("; cannot tell:");
	for (size_t i = 0; i < p->cannot_tell_count; i++)
		print_error(" %.*s", STR_ARG(p->cannot_tell[i]->name));
	print_error("\n");
}

static void differ(uint64_t seed, const struct alert *a, const struct outcome *with, const struct outcome *without,
                   const struct buf *files)
{
	AUTOARENA struct arena *arena = arena_new();
	print_error("%s\nalert %.*s\n", files->p, STR_ARG(labels_format(arena, &a->labels)));
	say_rules("with the index", &with->plan);
	say_rules("without", &without->plan);
	fail_msg("seed %llu", (unsigned long long)seed);
}

struct tally {
	size_t alerts, matched, rules, always, cannot_tell;
};

static void compare_engines(uint64_t seed, size_t rules, size_t alerts, struct tally *tally)
{
	AUTOARENA struct arena *arena = arena_new();
	struct random_rules r;
	random_rules_init(&r, seed, arena);
	struct catalog *c = finished_empty_catalog();
	struct ruleset *rs = ruleset_new(c, &defaults);
	AUTOBUF struct buf files;
	buf_init(&files, (size_t)64 << 20);
	for (int i = 0; i < 2; i++) {
		size_t before = files.n;
		random_rule_file(&r, i ? "b" : "a", rules / 2, &files);
		add_rule_text(rs, i ? "b.yml" : "a.yml", str_slice(buf_str(&files), before, files.n), files.p + before);
	}
	finish_ruleset(rs);
	tally->rules += rules;
	tally->always += literal_index_always(rs->index);
	struct alert *list = arena_alloc(arena, alerts * sizeof *list);
	struct outcome *with = arena_alloc(arena, alerts * sizeof *with);
	for (size_t i = 0; i < alerts; i++) {
		list[i] = random_alert(&r);
		with[i] = evaluate_alert(rs, &list[i], arena);
	}
	ruleset_drop_index(rs);
	for (size_t i = 0; i < alerts; i++) {
		struct outcome without = evaluate_alert(rs, &list[i], arena);
		if (!same_plan(&with[i], &without))
			differ(seed, &list[i], &with[i], &without, &files);
		tally->alerts++;
		tally->matched += without.plan.matched_count > 0;
		tally->cannot_tell += without.plan.cannot_tell_count;
		json_decref(without.explained);
		json_decref(with[i].explained);
	}
	random_rules_release(&r);
	ruleset_free(rs);
	catalog_free(c);
}

/* SEED in the environment tries others. */
static uint64_t first_seed(void)
{
	const char *given = getenv("SEED");
	return given ? strtoull(given, NULL, 10) : 1;
}

/* Sets of few rules: what they are evaluated by is the same under a sanitizer, where it takes six times as long. */
#ifdef __SANITIZE_ADDRESS__
#define SMALL_SETS 300
#else
#define SMALL_SETS 1500
#endif

/* Few rules in each, so that the first one to match is not always among the first. */
static void test_small_sets_are_evaluated_alike(void **state)
{
	(void)state;
	struct tally t = {0};
	for (uint64_t i = 0; i < SMALL_SETS; i++)
		compare_engines(first_seed() + i, 2 + i % 20, 40, &t);
	assert_true(t.matched > t.alerts / 10 && t.matched < t.alerts);
	assert_true(t.always > 0 && t.always < t.rules / 2);
}

static void test_large_sets_are_evaluated_alike(void **state)
{
	(void)state;
	struct tally t = {0};
	for (uint64_t i = 0; i < 5; i++)
		compare_engines(1000003 * first_seed() + i, 1000, 1000, &t);
	assert_true(t.matched > t.alerts / 2);
}

/* ---- what is looked up ---- */

static const struct {
	const char *matchers;
	bool always;
} offers[] = {
	{"a=\"x\"", false},
	{"a=\"\"", true},
	{"a!=\"x\"", true},
	{"a!~\"x.*\"", true},
	{"a!=\"x\",b=\"y\"", false},
	{"a=~\"x|y|z\"", false},
	{"a=~\"x|y|\"", true},
	{"a=~\"(aa|bb)-(x|y)\"", false},
	{"a=~\"foo.*\"", false},
	{"a=~\".*foo\"", false},
	{"a=~\".*foo.*\"", false},
	{"a=~\".+f.+\"", true},
	{"a=~\".*\"", true},
	{"a=~\"[0-9]+\"", false},
	{"a=~\"[0-9a-f]+x?\"", false},
	{"a=~\"[a-z0-9]+\"", true},
	{"a=~\"[a-z0-9]+ms\"", false},
	{"a=~\"(?i)foo\"", false},
	{"a=~\"(?i)foo.*\"", false},
	{"a=~\"(?i)\xc3\xa9.*\"", true},
	{"a=~\"\xc3\xa9.*\"", false},
	{"a=~\"fo+\"", false},
	{"a=~\"f?o?\"", true},
	{"a=~\"^foo$\"", false},
	{"a=~\"\\\\d{3}-foo\"", false},
	{"a=~\"(?P<x>foo)\"", false},
	{"a=~\"\\\\Qfoo\\\\E\"", false},
	/* may hit the match limit: tried as if there were no index, and so is what stands behind it */
	{"a=~\"(a+)+b\"", true},
	{"a=~\"(a+)+b\",b=\"y\"", true},
	{"b=\"y\",a=~\"(a+)+b\"", false},
};

static struct ruleset *one_rule(const struct catalog *c, const char *matchers)
{
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 16);
	buf_printf(&b, "rules:\n  - {name: r, matchers: ['%s']}\n", matchers);
	struct ruleset *rs = ruleset_new(c, &defaults);
	add_rule_text(rs, "r.yml", buf_str(&b), matchers);
	finish_ruleset(rs);
	return rs;
}

static void test_what_offers_a_literal(void **state)
{
	(void)state;
	struct catalog *c = finished_empty_catalog();
	for (size_t i = 0; i < COUNT(offers); i++) {
		struct ruleset *rs = one_rule(c, offers[i].matchers);
		if (literal_index_always(rs->index) != offers[i].always)
			fail_msg("%s", offers[i].matchers);
		ruleset_free(rs);
	}
	catalog_free(c);
}

/* What the look-up has proved is not checked again. */
static const struct {
	const char *matchers;
	unsigned checks;
} proofs[] = {
	{"a=\"x\"", 0},
	{"a=~\"x|y\"", 0},
	{"a=~\"(?i)x|y\"", 0},
	{"a=\"x\",b!=\"y\"", 1},
	{"a=~\"foo.*\"", 1},
	{"a=~\"x\\\\b\"", 1},
	{"a=\"x\",b=~\"y.*\",c=\"z\"", 2},
};

static void test_what_is_left_to_be_checked(void **state)
{
	(void)state;
	struct catalog *c = finished_empty_catalog();
	for (size_t i = 0; i < COUNT(proofs); i++) {
		struct ruleset *rs = one_rule(c, proofs[i].matchers);
		if (rs->index->check_at[1] != proofs[i].checks)
			fail_msg("%s: %u", proofs[i].matchers, rs->index->check_at[1]);
		ruleset_free(rs);
	}
	catalog_free(c);
}

/* ---- corners ---- */

static const char *first_of(const struct ruleset *rs, struct labels labels)
{
	static char name[64];
	AUTOARENA struct arena *arena = arena_new();
	struct literal_search s;
	enum pattern_result result;
	literal_search_begin(&s, rs->index, &labels, arena);
	const struct rule *rule = literal_search_next(&s, &result);
	struct str found = rule ? rule->name : STR("none");
	snprintf(name, sizeof name, "%.*s", STR_ARG(found));
	return name;
}

static void test_case_folds_beyond_ascii(void **state)
{
	(void)state;
	struct catalog *c = finished_empty_catalog();
	struct ruleset *rs = one_rule(c, "a=~\"(?i)disk.*\"");
	assert_string_equal(first_of(rs, LABELS(L("a", "DISK full"))), "r");
	assert_string_equal(first_of(rs, LABELS(L("a", "di\xc5\xbf\xe2\x84\xaa full"))), "r");
	assert_string_equal(first_of(rs, LABELS(L("a", "dis full"))), "none");
	ruleset_free(rs);
	catalog_free(c);
}

/* A value in which more literals stand than the search has room for at first, and one longer than it folds on the stack. */
static void test_many_hits_come_in_order(void **state)
{
	(void)state;
	enum { RULES = 300 };
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf rules, value;
	buf_init(&rules, 1 << 20);
	buf_init(&value, 1 << 20);
	buf_add_c(&rules, "rules:\n");
	for (int i = 0; i < RULES; i++) {
		int word = (i * 7919) % RULES;
		buf_printf(&rules, "  - {name: r%d, matchers: ['a=~\"%s.*w%03dx.*\"'], continue: true}\n", i,
		           i % 2 ? "(?i)" : "", word);
		buf_printf(&value, "w%03dx", i);
	}
	struct catalog *c = finished_empty_catalog();
	struct ruleset *rs = ruleset_new(c, &defaults);
	add_rule_text(rs, "r.yml", buf_str(&rules), "many");
	finish_ruleset(rs);
	struct label label = {STR("a"), buf_str(&value)};
	struct labels labels = {&label, 1};
	struct literal_search s;
	enum pattern_result result;
	literal_search_begin(&s, rs->index, &labels, arena);
	for (size_t i = 0; i < RULES; i++) {
		const struct rule *rule = literal_search_next(&s, &result);
		assert_non_null(rule);
		assert_int_equal(rule->index, i);
	}
	assert_null(literal_search_next(&s, &result));
	ruleset_free(rs);
	catalog_free(c);
}

/* Literals are cut at 48 bytes. */
static void test_long_texts(void **state)
{
	(void)state;
#define LONG "0123456789012345678901234567890123456789012345678901234567890"
	static const struct {
		const char *matchers, *value, *found;
	} cases[] = {
		{"a=~\"" LONG "x.*\"", LONG "xyz", "r"},      {"a=~\"" LONG "x.*\"", LONG "yz", "none"},
		{"a=~\".*x" LONG "\"", "yx" LONG, "r"},       {"a=~\".*x" LONG "\"", "yz" LONG, "none"},
		{"a=~\".*" LONG "x.*\"", "y" LONG "xy", "r"}, {"a=~\".*" LONG "x.*\"", "y" LONG "yx", "none"},
		{"a=\"" LONG "x\"", LONG "x", "r"},           {"a=\"" LONG "x\"", LONG "y", "none"},
	};
	struct catalog *c = finished_empty_catalog();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ruleset *rs = one_rule(c, cases[i].matchers);
		struct label label = {STR("a"), str_c(cases[i].value)};
		assert_string_equal(first_of(rs, (struct labels){&label, 1}), cases[i].found);
		ruleset_free(rs);
	}
	catalog_free(c);
}

/* The rule is counted as one that cannot be told, although what stands behind the pattern would have ruled it out. */
static void test_a_hostile_pattern_is_run_as_without_an_index(void **state)
{
	(void)state;
	static const struct {
		const char *matchers;
		size_t cannot_tell;
	} cases[] = {
		{"a=~\"(x|xx)+y\",b=\"y\"", 1},
		{"c=\"c\",a=~\"(x|xx)+y\",b=\"y\"", 1},
		{"b=\"y\",a=~\"(x|xx)+y\",c=\"c\"", 0},
	};
	struct alert alert = {.labels =
	                          LABELS(L("a", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx!y!"),
	                                 L("b", "z"), L("c", "c"))};
	AUTOARENA struct arena *arena = arena_new();
	struct catalog *c = finished_empty_catalog();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ruleset *rs = one_rule(c, cases[i].matchers);
		for (int without = 0; without < 2; without++) {
			struct plan plan;
			ruleset_evaluate(rs, &alert, NULL, arena, &plan);
			assert_int_equal(plan.cannot_tell_count, cases[i].cannot_tell);
			ruleset_drop_index(rs);
		}
		ruleset_free(rs);
	}
	catalog_free(c);
}

static void test_no_rules(void **state)
{
	(void)state;
	struct literal_index *ix = literal_index_new(NULL, 0);
	AUTOARENA struct arena *arena = arena_new();
	struct labels labels = LABELS(L("a", "b"));
	struct literal_search s;
	enum pattern_result result;
	literal_search_begin(&s, ix, &labels, arena);
	assert_null(literal_search_next(&s, &result));
	literal_index_free(ix);
	literal_index_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_sets_are_evaluated_alike),
		cmocka_unit_test(test_large_sets_are_evaluated_alike),
		cmocka_unit_test(test_what_offers_a_literal),
		cmocka_unit_test(test_what_is_left_to_be_checked),
		cmocka_unit_test(test_case_folds_beyond_ascii),
		cmocka_unit_test(test_many_hits_come_in_order),
		cmocka_unit_test(test_no_rules),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_a_hostile_pattern_is_run_as_without_an_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
