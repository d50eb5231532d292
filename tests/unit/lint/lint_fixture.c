#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lint_fixture.h"

static bool receiver_known(void *arg, struct str name)
{
	(void)arg;
	return str_eq_c(name, "oncall") || str_eq_c(name, "chat");
}

void lint_load(struct linted *l, const char *catalog, const char *rules)
{
	static struct str oncall[] = {STR_INIT("oncall")};
	AUTOERR struct err err = ERR_INIT;
	*l = (struct linted){.catalog = catalog_new()};
	l->defaults = (struct plan_defaults){.severity = STR_INIT("P3"),
	                                     .receivers = {oncall, 1},
	                                     .severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG},
	                                     .repeat_interval = 14400000};
	if (!catalog_add_yaml(l->catalog, "catalog.yml", str_c(catalog), &err) ||
	    !catalog_add_runbook(l->catalog, "b.md", STR("# B\n\n## Steps\n"), &err) || !catalog_finish(l->catalog, &err))
		fail_msg("%s", err_first(&err));
	l->rules = ruleset_new(l->catalog, &l->defaults);
	if (!ruleset_add_file(l->rules, "r.yml", str_c(rules), &err))
		fail_msg("%s", err_first(&err));
	AUTOERR struct err ignored = ERR_INIT;
	(void)ruleset_finish(l->rules, NULL, NULL, &ignored, &ignored);
	l->world = (struct lint_world){l->rules, l->catalog, &l->defaults, receiver_known, NULL, true};
	lint_init(&l->lint);
}

void lint_text(struct linted *l, const char *rules)
{
	lint_load(l, "", rules);
	lint_rules(&l->world, &l->lint);
	lint_sort(&l->lint);
}

void lint_done(struct linted *l)
{
	lint_release(&l->lint);
	ruleset_free(l->rules);
	catalog_free(l->catalog);
}

char *lint_summary(const struct linted *l)
{
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < l->lint.n; i++) {
		const struct lint_finding *f = &l->lint.v[i];
		buf_printf(&out, "%s%s %d", out.n ? ", " : "", lint_codes[f->code].name, f->at.line);
		if (f->other.file)
			buf_printf(&out, ">%d", f->other.line);
		if (f->level != lint_codes[f->code].level)
			buf_printf(&out, " %s", lint_level_name(f->level));
	}
	buf_add_c(&out, "");
	return buf_take(&out);
}
