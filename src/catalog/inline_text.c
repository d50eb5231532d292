/* The visible text of one line of Markdown: slug_plain_text(). */
#include <string.h>

#include "catalog/slug.h"

#include "base/ascii.h"

#define NESTING_MAX 8 /* links in emphasis in links…: deeper markup stays as written */

struct cursor {
	struct str s;
	size_t i;
	int depth;
	struct buf *out;
};

static void plain(struct str s, int depth, struct buf *out);

static bool is_punct(char c)
{
	return c && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", c);
}

/* Blank at the edges. */
static char at(struct str s, size_t i)
{
	return i < s.n ? s.p[i] : ' ';
}

static size_t run_length_at(struct str s, size_t i, char c)
{
	size_t n = 0;
	while (i + n < s.n && s.p[i + n] == c)
		n++;
	return n;
}

static bool is_edge(char c)
{
	return ascii_is_blank(c) || is_punct(c);
}

/* Where the bracket opened at `i` closes; 0 when it does not. */
static size_t closing(struct str s, size_t i, char open, char close)
{
	int depth = 0;
	for (; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == open)
			depth++;
		else if (s.p[i] == close && --depth == 0)
			return i;
	}
	return 0;
}

static bool take_escape(struct cursor *c)
{
	if (!is_punct(at(c->s, c->i + 1)))
		return false;
	buf_add_char(c->out, c->s.p[c->i + 1]);
	c->i += 2;
	return true;
}

static bool take_code(struct cursor *c)
{
	size_t ticks = run_length_at(c->s, c->i, '`'), from = c->i + ticks;
	for (size_t i = from; i < c->s.n;) {
		size_t n = run_length_at(c->s, i, '`');
		if (n == ticks) {
			buf_add(c->out, str_trim(str_slice(c->s, from, i)));
			c->i = i + n;
			return true;
		}
		i += n ? n : 1;
	}
	buf_add(c->out, str_slice(c->s, c->i, from));
	c->i = from;
	return true;
}

/* [text](target), [text][name]: the text. */
static bool take_link(struct cursor *c)
{
	size_t end = closing(c->s, c->i, '[', ']');
	char next = at(c->s, end + 1);
	if (!end || (next != '(' && next != '['))
		return false;
	size_t last = closing(c->s, end + 1, next, next == '(' ? ')' : ']');
	if (!last)
		return false;
	plain(str_slice(c->s, c->i + 1, end), c->depth + 1, c->out);
	c->i = last + 1;
	return true;
}

/* An image has no text of its own. */
static bool take_image(struct cursor *c)
{
	AUTOBUF struct buf unseen;
	buf_init(&unseen, SLUG_TEXT_MAX);
	struct cursor image = {c->s, c->i + 1, c->depth, &unseen};
	if (at(c->s, c->i + 1) != '[' || !take_link(&image))
		return false;
	c->i = image.i;
	return true;
}

/* <tag …> is unseen; <https://…> is its own text. */
static bool skip_html_tag(struct cursor *c)
{
	char next = at(c->s, c->i + 1);
	ptrdiff_t end = str_index(str_slice(c->s, c->i, c->s.n), '>');
	if (end < 0 || !(next == '/' || next == '!' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z')))
		return false;
	struct str inside = str_slice(c->s, c->i + 1, c->i + (size_t)end);
	if (str_find(inside, STR("://")) > 0 && str_index(inside, ' ') < 0)
		buf_add(c->out, inside);
	c->i += (size_t)end + 1;
	return true;
}

static bool take_star(struct cursor *c)
{
	size_t n = run_length_at(c->s, c->i, '*');
	if (ascii_is_blank(at(c->s, c->i - 1)) && ascii_is_blank(at(c->s, c->i + n)))
		return false;
	c->i += n;
	return true;
}

/* _x_ and __x__ are emphasis at the edges of words only: snake_case stays. */
static bool take_underscore(struct cursor *c)
{
	size_t n = run_length_at(c->s, c->i, '_'), from = c->i + n;
	bool opens = is_edge(at(c->s, c->i - 1)) && !ascii_is_blank(at(c->s, from));
	for (size_t i = from; opens && i < c->s.n;) {
		size_t m = run_length_at(c->s, i, '_');
		if (m == n && is_edge(at(c->s, i + m)) && !ascii_is_blank(c->s.p[i - 1])) {
			plain(str_slice(c->s, from, i), c->depth + 1, c->out);
			c->i = i + m;
			return true;
		}
		i += m ? m : 1;
	}
	buf_add(c->out, str_slice(c->s, c->i, from));
	c->i = from;
	return true;
}

static bool take_strike(struct cursor *c)
{
	if (run_length_at(c->s, c->i, '~') != 2)
		return false;
	c->i += 2;
	return true;
}

static bool take_entity(struct cursor *c)
{
	static const struct {
		struct str name;
		char c;
	} entities[] = {
		{{"&amp;", 5}, '&'}, {{"&lt;", 4}, '<'}, {{"&gt;", 4}, '>'}, {{"&quot;", 6}, '"'}, {{"&#39;", 5}, '\''},
	};
	for (size_t k = 0; k < sizeof entities / sizeof *entities; k++) {
		if (str_starts(str_slice(c->s, c->i, c->s.n), entities[k].name)) {
			buf_add_char(c->out, entities[k].c);
			c->i += entities[k].name.n;
			return true;
		}
	}
	return false;
}

static bool take_markup(struct cursor *c)
{
	static const struct {
		char c;
		bool (*take)(struct cursor *c);
	} marks[] = {
		{'\\', take_escape}, {'`', take_code},       {'[', take_link},   {'!', take_image},  {'<', skip_html_tag},
		{'*', take_star},    {'_', take_underscore}, {'~', take_strike}, {'&', take_entity},
	};
	for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
		if (c->s.p[c->i] == marks[k].c)
			return marks[k].take(c);
	return false;
}

static void plain(struct str s, int depth, struct buf *out)
{
	struct cursor c = {s, 0, depth, out};
	while (c.i < s.n) {
		if (depth < NESTING_MAX && take_markup(&c))
			continue;
		buf_add_char(out, s.p[c.i] == '\n' || s.p[c.i] == '\r' ? ' ' : s.p[c.i]);
		c.i++;
	}
}

void slug_plain_text(struct str markdown, struct buf *out)
{
	size_t n = markdown.n < SLUG_TEXT_MAX ? markdown.n : SLUG_TEXT_MAX;
	while (n && n < markdown.n && ((unsigned char)markdown.p[n] & 0xC0) == 0x80)
		n--;
	plain(str_slice(markdown, 0, n), 0, out);
}
