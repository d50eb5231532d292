/*
 * What the tests of the catalog share.
 */
#ifndef TESTS_CATALOG_TEXTS_H
#define TESTS_CATALOG_TEXTS_H

#include "base/str.h"
#include "catalog/facts.h"

void assert_text(struct str got, const char *want);

/* An index page, read. */
struct page {
	struct arena *arena;
	struct facts f;
	const char *why;
};

struct page read_index_page(const char *folder, const char *text);
void page_done(struct page *p);

#endif
