/*
 * The database file: who owns it, its schema, its statements. Used by one thread at a time. An error is kept in `failed`
 * and `why` and everything after it does nothing: write freely, ask once before COMMIT.
 */
#ifndef STORE_SQLITE_DB_H
#define STORE_SQLITE_DB_H

#include <sqlite3.h>

#include "base/err.h"
#include "store/request.h"
#include "store/sqlite_figures.h"
#include "store/sqlite_file.h"
#include "store/sqlite_leases.h"

enum sqlite_statement {
#define STATEMENT(name, text) name,
#include "store/sqlite_statements.def"
#undef STATEMENT
	SQLITE_STATEMENTS
};

/*
 * Of a new file. A commit touches a dozen pages, each of which is copied, summed up and written: records have one to two KB,
 * entries of all else a hundred bytes.
 */
#define SQLITE_PAGES "PRAGMA page_size = 2048; "

struct sqlite_db {
	sqlite3 *handle; /* NULL: it is not open */
	struct sqlite_file file;
	int64_t page_size;
	enum sqlite_refusal refusal; /* why it could not be opened */
	bool stand_in;               /* of a primary store (replica/local_store.h) */
	sqlite3_stmt *statements[SQLITE_STATEMENTS];
	bool lazy;            /* COMMIT does not wait for the disk */
	bool reading;         /* a row was read in this transaction: that statement may not be at its end */
	bool failed, damaged; /* damaged: what it read made no sense, at any time since it was opened */
	char why[256];
	int64_t now;                  /* of the batch */
	struct sqlite_leases *leases; /* of one that is opened in the place of another they stay */
	uint64_t turns;               /* leases handed out */
	struct sqlite_figures figures;
	/* How many fields an hour has, so that a new one need not count them; -1: not known */
	int64_t counted_hour, counted_fields;
	bool gathers;         /* this transaction has several verbs: what they count is written once */
	struct map *gathered; /* so far; NULL: nothing */
};

/* "RbkD": so that somebody else's database is not taken for ours. */
#define SQLITE_APPLICATION_ID 0x52626b44

enum sqlite_opening {
	SQLITE_OPEN_ALONE = 0,
	SQLITE_OPEN_STAND_IN = 1, /* only a stand-in keeps mirrored rows */
	SQLITE_OPEN_LEASED =
		2, /* in the place of one that this process had open: leases stay in force, else they are void */
};
/* False with a line in `err`, and why in `refusal`; then nothing is left open. `db` was open before, or is all zero. */
bool sqlite_db_open(struct sqlite_db *db, const char *path, enum sqlite_opening how, struct err *err);
/* The file is not to be trusted: closing must not copy the log into it, nor delete anything by its name. */
void sqlite_db_abandon(struct sqlite_db *db);
void sqlite_db_close(struct sqlite_db *db);
char *sqlite_schema_new(void);        /* what makes an empty file one of ours; the caller's to free */
bool sqlite_code_is_damage(int code); /* an extended result code */

/*
 * sqlite_watch.c: what became of the open file behind our back, in words that follow its name; NULL: nothing. It costs
 * some look-ups of names: 20 us, beside the 200 us that a commit waits for the disk.
 */
const char *sqlite_db_lost(struct sqlite_db *db);

/*
 * Resets and binds a statement. One letter of `types` for each argument: 'i' int64_t, 's' struct str (as a BLOB: bytes
 * in byte order), 'c' struct str as text, 't' const char *. What is bound must live until the statement is reset.
 */
sqlite3_stmt *sql(struct sqlite_db *db, enum sqlite_statement which, const char *types, ...);
/* The next row; false at the end (then it is reset) or on failure. */
bool sql_row(struct sqlite_db *db, sqlite3_stmt *s);
/* Runs one that answers nothing. */
void sql_run(struct sqlite_db *db, enum sqlite_statement which, const char *types, ...);
struct str sql_str(struct request *r, sqlite3_stmt *s, int column); /* copied into the request's arena */
/* Between batches: whether the next ones wait for the disk. One that did not is on disk with the first that does. */
bool sqlite_db_sync(struct sqlite_db *db, bool full);
/* Forgets the failure: a new batch. */
void sqlite_db_begin(struct sqlite_db *db, int64_t now, bool writes);
/* True when everything since begin is durable; else nothing of it happened. */
bool sqlite_db_commit(struct sqlite_db *db);

