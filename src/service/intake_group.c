/*
 * The alerts of one webhook that belong to one incident: one change of it, or where they are very many, several in a row.
 * From intake_route.c; the way goes on in transaction.c.
 */
#include <stdlib.h>
#include <string.h>

#include "incident/row.h"
#include "service/intake_request.h"

/* ---- whoever is listed ---- */

static bool moved(void *arg, size_t index, const struct member *m, const struct incident *holder)
{
	struct group *g = arg;

	if (arrival_sticks(m, holder))
		return !str_eq(m->key, g->key);
	return !str_eq_c(g->key, g->items[g->from + index]->plan->key);
}

/* Somebody whom this part lists fires, and was told of. */
static bool somebody_surely_fires(const struct group *g, const struct incident *inc)
{
	for (size_t i = 0; i < g->count && incident_is_paged(inc); i++) {
		const struct member *m = &g->decisions[i].member;
		bool stands = !g->arrivals[i].alert->resolved && m->counted && row_place(inc, m) != PLACE_NONE;
		if (stands && !row_waits(inc, m))
			return true;
	}
	return false;
}

/* All that this webhook lists is decided by this one commit, which can count it. */
static bool carries_counts(const struct group *g)
{
	bool all = g->q->alone && g->count == g->n;

	for (size_t i = 0; all && i < g->count; i++)
		all = !g->decisions[i].leaves;
	return all;
}

/* What was done is counted with it; how the alerts were decided, when all of them are. */
static void part_counts(struct group *g, const struct counts *from, struct counts *commit)
{
	bool carries = carries_counts(g);

	counts_release(&g->held);
	for (size_t i = 0; i < from->n; i++) {
		if (!from->v[i].of_alert || (carries && !g->counted))
			counts_add(commit, from->v[i]);
		else if (!g->counted)
			counts_add(&g->held, from->v[i]);
	}
}

static void decide(struct group *g, struct incident *inc, int64_t now, struct counts *commit)
{
	struct incident_policy policy = router_policy(g->q->in->r, g->q->config);
	struct body body = g->q->body;
	struct counts all = {.arena = inc->arena};

	body.whole = body.whole && !g->begun;
	body.sure = g->sure;
	g->absent = incident_decide(inc, &body, g->arrivals, g->count, &policy, now, g->decisions, &all);
	part_counts(g, &all, commit);
	counts_release(&all);
}

static enum tx_apply apply_listed(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                  struct counts *counts)
{
	struct group *g = arg;

	for (size_t i = 0; i < g->count; i++) {
		struct item *item = g->items[g->from + i];
		g->arrivals[i] = (struct arrival){item->alert, item->plan, members[i].before};
	}
	decide(g, inc, now, counts);
	g->sure_now = somebody_surely_fires(g, inc);
	for (size_t i = 0; i < g->count; i++) {
		const struct decision *d = &g->decisions[i];
		members[i].changed = d->member_changed;
		members[i].after = d->member;
		members[i].ttl_ms = d->member_ttl;
	}
	return TX_WRITE;
}

/* ---- nobody is listed ---- */

/* What a body that is sent again, or comes too soon after the last one, leaves as it is need not be written. */
static bool same_row(const struct incident_row *a, const struct incident_row *b)
{
	return a->mark == b->mark && a->former == b->former && a->counted_at == b->counted_at && a->left_at == b->left_at &&
	       a->truncated == b->truncated;
}

static enum tx_apply apply_touched(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                   struct counts *counts)
{
	struct group *g = arg;
	const struct incident_row *row = row_find(inc, g->q->body.group);

	(void)members;
	if (!row)
		return TX_NOTHING;
	struct incident_row before = *row;
	decide(g, inc, now, counts);
	row = row_find(inc, g->q->body.group);
	return row && same_row(row, &before) ? TX_NOTHING : TX_WRITE;
}

/* ---- a part ---- */

static void take_decisions(struct group *g)
{
	intake_hold_counts(g->q, &g->held);
	if (g->absent)
		metrics_add(g->q->in->r->metrics, METRIC_MEMBERS_ABSENT, NULL, (double)g->absent);
	g->absent = 0;
	g->begun = true;
	g->sure = g->sure || g->sure_now;
	for (size_t i = 0; i < g->count; i++) {
		struct item *item = g->items[g->from + i];
		if (g->decisions[i].leaves) {
			g->q->moved = true;
			continue;
		}
		item->decided = true;
		item->verdict = g->decisions[i].verdict;
		item->reason = g->decisions[i].reason;
	}
}

static void start_part(struct group *g, const struct store_record *record);

static void end_part(struct group *g)
{
	free(g->arrivals);
	free(g->decisions);
	g->arrivals = NULL;
	g->decisions = NULL;
	counts_release(&g->held);
	g->from += g->count;
}

static void end_group(struct group *g)
{
	free(g->items);
	g->items = NULL;
	g->first = NULL;
	g->last = &g->first;
	g->n = 0;
	intake_group_ended(g->q);
}

