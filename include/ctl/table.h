/*
 * Columns of text for people: aligned, control characters made visible, since alert labels reach a terminal here.
 */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

struct table;
/* `titles` is NULL-terminated and borrowed. */
struct table *table_new(const char *const *titles);
void table_free(struct table *t);
/* The next cell, row by row. */
void table_add(struct table *t, struct str cell);
/* A time as JSON has it; a terminal sees whole seconds. */
void table_add_time(struct table *t, struct str at);
void table_add_c(struct table *t, const char *cell);
void table_printf(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * On a terminal it fits: the widest columns are cut with "…", the last one goes on below itself, and what is still too wide
 * is printed in parts that each begin with the first column. Elsewhere, in a pipe and in a file, nothing is cut.
 */
void table_print(const struct table *t, FILE *out);
void table_print_within(const struct table *t, size_t columns, FILE *out); /* 0: as wide as it is */

/* A line to standard output, which on a terminal goes on below itself as far to the right as it begins. */
void table_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "name   value", which on a terminal goes on below itself. */
void table_field(const char *name, struct str value, FILE *out);

#define AGO_MAX 32
/* "12m ago", "in 3h", "now"; "-" for 0. The largest unit, rounded down. */
char *table_ago(int64_t at, int64_t now, char out[AGO_MAX]);

#endif
