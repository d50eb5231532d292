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

#include "base/str.h"

struct buf {
	char *p;
	size_t n, capacity, ceiling;
	bool overflowed;
};

void buf_init(struct buf *b, size_t ceiling);
void buf_release(struct buf *b); /* leaves it empty with the same ceiling */
void buf_reset(struct buf *b);   /* empties, keeps the memory, clears overflowed */
void buf_add(struct buf *b, struct str s);
void buf_add_c(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_add_integer(struct buf *b, int64_t n); /* decimal */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
bool buf_ok(const struct buf *b);
struct str buf_str(const struct buf *b); /* valid until the next append */
char *buf_take(struct buf *b);           /* the caller frees; the buffer is empty afterwards */
#define AUTOBUF __attribute__((cleanup(buf_release)))

#endif
