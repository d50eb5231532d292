/* The rows of what is open, in their order: an array for each severity, the newest at its end. */
#include "service/board.h"

#include <stdlib.h>
#include <string.h>

#include "service/board_impl.h"

/* ---- the order ---- */

static int bucket_of(const struct board_entry *e)
{
	int rank = e->rank < 0 ? 0 : e->rank < BOARD_RANKS ? e->rank : BOARD_RANKS - 1;
	return 2 * rank + e->acknowledged;
}

/* The first entry of the bucket that does not stand before (started_at, key). */
static size_t bucket_find(const struct board_bucket *bucket, int64_t started_at, struct str key)
{
	size_t from = 0, to = bucket->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct board_entry *e = bucket->v[middle];
		bool before = e->started_at != started_at ? e->started_at < started_at : str_cmp(board_entry_key(e), key) < 0;
		from = before ? middle + 1 : from;
		to = before ? to : middle;
	}
	return from;
}

static void bucket_put(struct board *b, struct board_entry *e)
{
	struct board_bucket *bucket = &b->buckets[bucket_of(e)];
	size_t at = bucket_find(bucket, e->started_at, board_entry_key(e));

	MEM_ROOM(bucket->v, bucket->n, bucket->capacity);
	memmove(bucket->v + at + 1, bucket->v + at, (bucket->n - at) * sizeof *bucket->v);
	bucket->v[at] = e;
	bucket->n++;
}

static void bucket_take(struct board *b, const struct board_entry *e)
{
	struct board_bucket *bucket = &b->buckets[bucket_of(e)];
	size_t at = bucket_find(bucket, e->started_at, board_entry_key(e));

	bucket->n--;
	memmove(bucket->v + at, bucket->v + at + 1, (bucket->n - at) * sizeof *bucket->v);
}

/* ---- keeping ---- */

static void tell_change(struct board *b, const struct board_row *row, enum board_change what)
{
	if (b->changed)
		b->changed(b->changed_arg, row, what);
}

static void remove_entry(struct board *b, struct board_entry *e)
{
	map_remove(b->entries, board_entry_key(e));
	bucket_take(b, e);
	b->bytes -= e->bytes + BOARD_ENTRY_ROOM;
	mem_cleanup(&e);
}

/* The least grave that began first gives way. */
static void leave_least_grave(struct board *b)
{
	int i = BOARD_BUCKETS - 1;

	while (b->bytes > BOARD_BYTES_MAX && i >= 0) {
		if (b->buckets[i].n)
			remove_entry(b, b->buckets[i].v[0]);
		else
			i--;
		b->leaves_out = b->left_out = true;
	}
}

static void keep_row(struct board *b, const struct board_row *row, struct board_entry *before, uint64_t version)
{
	struct board_entry *e = board_entry_new(row);

	e->version = version;
	e->walk = b->walk;
	if (before)
		remove_entry(b, before);
	map_set(b->entries, board_entry_key(e), e);
	bucket_put(b, e);
	b->bytes += e->bytes + BOARD_ENTRY_ROOM;
	tell_change(b, row, before ? BOARD_CHANGED : BOARD_OPENED);
	leave_least_grave(b);
}

void board_take(struct board *b, const struct incident *inc, uint64_t version)
{
	struct board_entry *before = b ? map_get(b->entries, str_c(inc->key)) : NULL;
	struct board_row row;

	if (!b || (before && before->version > version))
		return;
	row = board_row_of(inc);
	if (!incident_is_open(inc) || !inc->episode) {
		if (!before)
			return;
		remove_entry(b, before);
		tell_change(b, &row, BOARD_CLOSED);
	} else if (before && board_entry_says(before, &row, &b->unpacked)) {
		before->version = version;
		before->walk = b->walk;
	} else {
		keep_row(b, &row, before, version);
	}
}

void board_take_record(struct board *b, struct str key, struct str bytes, uint64_t version)
{
	struct board_entry *known = map_get(b->entries, key);

	if (known && known->version >= version) {
		known->walk = b->walk;
		return;
	}
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct incident *inc = incident_read(arena, bytes, &err);
	if (inc) /* an unreadable one is passed over: whoever changes it says so */
		board_take(b, inc, version);
}

static void drop_unseen_of(struct board *b, struct board_bucket *bucket)
{
	for (size_t i = bucket->n; i-- > 0;) {
		struct board_entry *e = bucket->v[i];
		if (e->walk == b->walk)
			continue;
		AUTOFREE char *key = mem_str(board_entry_key(e));
		remove_entry(b, e);
		tell_change(b, &(struct board_row){.key = str_c(key)}, BOARD_CLOSED);
	}
}

void board_drop_unseen(struct board *b)
{
	for (size_t i = 0; i < BOARD_BUCKETS; i++)
		drop_unseen_of(b, &b->buckets[i]);
}

/* ---- reading ---- */

static const struct board_row *last_before(struct board *b, int bucket, size_t end, struct board_place *place)
{
	for (; bucket < BOARD_BUCKETS; bucket++, end = bucket < BOARD_BUCKETS ? b->buckets[bucket].n : 0) {
		if (!end)
			continue;
		const struct board_entry *e = b->buckets[bucket].v[end - 1];
		struct str key = board_entry_key(e);
		*place = (struct board_place){.begun = true, .bucket = bucket, .started_at = e->started_at};
		memcpy(place->key, key.p, key.n < sizeof place->key ? key.n : sizeof place->key - 1);
		return board_entry_row(e, &b->unpacked);
	}
	return NULL;
}

const struct board_row *board_next(struct board *b, struct board_place *place)
{
	if (!place->begun)
		return last_before(b, 0, b->buckets[0].n, place);
	const struct board_bucket *bucket = &b->buckets[place->bucket];
	return last_before(b, place->bucket, bucket_find(bucket, place->started_at, str_c(place->key)), place);
}

const struct board_row *board_find(struct board *b, struct str key)
{
	const struct board_entry *e = map_get(b->entries, key);
	return e ? board_entry_row(e, &b->unpacked) : NULL;
}

size_t board_count(const struct board *b, bool acknowledged)
{
	size_t n = 0;

	for (size_t i = acknowledged; i < BOARD_BUCKETS; i += 2)
		n += b->buckets[i].n;
	return n;
}

void board_take_totals(struct board *b, size_t firing, size_t acknowledged)
{
	if (!b)
		return;
	b->totals[false] = firing;
	b->totals[true] = acknowledged;
}

size_t board_total(const struct board *b, bool acknowledged)
{
	size_t held = board_count(b, acknowledged);

	return b->leaves_out && b->totals[acknowledged] > held ? b->totals[acknowledged] : held;
}

bool board_whole(const struct board *b)
{
	return b->whole;
}

bool board_leaves_out(const struct board *b)
{
	return b->leaves_out;
}

void board_listen(struct board *b, void (*changed)(void *arg, const struct board_row *row, enum board_change what),
                  void *arg)
{
	b->changed = changed;
	b->changed_arg = arg;
}

/* ---- life ---- */

struct board *board_new(struct router *r)
{
	struct board *b = mem_zero(sizeof *b);

	b->r = r;
	b->entries = map_new_of_views();
	board_walk_start(b);
	return b;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	board_walk_stop(b);
	map_free_with(b->entries, free);
	for (size_t i = 0; i < BOARD_BUCKETS; i++)
		free(b->buckets[i].v);
	free(b->unpacked.labels);
	b->unpacked.labels = NULL;
	b->entries = NULL;
	if (!b->walking) /* else the store's last answer frees it */
		free(b);
}
