/*
 * Entries stand in insertion order; a table of slots with linear probing finds them. Keys come off the wire, so the
 * hash is SipHash-1-3 (https://www.aumasson.jp/siphash/siphash.pdf) with a secret of this process: nobody outside can
 * choose keys that collide. The secret never shows, as iteration follows insertion.
 */
#include "base/map.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

#define SLOT_FREE UINT32_MAX
#define SLOT_GONE (UINT32_MAX - 1)
#define ENTRIES_LEAST 8
#define NOT_FOUND SIZE_MAX

struct entry {
	const char *key; /* NULL: a hole, skipped by readers, closed at the next rebuild */
	size_t key_n;
	uint64_t hash;
	void *value;
};

struct map {
	struct entry *entries;
	size_t first, used, capacity; /* entries[first..used) may be live; `first` skips the holes in front */
	size_t live;
	uint32_t *slots; /* 2 * capacity of them, a power of two; at most half are ever taken */
	size_t mask;
	bool of_views; /* keys are the caller's */
};

static uint64_t secret[2];
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void secret_read(void)
{
	if (getrandom(secret, sizeof secret, 0) == (ssize_t)sizeof secret)
		return;
	perror("getrandom");
	abort();
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static inline __attribute__((always_inline)) void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static inline __attribute__((always_inline)) void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

static uint64_t hash_of(struct str key)
{
	uint64_t v[4] = {secret[0] ^ UINT64_C(0x736f6d6570736575), secret[1] ^ UINT64_C(0x646f72616e646f6d),
	                 secret[0] ^ UINT64_C(0x6c7967656e657261), secret[1] ^ UINT64_C(0x7465646279746573)};
	size_t i = 0;
	uint64_t word;
	for (; i + sizeof word <= key.n; i += sizeof word) {
		memcpy(&word, key.p + i, sizeof word);
		sip_word(v, word);
	}
	word = (uint64_t)key.n << 56;
	for (int shift = 0; i < key.n; i++, shift += 8)
		word |= (uint64_t)(unsigned char)key.p[i] << shift;
	sip_word(v, word);
	v[2] ^= 0xff;
	for (int round = 0; round < 3; round++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct map *map_new(void)
{
	pthread_once(&secret_once, secret_read);
	return mem_zero(sizeof(struct map));
}

struct map *map_new_of_views(void)
{
	struct map *m = map_new();
	m->of_views = true;
	return m;
}

static void free_key(const struct map *m, struct entry *e)
{
	if (!m->of_views)
		mem_cleanup(&e->key);
}

static void keep_value(void *value)
{
	(void)value;
}

void map_free(struct map *m)
{
	map_free_with(m, keep_value);
}

void map_free_with(struct map *m, void (*free_value)(void *))
{
	if (!m)
		return;
	for (size_t i = m->first; i < m->used; i++) {
		if (!m->entries[i].key)
			continue;
		free_key(m, &m->entries[i]);
		free_value(m->entries[i].value); /* a view's bytes may be the value's */
	}
	free(m->entries);
	free(m->slots);
	free(m);
}

/* The slot whose entry has this key, or NOT_FOUND. */
static size_t slot_find(const struct map *m, struct str key, uint64_t hash)
{
	if (m->capacity == 0)
		return NOT_FOUND;
	for (size_t s = hash & m->mask; m->slots[s] != SLOT_FREE; s = (s + 1) & m->mask) {
		if (m->slots[s] == SLOT_GONE)
			continue;
		const struct entry *e = &m->entries[m->slots[s]];
		if (e->hash == hash && str_eq((struct str){e->key, e->key_n}, key))
			return s;
	}
	return NOT_FOUND;
}

static void slot_take(struct map *m, size_t index)
{
	size_t s = m->entries[index].hash & m->mask;
	while (m->slots[s] != SLOT_FREE)
		s = (s + 1) & m->mask;
	m->slots[s] = (uint32_t)index;
}

/* Closes the holes; grows when, without them, more than half is taken. */
static void rebuild(struct map *m)
{
	size_t live = 0;
	for (size_t i = m->first; i < m->used; i++) {
		if (m->entries[i].key)
			m->entries[live++] = m->entries[i];
	}
	m->first = 0;
	m->used = live;
	if (live * 2 >= m->capacity) {
		m->capacity = m->capacity ? m->capacity * 2 : ENTRIES_LEAST;
		if (m->capacity > SLOT_GONE)
			abort(); /* 4 thousand million entries: every ceiling has failed */
		m->entries = mem_grow_array(m->entries, m->capacity, sizeof *m->entries);
		m->slots = mem_grow_array(m->slots, m->capacity * 2, sizeof *m->slots);
		m->mask = m->capacity * 2 - 1;
	}
	memset(m->slots, 0xff, m->capacity * 2 * sizeof *m->slots);
	for (size_t i = 0; i < live; i++)
		slot_take(m, i);
}

void *map_get(const struct map *m, struct str key)
{
	size_t s = slot_find(m, key, hash_of(key));
	return s == NOT_FOUND ? NULL : m->entries[m->slots[s]].value;
}

void *map_set(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash_of(key);
	size_t s = slot_find(m, key, hash);
	if (s != NOT_FOUND) {
		struct entry *e = &m->entries[m->slots[s]];
		void *old = e->value;
		e->value = value;
		if (m->of_views)
			e->key = key.p; /* the old value may be where the old one was */
		return old;
	}
	if (m->used == m->capacity)
		rebuild(m);
	m->entries[m->used] = (struct entry){m->of_views ? key.p : mem_str(key), key.n, hash, value};
	slot_take(m, m->used);
	m->used++;
	m->live++;
	return NULL;
}

void *map_remove(struct map *m, struct str key)
{
	size_t s = slot_find(m, key, hash_of(key));
	if (s == NOT_FOUND)
		return NULL;
	struct entry *e = &m->entries[m->slots[s]];
	void *value = e->value;
	free_key(m, e);
	*e = (struct entry){.key = NULL};
	m->slots[s] = SLOT_GONE;
	m->live--;
	while (m->first < m->used && !m->entries[m->first].key)
		m->first++;
	return value;
}

size_t map_count(const struct map *m)
{
	return m->live;
}

bool map_next(const struct map *m, size_t *cursor, struct str *key, void **value)
{
	size_t i = *cursor < m->first ? m->first : *cursor;
	while (i < m->used && !m->entries[i].key)
		i++;
	if (i >= m->used)
		return false;
	const struct entry *e = &m->entries[i];
	*key = (struct str){e->key, e->key_n};
	*value = e->value;
	*cursor = i + 1;
	return true;
}
