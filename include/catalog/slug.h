/*
 * A heading's id, the anchor that leads to it, by the rule of whoever makes the page: GitHub, or a site generator. Each rule
 * is a row of a table: what it starts from, what it keeps, and how it tells repeats apart. What the real generators write
 * for the same headings is in the tests.
 */
#ifndef CATALOG_SLUG_H
#define CATALOG_SLUG_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "catalog/headings.h"

#define SLUG_TEXT_MAX 1024 /* bytes of a heading that count; the rest is cut off */

enum slug_rule {
	SLUG_GITHUB,
	SLUG_GITLAB,
	SLUG_HUGO,
	SLUG_HUGO_SOURCE, /* of the heading's Markdown, as older Hugo does */
	SLUG_MKDOCS,
	SLUG_MKDOCS_ATTR_LIST,
	SLUG_JEKYLL,
	SLUG_SPHINX,
	SLUG_DOCUSAURUS,
	SLUG_VITEPRESS,
	SLUG_HONKIT,
	SLUG_MDBOOK,
	SLUG_MARKDOWN_IT_ANCHOR,
	SLUG_PANDOC,
	SLUG_PANDOC_GFM,
	SLUG_RULES
};

/* Appends the text that a reader sees: without emphasis, code ticks, link targets, images and HTML tags. */
void slug_plain_text(struct str markdown, struct buf *out);

struct slugs;
struct slugs *slugs_new(enum slug_rule rule);
void slugs_free(struct slugs *s);
/* The id of the next heading of a page, a copy in `arena`; empty where the rule gives it none. */
struct str slugs_next(struct slugs *s, struct arena *arena, const struct heading *h);

#endif
