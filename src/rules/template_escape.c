/* Escapes a value for where it lands. */
#include <stdint.h>
#include <string.h>

#include "rules/template_impl.h"

static void add_html(struct buf *out, char c)
{
	switch (c) {
	case '&': buf_add_c(out, "&amp;"); break;
	case '<': buf_add_c(out, "&lt;"); break;
	case '>': buf_add_c(out, "&gt;"); break;
	case '"': buf_add_c(out, "&quot;"); break;
	case '\'': buf_add_c(out, "&#39;"); break;
	default: buf_add_char(out, c);
	}
}

/* With < escaped there are no mentions (<!channel>, <@U1>) and no links. */
static void add_mrkdwn(struct buf *out, char c)
{
	if (c == '&' || c == '<' || c == '>')
		add_html(out, c);
	else
		buf_add_char(out, c);
}

#define ZERO_WIDTH_SPACE "\xe2\x80\x8b" /* after @: to a reader it looks the same, to the provider it is no mention */

static void add_markdown(struct buf *out, char c)
{
	if (c && strchr("\\`*_~[]<>|#", c))
		buf_add_char(out, '\\');
	buf_add_char(out, c);
	if (c == '@')
		buf_add_c(out, ZERO_WIDTH_SPACE);
}

static void add_commonmark(struct buf *out, char c)
{
	if (c == '&' || c == '<' || c == '>')
		add_html(out, c);
	else
		add_markdown(out, c);
}

static void add_json(struct buf *out, char c)
{
	static const char letters[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
	const char *found = c ? strchr(letters, c) : NULL;
	if (found)
		buf_printf(out, "\\%c", names[found - letters]);
	else if ((unsigned char)c < ' ')
		buf_printf(out, "\\u%04x", (unsigned)c);
	else
		buf_add_char(out, c);
}

/* Letters, digits and "-._~", a bit for each. */
static bool is_unreserved(char c)
{
	static const uint64_t bits[] = {UINT64_C(0x03ff600000000000), UINT64_C(0x47fffffe87fffffe)};
	unsigned char u = (unsigned char)c;
	return u < 0x80 && (bits[u >> 6] >> (u & 63) & 1);
}

static void add_url(struct buf *out, char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char escape[] = {'%', digits[(unsigned char)c >> 4], digits[c & 15]};
	if (is_unreserved(c))
		buf_add_char(out, c);
	else
		buf_add(out, (struct str){escape, sizeof escape});
}

/* Runs of what stands for itself are added at once. */
static void add_url_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n && buf_ok(out);) {
		size_t from = i;
		while (i < s.n && is_unreserved(s.p[i]))
			i++;
		buf_add(out, str_slice(s, from, i));
		if (i < s.n)
			add_url(out, s.p[i++]);
	}
}

static void add_unescaped(struct buf *out, char c)
{
	buf_add_char(out, c);
}

static void (*const writers[])(struct buf *, char) = {
	[ESCAPE_NONE] = add_unescaped,    [ESCAPE_URL] = add_url,
	[ESCAPE_PATH] = add_url,          [ESCAPE_JSON] = add_json,
	[ESCAPE_HTML] = add_html,         [ESCAPE_MRKDWN] = add_mrkdwn,
	[ESCAPE_MARKDOWN] = add_markdown, [ESCAPE_COMMONMARK] = add_commonmark,
};

/* A segment of dots needs every part of it to be dots, so it is enough to let no value be just that. */
static bool is_dots(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '.')
			return false;
	return s.n > 0;
}

void template_escape_add(struct buf *out, struct str s, enum template_escape escape)
{
	if (escape == ESCAPE_NONE) {
		buf_add(out, s);
		return;
	}
	bool url = escape == ESCAPE_URL || escape == ESCAPE_PATH, dots = url && is_dots(s);
	if (url && !dots) {
		buf_expect(out, s.n + s.n / 2);
		add_url_text(out, s);
		return;
	}
	for (size_t i = 0; i < s.n && buf_ok(out); i++)
		writers[escape](out, dots ? '_' : s.p[i]);
}
