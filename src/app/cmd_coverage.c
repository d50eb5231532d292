/*
 * runbookctl coverage: for every alert that can fire, or did, who would be told what: its rule, runbook, owner, severity.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_coverage_impl.h"

#define KEY_MAX ((size_t)16 << 20) /* far above what a source lets through */

static const struct flag rows[] = {
	{.name = "rules",
     .argument = "GLOB",
     .repeated = true,
     .doc = "Prometheus rule files and PrometheusRule objects, or folders of them"},
	{.name = "prometheus",
     .argument = "URL",
     .repeated = true,
     .doc = "a Prometheus whose /api/v1/rules is asked; https, or http to loopback"},
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

static bool ignored(const struct coverage *c, const struct promrule *rule)
{
	const char *const *patterns;
	size_t n = flags_all(c->flags, "ignore", &patterns);
	AUTOFREE char *name = mem_str(rule->name);

	for (size_t i = 0; i < n; i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

static bool severity_wanted(const struct coverage *c, const struct plan *plan)
{
	const char *const *names;
	size_t n = flags_all(c->flags, "severity", &names);

	for (size_t i = 0; i < n; i++)
		if (catalog_severity(c->config->catalog, str_c(names[i])) == plan->severity.entry)
			return true;
	return !n;
}

static bool owner_wanted(const struct coverage *c, const struct plan *plan)
{
	const char *const *names;
	size_t n = flags_all(c->flags, "owner", &names);

	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_c(names[i]), plan->owner.name))
			return true;
	return !n;
}

/* ---- one alert ---- */

static void evaluate(const struct coverage *c, struct arena *arena, const struct promrule *rule, struct plan *plan)
{
	char *fingerprint = arena_alloc(arena, ALERT_FINGERPRINT_MAX);
	struct alert *alert = arena_alloc(arena, sizeof *alert);

	alert->labels = rule->labels;
	alert->annotations = rule->annotations;
	alert->fingerprint = str_c(labels_fingerprint(&rule->labels, fingerprint));
	ruleset_evaluate(c->config->ruleset, alert, NULL, arena, plan);
}

static void make_key(const struct promrule *rule, const struct plan *plan, struct buf *key)
{
	const struct str parts[] = {rule->name, labels_get(&rule->labels, STR("severity")), plan->owner.name,
	                            plan->severity.name, plan->runbook.value};

	buf_init(key, KEY_MAX);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buf_printf(key, "%zu:", parts[i].n);
		buf_add(key, parts[i]);
	}
	if (plan->rule)
		buf_add(key, plan->rule->name);
}

/* Every definition of a file counts; another source repeats what is known, and a journal itself. */
static bool known_already(const struct coverage *c, enum coverage_source source, const struct promrule *rule,
                          const struct plan *plan)
{
	AUTOBUF struct buf key;

	make_key(rule, plan, &key);
	const enum coverage_source *first = map_get(c->seen, buf_str(&key));
	return first && (source == COVERAGE_JOURNAL || source != *first);
}

static void remember(struct coverage *c, const struct coverage_alert *a)
{
	AUTOBUF struct buf key;

	make_key(&a->rule, &a->plan, &key);
	if (map_get(c->seen, buf_str(&key)))
		return;
	enum coverage_source *first = arena_alloc(c->arena, sizeof *first);
	*first = a->source;
	map_set(c->seen, buf_str(&key), first);
}

static bool wanted(const struct coverage *c, enum coverage_source source, const struct promrule *rule,
                   const struct plan *plan)
{
	return severity_wanted(c, plan) && owner_wanted(c, plan) && !known_already(c, source, rule, plan);
}

bool coverage_is_news(const struct coverage *c, enum coverage_source source, const struct promrule *rule)
{
	AUTOARENA struct arena *scratch = arena_new();
	struct plan plan;

	if (ignored(c, rule))
		return false;
	evaluate(c, scratch, rule, &plan);
	return wanted(c, source, rule, &plan);
}

