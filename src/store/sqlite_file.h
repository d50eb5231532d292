/*
 * The database file as a file: it has one owner whatever it is called, it may turn out not to be there any more, and it may
 * have to be put aside. SQLite keeps two more beside it: the write-ahead log (-wal) and the log's index (-shm).
 */
#ifndef STORE_SQLITE_FILE_H
#define STORE_SQLITE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "store/store.h"

/* Why a file cannot be opened. */
enum sqlite_refusal {
	SQLITE_NOT_REFUSED,
	SQLITE_REFUSED,     /* somebody has to decide: another owner, another program's, a newer version's */
	SQLITE_UNREACHABLE, /* no such folder can be made, no permission */
	SQLITE_PASSING,     /* no room, read-only, an I/O error, held by somebody's shell: it may be better later */
	SQLITE_DAMAGED,
};

#define SQLITE_FILE_PARTS 3 /* the database, its log, the log's index */

struct sqlite_file {
	char *path;    /* as it was given */
	char *real;    /* links followed: what stands beside it stands there */
	int fd;        /* of the database: locked, so that no other name of it is opened by another process */
	int path_lock; /* of PATH.lock: so that nobody begins a new one where ours is gone */
	/* who it is that holds PATH.lock: the same whenever it is held again, and nobody else's; empty: cannot be told */
	char owner[STORE_OWNER_MAX];
	bool made;    /* it was not there */
	bool watched; /* the rest is known */
	dev_t device[SQLITE_FILE_PARTS];
	ino_t inode[SQLITE_FILE_PARTS];
	off_t size; /* of the database, as seen last */
};

/*
 * Makes the folders (0750) and the file (0600) where they are missing, and locks it. Where a complete REAL.fresh lies
 * (sqlite_rescue.h), that is the file. It is damaged where it is there and empty (whoever makes one here
 * fills it, or takes it back), and where a folder, a FIFO or the like has a name that SQLite wants for a
 * log. False with a line in `err`, and why. On false too sqlite_file_release().
 */
bool sqlite_file_claim(struct sqlite_file *f, const char *path, enum sqlite_refusal *why, struct err *err);
/* The name that a symbolic link, or a chain of them, stands for, be there a file or not; the caller's to free. */
char *sqlite_file_resolve(const char *path);
bool sqlite_file_make_folders(const char *path, enum sqlite_refusal *why, struct err *err);
/* After SQLite has closed the file: it would lose its own locks. */
void sqlite_file_release(struct sqlite_file *f);

/* SQLite has opened it: these three are watched from now on. */
void sqlite_file_watch(struct sqlite_file *f);
/* What became of it, in words that follow its name ("is gone"); NULL: it is where it was. */
const char *sqlite_file_lost(struct sqlite_file *f);
/* Somebody else has a file of that name by now, and holds it. */
bool sqlite_file_taken(const struct sqlite_file *f);
/* The database has become smaller than it was at the last look. */
bool sqlite_file_shrunk(struct sqlite_file *f);

#define SQLITE_FILE_FRESH ".fresh"
#define SQLITE_FILES_ASIDE_MAX 20
/*
 * Renames whatever lies there (no link), with its logs and index, to REAL.WHY-TIME (`moved`, the caller's to free; NULL where
 * there was nothing); what is no regular file in the place of a log to …-wal.in-the-way. `why` is one word. False when that fails, or when so many lie there already that nobody looks after them.
 */
bool sqlite_file_set_aside(const char *real, const char *why, int64_t now, char **moved, struct err *err);
/* `from`, on disk by then, is called `to`, for good. */
bool sqlite_file_put_in_place(const char *from, const char *to, struct err *err);
/* What lies at `real` is set aside and REAL.fresh takes its place. */
bool sqlite_file_renew(const char *real, int64_t now, char **moved, struct err *err);

#endif
