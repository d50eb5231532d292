/* What lint says of a few rules, case by case. Each rule stands on a line of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "lint_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Two rules by their matchers: what is said of the second, which sets a severity as the first does. */
static const struct {
	const char *first, *second;
	enum { NO, YES, NEARLY /* but for line breaks */ } implied; /* the first matches whatever the second matches */
} pairs[] = {
	/* exact values */
	{"a=\"x\"", "a=\"x\"", YES},
	{"a=\"x\"", "a=\"x\", b=\"y\"", YES},
	{"a=\"x\", b=\"y\"", "a=\"x\"", NO},
	{"a=\"x\"", "a=\"y\"", NO},
	{"a=\"x\"", "b=\"x\"", NO},
	{"a=\"x\"", "a=~\"x\"", YES},
	{"a=\"x\"", "a=~\"x|y\"", NO},
	/* sets */
	{"a=~\"x|y\"", "a=\"y\"", YES},
	{"a=~\"x|y|z\"", "a=~\"z|x\"", YES},
	{"a=~\"x|y\"", "a=~\"x|z\"", NO},
	{"a=~\"(foo|bar)-(a|b)\"", "a=~\"foo-a|bar-b\"", YES},
	/* prefixes, suffixes, parts */
	{"a=~\"foo.*\"", "a=\"foobar\"", YES},
	{"a=~\"foo.*\"", "a=~\"foobar.*\"", YES},
	{"a=~\"foobar.*\"", "a=~\"foo.*\"", NO},
	{"a=~\"foo.+\"", "a=~\"foo.*\"", NO},
	{"a=~\".*bar\"", "a=~\"foo.*bar\"", YES},
	{"a=~\".*bar\"", "a=~\".*foobar\"", YES},
	{"a=~\".*oo.*\"", "a=~\"foo.*\"", YES},
	{"a=~\".*oo.*\"", "a=~\".*foo\"", YES},
	{"a=~\"[a-f].*\"", "a=~\"(b|c)x.*\"", YES},
	{"a=~\"(?i)foo.*\"", "a=~\"FOObar|fooX\"", YES},
	{"a=~\"foo.*\"", "a=~\"(?i)foobar\"", NO},
	{"a=~\"foo\\\\d+\"", "a=~\"foo[0-9]{2}\"", YES},
	{"a=~\"foo\\\\d+\"", "a=~\"foo[0-9a]{2}\"", NO},
	/* the same pattern, also one that cannot be described */
	{"a=~\"x\\\\b.*\"", "a=~\"x\\\\b.*\"", YES},
	{"a=~\"x\\\\b.*\"", "a=\"x y\"", YES},
	{"a=~\"x\\\\b.*\"", "a=~\"x y|x-z\"", YES},
	{"a=~\"x\\\\b.*\"", "a=~\"x y|xz\"", NO},
	{"a=~\"x\\\\b.*\"", "a=~\"x .*\"", NO},
	{"a=~\"x.*\"", "a=~\"x\\\\b.*\"", NO},
	{"a=~\".+\"", "a=~\"x\\\\b.*\", a=~\"x.*\"", YES},
	/* anything */
	{"a=~\".*\"", "a=\"x\"", YES},
	{"a=~\".*\"", "a=~\"x.+\"", YES},
	{"a=~\".*\"", "b=\"x\"", NEARLY},
	{"a=~\"(?s).*\"", "b=\"x\"", YES},
	{"a=~\".+\"", "a=\"x\"", YES},
	{"a=~\".+\"", "a!=\"\"", NEARLY},
	{"a=~\"(?s).+\"", "a!=\"\"", YES},
	{"a=~\".+\"", "b=\"x\"", NO},
	{"a=\"\"", "a=\"\"", YES},
	{"a=\"\"", "b=\"x\"", NO},
	/* what is missing is empty */
	{"a=\"\"", "a!~\"(?s).+\"", YES},
	{"a!=\"x\"", "b=\"y\"", NO},
	/* negative */
	{"a!=\"x\"", "a=\"y\"", YES},
	{"a!=\"x\"", "a=~\"y|z\"", YES},
	{"a!=\"x\"", "a=~\"y|x\"", NO},
	{"a!=\"x\"", "a=~\"y.*\"", YES},
	{"a!=\"x\"", "a=~\"x.+\"", YES},
	{"a!=\"x\"", "a!=\"x\", b=\"y\"", YES},
	{"a!=\"x\"", "a!~\"x|y\"", YES},
	{"a!~\"x|y\"", "a!=\"x\"", NO},
	{"a!~\"x|y\"", "a!=\"x\", a!=\"y\"", YES},
	{"a!~\"foo.*\"", "a=\"bar\"", YES},
	{"a!~\"foo.*\"", "a=~\"ba.*\"", YES},
	{"a!~\"foo.*\"", "a!~\"fo.*\"", YES},
	{"a!~\"fo.*\"", "a!~\"foo.*\"", NO},
	{"a!~\"foo.*\"", "a=\"\"", YES},
	{"a!=\"\"", "a=~\".+\"", YES},
	{"a=~\"x.*\"", "a=~\".*y\", a=~\"xz.*\"", YES},
};

