/*
 * Tables of rules and what they decide: the .txt files in tests/golden/rules. A file holds sections, each behind a line "=== KIND …":
 *
 *     === settings            YAML: base, severity, receivers, owner_labels, severity_order, url_map, group_by,
 *                             folder (its name), site
 *     === catalog             catalog.yml
 *     === runbook PATH        a file of the runbook folder
 *     === rules FILE          a rule file
 *     === warnings            what loading warns of, line by line
 *     === alert {label="v"}   then "@ name=value" per annotation, "group {…}" for the body's groupLabels, and what is expected
 *
 * An expectation is "FIELD: VALUE" or "FIELD: VALUE <- SOURCE RULE FILE:LINE" as runbookctl explain has them; only the
 * fields that are named are compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "catalog/site_pages.h"
#include "rules/explain.h"

#define FOLDER "tests/golden/rules"

struct table {
	const char *path;
	struct arena *arena;
	struct catalog *catalog;
	struct plan_defaults defaults;
	struct ruleset *ruleset;
	struct err err, warnings;
	size_t alerts;
	bool finished;
};

/* ---- settings ---- */

static struct strs strs_of(struct arena *arena, const struct yaml_node *node)
{
	struct strs out = {arena_alloc(arena, node->count * sizeof *out.v), node->count};
	for (size_t i = 0; i < node->count; i++)
		out.v[i] = node->items[i]->text;
	return out;
}

static struct strs words_of_list(struct arena *arena, const char *text)
{
	AUTOERR struct err err = ERR_INIT;
	return strs_of(arena, yaml_parse(arena, "words", str_c(text), &err));
}

static enum plan_source source_named(struct str word)
{
	return str_eq_c(word, "rule") ? SOURCE_RULE : str_eq_c(word, "label") ? SOURCE_LABEL : SOURCE_CATALOG;
}

static void read_table_url_map(struct table *t, const struct yaml_node *node)
{
	t->defaults.url_map = arena_alloc(t->arena, node->count * sizeof *t->defaults.url_map);
	for (size_t i = 0; i < node->count; i++)
		t->defaults.url_map[i] = (struct url_mapping){node->keys[i]->text, node->items[i]->text};
	t->defaults.url_map_count = node->count;
}

static void read_table_site(struct table *t, const struct yaml_node *map)
{
	struct site *site = arena_alloc(t->arena, sizeof *site);
	if (!site_read(map, t->arena, site, &t->err))
		fail_msg("%s", err_first(&t->err));
	catalog_set_site(t->catalog, site);
}

static void read_table_settings(struct table *t, struct str text)
{
	const struct yaml_node *root = yaml_parse(t->arena, "settings", text, &t->err), *n;
	struct plan_defaults *d = &t->defaults;
	assert_non_null(root);
	if ((n = yaml_get(root, "base")))
		d->runbook_base = n->text;
	if ((n = yaml_get(root, "severity")))
		d->severity = n->text;
	if ((n = yaml_get(root, "folder")))
		catalog_set_folder_name(t->catalog, n->text);
	if ((n = yaml_get(root, "site")))
		read_table_site(t, n);
	if ((n = yaml_get(root, "receivers")))
		d->receivers = strs_of(t->arena, n);
	if ((n = yaml_get(root, "owner_labels")))
		d->owner_labels = strs_of(t->arena, n);
	if ((n = yaml_get(root, "url_map")))
		read_table_url_map(t, n);
	if ((n = yaml_get(root, "group_by")))
		assert_true(group_by_parse(t->arena, n, &d->group_by, &t->err));
	if ((n = yaml_get(root, "severity_order")))
		for (size_t i = 0; i < 3; i++)
			d->severity_order[i] = source_named(n->items[i]->text);
}

static void standard_settings(struct table *t)
{
	t->defaults = (struct plan_defaults){
		.severity = STR("P3"),
		.receivers = words_of_list(t->arena, "[oncall]"),
		.owner_labels = words_of_list(t->arena, "[owner, team, owning_team]"),
		.severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG},
		.repeat_interval = 4 * TIME_HOUR,
		.runbook_base = STR("https://wiki.example.com/runbooks/"),
	};
}

/* ---- one alert ---- */

static struct labels labels_of_matchers(struct table *t, struct str text)
{
	struct matcher *m = NULL;
	size_t n = 0;
	if (!matchers_parse(t->arena, text, (struct pos){t->path, 0, 0}, &m, &n, &t->err))
		fail_msg("%s", err_first(&t->err));
	struct labels out = {arena_alloc(t->arena, n * sizeof *out.v), n};
	for (size_t i = 0; i < n; i++)
		out.v[i] = (struct label){m[i].name, m[i].value};
	free(m);
	labels_sort(&out);
	return out;
}

