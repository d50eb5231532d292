/*
 * Alerts out of decision journals: one JSON object a line (service/journal.h), of which labels and annotations count here.
 * A journal repeats itself, so each different alert is kept once and counted.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "base/map.h"
#include "base/time.h"
#include "lint_impl.h"

void evidence_init(struct evidence *e, const struct catalog *catalog)
{
	*e = (struct evidence){.arena = arena_new(), .by_alert = map_new(), .uses = {.catalog = catalog}};
}

void evidence_release(struct evidence *e)
{
	map_free(e->by_alert);
	runbook_uses_release(&e->uses);
	free(e->v);
	arena_free(e->arena);
	*e = (struct evidence){0};
}

/* ---- one line ---- */

static struct labels labels_in_arena(struct arena *arena, json_t *object)
{
	struct labels out = {arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v), 0};
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		const struct str text = {json_string_value(value), json_string_length(value)};
		out.v[out.n++] = (struct label){str_c(name), text};
	}
	labels_sort(&out);
	return out;
}

static struct labels keep_labels(struct arena *arena, const struct labels *from)
{
	struct labels out = {arena_alloc(arena, (from->n + 1) * sizeof *out.v), from->n};

	for (size_t i = 0; i < from->n; i++)
		out.v[i] = (struct label){arena_str(arena, from->v[i].name), arena_str(arena, from->v[i].value)};
	return out;
}

/* Its place in `v` plus one, as a pointer: a map holds no zero. */
static void count_evidence(struct evidence *e, const struct labels *labels, const struct labels *annotations)
{
	char key[2 * ALERT_FINGERPRINT_MAX];

	labels_fingerprint(labels, key);
	labels_fingerprint(annotations, key + strlen(key));
	uintptr_t known = (uintptr_t)map_get(e->by_alert, str_c(key));
	if (known) {
		e->v[known - 1].times++;
		return;
	}
	if (e->n == LINT_ALERTS_MAX) {
		e->full = true;
		return;
	}
	MEM_ROOM(e->v, e->n, e->capacity);
	e->v[e->n++] = (struct lint_seen){
		.alert = {.labels = keep_labels(e->arena, labels), .annotations = keep_labels(e->arena, annotations)},
		.times = 1};
	map_set(e->by_alert, str_c(key), (void *)(uintptr_t)e->n);
}

static struct str text_in(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return (struct str){json_string_value(value), json_string_length(value)};
}

/* What a line says of a runbook: that it stood on a page, or what somebody made of it. */
static void count_use(struct evidence *e, const json_t *line)
{
	struct str verdict = text_in(line, "verdict"), command = text_in(line, "command");
	enum runbook_used what;
	int64_t at;

	if (str_eq_c(verdict, "page"))
		what = USED_PAGE;
	else if (str_eq_c(verdict, "resolve"))
		what = USED_RESOLVED;
	else if (str_eq_c(command, "ack"))
		what = USED_ACKNOWLEDGED;
	else if (!str_eq_c(command, "feedback") || !runbook_used_find(text_in(line, "feedback"), &what))
		return;
	if (time_parse(text_in(line, "at"), &at))
		runbook_uses_add(&e->uses, text_in(line, "runbook"), what, at);
}

static void take_journal_line(struct evidence *e, const char *line, size_t n)
{
	AUTOARENA struct arena *arena = arena_new();
	json_t *object = json_loadb(line, n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
	json_t *labels = json_object_get(object, "labels");

	count_use(e, object);
	if (json_is_object(labels)) {
		struct labels own = labels_in_arena(arena, labels);
		struct labels notes = labels_in_arena(arena, json_object_get(object, "annotations"));
		count_evidence(e, &own, &notes);
	} else if (n > 0 && !json_object_get(object, "event")) {
		e->unreadable++;
	}
	json_decref(object);
}

/* ---- files ---- */

static bool read_journal_evidence(struct evidence *e, const char *path, struct err *err)
{
	AUTOERR struct err own = ERR_INIT;
	struct lines *l = lines_open(path, &own);
	struct str line;

	while (l && lines_next(l, &line, &own))
		take_journal_line(e, line.p, line.n);
	lines_close(l);
	bool good = !err_any(&own);
	err_move(err, &own);
	return good;
}

bool evidence_read(struct evidence *e, const char *pattern, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	struct strs files;
	bool found = lines_find_some(arena, pattern, &files, err), good = found;

	for (size_t i = 0; found && i < files.n; i++)
		good &= read_journal_evidence(e, files.v[i].p, err);
	return good;
}
