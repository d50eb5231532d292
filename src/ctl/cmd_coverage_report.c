/* What coverage found, for programs and for people. */
#include <stdio.h>

#include "base/map.h"
#include "base/time.h"
#include "cmd_coverage_impl.h"
#include "ctl/table.h"

/* ---- JSON ---- */

static json_t *json_text_or_null(struct str s)
{
	json_t *v = s.n ? json_stringn(s.p, s.n) : NULL;
	return v ? v : json_null(); /* bytes that are no UTF-8 have no JSON */
}

static json_t *texts_json(const struct strs *names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(list, json_text_or_null(names->v[i]));
	return list;
}

static json_t *alert_json(const struct covering *c, const struct coverage_alert *a)
{
	static const char *const states[] = {"page", "elsewhere", "dead", "depends", "none"};
	const struct plan *plan = &a->plan;
	json_t *o = json_object();

	json_object_set_new(o, "alertname", json_text_or_null(a->rule.name));
	json_object_set_new(o, "severity_label", json_text_or_null(labels_get(&a->rule.labels, STR("severity"))));
	json_object_set_new(o, "file", json_text_or_null(str_c(a->rule.at.file)));
	json_object_set_new(o, "line", a->rule.at.line ? json_integer(a->rule.at.line) : json_null());
	json_object_set_new(o, "group", json_text_or_null(a->rule.group));
	json_object_set_new(o, "rule", json_text_or_null(plan->rule ? plan->rule->name : (struct str){0}));
	json_object_set_new(o, "runbook", json_text_or_null(plan->runbook.value));
	json_object_set_new(o, "runbook_exists", json_boolean(plan->runbook.exists));
	json_object_set_new(o, "runbook_state", json_string(states[coverage_state(&c->coverage, a)]));
	json_object_set_new(o, "runbook_source", json_text_or_null(str_c(plan_source_name(plan->runbook.from.source))));
	json_object_set_new(o, "runbook_title", json_text_or_null(plan->runbook.title));
	json_object_set_new(o, "runbook_url", json_text_or_null(plan->runbook.url));
	json_object_set_new(o, "owner", json_text_or_null(plan->owner.name));
	json_object_set_new(o, "severity", json_text_or_null(plan->severity.name));
	json_object_set_new(o, "severity_unknown", json_text_or_null(plan->severity.unknown));
	json_object_set_new(o, "page", json_boolean(plan->page));
	json_object_set_new(o, "unknown_labels", texts_json(&a->rule.unknown));
	json_object_set_new(o, "runbook_depends_on", texts_json(&a->runbook_depends));
	json_object_set_new(o, "owner_depends_on", texts_json(&a->owner_depends));
	json_object_set_new(o, "fired", json_boolean(a->fired));
	return o;
}

static json_t *place_json(const struct promrule *rule)
{
	json_t *line = rule->at.line ? json_integer(rule->at.line) : json_null();
	return json_pack("{s:o, s:o, s:o}", "alertname", json_text_or_null(rule->name), "file",
	                 json_text_or_null(str_c(rule->at.file)), "line", line);
}

static json_t *pairs_json(const struct covering *c)
{
	struct coverage_pairs pairs;
	json_t *list = json_array();

	coverage_find_pairs(&c->coverage, &pairs);
	for (size_t i = 0; i < pairs.n; i++) {
		json_t *pair = place_json(pairs.v[i].one);
		json_object_set_new(pair, "other", place_json(pairs.v[i].other));
		json_array_append_new(list, pair);
	}
	mem_cleanup(&pairs.v);
	return list;
}

static json_t *duration_json(int64_t ms)
{
	char text[TIME_DURATION_MAX];
	return json_string(time_duration_format(ms, text));
}

static json_t *restarts_json(const struct covering *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->coverage.n; i++) {
		int64_t wanted = coverage_hold_wanted(&c->coverage.v[i]);
		if (!wanted)
			continue;
		json_t *one = place_json(&c->coverage.v[i].rule);
		json_object_set_new(one, "for", duration_json(c->coverage.v[i].rule.for_ms));
		json_object_set_new(one, "resolve_hold", duration_json(c->coverage.v[i].plan.resolve_hold.ms));
		json_object_set_new(one, "resolve_hold_wanted", duration_json(wanted));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *unread_json(const struct covering *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->err->count; i++)
		json_array_append_new(list, json_text_or_null(str_c(c->err->lines[i])));
	return list;
}

