/*
 * Lint among many rules: what was planted is found and nothing else is; and what is found holds for every alert that can
 * be thought of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lint/shadow.h"
#include "lint_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static uint64_t dice;

static unsigned roll_sides(unsigned sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(dice >> 33) % sides;
}

/* ---- planted ---- */

/* A rule that lives: number `i` has names of its own. */
static void add_live(struct buf *out, int i)
{
	static const char *const forms[] = {
		"['alertname=\"Alert%d\"']",
		"['alertname=~\"Prefix%dx.*\"', 'env!=\"dev\"']",
		"['alertname=~\".*Suffix%dx\"', 'severity=~\"critical|page\"']",
		"['job=~\"api-%d|web-%d|db-%d\"', 'alertname=~\".+\"']",
		"['alertname=~\"(?i)mixed%dcase\"', 'namespace!~\"kube-.*|test-.*\"']",
		"['service=\"svc-%d\"', 'alertname=~\".*(Latency|Errors)High.*\"']",
		"['alertname=~\"Part.*Number%dx.*\"', 'cluster=~\"eu-[0-9]+\"']",
	};
	buf_printf(out, "- {name: live-%d, matchers: ", i);
	const char *form = forms[i % (int)COUNT(forms)];
	for (const char *p = form; *p; p++)
		if (p[0] == '%' && p[1] == 'd') {
			buf_printf(out, "%d", i);
			p++;
		} else {
			buf_add_char(out, *p);
		}
	buf_printf(out, ", severity: P%d, owner: team-%d}\n", i % 4, i % 9);
}

/* What is planted behind the live ones, by what it repeats of them; and how it is to be found. */
static const struct {
	const char *matchers, *code;
} planted[] = {
	{"['alertname=\"Alert0\"', 'job=\"x\"']", "unreachable-rule"},
	{"['alertname=\"Alert7\"']", "duplicate-rule"},
	{"['alertname=~\"Alert14|Alert14\"']", "duplicate-rule"},
	{"['alertname=~\"Prefix1xy.*\"', 'env=\"prod\"']", "unreachable-rule"},
	{"['env!=\"dev\"', 'alertname=~\"Prefix8x.*\"']", "duplicate-rule"},
	{"['alertname=~\"Prefix15x(One|Two)\"', 'env=~\"prod|staging\"']", "unreachable-rule"},
	{"['alertname=\"TheSuffix2x\"', 'severity=\"page\"']", "unreachable-rule"},
	{"['alertname=~\"The.*Suffix9x\"', 'severity=\"critical\"']", "unreachable-rule"},
	{"['job=\"web-3\"', 'alertname=\"Down\"']", "unreachable-rule"},
	{"['job=~\"db-10|api-10\"', 'alertname=~\"Node.+\"']", "unreachable-rule"},
	{"['alertname=\"MIXED4CASE\"', 'namespace=\"prod\"']", "unreachable-rule"},
	{"['alertname=\"mixed11case\"', 'namespace=~\"pay-.*\"']", "unreachable-rule"},
	{"['service=\"svc-5\"', 'alertname=\"ApiLatencyHigh\"']", "unreachable-rule"},
	{"['service=\"svc-12\"', 'alertname=~\"Api(Errors|Latency)High.*\"']", "unreachable-rule"},
	{"['alertname=~\"PartNumber6xx.*\"', 'cluster=\"eu-12\"']", "unreachable-rule"},
	{"['alertname=\"A\"', 'alertname=\"B\"']", "contradictory-matchers"},
	{"['alertname=~\"Zeta.*\"', 'alertname=~\"Eta.*\"']", "contradictory-matchers"},
	{"['env=\"dev\"', 'env!=\"dev\"', 'alertname=\"Q\"']", "contradictory-matchers"},
	{"['env=~\"a|b\"', 'env=~\"c|d\"']", "contradictory-matchers"},
	/* and these live: each differs in what matters */
	{"['alertname=~\"Alert1\"']", NULL},
	{"['alertname=~\"Prefix22.*\"', 'env!=\"dev\"']", NULL},
	{"['alertname=~\"Prefix29xy.*\"']", NULL},
	{"['alertname=\"TheSuffix16x\"', 'severity=\"warning\"']", NULL},
	{"['alertname=\"mixed18case\"']", NULL},
	{"['job=~\"api-17|api-18\"', 'alertname=\"Down\"']", NULL},
	{"['service=\"svc-19\"', 'alertname=~\".*High.*\"']", NULL},
	{"['cluster=~\"eu-.*\"', 'alertname=~\"PartNumber20x.*\"']", NULL},
};

#define LIVE 300

