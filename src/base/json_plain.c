/* For json_reader.c and json_writer.c, which both go through every text. */
#include "base/json_plain.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool is_plain_byte(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Not zero where one of eight bytes is less than `n` (at most 128) or not ASCII. */
static uint64_t any_below(uint64_t word, uint64_t n)
{
	return ((word - EACH_BYTE(n)) | word) & EACH_BYTE(0x80);
}

/* Of eight bytes, the first one lowest: a bit in those that are not plain, exact up to the first of them. */
static uint64_t not_plain(uint64_t word)
{
	return any_below(word, 0x20) | any_below(word ^ EACH_BYTE('"'), 1) | any_below(word ^ EACH_BYTE('\\'), 1);
}

static inline uint64_t word_from(const char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return le64toh(word);
}

#ifdef __SSE2__
#define STEP sizeof(__m128i)

/* How many of sixteen bytes are plain before the first that is not. Compared with sign, 0x80 and above are below 0x20. */
static inline size_t plain_of_step(const char *p)
{
	__m128i bytes = _mm_loadu_si128((const void *)p);
	__m128i odd = _mm_or_si128(
		_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
		_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
	unsigned mask = (unsigned)_mm_movemask_epi8(odd);
	return mask ? (size_t)__builtin_ctz(mask) : STEP;
}
#else
#define STEP sizeof(uint64_t)

static inline size_t plain_of_step(const char *p)
{
	uint64_t odd = not_plain(word_from(p));
	return odd ? (size_t)__builtin_ctzll(odd) / 8 : STEP;
}
#endif

/* Many at a time: most strings have no others. */
size_t json_plain_run(struct str s, size_t i)
{
	size_t from = i;
	for (; i + STEP <= s.n; i += STEP) {
		size_t plain = plain_of_step(s.p + i);
		if (plain < STEP)
			return i - from + plain;
	}
	/* the rest once more with what is before it */
	if (i < s.n && i >= from + STEP && plain_of_step(s.p + s.n - STEP) == STEP)
		return s.n - from;
	if (i + sizeof(uint64_t) <= s.n && !not_plain(word_from(s.p + i)))
		i += sizeof(uint64_t);
	while (i < s.n && is_plain_byte((unsigned char)s.p[i]))
		i++;
	return i - from;
}
