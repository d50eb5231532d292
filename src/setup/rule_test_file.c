/* Reads *_test.yml into tests and their steps. */
#include "setup/rule_test_file.h"

#include "base/options.h"
#include "base/time.h"
#include "incident/message.h"
#include "setup/file.h"

#define FILE_MAX (16 * 1024 * 1024)
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

struct file_row {
	struct strs rule_files;
	const struct yaml_node *tests;
};

struct test_row {
	struct str name;
	const struct yaml_node *alert, *expect, *sequence;
};

struct step_row {
	int64_t at;
	const struct yaml_node *alert, *expect;
};

struct alert_row {
	const struct yaml_node *labels, *annotations;
	int status;
};

static const char *const statuses[] = {"firing", "resolved", NULL};
static const struct option alert_rows[] = {
	{.name = "labels",
     .type = OPTION_NODE,
     .offset = offsetof(struct alert_row, labels),
     .form = "mapping of labels",
     .required = true,
     .doc = "its labels"},
	{.name = "annotations",
     .type = OPTION_NODE,
     .offset = offsetof(struct alert_row, annotations),
     .form = "mapping of annotations",
     .doc = "its annotations"},
	{.name = "status",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct alert_row, status),
     .fallback = "firing",
     .choices = statuses,
     .doc = "firing or resolved"},
};
static const struct option_table alert_table = OPTION_TABLE(alert_rows);

static const struct option step_rows[] = {
	{.name = "at",
     .type = OPTION_DURATION,
     .offset = offsetof(struct step_row, at),
     .required = true,
     .doc = "time since the beginning of the test"},
	{.name = "alert",
     .type = OPTION_NODE,
     .offset = offsetof(struct step_row, alert),
     .inner = &alert_table,
     .required = true,
     .doc = "the alert that arrives then"},
	{.name = "expect",
     .type = OPTION_NODE,
     .offset = offsetof(struct step_row, expect),
     .form = "mapping of what is expected",
     .required = true,
     .doc = "what is made of it"},
};
static const struct option_table step_table = OPTION_TABLE(step_rows);

static const struct option test_rows[] = {
	{.name = "name",
     .type = OPTION_STR,
     .offset = offsetof(struct test_row, name),
     .required = true,
     .doc = "what it promises"},
	{.name = "alert",
     .type = OPTION_NODE,
     .offset = offsetof(struct test_row, alert),
     .inner = &alert_table,
     .doc = "one alert"},
	{.name = "expect",
     .type = OPTION_NODE,
     .offset = offsetof(struct test_row, expect),
     .form = "mapping of what is expected",
     .doc = "what is made of it: rule, runbook, severity, owner, receivers, page, …"},
	{.name = "sequence",
     .type = OPTION_NODE,
     .offset = offsetof(struct test_row, sequence),
     .inner = &step_table,
     .list = true,
     .doc = "several alerts, each at its time"},
};
static const struct option_table test_table = OPTION_TABLE(test_rows);

static const struct option file_rows[] = {
	{.name = "rule_files",
     .type = OPTION_STRS,
     .offset = offsetof(struct file_row, rule_files),
     .doc = "rule files beside this one; default: those of the configuration"},
	{.name = "tests",
     .type = OPTION_NODE,
     .offset = offsetof(struct file_row, tests),
     .inner = &test_table,
     .list = true,
     .doc = "the tests"},
};
const struct option_table rule_test_table = OPTION_TABLE(file_rows);

static bool read_test_row(struct rule_tests *t, const struct option *rows, size_t count, const struct yaml_node *node,
                          const char *what, void *out, struct err *err)
{
	options_defaults(rows, count, t->arena, out);
	return options_read(rows, count, node, what, t->arena, out, NULL, err);
}

static bool is_map(const struct yaml_node *node, const char *what, struct err *err)
{
	if (node->kind == YAML_MAP)
		return true;
	err_at(err, node->at, "%s is to be a mapping, not a %s", what, yaml_kind_name(node));
	return false;
}

