/*
 * The public Mustache specification's cases, read from a folder of its JSON files: the first argument, else
 * mustache-spec in RUNBOOKD_SHARED_DATA. Skipped where there is none.
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

#include "base/mem.h"
#include "rules/template.h"

static const char *folder;

static struct template *compiled_or_null(const char *text)
{
	AUTOERR struct err err = ERR_INIT;
	struct template *t = template_compile(str_c(text), NULL, (struct pos){0}, &err);
	if (!t)
		print_error("%s: %s\n", text, err_first(&err));
	return t;
}

struct partials {
	const json_t *texts;
	struct template *compiled[16];
	const char *names[16];
	size_t n;
};

static const struct template *find_partial(void *arg, struct str name)
{
	const struct partials *p = arg;
	for (size_t i = 0; i < p->n; i++)
		if (str_eq_c(name, p->names[i]))
			return p->compiled[i];
	return NULL;
}

static void compile_partials(struct partials *p, json_t *texts)
{
	const char *name;
	json_t *text;
	json_object_foreach(texts, name, text)
	{
		assert_true(p->n < sizeof p->names / sizeof *p->names);
		p->names[p->n] = name;
		p->compiled[p->n++] = compiled_or_null(json_string_value(text));
	}
}

static bool passes(const json_t *test)
{
	struct partials p = {0};
	compile_partials(&p, json_object_get(test, "partials"));
	struct template *t = compiled_or_null(json_string_value(json_object_get(test, "template")));
	AUTOBUF struct buf out;
	buf_init(&out, 1 << 20);
	const struct template_partials lookup = {find_partial, &p};
	bool good = t && template_render_with(t, json_object_get(test, "data"), ESCAPE_HTML, &lookup, &out);
	const char *want = json_string_value(json_object_get(test, "expected"));
	if (!good || !str_eq_c(buf_str(&out), want)) {
		print_error("%s: got \"%.*s\", want \"%s\"\n", json_string_value(json_object_get(test, "name")),
		            STR_ARG(buf_str(&out)), want);
		good = false;
	}
	for (size_t i = 0; i < p.n; i++)
		template_free(p.compiled[i]);
	template_free(t);
	return good;
}

static size_t run_spec_file(const char *path, size_t *failed)
{
	json_error_t e;
	json_t *root = json_load_file(path, 0, &e);
	if (!root)
		fail_msg("%s: %s", path, e.text);
	const json_t *tests = json_object_get(root, "tests");
	size_t n = json_array_size(tests);
	for (size_t i = 0; i < n; i++)
		*failed += !passes(json_array_get(tests, i));
	json_decref(root);
	return n;
}

static void test_specification(void **state)
{
	(void)state;
	DIR *dir = opendir(folder);
	if (!dir)
		skip();
	size_t cases = 0, failed = 0;
	for (struct dirent *e; (e = readdir(dir));) {
		if (!str_ends(str_c(e->d_name), STR(".json")))
			continue;
		AUTOFREE char *path = mem_printf("%s/%s", folder, e->d_name);
		cases += run_spec_file(path, &failed);
	}
	closedir(dir);
	assert_true(cases > 0);
	assert_int_equal(failed, 0);
}

int main(int argc, char **argv)
{
	const char *shared = getenv("RUNBOOKD_SHARED_DATA");
	AUTOFREE char *standard = mem_printf("%s/mustache-spec", shared ? shared : "../shared/data");
	folder = argc > 1 ? argv[1] : standard;
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_specification)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
