/* Views of bytes: comparing, trimming, searching, and what is UTF-8. */
#include "base/str.h"

#include <string.h>

#include "base/ascii.h"

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	}
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

struct str str_trim(struct str s)
{
	while (s.n && ascii_is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n && ascii_is_blank(*s.p)) {
		s.p++;
		s.n--;
	}
	return s;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return -1;
	const char *at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? at - s.p : -1;
}

ptrdiff_t str_index(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? at - s.p : -1;
}

struct str str_behind_last(struct str s, char c)
{
	size_t n = s.n;
	while (n && s.p[n - 1] != c)
		n--;
	return str_slice(s, n, s.n);
}

bool str_to_i64(struct str s, int64_t *out)
{
	bool negative = s.n && *s.p == '-';
	struct str digits = str_slice(s, negative, s.n);
	int64_t value = 0;
	if (digits.n == 0)
		return false;
	/* Counts downwards: the negative range is the larger one. */
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		if (c < '0' || c > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, c - '0', &value))
			return false;
	}
	if (!negative && value == INT64_MIN)
		return false;
	*out = negative ? value : -value;
	return true;
}

/* Rows of table 3-7 of the Unicode standard: the second byte's range keeps out overlong forms and surrogates. */
static const struct {
	unsigned char first, last; /* lead byte */
	unsigned char least, most; /* second byte */
	size_t length;
} utf8_leads[] = {
	{0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool utf8_tail_ok(struct str s, unsigned char least, unsigned char most, size_t length)
{
	if (s.n < length)
		return false;
	unsigned char second = (unsigned char)s.p[1];
	if (second < least || second > most)
		return false;
	for (size_t i = 2; i < length; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return false;
	}
	return true;
}

size_t str_utf8_len(struct str s)
{
	if (s.n == 0)
		return 0;
	unsigned char lead = (unsigned char)*s.p;
	if (lead < 0x80)
		return 1;
	for (size_t i = 1; i < sizeof utf8_leads / sizeof *utf8_leads; i++) {
		if (lead < utf8_leads[i].first || lead > utf8_leads[i].last)
			continue;
		bool ok = utf8_tail_ok(s, utf8_leads[i].least, utf8_leads[i].most, utf8_leads[i].length);
		return ok ? utf8_leads[i].length : 0;
	}
	return 0;
}

/* How many bytes from `i` on are ASCII, as far as eight at a time tell. */
static size_t ascii_run(struct str s, size_t i)
{
	uint64_t word;
	size_t from = i;
	for (; i + sizeof word <= s.n; i += sizeof word) {
		memcpy(&word, s.p + i, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	return i - from;
}

bool str_is_utf8(struct str s)
{
	for (size_t i = ascii_run(s, 0); i < s.n;) {
		size_t n = (unsigned char)s.p[i] < 0x80 ? 1 : str_utf8_len(str_slice(s, i, s.n));
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

uint32_t str_code(struct str c)
{
	static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code = c.n ? (unsigned char)c.p[0] & lead_bits[c.n] : 0;

	for (size_t i = 1; i < c.n; i++)
		code = code << 6 | ((unsigned char)c.p[i] & 0x3f);
	return code;
}

bool str_steers_terminal(struct str c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},    {0x200b, 0x200b},
	              {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x2064},  {0x2066, 0x2069},
	              {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
	uint32_t code = str_code(c);

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (code >= ranges[i].from && code <= ranges[i].to)
			return true;
	return false;
}

uint64_t str_fnv1a(struct str s, uint64_t seed)
{
	for (size_t i = 0; i < s.n; i++)
		seed = (seed ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return seed;
}

char *str_hex16(uint64_t n, char out[17])
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 16; i-- > 0; n >>= 4)
		out[i] = digits[n & 15];
	out[16] = '\0';
	return out;
}

struct str_aside str_aside(struct str words)
{
	if (!words.n)
		return (struct str_aside){"", ""};
	return str_index(words, '(') < 0 ? (struct str_aside){" (", ")"} : (struct str_aside){", ", ""};
}
