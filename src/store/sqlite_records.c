/* Records, members, due times and leases in SQLite. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "store/sqlite_db.h"
#include "store/store_list.h"

void sqlite_take_record(struct request *r, sqlite3_stmt *s, struct store_record *out)
{
	char ids[STORE_HISTORY][STORE_ID_MAX];
	out->key = sql_str(r, s, 0);
	out->version.number = (uint64_t)sqlite3_column_int64(s, 1);
	out->ids = sql_str(r, s, 2);
	request_split_ids(out->ids, ids);
	memcpy(out->version.commit_id, ids[0], STORE_ID_MAX);
	out->bytes = sql_str(r, s, 3);
}

void sqlite_take_member(struct request *r, sqlite3_stmt *s, struct member *m)
{
	m->found = true;
	m->key = sql_str(r, s, 0);
	snprintf(m->group, sizeof m->group, "%.*s", STR_ARG(sql_str(r, s, 1)));
	m->mark = sqlite3_column_int64(s, 2);
	m->counted = sqlite3_column_int(s, 3);
	m->waits = (uint64_t)sqlite3_column_int64(s, 4);
	m->starts_at = sqlite3_column_int64(s, 5);
	m->ends_at = sqlite3_column_int64(s, 6);
	m->episode = (uint64_t)sqlite3_column_int64(s, 7);
	m->touched_at = sqlite3_column_int64(s, 8);
}

bool sqlite_find_member(struct sqlite_db *db, struct request *r, struct member *m)
{
	bool owned = false;
	sqlite3_stmt *s = sql(db, SQL_MEMBER, "ssi", m->source, m->fingerprint, db->now);
	while (sql_row(db, s)) {
		sqlite_take_member(r, s, m);
		owned = sqlite3_column_int(s, SQLITE_FACT_COLUMNS);
	}
	return owned;
}

struct key_list {
	struct str *keys;
	size_t count, capacity;
};

/* The keys whose records are wanted, each once, in the order in which they came up, and those that are named only. */
struct wanted {
	struct key_list records, further;
	size_t by_group; /* of the records, those that came up by a group alone */
	struct map *seen;
};

static void list_key(struct key_list *l, struct str key)
{
	MEM_ROOM(l->keys, l->count, l->capacity);
	l->keys[l->count++] = key;
}

static void want(struct wanted *w, struct str key)
{
	if (!map_set(w->seen, key, w))
		list_key(&w->records, key);
}

static void want_of_group(struct wanted *w, struct str key)
{
	if (!map_set(w->seen, key, w))
		list_key(w->by_group++ < STORE_GROUP_RECORDS_MAX ? &w->records : &w->further, key);
}

static void want_group(struct sqlite_db *db, struct request *r, struct str group, struct wanted *w)
{
	sqlite3_stmt *s = sql(db, SQL_GROUP, "si", group, (int64_t)STORE_GROUP_KEYS_MAX);
	while (sql_row(db, s))
		want_of_group(w, sql_str(r, s, 0));
}

static void take_wanted(struct sqlite_db *db, struct request *r, const struct key_list *w)
{
	struct store_record *records = request_records(r, w->count);
	for (size_t i = 0; i < w->count; i++) {
		records[i].key = w->keys[i];
		sqlite3_stmt *s = sql(db, r->ask.load.versions_only ? SQL_VERSION : SQL_RECORD, "s", w->keys[i]);
		while (sql_row(db, s))
			sqlite_take_record(r, s, &records[i]);
	}
	r->answer.load.records = records;
	r->answer.load.record_count = w->count;
}

void sqlite_load(struct sqlite_db *db, struct request *r)
{
	const struct store_load *ask = &r->ask.load;
	struct member *members = request_members(r);
	struct wanted wanted = {.seen = map_new()};
	for (size_t i = 0; i < ask->member_count; i++) {
		sqlite_find_member(db, r, &members[i]);
		if (members[i].found)
			want(&wanted, members[i].key);
	}
	for (size_t i = 0; i < ask->key_count; i++)
		want(&wanted, ask->keys[i]);
	for (size_t i = 0; i < ask->group_count; i++)
		want_group(db, r, ask->groups[i], &wanted);
	take_wanted(db, r, &wanted.records);
	r->answer.load.further = request_copy_strs(r->arena, wanted.further.keys, wanted.further.count);
	r->answer.load.further_count = wanted.further.count;
	map_free(wanted.seen);
	mem_cleanup(&wanted.records.keys);
	mem_cleanup(&wanted.further.keys);
}

