/* What does an opening word say of the time behind it? */
#ifndef CATALOG_TABLE_BOUNDS_H
#define CATALOG_TABLE_BOUNDS_H

#include "word_table.h"

enum time_bound { BOUND_MOST, BOUND_LEAST };

extern const struct word_table time_bounds;

#endif
