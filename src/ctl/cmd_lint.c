/*
 * runbookctl lint: what is suspicious about the rules and runbooks although they load, without a daemon.
 */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "config/config.h"
#include "ctl/cmd.h"
#include "ctl/rule_files.h"
#include "io/loop.h"
#include "lint/coverage.h"
#include "lint/runbook_lint.h"
#include "lint/schedule_lint.h"
#include "lint_impl.h"

static const struct flag rows[] = {
	{.name = "fail-on",
     .argument = "LEVEL",
     .fallback = "error",
     .values = "error warning",
     .doc = "exit 1 from this level on: error or warning"},
	{.name = "baseline", .argument = "FILE", .doc = "findings that this file knows do not fail"},
	{.name = "write-baseline", .argument = "FILE", .doc = "write the findings of this run as a baseline, and exit 0"},
	{.name = "owner",
     .argument = "NAME",
     .doc = "only findings about rules that set this owner or runbooks that have it, and what cannot be loaded"},
	{.name = "as-of",
     .argument = "DATE",
     .doc = "the day on which reviews are overdue or not, and from which schedules are looked at (default today)"},
	{.name = "journal",
     .argument = "GLOB",
     .repeated = true,
     .doc = "decision journals (or their folder): also say which rules matched and never won, and which labels of "
            "rules no "
            "alert had"},
	{.name = "rules",
     .argument = "GLOB",
     .repeated = true,
     .doc = "alert definitions, as coverage reads them: also say which make Prometheus flap by itself, and which "
            "labels of "
            "rules no alert has"},
};

/* ---- what loading says ---- */

static struct str take_line_number(struct str rest, int *out)
{
	int64_t value;
	ptrdiff_t colon = str_index(rest, ':');

	*out = 0;
	if (colon <= 0 || !str_to_i64(str_slice(rest, 0, (size_t)colon), &value) || value < 0 || value > INT32_MAX)
		return rest;
	*out = (int)value;
	return str_slice(rest, (size_t)colon + 1, rest.n);
}

struct loaded {
	const struct config_files *files;
	const char *config_file;
	struct str folder; /* of the runbooks */
};

static bool names_it(struct str line, struct str name)
{
	return name.n < line.n && str_starts(line, name) && line.p[name.n] == ':';
}

/* "FILE:LINE:COLUMN: error: …", "FILE:LINE: …" or "FILE: …" of a file that was read; else it is about the configuration. */
static void add_load_finding(struct lint *out, enum lint_code code, const struct loaded *from, const char *line)
{
	const struct strs names = config_files_names(from->files);
	struct str rest = str_c(line), file = str_c(from->config_file);
	struct pos at = {0};

	for (size_t i = 0; i < names.n; i++)
		if (names_it(rest, names.v[i])) {
			file = names.v[i];
			rest = take_line_number(str_slice(rest, (size_t)str_index(rest, ':') + 1, rest.n), &at.line);
			rest = at.line ? take_line_number(rest, &at.column) : rest;
			break;
		}
	if (from->folder.n && at.line == 0 && str_starts(rest, from->folder) && str_find(rest, STR(": ")) > 0) {
		file = str_slice(rest, 0, (size_t)str_find(rest, STR(": "))); /* a page that was refused before it was read */
		rest = str_slice(rest, file.n + 1, rest.n);
	}
	rest = str_trim(rest);
	static const char *const words[] = {"error: ", "warning: "};
	for (size_t i = 0; i < 2; i++)
		if (str_starts(rest, str_c(words[i])))
			rest = str_slice(rest, strlen(words[i]), rest.n);
	at.file = arena_cstr(out->arena, file);
	lint_add(out, code, NULL, at, (struct pos){0}, "%.*s", STR_ARG(rest));
}

static void add_lines(struct lint *out, enum lint_code code, const struct loaded *from, const struct err *err)
{
	for (size_t i = 0; i < err->count; i++)
		add_load_finding(out, code, from, err->lines[i]);
	if (err->more)
		lint_add(out, code, NULL, (struct pos){from->config_file, 0, 0}, (struct pos){0}, "… and %zu more", err->more);
}

/* ---- looking ---- */

