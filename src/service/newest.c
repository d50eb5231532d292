/* Kept by lane.c after each commit, and looked up there before a load. */
#include "service/newest.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct entry {
	struct store_record record; /* views of what follows the entry */
	struct entry *newer, *older;
	size_t bytes;
};

struct newest {
	struct map *entries; /* by key */
	struct entry *first, *last;
	size_t bytes;
};

struct newest *newest_new(void)
{
	struct newest *n = mem_zero(sizeof *n);

	n->entries = map_new();
	return n;
}

static void unlink_entry(struct newest *n, struct entry *e)
{
	*(e->newer ? &e->newer->older : &n->first) = e->older;
	*(e->older ? &e->older->newer : &n->last) = e->newer;
}

static void put_first(struct newest *n, struct entry *e)
{
	e->newer = NULL;
	e->older = n->first;
	*(n->first ? &n->first->newer : &n->last) = e;
	n->first = e;
}

static void drop(struct newest *n, struct entry *e)
{
	unlink_entry(n, e);
	n->bytes -= e->bytes;
	mem_cleanup(&e);
}

void newest_free(struct newest *n)
{
	while (n->last)
		drop(n, n->last);
	map_free(n->entries);
	mem_cleanup(&n);
}

void newest_forget(struct newest *n, struct str key)
{
	struct entry *e = map_remove(n->entries, key);

	if (e)
		drop(n, e);
}

static struct str copy_behind(char **at, struct str s)
{
	struct str copy = {*at, s.n};

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static struct entry *entry_of(const struct store_record *record)
{
	size_t bytes = sizeof(struct entry) + record->key.n + record->bytes.n;
	struct entry *e = mem_alloc(bytes);
	char *at = (char *)(e + 1);

	*e = (struct entry){.bytes = bytes, .record = {.version = record->version}};
	e->record.key = copy_behind(&at, record->key);
	e->record.bytes = copy_behind(&at, record->bytes);
	return e;
}

void newest_keep(struct newest *n, const struct store_record *record)
{
	struct entry *e = entry_of(record), *before = map_get(n->entries, record->key);

	/* the map keeps a copy of the key */
	map_set(n->entries, e->record.key, e);
	if (before)
		drop(n, before);
	put_first(n, e);
	n->bytes += e->bytes;
	while (n->bytes > NEWEST_BYTES_MAX || map_count(n->entries) > NEWEST_RECORDS_MAX)
		newest_forget(n, n->last->record.key);
}

const struct store_record *newest_find(struct newest *n, struct str key)
{
	struct entry *e = map_get(n->entries, key);

	if (!e)
		return NULL;
	unlink_entry(n, e);
	put_first(n, e);
	return &e->record;
}
