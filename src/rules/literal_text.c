/* Sets of texts in a pool. */
#include "rules/literal_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void text_pool_init(struct text_pool *pool)
{
	*pool = (struct text_pool){.bytes = mem_alloc(TEXT_POOL_BYTES)};
}

void text_pool_release(struct text_pool *pool)
{
	free(pool->bytes);
	*pool = (struct text_pool){0};
}

void text_pool_reset(struct text_pool *pool)
{
	pool->used = 0;
	pool->full = false;
}

void *text_pool_alloc(struct text_pool *pool, size_t n)
{
	n = (n + 15) & ~(size_t)15;
	if (n > TEXT_POOL_BYTES - pool->used) {
		pool->full = true;
		return NULL;
	}
	pool->used += n;
	return pool->bytes + pool->used - n;
}

static struct texts with_room(struct text_pool *pool, size_t room)
{
	struct texts t = {text_pool_alloc(pool, room * sizeof *t.v), 0, room};
	if (!t.v)
		t.room = 0;
	return t;
}

static void add_text_with_room(struct texts *t, struct str text)
{
	if (t->n < t->room)
		t->v[t->n++] = text;
}

static void add_all(struct texts *t, struct texts from)
{
	for (size_t i = 0; i < from.n; i++)
		add_text_with_room(t, from.v[i]);
}

struct texts texts_of(struct text_pool *pool, struct str text)
{
	struct texts t = with_room(pool, 1);
	add_text_with_room(&t, text);
	return t;
}

struct texts texts_union(struct text_pool *pool, struct texts a, struct texts b)
{
	struct texts t = with_room(pool, a.n + b.n);
	add_all(&t, a);
	add_all(&t, b);
	return t;
}

struct texts texts_append(struct text_pool *pool, struct texts a, struct texts b)
{
	if (a.room - a.n < b.n) {
		struct texts t = with_room(pool, 2 * (a.n + b.n));
		add_all(&t, a);
		a = t;
	}
	add_all(&a, b);
	return a;
}

static struct str joined_in_pool(struct text_pool *pool, struct str a, struct str b)
{
	if (a.n == 0 || b.n == 0)
		return a.n == 0 ? b : a;
	char *p = text_pool_alloc(pool, a.n + b.n);
	if (!p)
		return a;
	memcpy(p, a.p, a.n);
	memcpy(p + a.n, b.p, b.n);
	return (struct str){p, a.n + b.n};
}

struct texts texts_cross(struct text_pool *pool, struct texts a, struct texts b)
{
	struct texts t = with_room(pool, a.n * b.n);
	for (size_t i = 0; i < a.n; i++)
		for (size_t k = 0; k < b.n; k++)
			add_text_with_room(&t, joined_in_pool(pool, a.v[i], b.v[k]));
	return t;
}

static bool has_letter(struct str folded)
{
	for (size_t i = 0; i < folded.n; i++)
		if (folded.p[i] >= 'a' && folded.p[i] <= 'z')
			return true;
	return false;
}

struct texts texts_fold(struct text_pool *pool, struct texts a, bool *letters)
{
	struct texts t = with_room(pool, a.n);
	for (size_t i = 0; i < a.n; i++) {
		char *p = text_pool_alloc(pool, a.v[i].n);
		if (!p)
			break;
		add_text_with_room(&t, text_fold(a.v[i], p));
		*letters = *letters || has_letter(t.v[t.n - 1]);
	}
	return t;
}

size_t texts_shortest(struct texts a)
{
	size_t least = a.n > 0 ? a.v[0].n : 0;
	for (size_t i = 1; i < a.n; i++)
		least = a.v[i].n < least ? a.v[i].n : least;
	return least;
}

struct str text_fold(struct str s, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		else if (c == 0xe2 && s.n - i > 2 && memcmp(s.p + i, "\xe2\x84\xaa", 3) == 0)
			c = 'k', i += 2;
		else if (c == 0xc5 && s.n - i > 1 && memcmp(s.p + i, "\xc5\xbf", 2) == 0)
			c = 's', i += 1;
		out[n++] = (char)c;
	}
	return (struct str){out, n};
}
