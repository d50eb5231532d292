/* Two passes over journals: which incidents are meant, then all that is said of them. */
#include "replay/why.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/lines.h"
#include "base/map.h"
#include "base/time.h"
#include "journal_line.h"

#define KEYS_TOLD_MAX 100
#define SOURCES_MAX 1000
#define DAY_TEXT 10 /* YYYY-MM-DD */

struct why_event {
	int64_t at;
	size_t place; /* in the order of reading */
	struct str text;
};

struct why {
	const struct matcher *matchers;
	size_t matcher_count;
	int64_t from;
	struct map *keys, *sources; /* sources: by name, when each was last heard of */
	struct why_event *events;   /* a ring, once it is full */
	size_t first, count, room, bytes, read, received, left_out;
	int64_t lost; /* lines that a journal of that time says it lacks */
	bool gathers; /* the first pass */
};

struct why *why_new(const struct matcher *matchers, size_t count, int64_t from)
{
	struct why *w = mem_zero(sizeof *w);

	*w = (struct why){.matchers = matchers, .matcher_count = count, .from = from};
	w->keys = map_new();
	w->sources = map_new();
	return w;
}

static struct why_event *event_at(const struct why *w, size_t i)
{
	return &w->events[(w->first + i) % w->room];
}

void why_free(struct why *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++)
		free((char *)(uintptr_t)event_at(w, i)->text.p);
	free(w->events);
	map_free(w->keys);
	map_free_with(w->sources, free);
	free(w);
}

size_t why_received(const struct why *w)
{
	return w->received;
}

void why_add_key(struct why *w, struct str key)
{
	if (key.n && map_count(w->keys) < WHY_KEYS_MAX)
		map_set(w->keys, key, w);
}

/* ---- a line ---- */

static bool is_alert_meant(const struct why *w, const struct journal_line *line)
{
	for (size_t i = 0; i < w->matcher_count; i++)
		if (matcher_match(&w->matchers[i], &line->labels, NULL, NULL) != PATTERN_MATCH)
			return false;
	return true;
}

static void drop_first(struct why *w)
{
	struct why_event *e = event_at(w, 0);

	w->bytes -= e->text.n;
	free((char *)(uintptr_t)e->text.p);
	w->first = (w->first + 1) % w->room;
	w->count--;
	w->left_out++;
}

/* One more has no place: there are enough of them, or the ring goes round already and is full. */
static bool is_full(const struct why *w, size_t more)
{
	return w->count == WHY_EVENTS_MAX || w->bytes + more > WHY_BYTES_MAX || (w->first && w->count == w->room);
}

static void keep_line(struct why *w, struct str text, int64_t at)
{
	while (w->count && is_full(w, text.n))
		drop_first(w);
	if (!w->first && w->count < WHY_EVENTS_MAX)
		MEM_ROOM(w->events, w->count, w->room);
	*event_at(w, w->count++) = (struct why_event){at, w->read++, {mem_str(text), text.n}};
	w->bytes += text.n;
}

static void hear_of_source(struct why *w, struct str source, int64_t at)
{
	int64_t *last = map_get(w->sources, source);

	if (!last && map_count(w->sources) == SOURCES_MAX)
		return;
	if (!last) {
		last = mem_zero(sizeof *last);
		map_set(w->sources, source, last);
	}
	if (at > *last)
		*last = at;
}

static void take_decision(struct why *w, struct str text, const struct journal_line *line, int64_t at)
{
	bool meant = is_alert_meant(w, line);

	if (w->gathers) {
		hear_of_source(w, line->source, at);
		if (meant)
			why_add_key(w, line->key);
	} else if (meant) {
		w->received++;
		keep_line(w, text, at);
	}
}

static void take_lost(struct why *w, const struct journal_line *line)
{
	int64_t n;

	if (w->gathers && str_to_i64(line->lines, &n) && n > 0)
		w->lost += n;
}

