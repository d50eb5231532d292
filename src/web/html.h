/*
 * HTML, element by element: text and attributes are escaped by construction, elements close in the order in which they were
 * opened, and a link leads only to http, https, or a place relative to the page.
 *
 *     html_open(h, "a"); html_href(h, url); html_say(h, title); html_close(h);
 */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "base/buf.h"
#include "base/str.h"

#define HTML_DEPTH_MAX 64

struct html {
	struct buf *out;
	const char *open[HTML_DEPTH_MAX];
	size_t depth;
	bool in_tag; /* attributes may follow */
};

/* A tag's and an attribute's name is a literal of the program. */
void html_open(struct html *h, const char *tag);
void html_attr(struct html *h, const char *name, struct str value);
void html_attr_c(struct html *h, const char *name, const char *value);
void html_attr_printf(struct html *h, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void html_flag(struct html *h, const char *name); /* an attribute without a value */
void html_class(struct html *h, const char *name);
/* No attribute at all where the URL is neither http, https nor relative. */
void html_href(struct html *h, struct str url);
void html_say(struct html *h, struct str text);
void html_say_c(struct html *h, const char *text);
void html_printf(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_close(struct html *h); /* the innermost; void elements (input, link) have no end tag */
/* <tag class="…">text</tag>; `class` may be NULL. */
void html_leaf(struct html *h, const char *tag, const char *class, struct str text);
void html_leaf_c(struct html *h, const char *tag, const char *class, const char *text);
/* What another part of the program has made safe: a runbook's Markdown. */
void html_trusted(struct html *h, struct str html);
/* A URL's component, percent-encoded; `slashes` stay where they divide a path. */
void html_encode(struct buf *out, struct str text, bool slashes);

#endif
