/*
 * runbookctl coverage: for every alert that can fire, or did, who would be told what: its rule, runbook, owner, severity.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_coverage_impl.h"
#include "setup/report.h"

static const struct flag rows[] = {
	{.name = "rules",
     .argument = "GLOB",
     .repeated = true,
     .doc = "files that define alerts, or folders of them with all below: rule files of Prometheus, vmalert, Loki and "
            "Mimir, "
            "PrometheusRule and VMRule objects, ConfigMaps, charts' values, Grafana's exported rules"},
	{.name = "skip",
     .argument = "PATTERN",
     .repeated = true,
     .doc = "files and folders below a folder to leave out; * and ? stand for others"},
	{.name = "prometheus",
     .argument = "URL",
     .repeated = true,
     .doc = "a Prometheus that is asked for its rules, its external labels and what fires; https, or http to loopback"},
	{.name = "external-labels",
     .argument = "NAME=VALUE,…",
     .repeated = true,
     .doc = "what the Prometheus adds to its alerts; without it any label may be added, and what then depends on one "
            "is said"},
	{.name = "source",
     .argument = "NAME",
     .doc = "the source that posts these alerts: its labels are added, renamed and dropped first (default the only one "
            "of the configuration)"},
	{.name = "journal",
     .argument = "GLOB",
     .repeated = true,
     .doc =
         "files of the decision journal: what did fire (default the configured journal, where nothing else is named)"},
	{.name = "min-runbook",
     .argument = "PERCENT",
     .doc = "exit 1 where fewer have a runbook; a link out of the runbook folder counts, a dead one does not"},
	{.name = "severity", .argument = "NAME", .repeated = true, .doc = "only alerts of this severity"},
	{.name = "owner", .argument = "NAME", .repeated = true, .doc = "only alerts of this owner"},
	{.name = "ignore",
     .argument = "PATTERN",
     .repeated = true,
     .doc = "leave out alerts of this name; * and ? stand for others"},
	{.name = "suggest", .doc = "print rules for what has no runbook, with the evidence for each"},
};

/* ---- filters ---- */

static bool is_ignored(const struct covering *c, struct str alertname)
{
	const char *const *patterns;
	size_t n = flags_all(c->flags, "ignore", &patterns);
	AUTOFREE char *name = mem_str(alertname);

	for (size_t i = 0; i < n; i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

static bool severity_wanted(const struct covering *c, const struct plan *plan)
{
	const char *const *names;
	size_t n = flags_all(c->flags, "severity", &names);

	for (size_t i = 0; i < n; i++)
		if (catalog_severity(c->config->catalog, str_c(names[i])) == plan->severity.entry)
			return true;
	return !n;
}

static bool owner_wanted(const struct covering *c, const struct plan *plan)
{
	const char *const *names;
	size_t n = flags_all(c->flags, "owner", &names);

	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_c(names[i]), plan->owner.name))
			return true;
	return !n;
}

static bool alert_wanted(void *arg, struct str alertname, const struct plan *plan)
{
	const struct covering *c = arg;
	return plan ? severity_wanted(c, plan) && owner_wanted(c, plan) : !is_ignored(c, alertname);
}

/* ---- what is asked for ---- */

static bool read_percent(struct ctl *c, double *out)
{
	const char *text = flags_get(c->flags, "min-runbook");
	char *end;

	*out = -1;
	if (!text)
		return true;
	*out = strtod(text, &end);
	end += *end == '%';
	if (end != text && !*end && *out >= 0 && *out <= 100)
		return true;
	ctl_error("--min-runbook: '%s' is no number from 0 to 100", text);
	return false;
}

static bool severities_known(const struct covering *c)
{
	const char *const *names;
	size_t n = flags_all(c->flags, "severity", &names), unknown = 0;

	for (size_t i = 0; i < n; i++)
		if (!catalog_severity(c->config->catalog, str_c(names[i]))) {
			ctl_error("--severity: the catalog knows no '%s'", names[i]);
			unknown++;
		}
	return !unknown;
}

/* Of several sources nobody can say here which: then what they do is left out. */
static bool choose_source(struct covering *c)
{
	const char *name = flags_get(c->flags, "source");
	const struct config_source *source = name ? config_source(c->config, str_c(name)) : NULL;

	if (name && !source)
		ctl_error("--source: the configuration has no source '%s'", name);
	if (!name && c->config->source_count == 1)
		source = &c->config->sources[0];
	c->coverage.source = source ? &source->labels : NULL;
	return source || !name;
}

