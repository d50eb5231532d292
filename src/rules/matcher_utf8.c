/* Alertmanager's UTF-8 reader of matchers. */
#include <string.h>

#include "rules/matcher_impl.h"

struct reader {
	struct arena *arena;
	struct str rest;
	struct str text;
	struct pos at;
	struct err *err;
};

static bool refuse_matcher(struct reader *r, const char *why)
{
	err_at(r->err, r->at, "bad matcher \"%.*s\": %s", STR_ARG(r->text), why);
	return false;
}

static void skip_matcher_blanks(struct reader *r)
{
	while (r->rest.n > 0 && strchr(" \t\n\v\f\r", r->rest.p[0]) && r->rest.p[0])
		r->rest = str_slice(r->rest, 1, r->rest.n);
}

static bool accept(struct reader *r, char c)
{
	skip_matcher_blanks(r);
	if (r->rest.n == 0 || r->rest.p[0] != c)
		return false;
	r->rest = str_slice(r->rest, 1, r->rest.n);
	return true;
}

static bool is_at_matcher_end(struct reader *r)
{
	skip_matcher_blanks(r);
	return r->rest.n == 0;
}

static void put_utf8(char **to, uint32_t c)
{
	unsigned char *p = (unsigned char *)*to;
	if (c < 0x80) {
		*p++ = (unsigned char)c;
	} else if (c < 0x800) {
		*p++ = (unsigned char)(0xc0 | c >> 6);
		*p++ = (unsigned char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*p++ = (unsigned char)(0xe0 | c >> 12);
		*p++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		*p++ = (unsigned char)(0x80 | (c & 0x3f));
	} else {
		*p++ = (unsigned char)(0xf0 | c >> 18);
		*p++ = (unsigned char)(0x80 | (c >> 12 & 0x3f));
		*p++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		*p++ = (unsigned char)(0x80 | (c & 0x3f));
	}
	*to = (char *)p;
}

/* Exactly `digits` digits of `base` at `s`. */
static bool read_number(struct str s, size_t digits, unsigned base, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		static const char values[] = "0123456789abcdef";
		char c = i < s.n ? s.p[i] : '\0';
		const char *found = c ? strchr(values, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
		if (!found || (unsigned)(found - values) >= base)
			return false;
		*out = *out * base + (uint32_t)(found - values);
	}
	return true;
}

/* Go's numeric escapes: \xHH and \OOO are bytes, \uHHHH and \UHHHHHHHH are characters. `*used` counts from the letter. */
static bool numeric_escape(struct str s, char **to, size_t *used)
{
	static const struct {
		char letter;
		size_t digits;
	} forms[] = {{'x', 2}, {'u', 4}, {'U', 8}};
	uint32_t c;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (s.p[0] != forms[i].letter)
			continue;
		*used = 1 + forms[i].digits;
		if (!read_number(str_slice(s, 1, s.n), forms[i].digits, 16, &c) || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
		if (forms[i].letter == 'x')
			*(*to)++ = (char)c;
		else
			put_utf8(to, c);
		return true;
	}
	*used = 3;
	if (!read_number(s, 3, 8, &c) || c > 255)
		return false;
	*(*to)++ = (char)c;
	return true;
}

/* The inside of a Go string literal. */
static bool unquote_value(struct reader *r, struct str s, struct str *out)
{
	static const char letters[] = "abfnrtv\\\"", values[] = "\a\b\f\n\r\t\v\\\"";
	char *start = arena_alloc(r->arena, s.n + 1), *to = start;
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '\n')
			return refuse_matcher(r, "a quoted string ends on its line");
		if (s.p[i] != '\\') {
			*to++ = s.p[i++];
			continue;
		}
		struct str escape = str_slice(s, i + 1, s.n);
		const char *found = escape.n && escape.p[0] ? strchr(letters, escape.p[0]) : NULL;
		size_t used = 1;
		if (found)
			*to++ = values[found - letters];
		else if (escape.n == 0 || !numeric_escape(escape, &to, &used))
			return refuse_matcher(r, "invalid escape in a quoted string: write \\\\ for a backslash");
		i += 1 + used;
	}
	*out = (struct str){start, (size_t)(to - start)};
	return str_is_utf8(*out) || refuse_matcher(r, "not UTF-8");
}

static bool read_quoted(struct reader *r, struct str *out)
{
	size_t i = 1;
	while (i < r->rest.n && r->rest.p[i] != '"')
		i += r->rest.p[i] == '\\' ? 2 : 1;
	if (i >= r->rest.n)
		return refuse_matcher(r, "a quoted string has no end");
	struct str inside = str_slice(r->rest, 1, i);
	r->rest = str_slice(r->rest, i + 1, r->rest.n);
	return unquote_value(r, inside, out);
}

static bool read_word(struct reader *r, const char *missing, struct str *out)
{
	skip_matcher_blanks(r);
	if (r->rest.n > 0 && r->rest.p[0] == '"')
		return read_quoted(r, out);
	size_t i = 0;
	while (i < r->rest.n && !(r->rest.p[i] && strchr("{}!=~,\\\"'` \t\n\v\f\r", r->rest.p[i])))
		i++;
	*out = arena_str(r->arena, str_slice(r->rest, 0, i));
	r->rest = str_slice(r->rest, i, r->rest.n);
	return i > 0 || refuse_matcher(r, missing);
}

static bool read_matcher(struct reader *r, struct matcher_list *out)
{
	skip_matcher_blanks(r);
	struct matcher m = {.at = r->at};
	const char *from = r->rest.p;
	if (!read_word(r, "a label name is missing", &m.name))
		return false;
	if (m.name.n == 0)
		return refuse_matcher(r, "a label name is empty");
	skip_matcher_blanks(r);
	size_t op = matcher_op_read(r->rest, &m.op);
	if (op == 0)
		return refuse_matcher(r, "an operator (=, !=, =~, !~) is missing");
	r->rest = str_slice(r->rest, op, r->rest.n);
	if (!read_word(r, "a value is missing", &m.value))
		return false;
	m.text = arena_str(r->arena, (struct str){from, (size_t)(r->rest.p - from)});
	MEM_ROOM(out->v, out->n, out->capacity);
	out->v[out->n++] = m;
	return true;
}

static bool read_end(struct reader *r, bool braces)
{
	bool closed = accept(r, '}');
	if (closed != braces)
		return refuse_matcher(r, closed ? "} without {" : "{ without }");
	return is_at_matcher_end(r) || refuse_matcher(r, "unexpected text at the end");
}

bool matchers_read_utf8(struct arena *arena, struct str text, struct pos at, struct matcher_list *out, struct err *err)
{
	struct reader r = {arena, text, text, at, err};
	if (!str_is_utf8(text))
		return refuse_matcher(&r, "not UTF-8");
	bool braces = accept(&r, '{');
	while (!is_at_matcher_end(&r) && r.rest.p[0] != '}') {
		if (!read_matcher(&r, out))
			return false;
		if (!accept(&r, ','))
			break;
	}
	return read_end(&r, braces);
}