static void implication(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		AUTOFREE char *rules = mem_printf("rules:\n- {name: one, matchers: ['%s'], severity: P1}\n"
		                                  "- {name: two, matchers: ['%s'], severity: P2}\n",
		                                  pairs[i].first, pairs[i].second);
		struct linted l;
		lint_text(&l, rules);
		AUTOFREE char *said = lint_summary(&l);
		bool dead = strcmp(said, "unreachable-rule 3>2") == 0 || strcmp(said, "duplicate-rule 3>2") == 0;
		bool nearly = strcmp(said, "unreachable-rule 3>2 warning") == 0;
		if (dead != (pairs[i].implied == YES) || nearly != (pairs[i].implied == NEARLY) ||
		    (pairs[i].implied == NO && *said))
			fail_msg("%s and %s: \"%s\"", pairs[i].first, pairs[i].second, said);
		lint_done(&l);
	}
}

static void the_same_on_annotations_which_are_not_labels(void **state)
{
	(void)state;
	struct linted l;
	lint_text(&l, "rules:\n- {name: one, annotation_matchers: ['a=~\"x.*\"'], severity: P1}\n"
	              "- {name: two, annotation_matchers: ['a=\"xy\"'], severity: P2}\n"
	              "- {name: three, matchers: ['a=\"xy\"'], severity: P2}\n");
	AUTOFREE char *said = lint_summary(&l);
	assert_string_equal(said, "unreachable-rule 3>2");
	lint_done(&l);
}

/* The matchers of one rule. */
static const struct {
	const char *matchers;
	bool never;
} alone[] = {
	{"a=\"x\", a=\"y\"", true},        {"a=\"x\", a!=\"x\"", true},
	{"a=\"x\", a=~\"y.*\"", true},     {"a=\"x\", a!~\"x|y\"", true},
	{"a=~\"x|y\", a=~\"z|w\"", true},  {"a=~\"x|y\", a!=\"x\", a!=\"y\"", true},
	{"a=~\".+\", a=\"\"", true},       {"a=~\"x.*\", a=~\"y.*\"", true},
	{"a=~\"x.*\", a!~\"x.*\"", true},  {"a=~\"[^\\\\x00-\\\\x{10FFFF}]\"", true},
	{"a=\"x\", b=\"y\"", false},       {"a=\"x\", a=\"x\"", false},
	{"a=~\"x.*\", a=~\".*y\"", false}, {"a=~\"x|y\", a!=\"x\"", false},
	{"a=~\".*\", a=\"\"", false},      {"a!=\"\", a!~\".+\"", false}, /* a newline alone */
	{"a!=\"x\", a!=\"y\"", false},
};

