/*
 * One file of a history, line by line: history.c merges the files, the others read what a line says.
 */
#ifndef REPLAY_HISTORY_IMPL_H
#define REPLAY_HISTORY_IMPL_H

#include <jansson.h>

#include "base/lines.h"
#include "base/map.h"
#include "config/config.h"
#include "replay/history.h"

#define HISTORY_BODIES_MAX 10000 /* webhooks of one file whose lines are not all there yet; the oldest goes then */

enum history_form { HISTORY_OF_JOURNAL, HISTORY_OF_BODIES, HISTORY_FORMS };

struct history_part; /* a webhook whose lines are being found together */

struct history_file {
	struct history *history;
	char *path;
	struct lines *lines;
	int64_t latest;                      /* time does not go back within a file */
	struct history_event *first, **last; /* complete, in order */
	struct map *parts;                   /* by id */
	struct history_part *oldest, **newest;
	struct history_part *current; /* that the last line was of; NULL: it is complete, or the last line was of none */
	struct map *flushes;          /* recorder: groups, and the last flush of each that was taken */
	bool ended;
};

struct history {
	const struct config *config;
	struct history_file **files;
	size_t count, capacity;
	struct history_event *loose; /* of no file, by time */
	struct history_event **loose_last;
	bool sorted;
	int64_t since;
	struct history_figures figures;
	struct known_sets *known[HISTORY_FORMS]; /* as each form reads them */
};

struct history_event *history_event_new(enum history_kind kind);
/* A body that is read in this form, with the sets that are known of it. */
struct history_event *history_event_of(struct history *h, enum history_form form);
/* Complete: it is handed out in its turn. */
void history_put(struct history_file *f, struct history_event *e);

/* history_journal.c. False: the line is none of a journal. */
bool history_journal_line(struct history_file *f, struct str line);
void history_journal_end(struct history_file *f); /* what is not complete is as complete as it gets */

/* history_webhook.c: a body, or what was saved with it. False: it is none. */
bool history_saved(struct history_file *f, struct str document);
bool history_document(struct history_file *f, const json_t *document);
/* history_recorder.c */
bool history_recorded(struct history_file *f, const json_t *document);
/* A webhook body to an event: parsed, and its time where nobody states it. NULL: it is none. */
struct history_event *history_read_body(const struct config *c, const json_t *body, int64_t at);

#endif
