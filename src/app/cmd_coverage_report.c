/* What coverage found, for programs and for people. */
#include <stdio.h>

#include "app/table.h"
#include "base/map.h"
#include "catalog/site_pages.h"
#include "cmd_coverage_impl.h"

/* ---- has it a runbook? ---- */

/* The folder's own pages are told by these prefixes: a link that begins so and leads to no page is dead. */
static bool leads_into_folder(const struct config *config, struct str url)
{
	const struct plan_defaults *d = &config->defaults;
	const struct site *site = catalog_site(config->catalog);
	if (site && str_starts(url, site->url))
		return true;
	for (size_t i = 0; i < d->url_map_count; i++)
		if (d->url_map[i].from.n && str_starts(url, d->url_map[i].from))
			return true;
	return d->runbook_base.n && str_starts(url, d->runbook_base);
}

enum coverage_state coverage_state(const struct config *config, const struct plan *plan)
{
	if (!plan->runbook.value.n)
		return COVERAGE_NONE;
	if (plan->runbook.exists)
		return COVERAGE_PAGE;
	if (plan->runbook.path.n || leads_into_folder(config, plan->runbook.value))
		return COVERAGE_DEAD;
	return COVERAGE_ELSEWHERE;
}

bool coverage_has_runbook(const struct config *config, const struct plan *plan)
{
	enum coverage_state state = coverage_state(config, plan);
	return state == COVERAGE_PAGE || state == COVERAGE_ELSEWHERE;
}

struct totals {
	size_t covered, with_runbook, with_existing_runbook, with_owner;
};

static struct totals count(const struct coverage *c)
{
	struct totals t = {0};

	for (size_t i = 0; i < c->n; i++) {
		const struct plan *plan = &c->v[i].plan;
		t.covered += coverage_has_runbook(c->config, plan);
		t.with_runbook += plan->runbook.value.n > 0;
		t.with_existing_runbook += plan->runbook.exists;
		t.with_owner += plan->owner.name.n > 0;
	}
	return t;
}

double coverage_percent(const struct coverage *c)
{
	return c->n ? 100.0 * (double)count(c).covered / (double)c->n : 100.0;
}

/* ---- JSON ---- */

static json_t *text_or_null(struct str s)
{
	json_t *v = s.n ? json_stringn(s.p, s.n) : NULL;
	return v ? v : json_null(); /* bytes that are no UTF-8 have no JSON */
}

static json_t *names_of(const struct strs *names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(list, text_or_null(names->v[i]));
	return list;
}

static json_t *alert_json(const struct coverage *c, const struct coverage_alert *a)
{
	static const char *const states[] = {"page", "elsewhere", "dead", "none"};
	const struct plan *plan = &a->plan;
	json_t *o = json_object();

	json_object_set_new(o, "alertname", text_or_null(a->rule.name));
	json_object_set_new(o, "severity_label", text_or_null(labels_get(&a->rule.labels, STR("severity"))));
	json_object_set_new(o, "file", text_or_null(str_c(a->rule.at.file)));
	json_object_set_new(o, "line", a->rule.at.line ? json_integer(a->rule.at.line) : json_null());
	json_object_set_new(o, "group", text_or_null(a->rule.group));
	json_object_set_new(o, "rule", text_or_null(plan->rule ? plan->rule->name : (struct str){0}));
	json_object_set_new(o, "runbook", text_or_null(plan->runbook.value));
	json_object_set_new(o, "runbook_exists", json_boolean(plan->runbook.exists));
	json_object_set_new(o, "runbook_state", json_string(states[coverage_state(c->config, plan)]));
	json_object_set_new(o, "runbook_source", text_or_null(str_c(plan_source_name(plan->runbook.from.source))));
	json_object_set_new(o, "runbook_title", text_or_null(plan->runbook.title));
	json_object_set_new(o, "runbook_url", text_or_null(plan->runbook.url));
	json_object_set_new(o, "owner", text_or_null(plan->owner.name));
	json_object_set_new(o, "severity", text_or_null(plan->severity.name));
	json_object_set_new(o, "severity_unknown", text_or_null(plan->severity.unknown));
	json_object_set_new(o, "page", json_boolean(plan->page));
	json_object_set_new(o, "unknown_labels", names_of(&a->rule.unknown));
	return o;
}

