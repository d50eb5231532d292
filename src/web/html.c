/* HTML, element by element. */
#include "html.h"

#include <assert.h>
#include <string.h>

#include "catalog/html.h"

#define TEXT_MAX (64 * 1024) /* bytes of what is formatted */

static void end_tag(struct html *h)
{
	if (h->in_tag)
		buf_add_char(h->out, '>');
	h->in_tag = false;
}

void html_open(struct html *h, const char *tag)
{
	assert(h->depth < HTML_DEPTH_MAX);
	end_tag(h);
	h->open[h->depth++] = tag;
	buf_add_char(h->out, '<');
	buf_add_c(h->out, tag);
	h->in_tag = true;
}

void html_attr(struct html *h, const char *name, struct str value)
{
	assert(h->in_tag);
	buf_add_char(h->out, ' ');
	buf_add_c(h->out, name);
	buf_add_c(h->out, "=\"");
	html_text(h->out, value);
	buf_add_char(h->out, '"');
}

void html_attr_c(struct html *h, const char *name, const char *value)
{
	html_attr(h, name, str_c(value));
}

void html_attr_printf(struct html *h, const char *name, const char *format, ...)
{
	AUTOBUF struct buf text;
	va_list ap;

	buf_init(&text, TEXT_MAX);
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	html_attr(h, name, buf_str(&text));
}

void html_flag(struct html *h, const char *name)
{
	assert(h->in_tag);
	buf_add_char(h->out, ' ');
	buf_add_c(h->out, name);
}

void html_class(struct html *h, const char *name)
{
	html_attr_c(h, "class", name);
}

/* "node/a.md" and "#b" are relative; "javascript:" and "//elsewhere" are not what they look like. */
static bool is_safe_url(struct str url)
{
	if (str_starts(url, STR("https://")) || str_starts(url, STR("http://")))
		return true;
	for (size_t i = 0; i < url.n && !strchr("/?#", url.p[i]); i++)
		if (url.p[i] == ':')
			return false;
	return url.n && !str_starts(url, STR("//")) && !str_starts(url, STR("/\\")) && url.p[0] != '\\' &&
	       (unsigned char)url.p[0] > ' ';
}

void html_href(struct html *h, struct str url)
{
	if (!is_safe_url(url))
		return;
	html_attr(h, "href", url);
	if (str_starts(url, STR("http")) && str_find(url, STR("://")) > 0)
		html_attr_c(h, "rel", "noreferrer");
}

void html_say(struct html *h, struct str text)
{
	end_tag(h);
	html_text(h->out, text);
}

void html_say_c(struct html *h, const char *text)
{
	html_say(h, str_c(text));
}

void html_printf(struct html *h, const char *format, ...)
{
	AUTOBUF struct buf text;
	va_list ap;

	buf_init(&text, TEXT_MAX);
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	html_say(h, buf_str(&text));
}

static bool is_void(const char *tag)
{
	static const char *const tags[] = {"br", "hr", "img", "input", "link", "meta"};
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (!strcmp(tag, tags[i]))
			return true;
	return false;
}

/* Blocks end with a line, so that people can read the source. */
static bool is_inline(const char *tag)
{
	static const char *const tags[] = {"a", "b", "button", "code", "em", "mark", "option", "span", "strong", "time"};
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (!strcmp(tag, tags[i]))
			return true;
	return false;
}

void html_close(struct html *h)
{
	assert(h->depth);
	const char *tag = h->open[--h->depth];
	end_tag(h);
	if (!is_void(tag)) {
		buf_add_c(h->out, "</");
		buf_add_c(h->out, tag);
		buf_add_char(h->out, '>');
	}
	if (!is_inline(tag))
		buf_add_char(h->out, '\n');
}

void html_leaf(struct html *h, const char *tag, const char *class, struct str text)
{
	html_open(h, tag);
	if (class)
		html_class(h, class);
	html_say(h, text);
	html_close(h);
}

void html_leaf_c(struct html *h, const char *tag, const char *class, const char *text)
{
	html_leaf(h, tag, class, str_c(text));
}

void html_trusted(struct html *h, struct str html)
{
	end_tag(h);
	buf_add(h->out, html);
}

void html_encode(struct buf *out, struct str text, bool slashes)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		             (c && strchr("-._~", c)) || (slashes && c == '/');
		if (plain)
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}
