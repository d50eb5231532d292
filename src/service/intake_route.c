/*
 * From alerts with their plans to the incidents they belong to. A body of ordinary size costs one round trip before its
 * commits: members, records and whatever else the group has incidents of come in one load, and are decided from it. Of a
 * larger one the members are looked up in several, and each incident is loaded when its turn comes, so that never more than
 * a few are held. So it is with those of a large group that a small body does not list.
 */
#include <assert.h>
#include <stdlib.h>

#include "service/intake_request.h"

#define GROUPS_AT_ONCE 128 /* of a large body */

static bool is_large(const struct request *q)
{
	return q->open_count > INTAKE_LOAD_MAX;
}

/* ---- the end of a round ---- */

/* Further incidents of the group. -> intake_run() */
static void touch_indexed(struct request *q)
{
	q->stage = STAGE_RUN;
	q->at = 0;
	intake_ready(q);
}

static void load_index(struct request *q, void (*done)(void *, const struct store_loaded *));
static void late_index_loaded(void *arg, const struct store_loaded *reply);

static void finish_request(struct request *q)
{
	struct intake *in = q->in;

	if (in->closed) {
		intake_end(q);
	} else if (q->error) {
		intake_answer(q, 503, q->error);
		intake_end(q);
	} else if (q->indexed_count) {
		touch_indexed(q);
	} else if (q->looks_late) {
		load_index(q, late_index_loaded);
	} else if (!q->moved) {
		intake_looked(q);
		q->stage = STAGE_TALLY;
		q->at = 0;
		intake_ready(q);
	} else if (++q->rounds < INTAKE_ROUNDS) {
		q->stage = STAGE_LOAD;
		intake_ready(q);
	} else {
		intake_answer(q, 503, "incidents keep moving, try again");
		intake_end(q);
	}
}

static void nothing_to_route(void *arg)
{
	finish_request(arg);
}

/* ---- groups ---- */

static struct group *group_of(struct request *q, struct str key)
{
	struct group *g = map_get(q->groups, key);

	if (g)
		return g;
	g = arena_alloc(q->arena, sizeof *g);
	g->q = q;
	g->key = arena_str(q->arena, key);
	g->last = &g->first;
	map_set(q->groups, g->key, g);
	return g;
}

static void put_in_line(struct request *q, struct group *g)
{
	g->next = NULL;
	*q->last_idle = g;
	q->last_idle = &g->next;
}

static void add_group_item(struct request *q, struct item *item, struct str key)
{
	struct group *g = group_of(q, key);

	if (!g->n)
		put_in_line(q, g);
	item->key = g->key;
	item->next = NULL;
	*g->last = item;
	g->last = &item->next;
	g->n++;
}

/* An incident with a row of this group, of which the body lists nobody. */
static void add_touched(struct request *q, struct str key)
{
	struct group *g = group_of(q, key);

	if (!g->n && !g->begun)
		put_in_line(q, g);
}

/* NULL: it was not asked for, or came without its JSON. */
static const struct store_record *whole_record(const struct map *records, struct str key)
{
	const struct store_record *record = map_get(records, key);
	return record && (record->bytes.n || !record->version.number) ? record : NULL;
}

/* Whoever's record has come goes at once; of those whose record is still to be loaded, some at a time. */
static void run_idle_groups(struct request *q, struct map *records)
{
	while (q->idle) {
		struct group *g = q->idle;
		const struct store_record *record = records ? whole_record(records, g->key) : NULL;
		if (!record && q->waiting >= GROUPS_AT_ONCE)
			return;
		q->idle = g->next;
		if (!q->idle)
			q->last_idle = &q->idle;
		q->waiting++;
		intake_group_run(g, record);
	}
}

void intake_group_ended(struct request *q)
{
	q->waiting--;
	if (q->idle && !q->error && !q->in->closed)
		run_idle_groups(q, NULL);
	if (!q->waiting)
		finish_request(q);
}

/* ---- what was loaded ---- */

/* The records of one reply, and the incidents of those that had to be looked into. */
struct loaded_records {
	struct arena *arena;
	struct map *records, *incidents;
};

static const struct incident *incident_loaded(struct loaded_records *l, struct str key)
{
	const struct store_record *record = map_get(l->records, key);
	struct incident *inc = map_get(l->incidents, key);
	AUTOERR struct err err = ERR_INIT;

	if (inc || !record || !record->bytes.n)
		return inc;
	/* An unreadable one holds nobody; whoever changes it says so. */
	inc = incident_read(l->arena, record->bytes, &err);
	if (inc)
		map_set(l->incidents, key, inc);
	return inc;
}

