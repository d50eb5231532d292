/*
 * One line of a decision journal, without a tree: what replays and questions ask of it.
 */
#ifndef REPLAY_JOURNAL_LINE_H
#define REPLAY_JOURNAL_LINE_H

#include "alert/alert.h"

struct journal_line {
	struct str event, at, key, fingerprint, identity, verdict, reason, source, status, starts_at, ends_at,
		generator_url;
	struct str body, alerts, truncated, receiver, group_key, notification_reason, command, by, note, lines;
	struct labels labels, annotations, group_labels;
};

/* `text` is in `arena`, and what is read views it. False: it is no object. */
bool journal_line_read(struct arena *arena, struct str text, struct journal_line *out);
/* It is of a journal: of a new one, or of an old one that says no event. */
bool journal_line_looks_so(struct str line);
/* An alert and what was decided of it. */
bool journal_line_is_decision(const struct journal_line *line);

#endif
