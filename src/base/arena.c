/* Memory that is freed all at once: blocks that double, of which each thread keeps one for the next arena. */
#include <pthread.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "base/ascii.h"

/* Blocks double up to the larger size: small requests stay small, large trees need few blocks. */
#define BLOCK_LEAST ((size_t)4096)
#define BLOCK_MOST ((size_t)256 * 1024)

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

/* Of an arena that is kept: little of its last block is left empty. */
#define KEPT_LEAST ((size_t)1024)
#define KEPT_SHARE 8

struct arena {
	struct block *head;
	size_t next_size, handed_out;
	bool kept;
};

static size_t rounded_up(size_t n)
{
	const size_t align = alignof(max_align_t);
	return (n + align - 1) & ~(align - 1);
}

/*
 * Most arenas are small and live for a moment: each thread keeps some of their blocks, so that malloc does not merge
 * them with their neighbours each time. Not under a sanitizer, which is to see who uses freed memory.
 */
#if defined __SANITIZE_ADDRESS__
#define SPARE_MOST 0
#else
#define SPARE_MOST 64
#endif
static _Thread_local struct block *spare;
static _Thread_local int spare_count;
static pthread_once_t spare_once = PTHREAD_ONCE_INIT;
static pthread_key_t spare_key; /* of a thread that has some, so that they go when it ends */

static void free_spare(void *unused)
{
	(void)unused;
	while (spare) {
		struct block *next = spare->next;
		free(spare);
		spare = next;
	}
	spare_count = 0;
}

static void make_spare_key(void)
{
	if (pthread_key_create(&spare_key, free_spare) != 0)
		abort();
}

static void keep_spare(struct block *b)
{
	if (!spare) {
		pthread_once(&spare_once, make_spare_key);
		pthread_setspecific(spare_key, &spare);
	}
	b->next = spare;
	spare = b;
	spare_count++;
}

static void block_free(struct block *b)
{
	if (b->size == BLOCK_LEAST && spare_count < SPARE_MOST)
		keep_spare(b);
	else
		free(b);
}

static struct block *block_room(size_t size)
{
	struct block *b = spare;
	if (size != BLOCK_LEAST || !b)
		return mem_alloc(sizeof *b + size);
	spare = b->next;
	spare_count--;
	return b;
}

static struct block *block_new(size_t size)
{
	struct block *b = block_room(size);
	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

/* It lies in its own first block. */
struct arena *arena_new(void)
{
	struct block *first = block_new(BLOCK_LEAST);
	struct arena *a = (struct arena *)(void *)first->bytes;
	first->used = rounded_up(sizeof *a);
	*a = (struct arena){.head = first, .next_size = 2 * BLOCK_LEAST};
	return a;
}

struct arena *arena_new_kept(void)
{
	struct arena *a = arena_new();
	a->kept = true;
	a->next_size = KEPT_LEAST;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->head; b;) {
		struct block *next = b->next;
		block_free(b);
		b = next;
	}
}

static size_t size_of_next(const struct arena *a)
{
	size_t share = a->handed_out / KEPT_SHARE;
	if (a->kept)
		return share > KEPT_LEAST ? share : KEPT_LEAST;
	return a->next_size < BLOCK_MOST ? 2 * a->next_size : a->next_size;
}

/* What is large gets a block of its own behind the head, so that the head's room is not thrown away. */
static struct block *block_for(struct arena *a, size_t n)
{
	if (a->head && a->head->size - a->head->used >= n)
		return a->head;
	if (a->head && n > a->next_size / 4) {
		struct block *own = block_new(n);
		own->next = a->head->next;
		a->head->next = own;
		return own;
	}
	struct block *b = block_new(n > a->next_size ? n : a->next_size);
	b->next = a->head;
	a->head = b;
	a->next_size = size_of_next(a);
	return b;
}

static char *take_bytes_of_block(struct arena *a, size_t n)
{
	/* Half of the address space is never there; malloc then aborts as for any request too large. */
	size_t rounded = rounded_up(n > SIZE_MAX / 2 ? SIZE_MAX / 2 : n);
	struct block *b = block_for(a, rounded);
	char *p = b->bytes + b->used;
	b->used += rounded;
	a->handed_out += n;
	return p;
}

/* The system hands out such pages as they are touched, zero already: nobody waits for all of them at once. */
static void *alloc_large(struct arena *a, size_t n)
{
	struct block *own = mem_zero(sizeof *own + n);
	own->size = own->used = n;
	own->next = a->head->next;
	a->head->next = own;
	a->handed_out += n;
	return own->bytes;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > BLOCK_MOST && n < SIZE_MAX / 2)
		return alloc_large(a, n);
	char *p = take_bytes_of_block(a, n ? n : 1);
	memset(p, 0, n ? n : 1);
	return p;
}

struct str arena_lower(struct arena *a, struct str s)
{
	char *out = arena_cstr(a, s);
	for (size_t i = 0; i < s.n; i++)
		out[i] = ascii_lower(out[i]);
	return (struct str){out, s.n};
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *copy = take_bytes_of_block(a, s.n + 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){arena_cstr(a, s), s.n};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char shortest[256];
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(shortest, sizeof shortest, fmt, ap);
	va_end(ap);
	size_t length = n < 0 ? 0 : (size_t)n;
	char *text = take_bytes_of_block(a, length + 1);
	if (length < sizeof shortest)
		memcpy(text, shortest, length);
	else
		vsnprintf(text, length + 1, fmt, again);
	text[length] = '\0';
	va_end(again);
	return text;
}

void *arena_room(struct arena *a, void *items, size_t n, size_t *capacity, size_t size)
{
	if (n < *capacity)
		return items;
	*capacity = *capacity ? *capacity * 2 : 4;
	void *room = arena_alloc(a, *capacity * size);
	if (n)
		memcpy(room, items, n * size);
	return room;
}

size_t arena_bytes(const struct arena *a)
{
	return a->handed_out;
}

size_t arena_footprint(const struct arena *a)
{
	size_t sum = 0;
	for (const struct block *b = a->head; b; b = b->next)
		sum += sizeof *b + b->size;
	return sum;
}

void arena_cleanup(struct arena **a)
{
	arena_free(*a);
}
