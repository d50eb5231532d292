/* Below which keys of front matter do a page's own statements stand? The whole key must be the phrase. */
#ifndef CATALOG_TABLE_FRONT_HOLDERS_H
#define CATALOG_TABLE_FRONT_HOLDERS_H

#include "word_table.h"

extern const struct word_table front_holders;

#endif
