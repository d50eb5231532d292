/*
 * A folder of runbooks, and what lint says of it on 2024-10-04.
 */
#ifndef TESTS_LINT_FOLDER_FIXTURE_H
#define TESTS_LINT_FOLDER_FIXTURE_H

#include "base/time.h"
#include "lint/lint.h"

#define AS_OF (INT64_C(20000) * TIME_DAY) /* 2024-10-04 */

struct page {
	const char *path, *text;
};

/* What lies beside the pages; and who is known: nobody. */
bool folder_on_disk(void *arg, struct str path);
bool folder_knows_nobody(void *arg, struct str name);
/* Lints a folder; the first page is the index page. */
void lint_pages(const struct page *pages, size_t count, struct lint *out);

size_t count_code(const struct lint *l, enum lint_code code);

#endif
