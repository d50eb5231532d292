/*
 * The parts of help that are tables: settings, lint codes, metrics, …; each printed from the rows that the program itself
 * works with.
 */
#include <string.h>

#include "base/mem.h"
#include "catalog/catalog.h"
#include "config/config.h"
#include "config/web.h"
#include "help/help.h"
#include "lint/lint.h"
#include "rules/rulefile.h"
#include "service/journal_lines.h"
#include "service/router.h"
#include "setup/rule_test_file.h"

/* ---- files ---- */

/* Settings of a tree, all of them or those at or below `only`. */
struct listing {
	const struct manual *page;
	struct str only;
	size_t count;
};

static bool is_setting_below(struct str path, struct str above)
{
	if (!above.n || str_eq(path, above))
		return true;
	return path.n > above.n && str_starts(path, above) && strchr(".[", path.p[above.n]);
}

static void print_setting(void *arg, struct str path, const struct option *row)
{
	struct listing *l = arg;
	AUTOBUF struct buf note;
	const char *fallback = option_default_text(row);

	buf_init(&note, SIZE_MAX);
	if (!is_setting_below(path, l->only))
		return;
	l->count++;
	buf_add_char(&note, '(');
	option_print_type(row, &note);
	if (row->required || *fallback)
		buf_printf(&note, ", %s%s", row->required ? "" : "default ", fallback);
	buf_add_char(&note, ')');
	manual_entry(l->page, path, buf_str(&note), str_c(row->doc));
}

static size_t print_table(const struct manual *page, const struct option_table *table, const char *only)
{
	struct listing l = {.page = page, .only = str_c(only)};
	options_walk(table, print_setting, &l);
	return l.count;
}

void help_print_settings(const struct manual *page)
{
	print_table(page, &config_table, "");
}

size_t help_print_settings_of(const struct manual *page, const char *path)
{
	return print_table(page, &config_table, path);
}

#define SETTINGS_GUESSED 1024

struct guessed {
	struct arena *arena;
	struct strs paths;
};

static void keep_setting_path(void *arg, struct str path, const struct option *row)
{
	struct guessed *g = arg;

	(void)row;
	if (g->paths.n < SETTINGS_GUESSED)
		g->paths.v[g->paths.n++] = arena_str(g->arena, path);
}

const char *help_meant_setting(struct arena *arena, const char *path)
{
	struct guessed g = {arena, {arena_alloc(arena, SETTINGS_GUESSED * sizeof(struct str)), 0}};

	options_walk(&config_table, keep_setting_path, &g);
	return options_meant(arena, str_c(path), &g.paths);
}

void help_print_rules(const struct manual *page)
{
	manual_heading(page, 2, STR("What a rule file may say"));
	print_table(page, &rulefile_table, "");
	manual_heading(page, 2, STR("What a file of tests may say"));
	print_table(page, &rule_test_table, "");
}

void help_print_catalog(const struct manual *page)
{
	manual_heading(page, 2, STR("What catalog.yml may say"));
	print_table(page, &catalog_yaml_table, "");
}

void help_print_web(const struct manual *page)
{
	manual_heading(page, 2, STR("What the file of --web.config.file may say"));
	print_table(page, &web_config_table, "");
}

/* ---- receivers ---- */

static bool is_named_among(const char *name, const char *const *names)
{
	for (; names && *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static void print_option(const struct manual *page, const struct receiver_kind *kind, const struct option *row)
{
	AUTOBUF struct buf note;
	const char *fallback = option_default_text(row);
	bool required = row->required || is_named_among(row->name, kind->required);

	buf_init(&note, SIZE_MAX);
	buf_add_char(&note, '(');
	option_print_type(row, &note);
	if (required)
		buf_add_c(&note, ", required");
	else if (*fallback)
		buf_printf(&note, ", default %s", fallback);
	buf_printf(&note, "%s)", is_named_among(row->name, kind->secrets) ? ", secret" : "");
	manual_entry(page, str_c(row->name), buf_str(&note), str_c(row->doc));
}

void help_print_kind(const struct manual *page, const struct receiver_kind *kind)
{
	AUTOFREE char *about = mem_printf("%s. Counts as %s. When members join or leave: %s", kind->doc,
	                                  receiver_use_name(kind->use), kind->update);

	manual_heading(page, 2, str_c(kind->name));
	manual_paragraph(page, str_c(about));
	for (size_t i = 0; i < kind->option_count; i++)
		if (kind->options[i].type != OPTION_FOREIGN)
			print_option(page, kind, &kind->options[i]);
}

void help_print_receivers(const struct manual *page)
{
	const struct receiver_kind *const *kinds;
	size_t n = receiver_kinds(&kinds);

	for (size_t i = 0; i < n; i++)
		help_print_kind(page, kinds[i]);
}

/* Of names that stand below another ("runbook.url") that other one says what there is. */
void help_print_templates(const struct manual *page)
{
	char before[64] = "";

	for (const char *const *name = receiver_template_names(); *name; name++) {
		char word[sizeof before];
		snprintf(word, sizeof word, "%.*s", (int)strcspn(*name, "."), *name);
		const char *doc = receiver_template_doc(word);
		if (doc && strcmp(word, before) != 0)
			manual_entry(page, str_c(word), STR(""), str_c(doc));
		memcpy(before, word, sizeof before);
	}
}

/* ---- what the daemon says ---- */

void help_print_lint(const struct manual *page)
{
	for (int i = 0; i < LINT_CODES; i++) {
		AUTOFREE char *level = mem_printf("(%s)", lint_level_name(lint_codes[i].level));
		manual_entry(page, str_c(lint_codes[i].name), str_c(level), str_c(lint_codes[i].doc));
	}
}

static const char *metric_type_name(enum metric_type type)
{
	switch (type) {
	case METRIC_COUNTER: return "counter";
	case METRIC_GAUGE: return "gauge";
	case METRIC_HISTOGRAM: return "histogram";
	}
	return "";
}

void help_print_metrics(const struct manual *page)
{
	for (size_t i = 0; i < ROUTER_METRICS; i++) {
		const struct metric_row *row = &router_metrics[i];
		AUTOBUF struct buf term;
		AUTOFREE char *type = mem_printf("(%s)", metric_type_name(row->type));
		buf_init(&term, SIZE_MAX);
		buf_printf(&term, "runbookd_%s", row->name);
		for (size_t n = 0; n < METRICS_LABELS_MAX && row->labels[n]; n++)
			buf_printf(&term, "%s%s", n ? "," : "{", row->labels[n]);
		buf_add_c(&term, *row->labels ? "}" : "");
		manual_entry(page, buf_str(&term), str_c(type), str_c(row->help));
	}
}

static void print_journal_rows(const struct manual *page, const struct journal_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTOFREE char *events = mem_printf(*rows[i].events ? "(%s)" : "", rows[i].events);
		manual_entry(page, str_c(rows[i].field), str_c(events), str_c(rows[i].doc));
	}
}

void help_print_journal(const struct manual *page)
{
	const struct journal_row *rows;
	size_t n = journal_events(&rows);

	print_journal_rows(page, rows, n);
	manual_heading(page, 2, STR("The other members of a line, and the events that have them"));
	n = journal_rows(&rows);
	print_journal_rows(page, rows, n);
}
