/* Writes an import's folder. */
#include "setup/import_files.h"

#include "lint/shadow.h"
#include "service/catalog_json.h"

/* Sections apart, so that a person finds them. */
static void write_config(const struct import *i, const char *from, struct buf *out)
{
	const char *key;
	json_t *value;

	buf_printf(out,
	           "# Imported from %s. It sends nothing yet: mode is observe. Look at `runbookctl incidents`, then write\n"
	           "# mode: send and reload. What did not carry over stands in " IMPORT_REPORT ".\n",
	           from);
	json_object_foreach(i->config, key, value)
	{
		AUTOBUF struct buf section;
		buf_init(&section, NEW_FOLDER_TEXT_MAX);
		json_t *one = json_pack("{s:O}", key, value);
		yaml_write(one, &section);
		json_decref(one);
		buf_add_char(out, '\n');
		buf_add(out, buf_str(&section));
	}
}

static void write_rules(const struct import *i, const char *from, struct buf *out)
{
	buf_printf(out,
	           "# Imported from %s: each rule names who is told, as there. Runbooks and severities are yours to add.\n",
	           from);
	AUTOBUF struct buf rules;
	buf_init(&rules, NEW_FOLDER_TEXT_MAX);
	json_t *one = json_pack("{s:O}", "rules", i->rules);
	yaml_write(one, &rules);
	json_decref(one);
	buf_add(out, buf_str(&rules));
}

bool import_write(struct new_folder *f, const struct import *i, const char *folder, const char *from, struct err *err)
{
	AUTOBUF struct buf config, rules;

	buf_init(&config, NEW_FOLDER_TEXT_MAX);
	buf_init(&rules, NEW_FOLDER_TEXT_MAX);
	write_config(i, from, &config);
	write_rules(i, from, &rules);
	return new_folder_make(f, folder, i->secrets, i->secret_count, err) &&
	       new_folder_put(f, IMPORT_RULES, buf_str(&rules), err) &&
	       new_folder_put(f, NEW_CONFIG, buf_str(&config), err);
}

/* ---- tests ---- */

static json_t *imported_labels_json(const struct labels *labels)
{
	json_t *out = json_object();
	for (size_t i = 0; i < labels->n; i++)
		json_object_setn_new(out, labels->v[i].name.p, labels->v[i].name.n,
		                     json_stringn(labels->v[i].value.p, labels->v[i].value.n));
	return out;
}

static json_t *strs_json(const struct strs *names)
{
	json_t *out = json_array();
	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(out, json_stringn(names->v[i].p, names->v[i].n));
	return out;
}

static bool is_rule_matched(const struct plan *plan, const struct rule *rule)
{
	for (size_t i = 0; i < plan->matched_count; i++)
		if (plan->matched[i] == rule)
			return true;
	return false;
}

/* NULL where an earlier rule takes the example: it would test that one. */
static json_t *test_of(const struct config *config, const struct rule *rule, const struct alert *example,
                       struct arena *arena)
{
	struct plan plan;
	ruleset_evaluate(config->ruleset, example, NULL, arena, &plan);
	if (!is_rule_matched(&plan, rule))
		return NULL;
	json_t *expect = json_pack("{s:s#}", "rule", plan.rule->name.p, (int)plan.rule->name.n);
	if (plan.page)
		json_object_set_new(expect, "receivers", strs_json(&plan.receivers.names));
	else
		json_object_set_new(expect, "page", json_false());
	json_t *alert = json_pack("{s:o}", "labels", imported_labels_json(&example->labels));
	if (example->annotations.n)
		json_object_set_new(alert, "annotations", imported_labels_json(&example->annotations));
	return json_pack("{s:s#, s:o, s:o}", "name", rule->name.p, (int)rule->name.n, "alert", alert, "expect", expect);
}

static json_t *tests_of(const struct config *config)
{
	struct shadow *shadow = shadow_new(config->ruleset);
	const struct rule *const *rules;
	size_t n = ruleset_rules(config->ruleset, &rules);
	json_t *tests = json_array();

	for (size_t i = 0; i < n; i++) {
		AUTOARENA struct arena *arena = arena_new();
		const struct alert *example = shadow_example(shadow, rules[i]);
		json_t *test = example ? test_of(config, rules[i], example, arena) : NULL;
		if (test)
			json_array_append_new(tests, test);
	}
	shadow_free(shadow);
	return tests;
}

