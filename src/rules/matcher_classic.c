/* Alertmanager's classic reader of matchers. */
#include <string.h>

#include "rules/matcher_impl.h"

/* Go's \s. */
static bool is_regex_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static struct str trim(struct str s)
{
	while (s.n > 0 && is_regex_blank(s.p[0]))
		s = str_slice(s, 1, s.n);
	while (s.n > 0 && is_regex_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static size_t name_length(struct str s)
{
	size_t n = 0;
	for (; n < s.n; n++) {
		char c = s.p[n];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
		if (!letter && !(n > 0 && c >= '0' && c <= '9'))
			break;
	}
	return n;
}

/*
 * \n, \" and \\ are escapes, any other backslash is literal. An unescaped quote may only end a quoted value. Without a
 * backslash the value is a view into `raw`.
 */
static bool unescape_value(struct arena *arena, struct str raw, struct str *out)
{
	bool quoted = raw.n > 0 && raw.p[0] == '"', closed = false;
	if (quoted)
		raw = str_slice(raw, 1, raw.n);
	char *to = raw.n > 0 && memchr(raw.p, '\\', raw.n) ? arena_alloc(arena, raw.n + 1) : NULL;
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i], next = i + 1 < raw.n ? raw.p[i + 1] : '\0';
		if (c == '\\' && (next == 'n' || next == '"' || next == '\\') && i + 1 < raw.n) {
			to[n++] = next == 'n' ? '\n' : next;
			i++;
		} else if (c == '"') {
			if (!quoted || i + 1 < raw.n)
				return false;
			closed = true;
		} else {
			if (to)
				to[n] = c;
			n++;
		}
	}
	*out = to ? (struct str){to, n} : str_slice(raw, 0, n);
	return quoted == closed;
}

static bool read_classic_matcher(struct arena *arena, struct str token, struct pos at, struct matcher_list *out,
                                 struct err *err)
{
	struct matcher m = {.text = arena_str(arena, trim(token)), .at = at};
	struct str rest = m.text;
	m.name = str_slice(rest, 0, name_length(rest));
	rest = trim(str_slice(rest, m.name.n, rest.n));
	size_t op = m.name.n > 0 ? matcher_op_read(rest, &m.op) : 0;
	if (op == 0) {
		err_at(err, at, "bad matcher \"%.*s\": want name=\"value\", with =, !=, =~ or !~", STR_ARG(m.text));
		return false;
	}
	if (!unescape_value(arena, trim(str_slice(rest, op, rest.n)), &m.value)) {
		err_at(err, at, "bad matcher \"%.*s\": a quote in the value is unescaped or has no partner", STR_ARG(m.text));
		return false;
	}
	MEM_ROOM(out->v, out->n, out->capacity);
	out->v[out->n++] = m;
	return true;
}

/* The next comma that is not in quotes, or the end. */
static size_t token_end(struct str s, size_t from)
{
	bool quoted = false;
	for (size_t i = from; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == ',' && !quoted)
			return i;
	}
	return s.n;
}

bool matchers_read_classic(struct arena *arena, struct str text, struct pos at, struct matcher_list *out,
                           struct err *err)
{
	if (str_starts(text, STR("{")))
		text = str_slice(text, 1, text.n);
	if (str_ends(text, STR("}")))
		text.n--;
	if (!str_is_utf8(text)) {
		err_at(err, at, "matcher is not UTF-8");
		return false;
	}
	size_t from = 0;
	while (from <= text.n) {
		size_t end = token_end(text, from);
		struct str token = str_slice(text, from, end);
		from = end + 1;
		if (end == text.n && trim(token).n == 0)
			break; /* nothing behind the last comma, or nothing at all */
		if (!read_classic_matcher(arena, token, at, out, err))
			return false;
	}
	return true;
}
