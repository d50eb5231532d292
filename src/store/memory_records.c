/* Records, lists and groups in memory. */
#include <assert.h>
#include <string.h>

#include "store/memory_tables.h"
#include "store/store_list.h"

void tables_free_row(void *row)
{
	struct row *r = row;
	mem_cleanup(&r->key.p);
	mem_cleanup(&r->bytes.p);
	map_free(r->groups);
	mem_cleanup(&r);
}

static struct str copied_text(struct str s)
{
	return (struct str){mem_str(s), s.n};
}

/* A copy: what a reply points to outlives what happens to the tables before it is delivered. */
void tables_record(struct row *row, struct request *r, struct store_record *out)
{
	out->key = arena_str(r->arena, row->key);
	if (r->verb != VERB_LOAD || !r->ask.load.versions_only)
		out->bytes = arena_str(r->arena, row->bytes);
	out->ids = request_join_ids(r->arena, row->ids);
	out->version.number = row->number;
	memcpy(out->version.commit_id, row->ids[0], STORE_ID_MAX);
}

/* The records of an answer, each key once. */
struct gathering {
	struct tables *t;
	struct request *r;
	struct store_record *records;
	struct map *seen;
	size_t by_group; /* of the records, those that came by a group alone */
	struct str *further;
	size_t further_room;
};

static void add_loaded_record(struct gathering *g, struct str key)
{
	struct store_record *out = &g->records[g->r->answer.load.record_count++];
	struct row *row = map_get(g->t->rows, key);
	if (row)
		tables_record(row, g->r, out);
	else
		out->key = arena_str(g->r->arena, key);
}

static void gather_record(struct gathering *g, struct str key)
{
	if (!map_set(g->seen, key, g->records))
		add_loaded_record(g, key);
}

static void name_further(struct gathering *g, struct str key)
{
	struct arena *a = g->r->arena;
	struct store_loaded *answer = &g->r->answer.load;
	g->further = arena_room(a, g->further, answer->further_count, &g->further_room, sizeof *g->further);
	g->further[answer->further_count++] = arena_str(a, key);
}

static void gather_members(struct gathering *g, struct member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tables_find_member(g->t, &members[i]);
		if (!members[i].found)
			continue;
		members[i].key = arena_str(g->r->arena, members[i].key);
		gather_record(g, members[i].key);
	}
}

static void gather_group(struct gathering *g, struct str name)
{
	const struct map *keys = tables_group(g->t, name);
	struct str key;
	void *row;
	for (size_t i = 0; keys && map_next(keys, &i, &key, &row);) {
		if (map_set(g->seen, key, g->records))
			continue;
		if (g->by_group++ < STORE_GROUP_RECORDS_MAX)
			add_loaded_record(g, key);
		else
			name_further(g, key);
	}
}

/* Each record may be asked for by more than one of them. */
static size_t most_records(const struct tables *t, const struct store_load *ask)
{
	size_t most = ask->member_count + ask->key_count;
	for (size_t i = 0; i < ask->group_count; i++) {
		const struct map *keys = tables_group(t, ask->groups[i]);
		most += keys ? map_count(keys) : 0;
	}
	return most;
}

void tables_load(struct tables *t, struct request *r)
{
	const struct store_load *ask = &r->ask.load;
	struct member *members = request_members(r);
	struct gathering g = {.t = t, .r = r, .records = request_records(r, most_records(t, ask)), .seen = map_new()};
	gather_members(&g, members, ask->member_count);
	for (size_t i = 0; i < ask->key_count; i++)
		gather_record(&g, ask->keys[i]);
	for (size_t i = 0; i < ask->group_count; i++)
		gather_group(&g, ask->groups[i]);
	r->answer.load.records = g.records;
	r->answer.load.further = g.further;
	map_free(g.seen);
}

static struct ranking *ranking_of_row(struct tables *t, const struct row *row)
{
	return &t->lists[row->open ? STORE_LIST_OPEN : STORE_LIST_CLOSED];
}

static void unlist_row(struct tables *t, const struct row *row)
{
	ranking_remove(ranking_of_row(t, row), row->since, row->key);
	ranking_remove(&t->lists[STORE_LIST_DEAD], row->since, row->key);
}

