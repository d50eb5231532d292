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

static void make_hash_secret(void)
{
	if (getrandom(secret, sizeof secret, 0) == (ssize_t)sizeof secret)
		return;
	perror("getrandom");
	abort();
}

static inline uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

/* Four words that stay in registers: most keys are short, and each look-up hashes one. */
struct sip {
	uint64_t a, b, c, d;
};

static inline __attribute__((always_inline)) struct sip sip_round(struct sip v)
{
	v.a += v.b;
	v.c += v.d;
	v.b = rotate(v.b, 13) ^ v.a;
	v.d = rotate(v.d, 16) ^ v.c;
	v.a = rotate(v.a, 32);
	v.c += v.b;
	v.a += v.d;
	v.b = rotate(v.b, 17) ^ v.c;
	v.d = rotate(v.d, 21) ^ v.a;
	v.c = rotate(v.c, 32);
	return v;
}

static inline __attribute__((always_inline)) struct sip sip_word(struct sip v, uint64_t word)
{
	v.d ^= word;
	v = sip_round(v);
	v.a ^= word;
	return v;
}

/* What is left of the key behind its last whole word, and the key's length in the highest byte. */
static inline uint64_t last_word(struct str key)
{
	uint64_t word = (uint64_t)key.n << 56;
	size_t i = key.n & ~(sizeof word - 1);
	for (int shift = 0; i < key.n; i++, shift += 8)
		word |= (uint64_t)(unsigned char)key.p[i] << shift;
	return word;
}

static uint64_t siphash_of(struct str key)
{
	struct sip v = {secret[0] ^ UINT64_C(0x736f6d6570736575), secret[1] ^ UINT64_C(0x646f72616e646f6d),
	                secret[0] ^ UINT64_C(0x6c7967656e657261), secret[1] ^ UINT64_C(0x7465646279746573)};
	uint64_t word;
	for (size_t i = 0; i + sizeof word <= key.n; i += sizeof word) {
		memcpy(&word, key.p + i, sizeof word);
		v = sip_word(v, word);
	}
	v = sip_word(v, last_word(key));
	v.c ^= 0xff;
	v = sip_round(sip_round(sip_round(v)));
	return v.a ^ v.b ^ v.c ^ v.d;
}

struct map *map_new(void)
{
	pthread_once(&secret_once, make_hash_secret);
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
	size_t s = slot_find(m, key, siphash_of(key));
	return s == NOT_FOUND ? NULL : m->entries[m->slots[s]].value;
}

void *map_set(struct map *m, struct str key, void *value)
{
	uint64_t hash = siphash_of(key);
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
	size_t s = slot_find(m, key, siphash_of(key));
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
