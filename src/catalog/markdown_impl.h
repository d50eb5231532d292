/* What the files of markdown*.c share; nobody else sees the parser's nodes. */
#ifndef CATALOG_MARKDOWN_IMPL_H
#define CATALOG_MARKDOWN_IMPL_H

#include <cmark-gfm.h>

#include "catalog/markdown.h"

struct markdown {
	cmark_node *root;
	int line; /* lines of front matter: a node's own lines count from behind it */
	struct heading *headings;
	size_t heading_count;
};

#endif
