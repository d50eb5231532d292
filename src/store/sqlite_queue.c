/* Dues and leases: what a receiver may claim, and when. The dues are in the file, the leases in memory. */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite_db.h"

/* NULL: it is not leased, or no more. */
static const struct sqlite_lease *lease_in_force(struct sqlite_db *db, struct str receiver, struct str key)
{
	const struct sqlite_lease *l = sqlite_leases_get(db->leases, receiver, key);
	return l && l->until > db->now ? l : NULL;
}

struct due {
	bool found;
	int64_t lane, at, ready;
};

static struct due due_row_of(struct sqlite_db *db, struct str receiver, struct str key)
{
	struct due d = {.found = false};
	sqlite3_stmt *s = sql(db, SQL_DUE, "ss", receiver, key);
	while (sql_row(db, s))
		d = (struct due){true, sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2)};
	return d;
}

/* When it can be claimed: `until` its lease ends (0: it is not leased). Of one that is leased never just its due time: so it
 * is known at the next opening which were (begin_owning() in sqlite_db.c), and an attempt is due when its lease ends. */
static int64_t ready_from(int64_t at, int64_t until)
{
	return until < at ? at : until + (until == at);
}

/* Where a due becomes another one; 0: none. `until`: of its lease; 0: it is not leased. */
static void put_due_for(struct sqlite_db *db, struct str receiver, struct str key, struct due d, int64_t lane,
                        int64_t at, int64_t until)
{
	int64_t ready = ready_from(at, until);
	if (!at && d.found)
		sql_run(db, SQL_DUE_FORGET, "ss", receiver, key);
	else if (at && !d.found)
		sql_run(db, SQL_DUE_ADD, "ssiii", receiver, key, lane, at, ready);
	else if (at && (d.lane != lane || d.at != at || d.ready != ready))
		sql_run(db, SQL_DUE_MOVE, "ssiii", receiver, key, lane, at, ready);
	sqlite_figures_due(&db->figures, receiver, (at > 0) - d.found);
}

static void forget_due(struct sqlite_db *db, struct str receiver, struct str key)
{
	sql_run(db, SQL_DUE_FORGET, "ss", receiver, key);
	if (!db->failed && sqlite3_changes(db->handle) > 0)
		sqlite_figures_due(&db->figures, receiver, -1);
}

/* Most of what was due already and is now due elsewhere needs no look before; false: it is there already, or it is new. */
static bool moved_due(struct sqlite_db *db, struct str receiver, struct str key, int64_t lane, int64_t at,
                      int64_t until)
{
	sql_run(db, SQL_DUE_MOVE_ON, "ssiii", receiver, key, lane, at, ready_from(at, until));
	return db->failed || sqlite3_changes(db->handle) > 0;
}

static void put_due(struct sqlite_db *db, struct str receiver, struct str key, int64_t lane, int64_t at, int64_t until)
{
	if (!at)
		forget_due(db, receiver, key);
	else if (!moved_due(db, receiver, key, lane, at, until))
		put_due_for(db, receiver, key, due_row_of(db, receiver, key), lane, at, until);
}

/* It is due as before, from the end of its lease on (0: none). */
static void replace_due(struct sqlite_db *db, struct str receiver, struct str key, int64_t until)
{
	struct due d = due_row_of(db, receiver, key);
	int64_t ready = ready_from(d.at, until);
	if (d.found && d.ready != ready)
		sql_run(db, SQL_DUE_MOVE, "ssiii", receiver, key, d.lane, d.at, ready);
}

/* A commit says when the pair is due. Until when it is leased; 0: it is not. */
static int64_t touch_lease(struct sqlite_db *db, struct str receiver, struct str key, int lane, int64_t at)
{
	const struct sqlite_lease *l = lease_in_force(db, receiver, key);
	if (!l) {
		sqlite_leases_drop(db->leases, receiver, key);
		return 0;
	}
	struct sqlite_lease touched = *l;
	touched.lane = lane;
	touched.touched = at > 0;
	touched.settled = !at;
	sqlite_leases_set(db->leases, receiver, key, &touched);
	return touched.until;
}

void sqlite_set_due(struct sqlite_db *db, struct str receiver, struct str key, int lane, int64_t at)
{
	put_due(db, receiver, key, lane, at, touch_lease(db, receiver, key, lane, at));
}

static const struct store_lease *lease_for_due(const struct store_commit *ask, struct str receiver)
{
	for (size_t i = 0; ask->must_lease && i < ask->lease_count; i++)
		if (str_eq(ask->leases[i].receiver, receiver))
			return &ask->leases[i];
	return NULL;
}

