/* Any bytes as a rule file: refused with lines, or rules under which every alert still has a plan. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str receivers[] = {STR_INIT("oncall")};
static const struct plan_defaults defaults = {
	.severity = STR_INIT("P3"),
	.receivers = {receivers, 1},
	.severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG},
	.runbook_base = STR_INIT("https://wiki.example.com/"),
};

static struct label labels[] = {
	{STR_INIT("alertname"), STR_INIT("HighCPU")},
	{STR_INIT("severity"), STR_INIT("critical")},
	{STR_INIT("x"), STR_INIT("../https://evil.example/\n")},
};
static struct label annotations[] = {
	{STR_INIT("runbook_url"), STR_INIT("https://wiki.example.com/high-cpu#a")},
	{STR_INIT("summary"), STR_INIT("CPU is high")},
};

static void check_plan(const struct ruleset *rs)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct alert alert = {.labels = {labels, 3}, .annotations = {annotations, 2}, .fingerprint = STR("f")};
	struct plan p;
	ruleset_evaluate(rs, &alert, NULL, arena, &p);
	json_t *json = explain_plan(&alert, &p);
	if (!json || strlen(p.key) != INCIDENT_KEY_MAX - 1 || p.receivers.names.n == 0 || p.summary.text.n == 0 ||
	    !p.severity.entry)
		abort();
	json_decref(json);
	const struct rule_miss *misses;
	size_t n = ruleset_misses(rs, &alert, arena, &misses);
	json_decref(explain_misses(misses, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOERR struct err warnings = ERR_INIT;
	struct catalog *catalog = catalog_new();
	catalog_add_runbook(catalog, "high-cpu.md", STR("# High CPU\n"), &err);
	catalog_finish(catalog, &err);
	struct ruleset *rs = ruleset_new(catalog, &defaults);
	bool good = ruleset_add_file(rs, "input.yml", (struct str){(const char *)data, size}, &err);
	if (good == err_any(&err))
		abort();
	(void)ruleset_finish(rs, NULL, NULL, &err, &warnings);
	check_plan(rs);
	ruleset_free(rs);
	catalog_free(catalog);
	return 0;
}
