#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <string.h>
#include <cmocka.h>

#include "rules/plan_changes.h"
#include "ruleset_world.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Each row: what another rule says instead of an empty one, and what is different then. */
static const struct {
	const char *rules, *field, *before, *after;
} rows[] = {
	{"rules: [{name: other, matchers: ['alertname=~\".+\"']}]", NULL, "", ""},
	{"rules: [{name: a, page: false}]", "page", "true", "false"},
	{"rules: [{name: a, page_after: 5m}]", "page_after", "0s", "5m"},
	{"rules: [{name: a, repeat_interval: 1h}]", "repeat_interval", "4h", "1h"},
	{"rules: [{name: a, resolve_hold: 90s}]", "resolve_hold", "0s", "1m30s"},
	{"rules: [{name: a, runbook: 'https://elsewhere.example.com/x'}]", "runbook", "",
     "https://elsewhere.example.com/x"},
	{"rules: [{name: a, owner: payments}]", "owner", "", "payments"},
	{"rules: [{name: a, group_by: [zone]}]", "group_by", "{alertname=\"Down\"}", "{zone=\"z1\"}"},
	{"rules: [{name: a, summary: 'It is {{labels.alertname}}'}]", "summary", "Down (zone=z1)", "It is Down"},
};

static const struct plan_change *change_of_field(const struct plan_change *changes, size_t n, const char *field)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(changes[i].field, field) == 0)
			return &changes[i];
	return NULL;
}

static void test_each_field_is_told_by_its_name_and_both_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world before = world_with("rules: [{name: a}]"), after = world_with(rows[i].rules);
		struct labels labels = LABELS(L("alertname", "Down"), L("zone", "z1"));
		struct plan x = world_evaluate(&before, labels, NULL), y = world_evaluate(&after, labels, NULL);
		struct plan_change changes[PLAN_CHANGES_MAX];
		size_t n = plan_changes(&x, &y, before.arena, changes);
		const struct plan_change *found = rows[i].field ? change_of_field(changes, n, rows[i].field) : NULL;
		if (!rows[i].field && n)
			fail_msg("%s: changes %s", rows[i].rules, changes[0].field);
		if (rows[i].field &&
		    (!found || !str_eq_c(found->before, rows[i].before) || !str_eq_c(found->after, rows[i].after)))
			fail_msg("%s: %s: \"%.*s\" -> \"%.*s\"", rows[i].rules, rows[i].field,
			         STR_ARG(found ? found->before : STR("?")), STR_ARG(found ? found->after : STR("?")));
		world_free(&before);
		world_free(&after);
	}
}

/* page_after is 0s by default. */
static const struct {
	const char *rules;
	struct plan_override set;
	bool matters;
} overrides[] = {
	{"rules: [{name: a}]", {.sets_page_after = true, .page_after = 0}, false},
	{"rules: [{name: a}]", {.sets_page_after = true, .page_after = 60000}, true},
	{"rules: [{name: a, page_after: 1m}]", {.sets_page_after = true, .page_after = 0}, true},
	{"rules: [{name: a, page_after: 1m}]", {.sets_page_after = true, .page_after = 60000}, true},
	{"rules: [{name: a, page_after: 0s}, {name: b, resolve_hold: 1m}]", {.sets_page_after = true}, false},
	{"rules: [{name: a}]", {.sets_repeat_interval = true, .repeat_interval = 4 * 3600000}, false},
	{"rules: [{name: a, repeat_interval: 1h}]", {.sets_repeat_interval = true, .repeat_interval = 4 * 3600000}, true},
	{"rules: [{name: a}]", {.sets_resolve_hold = true, .resolve_hold = 1000}, true},
	{"rules: [{name: a}]", {.sets_group_by = true}, true},
	{"rules: [{name: a}]", {.rules = {(struct str[]){STR_INIT("a")}, 1}}, false},
};

static void test_an_override_that_rules_say_already_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(overrides); i++) {
		struct world w = world_with(overrides[i].rules);
		if (plan_override_matters(w.rules, &overrides[i].set) != overrides[i].matters)
			fail_msg("%s: row %zu", overrides[i].rules, i);
		world_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_field_is_told_by_its_name_and_both_values),
		cmocka_unit_test(test_an_override_that_rules_say_already_does_not_matter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