static bool members_match(struct sqlite_db *db, struct request *r)
{
	const struct store_commit *ask = &r->ask.commit;
	for (size_t i = 0; i < ask->member_count; i++) {
		const struct member *before = &ask->members[i].before;
		struct member known = {.source = before->source, .fingerprint = before->fingerprint};
		sqlite_find_member(db, r, &known);
		if (!member_same(&known, before))
			return false;
	}
	return true;
}

static bool changed(const struct sqlite_db *db)
{
	return db->failed || sqlite3_changes(db->handle) > 0;
}

/* One that comes again here is forgotten so much later than asked, a share of the time: not each time is it put elsewhere. */
#define FORGET_SLACK 8

void sqlite_put_member(struct sqlite_db *db, const struct member *who, const struct member *m, int64_t forget_at,
                       bool owned)
{
	bool is_new = !who->found; /* or forgotten by now, but not swept: it is replaced */
	static const struct {
		enum sqlite_statement which;
		const char *types;
	} ways[] = {
		{SQL_MEMBER_TOUCH, "ssssiiiiiiiiii"}, {SQL_MEMBER_KEEP, "ssssiiiiiiiiii"}, {SQL_MEMBER_PUT, "ssssiiiiiiiii"}};
	int64_t later = owned ? forget_at + (forget_at - db->now) / FORGET_SLACK : forget_at;
	if (!m->found)
		sql_run(db, SQL_MEMBER_FORGET, "ss", who->source, who->fingerprint);
	/* one that was not there is put in; of one that was, where it is to be forgotten changes rarely */
	for (int i = is_new ? 2 : 0; m->found && i < 3; i++) {
		sql_run(db, ways[i].which, ways[i].types, who->source, who->fingerprint, m->key, str_c(m->group), m->mark,
		        (int64_t)m->counted, (int64_t)m->waits, m->starts_at, m->ends_at, (int64_t)m->episode, m->touched_at,
		        (int64_t)owned, forget_at, later);
		if (changed(db))
			break;
	}
}

static void set_members(struct sqlite_db *db, const struct store_commit *ask)
{
	for (size_t i = 0; i < ask->member_count; i++) {
		struct member after = ask->members[i].after;
		after.touched_at = db->now;
		sqlite_put_member(db, &ask->members[i].before, &after, db->now + ask->members[i].ttl_ms, true);
	}
}

struct sqlite_row sqlite_find_row(struct sqlite_db *db, struct request *r, struct str key)
{
	struct sqlite_row row = {.owned = false};
	sqlite3_stmt *s = sql(db, SQL_VERSION, "s", key);
	while (sql_row(db, s)) {
		row.version.number = (uint64_t)sqlite3_column_int64(s, 1);
		request_split_ids(sql_str(r, s, 2), row.ids);
		memcpy(row.version.commit_id, row.ids[0], STORE_ID_MAX);
		row.owned = sqlite3_column_int(s, 4);
		row.base.number = (uint64_t)sqlite3_column_int64(s, 5);
		request_set_id(row.base.commit_id, str_c((const char *)sqlite3_column_text(s, 6)));
		row.was = (struct sqlite_standing){true, sqlite3_column_int(s, 7), sqlite3_column_int(s, 8), row.owned};
	}
	return row;
}

static void put_beside(struct sqlite_db *db, struct request *r, const struct store_commit *ask, bool is_new)
{
	if (ask->groups_changed)
		sqlite_set_groups(db, r, ask, is_new);
	sqlite_set_dues(db, ask, is_new);
}

void sqlite_put_row(struct sqlite_db *db, struct request *r, const struct store_commit *ask,
                    const struct sqlite_row *row, struct str ids)
{
	static const struct {
		enum sqlite_statement which;
		const char *types;
	} ways[] = {{SQL_RECORD_KEEP, "sicsiiiiit"}, {SQL_RECORD_PUT, "sicsiiiiiti"}};
	for (int i = !row->was.found; i < 2; i++) {
		sql_run(db, ways[i].which, ways[i].types, ask->key, (int64_t)row->version.number, ids, ask->bytes,
		        (int64_t)ask->open, ask->since, (int64_t)ask->dead, (int64_t)row->owned, (int64_t)row->base.number,
		        row->base.commit_id, db->now);
		if (changed(db))
			break;
	}
	sqlite_figures_moved(&db->figures, row->was, (struct sqlite_standing){true, ask->open, ask->dead, row->owned});
	put_beside(db, r, ask, !row->was.found);
}

