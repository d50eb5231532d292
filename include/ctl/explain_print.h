/*
 * The "explain" document of INTERFACE section 7 for people.
 */
#ifndef CTL_EXPLAIN_PRINT_H
#define CTL_EXPLAIN_PRINT_H

#include <jansson.h>

void explain_print(const json_t *document);

#endif
