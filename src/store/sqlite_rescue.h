/*
 * A database that is lost (deleted, renamed, without its log, damaged) while this process has it open: what the open handle
 * still holds goes into a fresh file of the same name, and work goes on there. Whatever lies at that name by then, or is
 * left of the log, is set aside and not destroyed.
 */
#ifndef STORE_SQLITE_RESCUE_H
#define STORE_SQLITE_RESCUE_H

#include "store/sqlite_db.h"

struct sqlite_rescued {
	bool whole;  /* everything could be read; else some rows are lost */
	char *aside; /* what was there is called now; the caller's to free; NULL: nothing was */
};

/*
 * False with a line in `err`: then `db` is either as it was (db->handle: it may be read, and tried again), or closed: what
 * is known lies in place, and waits to be opened. Not inside a transaction; all statements are reset.
 */
bool sqlite_rescue(struct sqlite_db *db, int64_t now, struct sqlite_rescued *out, struct err *err);
/*
 * The rows of `from` that can be read, into the new file `path`. True when that is all of them; `copied` tells whether there
 * is a file now.
 */
bool sqlite_copy_rows(sqlite3 *from, const char *path, bool *copied, struct err *err);
/*
 * The same from a damaged file that was set aside: what can be read becomes the file `real`. False: nothing can be, there is
 * no file of that name; a line in `err` where that has a reason of its own.
 */
bool sqlite_salvage(const char *damaged, const char *real, struct err *err);

#endif
