/*
 * A growing byte buffer with a ceiling. Appending past the ceiling marks it overflowed and appends nothing more:
 * write freely, ask once at the end with buf_ok(). The bytes are always followed by a NUL that is not counted.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

struct buf {
	char *p;
	size_t n, capacity, ceiling;
	bool overflowed;
};

void buf_init(struct buf *b, size_t ceiling);
void buf_release(struct buf *b); /* leaves it empty with the same ceiling */
void buf_reset(struct buf *b);   /* empties, keeps the memory, clears overflowed */
/* Room for so many bytes more at once, where it is known that they will come; the ceiling is looked at when they do. */
void buf_expect(struct buf *b, size_t more);
void buf_add_slow(struct buf *b, struct str s); /* buf_add(), where there is no room yet */

static inline void buf_add(struct buf *b, struct str s)
{
	if (b->overflowed || s.n >= b->capacity - b->n || s.n > b->ceiling - b->n) {
		buf_add_slow(b, s);
		return;
	}
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

static inline void buf_add_c(struct buf *b, const char *s)
{
	buf_add(b, str_c(s));
}

static inline void buf_add_char(struct buf *b, char c)
{
	buf_add(b, (struct str){&c, 1});
}
void buf_add_integer(struct buf *b, int64_t n); /* decimal */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
bool buf_ok(const struct buf *b);
struct str buf_str(const struct buf *b); /* valid until the next append */
char *buf_take(struct buf *b);           /* the caller frees; the buffer is empty afterwards */
#define AUTOBUF __attribute__((cleanup(buf_release)))

#endif