static void contradictions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(alone); i++) {
		AUTOFREE char *rules = mem_printf("rules:\n- {name: one, matchers: ['%s'], severity: P1}\n", alone[i].matchers);
		struct linted l;
		lint_text(&l, rules);
		AUTOFREE char *said = lint_summary(&l);
		bool never = str_starts(str_c(said), STR("contradictory-matchers 2"));
		if (never != alone[i].never || (!never && *said))
			fail_msg("%s: \"%s\"", alone[i].matchers, said);
		lint_done(&l);
	}
}

static const struct {
	const char *rules, *said;
} cases[] = {
	{"- {name: a, matchers: ['x=\"1\"'], severity: P1, continue: true}\n"
     "- {name: b, matchers: ['x=\"1\"', 'y=\"2\"'], severity: P2}\n",
     "shadowed-rule 3>2"},
	{"- {name: a, matchers: ['x=\"1\"'], severity: P1, continue: true}\n"
     "- {name: b, matchers: ['x=\"1\"', 'y=\"2\"'], severity: P2, owner: o}\n",
     "shadowed-field 3>2"},
	/* the same value twice is nobody's mistake */
	{"- {name: a, matchers: ['x=\"1\"'], severity: P1, receivers: [chat], continue: true}\n"
     "- {name: b, matchers: ['x=\"1\"', 'y=\"2\"'], severity: P1, receivers: [chat], owner: o}\n",
     ""},
	/* two rules together shadow a third */
	{"- {name: a, matchers: ['x=\"1\"'], severity: P1, continue: true}\n"
     "- {name: b, matchers: ['y=\"2\"'], owner: p, continue: true}\n"
     "- {name: c, matchers: ['x=\"1\"', 'y=\"2\"'], severity: P2, owner: o}\n",
     "shadowed-rule 4>2"},
	/* receivers add up: only those that are there already have no effect */
	{"- {name: a, matchers: ['x=\"1\"'], receivers: [oncall], continue: true}\n"
     "- {name: b, matchers: ['x=\"1\"', 'y=\"2\"'], receivers: [chat]}\n",
     ""},
	{"- {name: a, matchers: ['x=\"1\"'], receivers: [oncall], continue: true}\n"
     "- {name: b, matchers: ['x=~\"1|2\"'], receivers: [chat], continue: true}\n"
     "- {name: c, matchers: ['x=\"1\"', 'y=\"2\"'], receivers: [chat, oncall]}\n",
     "shadowed-rule 4>3"},
	/* same matchers */
	{"- {name: a, matchers: ['x=\"1\"', 'y=\"2\"'], severity: P1, continue: true}\n"
     "- {name: b, matchers: ['y=\"2\"', 'x=~\"1\"'], severity: P2}\n",
     "duplicate-rule 3>2"},
	{"- {name: a, matchers: ['x=\"1\"'], severity: P1, continue: true}\n"
     "- {name: b, matchers: ['x=\"1\"'], owner: o}\n",
     "duplicate-rule 3>2 hint"},
	/* rules in between that match part of it */
	{"- {name: a, matchers: ['x=\"1\"', 'z=\"3\"'], severity: P1}\n"
     "- {name: b, matchers: ['x=\"1\"'], severity: P2}\n"
     "- {name: c, matchers: ['x=~\"1|2\"'], severity: P3}\n",
     ""},
	/* what never matches swallows nothing, and is said once */
	{"- {name: a, matchers: ['x=\"1\"', 'x=\"2\"'], severity: P1}\n"
     "- {name: b, matchers: ['x=\"1\"', 'x=\"2\"'], severity: P1}\n"
     "- {name: c, matchers: ['x=\"1\"'], severity: P1}\n",
     "contradictory-matchers 2>2, contradictory-matchers 3>3"},
	/* no matchers match all */
	{"- {name: a, severity: P1}\n- {name: b, matchers: ['x=\"1\"'], owner: o}\n", "unreachable-rule 3>2"},
	{"- {name: a, severity: P1, continue: true}\n- {name: b, matchers: ['x=\"1\"'], owner: o}\n", ""},
	/* the defaults */
	{"- {name: a, matchers: ['x=\"1\"'], repeat_interval: 4h}\n", "rule-equals-default 2"},
	{"- {name: a, matchers: ['x=\"1\"'], receivers: [oncall], page: true, page_after: 0s}\n", "rule-equals-default 2"},
	{"- {name: a, matchers: ['x=\"1\"'], repeat_interval: 2h}\n", ""},
	{"- {name: a, matchers: ['x=\"1\"'], severity: P3}\n", ""}, /* over the label */
	{"- {name: a, matchers: ['severity=~\"low|P3||nonsense\"'], severity: P3}\n", "rule-equals-default 2"},
	{"- {name: a, matchers: ['severity=~\"low|critical\"'], severity: P3}\n", ""},
	{"- {name: a, matchers: ['x=\"1\"'], continue: true}\n", "rule-equals-default 2"},
	{"- {name: a, matchers: ['x=\"1\"']}\n- {name: b, matchers: ['y=\"1\"'], owner: o}\n", ""}, /* keeps b away */
	{"- {name: a, matchers: ['x=\"1\"']}\n- {name: b, matchers: ['x=\"2\"'], owner: o}\n", "rule-equals-default 2"},
	{"- {name: a, matchers: ['x=\"1\"'], page: true, continue: true}\n- {name: b, matchers: ['y=\"1\"'], page: "
     "false}\n",
     ""},
	{"- {name: a, matchers: ['y=\"1\"'], receivers: [chat], continue: true}\n"
     "- {name: b, matchers: ['x=\"2\"'], receivers: [oncall]}\n",
     ""},
};

