#include <string.h>

#include "rules/literal_shape.h"
#include "rules/re2_impl.h"

/*
 * Reads a pattern that is known to be good. What is not understood ends the reading: then nothing is known of the whole.
 */
struct reader {
	struct re2 t; /* only where it reads: for the escapes and classes that the translation knows how to read */
	struct text_pool *pool;
	bool lost;
	bool costly;        /* see shape_of_regex() */
	unsigned unlimited; /* repetitions without a limit */
};

/* Of the flags only (?i) counts: `.` is asked about values without a newline only, and ^ and $ say little anyway. */
struct flags {
	bool fold;
};

/* More characters in a class are as good as any character. */
#define CLASS_MAX 16

static bool more(const struct reader *r)
{
	return !r->lost && r->t.p < r->t.end;
}

static bool at(const struct reader *r, const char *beginning)
{
	size_t n = strlen(beginning);
	return (size_t)(r->t.end - r->t.p) >= n && memcmp(r->t.p, beginning, n) == 0;
}

static struct shape lose(struct reader *r)
{
	r->lost = true;
	return shape_unknown();
}

/* ---- literal characters ---- */

static size_t put_utf8(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

static bool is_letter(uint32_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80;
}

/* In any case: of what is beyond ASCII it is not looked up what else it may be. */
static struct shape one_char(struct reader *r, struct flags flags, uint32_t c)
{
	if (flags.fold && c >= 0x80)
		return shape_unknown();
	char *p = text_pool_alloc(r->pool, 4);
	if (!p)
		return shape_unknown();
	size_t n = put_utf8(flags.fold && is_letter(c) ? c | 0x20 : c, p);
	return shape_text(r->pool, (struct str){p, n}, flags.fold && is_letter(c));
}

static bool is_plain(char c)
{
	return (unsigned char)c < 0x80 && (!c || !strchr("\\^$.[]|()?*+{}", c));
}

/* As many plain characters as stand together; the last one may belong to a repetition. */
static struct shape literal_run(struct reader *r, struct flags flags)
{
	const char *from = r->t.p, *p = from;
	while (p < r->t.end && is_plain(*p))
		p++;
	if (p - from > 1 && p < r->t.end && strchr("*+?{", *p) && *p)
		p--;
	if (p - from <= 1)
		return one_char(r, flags, re2_next(&r->t));
	r->t.p = p;
	struct str text = {from, (size_t)(p - from)};
	if (!flags.fold)
		return shape_text(r->pool, text, false);
	char *folded = text_pool_alloc(r->pool, text.n);
	return folded ? shape_text(r->pool, text_fold(text, folded), true) : shape_unknown();
}

/* ---- classes and escapes ---- */

/* The characters of [abc], [a-f], [._-]: none for what has escapes, names or is negated, and for what is too large. */
static size_t class_chars(struct reader *r, char chars[CLASS_MAX])
{
	const char *p = r->t.p + 1, *end = memchr(p, ']', (size_t)(r->t.end - p));
	size_t count = 0;
	if (!end || *p == '^')
		return 0;
	while (p < end) {
		unsigned char low = (unsigned char)*p++, high = low;
		if (end - p > 1 && *p == '-') {
			high = (unsigned char)p[1];
			p += 2;
		}
		if (low >= 0x80 || high >= 0x80 || strchr("\\[", low) || strchr("\\[", high) ||
		    count + (high - low) >= CLASS_MAX)
			return 0;
		for (unsigned c = low; c <= high; c++)
			chars[count++] = (char)c;
	}
	if (count > 0)
		r->t.p = end + 1;
	return count;
}

static struct shape read_class(struct reader *r, struct flags flags)
{
	char chars[CLASS_MAX];
	size_t count = class_chars(r, chars);
	if (count == 0)
		return re2_class(&r->t) ? shape_unknown() : lose(r);
	struct shape out = one_char(r, flags, (unsigned char)chars[0]);
	for (size_t i = 1; i < count; i++)
		out = shape_or(r->pool, out, one_char(r, flags, (unsigned char)chars[i]));
	return out;
}

static struct shape read_backslash(struct reader *r, struct flags flags)
{
	char letter = r->t.end - r->t.p > 1 ? r->t.p[1] : '\0';
	if (letter && strchr("dDwWsS", letter)) {
		r->t.p += 2;
		return shape_unknown();
	}
	if (letter && strchr("AzbB", letter)) {
		r->t.p += 2;
		return shape_empty(r->pool, false);
	}
	if (letter == 'p' || letter == 'P')
		return re2_unicode_group(&r->t) ? shape_unknown() : lose(r);
	uint32_t c;
	/* \Q…\E may be a character, many or none: rare, and not worth it */
	if (letter == 'Q' || !re2_escaped_char(&r->t, &c))
		return lose(r);
	return one_char(r, flags, c);
}

/* Conditions say nothing new where they stand at the ends of the pattern: it is anchored anyway. */
static struct shape read_anchor(struct reader *r)
{
	char c = *r->t.p++;
	bool idle = c == '^' ? r->t.p - 1 == r->t.regex.p : r->t.p == r->t.end;
	return shape_empty(r->pool, idle);
}

/* ---- groups ---- */

static struct shape read_alternatives(struct reader *r, struct flags flags);

static struct shape group_rest(struct reader *r, struct flags flags)
{
	struct shape inner = read_alternatives(r, flags);
	if (r->lost || !at(r, ")"))
		return lose(r);
	r->t.p++;
	return inner;
}

/* Behind "(?": flags for the rest of this group, or for a group of their own. */
static struct shape read_flags(struct reader *r, struct flags *flags)
{
	struct flags now = *flags;
	bool on = true;
	for (; more(r) && *r->t.p && strchr("imsU-", *r->t.p); r->t.p++) {
		on = on && *r->t.p != '-';
		if (*r->t.p == 'i')
			now.fold = on;
	}
	bool own = at(r, ":");
	if (!own && !at(r, ")"))
		return lose(r);
	r->t.p++;
	if (own)
		return group_rest(r, now);
	*flags = now;
	return shape_empty(r->pool, true);
}

static struct shape read_group(struct reader *r, struct flags *flags)
{
	bool named = at(r, "(?P<") || at(r, "(?<");
	if (named) {
		const char *end = memchr(r->t.p, '>', (size_t)(r->t.end - r->t.p));
		if (!end)
			return lose(r);
		r->t.p = end + 1;
		return group_rest(r, *flags);
	}
	bool special = at(r, "(?");
	r->t.p += special ? 2 : 1;
	return special ? read_flags(r, flags) : group_rest(r, *flags);
}

/* ---- sequences ---- */

static struct shape read_atom(struct reader *r, struct flags *flags)
{
	switch (*r->t.p) {
	case '(': return read_group(r, flags);
	case '[': return read_class(r, *flags);
	case '\\': return read_backslash(r, *flags);
	case '^':
	case '$': return read_anchor(r);
	case '.': r->t.p++; return shape_dot();
	default: return literal_run(r, *flags);
	}
}

static bool read_repeat(struct reader *r, long *least, long *most)
{
	char c = more(r) ? *r->t.p : '\0';
	if (c == '{')
		return re2_braces(&r->t.p, r->t.end, least, most);
	if (c != '*' && c != '+' && c != '?')
		return false;
	r->t.p++;
	*least = c == '+';
	*most = c == '?' ? 1 : -1;
	return true;
}

/* Three in a row are the cube of a value's length; one within another has no such bound. */
static void weigh_repeat(struct reader *r, bool group, long most)
{
	const unsigned in_a_row = 3;
	r->unlimited += most < 0;
	r->costly = r->costly || r->unlimited > in_a_row || (group && (most < 0 || most > 1));
}

static struct shape read_repeated(struct reader *r, struct flags *flags)
{
	bool group = *r->t.p == '(';
	struct shape atom = read_atom(r, flags);
	long least, most;
	if (r->lost || !read_repeat(r, &least, &most))
		return atom;
	weigh_repeat(r, group, most);
	if (at(r, "?"))
		r->t.p++;
	return shape_repeat(r->pool, atom, least, most);
}

static struct shape read_sequence(struct reader *r, struct flags *flags)
{
	struct shape out = shape_empty(r->pool, true);
	while (more(r) && *r->t.p != '|' && *r->t.p != ')')
		out = shape_concat(r->pool, out, read_repeated(r, flags));
	return out;
}

/* Flags that are set in one alternative hold in the next ones as well. */
static struct shape read_alternatives(struct reader *r, struct flags flags)
{
	struct shape out = read_sequence(r, &flags);
	while (more(r) && *r->t.p == '|') {
		r->t.p++;
		out = shape_or(r->pool, out, read_sequence(r, &flags));
	}
	return out;
}

struct shape shape_of_regex(struct text_pool *pool, struct str regex, bool *costly)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf unused;
	buf_init(&unused, regex.n * 64 + 64);
	struct reader r = {
		.t = {.p = regex.p, .end = regex.p + regex.n, .regex = regex, .out = &unused, .err = &err},
		.pool = pool,
	};
	struct shape out = read_alternatives(&r, (struct flags){false});
	bool read = !r.lost && !pool->full && r.t.p == r.t.end;
	*costly = r.costly || !read;
	return read ? out : shape_unknown();
}
