/* What does an opening word say of the time behind it? */
#ifndef WORDS_TABLE_BOUNDS_H
#define WORDS_TABLE_BOUNDS_H

#include "words/word_table.h"

enum time_bound { BOUND_MOST, BOUND_LEAST };

extern const struct word_table time_bounds;

#endif
