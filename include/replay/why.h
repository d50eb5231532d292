/*
 * What became of some alerts, from journals: received, decided, told to whom, what the provider said, and what people did to
 * their incidents. Or when each source was last heard of, where none of them ever came. Reads files, and nothing else: it may
 * run on any thread.
 */
#ifndef REPLAY_WHY_H
#define REPLAY_WHY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/options.h"
#include "rules/matcher.h"

#define WHY_EVENTS_MAX 10000                     /* the latest; of those before it is said how many they are */
#define WHY_BYTES_MAX ((size_t)32 * 1024 * 1024) /* of their lines */
#define WHY_KEYS_MAX 100000

struct why;
/* Matchers are borrowed. What is earlier than `from` (ms) is passed over. */
struct why *why_new(const struct matcher *matchers, size_t count, int64_t from);
void why_free(struct why *w); /* NULL is fine */
/* An incident that such alerts are known to have been in: it was decided elsewhere. */
void why_add_key(struct why *w, struct str key);
/*
 * Files, folders (their *.jsonl and *.jsonl.gz) and patterns, each read twice: what one router tells of an incident may stand
 * before what another one decided of it. Files of days that are over before `from` are not read. False with lines in `err`.
 */
bool why_read(struct why *w, const struct strs *patterns, struct err *err);
size_t why_received(const struct why *w); /* matching alerts */
/* {"received", "left_out", "lost", "keys": […], "events": […], "last_by_source": {}}: lines as they were written, by time. */
void why_write(struct why *w, struct buf *out);

#endif