json_t *covering_json(const struct covering *c)
{
	struct coverage_totals t = coverage_count(&c->coverage);
	json_t *list = json_array();

	for (size_t i = 0; i < c->coverage.n; i++)
		json_array_append_new(list, alert_json(c, &c->coverage.v[i]));
	json_t *totals =
		json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "alerts", (json_int_t)c->coverage.n, "with_runbook",
	              (json_int_t)t.with_runbook, "with_existing_runbook", (json_int_t)t.with_existing_runbook,
	              "with_owner", (json_int_t)t.with_owner, "covered", (json_int_t)t.covered, "depends",
	              (json_int_t)t.depends, "not_sent", (json_int_t)c->coverage.not_sent);
	json_t *out = json_pack("{s:o, s:o, s:o, s:o, s:o}", "alerts", list, "totals", totals, "unread", unread_json(c),
	                        "same_labels", pairs_json(c), "restart_refires", restarts_json(c));
	covering_rules_json(c, out);
	return out;
}

/* ---- for people ---- */

static void text_cell(struct table *t, struct str s)
{
	table_add(t, s.n ? s : STR("-"));
}

/* "depends on a, b" */
static void depends_text(const struct strs *names, struct buf *out)
{
	for (size_t i = 0; i < names->n; i++)
		buf_printf(out, "%s%.*s", i ? ", " : "depends on ", STR_ARG(names->v[i]));
}

static void owner_cell(struct table *t, const struct coverage_alert *a)
{
	AUTOBUF struct buf depends;

	buf_init(&depends, SIZE_MAX);
	depends_text(&a->owner_depends, &depends);
	text_cell(t, a->plan.owner.name.n ? a->plan.owner.name : buf_str(&depends));
}

static void runbook_cell(const struct covering *c, struct table *t, const struct coverage_alert *a)
{
	static const char *const notes[] = {"", " (elsewhere)", " (no such page)", "", "-"};
	AUTOBUF struct buf depends;

	buf_init(&depends, SIZE_MAX);
	if (!a->plan.runbook.value.n)
		depends_text(&a->runbook_depends, &depends);
	table_printf(t, "%.*s%.*s%s", STR_ARG(a->plan.runbook.value), STR_ARG(buf_str(&depends)),
	             notes[coverage_state(&c->coverage, a)]);
}

static void coverage_row(const struct covering *c, struct table *t, const struct coverage_alert *a)
{
	const struct plan *plan = &a->plan;

	text_cell(t, a->rule.name);
	text_cell(t, labels_get(&a->rule.labels, STR("severity")));
	text_cell(t, plan->severity.name);
	owner_cell(t, a);
	text_cell(t, plan->rule ? plan->rule->name : (struct str){0});
	runbook_cell(c, t, a);
}

static void add_place_cell(struct table *t, struct pos at)
{
	if (at.line)
		table_printf(t, "%s:%d", at.file, at.line);
	else
		text_cell(t, str_c(at.file));
}

/* Prints a table with a blank line before it, unless it would be empty. */
void covering_print_part(struct table *t, size_t rows)
{
	if (rows) {
		putchar('\n');
		table_print(t, stdout);
	}
	table_free(t);
}

static void print_unknown(const struct covering *c)
{
	static const char *const titles[] = {"ALERT", "LABEL KNOWN ONLY WHEN IT FIRES", "WHERE", NULL};
	struct table *t = table_new(titles);
	size_t rows = 0;

	for (size_t i = 0; i < c->coverage.n; i++) {
		const struct promrule *rule = &c->coverage.v[i].rule;
		for (size_t k = 0; k < rule->unknown.n; k++, rows++) {
			text_cell(t, rule->name);
			text_cell(t, rule->unknown.v[k]);
			add_place_cell(t, rule->at);
		}
	}
	covering_print_part(t, rows);
}

/* Each word once, with the first alert that has it. */
static void print_severities(const struct covering *c)
{
	static const char *const titles[] = {"SEVERITY LABEL", "MEANING", "FIRST SEEN", "WHERE", NULL};
	struct table *t = table_new(titles);
	struct map *seen = map_new();

	for (size_t i = 0; i < c->coverage.n; i++) {
		const struct plan *plan = &c->coverage.v[i].plan;
		if (!plan->severity.unknown.n || map_set(seen, plan->severity.unknown, seen))
			continue;
		text_cell(t, plan->severity.unknown);
		table_printf(t, "not known, taken as %.*s", STR_ARG(plan->severity.name));
		text_cell(t, c->coverage.v[i].rule.name);
		add_place_cell(t, c->coverage.v[i].rule.at);
	}
	covering_print_part(t, map_count(seen));
	map_free(seen);
}