/* The definitions' places live in the arena of the command. `e`: what the journals say, which is evidence of labels too. */
static void look_at_definitions(struct ctl *c, const struct config *config, const struct evidence *e, struct lint *out,
                                struct err *err)
{
	const char *const *patterns;
	size_t n = flags_all(c->flags, "rules", &patterns);
	AUTOERR struct err notes = ERR_INIT;
	struct rule_files files = {.arena = c->arena, .err = err, .notes = &notes};
	const struct alert_sender sender = {0};
	struct coverage coverage;

	for (size_t i = 0; i < n; i++)
		rule_files_read(&files, patterns[i]);
	coverage_init(&coverage, c->arena, config->ruleset, config->catalog, &config->defaults);
	coverage.sender = &sender;
	coverage_add_definitions(&coverage, COVERAGE_FILES, &files.rules);
	for (size_t i = 0; i < e->n; i++)
		coverage_know_labels(&coverage, &e->v[i].alert.labels, e->v[i].times);
	lint_definitions(&coverage, out);
	coverage_release(&coverage);
	promrules_release(&files.rules);
}

static bool has_comments(struct str file)
{
	return str_ends(file, STR(".yml")) || str_ends(file, STR(".yaml")) || str_ends(file, STR(".md"));
}

static void ignore_in_place(const struct config_files *files, struct lint *out)
{
	const struct strs names = config_files_names(files);

	for (size_t i = 0; i < names.n; i++) {
		struct str text;
		AUTOFREE char *name = mem_str(names.v[i]);
		if (has_comments(names.v[i]) && config_files_text(files, names.v[i], &text))
			lint_ignore(out, name, text);
	}
}

/* ---- runbooks ---- */

/* The catalog's positions are relative to its folder; people and editors look from here. */
static struct pos from_working_folder(const struct config *config, const struct lint *l, struct pos at)
{
	if (at.file && catalog_text(config->catalog, str_c(at.file)))
		at.file = arena_printf(l->arena, "%.*s/%s", STR_ARG(config->runbook_folder), at.file);
	return at;
}

static void look_at_runbooks(const struct config *config, int64_t as_of, struct lint *out)
{
	const struct lint_folder f = {.rules = config->ruleset,
	                              .catalog = config->catalog,
	                              .as_of_ms = as_of,
	                              .on_disk = config_page_on_disk,
	                              .receiver_known = config_tells,
	                              .arg = (void *)(uintptr_t)config};
	lint_runbooks(&f, out);
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].at = from_working_folder(config, out, out->v[i].at);
		out->v[i].other = from_working_folder(config, out, out->v[i].other);
	}
}

static void look_at_uses(const struct config *config, const struct runbook_uses *uses, struct lint *out)
{
	size_t before = out->n;

	lint_runbook_uses(uses, out);
	for (size_t i = before; i < out->n; i++)
		out->v[i].at = from_working_folder(config, out, out->v[i].at);
}

static bool read_journals(struct ctl *c, struct evidence *e, struct err *err)
{
	const char *const *patterns;
	size_t n = flags_all(c->flags, "journal", &patterns);
	bool good = true;

	for (size_t i = 0; i < n; i++)
		good &= evidence_read(e, patterns[i], err);
	if (e->unreadable)
		fprintf(stderr, "runbookctl: warning: %zu lines of the journal hold no alert\n", e->unreadable);
	if (e->full)
		fprintf(stderr,
		        "runbookctl: warning: the journal holds more than %d different alerts, the others do not count\n",
		        LINT_ALERTS_MAX);
	return good;
}

/* Alerts that came, and alerts that may come. `uses`: what became of runbooks, as JSON; NULL where no journal is named. */
static bool look_at_alerts(struct ctl *c, const struct config *config, const struct lint_world *w, struct lint *out,
                           json_t **uses, struct err *err)
{
	struct evidence e;

	evidence_init(&e, config->catalog);
	bool good = read_journals(c, &e, err);
	lint_evidence(w, e.v, e.n, out);
	look_at_uses(config, &e.uses, out);
	*uses = flags_given(c->flags, "journal") ? lint_uses_json(&e.uses) : NULL;
	look_at_definitions(c, config, &e, out, err);
	evidence_release(&e);
	return good;
}

static bool read_as_of(const struct ctl *c, int64_t *ms)
{
	const char *given = flags_get(c->flags, "as-of");
	AUTOFREE char *full = given ? mem_printf("%sT00:00:00Z", given) : NULL;
	*ms = loop_wall_ms();
	if (!given || (strlen(given) == 10 && time_parse(str_c(full), ms)))
		return true;
	ctl_error("--as-of: '%s' is no date such as 2026-01-31", given);
	return false;
}

