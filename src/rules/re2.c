#include "rules/re2.h"

#include <string.h>

#include "rules/re2_impl.h"

static bool at(const struct re2 *t, const char *prefix)
{
	size_t n = strlen(prefix);
	return (size_t)(t->end - t->p) >= n && memcmp(t->p, prefix, n) == 0;
}

/* The last atom is complete: what it repeats counts for its group. */
static void close_atom(struct re2 *t)
{
	if (t->atom > t->repeats[t->depth])
		t->repeats[t->depth] = t->atom;
	t->atom = 0;
}

static void begin_atom(struct re2 *t)
{
	close_atom(t);
	t->atom = 1;
	t->repeated = false;
}

static void put_literal(struct re2 *t, uint32_t c)
{
	begin_atom(t);
	re2_put_char(t, c);
}

/* RE2 lets an assertion be repeated, PCRE2 does not unless it stands in a group. */
static void put_assertion(struct re2 *t, const char *text, size_t length)
{
	begin_atom(t);
	t->p += length;
	bool repeats = t->p < t->end && strchr("*+?{", *t->p) && *t->p;
	buf_printf(t->out, repeats ? "(?:%s)" : "%s", text);
}

/* ---- groups ---- */

/* In this order: a longer beginning before its own beginning. */
static const struct {
	const char *beginning, *hint;
} refused_groups[] = {
	{"(?=", "look-ahead is not supported, as in RE2: use a second matcher"},
	{"(?!", "look-ahead is not supported, as in RE2: use a second matcher with !~"},
	{"(?<=", "look-behind is not supported, as in RE2"},
	{"(?<!", "look-behind is not supported, as in RE2: use a second matcher with !~"},
	{"(?>", "atomic groups are not supported, as in RE2: write (?:…)"},
	{"(?|", "branch reset is not supported, as in RE2"},
	{"(?#", "comments are not supported, as in RE2: use a YAML comment"},
	{"(?(", "conditions are not supported, as in RE2: use two rules"},
	{"(?R", "recursion is not supported, as in RE2"},
	{"(?&", "recursion is not supported, as in RE2"},
	{"(?P>", "recursion is not supported, as in RE2"},
	{"(?P=", "back-references are not supported, as in RE2"},
	{"(?'", "write a named group as (?P<name>…)"},
	{"(*", "verbs are not supported, and '*' has nothing to repeat"},
};

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool open_group(struct re2 *t, const char *from)
{
	if (t->depth == RE2_DEPTH_MAX)
		return re2_refuse(t, from, "groups are nested too deep");
	close_atom(t);
	t->repeated = false;
	t->repeats[++t->depth] = 1;
	return true;
}

static bool open_capture(struct re2 *t, const char *from)
{
	t->captures++;
	buf_add_char(t->out, '(');
	return open_group(t, from);
}

/* Behind "(?P<" or "(?<". The name is kept here and not given to PCRE2, which allows other names than RE2 does. */
static bool open_named(struct re2 *t, const char *from)
{
	struct str name = {t->p, 0};
	while (t->p < t->end && is_word(*t->p))
		t->p++;
	name.n = (size_t)(t->p - name.p);
	if (name.n == 0 || t->p == t->end || *t->p++ != '>')
		return re2_refuse(t, from, "a named group is (?P<name>…) with letters, digits and _");
	for (size_t i = 0; i < t->groups->n; i++)
		if (str_eq(t->groups->v[i].name, name))
			return re2_refuse(t, from, "two groups have this name");
	if (t->groups->n == t->groups->room)
		return re2_refuse(t, from, "too many named groups");
	t->groups->v[t->groups->n++] = (struct re2_group){name, t->captures + 1};
	return open_capture(t, from);
}

/* "(?" flags ")" or "(?" flags ":". */
static bool open_flags(struct re2 *t, const char *from)
{
	const char *flags = t->p;
	bool minus = false, any = false;
	for (; t->p < t->end && *t->p && strchr("imsU-", *t->p); t->p++) {
		if (*t->p == '-' && minus)
			break;
		minus = minus || *t->p == '-';
		any = *t->p != '-';
	}
	if (t->p == t->end || (*t->p != ')' && *t->p != ':') || (minus && !any))
		return re2_refuse(t, from, "unknown group: RE2 knows (?:…), (?P<name>…) and the flags i m s U");
	bool group = *t->p++ == ':';
	buf_printf(t->out, "(?%.*s", (int)(t->p - flags), flags);
	if (group)
		return open_group(t, from);
	close_atom(t);
	t->repeated = false;
	return true;
}

static bool read_open(struct re2 *t)
{
	const char *from = t->p;
	for (size_t i = 0; i < sizeof refused_groups / sizeof *refused_groups; i++)
		if (at(t, refused_groups[i].beginning))
			return re2_refuse(t, from, refused_groups[i].hint);
	bool special = at(t, "(?");
	const char *named = at(t, "(?P<") ? "(?P<" : at(t, "(?<") ? "(?<" : NULL;
	t->p += named ? strlen(named) : special ? 2 : 1;
	return named ? open_named(t, from) : special ? open_flags(t, from) : open_capture(t, from);
}

static bool read_close(struct re2 *t)
{
	if (t->depth == 0)
		return re2_refuse(t, t->p, "unexpected )");
	close_atom(t);
	t->atom = t->repeats[t->depth--];
	t->repeated = false;
	t->p++;
	buf_add_char(t->out, ')');
	return true;
}

