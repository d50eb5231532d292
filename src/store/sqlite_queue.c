#include <string.h>

#include "store/sqlite_db.h"

struct lease {
	bool found;
	char claim[STORE_ID_MAX];
	int64_t until;
	int lane;
	bool touched;
};

static struct lease lease_of(struct sqlite_db *db, struct str receiver, struct str key)
{
	struct lease l = {.found = false};
	sqlite3_stmt *s = sql(db, SQL_LEASE, "ss", receiver, key);
	while (sql_row(db, s)) {
		l.found = true;
		request_set_id(l.claim, str_c((const char *)sqlite3_column_text(s, 0)));
		l.until = sqlite3_column_int64(s, 1);
		l.lane = sqlite3_column_int(s, 2);
		l.touched = sqlite3_column_int(s, 3);
	}
	return l;
}

void sqlite_set_due(struct sqlite_db *db, struct str receiver, struct str key, int lane, int64_t at)
{
	struct lease l = lease_of(db, receiver, key);
	bool leased = l.found && l.until > db->now;
	if (leased)
		sql_run(db, SQL_LEASE_TOUCH, "ssii", receiver, key, (int64_t)lane, (int64_t)(at > 0));
	else if (l.found)
		sql_run(db, SQL_LEASE_FORGET, "ss", receiver, key);
	if (at)
		sql_run(db, SQL_DUE_PUT, "ssiii", receiver, key, (int64_t)lane, at, leased ? l.until : 0);
	else
		sql_run(db, SQL_DUE_FORGET, "ss", receiver, key);
}

void sqlite_release_pair(struct sqlite_db *db, struct str receiver, struct str key, const char *claim, int64_t due_at)
{
	if (!claim[0])
		return;
	struct lease l = lease_of(db, receiver, key);
	if (!l.found || l.until <= db->now || strcmp(l.claim, claim) != 0)
		return;
	sql_run(db, SQL_LEASE_FORGET, "ss", receiver, key);
	if (due_at > 0 && !l.touched)
		sql_run(db, SQL_DUE_PUT, "ssiii", receiver, key, (int64_t)l.lane, due_at, INT64_C(0));
	else
		sql_run(db, SQL_DUE_UNLEASED, "ss", receiver, key);
}

static void lease(struct sqlite_db *db, struct str receiver, struct str key, const char *claim, int64_t until,
                  int64_t lane)
{
	sql_run(db, SQL_LEASE_PUT, "sstiii", receiver, key, claim, until, (int64_t)++db->turns, lane);
	sql_run(db, SQL_DUE_LEASED, "ssi", receiver, key, until);
}

bool sqlite_is_leased(struct sqlite_db *db, struct str receiver, struct str key)
{
	struct lease l = lease_of(db, receiver, key);
	return l.found && l.until > db->now;
}

void sqlite_put_lease(struct sqlite_db *db, struct str key, const struct store_lease *l)
{
	struct lease known = lease_of(db, l->receiver, key);
	if (!known.found || known.until <= db->now)
		sqlite_set_lease(db, key, l);
}

void sqlite_set_lease(struct sqlite_db *db, struct str key, const struct store_lease *l)
{
	if (l->until <= db->now)
		return;
	int64_t lane = 0;
	sqlite3_stmt *s = sql(db, SQL_DUE_LANE, "ss", l->receiver, key);
	while (sql_row(db, s))
		lane = sqlite3_column_int64(s, 0);
	lease(db, l->receiver, key, l->claim, l->until, lane);
}

void sqlite_release(struct sqlite_db *db, struct request *r)
{
	const struct store_release *ask = &r->ask.release;
	sqlite_release_pair(db, ask->receiver, ask->key, ask->claim_id, ask->due_at);
}

/* Puts what is leased no more back to where it stands by its due time. */
static void end_outlived_leases(struct sqlite_db *db, struct str receiver)
{
	bool some = false;
	sqlite3_stmt *s = sql(db, SQL_LEASES_OVER, "si", receiver, db->now);
	while (sql_row(db, s))
		some = true;
	if (!some)
		return;
	sql_run(db, SQL_LEASES_OVER_DUE, "si", receiver, db->now);
	sql_run(db, SQL_LEASES_OVER_FORGET, "si", receiver, db->now);
}

/* Claimed before under this id, and not released since: the answer was lost. */
static void hand_out_again(struct sqlite_db *db, struct request *r, struct store_record *records)
{
	struct store_claimed *answer = &r->answer.claim;
	sqlite3_stmt *s = sql(db, SQL_LEASES_OF_CLAIM, "ts", r->ask.claim.id, r->ask.claim.receiver);
	while (sql_row(db, s)) {
		answer->lease_until = sqlite3_column_int64(s, 4);
		if (answer->count < (size_t)r->ask.claim.max)
			sqlite_take_record(r, s, &records[answer->count++]);
	}
}

static void hand_out_lane(struct sqlite_db *db, struct request *r, struct store_record *records, int64_t lane)
{
	const struct store_claim *ask = &r->ask.claim;
	struct store_claimed *answer = &r->answer.claim;
	size_t first = answer->count;
	sqlite3_stmt *s =
		sql(db, SQL_DUE_NEXT, "siii", ask->receiver, lane, db->now, (int64_t)ask->max - (int64_t)answer->count);
	while (sql_row(db, s))
		sqlite_take_record(r, s, &records[answer->count++]);
	for (size_t i = first; i < answer->count; i++)
		lease(db, ask->receiver, records[i].key, ask->id, answer->lease_until, lane);
}

static int64_t next_due_at(struct sqlite_db *db, const struct store_claim *ask)
{
	int64_t next = 0;
	for (int64_t lane = 0; lane < STORE_LANES; lane++) {
		sqlite3_stmt *s = sql(db, SQL_DUE_AFTER, "sit", ask->receiver, lane, ask->id);
		while (sql_row(db, s)) {
			int64_t ready = sqlite3_column_int64(s, 0);
			if (next == 0 || ready < next)
				next = ready;
		}
	}
	return next;
}

void sqlite_claim(struct sqlite_db *db, struct request *r)
{
	const struct store_claim *ask = &r->ask.claim;
	struct store_record *records = request_records(r, (size_t)ask->max);
	r->answer.claim.records = records;
	r->answer.claim.lease_until = db->now + ask->lease_ms;
	end_outlived_leases(db, ask->receiver);
	hand_out_again(db, r, records);
	bool again = r->answer.claim.count > 0;
	for (int lane = 0; !again && lane < STORE_LANES; lane++)
		hand_out_lane(db, r, records, lane);
	r->answer.claim.next_due_at = next_due_at(db, ask);
}