static void what_is_planted_is_found_and_nothing_else(void **state)
{
	(void)state;
	AUTOBUF struct buf text, want;
	buf_init(&text, SIZE_MAX);
	buf_init(&want, SIZE_MAX);
	buf_add_c(&text,
	          "rules:\n"
	          "- {name: everybody, matchers: ['tier=~\".+\"'], repeat_interval: 1h, continue: true}\n"
	          "- {name: shadowed, matchers: ['tier=\"gold\"'], repeat_interval: 2h, continue: true}\n"
	          "- {name: half, matchers: ['tier=\"gold\"'], repeat_interval: 2h, page_after: 1m, continue: true}\n");
	buf_add_c(&want, "shadowed-rule 3, duplicate-rule 4, shadowed-field 4");
	for (int i = 0; i < LIVE; i++)
		add_live(&text, i);
	for (size_t i = 0; i < COUNT(planted); i++) {
		buf_printf(&text, "- {name: planted-%zu, matchers: %s, severity: P1, owner: o}\n", i, planted[i].matchers);
		if (planted[i].code)
			buf_printf(&want, ", %s %zu", planted[i].code, LIVE + 5 + i);
	}
	struct linted l;
	lint_text(&l, text.p);
	AUTOBUF struct buf said;
	buf_init(&said, SIZE_MAX);
	for (size_t i = 0; i < l.lint.n; i++)
		buf_printf(&said, "%s%s %d", i ? ", " : "", lint_codes[l.lint.v[i].code].name, l.lint.v[i].at.line);
	assert_string_equal(said.p, want.p);
	lint_done(&l);
}

/* ---- random ---- */

#define RULES 14
/* What lint's proofs are made of is the same under a sanitizer, where it takes six times as long. */
#ifdef __SANITIZE_ADDRESS__
#define SETS 50
#else
#define SETS 200
#endif
#define ALERTS 250

static const char *const names[] = {"a", "b", "c"};
static const char *const values[] = {"", "x", "y", "xx", "xy", "yx", "xyx", "z", "X", "x\ny", "critical", "low"};

static void add_matcher(struct buf *out)
{
	static const char *const patterns[] = {"x",  "x.*",  ".*x",    ".*y.*",  "x|y",      "x|xy|z",
	                                       ".*", ".+",   "(?s).+", "(?i)x",  "[xy]+",    "x?y?",
	                                       "",   "xy.*", "y.*",    "(x|y)*", "x\\\\b.*", "[^x].*"};
	static const char *const plain[] = {"", "x", "y", "xy", "xx", "z"};
	static const char *const ops[] = {"=", "=", "!=", "=~", "=~", "=~", "!~"};
	const char *op = ops[roll_sides(COUNT(ops))];
	bool regex = strchr(op, '~') != NULL;
	buf_printf(out, "%s%s\"%s\"", names[roll_sides(COUNT(names))], op,
	           regex ? patterns[roll_sides(COUNT(patterns))] : plain[roll_sides(COUNT(plain))]);
}

static void add_random_fields(struct buf *out)
{
	static const char *const fields[] = {"severity: P1",        "severity: P3",      "owner: o",
	                                     "receivers: [oncall]", "receivers: [chat]", "page: false",
	                                     "repeat_interval: 4h", "page_after: 1m",    "page: true"};
	const char *first = fields[roll_sides(COUNT(fields))], *second = fields[roll_sides(COUNT(fields))];
	buf_printf(out, ", %s", first);
	if (strncmp(first, second, 3) != 0)
		buf_printf(out, ", %s", second);
}

/* One rule a line, so that one can be left out. */
static char *random_rule(int number)
{
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	buf_printf(&out, "- {name: r%d, matchers: ['", number);
	for (unsigned i = 1 + roll_sides(3); i > 0; i--) {
		add_matcher(&out);
		buf_add_c(&out, i > 1 ? "', '" : "']");
	}
	add_random_fields(&out);
	buf_printf(&out, "%s}\n", roll_sides(2) ? ", continue: true" : "");
	return buf_take(&out);
}

/* Without rule number `without`; -1: all. */
static char *join_rules(char *const *rules, int without)
{
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	buf_add_c(&out, "rules:\n");
	for (int i = 0; i < RULES; i++)
		if (i != without)
			buf_add_c(&out, rules[i]);
	return buf_take(&out);
}

struct random_alert {
	struct label labels[COUNT(names) + 1];
	struct alert alert;
};

static void make_random_alert(struct random_alert *a)
{
	*a = (struct random_alert){.alert = {.fingerprint = STR_INIT("f")}};
	a->alert.labels.v = a->labels;
	for (size_t i = 0; i < COUNT(names); i++)
		if (roll_sides(5) > 0)
			a->labels[a->alert.labels.n++] = (struct label){str_c(names[i]), str_c(values[roll_sides(COUNT(values))])};
	if (roll_sides(2))
		a->labels[a->alert.labels.n++] = (struct label){STR("severity"), str_c(values[roll_sides(COUNT(values))])};
}

static bool is_rule_reached(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->matched_count; i++)
		if (str_eq_c(p->matched[i]->name, name))
			return true;
	return false;
}

