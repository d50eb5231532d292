/*
 * Landlock, where the kernel has it: from confinement_begin() on this program reads only in folders that it has read in
 * before, and in those of the system, writes only in those that it is given, and runs no other program. So whoever takes it
 * over gets at nothing else. Threads that run already are not confined: it comes before the first.
 *
 * Replacing a file, or a folder in a folder that was read, makes no difference; a link that leads into another release of the
 * same folder's neighbours (current -> releases/7) may lead into the next one.
 */
#ifndef IO_CONFINEMENT_H
#define IO_CONFINEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* From here on what is read is noted; without it the other functions do nothing. */
void confinement_prepare(void);
/* A file or a folder that is read, or will be: it may be read again. */
void confinement_note(const char *path);
/*
 * `folders` may be written to; those that are not there are made. False with a line in `err`: this kernel has no Landlock, or
 * does not allow it, and nothing is confined.
 */
bool confinement_begin(const char *const *folders, size_t count, struct err *err);
/* strerror(); once confined, "Permission denied" says what may be the reason. */
const char *confinement_error(int error);

#endif