/* ---- held clocks ---- */

/*
 * The clock of a new incident whose first page goes out with this very commit is set twice within milliseconds: by this
 * commit (for a fallback, say), and by the one that says what came of the page. The first is held in memory, and has no row
 * of `due` while that page is on its way. It rings in time nevertheless (ring_held_clocks()), and whatever ends the page's
 * lease puts it in its place. Whoever opens the file after a kill -9 finds the page's row leased: then it rings at once.
 */
#define HELD_CLOCK "\1held" /* where the leases are, under the name of no receiver */

/* One row at least has to say that it is leased. */
static bool may_hold_clock(const struct sqlite_db *db, const struct store_commit *ask)
{
	bool leased = false;
	for (size_t i = 0; i < ask->due_count && !leased; i++) {
		const struct store_lease *l = lease_for_due(ask, ask->dues[i].receiver);
		leased = l && l->until > db->now && ask->dues[i].at && ask->dues[i].at <= l->until;
	}
	return leased && ask->clock_at > 0 && !db->stand_in;
}

static void hold_clock(struct sqlite_db *db, struct str key, int64_t at)
{
	struct sqlite_lease held = {.clock_at = at};
	sqlite_leases_set(db->leases, STR(HELD_CLOCK), key, &held);
}

/* It is held no more; 0: it was not. */
static int64_t take_held_clock(struct sqlite_db *db, struct str key)
{
	const struct sqlite_lease *held = sqlite_leases_get(db->leases, STR(HELD_CLOCK), key);
	int64_t at = held ? held->clock_at : 0;
	if (held)
		sqlite_leases_drop(db->leases, STR(HELD_CLOCK), key);
	return at;
}

static void set_new_clock(struct sqlite_db *db, struct str key, int64_t at)
{
	const struct due none = {.found = false};
	if (at)
		put_due_for(db, STR(STORE_CLOCK), key, none, 0, at, 0);
}

static void place_held_clock(struct sqlite_db *db, struct str key)
{
	set_new_clock(db, key, take_held_clock(db, key));
}

/* Those that are due get rows. When the next one is; 0: none is held. */
static int64_t ring_held_clocks(struct sqlite_db *db, struct request *r)
{
	struct str *due = NULL, key;
	size_t n = 0, capacity = 0;
	int64_t next = 0;
	const struct sqlite_lease *held;
	for (size_t at = 0; sqlite_leases_next(db->leases, STR(HELD_CLOCK), &at, &key, &held);) {
		if (held->clock_at > db->now) {
			next = next && next < held->clock_at ? next : held->clock_at;
			continue;
		}
		due = arena_room(r->arena, due, n, &capacity, sizeof *due);
		due[n++] = arena_str(r->arena, key);
	}
	for (size_t i = 0; i < n; i++)
		place_held_clock(db, due[i]);
	return next;
}

/* ---- dues of a commit ---- */

static void keep_lease(struct sqlite_db *db, struct str key, const struct store_lease *l, int lane)
{
	struct sqlite_lease lease = {.until = l->until, .turn = ++db->turns, .lane = lane};
	memcpy(lease.claim, l->claim, STORE_ID_MAX);
	sqlite_leases_set(db->leases, l->receiver, key, &lease);
}

/* What the commit itself claims is due from the end of that lease on: nobody else holds it, which was looked at before. */
static void set_own_due(struct sqlite_db *db, const struct store_commit *ask, const struct store_due *due, bool is_new)
{
	const struct store_lease *l = lease_for_due(ask, due->receiver);
	bool holds = l && l->until > db->now;
	if (!holds && !is_new) {
		sqlite_set_due(db, due->receiver, ask->key, due->lane, due->at);
		return;
	}
	struct due none = {.found = false};
	if (is_new)
		put_due_for(db, due->receiver, ask->key, none, due->lane, due->at, holds ? l->until : 0);
	else
		put_due(db, due->receiver, ask->key, due->lane, due->at, holds ? l->until : 0);
	if (holds)
		keep_lease(db, ask->key, l, due->lane);
}