/* For each sqlite_statement its text (sqlite_statements.def). */
extern const char *const sqlite_sql[SQLITE_STATEMENTS];
/*
 * sqlite_schema.c: what makes a file of `version` (0: an empty one) one of SQLITE_SCHEMA_VERSION; the caller's to free.
 * Then, at each opening, what a file has only while it stands in for a primary, or while it does not; and what older files
 * of this version lack, which do not need it.
 */
char *sqlite_schema_from(int64_t version);
extern const char sqlite_stand_in[], sqlite_no_stand_in[];
#define SQLITE_SCHEMA_VERSION 8

/* What a commit has to know of a row; version 0: there is none. */
struct sqlite_row {
	struct store_version version, base;
	char ids[STORE_HISTORY][STORE_ID_MAX];
	bool owned;
	struct sqlite_standing was; /* before what is written now */
};
struct sqlite_row sqlite_find_row(struct sqlite_db *db, struct request *r, struct str key);
/* Writes the row, its groups, and what is due for it; members, counts and leases are the caller's. */
void sqlite_put_row(struct sqlite_db *db, struct request *r, const struct store_commit *ask,
                    const struct sqlite_row *row, struct str ids);
/* The columns SQLITE_FACTS. */
#define SQLITE_FACTS "key, row_group, mark, counted, waits, starts_at, ends_at, episode, touched_at"
#define SQLITE_FACT_COLUMNS 9
void sqlite_take_member(struct request *r, sqlite3_stmt *s, struct member *m);
/* What is known of a member (source, fingerprint); true when it is owned. */
bool sqlite_find_member(struct sqlite_db *db, struct request *r, struct member *m);
/* `m` becomes what is known of `who`, until `forget_at` or a little longer; found = false: it is forgotten. */
void sqlite_put_member(struct sqlite_db *db, const struct member *who, const struct member *m, int64_t forget_at,
                       bool owned);

/* The verbs, inside a transaction. sqlite_records.c */
void sqlite_load(struct sqlite_db *db, struct request *r);
void sqlite_commit(struct sqlite_db *db, struct request *r);
void sqlite_list(struct sqlite_db *db, struct request *r);
void sqlite_members(struct sqlite_db *db, struct request *r);
void sqlite_take_record(struct request *r, sqlite3_stmt *s,
                        struct store_record *out); /* columns key, number, ids, bytes */
/* sqlite_groups.c */
/* The record's groups become these and no others; what is so already is not written. */
void sqlite_set_groups(struct sqlite_db *db, struct request *r, const struct store_commit *ask, bool is_new);
/* sqlite_queue.c */
void sqlite_claim(struct sqlite_db *db, struct request *r);
void sqlite_release(struct sqlite_db *db, struct request *r);
void sqlite_set_due(struct sqlite_db *db, struct str receiver, struct str key, int lane, int64_t at);
/* All that a commit says of them, and the leases that it takes. `is_new`: the record was not there before. */
void sqlite_set_dues(struct sqlite_db *db, const struct store_commit *ask, bool is_new);
/* When the first of what is due to the receiver became so; 0: nothing is. */
int64_t sqlite_oldest_due(struct sqlite_db *db, struct str receiver);
bool sqlite_is_leased(struct sqlite_db *db, struct str receiver, struct str key);
/* In force from now on, whatever was before. */
void sqlite_set_lease(struct sqlite_db *db, struct str key, const struct store_lease *l);
/* The same where the pair is not leased. */
void sqlite_put_lease(struct sqlite_db *db, struct str key, const struct store_lease *l);
void sqlite_release_pair(struct sqlite_db *db, struct str receiver, struct str key, const char *claim, int64_t due_at);
/* Those of this record that are in force; at most `most`, in the request's arena. */
size_t sqlite_leases_of(struct sqlite_db *db, struct request *r, struct str key, struct store_lease **out);
/* sqlite_counts.c */
void sqlite_add_counts(struct sqlite_db *db, const struct store_count *counts, size_t n);
/* What was gathered: before whoever may look at the counters, and before COMMIT. */
void sqlite_counts_write(struct sqlite_db *db);
void sqlite_counts_forget(struct sqlite_db *db);
void sqlite_tally(struct sqlite_db *db, struct request *r);
void sqlite_counters(struct sqlite_db *db, struct request *r);
void sqlite_stats(struct sqlite_db *db, struct request *r);
void sqlite_sweep(struct sqlite_db *db, struct request *r);

#endif