static void cases_of_several_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOFREE char *rules = mem_printf("rules:\n%s", cases[i].rules);
		struct linted l;
		lint_text(&l, rules);
		AUTOFREE char *said = lint_summary(&l);
		if (strcmp(said, cases[i].said) != 0)
			fail_msg("%s said \"%s\", want \"%s\"", cases[i].rules, said, cases[i].said);
		lint_done(&l);
	}
}

static void a_scope_counts_and_its_owner_is_nobodys_mistake(void **state)
{
	(void)state;
	struct linted l;
	AUTOERR struct err err = ERR_INIT;
	lint_load(&l, "", "rules:\n- {name: all, matchers: ['team=\"a\"'], owner: a, continue: true}\n");
	assert_true(ruleset_add_file(l.rules, "s.yml",
	                             STR("scope: {matchers: ['team=\"a\"'], owner: a}\nrules:\n"
	                                 "- {name: b, severity: P1}\n- {name: c, matchers: ['x=\"1\"'], severity: P2}\n"
	                                 "- {name: d, matchers: ['team=\"b\"'], severity: P2}\n"),
	                             &err));
	lint_rules(&l.world, &l.lint);
	lint_sort(&l.lint);
	AUTOFREE char *said = lint_summary(&l);
	assert_string_equal(said, "unreachable-rule 4>3, contradictory-matchers 5>1");
	lint_done(&l);
}

static void references(void **state)
{
	(void)state;
	struct linted l;
	lint_load(&l, "escalations: [{name: e, steps: [{after: 0m, notify: [Nobody, oncall]}]}]",
	          "rules:\n- name: a\n  runbook: missing.md\n  severity: P77\n  owner: strangers\n"
	          "  receivers: [oncall, nobody]\n  escalation: f\n"
	          "- {name: b, runbook: 'b.md#nowhere', escalation: e}\n- {name: c, runbook: 'b.md#steps'}\n"
	          "- {name: d, runbook: 'https://example.com/x'}\n- {name: f, runbook: '{{labels.x}}.md'}\n");
	lint_references(&l.world, &l.lint);
	lint_sort(&l.lint);
	AUTOFREE char *said = lint_summary(&l);
	assert_string_equal(said, "unknown-contact 1, unknown-runbook 3, unknown-severity 4, unknown-owner 5, "
	                          "unknown-receiver 6, unknown-escalation 7, unknown-anchor 8>1");
	assert_string_equal(l.lint.v[1].message.p, "rule \"a\": runbook \"missing.md\" does not exist");
	lint_done(&l);
}

