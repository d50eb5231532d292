/* Files of history merged by time: each is read a little ahead, and the earliest event goes first. */
#include "history_impl.h"
#include "journal_line.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"

#define DOCUMENT_MAX ((size_t)1024 * 1024 * 1024)
#define KNOWN_BYTES_MAX ((size_t)16 << 20) /* sets that are known again; beyond, it is begun anew */

/* ---- events ---- */

struct history_event *history_event_new(enum history_kind kind)
{
	struct arena *arena = arena_new();
	struct history_event *e = arena_alloc(arena, sizeof *e);

	e->arena = arena;
	e->kind = kind;
	return e;
}

struct history_event *history_event_made(int64_t at)
{
	struct history_event *e = history_event_new(HISTORY_BODY);

	e->at = at;
	return e;
}

struct history_event *history_event_of(struct history *h, enum history_form form)
{
	struct history_event *e = history_event_new(HISTORY_BODY);
	struct known_sets **known = &h->known[form];

	if (*known && known_sets_bytes(*known) > KNOWN_BYTES_MAX) {
		known_sets_unref(*known);
		*known = NULL;
	}
	if (!*known)
		*known = known_sets_new();
	e->known = known_sets_ref(*known);
	return e;
}

void history_event_free(struct history_event *e)
{
	if (!e)
		return;
	known_sets_unref(e->known);
	arena_free(e->arena);
}

static void events_free(struct history_event *e)
{
	while (e) {
		struct history_event *next = e->next;
		history_event_free(e);
		e = next;
	}
}

void history_put(struct history_file *f, struct history_event *e)
{
	if (e->at < f->latest)
		e->at = f->latest;
	f->latest = e->at;
	e->next = NULL;
	*f->last = e;
	f->last = &e->next;
}

/* ---- one file ---- */

static struct history_file *file_open(struct history *h, const char *path, struct err *err)
{
	struct lines *lines = lines_open(path, err);
	struct stat st;

	if (!lines)
		return NULL;
	struct history_file *f = mem_zero(sizeof *f);
	f->history = h;
	f->path = mem_strdup(path);
	f->lines = lines;
	f->last = &f->first;
	f->newest = &f->oldest;
	f->parts = map_new();
	f->flushes = map_new();
	if (stat(path, &st) == 0)
		h->figures.bytes_in_all += (uint64_t)st.st_size;
	h->figures.files++;
	return f;
}

static void file_free(struct history_file *f)
{
	history_journal_end(f);
	events_free(f->first);
	lines_close(f->lines);
	map_free(f->parts);
	map_free_with(f->flushes, free);
	free(f->path);
	free(f);
}

static bool take_history_document(struct history_file *f, const json_t *document)
{
	bool good = true;
	const json_t *item;
	size_t i;

	if (!json_is_array(document))
		return history_recorded(f, document) || history_document(f, document);
	json_array_foreach(document, i, item) good &= history_recorded(f, item) || history_document(f, item);
	return good;
}

static void take_history_line(struct history_file *f, struct str line)
{
	struct history_figures *figures = &f->history->figures;

	figures->lines++;
	figures->bytes += line.n + 1;
	line = str_trim(line);
	if (!line.n)
		return;
	if (journal_line_looks_so(line)) {
		figures->unreadable += !history_journal_line(f, line);
		return;
	}
	if (history_saved(f, line))
		return;
	json_t *document = json_loadb(line.p, line.n, JSON_ALLOW_NUL, NULL);
	figures->unreadable += !document || !take_history_document(f, document);
	json_decref(document);
}

/* A file called .json: a document over many lines. */
static void take_whole(struct history_file *f, struct err *err)
{
	AUTOBUF struct buf text;
	struct str line;
	json_error_t where;

	buf_init(&text, DOCUMENT_MAX);
	while (lines_next(f->lines, &line, err)) {
		buf_add(&text, line);
		buf_add_char(&text, '\n');
	}
	json_t *document = buf_ok(&text) ? json_loadb(text.p, text.n, JSON_ALLOW_NUL, &where) : NULL;
	if (!document)
		err_add(err, "%s:%d: %s", f->path, buf_ok(&text) ? where.line : 1,
		        buf_ok(&text) ? where.text : "larger than a document may be");
	else if (!take_history_document(f, document))
		err_add(err, "%s: neither a webhook body nor an event of Alertmanager's recorder", f->path);
	f->history->figures.bytes += text.n;
	json_decref(document);
}

