/*
 * The one way an incident is changed: load, apply pure functions, compare-and-set, and on a conflict all of it again.
 * Changes of one key inside this router take turns, and all that wait for a key go together: one load, each applied in
 * turn to the same record (later ones see the memberships that earlier ones left), one commit, one answer to each. So
 * one hot key does not storm. A conflict (another router was faster) is retried TRANSACTION_TRIES times with jitter;
 * then every change of that batch fails with TX_BUSY. STORE_UNKNOWN is retried with the same commit id,
 * for TRANSACTION_UNKNOWN_MS.
 */
#ifndef SERVICE_TRANSACTION_H
#define SERVICE_TRANSACTION_H

#include "incident/counts.h"
#include "incident/incident.h"
#include "incident/member.h"
#include "service/router.h"

#define TRANSACTION_TRIES 10
#define TRANSACTION_UNKNOWN_MS 5000
#define TRANSACTION_BATCH_MEMBERS 20000 /* members in one commit; further changes wait for the next */
#define TRANSACTIONS_MAX 100000         /* waiting changes in all; beyond: TX_UNAVAILABLE */

enum tx_result {
	TX_DONE,        /* committed, or nothing to commit */
	TX_MOVED,       /* a member now belongs to another incident: plan again (nothing was done for this change) */
	TX_BUSY,        /* too many conflicts */
	TX_UNAVAILABLE, /* the store cannot take it; nothing was done, or it is not known to be. Or the record is unreadable */
};

/* One member of a change: as the store (or an earlier change of the batch) knows it, and what becomes of it. */
struct tx_member {
	struct member before;
	struct member after; /* set by apply when `changed` */
	bool changed;
	int64_t ttl_ms;
};

enum tx_apply {
	TX_WRITE,
	TX_NOTHING,       /* leave the record as it is: no commit for this change's sake */
	TX_WRITE_RELEASE, /* and the same commit releases the lease that the change names */
};

struct tx_change {
	struct str key;
	const struct member *members; /* identities that apply wants to see; copied. Or as loaded already, see below */
	size_t member_count;
	/*
	 * Pure: changes `inc` in place. Called once per try, so it must not keep effects of its own before `done`. Runs
	 * with the batch's arena: `inc->arena`.
	 */
	enum tx_apply (*apply)(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
	                       struct counts *counts);
	/* Returns true where a change whose members now point elsewhere must be planned again. NULL: never. Asked for each
	 * member in turn (`index`); `holder` is the incident that it belongs to, `key`'s own included; NULL: there is none. */
	bool (*moved)(void *arg, size_t index, const struct member *m, const struct incident *holder);
	/* Once, with the record as committed (valid during the callback; NULL unless TX_DONE). */
	void (*done)(void *arg, enum tx_result result, const struct incident *inc, int64_t now);
	void *arg;
	/* The lease that apply may release (TX_WRITE_RELEASE); an empty claim: none. */
	struct str release_receiver;
	char release_claim[STORE_ID_MAX];
	/*
	 * What the caller has already loaded (record_given): used for the first try when nobody else is at this key, which
	 * saves a round trip. `members` then are as loaded.
	 */
	bool record_given;
	struct store_record record;
	int64_t now;        /* store clock, as it was given with the record… */
	int64_t asked_mono; /* …and a monotonic time that is not later: when it was asked for */
	/*
	 * It commits in any case: the first try may begin with the record as this router's last commit left it, which saves a
	 * round trip too. Not for a change that may leave the record as it is, since another router may have changed it.
	 */
	bool begins_with_newest;
	bool patient; /* see struct store_commit; it is so where all of a batch are */
	/*
	 * Its members and its record are known (transaction_knows()): the first try begins with both, and is good if it only
	 * counts what came, so that nobody is told anything by what was not looked up. Else everything is loaded.
	 */
	bool from_known;
	/* For whoever must not count twice. A commit's id, and where it is said before each apply whether that commit is part of
	 * the record (which must not be given); where the id of this change's commit is put when TX_UNAVAILABLE leaves it in
	 * doubt. NULL: nobody asks. Theirs until `done`. */
	const char *asked_id;
	bool *asked_is_part;
	char *doubted_id;
	/*
	 * It follows from what was there whether anything is due: what this change leaves as it was is not written again, and an
	 * expiry may be looked for earlier than need be. Not for who claimed the incident's clock, which sets everything anew.
	 */
	bool keeps_queue;
	/* An unreadable record is replaced by a new one (a page must go out) instead of failing with TX_UNAVAILABLE. */
	bool start_anew;
};

struct transactions *transactions_new(struct router *r);
/* Calls back what is pending with TX_UNAVAILABLE. Before the store is closed, after whoever waits for it was freed. */
void transactions_free(struct transactions *t);
/* Everything in `change` is copied. Callbacks never run inside this call. */
void transaction_run(struct transactions *t, const struct tx_change *change);
size_t transactions_pending(const struct transactions *t);
/* This member of the incident `key` as it stands in the store, and its record, are known without asking: this router wrote
 * them last, and nobody else writes to that store. NULL: they are not. Valid until the next call. */
const struct member *transaction_knows(struct transactions *t, struct str key, const struct member *who);

#endif
