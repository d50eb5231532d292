/*
 * What arrived, in the order of time, out of whatever kept it: decision journals of one router or several, saved webhook
 * bodies, Alertmanager's event recorder, a Prometheus' ALERTS. Files are read as they are consumed: of a long history little
 * is in memory at a time.
 *
 * Forms of a file, line by line (a file called .json is one document, or a list of them; .gz is unpacked):
 *   journal    {"event": "decided", …}, see service/journal_lines.h; older ones without `event` too
 *   webhook    a body as Alertmanager posts it, or {"at": TIME, "source": NAME, "body": {…}}. One that says no time arrived when
 *              the last of its alerts began or ended
 *   recorder   {"@timestamp": TIME, "data": {"notification": {…}}}, Alertmanager 0.33 and later
 */
#ifndef REPLAY_HISTORY_H
#define REPLAY_HISTORY_H

#include "alert/known_sets.h"
#include "alert/webhook.h"
#include "incident/command.h"
#include "service/intake.h"

enum history_kind { HISTORY_BODY, HISTORY_COMMAND, HISTORY_LISTENS };

struct history_event {
	struct arena *arena;      /* of everything in it… */
	struct known_sets *known; /* …but for sets that came before; NULL: of all */
	enum history_kind kind;
	int64_t at;
	/* HISTORY_BODY */
	struct str source;
	struct webhook hook;         /* labels as the source's settings left them, or leave them */
	struct intake_decided *said; /* what was decided then, for each alert; NULL: the history does not say */
	/* HISTORY_COMMAND */
	struct str key;
	enum command command;
	struct command_args args;
	struct history_event *next; /* of the reader */
};
struct history_event *history_event_made(int64_t at); /* a body without alerts yet */
void history_event_free(struct history_event *e);     /* NULL is fine */

struct history_figures {
	size_t files, lines, events, alerts;
	size_t unreadable; /* lines that are nothing of the above */
	size_t incomplete; /* webhooks of which lines are missing: they count as cut short */
	uint64_t lost;     /* lines that the journal itself says are missing */
	uint64_t bytes, bytes_in_all;
	int64_t until; /* the last moment that any of it speaks of, also by a line that is no event; 0: none was read yet */
};

struct config;
struct history;
/* `c` (its sources' settings) is borrowed; NULL: labels are taken as they are. */
struct history *history_new(const struct config *c);
void history_free(struct history *h); /* NULL is fine */
/* Files, folders (their *.jsonl and *.jsonl.gz) and patterns. False with lines in `err`; nothing found is an error. */
bool history_add(struct history *h, const char *pattern, struct err *err);
/* What is earlier is passed over; 0: nothing is. */
void history_since(struct history *h, int64_t ms);
/* What was read elsewhere: taken over, in any order. */
void history_add_event(struct history *h, struct history_event *e);
/* The next one, the caller's own; NULL: the end, or (lines in `err`) something cannot be read on. */
struct history_event *history_next(struct history *h, struct err *err);
/* What is known reaches until then, whatever happened last. */
void history_reaches(struct history *h, int64_t ms);
const struct history_figures *history_figures(const struct history *h);

#endif