static bool is_document(const char *path)
{
	return str_ends(str_c(path), STR(".json")) || str_ends(str_c(path), STR(".json.gz"));
}

static void end_file(struct history_file *f)
{
	history_journal_end(f);
	f->ended = true;
}

/* True: its first event is there. */
static bool file_reach(struct history_file *f, struct err *err)
{
	struct str line;

	if (!f->first && !f->ended && is_document(f->path)) {
		take_whole(f, err);
		end_file(f);
	}
	while (!f->first && !f->ended) {
		if (lines_next(f->lines, &line, err))
			take_history_line(f, line);
		else
			end_file(f);
	}
	return f->first != NULL;
}

static struct history_event *file_take(struct history_file *f)
{
	struct history_event *e = f->first;

	f->first = e->next;
	if (!f->first)
		f->last = &f->first;
	e->next = NULL;
	return e;
}

/* ---- all of them ---- */

struct history *history_new(const struct config *c)
{
	struct history *h = mem_zero(sizeof *h);

	h->config = c;
	h->loose_last = &h->loose;
	return h;
}

void history_free(struct history *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->count; i++)
		file_free(h->files[i]);
	events_free(h->loose);
	for (size_t i = 0; i < HISTORY_FORMS; i++)
		known_sets_unref(h->known[i]);
	free(h->files);
	free(h);
}

static bool open_history_file(struct history *h, const char *path, struct err *err)
{
	struct history_file *f = file_open(h, path, err);

	if (!f)
		return false;
	MEM_ROOM(h->files, h->count, h->capacity);
	h->files[h->count++] = f;
	return true;
}

bool history_add(struct history *h, const char *pattern, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	struct strs files;
	bool found = lines_find_some(arena, pattern, &files, err), good = found;

	for (size_t i = 0; found && i < files.n; i++)
		good &= open_history_file(h, files.v[i].p, err);
	return good;
}

void history_add_event(struct history *h, struct history_event *e)
{
	e->next = NULL;
	*h->loose_last = e;
	h->loose_last = &e->next;
	h->sorted = false;
}

static int by_event_time(const void *a, const void *b)
{
	const struct history_event *const *x = a, *const *y = b;
	return ((*x)->at > (*y)->at) - ((*x)->at < (*y)->at);
}

static void sort_loose(struct history *h)
{
	struct history_event **all = NULL;
	size_t n = 0, capacity = 0;

	for (struct history_event *e = h->loose; e; e = e->next) {
		MEM_ROOM(all, n, capacity);
		all[n++] = e;
	}
	if (n > 1)
		qsort(all, n, sizeof *all, by_event_time);
	h->loose_last = &h->loose;
	for (size_t i = 0; i < n; i++) {
		*h->loose_last = all[i];
		h->loose_last = &all[i]->next;
	}
	*h->loose_last = NULL;
	h->sorted = true;
	free(all);
}

static struct history_event *take_loose(struct history *h)
{
	struct history_event *e = h->loose;

	h->loose = e->next;
	if (!h->loose)
		h->loose_last = &h->loose;
	e->next = NULL;
	return e;
}

/* NULL: none of them has anything more. What is at an end is left out from then on. */
static struct history_file *earliest_file(struct history *h, struct err *err)
{
	struct history_file *first = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < h->count; i++) {
		struct history_file *f = h->files[i];
		if (!file_reach(f, err)) {
			file_free(f);
			continue;
		}
		h->files[kept++] = f;
		if (!first || f->first->at < first->first->at)
			first = f;
	}
	h->count = kept;
	return first;
}

void history_since(struct history *h, int64_t ms)
{
	h->since = ms;
}

static struct history_event *next_event(struct history *h, struct err *err)
{
	if (!h->sorted)
		sort_loose(h);
	struct history_file *f = earliest_file(h, err);
	struct history_event *e = NULL;
	if (err_any(err))
		return NULL;
	if (h->loose && (!f || h->loose->at <= f->first->at))
		e = take_loose(h);
	else if (f)
		e = file_take(f);
	return e;
}

struct history_event *history_next(struct history *h, struct err *err)
{
	struct history_event *e;

	while ((e = next_event(h, err)) && e->at < h->since)
		history_event_free(e);
	if (e) {
		history_reaches(h, e->at);
		h->figures.events++;
		h->figures.alerts += e->hook.count;
	}
	return e;
}

void history_reaches(struct history *h, int64_t ms)
{
	if (ms > h->figures.until)
		h->figures.until = ms;
}

const struct history_figures *history_figures(const struct history *h)
{
	return &h->figures;
}
