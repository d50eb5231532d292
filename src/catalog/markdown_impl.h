/* What the files of markdown*.c share; nobody else sees the parser's nodes. */
#ifndef CATALOG_MARKDOWN_IMPL_H
#define CATALOG_MARKDOWN_IMPL_H

#include <cmark-gfm.h>

#include "base/map.h"
#include "catalog/markdown.h"

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

#endif
