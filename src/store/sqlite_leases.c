/* Used by sqlite_queue.c, between sqlite_db_begin() and sqlite_db_commit(). */
#include "store/sqlite_leases.h"

#include "base/map.h"
#include "base/mem.h"

/* What one change has replaced. */
struct change {
	char *receiver, *key;
	size_t receiver_n, key_n;
	bool found;
	struct sqlite_lease before;
};

struct sqlite_leases {
	struct map *receivers; /* of maps, by key */
	struct change *changes;
	size_t count, capacity;
	bool undoing;
};

struct sqlite_leases *sqlite_leases_new(void)
{
	struct sqlite_leases *l = mem_zero(sizeof *l);
	l->receivers = map_new();
	return l;
}

static void free_lease(void *lease)
{
	mem_cleanup(&lease);
}

static void free_receiver(void *keys)
{
	map_free_with(keys, free_lease);
}

void sqlite_leases_keep(struct sqlite_leases *l)
{
	while (l->count) {
		struct change *c = &l->changes[--l->count];
		mem_cleanup(&c->receiver);
		mem_cleanup(&c->key);
	}
}

void sqlite_leases_free(struct sqlite_leases *l)
{
	if (!l)
		return;
	sqlite_leases_keep(l);
	map_free_with(l->receivers, free_receiver);
	mem_cleanup(&l->changes);
	mem_cleanup(&l);
}

static struct sqlite_lease *find_lease(const struct sqlite_leases *l, struct str receiver, struct str key)
{
	struct map *keys = map_get(l->receivers, receiver);
	return keys ? map_get(keys, key) : NULL;
}

const struct sqlite_lease *sqlite_leases_get(const struct sqlite_leases *l, struct str receiver, struct str key)
{
	return find_lease(l, receiver, key);
}

static void note_change(struct sqlite_leases *l, struct str receiver, struct str key, const struct sqlite_lease *before)
{
	if (l->undoing)
		return;
	MEM_ROOM(l->changes, l->count, l->capacity);
	struct change *c = &l->changes[l->count++];
	*c = (struct change){mem_str(receiver), mem_str(key), receiver.n, key.n, .found = before};
	if (before)
		c->before = *before;
}

void sqlite_leases_set(struct sqlite_leases *l, struct str receiver, struct str key, const struct sqlite_lease *lease)
{
	struct sqlite_lease *known = find_lease(l, receiver, key);
	note_change(l, receiver, key, known);
	if (!known) {
		struct map *keys = map_get(l->receivers, receiver);
		if (!keys) {
			keys = map_new();
			map_set(l->receivers, receiver, keys);
		}
		known = mem_alloc(sizeof *known);
		map_set(keys, key, known);
	}
	*known = *lease;
}

void sqlite_leases_drop(struct sqlite_leases *l, struct str receiver, struct str key)
{
	struct map *keys = map_get(l->receivers, receiver);
	struct sqlite_lease *known = keys ? map_get(keys, key) : NULL;
	if (!known)
		return;
	note_change(l, receiver, key, known);
	map_remove(keys, key);
	free_lease(known);
}

bool sqlite_leases_next(const struct sqlite_leases *l, struct str receiver, size_t *at, struct str *key,
                        const struct sqlite_lease **lease)
{
	struct map *keys = map_get(l->receivers, receiver);
	void *value = NULL;
	if (!keys || !map_next(keys, at, key, &value))
		return false;
	*lease = value;
	return true;
}

bool sqlite_leases_receivers(const struct sqlite_leases *l, size_t *at, struct str *receiver)
{
	void *keys;
	return map_next(l->receivers, at, receiver, &keys);
}

void sqlite_leases_forget(struct sqlite_leases *l, struct str key)
{
	struct str receiver;
	for (size_t at = 0; sqlite_leases_receivers(l, &at, &receiver);)
		sqlite_leases_drop(l, receiver, key);
}

void sqlite_leases_undo(struct sqlite_leases *l)
{
	l->undoing = true;
	for (size_t i = l->count; i-- > 0;) {
		const struct change *c = &l->changes[i];
		struct str receiver = {c->receiver, c->receiver_n}, key = {c->key, c->key_n};
		if (c->found)
			sqlite_leases_set(l, receiver, key, &c->before);
		else
			sqlite_leases_drop(l, receiver, key);
	}
	l->undoing = false;
	sqlite_leases_keep(l);
}
