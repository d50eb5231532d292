/* Which word in a heading over a template does not say what kind of runbook it is for? A plural's last letter is cut off. */
#ifndef WORDS_TABLE_TEMPLATE_FILLERS_H
#define WORDS_TABLE_TEMPLATE_FILLERS_H

#include "words/word_table.h"

extern const struct word_table template_fillers;

#endif
