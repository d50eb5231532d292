/* Which heading opens what is to be done? One of its words begins so. */
#ifndef WORDS_TABLE_FIRST_STEPS_H
#define WORDS_TABLE_FIRST_STEPS_H

#include "words/word_table.h"

extern const struct word_table first_steps;

#endif
