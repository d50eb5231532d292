/*
 * Small sets of texts while a pattern is taken apart, in a piece of memory that is reused for the next pattern.
 */
#ifndef RULES_LITERAL_TEXT_H
#define RULES_LITERAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* What does not fit here is a pattern that offers nothing to look up. */
#define TEXT_POOL_BYTES ((size_t)1024 * 1024)
#define TEXTS_CROSS_MAX 64   /* (a|b)-(x|y): all its combinations */
#define TEXTS_UNION_MAX 2048 /* a|b|c… */

struct text_pool {
	char *bytes;
	size_t used;
	bool full; /* something did not fit: nothing in the pool is to be believed */
};

void text_pool_init(struct text_pool *pool);
void text_pool_release(struct text_pool *pool);
void text_pool_reset(struct text_pool *pool);
/* NULL when it is full. */
void *text_pool_alloc(struct text_pool *pool, size_t n);

/* As what a value must begin with, end with or contain (any of them): none means that nothing is known. */
struct texts {
	struct str *v;
	size_t n, room;
};

struct texts texts_of(struct text_pool *pool, struct str text);
/* A new set of both. */
struct texts texts_union(struct text_pool *pool, struct texts a, struct texts b);
/* Both in the memory of `a`, which is used up. */
struct texts texts_append(struct text_pool *pool, struct texts a, struct texts b);
/* Every text of `a` followed by every text of `b`. */
struct texts texts_cross(struct text_pool *pool, struct texts a, struct texts b);
/* Every text with its case folded; `*letters` becomes true where that says less: a folded letter stands for both cases. */
struct texts texts_fold(struct text_pool *pool, struct texts a, bool *letters);
/* Length of the shortest; 0 for none. */
size_t texts_shortest(struct texts a);

/*
 * Case folding as (?i) has it, as far as ASCII letters are concerned: A to Z become small, as do the two characters beyond
 * ASCII that fold to one of them, U+212A (the sign for kelvin) to k and U+017F (the long s) to s. `out` has room for s.n.
 */
struct str text_fold(struct str s, char *out);

#endif