static void an_equality_with_a_pattern(void **state)
{
	(void)state;
	struct linted l;
	lint_load(&l, "",
	          "scope: {matchers: ['env=\"a|b\"']}\nrules:\n- {name: a, matchers: ['x=\"*\"'], owner: o}\n"
	          "- {name: b, matchers: ['x=\"plain text\"'], receivers: ['{{labels.r}}']}\n");
	lint_references(&l.world, &l.lint);
	lint_sort(&l.lint);
	AUTOFREE char *said = lint_summary(&l);
	assert_string_equal(said, "pattern-as-value 1, pattern-as-value 3, unknown-owner 3");
	lint_done(&l);
}

static void evidence(void **state)
{
	(void)state;
	struct linted l;
	struct label labels[][2] = {{{STR("x"), STR("1")}, {STR("y"), STR("1")}},
	                            {{STR("x"), STR("2")}, {STR("y"), STR("1")}}};
	const struct lint_seen seen[] = {{{.labels = {labels[0], 2}}, 400}, {{.labels = {labels[1], 2}}, 12}};
	lint_load(&l, "",
	          "rules:\n- {name: one, matchers: ['x=\"1\"'], severity: P1}\n- {name: two, matchers: ['y=\"1\"'], "
	          "severity: P1}\n"
	          "- {name: three, matchers: ['y=~\"1|2\"'], severity: P1}\n"
	          "- {name: four, matchers: ['y=\"1\"', 'x=\"2\"'], severity: P1}\n");
	lint_rules(&l.world, &l.lint);
	lint_evidence(&l.world, seen, 2, &l.lint);
	lint_sort(&l.lint);
	AUTOFREE char *said = lint_summary(&l);
	assert_string_equal(said, "never-won 4>2, unreachable-rule 5>3");
	assert_string_equal(l.lint.v[0].message.p,
	                    "rule \"three\" matched 412 times, an earlier rule always won, rule \"one\" first");
	lint_done(&l);
}

static void evidence_names_the_one_winner_and_wants_enough(void **state)
{
	(void)state;
	for (size_t times = LINT_EVIDENCE_LEAST - 1; times <= LINT_EVIDENCE_LEAST; times++) {
		struct linted l;
		struct label label = {STR("x"), STR("1")};
		const struct lint_seen seen = {{.labels = {&label, 1}}, times};
		lint_load(&l, "",
		          "rules:\n- {name: one, matchers: ['x=~\"1|2\"'], severity: P1}\n"
		          "- {name: two, matchers: ['x=~\"1|3\"'], severity: P1}\n");
		lint_evidence(&l.world, &seen, 1, &l.lint);
		assert_int_equal(l.lint.n, times == LINT_EVIDENCE_LEAST);
		if (l.lint.n)
			assert_string_equal(l.lint.v[0].message.p, "rule \"two\" matched 10 times, rule \"one\" always won");
		lint_done(&l);
	}
}

/* ---- ignoring in place ---- */

#define FIRST "rules:\n- {name: a, matchers: ['x=\"1\"'], severity: P1}\n"
#define SECOND "- {name: b, matchers: ['x=\"1\"', 'y=\"1\"'], severity: P1}"

