/* catalog.yml and runbook files to look-ups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "texts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void say(const struct err *err)
{
	for (size_t i = 0; i < err->count; i++)
		print_message("%s\n", err->lines[i]);
}

static struct catalog *finished_catalog(struct catalog *c)
{
	AUTOERR struct err err = ERR_INIT;
	bool ok = catalog_finish(c, &err);
	say(&err);
	assert_true(ok);
	return c;
}

static void add_declared(struct catalog *c, const char *yaml)
{
	AUTOERR struct err err = ERR_INIT;
	bool ok = catalog_add_yaml(c, "catalog.yml", str_c(yaml), &err);
	say(&err);
	assert_true(ok);
}

static void add_page_of_text(struct catalog *c, const char *path, const char *markdown)
{
	AUTOERR struct err err = ERR_INIT;
	bool ok = catalog_add_runbook(c, path, str_c(markdown), &err);
	say(&err);
	assert_true(ok);
}

static struct catalog *from(const char *yaml)
{
	struct catalog *c = catalog_new();
	add_declared(c, yaml);
	return finished_catalog(c);
}

struct word_case {
	const char *word, *name; /* NULL: unknown */
};

static void assert_words(const struct catalog *c, const struct word_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct severity *s = catalog_severity(c, str_c(cases[i].word));
		const char *name = s ? s->name.p : "unknown";
		if (!str_eq(str_c(name), str_c(cases[i].name ? cases[i].name : "unknown")))
			fail_msg("%s means %s", cases[i].word, name);
	}
}

static void built_in_severities(void **state)
{
	(void)state;
	static const struct word_case cases[] = {
		{"P0", "P0"},    {"critical", "P0"}, {"Page", "P0"},   {"EMERGENCY", "P0"}, {"sev0", "P0"},
		{"SEV-0", "P0"}, {"high", "P1"},     {"error", "P1"},  {"major", "P1"},     {"p1", "P1"},
		{"sev1", "P1"},  {"warning", "P2"},  {"medium", "P2"}, {"minor", "P2"},     {"sev2", "P2"},
		{"info", "P3"},  {"low", "P3"},      {"sev3", "P3"},   {"P3", "P3"},        {"p4", "P4"},
		{"sev4", "P4"},  {"none", "none"},   {"None", "none"}, {"", NULL},          {"urgently", NULL},
		{"p5", NULL},
	};
	struct catalog *c = from("");
	assert_words(c, cases, COUNT(cases));
	static const char *const pagerduty[] = {"critical", "error", "warning", "info", "info", "info"};
	const struct severity *const *list;
	assert_int_equal(catalog_severities(c, &list), COUNT(pagerduty));
	for (size_t i = 0; i < COUNT(pagerduty); i++) {
		assert_text(list[i]->pagerduty, pagerduty[i]);
		assert_int_equal(list[i]->rank, i == 5 ? SEVERITY_RANK_NONE : (int)i);
	}
	assert_text(list[0]->aliases.v[0], "critical");
	catalog_free(c);
}

static void own_severities_keep_the_built_in_words(void **state)
{
	(void)state;
	static const struct word_case by_rank[] = {
		{"red", "red"},       {"critical", "red"}, {"page", "red"},  {"high", "amber"},
		{"warning", "green"}, {"info", "green"},   {"low", "amber"}, {"P0", "red"},
		{"P1", "amber"},      {"P4", "green"},     {"none", "none"},
	};
	struct catalog *c = from("severities: [{name: red}, {name: amber, aliases: [low]}, {name: green}]");
	assert_words(c, by_rank, COUNT(by_rank));
	catalog_free(c);

	static const struct word_case by_number[] = {
		{"P1", "P1"}, {"sev1", "P1"}, {"SEV-2", "P2"}, {"P0", "P1"}, {"P4", "P3"}, {"critical", "P1"}, {"high", "P2"},
	};
	c = from("severities: [{name: P1}, {name: P2}, {name: P3}]");
	assert_words(c, by_number, COUNT(by_number));
	catalog_free(c);
}

