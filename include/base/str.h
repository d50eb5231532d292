/*
 * A view of bytes: pointer and length, never owning, not NUL-terminated, may contain NUL.
 * The empty view has n == 0; its p may be NULL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).n, (s).n ? (s).p : ""
/* A view of a string literal. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* The same as an initializer, for static tables: ISO C takes no compound literal there. */
#define STR_INIT(literal)                                                                                              \
	{                                                                                                                  \
		(literal), sizeof(literal) - 1                                                                                 \
	}

/* A view of a C string; NULL gives the empty view. */
static inline struct str str_c(const char *s)
{
	return (struct str){s, s ? strlen(s) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_eq_c(struct str a, const char *b)
{
	return str_eq(a, str_c(b));
}

/* Byte order, shorter first on a common prefix: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
/* ASCII case folding only. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Without leading and trailing blanks (space, tab, CR, LF). */
struct str str_trim(struct str s);
/* What stands around words that go along with others: "Ana (@ana)"; around those that have parentheses a comma is enough. */
struct str_aside {
	const char *before, *after;
};
struct str_aside str_aside(struct str words); /* nothing around none */
/* Index of the first occurrence, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_index(struct str s, char c);
/* From `from` to before `to`, both cut to what there is. */
static inline struct str str_slice(struct str s, size_t from, size_t to)
{
	to = to < s.n ? to : s.n;
	from = from < to ? from : to;
	return (struct str){s.n ? s.p + from : s.p, to - from};
}

/* Where nothing was said before. */
static inline void str_set_once(struct str *to, struct str value)
{
	if (!to->n)
		*to = value;
}

/* What stands behind the last `c`; all of it where there is none. */
struct str str_behind_last(struct str s, char c);
/* Decimal only, whole view, no sign but '-'; false when it is not a number or overflows. */
bool str_to_i64(struct str s, int64_t *out);
/* True when the bytes are well-formed UTF-8. */
bool str_is_utf8(struct str s);
/* Bytes of the well-formed UTF-8 sequence that `s` begins with (1 to 4), 0 when it begins with none. */
size_t str_utf8_len(struct str s);
uint32_t str_code(struct str c); /* the code point of one well-formed sequence */
/*
 * Whether a terminal obeys this one character instead of showing it, or shows what follows in another order: C0, DEL, C1,
 * line and paragraph separators, bidirectional and annotation controls, tags.
 */
bool str_steers_terminal(struct str c);
/* FNV-1a, 64 bits: offset 14695981039346656037, prime 1099511628211. `seed` continues a hash. */
uint64_t str_fnv1a(struct str s, uint64_t seed);
char *str_hex16(uint64_t n, char out[17]); /* 16 lower-case digits and NUL */
#define STR_FNV_SEED UINT64_C(14695981039346656037)

#endif
