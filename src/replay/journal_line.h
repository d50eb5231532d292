/*
 * One line of a decision journal, without a tree: what replays and questions ask of it.
 */
#ifndef REPLAY_JOURNAL_LINE_H
#define REPLAY_JOURNAL_LINE_H

#include "alert/alert.h"
#include "alert/known_sets.h"

struct journal_line {
	struct str event, at, key, fingerprint, identity, verdict, reason, source, status, starts_at, ends_at,
		generator_url;
	struct str body, alerts, truncated, receiver, group_key, notification_reason, command, by, note, lines;
	struct labels labels, annotations, group_labels;
	/* The line from behind its alert on (`body`, …): the next one of that webhook says it in the same words. */
	struct str behind;
	uint32_t behind_fields; /* which are in it */
};

/*
 * `text` is in `arena`, and what is read views it. Sets that are in `known` (NULL: none are) are not read again, and live
 * there; others are put there. False: it is no object.
 */
bool journal_line_read(struct arena *arena, struct str text, struct known_sets *known, struct journal_line *out);
/* Likewise, a line of the webhook that `first` is of; what it says in the same words is not read again. */
bool journal_line_read_next(struct arena *arena, struct str text, struct known_sets *known,
                            const struct journal_line *first, struct journal_line *out);
/* It is of a journal: of a new one, or of an old one that says no event. */
bool journal_line_looks_so(struct str line);
/* An alert and what was decided of it. */
bool journal_line_is_decision(const struct journal_line *line);

#endif