static void print_missing(const struct covering *c)
{
	static const char *const titles[] = {"WITHOUT A RUNBOOK", "WHERE", NULL};
	struct table *t = table_new(titles);
	size_t rows = 0;

	for (size_t i = 0; i < c->coverage.n; i++) {
		const struct coverage_alert *a = &c->coverage.v[i];
		if (coverage_has_runbook(&c->coverage, a))
			continue;
		text_cell(t, a->rule.name);
		add_place_cell(t, a->rule.at);
		rows++;
	}
	covering_print_part(t, rows);
}

/* Both of them, for one of the two is to be changed. */
static void print_pairs(const struct covering *c)
{
	static const char *const titles[] = {"SAME NAME AND LABELS", "WHERE", "AND WHERE", NULL};
	struct table *t = table_new(titles);
	struct coverage_pairs pairs;

	coverage_find_pairs(&c->coverage, &pairs);
	for (size_t i = 0; i < pairs.n; i++) {
		text_cell(t, pairs.v[i].one->name);
		add_place_cell(t, pairs.v[i].one->at);
		add_place_cell(t, pairs.v[i].other->at);
	}
	covering_print_part(t, pairs.n);
	if (pairs.n)
		table_text(
			"While one of the two ends and the other goes on, Prometheus says resolved and firing in turn for 15 "
			"minutes.");
	mem_cleanup(&pairs.v);
}

static void print_restarts(const struct covering *c)
{
	size_t n = 0;
	int64_t most = 0;

	for (size_t i = 0; i < c->coverage.n; i++) {
		int64_t wanted = coverage_hold_wanted(&c->coverage.v[i]);
		n += wanted > 0;
		most = wanted > most ? wanted : most;
	}
	char text[TIME_DURATION_MAX];
	if (n) {
		putchar('\n');
		table_text(
			"%zu alert%s with `for` of 3 to 9 minutes end and fire again when Prometheus restarts; resolve_hold: "
			"%s folds that (-o json lists them)",
			n, n == 1 ? "" : "s", time_duration_format(most, text));
	}
}

static void print_alerts(const struct covering *c)
{
	static const char *const titles[] = {"ALERT", "LABEL", "SEVERITY", "OWNER", "RULE", "RUNBOOK", NULL};
	struct table *t = table_new(titles);

	for (size_t i = 0; i < c->coverage.n; i++)
		coverage_row(c, t, &c->coverage.v[i]);
	table_print(t, stdout);
	table_free(t);
}

static void print_sums(const struct covering *c)
{
	struct coverage_totals sums = coverage_count(&c->coverage);
	size_t n = c->coverage.n;

	putchar('\n');
	table_text("%zu alert%s, %zu with a runbook (%.1f %%): %zu a page of the catalog, %zu a link elsewhere, unchecked; "
	           "%zu with an owner",
	           n, n == 1 ? "" : "s", sums.covered, coverage_percent(&c->coverage), sums.with_existing_runbook,
	           sums.covered - sums.with_existing_runbook, sums.with_owner);
	if (sums.depends)
		table_text("%zu more %s a runbook with some labels and none with others", sums.depends,
		           sums.depends == 1 ? "has" : "have");
	if (c->coverage.not_sent)
		table_text("%zu more %s never sent: alert_relabel_configs drop %s", c->coverage.not_sent,
		           c->coverage.not_sent == 1 ? "is" : "are", c->coverage.not_sent == 1 ? "it" : "them");
}

void covering_print(const struct covering *c)
{
	if (c->coverage.n) {
		print_alerts(c);
		print_missing(c);
		print_unknown(c);
		print_severities(c);
		print_pairs(c);
		print_restarts(c);
		covering_print_rules(c);
		print_sums(c);
	} else {
		printf("0 alerts\n");
	}
	if (err_any(c->err))
		printf("this is not all: %zu problem%s, see the errors\n", c->err->count + c->err->more,
		       c->err->count + c->err->more == 1 ? "" : "s");
}
