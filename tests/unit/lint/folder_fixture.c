/* A folder of runbooks, linted. */
#include "folder_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lint/runbook_lint.h"

bool folder_on_disk(void *arg, struct str path)
{
	(void)arg;
	return str_eq_c(path, "plan.png") || str_eq_c(path, "../handbook.md");
}

bool folder_knows_nobody(void *arg, struct str name)
{
	(void)arg;
	(void)name;
	return false;
}

void lint_pages(const struct page *pages, size_t count, struct lint *out)
{
	AUTOERR struct err err = ERR_INIT;
	struct plan_defaults defaults = {0};
	struct catalog *c = catalog_new();
	for (size_t i = 0; i < count; i++)
		(i ? catalog_add_runbook : catalog_add_index)(c, pages[i].path, str_c(pages[i].text), &err);
	assert_true(catalog_finish(c, &err));
	struct ruleset *rules = ruleset_new(c, &defaults);
	const struct lint_folder f = {rules, c, AS_OF, folder_on_disk, folder_knows_nobody, NULL};
	lint_init(out);
	lint_runbooks(&f, out);
	lint_sort(out);
	ruleset_free(rules);
	catalog_free(c);
}

size_t count_code(const struct lint *l, enum lint_code code)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		n += l->v[i].code == code;
	return n;
}