static void part_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct group *g = arg;
	struct request *q = g->q;

	(void)now;
	switch (result) {
	case TX_DONE:
		take_decisions(g);
		intake_looked_at(q, inc);
		break;
	case TX_MOVED: q->moved = true; break;
	case TX_BUSY: q->error = "too many changes of one incident at once, try again"; break;
	case TX_UNAVAILABLE:
		q->error = "the store cannot take it, try again";
		if (g->doubted[0] && q->alone)
			intake_doubt_commit(q, g->doubted);
		break;
	}
	end_part(g);
	if (g->from < g->n && !q->error && !q->in->closed)
		start_part(g, NULL);
	else
		end_group(g);
}

/* The first part takes in whoever its body makes sure of though one more body without him would have ended him. */
static size_t part_size(const struct group *g)
{
	size_t left = g->n - g->from, doubtful = 0;

	if (left <= INTAKE_PART_MAX)
		return left;
	while (!g->from && doubtful < g->n && g->items[doubtful]->rank == ITEM_DOUBTFUL)
		doubtful++;
	return doubtful > INTAKE_PART_MAX ? doubtful : INTAKE_PART_MAX;
}

static void start_part(struct group *g, const struct store_record *record)
{
	g->count = part_size(g);
	AUTOFREE struct member *members = mem_grow_array(NULL, g->count + 1, sizeof *members);
	g->arrivals = mem_grow_array(NULL, g->count + 1, sizeof *g->arrivals);
	g->decisions = mem_grow_array(NULL, g->count + 1, sizeof *g->decisions);
	for (size_t i = 0; i < g->count; i++)
		members[i] = g->items[g->from + i]->member;
	struct tx_change change = {
		.key = g->key,
		.members = members,
		.member_count = g->count,
		.apply = g->n ? apply_listed : apply_touched,
		.moved = g->n ? moved : NULL,
		.done = part_done,
		.arg = g,
		.keeps_queue = true,
		.from_known = g->q->from_known,
		.record_given = record != NULL && !g->q->counted_by[0],
		.asked_id = g->q->counted_by[0] ? g->q->counted_by : NULL,
		.asked_is_part = &g->counted,
		.doubted_id = g->doubted,
		.now = g->q->now,
		.asked_mono = g->q->asked_mono,
		.start_anew = true, /* of one that is touched only, that means nothing: it has no row */
	};
	if (record)
		change.record = *record;
	transaction_run(g->q->in->r->transactions, &change);
}

/* ---- parts in order ---- */

/*
 * Who was doubtful comes first, then who fires and stood already, then who begins to fire, and who has resolved at last:
 * so no part ends or pages what a later one would have kept.
 */
static enum item_rank item_rank_of(const struct group *g, const struct incident *inc, const struct item *item)
{
	enum place place = inc ? row_place(inc, &item->member) : PLACE_NONE;

	if (place == PLACE_DOUBTFUL && !strcmp(item->member.group, g->q->body.group))
		return ITEM_DOUBTFUL;
	if (item->alert->resolved)
		return ITEM_RESOLVED;
	return place != PLACE_NONE && item->member.counted ? ITEM_STOOD : ITEM_BEGINS;
}

static void order_items(struct group *g, const struct incident *inc)
{
	size_t n = 0;

	for (struct item *item = g->first; item; item = item->next)
		item->rank = item_rank_of(g, inc, item);
	for (enum item_rank rank = ITEM_DOUBTFUL; rank <= ITEM_RESOLVED; rank++)
		for (struct item *item = g->first; item; item = item->next)
			if (item->rank == rank)
				g->items[n++] = item;
}

static void put_as_they_came(struct group *g)
{
	size_t n = 0;

	for (struct item *item = g->first; item; item = item->next)
		g->items[n++] = item;
}

static void loaded_for_order(void *arg, const struct store_loaded *reply)
{
	struct group *g = arg;
	struct request *q = g->q;
	AUTOERR struct err err = ERR_INIT;
	AUTOARENA struct arena *arena = arena_new();
	bool known = reply->result == STORE_OK && reply->record_count && reply->records[0].bytes.n;

	if (q->in->closed || reply->result != STORE_OK) {
		q->error = "the store cannot be read, try again";
		end_group(g);
		return;
	}
	/* An unreadable one holds nobody; whoever changes it says so. */
	order_items(g, known ? incident_read(arena, reply->records[0].bytes, &err) : NULL);
	start_part(g, NULL);
}

void intake_group_run(struct group *g, const struct store_record *record)
{
	struct store *s = g->q->in->r->store;

	g->items = mem_grow_array(NULL, g->n + 1, sizeof *g->items);
	g->from = 0;
	if (g->n > INTAKE_PART_MAX) {
		struct store_load request = {.keys = &g->key, .key_count = 1};
		s->ops->load(s, &request, loaded_for_order, g);
		return;
	}
	put_as_they_came(g);
	start_part(g, record);
}