static void accents_and_case_are_aside(void **state)
{
	(void)state;
	static const struct word_case built_in[] = {
		{"crítica", "P0"}, {"CRÍTICA", "P0"}, {"cri\xcc\x81tica", "P0"}, {"élevée", "P1"},
		{"grün", "P3"},    {"🔴", "P0"},       {"crítïkal", NULL},        {"cr\xedtica", NULL},
	};
	struct catalog *c = from("");
	assert_words(c, built_in, COUNT(built_in));
	catalog_free(c);

	/* Two names that differ by an accent are two severities; whoever writes none means the one that has none. */
	static const struct word_case own[] = {
		{"äußerst", "Äußerst"}, {"ÄUßERST", "Äußerst"}, {"außerst", "Äußerst"},
		{"mélo", "Mélo"},       {"melo", "melo"},       {"MÉLO", "Mélo"},
		{"tôt", "melo"},        {"tot", "melo"},        {"crítica", "Äußerst"},
	};
	c = from("severities: [{name: Äußerst}, {name: Mélo}, {name: melo, aliases: [Tôt]}]");
	assert_words(c, own, COUNT(own));
	catalog_free(c);

	c = from("owners: [{name: Équipe}]");
	assert_non_null(catalog_owner(c, STR("éQUIPE")));
	assert_null(catalog_owner(c, STR("equipe")));
	catalog_free(c);
}

static void a_page_may_write_accents_and_dashes(void **state)
{
	(void)state;
	struct catalog *c = catalog_new();
	add_page_of_text(c, "bombas.md", "# Bombas\n\n**Severidad:** Crítica\n");
	add_page_of_text(c, "pumps.md",
	                 "# Pumps\n\n**Severity** — critical\n**Owner** – Waterworks\n\n## Steps\n\n1. Turn it off\n");
	add_page_of_text(c, "sluice.md",
	                 "# Sluice\n\n## Steps\n\n1. **Severity** — critical for whoever lives below\n2. Open it\n");
	finished_catalog(c);
	assert_text(catalog_runbook(c, STR("bombas.md"))->severity, "P0");
	assert_text(catalog_runbook(c, STR("pumps.md"))->severity, "P0");
	assert_text(catalog_runbook(c, STR("pumps.md"))->owner, "Waterworks");
	assert_text(catalog_runbook(c, STR("sluice.md"))->severity, "");
	catalog_free(c);
}

static void none_never_pages(void **state)
{
	(void)state;
	struct catalog *c = from("severities: [{name: none, description: kept}, {name: red, pagerduty: warning}]");
	assert_int_equal(catalog_severity(c, STR("none"))->rank, SEVERITY_RANK_NONE);
	assert_text(catalog_severity(c, STR("none"))->description, "kept");
	assert_int_equal(catalog_severity(c, STR("red"))->rank, 0);
	assert_text(catalog_severity(c, STR("red"))->pagerduty, "warning");
	assert_ptr_equal(catalog_severity(c, STR("info")), catalog_severity(c, STR("red")));
	catalog_free(c);
}

static const char full[] =
	"severities:\n"
	"  - {name: P0, description: All down, response: 15m, resolution: 4h, aliases: [outage], receivers: [pager],\n"
	"     escalation: fast}\n"
	"  - {name: P1, response: 1h}\n"
	"owners:\n"
	"  - {name: payments, contact: '#payments', receivers: {outage: [a, b], default: [c]}, escalation: Fast}\n"
	"  - {name: platform, receivers: [d]}\n"
	"  - {name: single, receivers: e}\n"
	"  - {name: silent}\n"
	"contacts:\n"
	"  - {role: On-call Lead, primary: Ann, backup: Bob, method: phone, address: '123', say: rota, receivers: [lead]}\n"
	"escalations:\n"
	"  - name: fast\n"
	"    steps: [{after: 0m, notify: [On-call Engineer]}, {after: 15m, notify: On-call Lead}]\n"
	"runbooks:\n"
	"  - {path: a/b.md, title: B, description: d, severity: outage, owner: payments, alerts: [Bee], approval: lead,\n"
	"     estimated_time: 10 minutes, review: 30d}\n";

