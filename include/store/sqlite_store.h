/*
 * The embedded store: one SQLite file (WAL, synchronous=FULL), one owner (an exclusive lock; leases are void when it
 * opens), in a thread of its own. All commits waiting at once share one transaction and one fsync; a commit that
 * conflicts leaves the others of its batch untouched. Callbacks run on the loop after COMMIT.
 */
#ifndef STORE_SQLITE_STORE_H
#define STORE_SQLITE_STORE_H

#include "base/err.h"
#include "io/loop.h"
#include "store/store.h"

/*
 * NULL with a line in `err`: cannot open, held by another process (under whatever name: the file itself is locked), schema
 * from a newer version, another program's, damaged.
 *
 * Its clock is the wall clock as long as nobody sets that; store/sqlite_clock.h says what then.
 *
 * A file that is lost while it is open (deleted, renamed, replaced, its log gone or cut off, damaged) is noticed within a
 * second, and before anything is answered that was written to it: what is known goes into a fresh file of that name, and
 * what was there is set aside. Where that cannot be done the store is down, and tries again.
 */
struct store *sqlite_store_open(struct loop *l, const char *path, struct err *err);
/*
 * The same, but one that is damaged is set aside (PATH.damaged-TIME) for a fresh one, and one that cannot be opened for a
 * reason that may pass (a full disk) is down until it can.
 */
struct store *sqlite_store_open_anyway(struct loop *l, const char *path, struct err *err);

/* Who it is that owns the file: the same at each opening, and of each file another one; "": cannot be told. */
const char *sqlite_store_owner(const struct store *s);

#endif
