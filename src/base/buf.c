/* A growing byte buffer. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t ceiling)
{
	*b = (struct buf){.ceiling = ceiling};
}

void buf_release(struct buf *b)
{
	free(b->p);
	buf_init(b, b->ceiling);
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->overflowed = false;
	if (b->p)
		*b->p = '\0';
}

#define SMALL ((size_t)4096)

/* What is small grows in few steps: each is another piece of memory. */
static size_t grown(size_t capacity)
{
	if (!capacity)
		return 128;
	return capacity < SMALL ? capacity * 4 : capacity * 2;
}

/* Makes room for `more` bytes and the NUL; false, and marked for good, when the ceiling forbids it. */
static bool grow_for(struct buf *b, size_t more)
{
	if (b->overflowed || more > b->ceiling - b->n || more >= SIZE_MAX / 2 - b->n) {
		b->overflowed = true;
		return false;
	}
	size_t need = b->n + more + 1;
	if (need <= b->capacity)
		return true;
	size_t capacity = grown(b->capacity);
	b->capacity = capacity < need ? need : capacity;
	b->p = mem_grow(b->p, b->capacity);
	return true;
}

void buf_add_slow(struct buf *b, struct str s)
{
	if (!grow_for(b, s.n))
		return;
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void buf_expect(struct buf *b, size_t more)
{
	size_t left = b->ceiling - b->n;
	if (more < left && more >= b->capacity - b->n && grow_for(b, more))
		b->p[b->n] = '\0';
}

#define INTEGER_MAX 20 /* characters of INT64_MIN */

void buf_add_integer(struct buf *b, int64_t n)
{
	char digits[INTEGER_MAX];
	size_t from = sizeof digits;
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
	do
		digits[--from] = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		digits[--from] = '-';
	buf_add(b, (struct str){digits + from, sizeof digits - from});
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	char shortest[256];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(shortest, sizeof shortest, fmt, ap);
	if (n < 0)
		b->overflowed = true; /* a text beyond INT_MAX: no ceiling allows it */
	else if ((size_t)n < sizeof shortest)
		buf_add(b, (struct str){shortest, (size_t)n});
	else if (grow_for(b, (size_t)n))
		b->n += (size_t)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
}

bool buf_ok(const struct buf *b)
{
	return !b->overflowed;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){b->p ? b->p : "", b->n};
}

char *buf_take(struct buf *b)
{
	char *p = b->p ? b->p : mem_str(STR(""));
	buf_init(b, b->ceiling);
	return p;
}
