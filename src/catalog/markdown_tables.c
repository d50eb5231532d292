/* Tables in raw HTML, read as Markdown's own. */
#include <string.h>

#include "markdown_impl.h"

static bool is_html(cmark_node *node)
{
	return node && cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK;
}

/* An empty line ends a block of HTML, not the table: what follows belongs to it up to its end. */
static void gather_html(cmark_node *block, struct buf *html)
{
	int lines = 0, start = cmark_node_get_start_line(block);
	for (cmark_node *node = block; is_html(node) && str_find(buf_str(html), STR("</table")) < 0;
	     node = cmark_node_next(node)) {
		for (; lines < cmark_node_get_start_line(node) - start; lines++)
			buf_add_char(html, '\n');
		const char *literal = cmark_node_get_literal(node);
		buf_add_c(html, literal);
		for (; *literal; literal++)
			lines += *literal == '\n';
	}
}

struct markdown *markdown_html_table(struct arena *arena, cmark_node *block, struct html_table *table)
{
	AUTOBUF struct buf html;
	const char *why;
	buf_init(&html, HTML_TABLE_MAX);
	gather_html(block, &html);
	if (!html_table_read(buf_str(&html), table) || !buf_ok(&table->markdown))
		return NULL;
	return markdown_parse(arena, buf_str(&table->markdown), &why);
}