static const struct {
	const char *text, *said;
} ignores[] = {
	{FIRST SECOND "\n", "unreachable-rule 3>2"},
	{FIRST SECOND " # lint:ignore unreachable-rule kept for the audit\n", ""},
	{FIRST "# lint:ignore unreachable-rule kept for the audit\n" SECOND "\n", ""},
	{FIRST "# lint:ignore shadowed-rule,unreachable-rule both\n# and more words\n" SECOND "\n", ""},
	{FIRST "  #   lint:ignore   unreachable-rule   blanks\n" SECOND "\n", ""},
	{FIRST "# lint:ignore unreachable-rule\n" SECOND "\n", "ignore-without-reason 3, unreachable-rule 4>2"},
	{FIRST SECOND " # lint:ignore unreachable-rule\n", "unreachable-rule 3>2, ignore-without-reason 3"},
	{FIRST "# lint:ignore unreachable why\n" SECOND "\n", "ignore-unknown-code 3, unreachable-rule 4>2"},
	{FIRST "# lint:ignore\n" SECOND "\n", "ignore-unknown-code 3, unreachable-rule 4>2"},
	{FIRST "# lint:ignore shadowed-rule another code\n" SECOND "\n", "unreachable-rule 4>2"},
	{FIRST "# lint:ignore unreachable-rule too far away\n\n" SECOND "\n", "unreachable-rule 5>2"},
	{FIRST "#lint:ignore unreachable-rule no blank\n" SECOND, ""},
};

static void ignoring(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ignores); i++) {
		struct linted l;
		lint_text(&l, ignores[i].text);
		size_t before = l.lint.n;
		lint_ignore(&l.lint, "other.yml", STR("\n\n\n\n"));
		assert_int_equal(l.lint.n, before);
		lint_ignore(&l.lint, "r.yml", str_c(ignores[i].text));
		lint_sort(&l.lint);
		AUTOFREE char *said = lint_summary(&l);
		if (strcmp(said, ignores[i].said) != 0)
			fail_msg("%s said \"%s\", want \"%s\"", ignores[i].text, said, ignores[i].said);
		lint_done(&l);
	}
}

/* A page of one line, and thousands of findings on it: the line is read once, not for each. */
static void many_findings_of_one_long_line(void **state)
{
	enum { FINDINGS = 20000 };
	const struct pos at = {"pump.md", 1, 1}, none = {NULL, 0, 0};
	struct timespec from, to;
	struct linted l;
	AUTOBUF struct buf line;
	(void)state;
	buf_init(&line, 1024 * 1024);
	for (int i = 0; i < FINDINGS; i++)
		buf_printf(&line, "[[pump %d]] ", i);
	lint_load(&l, "", "rules: []\n");
	for (int i = 0; i < FINDINGS; i++)
		lint_add(&l.lint, LINT_DEAD_LINK, NULL, at, none, "%d", i);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from), 0);
	lint_ignore(&l.lint, "pump.md", buf_str(&line));
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to), 0);
	assert_int_equal(l.lint.n, FINDINGS);
	assert_true(to.tv_sec - from.tv_sec < 3); /* milliseconds; a reading for each takes half a minute */
	buf_add_c(&line, "<!-- lint:ignore dead-link the pumps are gone -->");
	lint_ignore(&l.lint, "pump.md", buf_str(&line));
	assert_int_equal(l.lint.n, 0);
	lint_done(&l);
}

static void every_code_has_a_name_and_a_sentence(void **state)
{
	(void)state;
	for (int i = 0; i < LINT_CODES; i++) {
		assert_non_null(lint_codes[i].name);
		assert_true(lint_codes[i].doc && lint_codes[i].doc[strlen(lint_codes[i].doc) - 1] == '.');
		for (int k = 0; k < i; k++)
			assert_string_not_equal(lint_codes[i].name, lint_codes[k].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(implication),
		cmocka_unit_test(the_same_on_annotations_which_are_not_labels),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(cases_of_several_rules),
		cmocka_unit_test(a_scope_counts_and_its_owner_is_nobodys_mistake),
		cmocka_unit_test(references),
		cmocka_unit_test(an_equality_with_a_pattern),
		cmocka_unit_test(evidence),
		cmocka_unit_test(evidence_names_the_one_winner_and_wants_enough),
		cmocka_unit_test(ignoring),
		cmocka_unit_test(many_findings_of_one_long_line),
		cmocka_unit_test(every_code_has_a_name_and_a_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
