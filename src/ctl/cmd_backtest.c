/*
 * runbookctl backtest: what other rules, or other settings, would have made of what really happened.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "cmd_backtest_impl.h"
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "io/loop.h"
#include "setup/file.h"

#define SVG_MAX ((size_t)1024 * 1024)
#define SUGGESTED "page_after=1m,2m,5m,10m,15m,30m"
#define SINCE_DEFAULT (30 * TIME_DAY)

static const struct flag rows[] = {
	{.name = "rules",
     .argument = "GLOB",
     .repeated = true,
     .doc = "rule files to judge (default: those of the configuration)"},
	{.name = "against",
     .argument = "GLOB",
     .repeated = true,
     .doc = "rule files to compare them with: before (default: the same without --set)"},
	{.name = "journal",
     .argument = "GLOB",
     .repeated = true,
     .doc = "what arrived: files of the decision journal, saved webhook bodies (JSON, JSONL), JSONL of Alertmanager's "
            "event "
            "recorder (default: the configured journal)"},
	{.name = "daemon",
     .argument = "URL",
     .repeated = true,
     .doc = "what arrived at a running daemon: its journal is fetched (several: replicas of one store)"},
	{.name = "prometheus", .argument = "URL", .doc = "what fired: the ALERTS that this Prometheus recorded"},
	{.name = "since", .argument = "DURATION", .doc = "only what happened so long ago or later; with --prometheus 30d"},
	{.name = "step", .argument = "DURATION", .fallback = "1m", .doc = "with --prometheus: how close to look"},
	{.name = "group-by",
     .argument = "LABELS",
     .fallback = "alertname",
     .doc = "with --prometheus: the labels by which Alertmanager groups"},
	{.name = "set",
     .argument = "KEY=VALUE",
     .repeated = true,
     .doc = "repeat_interval, page_after, resolve_hold or group_by as it would be instead"},
	{.name = "sweep", .argument = "KEY=V1,V2,…", .doc = "the pages for each of these values (labels of group_by: a+b)"},
	{.name = "suggest",
     .doc = "for every alert that pages often, the page_after that would have spared most of its pages"},
	{.name = "rule", .argument = "NAME", .repeated = true, .doc = "--set and --sweep only where this rule matches"},
	{.name = "svg", .argument = "FILE", .doc = "also draw the sweep"},
	{.name = "fail-if-more-pages", .argument = "PERCENT", .doc = "exit 1 where there would be so many more pages"},
};

/* ---- what is asked ---- */

static bool read_percent_flag(const struct ctl *c, double *out)
{
	const char *text = flags_get(c->flags, "fail-if-more-pages");
	char *end = NULL;

	*out = -1;
	if (!text)
		return true;
	errno = 0;
	*out = strtod(text, &end);
	if (end != text && !*end && !errno && *out >= 0)
		return true;
	ctl_error("--fail-if-more-pages: \"%s\" is no percentage", text);
	return false;
}

static bool read_duration_flag(const struct ctl *c, const char *name, int64_t fallback, int64_t *out)
{
	const char *text = flags_get(c->flags, name);

	*out = fallback;
	if (!text || time_duration_parse(str_c(text), out))
		return true;
	ctl_error("--%s: \"%s\" is no duration (30s, 4h, 30d)", name, text);
	return false;
}

static bool read_rule_names(struct backtesting *t, const struct ctl *c)
{
	const char *const *names;
	size_t n = flags_all(c->flags, "rule", &names);
	struct strs *rules = &t->override.rules;

	rules->v = arena_alloc(c->arena, (n + 1) * sizeof *rules->v);
	for (; rules->n < n; rules->n++)
		rules->v[rules->n] = str_c(names[rules->n]);
	return n > 0;
}

static bool read_changed_settings(struct backtesting *t, const struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT;
	const char *const *settings;
	const char *sweep = flags_get(c->flags, "sweep");
	size_t n = flags_all(c->flags, "set", &settings);
	bool rules = read_rule_names(t, c);

	t->overrides = n > 0;
	for (size_t i = 0; i < n; i++)
		override_parse(c->arena, str_c(settings[i]), &t->override, &err);
	t->sweep.base = &t->override;
	t->suggest = flags_given(c->flags, "suggest");
	if (sweep && t->suggest)
		err_add(&err, "--suggest is a sweep of its own, it does not go with --sweep");
	if (t->suggest)
		sweep = SUGGESTED;
	if (sweep && !err_any(&err))
		sweep_parse(c->arena, &t->sweep, str_c(sweep), &err);
	if (rules && !n && !sweep)
		err_add(&err, "--rule goes with --set or --sweep");
	if (flags_given(c->flags, "svg") && !sweep)
		err_add(&err, "--svg goes with --sweep");
	ctl_errors(&err);
	return !err_any(&err);
}

