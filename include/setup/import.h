/*
 * Another program's routing, read and written down as ours: the routes of an alertmanager.yml (or Grafana's notification
 * policies, or PagerDuty's event orchestrations) become rules that name the same receivers for every alert. What has no counterpart here is never dropped in
 * silence: it is a note with its line.
 */
#ifndef SETUP_IMPORT_H
#define SETUP_IMPORT_H

#include <jansson.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"

#define IMPORT_RULES_MAX 10000 /* a tree whose `continue` multiplies to more is refused */

struct import_note {
	struct pos at;
	struct str text;
};

struct new_secret;

struct import {
	struct arena *arena;
	json_t *config;    /* runbookd.yml */
	json_t *receivers; /* the list `receivers:` of it */
	json_t *in_hours;  /* receivers that wait for a route's hours, by theirs and the hours */
	json_t *intervals; /* the time intervals that the file defines, in Alertmanager's form */
	json_t *rules;     /* the list `rules:` of its rule file */
	json_t *names; /* the other program's receivers: {"team-x": ["team-x", "team-x-slack"]}; an empty list: it drops */
	bool tells_none;            /* there `severity: none` is a label as any other */
	json_t *ourselves;          /* those of theirs that post to runbookd, as a set */
	json_t *lost;               /* those of which some integration did not carry over, as a set */
	struct err silent;          /* warnings: routes that told somebody there and tell nobody here */
	struct new_secret *secrets; /* files of their own, that the configuration names */
	size_t secret_count, secret_capacity;
	struct import_note *notes; /* what did not carry over, in the order of the file */
	size_t note_count, note_capacity;
	struct str root_receiver;  /* theirs, of what no route takes */
	struct str group_interval; /* the longest of all routes, as written; empty: nobody says */
};

struct import_options {
	const char *file;          /* named in messages; what it names itself is relative to its folder */
	bool page_after;           /* group_wait becomes page_after */
	const char *const *labels; /* FIELD=LABEL: which label a field of PagerDuty's events is */
	size_t label_count;
};

/* Is this the shape of Grafana's exported policies, rather than that of an alertmanager.yml? */
bool import_is_grafana(const struct yaml_node *document);
/* False with lines in `err`: it is no such file. Release in both cases. */
bool import_read(struct import *out, const struct import_options *options, struct str text, struct err *err);
void import_release(struct import *i);

#endif
