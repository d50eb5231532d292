/*
 * runbookctl why: everything that the journal knows of some alerts: received, decided, told to whom, what the provider said.
 * Or that they were never received, and when anything last was.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/lines.h"
#include "base/map.h"
#include "base/time.h"
#include "config/config.h"
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "io/loop.h"
#include "rules/matcher.h"

#define EVENTS_MAX 10000 /* the latest */
#define KEYS_MAX 100000

static const struct flag rows[] = {
	{.name = "since", .argument = "DURATION", .fallback = "24h", .doc = "how far back"},
	{.name = "journal",
     .argument = "GLOB",
     .repeated = true,
     .doc = "files or folders of the journal, of all replicas (default: the configured one)"},
};

struct asking_why {
	struct ctl *ctl;
	struct matcher *matchers;
	size_t matcher_count;
	int64_t from;
	struct map *keys;       /* of incidents that matching alerts were in */
	json_t *events;         /* lines, in the order of the files */
	json_t *last_by_source; /* when each source was last heard of */
	size_t received, left_out;
	struct err *err;
};

/* ---- lines ---- */

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

static bool alert_is_meant(const struct asking_why *w, json_t *line)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct labels labels = labels_of_line(arena, json_object_get(line, "labels"));

	for (size_t i = 0; i < w->matcher_count; i++)
		if (matcher_match(&w->matchers[i], &labels, NULL, NULL) != PATTERN_MATCH)
			return false;
	return true;
}

static void keep_event(struct asking_why *w, json_t *line)
{
	if (json_array_size(w->events) == EVENTS_MAX) {
		json_array_remove(w->events, 0);
		w->left_out++;
	}
	json_array_append(w->events, line);
}

static void take_decided(struct asking_why *w, json_t *line)
{
	struct str source = json_text(line, "source"), key = json_text(line, "key");

	AUTOFREE char *name = mem_str(source);
	json_object_set(w->last_by_source, name, json_object_get(line, "at"));
	if (!alert_is_meant(w, line))
		return;
	w->received++;
	if (key.n && map_count(w->keys) < KEYS_MAX)
		map_set(w->keys, key, w);
	keep_event(w, line);
}

static void take_why_line(struct asking_why *w, struct str text)
{
	json_t *line = json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL);
	struct str event = json_text(line, "event");

	if (line && json_time(line, "at") >= w->from) {
		if (!event.n || str_eq_c(event, "decided"))
			take_decided(w, line);
		else if (map_get(w->keys, json_text(line, "key")))
			keep_event(w, line);
	}
	json_decref(line);
}

static void read_why_file(struct asking_why *w, const char *path)
{
	struct lines *l = lines_open(path, w->err);
	struct str line;

	while (l && lines_next(l, &line, w->err))
		take_why_line(w, line);
	lines_close(l);
}

static void read_why_files(struct asking_why *w, const char *pattern)
{
	struct stat st;
	bool folder = stat(pattern, &st) == 0 && S_ISDIR(st.st_mode);
	AUTOFREE char *within = folder ? mem_printf("%s/*.{jsonl,jsonl.gz}", pattern) : mem_strdup(pattern);
	glob_t found;
	int problem = glob(within, GLOB_BRACE | GLOB_TILDE, NULL, &found);

	if (problem) {
		err_add(w->err, "%s: %s", within, problem == GLOB_NOMATCH ? "there is no such file" : "cannot be searched");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_why_file(w, found.gl_pathv[i]);
	globfree(&found);
}

/* ---- telling ---- */

static int by_line_time(const void *a, const void *b)
{
	json_t *const *x = a, *const *y = b;
	int64_t p = json_time(*x, "at"), q = json_time(*y, "at");
	return (p > q) - (p < q);
}

/* Journals of several routers lie side by side. */
static void order_events(struct asking_why *w)
{
	size_t n = json_array_size(w->events);
	json_t **all = mem_alloc((n + 1) * sizeof *all), *sorted = json_array();

	for (size_t i = 0; i < n; i++)
		all[i] = json_array_get(w->events, i);
	if (n > 1)
		qsort(all, n, sizeof *all, by_line_time);
	for (size_t i = 0; i < n; i++)
		json_array_append(sorted, all[i]);
	free(all);
	json_decref(w->events);
	w->events = sorted;
}

static void add_details(struct table *t, const json_t *line)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str event = json_text(line, "event"), error = json_text(line, "error"), by = json_text(line, "by");

	if (!event.n || str_eq_c(event, "decided")) {
		const struct labels labels = labels_of_line(arena, json_object_get(line, "labels"));
		struct str text = labels_format(arena, &labels);
		table_printf(t, "%.*s: %.*s, %.*s", STR_ARG(json_text(line, "status")), STR_ARG(json_text(line, "verdict")),
		             STR_ARG(json_text(line, "reason")));
		table_printf(t, "%.*s rule %.*s", STR_ARG(text), STR_ARG(json_text(line, "rule")));
	} else if (str_eq_c(event, "told")) {
		table_printf(t, "%.*s to %.*s", STR_ARG(json_text(line, "message")), STR_ARG(json_text(line, "receiver")));
		table_printf(t, "attempt %lld: %.*s%s%.*s", (long long)json_number(line, "attempt"),
		             STR_ARG(json_text(line, "outcome")), error.n ? ", " : "", STR_ARG(error));
	} else {
		table_printf(t, "%.*s%.*s", STR_ARG(json_text(line, "reason")), STR_ARG(json_text(line, "command")));
		table_printf(t, "%s%.*s %.*s", by.n ? "by " : "", STR_ARG(by), STR_ARG(json_text(line, "note")));
	}
}

