/* Runs the steps of a rule test through a router on the test's clock, and compares. */
#include "ctl/rule_test.h"

#include "alert/webhook.h"
#include "base/time.h"
#include "ctl/json.h"
#include "incident/message.h"
#include "rule_test_impl.h"
#include "rules/explain.h"
#include "setup/file.h"

#define RULE_FILE_MAX (16 * 1024 * 1024)
#define TEXT_MAX 65536

/* ---- what is expected of a field ---- */

enum from { FROM_FIELD, FROM_PLAN, FROM_DECISION };
enum form { FORM_TEXT, FORM_LIST, FORM_DURATION, FORM_BOOL };

static const struct {
	const char *name;
	enum from from;
	enum form form;
} fields[] = {
	{"rule", FROM_PLAN, FORM_TEXT},
	{"key", FROM_PLAN, FORM_TEXT},
	{"page", FROM_PLAN, FORM_BOOL},
	{"runbook", FROM_FIELD, FORM_TEXT},
	{"severity", FROM_FIELD, FORM_TEXT},
	{"owner", FROM_FIELD, FORM_TEXT},
	{"receivers", FROM_FIELD, FORM_LIST},
	{"escalation", FROM_FIELD, FORM_TEXT},
	{"group_by", FROM_FIELD, FORM_LIST},
	{"repeat_interval", FROM_FIELD, FORM_DURATION},
	{"page_after", FROM_FIELD, FORM_DURATION},
	{"resolve_hold", FROM_FIELD, FORM_DURATION},
	{"heartbeat", FROM_FIELD, FORM_DURATION},
	{"summary", FROM_FIELD, FORM_TEXT},
	{"verdict", FROM_DECISION, FORM_TEXT},
	{"reason", FROM_DECISION, FORM_TEXT},
};
#define FIELDS (sizeof fields / sizeof *fields)

static void add_listed_text(struct buf *out, struct str item)
{
	buf_printf(out, "%s%.*s", out->n ? ", " : "", STR_ARG(item));
}

/* Both sides as text of the same form: "a, b" for lists, the shortest form for durations. */
static void expected_text(const struct yaml_node *node, enum form form, struct buf *out)
{
	char text[TIME_DURATION_MAX];
	int64_t ms;

	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
		add_listed_text(out, node->items[i]->text);
	if (node->kind != YAML_SCALAR || yaml_is_null(node))
		return;
	if (form == FORM_DURATION && time_duration_parse(node->text, &ms))
		buf_add_c(out, time_duration_format(ms, text));
	else
		buf_add(out, node->text);
}

static void actual_text(const json_t *value, enum form form, struct buf *out)
{
	char text[TIME_DURATION_MAX];
	struct str s = {json_string_value(value), json_string_length(value)};
	const json_t *item;
	int64_t ms;
	size_t i;

	json_array_foreach(value, i, item)
		add_listed_text(out, (struct str){json_string_value(item), json_string_length(item)});
	if (json_is_boolean(value))
		buf_add_c(out, json_is_true(value) ? "true" : "false");
	if (form == FORM_DURATION && (!s.n || time_duration_parse(s, &ms)))
		buf_add_c(out, time_duration_format(s.n ? ms : 0, text));
	else
		buf_add(out, s);
}

/* ---- one step ---- */

struct running {
	const struct config *config;
	struct ruleset *ruleset;
	struct rule_engine *engine;
	struct rule_coverage *coverage; /* NULL: nobody asks */
	const struct rule_test_step *step;
	json_t *plan, *decision; /* of this step */
	json_t *failures;
};

static void note_difference(struct running *r, const char *field, struct str expected, struct str actual)
{
	char at[TIME_DURATION_MAX];
	json_array_append_new(r->failures,
	                      json_pack("{s:s, s:s?, s:o, s:o}", "at", time_duration_format(r->step->at, at), "field",
	                                field, "expected", view_text(expected), "actual", view_text(actual)));
}

static const json_t *actual_value(const struct running *r, size_t field)
{
	const char *name = fields[field].name;

	switch (fields[field].from) {
	case FROM_FIELD: return json_object_get(json_object_get(json_object_get(r->plan, "fields"), name), "value");
	case FROM_DECISION: return json_object_get(r->decision, name);
	case FROM_PLAN: break;
	}
	return json_object_get(r->plan, name);
}

static void compare_expected(struct running *r, const char *name, const struct yaml_node *expect)
{
	for (size_t i = 0; i < FIELDS; i++) {
		AUTOBUF struct buf expected, actual;
		buf_init(&expected, TEXT_MAX);
		buf_init(&actual, TEXT_MAX);
		if (!str_eq_c(str_c(name), fields[i].name))
			continue;
		expected_text(expect, fields[i].form, &expected);
		actual_text(actual_value(r, i), fields[i].form, &actual);
		if (!str_eq(buf_str(&expected), buf_str(&actual)))
			note_difference(r, name, buf_str(&expected), buf_str(&actual));
	}
}

static const char *field_name(struct str name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (str_eq_c(name, fields[i].name))
			return fields[i].name;
	return NULL;
}

static struct labels labels_of_expected(struct arena *arena, json_t *object)
{
	struct labels out = {arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v), 0};
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) out.v[out.n++] =
		(struct label){str_c(name), {json_string_value(value), json_string_length(value)}};
	labels_sort(&out);
	return out;
}

