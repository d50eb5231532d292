/*
 * runbookctl why: everything that is known of some alerts: received, decided, told to whom, what the provider said. Or that
 * they were never received, and what could explain it. From journals here (replay/why.h), or from daemons, which read
 * their own: cmd_why_remote.c.
 */
#include "cmd_why_impl.h"

#include <stdlib.h>

#include "base/time.h"
#include "config/config.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "io/loop.h"
#include "replay/why.h"

static const struct flag rows[] = {
	{.name = "since", .argument = "DURATION", .fallback = "24h", .doc = "how far back"},
	{.name = "journal",
     .argument = "GLOB",
     .repeated = true,
     .doc = "files or folders of the journal, of all replicas (default: the configured one)"},
	{.name = "daemon",
     .argument = "URL",
     .repeated = true,
     .doc = "ask this daemon instead (and the next one: all replicas); --url or $RUNBOOKD_URL does so, too"},
	{.name = "alertmanager",
     .argument = "URL",
     .repeated = true,
     .doc = "where nothing was received: asked what it knows (default: those of the configured sources)"},
};

/* ---- journals here ---- */

static json_t *read_why_document(struct why *w)
{
	AUTOBUF struct buf out;

	buf_init(&out, SIZE_MAX); /* why.h says how much it can be */
	why_write(w, &out);
	return json_loadb(out.p, out.n, JSON_ALLOW_NUL, NULL);
}

/* The configured one where none is named. */
static void name_why_journals(struct asking_why *w, struct strs *out, struct err *err)
{
	const char *const *patterns;
	size_t n = flags_all(w->ctl->flags, "journal", &patterns);

	out->v = arena_alloc(w->ctl->arena, (n + 1) * sizeof *out->v);
	for (; out->n < n; out->n++)
		out->v[out->n] = str_c(patterns[out->n]);
	if (!n && w->config && w->config->journal.path.n)
		out->v[out->n++] = w->config->journal.path;
	else if (!n && w->config)
		err_add(err, "there is no configured journal: name one with --journal, or a --daemon");
}

static bool ask_here(struct asking_why *w, struct err *err)
{
	struct strs journals = {NULL, 0};

	name_why_journals(w, &journals, err);
	if (err_any(err))
		return false;
	struct why *why = why_new(w->matchers, w->matcher_count, loop_wall_ms() - w->since);
	if (why_read(why, &journals, err))
		w->answer = read_why_document(why);
	why_free(why);
	return w->answer != NULL;
}

/* ---- telling ---- */

static struct labels labels_of_line(struct arena *arena, json_t *object)
{
	struct labels out = {arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v), 0};
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) if (json_is_string(value)) out.v[out.n++] =
		(struct label){str_c(name), {json_string_value(value), json_string_length(value)}};
	labels_sort(&out);
	return out;
}

/* One cell, the last one: what does not fit goes on below it. */
static void add_details(struct table *t, const json_t *line)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str event = json_text(line, "event"), error = json_text(line, "error"), by = json_text(line, "by");

	if (!event.n || str_eq_c(event, "decided")) {
		const struct labels labels = labels_of_line(arena, json_object_get(line, "labels"));
		struct str text = labels_format(arena, &labels), rule = json_text(line, "rule");
		table_printf(t, "%.*s: %.*s, %.*s; %s%.*s, %.*s", STR_ARG(json_text(line, "status")),
		             STR_ARG(json_text(line, "verdict")), STR_ARG(json_text(line, "reason")),
		             rule.n ? "rule " : "no rule", STR_ARG(rule), STR_ARG(text));
	} else if (str_eq_c(event, "told")) {
		table_printf(t, "%.*s to %.*s; attempt %lld: %.*s%s%.*s", STR_ARG(json_text(line, "message")),
		             STR_ARG(json_text(line, "receiver")), (long long)json_number(line, "attempt"),
		             STR_ARG(json_text(line, "outcome")), error.n ? ", " : "", STR_ARG(error));
	} else {
		struct str note = json_text(line, "note");
		table_printf(t, "%.*s%.*s%s%.*s%s%.*s", STR_ARG(json_text(line, "reason")), STR_ARG(json_text(line, "command")),
		             by.n ? " by " : "", STR_ARG(by), note.n ? ": " : "", STR_ARG(note));
	}
}

/* What was lost may have been about these alerts: then nobody knows that they never came. */
static void print_lost(const json_t *answer)
{
	if (json_number(answer, "lost") > 0)
		printf(
			"%lld lines of the journal were lost in this time, and may have told of more: a running daemon's records "
			"(--daemon) may know\n",
			(long long)json_number(answer, "lost"));
}

static void print_events(const json_t *answer)
{
	static const char *const titles[] = {"AT", "EVENT", "INCIDENT", "WHAT", NULL};
	struct table *t = table_new(titles);
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(answer, "events"), i, line)
	{
		struct str event = json_text(line, "event"), key = json_text(line, "key");
		table_add_time(t, json_text(line, "at"));
		table_add(t, event.n ? event : STR("decided"));
		table_add(t, str_slice(key, 0, key.n < 8 ? key.n : 8));
		add_details(t, line);
	}
	table_print(t, stdout);
	table_free(t);
	if (json_number(answer, "left_out"))
		printf("%lld earlier events are left out\n", (long long)json_number(answer, "left_out"));
	print_lost(answer);
}

