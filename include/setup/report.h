/*
 * What is wrong with files, as lines on standard error: "FILE:LINE:COLUMN: error: …" as editors read it where the line
 * says so, otherwise with a word before it.
 */
#ifndef SETUP_REPORT_H
#define SETUP_REPORT_H

#include "base/err.h"

/* `level`: "error", "runbookctl: warning" and the like. */
void report_lines(const char *level, const struct err *err);

#endif
