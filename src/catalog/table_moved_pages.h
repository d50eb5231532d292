/* Which words say that a page has moved, where it has one link and little else? */
#ifndef CATALOG_TABLE_MOVED_PAGES_H
#define CATALOG_TABLE_MOVED_PAGES_H

#include "word_table.h"

extern const struct word_table moved_pages;

#endif