static void take_why_line(struct why *w, struct str text)
{
	AUTOARENA struct arena *arena = arena_new();
	struct journal_line line;
	int64_t at;

	if (!journal_line_looks_so(text) || !journal_line_read(arena, arena_str(arena, text), NULL, &line) ||
	    !time_parse(line.at, &at) || at < w->from)
		return;
	if (journal_line_is_decision(&line))
		take_decision(w, text, &line, at);
	else if (str_eq_c(line.event, "lost"))
		take_lost(w, &line);
	else if (!w->gathers && line.key.n && map_get(w->keys, line.key))
		keep_line(w, text, at);
}

/* ---- files ---- */

/* Its name says that its day had ended before the time that is asked for. */
static bool is_too_old(const struct why *w, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	int64_t day;

	if (strlen(name) < DAY_TEXT || name[DAY_TEXT] != '.')
		return false;
	return time_parse_wall((struct str){name, DAY_TEXT}, &day) && day + TIME_DAY <= w->from;
}

static void read_why_file(struct why *w, const char *path, struct err *err)
{
	struct lines *l = is_too_old(w, path) ? NULL : lines_open(path, err);
	struct str line;

	while (l && lines_next(l, &line, err))
		take_why_line(w, line);
	lines_close(l);
}

/* In a folder of the journal nothing may have been written yet. */
static void read_why_files(struct why *w, const char *pattern, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	struct strs files;

	if (!lines_find(arena, pattern, &files, err))
		return;
	for (size_t i = 0; i < files.n; i++)
		read_why_file(w, files.v[i].p, err);
}

bool why_read(struct why *w, const struct strs *patterns, struct err *err)
{
	for (int pass = 0; pass < 2 && !err_any(err); pass++) {
		w->gathers = pass == 0;
		for (size_t i = 0; i < patterns->n; i++) {
			AUTOFREE char *pattern = mem_str(patterns->v[i]);
			read_why_files(w, pattern, err);
		}
	}
	return !err_any(err);
}

/* ---- what it comes to ---- */

static int by_event_at(const void *a, const void *b)
{
	const struct why_event *x = a, *y = b;
	int order = (x->at > y->at) - (x->at < y->at);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Journals of several routers were read one after the other. */
static void sort_events(struct why *w)
{
	struct why_event *straight = mem_grow_array(NULL, w->count + 1, sizeof *straight);

	for (size_t i = 0; i < w->count; i++)
		straight[i] = *event_at(w, i);
	if (w->count > 1)
		qsort(straight, w->count, sizeof *straight, by_event_at);
	free(w->events);
	w->events = straight;
	w->first = 0;
	w->room = w->count + 1;
}

static void put_keys(const struct why *w, struct buf *out)
{
	size_t told = 0;
	struct str key;
	void *any;

	json_put_name(out, STR("keys"));
	json_put_open(out, '[');
	for (size_t i = 0; told < KEYS_TOLD_MAX && map_next(w->keys, &i, &key, &any); told++)
		json_put_text(out, key);
	json_put_close(out, ']');
}

static void put_sources(const struct why *w, struct buf *out)
{
	struct str source;
	void *at;

	json_put_name(out, STR("last_by_source"));
	json_put_open(out, '{');
	for (size_t i = 0; map_next(w->sources, &i, &source, &at);) {
		json_put_name(out, source);
		json_put_time(out, *(int64_t *)at);
	}
	json_put_close(out, '}');
}

void why_write(struct why *w, struct buf *out)
{
	sort_events(w);
	json_put_open(out, '{');
	json_put_name(out, STR("received"));
	json_put_integer(out, (int64_t)w->received);
	json_put_name(out, STR("left_out"));
	json_put_integer(out, (int64_t)w->left_out);
	json_put_name(out, STR("lost"));
	json_put_integer(out, w->lost);
	put_keys(w, out);
	json_put_name(out, STR("events"));
	json_put_open(out, '[');
	for (size_t i = 0; i < w->count; i++) {
		json_put_next(out);
		buf_add(out, event_at(w, i)->text);
	}
	json_put_close(out, ']');
	put_sources(w, out);
	json_put_close(out, '}');
}
