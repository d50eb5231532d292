/* Keeps what was seen of the primary's records. */
#include <string.h>

#include "base/time.h"
#include "replica/local_work.h"
#include "replica/record_commit.h"

/*
 * The n-th newest id made the n-th newest version: what the record does not tell of its older ones, the row may know.
 * `ids` has those of the record and gets the row's behind them, unless some between are not known.
 */
static void add_older_ids(char (*ids)[STORE_ID_MAX], uint64_t number, const struct sqlite_row *known)
{
	size_t n = 0;
	while (n < STORE_HISTORY && ids[n][0])
		n++;
	if (number < n || known->version.number + n < number)
		return;
	for (size_t i = (size_t)(known->version.number + n - number); i < STORE_HISTORY && n < STORE_HISTORY; i++)
		memcpy(ids[n++], known->ids[i], STORE_ID_MAX);
}

struct str local_ids(struct request *r, const struct store_record *record, const struct sqlite_row *known)
{
	char ids[STORE_HISTORY][STORE_ID_MAX];
	request_split_ids(record->ids.n ? record->ids : str_c(record->version.commit_id), ids);
	add_older_ids(ids, record->version.number, known);
	return request_join_ids(r->arena, ids);
}

static bool is_named_due(const struct store_commit *place, struct str receiver)
{
	for (size_t i = 0; i < place->due_count; i++)
		if (str_eq(place->dues[i].receiver, receiver))
			return true;
	return receiver.n == 0; /* its clock */
}

/* The record has lost this delivery in a version that was not seen. */
static void end_other_dues(struct sqlite_db *db, struct request *r, const struct store_commit *place)
{
	struct str receivers[INCIDENT_RECEIVERS_MAX];
	size_t count = 0;
	sqlite3_stmt *s = sql(db, SQL_DUES_OF_KEY, "s", place->key);
	while (sql_row(db, s)) {
		struct str receiver = sql_str(r, s, 0);
		if (count < INCIDENT_RECEIVERS_MAX && !is_named_due(place, receiver))
			receivers[count++] = receiver;
	}
	for (size_t i = 0; i < count; i++)
		sqlite_set_due(db, receivers[i], place->key, 0, 0);
}

static void mirror_member(struct sqlite_db *db, const struct incident *inc, const struct member *m,
                          const struct incident_policy *policy)
{
	int64_t forget_at = m->touched_at + incident_member_ttl(inc, m, policy);
	if (forget_at > db->now)
		sqlite_put_member(db, m, m, forget_at, false);
}

/* What is known of a member elsewhere, or of one changed here, stands. */
static void mirror_sample(struct sqlite_db *db, struct request *r, const struct incident *inc,
                          const struct incident_sample *sample, const struct incident_policy *policy)
{
	struct member m = incident_sampled_member(inc, sample);
	struct member known = {.source = m.source, .fingerprint = m.fingerprint};
	bool owned = sqlite_find_member(db, r, &known);
	if (known.found && (owned || !str_eq_c(known.key, inc->key) || member_same(&known, &m)))
		return;
	if (!member_is_listed(&m) && !m.ends_at)
		return; /* nobody said that it is over: it was closed by hand, or has expired */
	mirror_member(db, inc, &m, policy);
}

/* A sample names some members only; a load has those that were asked for, whoever's they were before. */
static void mirror_loaded(struct sqlite_db *db, struct request *r, const struct incident *inc, const struct member *m,
                          const struct incident_policy *policy)
{
	struct member known = {.source = m->source, .fingerprint = m->fingerprint};
	if (!m->found || !str_eq_c(m->key, inc->key) || sqlite_find_member(db, r, &known) ||
	    known.touched_at > m->touched_at)
		return;
	mirror_member(db, inc, m, policy);
}

bool local_mirror_row(struct sqlite_db *db, struct request *r, const struct store_record *record,
                      const struct sqlite_row *known, const struct incident_policy *policy,
                      struct members_loaded loaded)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_read(arena, record->bytes, &err);
	if (!inc || !str_eq_c(record->key, inc->key))
		return false;
	struct store_commit place = {.key = record->key, .bytes = record->bytes};
	struct sqlite_row row = {.version = record->version, .was = known->was};
	record_place(arena, inc, policy, &place);
	place.groups_changed = true; /* since which version, nobody says */
	sqlite_put_row(db, r, &place, &row, local_ids(r, record, known));
	end_other_dues(db, r, &place);
	for (size_t i = 0; i < inc->sample_count; i++)
		mirror_sample(db, r, inc, &inc->sample[i], policy);
	for (size_t i = 0; i < loaded.count; i++)
		mirror_loaded(db, r, inc, &loaded.v[i], policy);
	return true;
}

static void see_record(struct sqlite_db *db, struct request *r, const struct store_record *record)
{
	struct seen_work *work = r->ask.work.what;
	struct sqlite_row row = sqlite_find_row(db, r, record->key);
	if (!row.owned && record->bytes.n && record->version.number > row.version.number &&
	    !local_mirror_row(db, r, record, &row, &work->policy->v, work->seen.loaded))
		work->lost++;
	/* it went well: whoever held the pair before holds it no more */
	for (size_t i = 0; i < work->seen.lease_count && !row.owned; i++)
		sqlite_set_lease(db, record->key, &work->seen.leases[i]);
	sqlite_release_pair(db, work->seen.release_receiver, record->key, work->seen.release_claim, 0);
}

/* Members without a record are a page of a copy, which may be older than what a commit has said since. */
static bool seen_alone(const struct request *r)
{
	const struct seen_work *work = r->ask.work.what;
	return work->seen.record_count == 0;
}

static void see_member(struct sqlite_db *db, struct request *r, const struct store_member_change *change)
{
	struct member known = {.source = change->before.source, .fingerprint = change->before.fingerprint};
	struct member after = change->after;
	bool owned = sqlite_find_member(db, r, &known);
	bool older = seen_alone(r) && known.found && after.touched_at && known.touched_at > after.touched_at;
	if (owned || older)
		return;
	if (after.touched_at <= 0)
		after.touched_at = db->now;
	sqlite_put_member(db, &known, &after, after.touched_at + change->ttl_ms, false);
}

void local_saw(struct sqlite_db *db, struct request *r)
{
	struct seen_work *work = r->ask.work.what;
	const struct local_seen *seen = &work->seen;
	work->lost = 0;
	for (size_t i = 0; i < seen->record_count; i++)
		see_record(db, r, &seen->records[i]);
	for (size_t i = 0; i < seen->member_count; i++)
		see_member(db, r, &seen->members[i]);
}
