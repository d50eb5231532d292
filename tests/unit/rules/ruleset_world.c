#include "ruleset_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct str one_receiver[] = {STR_INIT("oncall")};
static struct str owner_labels[] = {STR_INIT("team")};
const struct plan_defaults world_defaults = {
	.severity = STR_INIT("P3"),
	.receivers = {one_receiver, 1},
	.owner_labels = {owner_labels, 1},
	.severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG},
	.repeat_interval = 14400000,
	.runbook_base = STR_INIT("https://wiki.example.com"),
};

struct world world_new(void)
{
	static const char catalog[] =
		"runbooks: [{path: a.md}]\nescalations: [{name: e, steps: [{after: 0m, notify: [x]}]}]\n"
		"owners: [{name: payments}]\n";
	AUTOERR struct err err = ERR_INIT;
	struct world w = {.catalog = catalog_new(), .arena = arena_new()};
	if (!catalog_add_yaml(w.catalog, "catalog.yml", STR(catalog), &err) ||
	    !catalog_add_runbook(w.catalog, "b.md", STR("# B\n\n## Steps\n"), &err) || !catalog_finish(w.catalog, &err))
		fail_msg("%s", err_first(&err));
	w.rules = ruleset_new(w.catalog, &world_defaults);
	return w;
}

struct world world_with(const char *rules)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct world w = world_new();
	if (!ruleset_add_file(w.rules, "r.yml", str_c(rules), &err) ||
	    !ruleset_finish(w.rules, NULL, NULL, &err, &warnings))
		fail_msg("%s", err_first(&err));
	err_release(&warnings);
	return w;
}

void world_free(struct world *w)
{
	ruleset_free(w->rules);
	catalog_free(w->catalog);
	arena_free(w->arena);
}

struct plan world_evaluate(struct world *w, struct labels labels, const struct labels *group)
{
	struct alert a = {.labels = labels, .fingerprint = STR("f")};
	struct plan p;
	ruleset_evaluate(w->rules, &a, group, w->arena, &p);
	return p;
}

void assert_value(struct str got, const char *want)
{
	if (!str_eq_c(got, want))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}
