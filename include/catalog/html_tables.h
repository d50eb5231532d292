/*
 * Tables that people write as raw HTML (wikis export them so), for whoever reads tables of Markdown.
 */
#ifndef CATALOG_HTML_TABLES_H
#define CATALOG_HTML_TABLES_H

#include <stdbool.h>

#include "base/buf.h"

#define HTML_TABLE_MAX (1024 * 1024) /* bytes of its Markdown */

struct html_table {
	struct buf markdown; /* one line a row; what cells hold is left as it is */
	int *lines;          /* of each line of it: on which line of the HTML the row stands, from 0 */
	size_t count, capacity;
};
/*
 * The first <table> of a piece of HTML. Rows whose head stands at their left get an empty row of heads. False where there
 * is none. Release it in either case.
 */
bool html_table_read(struct str html, struct html_table *out);
void html_table_release(struct html_table *t);

#endif
