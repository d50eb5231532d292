/*
 * The files of incident/postmortem.h: what is known of the incident, and the two ways in which a draft is written, by the
 * sections that an organisation lists or in its own template.
 */
#ifndef INCIDENT_POSTMORTEM_IMPL_H
#define INCIDENT_POSTMORTEM_IMPL_H

#include "base/buf.h"
#include "incident/postmortem.h"

/* ---- postmortem_known.c ---- */
enum known {
	KNOWN_TITLE,
	KNOWN_SEVERITY,
	KNOWN_OWNER,
	KNOWN_FIRING,
	KNOWN_START,
	KNOWN_ANSWERED,
	KNOWN_OVER,
	KNOWN_DURATION,
	KNOWN_IMPACT,
	KNOWN_RUNBOOK,
	KNOWN_KEY,
	KNOWN_DATE,
	KNOWN_TIME_TO_ANSWER,
	KNOWN_CAUSE,
	KNOWN_DONE,
	KNOWN_COMMANDER,
	KNOWN_SERVICE,
	KNOWN_ALERT,
	KNOWN_STATUS,
	KNOWN_COUNT,
	KNOWN_NEVER = KNOWN_COUNT, /* the words are understood, and only people know it: an author, a ticket's number */
	KNOWN_NOT_MEANT            /* the words mean nothing that is known here */
};

enum part {
	PART_TIMELINE,
	PART_IMPACT,
	PART_CAUSE,
	PART_TASKS,
	PART_LESSONS,
	PART_RESOLUTION,
	PART_FACTS,
	PART_COUNT,
	PART_NONE = PART_COUNT
};

struct drafting {
	const struct incident *inc;
	const struct postmortem_context *context;
	struct arena *arena;
	struct buf out;
	bool said[PART_COUNT];
	bool filled[KNOWN_COUNT]; /* it stands in the draft already */
	struct strs *missing;
	size_t missing_capacity;
};

/* One line of text; empty: not known. */
struct str postmortem_known(const struct drafting *d, enum known what);
/*
 * What the words of a key or a placeholder mean. `as_time`: they ask for a time of the clock ("Resolved: HH:MM"), where
 * otherwise they would ask for what was done.
 */
/* Words that all stand in the text, in any order; "id." is a whole word, "resol" a word's beginning. */
bool postmortem_has_words(struct str text, const char *stems);
enum known postmortem_meaning(struct str words, bool as_time);

/* ---- postmortem.c ---- */
enum part postmortem_part(const struct drafting *d, struct str heading);
void postmortem_miss(struct drafting *d, struct str name);
void postmortem_escaped(struct drafting *d, struct str s); /* one line, in a table's cell too */
void postmortem_when(struct drafting *d, int64_t at);
/* What is known for a part, below its heading; nothing where nothing is. */
void postmortem_put(struct drafting *d, enum part part);
/* "acknowledged" of "acknowledged", "severity raised" of "severity_raised". False: of an earlier episode. */
bool postmortem_event(const struct drafting *d, size_t i, struct str *what);
/* Sections that were stated and do not stand in the template, and what no section of theirs means. */
void postmortem_put_rest(struct drafting *d);

/* ---- postmortem_template.c ---- */
void postmortem_fill(struct drafting *d, struct str body);

/* ---- postmortem_open.c ---- */
/* Something to be filled in begins there, a [name], a YYYY-MM-DD or a ____: its bytes, and its words. 0: nothing does. */
size_t postmortem_open_at(struct str body, size_t at, struct str *inside);
/* Nothing, "TBD", or something to be filled in somewhere in it. */
bool postmortem_is_open(struct str text);
/* It asks for a time of the clock or for a day: HH:MM, [date]. */
bool postmortem_asks_time(struct str text);

#endif