/* ---- repetition ---- */

/* Digits without a leading zero; -1 for none, beyond RE2_REPEAT_MAX for anything larger. */
static long read_count(const char **p, const char *end)
{
	const char *digits = *p;
	long n = 0;
	for (; *p < end && **p >= '0' && **p <= '9'; (*p)++)
		n = n > RE2_REPEAT_MAX ? n : n * 10 + (**p - '0');
	bool none = *p == digits || (digits[0] == '0' && *p - digits > 1);
	return none ? -1 : n;
}

bool re2_braces(const char **p, const char *end, long *least, long *most)
{
	const char *q = *p + 1;
	*least = read_count(&q, end);
	if (*least < 0 || q == end)
		return false;
	*most = *least;
	if (*q == ',') {
		q++;
		bool open = q < end && *q == '}';
		*most = open ? 0 : read_count(&q, end);
		if (*most < 0)
			return false;
		*most = open ? -1 : *most;
	}
	if (q == end || *q != '}')
		return false;
	*p = q + 1;
	return true;
}

static bool put_repeat(struct re2 *t, const char *from, const char *behind, unsigned times)
{
	if (t->repeated)
		return re2_refuse(t, from,
		                  "repetition of a repetition (possessive and nested operators are not supported, as in RE2)");
	if (t->atom == 0)
		return re2_refuse(t, from, "nothing to repeat here");
	t->atom *= times > 1 ? times : 1;
	if (t->atom > RE2_REPEAT_MAX)
		return re2_refuse(t, from, "repeats too often (1000 at most)");
	if (behind < t->end && *behind == '?')
		behind++;
	buf_add(t->out, (struct str){from, (size_t)(behind - from)});
	t->p = behind;
	t->repeated = true;
	return true;
}

static bool read_brace(struct re2 *t)
{
	const char *from = t->p, *behind = t->p;
	long least, most;
	if (!re2_braces(&behind, t->end, &least, &most)) {
		put_literal(t, re2_next(t));
		return true;
	}
	if (least > RE2_REPEAT_MAX || most > RE2_REPEAT_MAX || (most >= 0 && most < least))
		return re2_refuse(t, from, "bad repetition (1000 at most, and not backwards)");
	return put_repeat(t, from, behind, (unsigned)(most > least ? most : least));
}

/* ---- everything else ---- */

static void read_quoted(struct re2 *t)
{
	t->p += 2;
	while (t->p < t->end && !at(t, "\\E"))
		put_literal(t, re2_next(t));
	if (t->p < t->end)
		t->p += 2;
}

/* \D and \W as classes: PCRE2 10.42's JIT does not match them against bytes beyond ASCII when invalid UTF is tolerated. */
static const struct {
	char letter;
	bool assertion;
	const char *text;
} escapes[] = {
	{'d', false, "\\d"},
	{'D', false, "[^\\d]"},
	{'w', false, "\\w"},
	{'W', false, "[^\\w]"},
	{'s', false, "[\\t\\n\\f\\r ]"},
	{'S', false, "[^\\t\\n\\f\\r ]"},
	{'A', true, "\\A"},
	{'z', true, "\\z"},
	{'b', true, "\\b"},
	{'B', true, "\\B"},
};

static bool read_backslash(struct re2 *t)
{
	char letter = t->end - t->p > 1 ? t->p[1] : '\0';
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (escapes[i].letter == letter) {
			if (escapes[i].assertion) {
				put_assertion(t, escapes[i].text, 2);
				return true;
			}
			begin_atom(t);
			buf_add_c(t->out, escapes[i].text);
			t->p += 2;
			return true;
		}
	if (letter == 'Q') {
		read_quoted(t);
		return true;
	}
	if (letter == 'p' || letter == 'P') {
		begin_atom(t);
		return re2_unicode_group(t);
	}
	uint32_t c;
	if (!re2_escaped_char(t, &c))
		return false;
	put_literal(t, c);
	return true;
}

static bool read_alternative(struct re2 *t)
{
	close_atom(t);
	t->repeated = false;
	buf_add_char(t->out, *t->p++);
	return true;
}

static bool read_one(struct re2 *t)
{
	switch (*t->p) {
	case '(': return read_open(t);
	case ')': return read_close(t);
	case '|': return read_alternative(t);
	case '[': begin_atom(t); return re2_class(t);
	case '{': return read_brace(t);
	case '*':
	case '+':
	case '?': return put_repeat(t, t->p, t->p + 1, 1);
	case '\\': return read_backslash(t);
	case '^': put_assertion(t, "^", 1); return true;
	case '$': put_assertion(t, "$", 1); return true;
	case '.':
		begin_atom(t);
		buf_add_char(t->out, *t->p++);
		return true;
	default: put_literal(t, re2_next(t)); return true;
	}
}

bool re2_translate(struct str regex, struct pos pos, struct buf *out, struct re2_groups *groups, struct err *err)
{
	struct re2 t = {
		.p = regex.p, .end = regex.p + regex.n, .regex = regex, .at = pos, .out = out, .groups = groups, .err = err};
	if (regex.n == 0)
		return true;
	if (!str_is_utf8(regex)) {
		err_at(err, pos, "regular expression is not UTF-8");
		return false;
	}
	while (t.p < t.end)
		if (!read_one(&t))
			return false;
	if (t.depth > 0)
		return re2_refuse(&t, regex.p, "missing )");
	return true;
}
