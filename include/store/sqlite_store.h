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

/* NULL with a line in `err`: cannot open, held by another process, schema from a newer version, not a database. */
struct store *sqlite_store_open(struct loop *l, const char *path, struct err *err);

#endif
