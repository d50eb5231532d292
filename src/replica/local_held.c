/*
 * What was seen of the primary waits here for a moment before it goes to the file's thread: of each record only the newest is
 * written then. A page is two or three commits within a second, and the file need not see each of them.
 */
#include <assert.h>

#include "base/map.h"
#include "replica/local_work.h"
#include "store/sqlite_impl.h"

static struct local_beside *beside_of(struct front *f)
{
	return sqlite_of(f)->beside;
}

static void let_held_go(struct local_beside *b)
{
	struct request *r = b->first;
	if (!r)
		return;
	b->first = NULL;
	b->last = &b->first;
	b->count = b->bytes = 0;
	map_free(b->newest);
	b->newest = map_new();
	loop_timer_stop(b->timer);
	for (struct request *next; r; r = next) {
		next = r->next;
		r->next = NULL;
		b->submit(b->front, r);
	}
}

static void let_held_go_in_time(void *arg)
{
	let_held_go(arg);
}

/* The one before is not written any more; what it knew of older commits this one knows too. */
static void supersede(struct request *r, struct store_record *record, struct store_record *before)
{
	struct sqlite_row known = {.version = before->version};
	request_split_ids(before->ids.n ? before->ids : str_c(before->version.commit_id), known.ids);
	record->ids = local_ids(r, record, &known);
	before->bytes.n = 0;
}

/* A load's record is written, whatever comes behind it: it has members along. */
static void hold_record(struct local_beside *b, struct request *r, struct store_record *record)
{
	const struct seen_work *work = r->ask.work.what;
	struct store_record *before = map_get(b->newest, record->key);
	if (!record->bytes.n)
		return;
	if (before && before->version.number < record->version.number) {
		supersede(r, record, before);
		b->spared++;
	}
	if (work->seen.loaded.count)
		map_remove(b->newest, record->key);
	else
		map_set(b->newest, record->key, record);
}

void local_hold(struct front *f, struct request *r, struct store_record *records, size_t count)
{
	struct local_beside *b = beside_of(f);
	for (size_t i = 0; i < count; i++)
		hold_record(b, r, &records[i]);
	*b->last = r;
	b->last = &r->next;
	b->count += r->ask.work.weight;
	b->bytes += r->ask.work.bytes;
	if (b->count >= LOCAL_HELD_MAX || b->bytes >= LOCAL_HELD_BYTES_MAX)
		let_held_go(b);
	else if (!loop_timer_running(b->timer))
		loop_timer_set(b->timer, LOCAL_HELD_MS);
}

/* Whatever else is asked of the file comes behind what was seen before. */
static void submit_behind_held(struct front *f, struct request *r)
{
	struct local_beside *b = beside_of(f);
	let_held_go(b);
	b->submit(f, r);
}

static void close_behind_held(struct front *f)
{
	struct local_beside *b = beside_of(f);
	let_held_go(b);
	loop_timer_free(b->timer);
	map_free(b->newest);
	struct local_policy *policy = b->policy;
	b->close(f); /* b is gone with it, and so are all that worked by the policy */
	local_policy_unref(policy);
}

size_t local_store_held(const struct store *s)
{
	return beside_of(front_of((struct store *)(uintptr_t)s))->count;
}

uint64_t local_store_spared(const struct store *s)
{
	return beside_of(front_of((struct store *)(uintptr_t)s))->spared;
}

void local_hold_begin(struct front *f, struct loop *l)
{
	struct local_beside *b = beside_of(f);
	b->front = f;
	b->last = &b->first;
	b->newest = map_new();
	b->timer = loop_timer_new(l, let_held_go_in_time, b);
	b->submit = f->submit;
	b->close = f->close;
	f->submit = submit_behind_held;
	f->close = close_behind_held;
}