static void add_value(struct buf *b, const json_t *v)
{
	if (json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v); i++) {
			buf_add_c(b, i ? ", " : "");
			add_value(b, json_array_get(v, i));
		}
	} else if (json_is_string(v)) {
		buf_add(b, (struct str){json_string_value(v), json_string_length(v)});
	} else {
		AUTOFREE char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_SORT_KEYS);
		buf_add_c(b, text);
	}
}

static void add_origin(struct buf *b, const json_t *field)
{
	const json_t *source = json_object_get(field, "source"), *rule = json_object_get(field, "rule");
	const json_t *file = json_object_get(field, "file");
	buf_printf(b, " <- %s", json_is_string(source) ? json_string_value(source) : "nowhere");
	if (json_is_string(rule))
		buf_printf(b, " %s", json_string_value(rule));
	if (json_is_string(file))
		buf_printf(b, " %s:%d", json_string_value(file), (int)json_integer_value(json_object_get(field, "line")));
}

/* "url" is fields.runbook.url, "labels" fields.group_by.labels and so on: the first that has the name. */
static const json_t *find_planned_field(const json_t *plan, const char *name, const json_t **origin)
{
	static const char *const inner[] = {"runbook", "severity", "owner", "group_by", "escalation"};
	const json_t *fields = json_object_get(plan, "fields");
	const json_t *field = json_object_get(fields, name);
	*origin = field;
	if (field)
		return json_object_get(field, "value");
	if (json_object_get(plan, name))
		return json_object_get(plan, name);
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
		const json_t *value = json_object_get(json_object_get(fields, inner[i]), name);
		if (value)
			return value;
	}
	return NULL;
}

static void check_line(const struct table *t, struct str alert, const json_t *plan, struct str line)
{
	ptrdiff_t colon = str_find(line, STR(":"));
	assert_true(colon > 0);
	char name[64];
	snprintf(name, sizeof name, "%.*s", (int)colon, line.p);
	const json_t *origin = NULL, *value = find_planned_field(plan, name, &origin);
	if (!value)
		fail_msg("%s: %.*s: no field \"%s\"", t->path, STR_ARG(alert), name);
	AUTOBUF struct buf got;
	buf_init(&got, 8192);
	add_value(&got, value);
	if (origin && str_find(line, STR(" <- ")) >= 0)
		add_origin(&got, origin);
	struct str want = str_trim(str_slice(line, (size_t)colon + 1, line.n));
	if (!str_eq(buf_str(&got), want))
		fail_msg("%s: %.*s: %s\n   got %.*s\n  want %.*s", t->path, STR_ARG(alert), name, STR_ARG(buf_str(&got)),
		         STR_ARG(want));
}

static struct str next_line(struct str *rest)
{
	ptrdiff_t end = str_index(*rest, '\n');
	struct str line = end < 0 ? *rest : str_slice(*rest, 0, (size_t)end);
	*rest = str_slice(*rest, end < 0 ? rest->n : (size_t)end + 1, rest->n);
	return line;
}

static void add_annotation(struct table *t, struct alert *a, struct str text)
{
	struct label *grown = arena_alloc(t->arena, (a->annotations.n + 1) * sizeof *grown);
	if (a->annotations.n > 0)
		memcpy(grown, a->annotations.v, a->annotations.n * sizeof *grown);
	ptrdiff_t equals = str_index(text, '=');
	assert_true(equals > 0);
	grown[a->annotations.n++] =
		(struct label){str_slice(text, 0, (size_t)equals), str_slice(text, (size_t)equals + 1, text.n)};
	a->annotations.v = grown;
}

static void run_alert(struct table *t, struct str heading, struct str body)
{
	struct alert a = {.labels = labels_of_matchers(t, heading), .fingerprint = STR("f")};
	struct labels group = {0};
	bool grouped = false;
	struct str rest = body;
	for (; str_starts(rest, STR("@ ")) || str_starts(rest, STR("group "));) {
		struct str line = next_line(&rest);
		grouped |= line.p[0] == 'g';
		if (line.p[0] == '@')
			add_annotation(t, &a, str_slice(line, 2, line.n));
		else
			group = labels_of_matchers(t, str_slice(line, 6, line.n));
	}
	labels_sort(&a.annotations);
	struct plan plan;
	ruleset_evaluate(t->ruleset, &a, grouped ? &group : NULL, t->arena, &plan);
	json_t *json = explain_plan(&a, &plan);
	while (rest.n > 0) {
		struct str line = next_line(&rest);
		if (str_trim(line).n > 0 && line.p[0] != '#')
			check_line(t, heading, json, line);
	}
	json_decref(json);
	t->alerts++;
}