static void every_entry_is_read(void **state)
{
	(void)state;
	struct catalog *c = from(full);
	const struct severity *s = catalog_severity(c, STR("outage"));
	assert_text(s->name, "P0");
	assert_int_equal(s->response_ms, 15 * 60 * 1000);
	assert_int_equal(s->resolution_ms, 4 * 3600 * 1000);
	assert_text(s->receivers.v[0], "pager");
	assert_int_equal(s->at.line, 2);
	const struct contact *p = catalog_contact(c, STR("on-call lead"));
	assert_text(p->backup, "Bob");
	assert_text(p->receivers.v[0], "lead");
	const struct escalation *x = catalog_escalation(c, STR("FAST"));
	assert_int_equal(x->count, 2);
	assert_int_equal(x->steps[1].after_ms, 15 * 60 * 1000);
	assert_text(x->steps[1].notify.v[0], "On-call Lead");
	const struct runbook *r = catalog_runbook(c, STR("a/b.md"));
	assert_false(r->exists);
	assert_text(r->category, "a");
	assert_text(r->estimated_time, "10 minutes");
	assert_int_equal(r->review_ms, INT64_C(30) * 86400 * 1000);
	assert_ptr_equal(catalog_runbook_by_alert(c, STR("Bee")), r);
	assert_null(catalog_runbook_by_filename(c, STR("b")));
	catalog_free(c);
}

static void owners_receivers_by_severity(void **state)
{
	(void)state;
	static const struct {
		const char *owner, *severity, *first;
		size_t n;
	} cases[] = {
		{"payments", "P0", "a", 2}, {"Payments", "P1", "c", 1}, {"platform", "P0", "d", 1},
		{"single", "P1", "e", 1},   {"silent", "P0", "", 0},
	};
	struct catalog *c = from(full);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct owner *o = catalog_owner(c, str_c(cases[i].owner));
		struct strs found = owner_receivers_for(o, str_c(cases[i].severity));
		assert_int_equal(found.n, cases[i].n);
		if (found.n)
			assert_text(found.v[0], cases[i].first);
	}
	assert_null(catalog_owner(c, STR("nobody")));
	catalog_free(c);
}

static void later_files_override_by_entry(void **state)
{
	(void)state;
	struct catalog *c = catalog_new();
	add_declared(c,
	             "severities: [{name: P1}, {name: P2, description: old}]\nowners: [{name: a, contact: x}, {name: b}]");
	add_declared(c, "severities: [{name: p2, response: 5m}, {name: P3}]\nowners: [{name: A, receivers: [r]}]");
	finished_catalog(c);
	const struct severity *s = catalog_severity(c, STR("P2"));
	assert_int_equal(s->rank, 1);
	assert_int_equal(s->response_ms, 5 * 60 * 1000);
	assert_int_equal(s->description.n, 0);
	assert_int_equal(catalog_severity(c, STR("P3"))->rank, 2);
	const struct owner *const *owners;
	assert_int_equal(catalog_owners(c, &owners), 2);
	assert_int_equal(owners[0]->contact.n, 0);
	assert_int_equal(owners[0]->receivers_count, 1);
	catalog_free(c);
}

