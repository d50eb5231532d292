/*
 * Lengths in the units that providers count in, and text that fits. Private to the receivers.
 */
#ifndef RECEIVERS_TEXT_H
#define RECEIVERS_TEXT_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

enum text_unit {
	TEXT_BYTES,      /* of UTF-8: ntfy, Webex */
	TEXT_UTF16,      /* units of UTF-16, as JavaScript and Java count: Telegram, Discord, Opsgenie, Slack */
	TEXT_CHARACTERS, /* code points: Pushover, GoAlert */
};

/* A byte that begins no character counts as one of each. */
size_t text_length(struct str s, enum text_unit unit);

/*
 * Appends `s` as clean text: what is no UTF-8 becomes U+FFFD; control characters become blanks, but for line feeds where
 * `lines` says so (a CR before one is dropped).
 */
void text_add_clean(struct buf *b, struct str s, bool lines);

/* Clean text without lines, at most `most` units with the mark "…" at its end where something was cut off. */
struct str text_line(struct arena *arena, struct str s, size_t most, enum text_unit unit);
/* The same with its lines. */
struct str text_lines(struct arena *arena, struct str s, size_t most, enum text_unit unit);

#endif