static bool lint_configuration(struct ctl *c, int64_t as_of, struct lint *out, json_t **uses, struct err *err)
{
	AUTOERR struct err errors = ERR_INIT, warnings = ERR_INIT;
	const struct config_options options = {
		.file = c->config_file, .no_secrets = true, .reads_only = true, .tolerant = true};
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, &errors, &warnings);
	bool good = true;

	const struct loaded from = {files, c->config_file, config ? config->runbook_folder : (struct str){NULL, 0}};
	add_lines(out, LINT_LOAD_ERROR, &from, &errors);
	add_lines(out, LINT_LOAD_WARNING, &from, &warnings);
	if (config) {
		const struct lint_world w = {config->ruleset, config->catalog, &config->defaults,
		                             config_tells,    config,          !err_any(&errors)};
		if (!config->names_doubtful)
			lint_references(&w, out);
		lint_rules(&w, out);
		if (!config->names_doubtful)
			look_at_runbooks(config, as_of, out);
		if (!config->names_doubtful)
			lint_schedules(config->catalog, as_of, out);
		good = look_at_alerts(c, config, &w, out, uses, err);
		good &= !err_any(err);
	}
	ignore_in_place(files, out);
	config_unref(config);
	config_files_free(files);
	return good;
}

/* ---- the command ---- */

/* What cannot be loaded concerns everybody: the findings are not complete then. */
static void keep_owner(struct lint *l, const char *owner)
{
	size_t kept = 0;

	for (size_t i = 0; owner && i < l->n; i++)
		if (l->v[i].code == LINT_LOAD_ERROR || str_eq_nocase(l->v[i].owner, str_c(owner)))
			l->v[kept++] = l->v[i];
	l->n = owner ? kept : l->n;
}

static void report_findings(const struct ctl *c, const struct lint *l, json_t *uses)
{
	json_t *document = c->sarif ? lint_sarif(l, flags_given(c->flags, "baseline")) : c->json ? lint_json(l) : NULL;
	if (uses && c->json && !c->sarif)
		json_object_set(document, "runbooks", uses);
	if (document)
		ctl_print_json(document);
	else
		lint_print(l);
	json_decref(document);
}

static bool fails(const struct lint *l, enum lint_level from)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].known && l->v[i].level >= from)
			return true;
	return false;
}

static enum ctl_status lint(struct ctl *c, enum lint_level fail_on, int64_t as_of, struct lint *l)
{
	AUTOERR struct err err = ERR_INIT;
	const char *baseline = flags_get(c->flags, "baseline"), *write = flags_get(c->flags, "write-baseline");
	json_t *uses = NULL;
	bool good = lint_configuration(c, as_of, l, &uses, &err);

	keep_owner(l, flags_get(c->flags, "owner"));
	lint_sort(l);
	if (baseline)
		good &= lint_baseline_apply(l, baseline, &err);
	report_findings(c, l, uses);
	json_decref(uses);
	if (write)
		good &= lint_baseline_write(l, write, &err);
	ctl_errors(&err);
	return good && (write || !fails(l, fail_on)) ? CTL_OK : CTL_FAILED;
}

static enum ctl_status run_lint(struct ctl *c)
{
	const char *from = flags_get(c->flags, "fail-on");
	struct lint l;
	int64_t as_of;

	if (c->word_count) {
		ctl_error("lint takes no words: it looks at what the configuration names");
		return CTL_USAGE;
	}
	if (strcmp(from, "error") != 0 && strcmp(from, "warning") != 0) {
		ctl_error("--fail-on: '%s' is neither error nor warning", from);
		return CTL_USAGE;
	}
	if (!read_as_of(c, &as_of))
		return CTL_USAGE;
	lint_init(&l);
	enum ctl_status status = lint(c, *from == 'e' ? LINT_ERROR : LINT_WARNING, as_of, &l);
	lint_release(&l);
	return status;
}

const struct cmd cmd_lint = {
	.name = "lint",
	.arguments = "",
	.doc = "Finds rules that can never be reached, have no effect, repeat or contradict themselves, names that do not "
		   "exist, and runbooks with dead links, gaps and contradictions.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.sarif = true,
	.topic = "lint",
	.run = run_lint,
};
