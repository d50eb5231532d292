/* The page being written, and the part of writing that is about links and images. */
#ifndef CATALOG_MARKDOWN_HTML_H
#define CATALOG_MARKDOWN_HTML_H

#include "markdown_impl.h"

struct html_page {
	const struct markdown *m;
	const struct markdown_links *links;
	struct buf *out;
	size_t heading; /* the next one */
	size_t id;      /* the next one that the page states */
	bool in_link;   /* an <a> is open: HTML has none inside another */
	int images;     /* inside so many images' texts */
	bool image_linked;
	const char *link_end;
	/* The table: they do not nest. */
	const uint8_t *alignments;
	size_t column, columns;
	bool in_head, in_body;
};

/* A node and all below it. */
void html_write_node(struct html_page *p, cmark_node *node);

void html_enter_link(struct html_page *p, cmark_node *node);
void html_leave_link(struct html_page *p, cmark_node *node);
void html_enter_image(struct html_page *p, cmark_node *node);
void html_leave_image(struct html_page *p, cmark_node *node);
/* Text, in which http and https URLs are links. */
void html_bare_links(struct html_page *p, struct str text);

#endif