static struct str item_target_key(struct loaded_records *l, const struct item *item)
{
	const struct member *m = &item->member;
	struct str planned = str_c(item->plan->key);

	if (!m->found || !m->mark || str_eq(m->key, planned))
		return planned;
	return arrival_sticks(m, incident_loaded(l, m->key)) ? m->key : planned;
}

static void take_items(struct request *q, struct loaded_records *l, const struct store_loaded *reply)
{
	assert(reply->member_count == q->loading);
	for (size_t i = 0; i < q->loading; i++) {
		struct item *item = q->open[q->loaded + i];
		item->member = member_copy(q->arena, &reply->members[i]);
		add_group_item(q, item, item_target_key(l, item));
	}
	q->loaded += q->loading;
}

static void index_records(struct loaded_records *l, const struct store_loaded *reply)
{
	for (size_t i = 0; i < reply->record_count; i++) {
		/* the map hands out what it was given; nothing is changed */
		map_set(l->records, reply->records[i].key, (void *)(uintptr_t)&reply->records[i]);
	}
}

/* Of an ordinary body's load: every record that has a row of the group is one that the index named. */
static void touch_loaded(struct request *q, struct loaded_records *l, const struct store_loaded *reply)
{
	for (size_t i = 0; q->looks && i < reply->record_count; i++) {
		const struct store_record *record = &reply->records[i];
		const struct group *g = map_get(q->groups, record->key);
		if (!record->version.number || (g && (g->n || g->begun)))
			continue;
		const struct incident *inc = incident_loaded(l, record->key);
		if (!record->bytes.n || (inc && incident_has_row(inc, q->body.group)))
			add_touched(q, record->key);
	}
}

/* Those that the index names are touched in slices. -> intake_run() */
static void keep_index(struct request *q, const struct store_loaded *reply, size_t records)
{
	q->indexed_count = records + reply->further_count;
	q->indexed = arena_alloc(q->arena, (q->indexed_count + 1) * sizeof *q->indexed);
	for (size_t i = 0; i < q->indexed_count; i++)
		q->indexed[i] = arena_str(q->arena, i < records ? reply->records[i].key : reply->further[i - records]);
}

static void load_next(struct request *q);

static void take_loaded(struct request *q, const struct store_loaded *reply)
{
	AUTOARENA struct arena *arena = arena_new();
	struct loaded_records l = {arena, map_new_of_views(), map_new_of_views()};

	q->now = reply->now;
	if (reply->now < q->oldest)
		q->oldest = reply->now; /* of those that others begin while this one is at work */
	q->looks_late = !q->looks && !q->body.parts && intake_must_look(q, reply->now);
	router_heard_store(q->in->r, reply->now);
	index_records(&l, reply);
	take_items(q, &l, reply);
	if (!is_large(q)) {
		touch_loaded(q, &l, reply);
		keep_index(q, reply, 0);
		q->alone = !q->rounds && !q->indexed_count && !q->looks_late && map_count(q->groups) == 1;
		run_idle_groups(q, l.records);
	}
	map_free(l.records);
	map_free(l.incidents);
}

static bool fail_unread(struct request *q, const struct store_loaded *reply)
{
	if (!q->in->closed && reply->result == STORE_OK)
		return false;
	q->error = "the store cannot be read, try again";
	finish_request(q);
	return true;
}

static void items_loaded(void *arg, const struct store_loaded *reply)
{
	struct request *q = arg;

	if (fail_unread(q, reply))
		return;
	take_loaded(q, reply);
	if (q->loaded < q->open_count) {
		load_next(q);
	} else if (is_large(q)) {
		touch_indexed(q);
	}
}

static void late_index_loaded(void *arg, const struct store_loaded *reply)
{
	struct request *q = arg;

	q->looks_late = false;
	if (fail_unread(q, reply))
		return;
	q->looks = true;
	keep_index(q, reply, reply->record_count);
	touch_indexed(q);
}

static void index_loaded(void *arg, const struct store_loaded *reply)
{
	struct request *q = arg;

	if (fail_unread(q, reply))
		return;
	keep_index(q, reply, reply->record_count);
	load_next(q);
}

/* ---- load ---- */

static size_t distinct_keys(const struct request *q, struct str *keys)
{
	struct map *seen = map_new_of_views();
	size_t n = 0;

	for (size_t i = 0; i < q->open_count; i++) {
		struct str key = str_c(q->open[i]->plan->key);
		if (!map_set(seen, key, q->open[i]))
			keys[n++] = key;
	}
	map_free(seen);
	return n;
}

