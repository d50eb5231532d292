/* The store in memory. */
#include "store/memory_store.h"

#include <assert.h>
#include <stdlib.h>

#include "store/memory_tables.h"
#include "store/outbox.h"
#include "store/query.h"

struct memory_store {
	struct front front;
	struct tables tables;
};

static struct memory_store *memory_of(struct front *f)
{
	return (struct memory_store *)(void *)f;
}

void tables_init(struct tables *t)
{
	t->now = 1; /* 0 means "absent" everywhere */
	t->rows = map_new();
	t->members = map_new();
	t->groups = map_new();
	t->queues = map_new();
	t->tallies = map_new();
	t->kept = map_new();
}

void tables_release(struct tables *t)
{
	map_free_with(t->rows, tables_free_row);
	map_free_with(t->members, tables_free_member);
	map_free_with(t->groups, tables_free_group);
	map_free_with(t->queues, tables_free_queue);
	map_free_with(t->kept, free);
	const struct ranked *hour;
	for (struct ranking_place at = {0, 0}; (hour = ranking_next(&t->hours, &at));)
		tables_free_hour(hour->item);
	ranking_release(&t->hours);
	map_free(t->tallies);
	mem_cleanup(&t->tally_ids);
	for (size_t i = 0; i < sizeof t->lists / sizeof *t->lists; i++)
		ranking_release(&t->lists[i]);
}

static void release_leased_pair(struct tables *t, struct request *r)
{
	const struct store_release *ask = &r->ask.release;
	tables_release_pair(t, ask->receiver, ask->key, ask->claim_id, ask->due_at);
}

static void query(struct tables *t, struct request *r)
{
	r->query.is->in_memory(t, r);
}

void tables_run(struct tables *t, struct request *r)
{
	static void (*const run[VERBS])(struct tables *, struct request *) = {
		[VERB_LOAD] = tables_load,   [VERB_COMMIT] = tables_commit,
		[VERB_CLAIM] = tables_claim, [VERB_RELEASE] = release_leased_pair,
		[VERB_QUERY] = query,        [VERB_SWEEP] = tables_sweep,
	};
	r->result = STORE_OK;
	r->now = t->now;
	run[r->verb](t, r);
}

static void memory_submit(struct front *f, struct request *r)
{
	tables_run(&memory_of(f)->tables, r);
	front_answer(f, r);
}

static struct store_health memory_health(struct front *f)
{
	(void)f;
	return (struct store_health){.name = "memory", .up = true, .why = "kept in memory only", .serving = true};
}

static int64_t memory_now(struct front *f)
{
	return memory_of(f)->tables.now;
}

static void memory_close(struct front *f)
{
	struct memory_store *m = memory_of(f);
	front_release(f);
	tables_release(&m->tables);
	mem_cleanup(&m);
}

struct store *memory_store_open(struct loop *l)
{
	struct memory_store *m = mem_zero(sizeof *m);
	front_init(&m->front, l);
	outbox_stay(m->front.outbox);
	m->front.submit = memory_submit;
	m->front.health = memory_health;
	m->front.now = memory_now;
	m->front.close = memory_close;
	tables_init(&m->tables);
	return &m->front.store;
}

void memory_store_set_now(struct store *s, int64_t now_ms)
{
	struct tables *t = &memory_of(front_of(s))->tables;
	assert(now_ms >= t->now);
	t->now = now_ms;
}

int64_t memory_store_now(const struct store *s)
{
	return ((const struct memory_store *)(const void *)s)->tables.now;
}