/* ---- sections ---- */

static bool any_receiver(void *arg, struct str name)
{
	(void)arg;
	return !str_eq_c(name, "nobody");
}

static void fail_on_errors(struct table *t)
{
	if (err_any(&t->err))
		fail_msg("%s: %s", t->path, err_first(&t->err));
}

static void finish_loading(struct table *t)
{
	if (t->finished)
		return;
	t->finished = true;
	ruleset_finish(t->ruleset, any_receiver, NULL, &t->err, &t->warnings);
	fail_on_errors(t);
}

static void finish_catalog(struct table *t)
{
	if (t->ruleset)
		return;
	catalog_finish(t->catalog, &t->err);
	t->ruleset = ruleset_new(t->catalog, &t->defaults);
}

static void check_warnings(struct table *t, struct str want)
{
	AUTOBUF struct buf got;
	buf_init(&got, 8192);
	err_print(&t->warnings, &got);
	if (!str_eq(buf_str(&got), str_trim(want)))
		fail_msg("%s: warnings\n%.*s\nwant\n%.*s", t->path, STR_ARG(buf_str(&got)), STR_ARG(want));
}

static void run_section(struct table *t, struct str kind, struct str heading, struct str body)
{
	char name[256];
	snprintf(name, sizeof name, "%.*s", STR_ARG(heading));
	if (str_eq_c(kind, "settings")) {
		read_table_settings(t, body);
	} else if (str_eq_c(kind, "catalog")) {
		catalog_add_yaml(t->catalog, "catalog.yml", body, &t->err);
	} else if (str_eq_c(kind, "runbook")) {
		catalog_add_runbook(t->catalog, name, body, &t->err);
	} else if (str_eq_c(kind, "rules")) {
		finish_catalog(t);
		ruleset_add_file(t->ruleset, name, body, &t->err);
	} else {
		finish_catalog(t);
		finish_loading(t);
		if (str_eq_c(kind, "warnings"))
			check_warnings(t, body);
		else if (str_eq_c(kind, "alert"))
			run_alert(t, heading, body);
		else
			fail_msg("%s: unknown section \"%.*s\"", t->path, STR_ARG(kind));
	}
	fail_on_errors(t);
}

static void run_table(struct table *t, struct str text)
{
	const struct str mark = STR("=== ");
	ptrdiff_t found = str_find(text, mark);
	text = str_slice(text, found < 0 ? text.n : (size_t)found, text.n);
	while (text.n > 0) {
		text = str_slice(text, mark.n, text.n);
		struct str title = next_line(&text);
		ptrdiff_t blank = str_index(title, ' ');
		size_t word = blank < 0 ? title.n : (size_t)blank;
		ptrdiff_t next = str_starts(text, mark) ? 0 : str_find(text, STR("\n=== "));
		size_t end = next < 0 ? text.n : text.n && str_starts(text, mark) ? 0 : (size_t)next + 1;
		run_section(t, str_slice(title, 0, word), str_trim(str_slice(title, word, title.n)), str_slice(text, 0, end));
		text = str_slice(text, end, text.n);
	}
}

static void read_rule_table(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s: cannot be read", path);
	char chunk[4096];
	size_t n;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, (struct str){chunk, n});
	fclose(f);
}

static size_t run_rule_table(const char *path)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf text;
	buf_init(&text, 1 << 20);
	read_rule_table(path, &text);
	struct table t = {.path = path, .arena = arena, .catalog = catalog_new()};
	standard_settings(&t);
	run_table(&t, buf_str(&text));
	ruleset_free(t.ruleset);
	catalog_free(t.catalog);
	err_release(&t.err);
	err_release(&t.warnings);
	return t.alerts;
}

static void test_tables(void **state)
{
	(void)state;
	DIR *dir = opendir(FOLDER);
	assert_non_null(dir);
	size_t files = 0;
	for (struct dirent *e; (e = readdir(dir));) {
		if (!str_ends(str_c(e->d_name), STR(".txt")))
			continue;
		AUTOFREE char *path = mem_printf("%s/%s", FOLDER, e->d_name);
		if (run_rule_table(path) == 0)
			fail_msg("%s: no alerts", path);
		files++;
	}
	closedir(dir);
	assert_true(files > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