static void load_next(struct request *q)
{
	struct store *s = q->in->r->store;
	size_t left = q->open_count - q->loaded;
	struct str group = str_c(q->body.group);
	struct store_load request = {.groups = &group};

	q->loading = left < INTAKE_LOAD_MAX ? left : INTAKE_LOAD_MAX;
	AUTOFREE struct member *members = mem_grow_array(NULL, q->loading + 1, sizeof *members);
	AUTOFREE struct str *keys = mem_grow_array(NULL, INTAKE_LOAD_MAX + 1, sizeof *keys);
	for (size_t i = 0; i < q->loading; i++) {
		const struct member *m = &q->open[q->loaded + i]->member;
		members[i] = (struct member){.source = m->source, .fingerprint = m->fingerprint};
	}
	request.members = members;
	request.member_count = q->loading;
	request.keys = keys;
	request.key_count = is_large(q) ? 0 : distinct_keys(q, keys);
	q->asked_mono = loop_mono_ms();
	request.group_count = !is_large(q) && q->looks;
	s->ops->load(s, &request, items_loaded, q);
}

/* A large body asks beforehand which incidents its group has, without their records. */
static void load_index(struct request *q, void (*done)(void *, const struct store_loaded *))
{
	struct store *s = q->in->r->store;
	struct str group = str_c(q->body.group);
	struct store_load request = {.groups = &group, .group_count = 1, .versions_only = true};

	s->ops->load(s, &request, done, q);
}

/* ---- repeats of what is known ---- */

/* The alert fires, and fired when its incident was last written by this router. */
static bool is_known(struct request *q, struct item *item)
{
	struct str key = str_c(item->plan->key);
	const struct member *m = transaction_knows(q->in->r->transactions, key, &item->member);

	if (item->alert->resolved || !m || !m->mark)
		return false;
	item->member = member_copy(q->arena, m);
	return true;
}

/*
 * All that this body lists is known, and it need not look at what else the group has: most likely it changes nothing, and
 * nothing is loaded. Whatever else comes of it is loaded then (transaction.h, from_known).
 */
static bool take_known_records(struct request *q)
{
	struct store *s = q->in->r->store;

	q->from_known = !q->rounds && !q->looks && !is_large(q) && !q->counted_by[0];
	for (size_t i = 0; q->from_known && i < q->open_count; i++)
		q->from_known = is_known(q, q->open[i]);
	if (!q->from_known)
		return false;
	q->now = s->ops->now(s);
	for (size_t i = 0; i < q->open_count; i++)
		add_group_item(q, q->open[i], str_c(q->open[i]->plan->key));
	q->alone = map_count(q->groups) == 1;
	run_idle_groups(q, NULL);
	return true;
}

static void begin_round(struct request *q)
{
	if (!q->groups)
		q->groups = map_new_of_views();
	if (!q->rounds)
		intake_recall(q);
	q->alone = q->looks_late = false;
	if (!q->rounds)
		q->oldest = INT64_MAX;
	q->indexed_count = 0;
	q->idle = NULL;
	q->last_idle = &q->idle;
	q->moved = false;
	if (!q->open)
		q->open = arena_alloc(q->arena, (q->hook.count + 1) * sizeof *q->open);
	q->open_count = q->loaded = 0;
	for (size_t i = 0; i < q->hook.count; i++)
		if (!q->items[i].folded_into && !q->items[i].decided)
			q->open[q->open_count++] = &q->items[i];
	q->looks = !q->body.parts && (q->looks || is_large(q) || intake_must_look(q, q->in->r->attentive_at));
}

enum progress intake_load(struct request *q, int64_t until)
{
	(void)until;
	begin_round(q);
	if (!q->open_count)
		loop_defer(q->in->r->loop, nothing_to_route, q);
	else if (take_known_records(q))
		return PROGRESS_AWAY;
	else if (is_large(q) && !q->body.parts)
		load_index(q, index_loaded);
	else
		load_next(q);
	return PROGRESS_AWAY;
}

enum progress intake_run(struct request *q, int64_t until)
{
	for (; q->at < q->indexed_count; q->at++) {
		if (intake_over(until))
			return PROGRESS_MORE;
		add_touched(q, q->indexed[q->at]);
	}
	q->indexed_count = 0;
	run_idle_groups(q, NULL);
	if (!q->waiting)
		loop_defer(q->in->r->loop, nothing_to_route, q);
	return PROGRESS_AWAY;
}
