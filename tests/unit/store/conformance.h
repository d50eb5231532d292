/*
 * What every store has to do, as a table of tests that run over any of them. Each runs on an empty store of its own.
 * The verbs here wait for their answer and copy it, so that a test reads from top to bottom.
 */
#ifndef TESTS_STORE_CONFORMANCE_H
#define TESTS_STORE_CONFORMANCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "io/loop.h"
#include "store/store.h"

struct conformance {
	struct loop *loop; /* NULL: the store answers inside the call */
	struct store *store;
	void *own;           /* the opener's */
	struct arena *arena; /* answers live here until the test is over */
	int waiting;         /* answers that are still to come */
	struct loop_timer *overdue;
	/* Returns when the store's clock says `until` at least. */
	void (*pass)(struct conformance *, int64_t until);
};

struct conformance_case {
	const char *name;
	void (*run)(struct conformance *);
};
#define LONG_LEASE (10 * TIME_MINUTE)
#define SHORT_LEASE 800 /* longer than a busy machine keeps a test from its next line */

extern const struct conformance_case conformance_commits[], conformance_members[], conformance_groups[],
	conformance_claims[], conformance_leases[], conformance_lists[], conformance_sweeps[], conformance_group_sweeps[],
	conformance_kept[];

/* Opens and closes a store for each case; `open` fills in loop, store, own and pass. What cmocka's group returns. */
struct conformance_opener {
	const char *name;
	void (*open)(struct conformance *);
	void (*close)(struct conformance *);
	bool owes; /* what is committed is owed to another store: sweeping forgets none of it, its cases are left out */
};
int conformance_run(const struct conformance_opener *opener);

/* For the stores' own tests: a fixture outside the table. */
void conformance_begin(struct conformance *t);
void conformance_end(struct conformance *t);
/* Runs the loop until everything asked has been answered. */
void conformance_wait(struct conformance *t);
/* pass() for a store with a clock of its own. */
void conformance_poll(struct conformance *t, int64_t until);

const struct store_loaded *load(struct conformance *t, const struct store_load *ask);
const struct store_committed *commit(struct conformance *t, const struct store_commit *ask);
const struct store_claimed *claim(struct conformance *t, const struct store_claim *ask);
enum store_result release(struct conformance *t, const struct store_release *ask);
const struct store_listed *list(struct conformance *t, enum store_list which, struct str cursor, size_t limit);
void tally_later(struct conformance *t, const char *id, const struct store_count *counts, size_t n,
                 struct store_tallied *got);
uint64_t sum_of_field(struct conformance *t, const char *field); /* of all hours */
struct store_tallied tally(struct conformance *t, const char *id, const struct store_count *counts, size_t n);
const struct store_counted *counters(struct conformance *t, int64_t since, int64_t until);
const struct store_membered *members_page(struct conformance *t, struct str cursor, size_t limit);
const struct store_stats *stats(struct conformance *t, const struct str *receivers, size_t count);
const struct store_kept *keep_value(struct conformance *t, const struct store_keep *ask);
enum store_result sweep(struct conformance *t, int64_t retention_ms, bool *more);
/* Asks and does not wait: conformance_wait() then fills it in. */
void commit_later(struct conformance *t, const struct store_commit *ask, struct store_committed *out);

/* Shorthands. */
int64_t clock_of(struct conformance *t);
/* An open incident without members, dues or counts; a fresh commit id. */
struct store_commit incident(const char *key, struct store_version expect);
/* Commits it as a new one; asserts that this goes well. */
const struct store_claimed *claim_ok(struct conformance *t, const struct store_claim *ask);
/* Claims; the keys handed out, joined by blanks. */
void assert_claims(struct conformance *t, const char *receiver, int max, int64_t lease_ms, const char *expected);
struct store_release release_of(const char *receiver, const char *key, const struct store_claim *held, int64_t due_at);
void make_due(struct conformance *t, const char *key, const char *receiver, int lane, int64_t at);
struct store_version commit_ok(struct conformance *t, const struct store_commit *ask);
struct store_record record_of(struct conformance *t, const char *key);
struct member member_of(struct conformance *t, struct str source, struct str fingerprint);
struct store_claim claim_for(const char *receiver, int max, int64_t lease_ms);
/* A member that nobody knows begins to fire: ("s", "f") in "k", in every field something that is nowhere else. */
struct store_member_change joins(const char *source, const char *fingerprint, const char *key);
/* Commits one member's change with a new version of the record. */
enum store_result move(struct conformance *t, const char *key, const struct store_member_change *change);
/* A new open incident, due for one receiver. */
struct store_version due_incident(struct conformance *t, const char *key, const char *receiver, int lane, int64_t at);

#define assert_str(view, expected) assert_view((view), (expected), __FILE__, __LINE__)
void assert_view(struct str got, const char *expected, const char *file, int line);

#endif