static void titles_and_anchors_of_files(void **state)
{
	(void)state;
	static const struct {
		const char *path, *markdown, *title, *category;
	} cases[] = {
		{"node/high-cpu_use.md", "no heading\n", "High cpu use", "node"},
		{"a.md", "intro\n\n## First `one`\n# Second\n", "First one", ""},
		{"b.md", "---\ntitle: Said\nweight: 20\naliases: [/x]\n---\n# Heading\n", "Said", ""},
		{"x/y/c.md", "---\ncategory: own\n---\n```\n# no\n```\n# Yes\n", "Yes", "own"},
		{"d.md", "---\nnot: closed\n", "D", ""},
		{"e.md", "---\njust prose\n---\n# E\n", "E", ""},
	};
	struct catalog *c = catalog_new();
	for (size_t i = 0; i < COUNT(cases); i++)
		add_page_of_text(c, cases[i].path, cases[i].markdown);
	finished_catalog(c);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct runbook *r = catalog_runbook(c, str_c(cases[i].path));
		assert_true(r->exists);
		assert_text(r->title, cases[i].title);
		assert_text(r->category, cases[i].category);
	}
	assert_true(runbook_has_anchor(catalog_runbook(c, STR("a.md")), STR("first-one")));
	assert_false(runbook_has_anchor(catalog_runbook(c, STR("a.md")), STR("First-one")));
	catalog_free(c);
}

static void indexes_are_no_runbooks(void **state)
{
	(void)state;
	static const char *const paths[] = {"README.md", "node/index.md", "a/b/_index.md", "Readme.md"};
	struct catalog *c = catalog_new();
	for (size_t i = 0; i < COUNT(paths); i++)
		add_page_of_text(c, paths[i], "# Index\n");
	finished_catalog(c);
	const struct runbook *const *list;
	assert_int_equal(catalog_runbooks(c, &list), 0);
	catalog_free(c);
}

static void yaml_goes_before_the_file_field_by_field(void **state)
{
	(void)state;
	struct catalog *c = catalog_new();
	add_declared(c, "runbooks: [{path: a.md, owner: platform, severity: P1}]");
	add_page_of_text(c, "a.md", "---\nowner: payments\napproval: lead\nalerts: Bee\n---\n# Title\n");
	finished_catalog(c);
	const struct runbook *r = catalog_runbook(c, STR("a.md"));
	assert_true(r->exists);
	assert_text(r->title, "Title");
	assert_text(r->owner, "platform");
	assert_text(r->approval, "lead");
	assert_ptr_equal(catalog_runbook_by_alert(c, STR("Bee")), r);
	assert_true(runbook_has_anchor(r, STR("title")));
	assert_text(str_c(r->at.file), "catalog.yml");
	catalog_free(c);
}

static void runbooks_by_file_name(void **state)
{
	(void)state;
	static const struct {
		const char *alert, *path;
	} cases[] = {
		{"HighCPU", "node/high-cpu.md"},
		{"high_cpu", "node/high-cpu.md"},
		{"High CPU (5m)", NULL},
		{"", NULL},
		{"%()", NULL},
		{"Twice", NULL},
		{"ATwice", "a/twice.md"}, /* the folder tells them apart */
		{"NodeHighCPU", "node/high-cpu.md"},
		{"v1.2", "v1.2.md"},
		{"highcpumd", NULL},
	};
	struct catalog *c = catalog_new();
	static const char *const paths[] = {"node/high-cpu.md", "a/twice.md", "b/Twice.md", "v1.2.md", "---.md"};
	for (size_t i = 0; i < COUNT(paths); i++)
		add_page_of_text(c, paths[i], "");
	finished_catalog(c);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct runbook *r = catalog_runbook_by_filename(c, str_c(cases[i].alert));
		assert_string_equal(r ? r->path.p : "none", cases[i].path ? cases[i].path : "none");
	}
	catalog_free(c);
}

static void an_alert_claimed_twice_leads_nowhere(void **state)
{
	(void)state;
	struct catalog *c = from("runbooks: [{path: a.md, alerts: [X, Y, Y]}, {path: b.md, alerts: [X, Z]}, "
	                         "{path: c.md, alerts: [X]}]");
	assert_null(catalog_runbook_by_alert(c, STR("X")));
	assert_text(catalog_runbook_by_alert(c, STR("Y"))->path, "a.md");
	assert_text(catalog_runbook_by_alert(c, STR("Z"))->path, "b.md");
	assert_null(catalog_runbook_by_alert(c, STR("x")));
	catalog_free(c);
}