/* As the store has them: for all routers, and also where a journal was lost. */
static void print_incidents(const json_t *list)
{
	static const char *const titles[] = {"AT", "INCIDENT", "WHAT", "", NULL};
	struct table *t = table_new(titles);
	const json_t *inc, *event;
	size_t i, k;

	json_array_foreach(list, i, inc) json_array_foreach(json_object_get(inc, "timeline"), k, event)
	{
		struct str key = json_text(inc, "key");
		table_add_time(t, json_text(event, "at"));
		table_add(t, str_slice(key, 0, key.n < 8 ? key.n : 8));
		table_add(t, json_text(event, "what"));
		table_add(t, json_text(event, "detail"));
	}
	if (json_array_size(list))
		puts("\nIn the records of the incidents:");
	if (json_array_size(list))
		table_print(t, stdout);
	table_free(t);
}

static void print_last_bodies(json_t *by_source, const char *words)
{
	const char *source;
	json_t *at;

	json_object_foreach(by_source, source, at)
		printf("%s %s: %s\n", words, *source ? source : "a source without a name",
	           json_string_value(at) ? json_string_value(at) : "-");
}

static void print_never(const json_t *answer)
{
	json_t *by_source = json_object_get(answer, "last_by_source");

	bool lost = json_number(answer, "lost") > 0;

	puts(lost ? "not known to have been received" : "never received");
	print_lost(answer);
	if (!json_object_size(by_source) && !lost)
		table_text("no alert at all was received in this time: is Alertmanager's webhook_configs pointed here?");
	print_last_bodies(by_source, "last alert from");
	if (!json_object_size(by_source))
		print_last_bodies(json_object_get(answer, "last_received"), "last webhook, before that, from");
	why_print_alertmanagers(json_object_get(answer, "alertmanagers"));
}

static enum ctl_status tell_why(struct asking_why *w)
{
	bool known = json_number(w->answer, "received") > 0 || json_array_size(json_object_get(w->answer, "incidents")) > 0;

	if (!known || flags_given(w->ctl->flags, "alertmanager"))
		why_ask_alertmanagers(w);
	if (w->ctl->json) {
		ctl_print_json(w->answer);
	} else if (known) {
		print_events(w->answer);
		print_incidents(json_object_get(w->answer, "incidents"));
		why_print_alertmanagers(json_object_get(w->answer, "alertmanagers"));
	} else {
		print_never(w->answer);
	}
	return known ? CTL_OK : CTL_FAILED;
}

/* ---- the command ---- */

static bool read_why_matchers(struct asking_why *w)
{
	AUTOERR struct err err = ERR_INIT;
	const struct pos at = {"MATCHER", 0, 0};

	for (size_t i = 0; i < w->ctl->word_count; i++)
		matchers_parse(w->ctl->arena, str_c(w->ctl->words[i]), at, &w->matchers, &w->matcher_count, &err);
	if (!w->ctl->word_count)
		err_add(&err, "why takes one MATCHER or more: alertname=HighCPU, instance=~\"db.*\"");
	if (!time_duration_parse(str_c(flags_get(w->ctl->flags, "since")), &w->since))
		err_add(&err, "--since: \"%s\" is no duration (30m, 24h, 7d)", flags_get(w->ctl->flags, "since"));
	if (flags_given(w->ctl->flags, "journal") && flags_given(w->ctl->flags, "daemon"))
		err_add(&err, "--journal reads files here, --daemon asks: one of them");
	ctl_errors(&err);
	return !err_any(&err);
}

static bool is_remote(const struct ctl *c)
{
	const char *url = getenv("RUNBOOKD_URL");

	return !flags_given(c->flags, "journal") &&
	       (flags_given(c->flags, "daemon") || flags_given(c->flags, "url") || (url && *url));
}

/* Of daemons, and with --journal, it is asked only for the Alertmanagers: what is wrong with it is of no interest then. */
static struct config *why_config(const struct ctl *c, struct config_files *files, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT, ignored = ERR_INIT;
	const struct config_options options = {.file = c->config_file, .no_secrets = true, .reads_only = true};
	bool needed = !is_remote(c) && !flags_given(c->flags, "journal");

	return config_load(&options, files, needed ? err : &ignored, &warnings);
}

static enum ctl_status why_with(struct asking_why *w, struct err *err)
{
	struct config_files *files = config_files_disk();
	enum ctl_status status = CTL_FAILED;

	w->config = why_config(w->ctl, files, err);
	if (!err_any(err) && (is_remote(w->ctl) ? why_ask_daemons(w) : ask_here(w, err)))
		status = tell_why(w);
	ctl_errors(err);
	json_decref(w->answer);
	config_unref(w->config);
	config_files_free(files);
	return status;
}

static enum ctl_status run_why(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT;
	struct asking_why w = {.ctl = c};
	enum ctl_status status = read_why_matchers(&w) ? why_with(&w, &err) : CTL_USAGE;

	for (size_t i = 0; i < w.matcher_count; i++)
		matcher_release(&w.matchers[i]);
	free(w.matchers);
	return status;
}

const struct cmd cmd_why = {
	.name = "why",
	.arguments = "MATCHER…",
	.doc =
		"Says everything that happened to matching alerts, from journals or from running daemons: received, decided, "
		"told to whom, the provider's answer; or that they were never received (exit status 1), and what could "
		"explain it.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_why,
};
