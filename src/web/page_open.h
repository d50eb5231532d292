/*
 * The parts of the page at "/": what is asked for, the filter above the list, the rows, what stands beside them.
 */
#ifndef WEB_PAGE_OPEN_H
#define WEB_PAGE_OPEN_H

#include "page.h"
#include "service/board.h"

#define PAGE_OPEN_ROWS 100 /* of one page */

struct open_query {
	struct incident_query q;
	struct str matcher; /* the first one as it was written, for the form */
};

/* page_filter.c: the form; and the way to this list's next page. */
void page_filter(struct page *p, const struct open_query *q);
void page_next(struct page *p, const struct open_query *q, struct str cursor);
/* page_row.c: one incident of the list. `state` is its state, `ended_at` when it is resolved. */
void page_row(struct page *p, const struct board_row *row, const char *state, int64_t ended_at);
/* page_glance.c: who is on call, stores, receivers. */
void page_glance(struct page *p);

#endif