static void print_events(const struct asking_why *w)
{
	static const char *const titles[] = {"AT", "EVENT", "INCIDENT", "WHAT", "", NULL};
	struct table *t = table_new(titles);
	const json_t *line;
	size_t i;

	json_array_foreach(w->events, i, line)
	{
		struct str event = json_text(line, "event"), key = json_text(line, "key");
		table_add(t, json_text(line, "at"));
		table_add(t, event.n ? event : STR("decided"));
		table_add(t, str_slice(key, 0, key.n < 8 ? key.n : 8));
		add_details(t, line);
	}
	table_print(t, stdout);
	table_free(t);
	if (w->left_out)
		printf("%zu earlier events are left out\n", w->left_out);
}

static void print_never(const struct asking_why *w)
{
	const char *source;
	json_t *at;

	puts("never received");
	if (!json_object_size(w->last_by_source))
		puts("no alert at all was received in this time: is Alertmanager's webhook_configs pointed here?");
	json_object_foreach(w->last_by_source, source, at)
		printf("last alert from %s: %s\n", *source ? source : "a source without a name",
	           json_string_value(at) ? json_string_value(at) : "-");
}

static enum ctl_status tell_why(struct asking_why *w)
{
	order_events(w);
	if (w->ctl->json) {
		json_t *document = json_pack("{s:I, s:O, s:O}", "received", (json_int_t)w->received, "events", w->events,
		                             "last_by_source", w->last_by_source);
		ctl_print_json(document);
		json_decref(document);
	} else if (w->received) {
		print_events(w);
	} else {
		print_never(w);
	}
	return w->received ? CTL_OK : CTL_FAILED;
}

/* ---- the command ---- */

static bool read_words(struct asking_why *w)
{
	AUTOERR struct err err = ERR_INIT;
	const struct pos at = {"MATCHER", 0, 0};
	int64_t since;

	for (size_t i = 0; i < w->ctl->word_count; i++)
		matchers_parse(w->ctl->arena, str_c(w->ctl->words[i]), at, &w->matchers, &w->matcher_count, &err);
	if (!w->ctl->word_count)
		err_add(&err, "why takes one MATCHER or more: alertname=HighCPU, instance=~\"db.*\"");
	if (time_duration_parse(str_c(flags_get(w->ctl->flags, "since")), &since))
		w->from = loop_wall_ms() - since;
	else
		err_add(&err, "--since: \"%s\" is no duration (30m, 24h, 7d)", flags_get(w->ctl->flags, "since"));
	ctl_errors(&err);
	return !err_any(&err);
}

static void read_configured(struct asking_why *w)
{
	AUTOERR struct err warnings = ERR_INIT;
	const struct config_options options = {.file = w->ctl->config_file, .no_secrets = true, .reads_only = true};
	struct config_files *files = config_files_disk();
	struct config *c = config_load(&options, files, w->err, &warnings);

	if (c && c->journal.path.n)
		read_why_files(w, arena_cstr(w->ctl->arena, c->journal.path));
	else if (c)
		err_add(w->err, "there is no configured journal: name one with --journal");
	config_unref(c);
	config_files_free(files);
}

static enum ctl_status run(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT;
	struct asking_why w = {.ctl = c, .err = &err};
	const char *const *patterns;
	size_t n = flags_all(c->flags, "journal", &patterns);
	enum ctl_status status = CTL_USAGE;

	w.keys = map_new();
	w.events = json_array();
	w.last_by_source = json_object();
	if (read_words(&w)) {
		for (size_t i = 0; i < n; i++)
			read_why_files(&w, patterns[i]);
		if (!n)
			read_configured(&w);
		ctl_errors(&err);
		status = err_any(&err) ? CTL_FAILED : tell_why(&w);
	}
	for (size_t i = 0; i < w.matcher_count; i++)
		matcher_release(&w.matchers[i]);
	free(w.matchers);
	map_free(w.keys);
	json_decref(w.events);
	json_decref(w.last_by_source);
	return status;
}

const struct cmd cmd_why = {
	.name = "why",
	.arguments = "MATCHER…",
	.doc = "Says everything that happened to matching alerts, from the journal: received, decided, told to whom, the "
		   "provider's answer; or that they were never received (exit status 1).",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run,
};