/* All lines of all errors, adding and finishing. */
static void errors_of(const char *yaml, struct buf *out)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	bool added = catalog_add_yaml(c, "c.yml", str_c(yaml), &err);
	bool done = catalog_finish(c, &err);
	assert_int_equal(!(added && done), err_any(&err));
	err_print(&err, out);
	catalog_free(c);
}

static void mistakes_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *where, *what;
	} cases[] = {
		{"ownrs: []", "c.yml:1:1: error: ", "did you mean \"owners\""},
		{"owners: {name: a}", "c.yml:1:9: error: ", "expected a list"},
		{"owners:\n  - {nam: a}", "c.yml:2:6: error: ", "did you mean \"name\""},
		{"owners: [{contact: a}]", "c.yml:1:10: error: ", "\"name\" is required"},
		{"owners: [{name: ''}]", "c.yml:1:10: error: ", "1 to 255 bytes"},
		{"owners: [a]", "c.yml:1:10: error: ", "mapping"},
		{"owners:\n  - {name: a}\n  - {name: A}", "c.yml:3:5: error: ", "given twice, first at line 2"},
		{"owners: [{name: a, escalation: x}]", "c.yml:1:32: error: ", "no escalation \"x\""},
		{"owners: [{name: a, receivers: {P9: [b]}}]", "c.yml:1:32: error: ", "no severity \"P9\""},
		{"owners: [{name: a, receivers: {P0: b, critical: c}}]", "c.yml:1:39: error: ", "same severity"},
		{"owners: [{name: a, receivers: {P0: {x: y}}}]", "c.yml:1:36: error: ", "receivers"},
		{"severities: [{name: a, escalation: x}]", "c.yml:1:36: error: ", "no escalation \"x\""},
		{"severities: [{name: a, escalation: leed}]\nescalations: [{name: lead, steps: [{after: 0m, notify: b}]}]",
	     "c.yml:1:36: error: ", "no escalation \"leed\"; did you mean \"lead\"?"},
		{"severities: [{name: minor}]\nowners: [{name: a, receivers: {minr: b}}]",
	     "c.yml:2:32: error: ", "no severity \"minr\"; did you mean \"minor\"?"},
		{"severities: [{name: a, response: soon}]", "c.yml:1:34: error: ", "soon"},
		{"severities: [{name: a, pagerduty: bad}]", "c.yml:1:35: error: ", "bad"},
		{"severities: [{name: a}, {name: b, aliases: [A]}]", "c.yml:1:25: error: ", "already means \"a\""},
		{"severities: [{name: a, aliases: ['']}]", "c.yml:1:14: error: ", "1 to 255 bytes"},
		{"escalations: [{name: a}]", "c.yml:1:15: error: ", "\"steps\" is required"},
		{"escalations: [{name: a, steps: []}]", "c.yml:1:32: error: ", "an empty list"},
		{"escalations: [{name: a, steps: [{after: 5m, notify: []}]}]", "c.yml:1:53: error: ", "nobody would be told"},
		{"escalations: [{name: a, steps: [{after: 5m}]}]", "c.yml:1:33: error: ", "\"notify\" is required"},
		{"escalations: [{name: a, steps: [{after: 5m, notify: a}, {after: 1m, notify: b}]}]",
	     "c.yml:1:57: error: ", "in order of time"},
		{"runbooks: [{path: ../a.md}]", "c.yml:1:12: error: ", "relative to the runbook folder"},
		{"runbooks: [{path: /a.md}]", "c.yml:1:12: error: ", "relative to the runbook folder"},
		{"runbooks: [{path: 'a.md#x'}]", "c.yml:1:12: error: ", "relative to the runbook folder"},
		{"runbooks: [{path: a.md, severity: P9}]", "c.yml:1:12: error: ", "no severity \"P9\""},
		{"runbooks: [{path: a.md}, {path: a.md}]", "c.yml:1:26: error: ", "given twice"},
		{"owners: [", "c.yml:", "error"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOBUF struct buf out;
		buf_init(&out, 1 << 16);
		errors_of(cases[i].yaml, &out);
		if (!str_starts(buf_str(&out), str_c(cases[i].where)) || str_find(buf_str(&out), str_c(cases[i].what)) < 0)
			fail_msg("%s gives\n%.*s", cases[i].yaml, STR_ARG(buf_str(&out)));
	}
}