static bool sets_any(const struct plan *p, const char *name)
{
	const struct plan_origin *const origins[] = {&p->severity.from, &p->owner.from, &p->repeat_interval.from,
	                                             &p->page_after.from, &p->page_from};
	for (size_t i = 0; i < COUNT(origins); i++)
		if (origins[i]->rule && str_eq_c(origins[i]->rule->name, name))
			return true;
	return false;
}

static bool same_receivers(const struct strs *a, const struct strs *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; same && i < a->n; i++)
		same = str_eq(a->v[i], b->v[i]);
	return same;
}

static bool same_outcome(const struct plan *a, const struct plan *b)
{
	return str_eq(a->severity.name, b->severity.name) && str_eq(a->owner.name, b->owner.name) &&
	       same_receivers(&a->receivers.names, &b->receivers.names) && a->repeat_interval.ms == b->repeat_interval.ms &&
	       a->page_after.ms == b->page_after.ms && a->page == b->page;
}

static const struct rule *rule_at(const struct linted *l, int line)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(l->rules, &rules);
	for (size_t i = 0; i < n; i++)
		if (rules[i]->at.line == line)
			return rules[i];
	fail_msg("no rule at line %d", line);
	return NULL;
}

static bool has_line_break(const struct random_alert *a)
{
	for (size_t i = 0; i < a->alert.labels.n; i++)
		if (str_index(a->labels[i].value, '\n') >= 0)
			return true;
	return false;
}

/* A finding about a rule, against one alert. NULL, or what is wrong with it. */
static const char *refuted(const struct lint_finding *f, const struct rule *rule, const struct plan *plan,
                           const struct random_alert *a, const struct plan *without)
{
	bool hint = f->level == LINT_HINT && f->code == LINT_DUPLICATE_RULE;
	if (f->code == LINT_UNREACHABLE_RULE && f->level != LINT_ERROR && has_line_break(a))
		return NULL;
	bool dead = f->code == LINT_UNREACHABLE_RULE ||
	            (f->code == LINT_DUPLICATE_RULE && str_find(f->message, STR("never reached")) >= 0);
	if (dead && is_rule_reached(plan, rule->name.p))
		return "reached";
	if (f->code == LINT_CONTRADICTORY_MATCHERS && shadow_matches(rule, &a->alert))
		return "matched";
	if ((f->code == LINT_SHADOWED_RULE || (f->code == LINT_DUPLICATE_RULE && !hint)) && sets_any(plan, rule->name.p))
		return "set a field";
	/* a rule that continues and sets nothing, or what the defaults say, can go */
	bool idle = f->code == LINT_RULE_EQUALS_DEFAULT || (f->code == LINT_SHADOWED_RULE && rule->goes_on) || dead;
	return idle && !same_outcome(plan, without) ? "made a difference" : NULL;
}

static void check_finding(struct linted *l, char *const *rules, const struct lint_finding *f)
{
	const struct rule *rule = rule_at(l, f->rule_line);
	AUTOFREE char *rest = join_rules(rules, (int)rule->index);
	struct linted without;
	lint_load(&without, "", rest);
	for (int i = 0; i < ALERTS; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct random_alert a;
		struct plan plan, other;
		make_random_alert(&a);
		ruleset_evaluate(l->rules, &a.alert, NULL, arena, &plan);
		ruleset_evaluate(without.rules, &a.alert, NULL, arena, &other);
		const char *why = refuted(f, rule, &plan, &a, &other);
		if (why) {
			AUTOFREE char *all = join_rules(rules, -1);
			struct str labels = labels_format(arena, &a.alert.labels);
			fail_msg("%s\n%.*s: but it %s for %.*s", all, STR_ARG(f->message), why, STR_ARG(labels));
		}
	}
	lint_done(&without);
}

static void what_is_found_holds_for_every_alert(void **state)
{
	(void)state;
	size_t found[LINT_CODES] = {0};
	dice = 7;
	for (int i = 0; i < SETS; i++) {
		char *rules[RULES];
		for (int k = 0; k < RULES; k++)
			rules[k] = random_rule(k);
		AUTOFREE char *text = join_rules(rules, -1);
		struct linted l;
		lint_text(&l, text);
		for (size_t k = 0; k < l.lint.n; k++) {
			found[l.lint.v[k].code]++;
			check_finding(&l, rules, &l.lint.v[k]);
		}
		lint_done(&l);
		for (int k = 0; k < RULES; k++)
			free(rules[k]);
	}
	assert_true(found[LINT_UNREACHABLE_RULE] > SETS / 4 && found[LINT_CONTRADICTORY_MATCHERS] > SETS / 4);
	assert_true(found[LINT_SHADOWED_RULE] > SETS / 20 && found[LINT_DUPLICATE_RULE] > SETS / 20);
	assert_true(found[LINT_SHADOWED_FIELD] > SETS / 20 && found[LINT_RULE_EQUALS_DEFAULT] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_planted_is_found_and_nothing_else),
		cmocka_unit_test(what_is_found_holds_for_every_alert),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
