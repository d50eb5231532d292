/* What a merge writes back into the stand-in: who owns the record from now on. */
#include <string.h>

#include "replica/local_work.h"

void local_own(struct sqlite_db *db, struct request *r)
{
	const struct own_work *work = r->ask.work.what;
	for (size_t i = 0; i < work->count; i++) {
		sql_run(db, SQL_OWN, "s", work->keys[i]);
		db->figures.owned += sqlite3_changes64(db->handle);
		sql_run(db, SQL_OWN_MEMBERS, "s", work->keys[i]);
	}
}

void local_own_open(struct sqlite_db *db, struct request *r)
{
	(void)r;
	sql_run(db, SQL_OWN_OPEN, "");
	db->figures.owned += sqlite3_changes64(db->handle);
	sql_run(db, SQL_OWN_MEMBERS_OPEN, "");
}

/* One that was changed here since it was handed out stays owned. */
static void merge_member(struct sqlite_db *db, struct request *r, const struct store_member_change *change)
{
	struct member known = {.source = change->before.source, .fingerprint = change->before.fingerprint};
	struct member after = change->after;
	bool owned = sqlite_find_member(db, r, &known);
	if (owned && !member_same(&known, &change->before))
		return;
	after.touched_at = db->now;
	sqlite_put_member(db, &known, &after, db->now + change->ttl_ms, false);
}

static bool any_member_owned(struct sqlite_db *db, struct str key)
{
	bool any = false;
	sqlite3_stmt *s = sql(db, SQL_MEMBERS_OWNED, "sii", key, db->now, INT64_MIN);
	while (sql_row(db, s))
		any = true;
	return any;
}

/* True when nothing of the record is owed any more. */
static bool merge_record(struct sqlite_db *db, struct request *r, const struct merged_work *work)
{
	const struct local_merged *m = &work->merged;
	struct sqlite_row row = sqlite_find_row(db, r, m->key);
	if (row.owned && !request_same_version(&row.version, &m->taken)) {
		/* what came to it there is not in what was changed here: only where nothing did, that grows from this */
		if (m->as_taken)
			sql_run(db, SQL_BASE, "sit", m->key, (int64_t)m->record.version.number, m->record.version.commit_id);
		return false;
	}
	if (m->record.bytes.n == 0 || (!row.owned && m->record.version.number <= row.version.number))
		return !row.owned;
	/* the branch's own versions are none of the primary's */
	const struct sqlite_row none = {.owned = false, .was = row.was};
	return local_mirror_row(db, r, &m->record, row.owned ? &none : &row, &work->policy->v,
	                        (struct members_loaded){NULL, 0});
}

void local_merge(struct sqlite_db *db, struct request *r)
{
	struct merged_work *work = r->ask.work.what;
	const struct local_merged *m = &work->merged;
	for (size_t i = 0; i < m->member_count; i++)
		merge_member(db, r, &m->members[i]);
	work->clean = merge_record(db, r, work);
	work->clean = !any_member_owned(db, m->key) && work->clean;
}
