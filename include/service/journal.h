/*
 * The decision journal: one JSON line per decided alert and for what no alert caused (journal_lines.h), in a local file
 * rotated by day and packed (gzip) when a later day has begun, written by a thread of its own so that a slow disk stalls no
 * socket, and where many come with those of a millisecond: kill -9 loses no more. Its queue is bounded; what does not fit is counted, not waited for: losing the
 * journal loses no page. The journal tells of the gap itself. A file that cannot be written, or was moved away, is opened anew with the next lines; a line that
 * was torn stays alone, the next one begins on a new line.
 */
#ifndef SERVICE_JOURNAL_H
#define SERVICE_JOURNAL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct journal;
/* Makes the folder where it is missing. False with a line in `err` when nothing could be written there by now: it tries,
 * and waits for the disk. */
bool journal_prepare(const char *folder, struct err *err);
/*
 * Files in the folder are YYYY-MM-DD.jsonl (UTC), and YYYY-MM-DD.jsonl.gz once packed; older than `retention_ms` ones are deleted. The folder need not be fit for
 * it yet: lines are lost and counted until it is. NULL with a line in `err`: it has no name, or there is no thread.
 */
struct journal *journal_open(const char *folder, int64_t retention_ms, struct err *err);
void journal_close(struct journal *j); /* writes what is queued */
/* `object` is JSON on one line, and borrowed. `now_ms` chooses the file. */
void journal_write(struct journal *j, struct str object, int64_t now_ms);
uint64_t journal_lost(const struct journal *j);

#endif
