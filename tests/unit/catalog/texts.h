/*
 * What the tests of the catalog share.
 */
#ifndef TESTS_CATALOG_TEXTS_H
#define TESTS_CATALOG_TEXTS_H

#include "base/str.h"

void assert_text(struct str got, const char *want);

#endif