size_t import_write_tests(struct new_folder *f, const struct config *config, struct err *err)
{
	AUTOBUF struct buf out;
	json_t *tests = tests_of(config);
	size_t n = json_array_size(tests);
	json_t *document = json_pack("{s:o}", "tests", tests);

	buf_init(&out, NEW_FOLDER_TEXT_MAX);
	yaml_write(document, &out);
	json_decref(document);
	if (n)
		new_folder_put(f, IMPORT_TESTS, buf_str(&out), err);
	return n;
}

/* ---- the report ---- */

static void write_notes(const struct import *i, struct buf *out)
{
	buf_add_c(out, "\n## What did not carry over\n\n");
	for (size_t k = 0; k < i->note_count; k++)
		buf_printf(out, "- line %d: %.*s\n", i->notes[k].at.line, STR_ARG(i->notes[k].text));
	if (!i->note_count)
		buf_add_c(out, "Everything did.\n");
}

/* Beside it, for routes with hours: i->in_hours goes by "NAME\nHOURS". */
static void write_receivers_in_hours(const struct import *i, const char *name, struct buf *out)
{
	const char *key;
	json_t *made;

	json_object_foreach(i->in_hours, key, made)
	{
		const char *end = strchr(key, '\n');
		if (!end || !str_eq_c((struct str){key, (size_t)(end - key)}, name))
			continue;
		for (size_t k = 0; k < json_array_size(made); k++)
			buf_printf(out, ", %s", json_string_value(json_array_get(made, k)));
	}
}

static void write_receivers(const struct import *i, struct buf *out)
{
	const char *name;
	json_t *ours;

	buf_add_c(out, "\n## Receivers\n\n| there | here |\n|---|---|\n");
	json_object_foreach(i->names, name, ours)
	{
		buf_printf(out, "| %s |", name);
		for (size_t k = 0; k < json_array_size(ours); k++)
			buf_printf(out, "%s %s", k ? "," : "", json_string_value(json_array_get(ours, k)));
		write_receivers_in_hours(i, name, out);
		bool itself = json_object_get(i->ourselves, name) != NULL;
		buf_add_c(out, itself && !json_array_size(ours) ? " runbookd itself |\n"
		               : json_array_size(ours)          ? " |\n"
		                                       : " nobody: such alerts are recorded and counted (page: false) |\n");
	}
}

static const char next_steps[] =
	"\n## What to change in Alertmanager\n\n"
	"First beside what is there: runbookd sees everything, and nobody is told twice (mode: observe).\n\n"
	"```yaml\n"
	"route:\n"
	"  routes:\n"
	"    - {receiver: runbookd, continue: true}    # the first of all routes\n"
	"    # … the routes that are there …\n"
	"    - {receiver: %s}    # the last: what no other route takes; runbookd's has taken it from the default\n"
	"receivers:\n"
	"  - name: runbookd\n"
	"    webhook_configs:\n"
	"      - {url: \"http://runbookd.example.com:9195/api/v1/webhook\", send_resolved: true, max_alerts: 0}\n"
	"```\n\n"
	"Then, when `runbookctl incidents` shows what you expect, `mode: send` here and one route to runbookd there. The\n"
	"Watchdog has a route of its own, so that its beats come one by one; a rule with `heartbeat: {every: 5m}` here "
	"pages\n"
	"when they stay away.\n\n"
	"```yaml\n"
	"route:\n"
	"  receiver: runbookd\n"
	"  group_by: ['...']\n"
	"  group_wait: 10s\n"
	"  group_interval: %s\n"
	"  repeat_interval: 1h        # our reminders ride on it\n"
	"  routes:\n"
	"    - matchers: ['alertname=\"Watchdog\"']\n"
	"      group_wait: 0s\n"
	"      group_interval: 30s\n"
	"      repeat_interval: 1m\n"
	"```\n";

bool import_write_report(struct new_folder *f, const struct import *i, const char *from, size_t tested, struct err *err)
{
	AUTOBUF struct buf out;

	buf_init(&out, NEW_FOLDER_TEXT_MAX);
	buf_printf(&out,
	           "# Imported from %s\n\n%zu rules in " IMPORT_RULES ", %zu of them with a test in " IMPORT_TESTS ".\n",
	           from, json_array_size(i->rules), tested);
	write_receivers(i, &out);
	write_notes(i, &out);
	AUTOFREE char *interval = i->group_interval.n ? mem_str(i->group_interval) : mem_strdup("5m");
	AUTOFREE char *root = mem_str(i->root_receiver);
	json_t *quoted = json_string(root);
	AUTOFREE char *receiver = json_dumps(quoted, JSON_ENCODE_ANY);
	json_decref(quoted);
	buf_printf(&out, next_steps, receiver ? receiver : "", interval);
	return new_folder_put(f, IMPORT_REPORT, buf_str(&out), err);
}
