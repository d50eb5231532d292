/*
 * Memory. Out of memory aborts, here and nowhere else; the ceilings elsewhere make sure that no client can cause it.
 * An arena hands out memory that is freed all at once: what comes off the wire lives in its request's arena.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/str.h"

void *mem_alloc(size_t n);         /* uninitialised, never NULL */
void *mem_zero(size_t n);          /* zeroed, never NULL */
void *mem_grow(void *p, size_t n); /* realloc */
/* realloc for n elements of `size` bytes; aborts on overflow */
void *mem_grow_array(void *p, size_t n, size_t size);
char *mem_strdup(const char *s); /* NULL stays NULL */
char *mem_str(struct str s);     /* NUL-terminated copy of a view */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* To the system, what is free; else most of it stays with the process. */
void mem_give_back(void);

/* Scope frees locals: AUTOFREE char *s = mem_strdup(...); */
void mem_cleanup(void *pp);
#define AUTOFREE __attribute__((cleanup(mem_cleanup)))

/* Room for one more element: `items`, `count` and `capacity` are lvalues. Doubles from 8. */
#define MEM_ROOM(items, count, capacity)                                                                               \
	do {                                                                                                               \
		if ((count) == (capacity)) {                                                                                   \
			(capacity) = (capacity) ? (capacity)*2 : 8;                                                                \
			(items) = mem_grow_array((items), (capacity), sizeof *(items));                                            \
		}                                                                                                              \
	} while (0)

struct arena;
struct arena *arena_new(void);
struct arena *arena_new_kept(void); /* one of many that are kept for long: it takes little more than what is asked of it */
void arena_free(struct arena *a);                      /* NULL is fine */
void *arena_alloc(struct arena *a, size_t n);          /* zeroed, aligned for any type */
struct str arena_str(struct arena *a, struct str s);   /* a copy, NUL-terminated behind its end */
struct str arena_lower(struct arena *a, struct str s); /* … with ASCII letters in lower case */
char *arena_cstr(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* An array with room for one element more than `n`: `items` itself, or a copy of it that is twice as large. */
void *arena_room(struct arena *a, void *items, size_t n, size_t *capacity, size_t size);
size_t arena_bytes(const struct arena *a);     /* handed out so far */
size_t arena_footprint(const struct arena *a); /* what it takes of the program's memory */
void arena_cleanup(struct arena **a);
#define AUTOARENA __attribute__((cleanup(arena_cleanup)))

#endif