void coverage_add(struct coverage *c, enum coverage_source source, const struct promrule *rule)
{
	struct coverage_alert a = {.rule = *rule, .source = source};

	if (ignored(c, rule))
		return;
	evaluate(c, c->arena, rule, &a.plan);
	if (!wanted(c, source, rule, &a.plan))
		return;
	remember(c, &a);
	MEM_ROOM(c->v, c->n, c->capacity);
	c->v[c->n++] = a;
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

static bool check_severities(const struct coverage *c)
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

static void read_all(struct coverage *c, const char *flag, void (*read)(struct coverage *c, const char *value))
{
	const char *const *values;
	size_t n = flags_all(c->flags, flag, &values);

	for (size_t i = 0; i < n; i++)
		read(c, values[i]);
}

static bool read_configured_journal(struct coverage *c)
{
	if (!c->config->journal.path.n)
		return false;
	coverage_read_journal(c, arena_printf(c->arena, "%.*s/*.jsonl", STR_ARG(c->config->journal.path)));
	return !err_any(c->err);
}

/* False where nothing says which alerts there are. */
static bool read_sources(struct coverage *c, const struct ctl *ctl)
{
	bool named = ctl->word_count || flags_given(c->flags, "rules") || flags_given(c->flags, "prometheus") ||
	             flags_given(c->flags, "journal");

	if (!named)
		return read_configured_journal(c);
	read_all(c, "rules", coverage_read_rules);
	for (size_t i = 0; i < ctl->word_count; i++) /* --rules *.yml as the shell hands it over */
		coverage_read_rules(c, ctl->words[i]);
	read_all(c, "prometheus", coverage_read_prometheus);
	read_all(c, "journal", coverage_read_journal);
	return true;
}

/* ---- the answer ---- */

static void print(const struct coverage *c, bool json)
{
	bool suggest = flags_given(c->flags, "suggest");

	for (size_t i = 0; i < c->warnings.count; i++)
		fprintf(stderr, "runbookctl: warning: %s\n", c->warnings.lines[i]);
	if (json) {
		json_t *document = coverage_json(c);
		if (suggest)
			json_object_set_new(document, "suggestions", coverage_suggest_json(c));
		ctl_print_json(document);
		json_decref(document);
	} else if (suggest) {
		coverage_suggest_print(c);
	} else {
		coverage_print(c);
	}
}

static enum ctl_status judge(const struct coverage *c, double least)
{
	double percent = coverage_percent(c);

	ctl_errors(c->err);
	if (least >= 0 && !c->n)
		ctl_error("there is no alert whose runbook could count");
	else if (percent < least)
		ctl_error("%.1f %% of %zu alerts have a runbook, %g %% are asked for", percent, c->n, least);
	return err_any(c->err) || percent < least || (least >= 0 && !c->n) ? CTL_FAILED : CTL_OK;
}

static enum ctl_status cover(struct ctl *ctl, const struct config *config, double least)
{
	AUTOERR struct err err = ERR_INIT;
	struct coverage c = {.arena = ctl->arena,
	                     .config = config,
	                     .flags = ctl->flags,
	                     .seen = map_new(),
	                     .err = &err,
	                     .warnings = ERR_INIT};
	enum ctl_status status = CTL_USAGE;
	bool known = check_severities(&c), named = known && read_sources(&c, ctl);

	if (known && !named) {
		ctl_errors(&err);
		ctl_error("coverage needs --rules, --prometheus or --journal: there is no configured journal to go by");
	}
	if (named) {
		print(&c, ctl->json);
		status = judge(&c, least);
	}
	err_release(&c.warnings);
	map_free(c.seen);
	mem_cleanup(&c.v);
	return status;
}

static enum ctl_status run(struct ctl *c)
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
		"Shows for every alert that can fire, or did, its rule, runbook, owner and severity, and what has no runbook.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run,
};
