/* For json_reader.c and json_writer.c, which both go through every text. */
#include "base/json_plain.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_plain(unsigned char c)
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

/* Eight at a time: most strings have no others. */
size_t json_plain_run(struct str s, size_t i)
{
	size_t from = i;
	uint64_t word;
	for (; i + sizeof word <= s.n; i += sizeof word) {
		memcpy(&word, s.p + i, sizeof word);
		uint64_t odd = not_plain(le64toh(word));
		if (odd)
			return i - from + (size_t)__builtin_ctzll(odd) / 8;
	}
	if (i < s.n && i >= from + sizeof word) { /* the rest once more with what is before it */
		memcpy(&word, s.p + s.n - sizeof word, sizeof word);
		if (!not_plain(word))
			return s.n - from;
	}
	while (i < s.n && is_plain((unsigned char)s.p[i]))
		i++;
	return i - from;
}
