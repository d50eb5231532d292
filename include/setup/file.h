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

/*
 * The configuration that is meant where nobody names one: the first that is there of config/runbookd.yml (a checkout),
 * runbookd.yml (a folder of runbookctl init or import) and /etc/runbookd/runbookd.yml (a package); the first of all where
 * none is.
 */
const char *file_config_default(void);

#endif
