/* Where alert definitions come from: rule files, a Prometheus, the decision journal. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "cmd_coverage_impl.h"
#include "ctl/json.h"
#include "ctl/prometheus.h"
#include "ctl/rule_files.h"
#include "io/loop.h"

#define FIRED_WITHIN_MS INT64_C(604800000) /* label sets of the last week count */
#define SERIES_MAX 10000

/* ---- files ---- */

static void note_files_without(struct covering *c, const struct strs *files)
{
	AUTOBUF struct buf names;

	buf_init(&names, SIZE_MAX);
	for (size_t i = 0; i < files->n && i < 3; i++)
		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(files->v[i]));
	err_add(&c->warnings, "no alerting rules in %zu file%s: %.*s%s", files->n, files->n == 1 ? "" : "s",
	        STR_ARG(buf_str(&names)), files->n > 3 ? ", …" : "");
}

void covering_read_rules(struct covering *c, const char *const *patterns, size_t n)
{
	struct rule_files f = {.arena = c->coverage.arena, .err = c->err, .notes = &c->warnings};

	f.skip_count = flags_all(c->flags, "skip", &f.skip);
	for (size_t i = 0; i < n; i++)
		rule_files_read(&f, patterns[i]);
	if (f.without.n)
		note_files_without(c, &f.without);
	c->coverage.sender = &c->stated;
	coverage_add_definitions(&c->coverage, COVERAGE_FILES, &f.rules);
	promrules_release(&f.rules);
}

/* ---- a Prometheus ---- */

/* Not every one that knows rules has this (Thanos, Mimir): then any label may be added. */
static void read_sender(struct covering *c, struct str base, const char *name, struct alert_sender *sender)
{
	AUTOBUF struct buf answer;
	AUTOERR struct err err = ERR_INIT;

	buf_init(&answer, PROMETHEUS_ANSWER_MAX);
	if (prometheus_ask(base, "/api/v1/status/config", &answer, &err))
		alert_sender_read_api(c->coverage.arena, sender, name, buf_str(&answer), &err);
	if (err_any(&err))
		err_add(&c->warnings, "its external labels are not known, nor its alert_relabel_configs: %s", err_first(&err));
}

static void read_fired(struct covering *c, struct str base, const char *name, struct promrules *rules)
{
	AUTOBUF struct buf answer;
	AUTOERR struct err err = ERR_INIT;
	int64_t now = loop_wall_ms();
	AUTOFREE char *path =
		mem_printf("/api/v1/series?match%%5B%%5D=ALERTS%%7Balertstate%%3D%%22firing%%22%%7D&start=%" PRId64
	               "&end=%" PRId64 "&limit=%d",
	               (now - FIRED_WITHIN_MS) / 1000, now / 1000, SERIES_MAX);

	buf_init(&answer, PROMETHEUS_ANSWER_MAX);
	if (prometheus_ask(base, path, &answer, &err))
		promrules_read_series(c->coverage.arena, name, buf_str(&answer), rules, &err);
	if (err_any(&err))
		err_add(&c->warnings, "what fired last week is not known: %s", err_first(&err));
}

static void add_prometheus(struct covering *c, struct str base, const char *name, struct promrules *rules)
{
	struct alert_sender sender = {.external = c->stated.external, .known = c->stated.known};

	if (!rules->n)
		err_add(&c->warnings, "%s: it has no alerting rules", name);
	read_sender(c, base, name, &sender);
	read_fired(c, base, name, rules);
	c->coverage.sender = &sender;
	coverage_add_definitions(&c->coverage, COVERAGE_PROMETHEUS, rules);
	c->coverage.sender = &c->stated;
	alert_sender_release(&sender);
}

void covering_read_prometheus(struct covering *c, const char *name)
{
	struct str base;
	struct promrules rules = {0};
	AUTOBUF struct buf answer;

	buf_init(&answer, PROMETHEUS_ANSWER_MAX);
	if (!prometheus_base(name, &base, c->err))
		return;
	if (prometheus_ask(base, "/api/v1/rules?type=alert", &answer, c->err) &&
	    promrules_read_api(c->coverage.arena, name, buf_str(&answer), &rules, c->err))
		add_prometheus(c, base, name, &rules);
	promrules_release(&rules);
}

/* ---- the journal ---- */

static struct labels journal_labels(struct arena *arena, json_t *object)
{
	struct labels out = {0};
	const char *name;
	json_t *value;

	out.v = arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v);
	json_object_foreach(object, name, value) if (json_is_string(value)) out.v[out.n++] =
		(struct label){arena_str(arena, str_c(name)), arena_str(arena, json_text(object, name))};
	labels_sort(&out);
	return out;
}

static struct promrule recorded(struct arena *arena, json_t *entry, struct pos at)
{
	struct promrule rule = {
		.labels = journal_labels(arena, json_object_get(entry, "labels")),
		.annotations = journal_labels(arena, json_object_get(entry, "annotations")),
		.at = at,
	};

	rule.name = labels_get(&rule.labels, STR("alertname"));
	return rule;
}

/* A journal holds the same alerts again and again: only what is new stays in memory. */
static bool recorded_line(struct covering *c, struct str line, struct pos at)
{
	AUTOARENA struct arena *scratch = arena_new();
	json_error_t where;
	json_t *entry = json_loadb(line.p, line.n, JSON_ALLOW_NUL, &where);
	bool decided = json_is_object(json_object_get(entry, "labels")) && json_object_get(entry, "verdict");
	bool ok = decided || json_object_get(entry, "event");

	if (decided) {
		struct promrule alert = recorded(scratch, entry, at);
		coverage_add_received(&c->coverage, &alert);
	}
	json_decref(entry);
	return ok;
}

/* A line that a crash cut off, or that is being written now, is passed over; a file without any entry is none. */
static void read_lines(struct covering *c, struct lines *l, const char *path)
{
	size_t entries = 0;
	struct str line;

	while (lines_next(l, &line, c->err)) {
		struct pos at = {path, (int)lines_number(l), 0};
		struct str text = str_trim(line);
		if (text.n && recorded_line(c, text, at))
			entries++;
		else if (text.n)
			err_add(&c->warnings, "%s:%d: not an entry of a journal; passed over", path, at.line);
	}
	if (!entries)
		err_add(&c->warnings, "%s: holds no entry of a journal", path);
}

static void read_journal_file(struct covering *c, const char *path)
{
	struct lines *l = lines_open(path, c->err);

	if (l)
		read_lines(c, l, arena_cstr(c->coverage.arena, str_c(path)));
	lines_close(l);
}

/* Every file that the pattern leads to, or that lies in the folder that it names; none is an error. */
void covering_read_journal(struct covering *c, const char *pattern)
{
	struct strs files;

	if (!lines_find_some(c->coverage.arena, pattern, &files, c->err))
		return;
	for (size_t i = 0; i < files.n; i++)
		read_journal_file(c, files.v[i].p);
}