static bool read_request(struct backtesting *t, struct ctl *c)
{
	return read_changed_settings(t, c) && read_percent_flag(c, &t->most_more) &&
	       read_duration_flag(c, "since", flags_given(c->flags, "prometheus") ? SINCE_DEFAULT : 0, &t->since) &&
	       read_duration_flag(c, "step", 0, &t->step);
}

/* ---- rules ---- */

static bool rule_is_known(const struct ruleset *rs, struct str name)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(rs, &rules);

	for (size_t i = 0; i < n; i++)
		if (str_eq(rules[i]->name, name))
			return true;
	return false;
}

/* The configuration's own where the flag is not given. */
static bool load_sets(struct backtesting *t, struct err *err)
{
	const char *const *patterns;
	size_t n = flags_all(t->ctl->flags, "rules", &patterns);

	t->after = n ? rules_load(t->config, patterns, n, err) : NULL;
	if (n && !t->after)
		return false;
	n = flags_all(t->ctl->flags, "against", &patterns);
	t->before = n ? rules_load(t->config, patterns, n, err) : NULL;
	if (n && !t->before)
		return false;
	for (size_t i = 0; i < t->override.rules.n; i++)
		if (!rule_is_known(t->after ? t->after : t->config->ruleset, t->override.rules.v[i]))
			err_add(err, "--rule: no rule is called \"%.*s\"", STR_ARG(t->override.rules.v[i]));
	return !err_any(err);
}

/* ---- the run ---- */

static struct history *open_history(const struct backtesting *t, struct err *err)
{
	struct history *h = history_new(t->config);
	bool good = true;

	for (size_t i = 0; i < t->journals.n; i++)
		good &= history_add(h, t->journals.v[i].p, err);
	if (t->series)
		alerts_series_events(t->series, h, t->now);
	history_since(h, t->from);
	if (good)
		return h;
	history_free(h);
	return NULL;
}

/* Past terminal_guard(), which takes a carriage return from everybody: there is no text of others in it. */
static bool show_progress(void *arg, const struct history_figures *f)
{
	struct backtesting *t = arg;
	int64_t now = loop_mono_ms();

	if (now - t->shown_at < 200)
		return true;
	t->shown_at = now;
	double part = f->bytes_in_all ? (double)f->bytes / (double)f->bytes_in_all : 0;
	int filled = (int)(part * 40);
	fflush(stderr);
	dprintf(STDERR_FILENO, "\r[%-40.*s] %zu alerts", filled > 40 ? 40 : filled,
	        "########################################", f->alerts);
	return true;
}

static void clear_progress(const struct backtesting *t)
{
	if (t->shown_at)
		dprintf(STDERR_FILENO, "\r%70s\r", "");
}

/* Before and after are one where nothing is to be changed. */
static bool run_variants(struct backtesting *t, struct err *err)
{
	struct ruleset *after = t->after ? t->after : t->config->ruleset;
	struct ruleset *before = t->before ? t->before : after;
	const struct plan_override *override = t->overrides ? &t->override : NULL;
	struct variant *both[2] = {variant_new(t->config, before, NULL), NULL};
	bool two = before != after || override;

	if (two)
		both[1] = variant_new(t->config, after, override);
	t->run = (struct backtest){.config = t->config, .variants = both, .count = two ? 2 : 1, .arg = t};
	t->run.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
	t->sweep.ruleset = after;
	t->run.history = open_history(t, err);
	bool good = t->run.history && sweep_run(&t->sweep, &t->run, err);
	clear_progress(t);
	if (good)
		t->report = backtest_report(&t->run, both[0], two ? both[1] : both[0], t->sweep.rows, t->sweep.count);
	if (good && t->suggest)
		json_object_set_new(t->report, "suggestions", backtest_suggestions(t->sweep.rows, t->sweep.count));
	sweep_release(&t->sweep);
	t->pages_before = variant_page_count(both[0]);
	t->pages_after = variant_page_count(two ? both[1] : both[0]);
	history_free(t->run.history);
	variant_free(both[0]);
	variant_free(both[1]);
	return good;
}