/* The first row of which nothing is due any more becomes the clock's. False: there is none, or it had no row. */
static bool turned_to_clock(struct sqlite_db *db, const struct store_commit *ask, size_t i, int64_t at)
{
	if (!at || ask->dues[i].at)
		return false;
	touch_lease(db, ask->dues[i].receiver, ask->key, ask->dues[i].lane, 0);
	sql_run(db, SQL_DUE_TO_CLOCK, "ssi", ask->dues[i].receiver, ask->key, at);
	if (!db->failed && sqlite3_changes(db->handle) == 0)
		return false;
	sqlite_figures_due(&db->figures, ask->dues[i].receiver, -1);
	sqlite_figures_due(&db->figures, STR(STORE_CLOCK), 1);
	return true;
}

/* Its clock was held until now. */
static void set_dues_and_held_clock(struct sqlite_db *db, const struct store_commit *ask, int64_t held)
{
	int64_t at = ask->clock_at == STORE_STAYS ? held : ask->clock_at;
	for (size_t i = 0; i < ask->due_count; i++) {
		if (turned_to_clock(db, ask, i, at))
			at = 0;
		else
			set_own_due(db, ask, &ask->dues[i], false);
	}
	set_new_clock(db, ask->key, at);
}

/* Of a new record nothing can be due yet. */
void sqlite_set_dues(struct sqlite_db *db, const struct store_commit *ask, bool is_new)
{
	const struct store_due clock = {STR(STORE_CLOCK), 0, ask->clock_at};
	int64_t held = is_new ? 0 : take_held_clock(db, ask->key);
	if (held) {
		set_dues_and_held_clock(db, ask, held);
		return;
	}
	for (size_t i = 0; i < ask->due_count; i++)
		set_own_due(db, ask, &ask->dues[i], is_new);
	if (is_new && may_hold_clock(db, ask))
		hold_clock(db, ask->key, ask->clock_at);
	else if (ask->clock_at != STORE_STAYS)
		set_own_due(db, ask, &clock, is_new);
}

void sqlite_release_pair(struct sqlite_db *db, struct str receiver, struct str key, const char *claim, int64_t due_at)
{
	const struct sqlite_lease *l = claim[0] ? lease_in_force(db, receiver, key) : NULL;
	if (!l || strcmp(l->claim, claim) != 0)
		return;
	struct sqlite_lease was = *l;
	sqlite_leases_drop(db->leases, receiver, key);
	if (due_at > 0 && !was.touched)
		put_due(db, receiver, key, was.lane, due_at, 0);
	else if (!was.settled)
		replace_due(db, receiver, key, 0);
}

static void lease_due_row(struct sqlite_db *db, struct str receiver, struct str key, const char *claim, int64_t until,
                          int lane)
{
	struct store_lease l = {.receiver = receiver, .until = until};
	memcpy(l.claim, claim, STORE_ID_MAX);
	keep_lease(db, key, &l, lane);
	replace_due(db, receiver, key, until);
}

bool sqlite_is_leased(struct sqlite_db *db, struct str receiver, struct str key)
{
	return lease_in_force(db, receiver, key);
}

void sqlite_put_lease(struct sqlite_db *db, struct str key, const struct store_lease *l)
{
	if (!sqlite_is_leased(db, l->receiver, key))
		sqlite_set_lease(db, key, l);
}

void sqlite_set_lease(struct sqlite_db *db, struct str key, const struct store_lease *l)
{
	if (l->until > db->now)
		lease_due_row(db, l->receiver, key, l->claim, l->until, (int)due_row_of(db, l->receiver, key).lane);
}

size_t sqlite_leases_of(struct sqlite_db *db, struct request *r, struct str key, struct store_lease **out)
{
	struct store_lease *leases = NULL;
	size_t n = 0, capacity = 0;
	struct str receiver;
	for (size_t at = 0; sqlite_leases_receivers(db->leases, &at, &receiver);) {
		const struct sqlite_lease *l = lease_in_force(db, receiver, key);
		if (!l)
			continue;
		leases = arena_room(r->arena, leases, n, &capacity, sizeof *leases);
		leases[n] = (struct store_lease){.receiver = arena_str(r->arena, receiver), .until = l->until};
		memcpy(leases[n++].claim, l->claim, STORE_ID_MAX);
	}
	*out = leases;
	return n;
}

void sqlite_release(struct sqlite_db *db, struct request *r)
{
	const struct store_release *ask = &r->ask.release;
	place_held_clock(db, ask->key);
	sqlite_release_pair(db, ask->receiver, ask->key, ask->claim_id, ask->due_at);
}

