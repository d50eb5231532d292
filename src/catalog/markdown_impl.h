/* What the files of markdown*.c share; nobody else sees the parser's nodes. */
#ifndef CATALOG_MARKDOWN_IMPL_H
#define CATALOG_MARKDOWN_IMPL_H

#include <cmark-gfm.h>

#include "base/map.h"
#include "catalog/html_tables.h"
#include "catalog/markdown.h"

extern cmark_mem markdown_memory; /* of every tree's nodes */

struct markdown {
	cmark_node *root;
	int line; /* lines of front matter: a node's own lines count from behind it */
	struct heading *headings;
	size_t heading_count;
	struct map *anchors;  /* headings' and stated ones; values mean nothing */
	struct str *more_ids; /* of headings, where they were added; NULL: none */
	struct strs ids;      /* that the page states itself, each once, and none that is a heading's anchor */
};

/* markdown_ids.c */
void markdown_read_ids(struct arena *arena, struct markdown *m);
/* What is left of a text's literal without the attribute list at its end; `*id` is empty where there is none. */
struct str markdown_text_id(cmark_node *text, struct str *id);

/* markdown_definitions.c */
/* The text with its definition lists as bullets, on the same lines; the text itself where it has none. */
struct str markdown_with_bullets(struct arena *arena, cmark_node *root, struct str text);

/* markdown_tables.c */
/*
 * A block of raw HTML that holds a table: the table as a document of its own, its only block, and on which line of the page
 * each of its rows stands, relative to the block. NULL where there is none. Release `table` in either case.
 */
struct markdown *markdown_html_table(struct arena *arena, cmark_node *block, struct html_table *table);

#endif
