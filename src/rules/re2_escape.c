#include <string.h>

#include "rules/re2_impl.h"

bool re2_refuse(struct re2 *t, const char *from, const char *hint)
{
	struct str rest = {from, (size_t)(t->end - from)};
	if (rest.n > 20)
		rest.n = 20;
	while (rest.n > 0 && rest.n == 20 && ((unsigned char)from[rest.n] & 0xc0) == 0x80)
		rest.n--;
	err_at(t->err, t->at, "regular expression \"%.*s\": %s, at \"%.*s\"", STR_ARG(t->regex), hint, STR_ARG(rest));
	return false;
}

uint32_t re2_next(struct re2 *t)
{
	unsigned char first = (unsigned char)*t->p++;
	if (first < 0x80)
		return first;
	int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	uint32_t c = first & (0x3fu >> more);
	while (more-- > 0)
		c = c << 6 | ((unsigned char)*t->p++ & 0x3f);
	return c;
}

static bool is_alnum(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void re2_put_char(struct re2 *t, uint32_t c)
{
	if (is_alnum(c))
		buf_add_char(t->out, (char)c);
	else if (c > ' ' && c < 0x7f)
		buf_printf(t->out, "\\%c", (char)c);
	else
		buf_printf(t->out, "\\x{%x}", c);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* Behind `\x`: two digits, or any number in braces. */
static bool hex_escape(struct re2 *t, uint32_t *c)
{
	*c = 0;
	if (t->end - t->p >= 2 && hex_digit(t->p[0]) >= 0 && hex_digit(t->p[1]) >= 0) {
		*c = (uint32_t)(hex_digit(t->p[0]) * 16 + hex_digit(t->p[1]));
		t->p += 2;
		return true;
	}
	if (t->p == t->end || *t->p != '{')
		return false;
	const char *digits = ++t->p;
	for (; t->p < t->end && hex_digit(*t->p) >= 0 && *c <= 0x10ffff; t->p++)
		*c = *c * 16 + (uint32_t)hex_digit(*t->p);
	return t->p < t->end && *t->p++ == '}' && t->p - 1 > digits && *c <= 0x10ffff;
}

static void octal_escape(struct re2 *t, uint32_t *c)
{
	for (int i = 0; i < 2 && t->p < t->end && *t->p >= '0' && *t->p <= '7'; i++)
		*c = *c * 8 + (uint32_t)(*t->p++ - '0');
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

bool re2_escaped_char(struct re2 *t, uint32_t *c)
{
	const char *from = t->p++;
	if (t->p == t->end)
		return re2_refuse(t, from, "backslash at the end");
	uint32_t letter = re2_next(t);
	static const char names[] = "afnrtv", values[] = "\a\f\n\r\t\v";
	const char *found = letter && letter < 0x80 ? strchr(names, (int)letter) : NULL;
	if (found) {
		*c = (uint32_t)values[found - names];
		return true;
	}
	bool octal = letter == '0' || (letter >= '1' && letter <= '7' && t->p < t->end && *t->p >= '0' && *t->p <= '7');
	if (octal) {
		*c = letter - '0';
		octal_escape(t, c);
		return true;
	}
	if (letter == 'x')
		return hex_escape(t, c) || re2_refuse(t, from, "\\x wants two hexadecimal digits, or some in braces");
	if (letter >= 0x80 || is_alnum(letter))
		return re2_refuse(t, from, escape_hint(letter));
	*c = letter;
	return true;
}

/* A script is meant as such: PCRE2 alone would read the name as script extensions. */
static void put_group(struct re2 *t, bool negated, struct str name)
{
	bool category = name.n <= 2 || str_eq_c(name, "Any");
	buf_printf(t->out, "\\%c{%s%.*s}", negated ? 'P' : 'p', category ? "" : "sc:", STR_ARG(name));
}

/* Letters and '_' in RE2's own spelling; whether a group of the name exists PCRE2 knows. */
static bool is_group_name(struct str name)
{
	if (name.n == 0 || name.p[0] < 'A' || name.p[0] > 'Z')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!((name.p[i] | 0x20) >= 'a' && (name.p[i] | 0x20) <= 'z') && name.p[i] != '_')
			return false;
	return true;
}

bool re2_unicode_group(struct re2 *t)
{
	const char *from = t->p;
	bool negated = from[1] == 'P';
	t->p += 2;
	struct str name = {t->p, 1};
	if (t->p < t->end && *t->p == '{') {
		const char *close = memchr(t->p, '}', (size_t)(t->end - t->p));
		name = (struct str){t->p + 1, close ? (size_t)(close - t->p - 1) : 0};
		t->p = close ? close + 1 : t->end;
	} else if (t->p < t->end) {
		t->p++;
	} else {
		name.n = 0;
	}
	if (name.n > 0 && name.p[0] == '^') {
		negated = !negated;
		name = str_slice(name, 1, name.n);
	}
	if (!is_group_name(name))
		return re2_refuse(t, from, "unknown character group (\\pL, \\p{Greek})");
	put_group(t, negated, name);
	return true;
}
