/* Characters as they are written in a regular expression, and what is said of those that cannot be. */
#include <string.h>

#include "rules/regex_impl.h"

#include "base/ascii.h"

bool regex_refuse(struct regex_reader *r, const char *from, const char *hint)
{
	struct str rest = {from, (size_t)(r->end - from)};
	if (rest.n > 20)
		rest.n = 20;
	while (rest.n > 0 && rest.n == 20 && ((unsigned char)from[rest.n] & 0xc0) == 0x80)
		rest.n--;
	err_at(r->err, r->at, "regular expression \"%.*s\": %s, at \"%.*s\"", STR_ARG(r->regex), hint, STR_ARG(rest));
	return false;
}

bool regex_ahead(const struct regex_reader *r, const char *prefix)
{
	size_t n = strlen(prefix);
	return (size_t)(r->end - r->p) >= n && memcmp(r->p, prefix, n) == 0;
}

uint32_t regex_take_char(struct str *text)
{
	unsigned char first = (unsigned char)*text->p;
	size_t n = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	uint32_t c = n == 1 ? first : first & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)text->p[i] & 0x3f);
	*text = str_slice(*text, n, text->n);
	return c;
}

uint32_t regex_next(struct regex_reader *r)
{
	struct str rest = {r->p, (size_t)(r->end - r->p)};
	uint32_t c = regex_take_char(&rest);
	r->p = rest.p;
	return c;
}

static bool is_alnum_code(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind `\x`: two digits, or any number in braces. */
static bool hex_escape(struct regex_reader *r, uint32_t *c)
{
	*c = 0;
	if (r->end - r->p >= 2 && ascii_hex_value(r->p[0]) >= 0 && ascii_hex_value(r->p[1]) >= 0) {
		*c = (uint32_t)(ascii_hex_value(r->p[0]) * 16 + ascii_hex_value(r->p[1]));
		r->p += 2;
		return true;
	}
	if (r->p == r->end || *r->p != '{')
		return false;
	const char *digits = ++r->p;
	for (; r->p < r->end && ascii_hex_value(*r->p) >= 0 && *c <= 0x10ffff; r->p++)
		*c = *c * 16 + (uint32_t)ascii_hex_value(*r->p);
	return r->p < r->end && *r->p++ == '}' && r->p - 1 > digits && *c <= 0x10ffff;
}

static void octal_escape(struct regex_reader *r, uint32_t *c)
{
	for (int i = 0; i < 2 && r->p < r->end && *r->p >= '0' && *r->p <= '7'; i++)
		*c = *c * 8 + (uint32_t)(*r->p++ - '0');
}

/* What some engines know behind a backslash and RE2 does not. */
static const char *escape_hint(uint32_t c)
{
	static const struct {
		const char *letters, *hint;
	} known[] = {
		{"123456789gk", "back-references are not supported, as in RE2"},
		{"C", "\\C is not supported"},
		{"Z", "\\Z is not supported: the pattern is anchored, \\z is the end"},
		{"KGRXNhHV", "this escape is not supported, as in RE2"},
		{"EcoeuUlL", "this escape is not supported, as in RE2: \\x{10FFFF} names any character"},
	};
	for (size_t i = 0; c < 0x80 && i < sizeof known / sizeof *known; i++)
		if (strchr(known[i].letters, (int)c))
			return known[i].hint;
	return "unknown escape";
}

bool regex_escaped_char(struct regex_reader *r, uint32_t *c)
{
	const char *from = r->p++;
	if (r->p == r->end)
		return regex_refuse(r, from, "backslash at the end");
	uint32_t letter = regex_next(r);
	static const char names[] = "afnrtv", values[] = "\a\f\n\r\t\v";
	const char *found = letter && letter < 0x80 ? strchr(names, (int)letter) : NULL;
	if (found) {
		*c = (uint32_t)values[found - names];
		return true;
	}
	bool octal = letter == '0' || (letter >= '1' && letter <= '7' && r->p < r->end && *r->p >= '0' && *r->p <= '7');
	if (octal) {
		*c = letter - '0';
		octal_escape(r, c);
		return true;
	}
	if (letter == 'x')
		return hex_escape(r, c) || regex_refuse(r, from, "\\x wants two hexadecimal digits, or some in braces");
	if (letter >= 0x80 || is_alnum_code(letter))
		return regex_refuse(r, from, escape_hint(letter));
	*c = letter;
	return true;
}