static json_t *plan_of(const struct running *r)
{
	AUTOARENA struct arena *arena = arena_new();
	char fingerprint[ALERT_FINGERPRINT_MAX];
	struct alert alert = {.labels = labels_of_expected(arena, r->step->labels),
	                      .annotations = labels_of_expected(arena, r->step->annotations),
	                      .resolved = r->step->resolved};
	struct plan plan;

	alert.fingerprint = str_c(labels_fingerprint(&alert.labels, fingerprint));
	ruleset_evaluate(r->ruleset, &alert, NULL, arena, &plan);
	return explain_plan(&alert, &plan);
}

static void note_reached(const struct running *r)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(r->plan, "matched_rules"), i, name)
		rule_coverage_reach(r->coverage, (struct str){json_string_value(name), json_string_length(name)});
}

static void run_test_step(struct running *r)
{
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *expect = r->step->expect;

	rule_engine_advance(r->engine, r->step->at);
	r->plan = plan_of(r);
	if (r->coverage)
		note_reached(r);
	r->decision = rule_engine_alert(r->engine, r->step, &err);
	if (!r->decision)
		note_difference(r, NULL, STR("a decision"), str_c(err_first(&err)));
	for (size_t i = 0; i < expect->count; i++) {
		const char *name = field_name(expect->keys[i]->text);
		if (name)
			compare_expected(r, name, expect->items[i]);
		else
			note_difference(r, NULL, expect->keys[i]->text, STR("no field of that name"));
	}
	json_decref(r->decision);
}

/* ---- one test, one file ---- */

static json_t *test_result(const char *file, const struct rule_test *test, json_t *failures, json_t *explain)
{
	return json_pack("{s:s, s:i, s:o, s:b, s:o, s:o}", "file", file, "line", test->position.line, "name",
	                 view_text(test->name), "ok", json_array_size(failures) == 0, "failures", failures, "explain",
	                 explain);
}

/* What all tests of one file share. */
struct testing {
	const struct config *config;
	struct ruleset *ruleset;
	struct rule_coverage *coverage;
	const char *file;
};

static json_t *run_test(const struct testing *t, const struct rule_test *test)
{
	struct running r = {.config = t->config, .ruleset = t->ruleset, .coverage = t->coverage, .failures = json_array()};
	json_t *explain = json_null();

	r.engine = rule_engine_new(t->config, t->ruleset);
	for (size_t i = 0; i < test->count && !json_array_size(r.failures); i++) {
		r.step = &test->steps[i];
		run_test_step(&r);
		if (json_array_size(r.failures))
			explain = json_pack("{s:[O]}", "alerts", r.plan);
		json_decref(r.plan);
	}
	rule_engine_free(r.engine);
	return test_result(t->file, test, r.failures, explain);
}

/* `name` as a file beside the test file. */
static char *path_beside_test(const char *file, struct str name)
{
	struct str path = str_c(file);

	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	if (str_starts(name, STR("/")))
		path.n = 0;
	return mem_printf("%.*s%.*s", STR_ARG(path), STR_ARG(name));
}

static bool add_rule_file(struct ruleset *rs, const char *test_file, struct str name, struct err *err)
{
	AUTOFREE char *path = path_beside_test(test_file, name);
	AUTOBUF struct buf text;

	buf_init(&text, RULE_FILE_MAX);
	return file_read(path, &text, err) && ruleset_add_file(rs, path, buf_str(&text), err);
}

static struct ruleset *load_tested_rules(const struct config *c, const char *file, struct strs names, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	struct ruleset *rs = ruleset_new(c->catalog, &c->defaults);
	bool ok = true;

	for (size_t i = 0; i < names.n; i++)
		ok &= add_rule_file(rs, file, names.v[i], err);
	if (ok && ruleset_finish(rs, config_tells, (void *)(uintptr_t)c, err, &warnings))
		return rs;
	ruleset_free(rs);
	return NULL;
}

static void cannot_run(json_t *list, const char *file, const struct err *err)
{
	json_t *failures = json_array();
	struct rule_test none = {.name = str_c(file)};

	for (size_t i = 0; i < err->count; i++)
		json_array_append_new(failures, json_pack("{s:n, s:n, s:n, s:o}", "at", "field", "expected", "actual",
		                                          view_text(str_c(err->lines[i]))));
	json_array_append_new(list, test_result(file, &none, failures, json_null()));
}

static void run_tests(struct testing *t, const struct rule_tests *tests, json_t *list, struct err *err)
{
	struct ruleset *own = tests->rule_files.n ? load_tested_rules(t->config, t->file, tests->rule_files, err) : NULL;

	if (tests->rule_files.n && !own)
		return;
	t->ruleset = own ? own : t->config->ruleset;
	if (t->coverage)
		rule_coverage_add(t->coverage, t->ruleset);
	for (size_t i = 0; i < tests->n; i++)
		json_array_append_new(list, run_test(t, &tests->v[i]));
	ruleset_free(own);
	if (!tests->n)
		err_add(err, "%s: no tests", t->file);
}

json_t *rule_test_file(const struct config *c, const char *file, struct rule_coverage *coverage)
{
	struct testing testing = {.config = c, .coverage = coverage, .file = file};
	AUTOERR struct err err = ERR_INIT;
	struct rule_tests tests;
	json_t *list = json_array();

	if (rule_tests_read(&tests, file, &err))
		run_tests(&testing, &tests, list, &err);
	if (err_any(&err))
		cannot_run(list, file, &err);
	rule_tests_release(&tests);
	return list;
}
