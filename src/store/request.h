/*
 * One verb under way: what was asked (a deep copy), whom to call back, and what came of it. It lives in its own arena,
 * so freeing it frees whatever a store put into the answer. A store fills `result`, `now` and its part of `answer`.
 */
#ifndef STORE_REQUEST_H
#define STORE_REQUEST_H

#include "base/mem.h"
#include "store/store.h"

enum verb {
	VERB_LOAD,
	VERB_COMMIT,
	VERB_CLAIM,
	VERB_RELEASE,
	VERB_QUERY, /* store/query.h */
	VERB_SWEEP,
	VERBS,
	VERB_WORK = VERBS, /* beyond the interface: only the sqlite store has it, for replica/local_store.h */
};

/* A function that runs in the store's thread, inside the batch's transaction. `done` gets the request. */
struct sqlite_db;
struct request;
struct request_work {
	void (*run)(struct sqlite_db *, struct request *);
	void *what;    /* the function's own, in the request's arena */
	bool writes;   /* false: it only reads */
	bool lazy;     /* need not be on disk when it is answered */
	size_t weight; /* > 0: it has a queue limit of its own, in these units */
	size_t bytes;
};

struct store_query;
struct request {
	struct request *next;
	struct arena *arena;
	enum verb verb;
	void *arg;
	enum store_result result;
	int64_t now;
	void *passage;    /* of a store that passes it on to others: in the arena */
	void *pieces;     /* of a store that answers it bit by bit: in the arena */
	bool partly_done; /* a part of what it writes: it is never UNAVAILABLE any more */
	void *owned;      /* from mem_*, freed with the request; for answers whose size is not known beforehand */
	struct {          /* VERB_QUERY: its own structs, in the arena */
		const struct store_query *is;
		void *ask, *answer;
		void (*done)(void);                               /* as the query has it */
		void (*heard)(void *arg, const struct request *); /* NULL, or who is told instead */
	} query;
	union {
		struct store_load load;
		struct store_commit commit;
		struct store_claim claim;
		struct store_release release;
		int64_t retention_ms;
		struct request_work work;
	} ask;
	union {
		void (*load)(void *, const struct store_loaded *);
		void (*commit)(void *, const struct store_committed *);
		void (*claim)(void *, const struct store_claimed *);
		void (*release)(void *, enum store_result);
		void (*sweep)(void *, enum store_result, bool);
		void (*work)(struct request *);
	} done;
	union {
		struct store_loaded load;
		struct store_committed commit;
		struct store_claimed claim;
		bool more;
	} answer;
};

struct request *request_new(enum verb verb, void *arg);
void request_copy_load(struct request *r, const struct store_load *ask);
void request_copy_commit(struct request *r, const struct store_commit *ask);
void request_copy_claim(struct request *r, const struct store_claim *ask);
void request_copy_release(struct request *r, const struct store_release *ask);
/* Deep copies of parts. */
struct str *request_copy_strs(struct arena *a, const struct str *from, size_t count);
struct member *request_copy_members(struct arena *a, const struct member *from, size_t count);
struct store_member_change *request_copy_changes(struct arena *a, const struct store_member_change *from, size_t count);
struct store_count *request_copy_counts(struct arena *a, const struct store_count *from, size_t count);
struct store_lease *request_copy_leases(struct arena *a, const struct store_lease *from, size_t count);
struct store_record request_copy_record(struct arena *a, const struct store_record *from);
/* Calls back and frees. */
void request_deliver(struct request *r);
/* Frees without calling back: somebody else has. */
void request_free(struct request *r);
/* Empties the answer and says so: before a store tries again, or when it gives up. */
void request_fail(struct request *r, enum store_result result);
/* False for what only reads. */
bool request_writes(const struct request *r);
/* It must be on disk before it is answered. */
bool request_durable(const struct request *r);

/* The answer's records, with room for `most`. They start out with version 0 and no bytes. */
struct store_record *request_records(struct request *r, size_t most);
/* The members asked for with found = false, for a store to fill in. */
struct member *request_members(struct request *r);
void request_set_id(char out[STORE_ID_MAX], struct str id);

/* What all stores agree on. */
bool request_same_version(const struct store_version *known, const struct store_version *expected);
/* Its last commit ids as a record has them: newest first, blanks between. */
struct str request_join_ids(struct arena *a, char (*ids)[STORE_ID_MAX]);
/* The other way round; what is not there is empty. */
void request_split_ids(struct str text, char (*ids)[STORE_ID_MAX]);
/* The version that the commit made, when its id is among the record's last ones (newest first); else 0. */
uint64_t request_version_of(const char *id, uint64_t number, char (*ids)[STORE_ID_MAX]);

#endif
