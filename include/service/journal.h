/*
 * The decision journal: one JSON line per decided alert, in a local file rotated by day, written by a thread of its own
 * so that a slow disk stalls no socket. Its queue is bounded; what does not fit is counted, not waited for: losing the
 * journal loses no page.
 */
#ifndef SERVICE_JOURNAL_H
#define SERVICE_JOURNAL_H

#include <jansson.h>

#include "base/err.h"

struct journal;
/* A folder; files in it are YYYY-MM-DD.jsonl (UTC); older than `retention_ms` ones are deleted. NULL with a line in `err`. */
struct journal *journal_open(const char *folder, int64_t retention_ms, struct err *err);
void journal_close(struct journal *j); /* writes what is queued */
/* `now_ms` chooses the file. The object is borrowed. */
void journal_write(struct journal *j, const json_t *object, int64_t now_ms);
uint64_t journal_lost(const struct journal *j);

#endif