static void write_row(struct tables *t, struct row *row, const struct store_commit *ask)
{
	unlist_row(t, row);
	mem_cleanup(&row->bytes.p);
	row->bytes = copied_text(ask->bytes);
	row->open = ask->open;
	row->dead = ask->dead;
	row->since = ask->since;
	row->number++;
	memmove(row->ids + 1, row->ids, (STORE_HISTORY - 1) * sizeof *row->ids);
	memcpy(row->ids[0], ask->id, STORE_ID_MAX);
	ranking_add(ranking_of_row(t, row), row->since, row->key, row);
	if (row->dead)
		ranking_add(&t->lists[STORE_LIST_DEAD], row->since, row->key, row);
}

static void apply_to_row(struct tables *t, struct row *row, const struct store_commit *ask)
{
	if (!row) {
		row = mem_zero(sizeof *row);
		row->key = copied_text(ask->key);
		map_set(t->rows, row->key, row);
	}
	write_row(t, row, ask);
	if (ask->groups_changed)
		tables_set_groups(t, row, ask->groups, ask->group_count);
	tables_set_members(t, ask);
	for (size_t i = 0; i < ask->due_count; i++)
		tables_set_due(t, ask->dues[i].receiver, ask->key, ask->dues[i].lane, ask->dues[i].at);
	if (ask->clock_at != STORE_STAYS)
		tables_set_due(t, STR(STORE_CLOCK), ask->key, 0, ask->clock_at);
	tables_add_counts(t, ask->counts, ask->count_count);
	for (size_t i = 0; i < ask->lease_count; i++)
		tables_put_lease(t, ask->key, &ask->leases[i]);
	tables_release_pair(t, ask->release_receiver, ask->key, ask->release_claim, 0);
}

static bool may_lease_pairs(struct tables *t, const struct store_commit *ask)
{
	for (size_t i = 0; ask->must_lease && i < ask->lease_count; i++)
		if (tables_leased(t, ask->leases[i].receiver, ask->key))
			return false;
	return true;
}

void tables_commit(struct tables *t, struct request *r)
{
	const struct store_commit *ask = &r->ask.commit;
	struct row *row = map_get(t->rows, ask->key);
	struct store_version *made = &r->answer.commit.version, known = {0, ""};
	memcpy(made->commit_id, ask->id, STORE_ID_MAX);
	if (row) {
		known.number = row->number;
		memcpy(known.commit_id, row->ids[0], STORE_ID_MAX);
		made->number = request_version_of(ask->id, row->number, row->ids);
		if (made->number)
			return;
	}
	if (!request_same_version(&known, &ask->expect) || !tables_members_match(t, ask) || !may_lease_pairs(t, ask)) {
		request_fail(r, STORE_CONFLICT);
		return;
	}
	apply_to_row(t, row, ask);
	made->number = known.number + 1;
}

void tables_list(struct tables *t, struct request *r)
{
	const struct list_ask *ask = r->query.ask;
	const struct ranking *list = &t->lists[ask->which];
	struct store_listed *answer = r->query.answer;
	struct ranking_place place = ask->has_cursor ? ranking_find(list, ask->since, ask->key) : ranking_end(list);
	struct store_record *records = request_records(r, list->count < ask->limit ? list->count : ask->limit);
	const struct ranked *entry = NULL, *last = NULL;
	size_t count = 0;
	for (; (entry = ranking_previous(list, &place)) && count < ask->limit; last = entry)
		tables_record(entry->item, r, &records[count++]);
	if (entry && last)
		answer->cursor = list_cursor(r, last->score, records[count - 1].key);
	answer->records = records;
	answer->count = count;
}

static bool sweep_closed(struct tables *t, int64_t before, size_t most)
{
	struct ranking *closed = &t->lists[STORE_LIST_CLOSED];
	for (const struct ranked *first; (first = ranking_first(closed)) && first->score <= before;) {
		if (most-- == 0)
			return true;
		struct row *row = first->item;
		unlist_row(t, row);
		tables_set_groups(t, row, NULL, 0);
		tables_forget_dues(t, row->key);
		map_remove(t->rows, row->key);
		tables_free_row(row);
	}
	return false;
}

void tables_sweep(struct tables *t, struct request *r)
{
	int64_t before = t->now - r->ask.retention_ms;
	bool incidents = sweep_closed(t, before, STORE_SWEEP_MAX);
	bool hours = tables_sweep_hours(t, t->now - store_hours_kept(r->ask.retention_ms), STORE_SWEEP_MAX);
	bool members = tables_sweep_members(t, STORE_SWEEP_MAX);
	r->answer.more = incidents || hours || members;
}
