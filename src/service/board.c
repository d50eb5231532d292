/* The rows of what is open, in their order: an array for each severity, the newest at its end. */
#include "service/board.h"

#include <stdlib.h>
#include <string.h>

#include "incident/message.h"
#include "service/board_impl.h"

/* ---- a row of a record ---- */

static struct labels first_labels(const struct labels *all)
{
	struct labels some = {all->v, 0};
	size_t bytes = 0;

	for (; some.n < all->n; some.n++) {
		bytes += all->v[some.n].name.n + all->v[some.n].value.n;
		if (bytes > BOARD_LABEL_BYTES_MAX)
			break;
	}
	return some;
}

struct board_row board_row_of(const struct incident *inc)
{
	const struct incident_person *by = incident_acknowledgement(inc);
	struct board_row row = {
		.key = str_c(inc->key),
		.alertname = inc->alertname,
		.summary = incident_summary(inc),
		.severity = inc->severity.name,
		.owner = inc->owner,
		.rule = inc->rule,
		.runbook = inc->runbook.path,
		.rank = inc->severity.rank,
		.acknowledged = by != NULL,
		.dead = incident_dead(inc),
		.started_at = inc->started_at,
		.firing = incident_firing(inc),
		.total = inc->count.total,
		.labels = first_labels(&inc->labels),
	};

	if (by) {
		row.by = by->by;
		row.acknowledged_at = by->at;
	}
	return row;
}

static bool same_texts(const struct board_row *a, const struct board_row *b)
{
	return str_eq(a->alertname, b->alertname) && str_eq(a->summary, b->summary) && str_eq(a->severity, b->severity) &&
	       str_eq(a->owner, b->owner) && str_eq(a->rule, b->rule) && str_eq(a->runbook, b->runbook) &&
	       str_eq(a->by, b->by) && labels_equal(&a->labels, &b->labels);
}

static bool same_board_row(const struct board_row *a, const struct board_row *b)
{
	return a->rank == b->rank && a->acknowledged == b->acknowledged && a->dead == b->dead &&
	       a->started_at == b->started_at && a->acknowledged_at == b->acknowledged_at && a->firing == b->firing &&
	       a->total == b->total && same_texts(a, b);
}

/* ---- an entry: one piece of memory ---- */

static struct str copied(char **at, struct str s)
{
	struct str copy = {*at, s.n};

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static struct str *row_text(struct board_row *row, size_t i)
{
	struct str *const all[] = {&row->key,   &row->alertname, &row->summary, &row->severity,
	                           &row->owner, &row->rule,      &row->runbook, &row->by};
	return i < sizeof all / sizeof *all ? all[i] : NULL;
}

static size_t entry_bytes(struct board_row *row)
{
	size_t bytes = sizeof(struct board_entry) + row->labels.n * sizeof *row->labels.v;

	for (size_t i = 0; row_text(row, i); i++)
		bytes += row_text(row, i)->n;
	for (size_t i = 0; i < row->labels.n; i++)
		bytes += row->labels.v[i].name.n + row->labels.v[i].value.n;
	return bytes;
}

static struct board_entry *board_entry_new(struct board_row row)
{
	size_t bytes = entry_bytes(&row);
	struct board_entry *e = mem_alloc(bytes);
	struct label *labels = (struct label *)(e + 1);
	char *at = (char *)(labels + row.labels.n);

	*e = (struct board_entry){.row = row, .bytes = bytes};
	for (size_t i = 0; row_text(&e->row, i); i++)
		*row_text(&e->row, i) = copied(&at, *row_text(&row, i));
	for (size_t i = 0; i < row.labels.n; i++) {
		labels[i].name = copied(&at, row.labels.v[i].name);
		labels[i].value = copied(&at, row.labels.v[i].value);
	}
	e->row.labels.v = labels;
	return e;
}

/* ---- the order ---- */

static int bucket_of(const struct board_row *row)
{
	int rank = row->rank < 0 ? 0 : row->rank < BOARD_RANKS ? row->rank : BOARD_RANKS - 1;
	return 2 * rank + row->acknowledged;
}

/* The first entry of the bucket that does not stand before (started_at, key). */
static size_t bucket_find(const struct board_bucket *bucket, int64_t started_at, struct str key)
{
	size_t from = 0, to = bucket->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct board_row *row = &bucket->v[middle]->row;
		bool before = row->started_at != started_at ? row->started_at < started_at : str_cmp(row->key, key) < 0;
		from = before ? middle + 1 : from;
		to = before ? to : middle;
	}
	return from;
}

static void bucket_put(struct board *b, struct board_entry *e)
{
	struct board_bucket *bucket = &b->buckets[bucket_of(&e->row)];
	size_t at = bucket_find(bucket, e->row.started_at, e->row.key);

	MEM_ROOM(bucket->v, bucket->n, bucket->capacity);
	memmove(bucket->v + at + 1, bucket->v + at, (bucket->n - at) * sizeof *bucket->v);
	bucket->v[at] = e;
	bucket->n++;
}

static void bucket_take(struct board *b, const struct board_entry *e)
{
	struct board_bucket *bucket = &b->buckets[bucket_of(&e->row)];
	size_t at = bucket_find(bucket, e->row.started_at, e->row.key);

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
	map_remove(b->entries, e->row.key);
	bucket_take(b, e);
	b->bytes -= e->bytes;
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
		b->leaves_out = true;
	}
}

static void keep_row(struct board *b, const struct board_row *row, struct board_entry *before, uint64_t version)
{
	struct board_entry *e = board_entry_new(*row);

	e->version = version;
	e->walk = b->walk;
	if (before)
		remove_entry(b, before);
	map_set(b->entries, e->row.key, e);
	bucket_put(b, e);
	b->bytes += e->bytes;
	tell_change(b, &e->row, before ? BOARD_CHANGED : BOARD_OPENED);
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
	} else if (before && same_board_row(&before->row, &row)) {
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
		AUTOFREE char *key = mem_str(e->row.key);
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

static const struct board_row *last_before(const struct board *b, int bucket, size_t end, struct board_place *place)
{
	for (; bucket < BOARD_BUCKETS; bucket++, end = bucket < BOARD_BUCKETS ? b->buckets[bucket].n : 0) {
		if (!end)
			continue;
		const struct board_row *row = &b->buckets[bucket].v[end - 1]->row;
		*place = (struct board_place){.begun = true, .bucket = bucket, .started_at = row->started_at};
		memcpy(place->key, row->key.p, row->key.n < sizeof place->key ? row->key.n : sizeof place->key - 1);
		return row;
	}
	return NULL;
}

const struct board_row *board_next(const struct board *b, struct board_place *place)
{
	if (!place->begun)
		return last_before(b, 0, b->buckets[0].n, place);
	const struct board_bucket *bucket = &b->buckets[place->bucket];
	return last_before(b, place->bucket, bucket_find(bucket, place->started_at, str_c(place->key)), place);
}

const struct board_row *board_find(const struct board *b, struct str key)
{
	const struct board_entry *e = map_get(b->entries, key);
	return e ? &e->row : NULL;
}

size_t board_count(const struct board *b, bool acknowledged)
{
	size_t n = 0;

	for (size_t i = acknowledged; i < BOARD_BUCKETS; i += 2)
		n += b->buckets[i].n;
	return n;
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
	b->entries = map_new();
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
	b->entries = NULL;
	if (!b->walking) /* else the store's last answer frees it */
		free(b);
}