static bool write_svg(const struct backtesting *t, struct err *err)
{
	const char *path = flags_get(t->ctl->flags, "svg");
	AUTOBUF struct buf out;

	buf_init(&out, SVG_MAX);
	if (!path)
		return true;
	backtest_svg(&out, t->sweep.rows, t->sweep.count, t->pages_after);
	return file_write(path, buf_str(&out), err);
}

/* What compares nothing with nothing, or a thing with itself, must not look as if it had passed. */
static enum ctl_status judge_pages(const struct backtesting *t, bool arrived)
{
	double allowed = (double)t->pages_before * (1 + t->most_more / 100);

	if (t->most_more < 0)
		return CTL_OK;
	if (!arrived) {
		ctl_error("--fail-if-more-pages: nothing arrived in this time, there is nothing to judge by");
		return CTL_FAILED;
	}
	if (t->run.count == 1)
		fputs("runbookctl: warning: --fail-if-more-pages: one rule set as it is, compared with nothing: name the other "
		      "one with "
		      "--against, or a --set\n",
		      stderr);
	if ((double)t->pages_after <= allowed)
		return CTL_OK;
	ctl_error("%llu pages instead of %llu: more than %g %% more", (unsigned long long)t->pages_after,
	          (unsigned long long)t->pages_before, t->most_more);
	return CTL_FAILED;
}

static bool name_journals(struct backtesting *t, struct err *err)
{
	const char *const *patterns;
	size_t n = flags_all(t->ctl->flags, "journal", &patterns), words = t->ctl->word_count;
	const char *const *daemons;
	size_t remote = flags_all(t->ctl->flags, "daemon", &daemons);
	bool none = !n && !words && !remote && !flags_given(t->ctl->flags, "prometheus");

	if (remote && !journal_fetch(t->ctl, daemons, remote, t->from, &t->copies, err))
		return false;
	t->journals.v = arena_alloc(t->ctl->arena, (n + words + remote + 1) * sizeof *t->journals.v);
	for (size_t i = 0; i < remote; i++)
		t->journals.v[t->journals.n++] = t->copies.folders.v[i];
	for (size_t i = 0; i < n; i++)
		t->journals.v[t->journals.n++] = str_c(patterns[i]);
	for (size_t i = 0; i < words; i++) /* --journal *.jsonl as the shell hands it over */
		t->journals.v[t->journals.n++] = str_c(t->ctl->words[i]);
	if (none && !t->config->journal.path.n)
		err_add(err, "there is no configured journal: name one with --journal, or a --prometheus");
	else if (none)
		t->journals.v[t->journals.n++] = arena_str(t->ctl->arena, t->config->journal.path);
	return !err_any(err);
}

static enum ctl_status backtest_with(struct backtesting *t, struct err *err)
{
	t->now = loop_wall_ms();
	t->from = t->since ? t->now - t->since : 0;
	bool good = load_sets(t, err) && name_journals(t, err);
	good = good && (!flags_given(t->ctl->flags, "prometheus") || backtest_read_prometheus(t, err));
	good = good && run_variants(t, err) && write_svg(t, err);
	if (good && t->ctl->json)
		ctl_print_json(t->report);
	else if (good)
		backtest_print(t->report);
	bool arrived = json_number(t->report, "alerts") > 0;
	json_decref(t->report);
	journal_copies_remove(&t->copies);
	alerts_series_free(t->series);
	ruleset_free(t->before);
	ruleset_free(t->after);
	return good ? judge_pages(t, arrived) : CTL_FAILED;
}

static enum ctl_status run_backtest(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	const struct config_options options = {.file = c->config_file, .no_secrets = true, .reads_only = true};
	struct backtesting t = {.ctl = c};

	if (!read_request(&t, c))
		return CTL_USAGE;
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms); /* the router's own words are the daemon's */
	struct config_files *files = config_files_disk();
	t.config = config_load(&options, files, &err, &warnings);
	enum ctl_status status = t.config ? backtest_with(&t, &err) : CTL_FAILED;
	ctl_errors(&err);
	config_unref(t.config);
	config_files_free(files);
	return status;
}

const struct cmd cmd_backtest = {
	.name = "backtest",
	.arguments = "[--rules=GLOB…] [--against=GLOB…] [--journal=GLOB…] [--set=KEY=VALUE] [--sweep=KEY=V1,V2]",
	.doc = "Replays what arrived through rules and settings: pages before and after, by alert, rule, owner, severity, "
		   "receiver "
		   "and hour, with examples of what is added, removed or moved, and what would come later or not at all. It "
		   "reads the "
		   "journal, saved webhooks, Alertmanager's event recorder, or asks a Prometheus.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_backtest,
};
