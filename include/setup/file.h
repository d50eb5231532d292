/*
 * A small file, whole: secrets, bodies, rule tests.
 */
#ifndef SETUP_FILE_H
#define SETUP_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* "-" is standard input. False with a line in `err`: unreadable, or more than the buffer's ceiling. */
bool file_read(const char *path, struct buf *out, struct err *err);
bool file_write(const char *path, struct str text, struct err *err);

#endif