/* NULL where it is no mapping of names to text. */
static json_t *read_texts(const struct yaml_node *map, const char *what, struct err *err)
{
	json_t *object = json_object();
	bool ok = !map || is_map(map, what, err);

	for (size_t i = 0; ok && map && i < map->count; i++) {
		const struct yaml_node *value = map->items[i];
		if (value->kind != YAML_SCALAR) {
			err_at(err, value->at, "%s are text, not a %s", what, yaml_kind_name(value));
			ok = false;
		} else {
			json_t *text = value->text.n ? view_text(value->text) : json_string("");
			json_object_setn_new(object, map->keys[i]->text.p, map->keys[i]->text.n, text);
		}
	}
	if (ok)
		return object;
	json_decref(object);
	return NULL;
}

static bool read_test_step(struct rule_tests *t, const struct yaml_node *alert, const struct yaml_node *expect,
                           int64_t at, struct rule_test_step *out, struct err *err)
{
	struct alert_row row;

	if (!read_test_row(t, alert_rows, COUNT(alert_rows), alert, "alert", &row, err) || !is_map(expect, "expect", err))
		return false;
	*out = (struct rule_test_step){.at = at, .resolved = row.status == 1, .expect = expect};
	out->labels = read_texts(row.labels, "labels", err);
	out->annotations = read_texts(row.annotations, "annotations", err);
	return out->labels && out->annotations;
}

static bool read_sequence(struct rule_tests *t, const struct yaml_node *list, struct rule_test *test, struct err *err)
{
	size_t before = err->count;
	int64_t last = 0;

	if (list->kind != YAML_LIST || !list->count) {
		err_at(err, list->at, "sequence is to be a list of steps");
		return false;
	}
	test->steps = arena_alloc(t->arena, list->count * sizeof *test->steps);
	for (size_t i = 0; i < list->count; i++) {
		struct step_row row;
		test->count = i + 1;
		if (!read_test_row(t, step_rows, COUNT(step_rows), list->items[i], "step", &row, err))
			continue;
		if (row.at < last)
			err_at(err, list->items[i]->at, "a step is not before the one above it");
		last = row.at;
		read_test_step(t, row.alert, row.expect, row.at, &test->steps[i], err);
	}
	return err->count == before;
}

static bool read_test(struct rule_tests *t, const struct yaml_node *node, struct rule_test *test, struct err *err)
{
	struct test_row row;

	if (!read_test_row(t, test_rows, COUNT(test_rows), node, "test", &row, err))
		return false;
	test->name = row.name;
	test->position = node->at;
	if (row.sequence && !row.alert && !row.expect)
		return read_sequence(t, row.sequence, test, err);
	if (row.sequence || !row.alert || !row.expect) {
		err_at(err, node->at, "a test has either alert and expect, or a sequence");
		return false;
	}
	test->steps = arena_alloc(t->arena, sizeof *test->steps);
	test->count = 1;
	return read_test_step(t, row.alert, row.expect, 0, &test->steps[0], err);
}

static bool read_tests(struct rule_tests *t, const struct yaml_node *list, struct err *err)
{
	size_t before = err->count;

	if (list && list->kind != YAML_LIST) {
		err_at(err, list->at, "tests is to be a list");
		return false;
	}
	t->v = arena_alloc(t->arena, ((list ? list->count : 0) + 1) * sizeof *t->v);
	for (; list && t->n < list->count; t->n++)
		read_test(t, list->items[t->n], &t->v[t->n], err);
	return err->count == before;
}

bool rule_tests_read(struct rule_tests *out, const char *file, struct err *err)
{
	AUTOBUF struct buf text;
	struct file_row row;

	*out = (struct rule_tests){.arena = arena_new()};
	buf_init(&text, FILE_MAX);
	if (!file_read(file, &text, err))
		return false;
	const struct yaml_node *root = yaml_parse(out->arena, file, buf_str(&text), err);
	if (!root || !read_test_row(out, file_rows, COUNT(file_rows), root, "rule tests", &row, err))
		return false;
	out->rule_files = row.rule_files;
	return read_tests(out, row.tests, err);
}

void rule_tests_release(struct rule_tests *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t n = 0; n < t->v[i].count; n++) {
			json_decref(t->v[i].steps[n].labels);
			json_decref(t->v[i].steps[n].annotations);
		}
	arena_free(t->arena);
}