static bool read_stated_labels(struct covering *c)
{
	AUTOERR struct err err = ERR_INIT;
	const char *const *values;
	size_t n = flags_all(c->flags, "external-labels", &values);
	bool good = true;

	for (size_t i = 0; i < n; i++)
		good &= alert_sender_state(c->coverage.arena, &c->stated, str_c(values[i]), &err);
	ctl_errors(&err);
	return good;
}

static void read_each(struct covering *c, const char *flag, void (*read)(struct covering *c, const char *value))
{
	const char *const *values;
	size_t n = flags_all(c->flags, flag, &values);

	for (size_t i = 0; i < n; i++)
		read(c, values[i]);
}

static bool read_configured_journal(struct covering *c)
{
	if (!c->config->journal.path.n)
		return false;
	covering_read_journal(c, arena_cstr(c->coverage.arena, c->config->journal.path));
	return !err_any(c->err);
}

/* False where nothing says which alerts there are. */
static bool read_sources(struct covering *c, const struct ctl *ctl)
{
	const char *const *patterns;
	size_t n = flags_all(c->flags, "rules", &patterns);

	if (!ctl->word_count && !n && !flags_given(c->flags, "prometheus") && !flags_given(c->flags, "journal"))
		return read_configured_journal(c);
	covering_read_rules(c, patterns, n);
	covering_read_rules(c, ctl->words, ctl->word_count); /* --rules *.yml as the shell hands it over */
	read_each(c, "prometheus", covering_read_prometheus);
	read_each(c, "journal", covering_read_journal);
	return true;
}

/* ---- the answer ---- */

static void print_coverage_found(const struct covering *c, bool json)
{
	bool suggest = flags_given(c->flags, "suggest");

	report_lines("runbookctl: warning", &c->warnings);
	if (json) {
		json_t *document = covering_json(c);
		if (suggest)
			json_object_set_new(document, "suggestions", covering_suggest_json(c));
		ctl_print_json(document);
		json_decref(document);
	} else if (suggest) {
		covering_suggest_print(c);
	} else {
		covering_print(c);
	}
}

static enum ctl_status judge_coverage(const struct covering *c, double least)
{
	double percent = coverage_percent(&c->coverage);
	bool none = !c->coverage.n;

	ctl_errors(c->err);
	if (none && (least >= 0 || err_any(c->err)))
		ctl_error("there is no alert whose runbook could count");
	else if (percent < least)
		ctl_error("%.1f %% of %zu %s a runbook, %g %% are asked for", percent, c->coverage.n,
		          c->coverage.n == 1 ? "alert has" : "alerts have", least);
	return err_any(c->err) || percent < least || (least >= 0 && none) ? CTL_FAILED : CTL_OK;
}

static enum ctl_status cover_named(struct ctl *ctl, struct covering *c, double least)
{
	if (!severities_known(c) || !choose_source(c) || !read_stated_labels(c))
		return CTL_USAGE;
	if (!read_sources(c, ctl)) {
		ctl_errors(c->err);
		ctl_error("coverage needs --rules, --prometheus or --journal: there is no configured journal to go by");
		return CTL_USAGE;
	}
	print_coverage_found(c, ctl->json);
	return judge_coverage(c, least);
}

static enum ctl_status cover(struct ctl *ctl, const struct config *config, double least)
{
	AUTOERR struct err err = ERR_INIT;
	struct covering c = {.config = config, .flags = ctl->flags, .err = &err, .warnings = ERR_INIT};

	coverage_init(&c.coverage, ctl->arena, config->ruleset, config->catalog, &config->defaults);
	c.coverage.wanted = alert_wanted;
	c.coverage.arg = &c;
	enum ctl_status status = cover_named(ctl, &c, least);
	err_release(&c.warnings);
	alert_sender_release(&c.stated);
	coverage_release(&c.coverage);
	return status;
}

static enum ctl_status run_coverage(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	const struct config_options options = {.file = c->config_file, .no_secrets = true, .reads_only = true};
	double least;

	if (!read_percent(c, &least))
		return CTL_USAGE;
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, &err, &warnings);
	enum ctl_status status = config ? cover(c, config, least) : CTL_FAILED;
	ctl_errors(&err);
	config_unref(config);
	config_files_free(files);
	return status;
}

const struct cmd cmd_coverage = {
	.name = "coverage",
	.arguments = "[--rules=GLOB…] [--prometheus=URL] [--journal=GLOB…]",
	.doc =
		"Shows for every alert that can fire (rule files of every kind, a Prometheus), or did (the journal), its rule, "
		"runbook, owner and severity, what depends on which label, and what has no runbook.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_coverage,
};
