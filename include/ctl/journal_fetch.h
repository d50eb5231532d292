/*
 * Journals of running daemons, copied into a folder of this run's own: what reads journals reads them there.
 */
#ifndef CTL_JOURNAL_FETCH_H
#define CTL_JOURNAL_FETCH_H

#include "base/options.h"
#include "ctl/cmd.h"

struct journal_copies {
	char *folder;        /* NULL: nothing was fetched */
	struct strs folders; /* one for each daemon, in the arena of the command */
};

/* Files of days that were over before `from` (ms) are left where they are. False with lines in `err`, or after a daemon's error, which has been printed. */
bool journal_fetch(struct ctl *c, const char *const *urls, size_t count, int64_t from, struct journal_copies *out,
                   struct err *err);
void journal_copies_remove(struct journal_copies *copies);

#endif