static void all_mistakes_are_reported(void **state)
{
	(void)state;
	AUTOBUF struct buf out;
	buf_init(&out, 1 << 16);
	errors_of("owners: [{nam: a}, {name: b, escalation: x}]\nseverities: [{name: a, response: 1}]\nother: 1\n"
	          "runbooks: [{path: ..}, {path: b.md, severity: x}]\n",
	          &out);
	static const char *const parts[] = {"\"nam\"", "\"x\"", "\"other\"", "\"..\"", "c.yml:2:", "\"b.md\""};
	for (size_t i = 0; i < COUNT(parts); i++)
		if (str_find(buf_str(&out), str_c(parts[i])) < 0)
			fail_msg("%s is missing in\n%.*s", parts[i], STR_ARG(buf_str(&out)));
}

static void mistakes_in_front_matter_have_their_line(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	assert_false(catalog_add_runbook(c, "a.md", STR("---\ntitle: x\nreview: never\n---\n# A\n"), &err));
	assert_true(str_starts(str_c(err_first(&err)), STR("a.md:3:9: error: ")));
	assert_false(catalog_add_runbook(c, "../b.md", STR(""), &err));
	assert_int_equal(err.count, 2);
	catalog_free(c);
}

static void a_page_with_a_template_for_front_matter_is_a_runbook_all_the_same(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	assert_false(
		catalog_add_runbook(c, "DiskFull.md", STR("---\ntitle: {{ .Name }}-{{ x }}\n---\n# Disk full\n"), &err));
	assert_true(err_any(&err));
	AUTOERR struct err none = ERR_INIT;
	assert_true(catalog_finish(c, &none));
	const struct runbook *r = catalog_runbook_by_filename(c, STR("DiskFull"));
	assert_non_null(r);
	assert_true(str_eq_c(r->title, "Disk full"));
	catalog_free(c);
}

static void a_page_given_twice_says_what_came_last(void **state)
{
	(void)state;
	struct catalog *c = catalog_new();
	add_page_of_text(c, "net/full.md", "# Old\n\n- **Alert:** `PipeFull`\n\n## One\n\n## Two\n");
	add_page_of_text(c, "net/full.md", "# New\n\n- **Alert:** `PipeEmpty`\n\n## Three\n");
	finished_catalog(c);
	assert_null(catalog_runbook_by_alert(c, STR("PipeFull")));
	const struct runbook *r = catalog_runbook_by_alert(c, STR("PipeEmpty"));
	assert_non_null(r);
	assert_text(r->title, "New");
	catalog_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_given_twice_says_what_came_last),
		cmocka_unit_test(built_in_severities),
		cmocka_unit_test(own_severities_keep_the_built_in_words),
		cmocka_unit_test(accents_and_case_are_aside),
		cmocka_unit_test(a_page_may_write_accents_and_dashes),
		cmocka_unit_test(none_never_pages),
		cmocka_unit_test(every_entry_is_read),
		cmocka_unit_test(owners_receivers_by_severity),
		cmocka_unit_test(later_files_override_by_entry),
		cmocka_unit_test(titles_and_anchors_of_files),
		cmocka_unit_test(indexes_are_no_runbooks),
		cmocka_unit_test(yaml_goes_before_the_file_field_by_field),
		cmocka_unit_test(runbooks_by_file_name),
		cmocka_unit_test(an_alert_claimed_twice_leads_nowhere),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(all_mistakes_are_reported),
		cmocka_unit_test(mistakes_in_front_matter_have_their_line),
		cmocka_unit_test(a_page_with_a_template_for_front_matter_is_a_runbook_all_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