json_t *coverage_json(const struct coverage *c)
{
	struct totals t = count(c);
	json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++)
		json_array_append_new(list, alert_json(c, &c->v[i]));
	return json_pack("{s:o, s:{s:I, s:I, s:I, s:I, s:I}}", "alerts", list, "totals", "alerts", (json_int_t)c->n,
	                 "with_runbook", (json_int_t)t.with_runbook, "with_existing_runbook",
	                 (json_int_t)t.with_existing_runbook, "with_owner", (json_int_t)t.with_owner, "covered",
	                 (json_int_t)t.covered);
}

/* ---- for people ---- */

static void add_text(struct table *t, struct str s)
{
	table_add(t, s.n ? s : STR("-"));
}

static void add_row(const struct coverage *c, struct table *t, const struct coverage_alert *a)
{
	static const char *const notes[] = {"", " (elsewhere)", " (no such page)", "-"};
	const struct plan *plan = &a->plan;

	add_text(t, a->rule.name);
	add_text(t, labels_get(&a->rule.labels, STR("severity")));
	add_text(t, plan->severity.name);
	add_text(t, plan->owner.name);
	add_text(t, plan->rule ? plan->rule->name : (struct str){0});
	table_printf(t, "%.*s%s", STR_ARG(plan->runbook.value), notes[coverage_state(c->config, plan)]);
}

static void add_place(struct table *t, struct pos at)
{
	if (at.line)
		table_printf(t, "%s:%d", at.file, at.line);
	else
		add_text(t, str_c(at.file));
}

/* Prints a table with a blank line before it, unless it would be empty. */
static void print_part(struct table *t, size_t rows)
{
	if (rows) {
		putchar('\n');
		table_print(t, stdout);
	}
	table_free(t);
}

static void print_unknown(const struct coverage *c)
{
	static const char *const titles[] = {"ALERT", "LABEL KNOWN ONLY WHEN IT FIRES", "WHERE", NULL};
	struct table *t = table_new(titles);
	size_t rows = 0;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->v[i].rule.unknown.n; k++, rows++) {
			add_text(t, c->v[i].rule.name);
			add_text(t, c->v[i].rule.unknown.v[k]);
			add_place(t, c->v[i].rule.at);
		}
	print_part(t, rows);
}

/* Each word once, with the first alert that has it. */
static void print_severities(const struct coverage *c)
{
	static const char *const titles[] = {"SEVERITY LABEL", "MEANING", "FIRST SEEN", "WHERE", NULL};
	struct table *t = table_new(titles);
	struct map *seen = map_new();

	for (size_t i = 0; i < c->n; i++) {
		const struct plan *plan = &c->v[i].plan;
		if (!plan->severity.unknown.n || map_set(seen, plan->severity.unknown, seen))
			continue;
		add_text(t, plan->severity.unknown);
		table_printf(t, "not known, taken as %.*s", STR_ARG(plan->severity.name));
		add_text(t, c->v[i].rule.name);
		add_place(t, c->v[i].rule.at);
	}
	print_part(t, map_count(seen));
	map_free(seen);
}

static void print_missing(const struct coverage *c)
{
	static const char *const titles[] = {"WITHOUT A RUNBOOK", "WHERE", NULL};
	struct table *t = table_new(titles);
	size_t rows = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (coverage_has_runbook(c->config, &c->v[i].plan))
			continue;
		add_text(t, c->v[i].rule.name);
		add_place(t, c->v[i].rule.at);
		rows++;
	}
	print_part(t, rows);
}

static void print_all(const struct coverage *c)
{
	static const char *const titles[] = {"ALERT", "LABEL", "SEVERITY", "OWNER", "RULE", "RUNBOOK", NULL};
	struct table *t = table_new(titles);

	for (size_t i = 0; i < c->n; i++)
		add_row(c, t, &c->v[i]);
	table_print(t, stdout);
	table_free(t);
}

void coverage_print(const struct coverage *c)
{
	struct totals sums = count(c);

	print_all(c);
	print_missing(c);
	print_unknown(c);
	print_severities(c);
	printf("\n%zu alerts, %zu with a runbook (%.1f %%): %zu a page of the catalog, %zu a link elsewhere, unchecked; "
	       "%zu with an owner\n",
	       c->n, sums.covered, coverage_percent(c), sums.with_existing_runbook,
	       sums.covered - sums.with_existing_runbook, sums.with_owner);
}
