/* Pages of what the stand-in has decided alone, and of what it has mirrored. */
#include <string.h>

#include "replica/local_work.h"

/* Room for one more in an array that grows in the arena: full at every power of two. */
static void *branch_room(struct request *r, const void *items, size_t count, size_t size)
{
	void *grown;
	if (count & (count - 1))
		return NULL;
	grown = arena_alloc(r->arena, (count ? 2 * count : 1) * size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

/* `items` with room for one more. */
#define ROOM(r, items, count)                                                                                          \
	do {                                                                                                               \
		void *grown_ = branch_room((r), (items), (count), sizeof *(items));                                            \
		if (grown_)                                                                                                    \
			(items) = grown_;                                                                                          \
	} while (0)

static void add_branch_members(struct sqlite_db *db, struct request *r, enum sqlite_statement which, int64_t since,
                               struct local_branch *b)
{
	struct member *members = NULL;
	int64_t *ttls = NULL;
	bool *changed = NULL;
	sqlite3_stmt *s = sql(db, which, "sii", b->record.key, db->now, since);
	for (size_t n = 0; sql_row(db, s); b->member_count = ++n) {
		ROOM(r, members, n);
		ROOM(r, ttls, n);
		ROOM(r, changed, n);
		sqlite_take_member(r, s, &members[n]);
		members[n].source = sql_str(r, s, SQLITE_FACT_COLUMNS);
		members[n].fingerprint = sql_str(r, s, SQLITE_FACT_COLUMNS + 1);
		ttls[n] = sqlite3_column_int64(s, SQLITE_FACT_COLUMNS + 2) - db->now;
		changed[n] = sqlite3_column_int(s, SQLITE_FACT_COLUMNS + 3);
	}
	b->members = members;
	b->member_ttls = ttls;
	b->member_changed = changed;
}

static void add_leases(struct sqlite_db *db, struct request *r, struct local_branch *b)
{
	struct store_lease *leases;
	b->lease_count = sqlite_leases_of(db, r, b->record.key, &leases);
	b->leases = leases;
}

static struct local_branch *add_keys(struct sqlite_db *db, struct request *r, enum sqlite_statement which)
{
	struct page_work *work = r->ask.work.what;
	struct local_branch *branches = NULL;
	size_t n = 0;
	sqlite3_stmt *s = sql(db, which, which == SQL_MIRRORED_KEYS ? "siii" : "sii", work->after, db->now,
	                      (int64_t)work->max, work->since);
	for (; sql_row(db, s); n++) {
		ROOM(r, branches, n);
		branches[n].record.key = sql_str(r, s, 0);
	}
	work->page = (struct local_branches){.ok = true, .now = db->now, .branches = branches, .count = n};
	return branches;
}

/*
 * A record that was not changed here is no part of what is owed, though some of its members may be. All members come along,
 * mirrored ones too: the primary may have lost what it had, and then the record alone does not say who fires.
 */
static void add_owned(struct sqlite_db *db, struct request *r, struct local_branch *b)
{
	struct sqlite_row row = sqlite_find_row(db, r, b->record.key);
	add_branch_members(db, r, SQL_MEMBERS_OF_KEY, INT64_MIN, b);
	add_leases(db, r, b);
	if (!row.owned)
		return;
	b->base = row.base;
	sqlite3_stmt *s = sql(db, SQL_RECORD, "s", b->record.key);
	while (sql_row(db, s))
		sqlite_take_record(r, s, &b->record);
}

void local_owned_page(struct sqlite_db *db, struct request *r)
{
	struct page_work *work = r->ask.work.what;
	struct local_branch *branches = add_keys(db, r, SQL_OWNED_KEYS);
	for (size_t i = 0; i < work->page.count; i++)
		add_owned(db, r, &branches[i]);
}

void local_mirrored_page(struct sqlite_db *db, struct request *r)
{
	struct page_work *work = r->ask.work.what;
	struct local_branch *branches = add_keys(db, r, SQL_MIRRORED_KEYS);
	for (size_t i = 0; i < work->page.count; i++) {
		sqlite3_stmt *s = sql(db, SQL_VERSION, "s", branches[i].record.key);
		while (sql_row(db, s))
			sqlite_take_record(r, s, &branches[i].record);
		add_branch_members(db, r, SQL_MEMBERS_MIRRORED, work->since, &branches[i]);
	}
}