static bool may_lease_rows(struct sqlite_db *db, const struct store_commit *ask)
{
	for (size_t i = 0; ask->must_lease && i < ask->lease_count; i++)
		if (sqlite_is_leased(db, ask->leases[i].receiver, ask->key))
			return false;
	return true;
}

static void apply_rest(struct sqlite_db *db, const struct store_commit *ask)
{
	set_members(db, ask);
	sqlite_add_counts(db, ask->counts, ask->count_count);
	for (size_t i = 0; i < ask->lease_count; i++)
		sqlite_put_lease(db, ask->key, &ask->leases[i]);
	sqlite_release_pair(db, ask->release_receiver, ask->key, ask->release_claim, 0);
}

/* The row and what was changed are this file's own from now on. */
static void write_committed_row(struct sqlite_db *db, struct request *r, struct sqlite_row row)
{
	const struct store_commit *ask = &r->ask.commit;
	char ids[STORE_HISTORY][STORE_ID_MAX];
	memcpy(ids[0], ask->id, STORE_ID_MAX);
	memcpy(ids[1], row.ids[0], sizeof ids - sizeof *ids);
	if (!row.owned)
		row.base = row.version;
	row.owned = true;
	row.version.number++;
	sqlite_put_row(db, r, ask, &row, request_join_ids(r->arena, ids));
	apply_rest(db, ask);
}

/*
 * A commit that leaves members alone and its record in its place in the lists (a repeat, what came of a delivery) looks at
 * its row and writes it in one statement. False: the row is not as it says, or not this file's own; then as any other.
 */
static bool commit_in_place(struct sqlite_db *db, struct request *r)
{
	const struct store_commit *ask = &r->ask.commit;
	if (!ask->expect.number || strlen(ask->expect.commit_id) != STORE_ID_MAX - 1 || ask->member_count ||
	    !may_lease_rows(db, ask))
		return false;
	char behind_id[STORE_ID_MAX + 1];
	snprintf(behind_id, sizeof behind_id, "%s!", ask->expect.commit_id); /* no other id lies between: blanks part them */
	sql_run(db, SQL_RECORD_IN_PLACE, "stsitiiit", ask->key, ask->id, ask->bytes, (int64_t)ask->expect.number,
	        ask->expect.commit_id, (int64_t)ask->open, ask->since, (int64_t)ask->dead, behind_id);
	if (db->failed || sqlite3_changes(db->handle) != 1)
		return false;
	put_beside(db, r, ask, false);
	apply_rest(db, ask);
	r->answer.commit.version.number = ask->expect.number + 1;
	memcpy(r->answer.commit.version.commit_id, ask->id, STORE_ID_MAX);
	return true;
}

/* Looks at everything before it writes anything: a conflict then needs no undoing. */
void sqlite_commit(struct sqlite_db *db, struct request *r)
{
	const struct store_commit *ask = &r->ask.commit;
	struct store_version *made = &r->answer.commit.version;
	if (commit_in_place(db, r))
		return;
	struct sqlite_row row = sqlite_find_row(db, r, ask->key);
	memcpy(made->commit_id, ask->id, STORE_ID_MAX);
	made->number = request_version_of(ask->id, row.version.number, row.ids);
	if (made->number)
		return;
	if (!request_same_version(&row.version, &ask->expect) || !members_match(db, r) || !may_lease_rows(db, ask)) {
		request_fail(r, STORE_CONFLICT);
		return;
	}
	write_committed_row(db, r, row);
	made->number = row.version.number + 1;
}

/* Asks for one more than wanted: so the last page knows that it is the last. */
void sqlite_list(struct sqlite_db *db, struct request *r)
{
	static const enum sqlite_statement which[] = {SQL_LIST_OPEN, SQL_LIST_CLOSED, SQL_LIST_DEAD};
	const struct list_ask *ask = r->query.ask;
	struct store_listed *answer = r->query.answer;
	struct store_record *records = request_records(r, ask->limit);
	int64_t since = 0;
	if (ask->limit == 0)
		return;
	answer->records = records;
	sqlite3_stmt *s =
		sql(db, which[ask->which], "isi", ask->has_cursor ? ask->since : INT64_MAX, ask->key, (int64_t)ask->limit + 1);
	while (sql_row(db, s)) {
		if (answer->count == ask->limit) {
			answer->cursor = list_cursor(r, since, records[answer->count - 1].key);
		} else {
			sqlite_take_record(r, s, &records[answer->count++]);
			since = sqlite3_column_int64(s, 4);
		}
	}
}
