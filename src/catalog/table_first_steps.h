/* Which heading opens what is to be done? One of its words begins so. */
#ifndef CATALOG_TABLE_FIRST_STEPS_H
#define CATALOG_TABLE_FIRST_STEPS_H

#include "word_table.h"

extern const struct word_table first_steps;

#endif