/* Puts what is leased no more back to where it stands by its due time. */
static void end_leases_over(struct sqlite_db *db, struct request *r, struct str receiver)
{
	struct str *over = NULL, key;
	size_t n = 0, capacity = 0;
	const struct sqlite_lease *l;
	for (size_t at = 0; sqlite_leases_next(db->leases, receiver, &at, &key, &l);) {
		if (l->until > db->now)
			continue;
		over = arena_room(r->arena, over, n, &capacity, sizeof *over);
		over[n++] = arena_str(r->arena, key);
	}
	for (size_t i = 0; i < n; i++) {
		sqlite_leases_drop(db->leases, receiver, over[i]);
		place_held_clock(db, over[i]);
		replace_due(db, receiver, over[i], 0);
	}
}

/* A pair that is leased under the claim's id. */
struct held {
	struct str key;
	uint64_t turn;
	int64_t until;
};

static int by_turn(const void *a, const void *b)
{
	const struct held *x = a, *y = b;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

static size_t held_by_claim(struct sqlite_db *db, struct request *r, struct held **out)
{
	struct held *held = NULL;
	size_t n = 0, capacity = 0;
	struct str key;
	const struct sqlite_lease *l;
	for (size_t at = 0; sqlite_leases_next(db->leases, r->ask.claim.receiver, &at, &key, &l);) {
		if (strcmp(l->claim, r->ask.claim.id) != 0)
			continue;
		held = arena_room(r->arena, held, n, &capacity, sizeof *held);
		held[n++] = (struct held){arena_str(r->arena, key), l->turn, l->until};
	}
	if (n)
		qsort(held, n, sizeof *held, by_turn);
	*out = held;
	return n;
}

/* Claimed before under this id, and not released since: the answer was lost. */
static void hand_out_held(struct sqlite_db *db, struct request *r, struct store_record *records)
{
	struct store_claimed *answer = &r->answer.claim;
	struct held *held;
	size_t n = held_by_claim(db, r, &held);
	for (size_t i = 0; i < n && answer->count < (size_t)r->ask.claim.max; i++) {
		sqlite3_stmt *s = sql(db, SQL_RECORD, "s", held[i].key);
		answer->lease_until = held[i].until;
		while (sql_row(db, s))
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
		lease_due_row(db, ask->receiver, records[i].key, ask->id, answer->lease_until, (int)lane);
}

/* Of one lane: the first that this claim does not hold. */
static int64_t next_in_lane(struct sqlite_db *db, const struct store_claim *ask, int64_t lane)
{
	sqlite3_stmt *s = sql(db, SQL_DUE_AFTER, "si", ask->receiver, lane);
	int64_t ready = 0;
	while (!ready && sql_row(db, s)) {
		struct str key = {sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1)};
		const struct sqlite_lease *l = sqlite_leases_get(db->leases, ask->receiver, key);
		if (!l || strcmp(l->claim, ask->id) != 0)
			ready = sqlite3_column_int64(s, 0);
	}
	sqlite3_reset(s);
	return ready;
}

static int64_t next_lane_due_at(struct sqlite_db *db, const struct store_claim *ask)
{
	int64_t next = 0;
	for (int64_t lane = 0; lane < STORE_LANES; lane++) {
		int64_t ready = next_in_lane(db, ask, lane);
		if (ready && (next == 0 || ready < next))
			next = ready;
	}
	return next;
}

void sqlite_claim(struct sqlite_db *db, struct request *r)
{
	const struct store_claim *ask = &r->ask.claim;
	struct store_record *records = request_records(r, (size_t)ask->max);
	r->answer.claim.records = records;
	r->answer.claim.lease_until = db->now + ask->lease_ms;
	int64_t held = ask->receiver.n ? 0 : ring_held_clocks(db, r);
	end_leases_over(db, r, ask->receiver);
	hand_out_held(db, r, records);
	bool again = r->answer.claim.count > 0;
	for (int lane = 0; !again && lane < STORE_LANES; lane++)
		hand_out_lane(db, r, records, lane);
	int64_t next = next_lane_due_at(db, ask);
	r->answer.claim.next_due_at = held && (!next || held < next) ? held : next;
}

int64_t sqlite_oldest_due(struct sqlite_db *db, struct str receiver)
{
	int64_t oldest = 0;
	struct str key;
	const struct sqlite_lease *l;
	sqlite3_stmt *s = sql(db, SQL_STATS_QUEUE, "s", receiver);
	while (sql_row(db, s))
		oldest = sqlite3_column_int64(s, 0);
	for (size_t at = 0; sqlite_leases_next(db->leases, receiver, &at, &key, &l);) {
		struct due d = due_row_of(db, receiver, key);
		if (d.found && (!oldest || d.at < oldest))
			oldest = d.at;
	}
	return oldest;
}
