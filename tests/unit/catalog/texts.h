/*
 * What the tests of the catalog share.
 */
#ifndef TESTS_CATALOG_TEXTS_H
#define TESTS_CATALOG_TEXTS_H

#include "base/str.h"
#include "catalog/catalog.h"
#include "catalog/facts.h"

void assert_text(struct str got, const char *want);

/* An index page, read. */
struct index_page {
	struct arena *arena;
	struct facts f;
	const char *why;
};

struct index_page index_page_of(const char *folder, const char *text);
void index_page_done(struct index_page *p);

/* The escalations of an index page: "severity: minutes role, …;" of each path, "then" for a step that says no time. */
void assert_paths(const char *page, const char *said);

struct page {
	const char *path, *text;
};
/* The first is the folder's index page. */
struct catalog *folder(const struct page *pages, size_t count);
/* NULL: nothing is found. */
void assert_path(const struct runbook *r, const char *expected);

#endif
