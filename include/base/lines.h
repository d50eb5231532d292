/*
 * Files of lines, plain or compressed (gzip): read line by line, and a finished one packed in pieces.
 */
#ifndef BASE_LINES_H
#define BASE_LINES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"

#define LINES_MAX_BYTES ((size_t)64 * 1024 * 1024) /* of one line; the rest of a longer one is passed over */

struct lines;
/* NULL with a line in `err`. */
struct lines *lines_open(const char *path, struct err *err);
/* Without its line break; a view until the next call. False: the end, or it cannot be read on (a line in `err`). */
bool lines_next(struct lines *l, struct str *out, struct err *err);
size_t lines_number(const struct lines *l); /* of the last line, 1 is the first */
void lines_close(struct lines *l);          /* NULL is fine */

/*
 * The files that a pattern leads to, in `arena`, each path ended by a NUL: of a folder its *.jsonl and *.jsonl.gz, which may be
 * none. False with lines in `err`: nothing is there, or it cannot be searched.
 */
bool lines_find(struct arena *arena, const char *pattern, struct strs *out, struct err *err);
/* The same where a folder without any is an error, too. */
bool lines_find_some(struct arena *arena, const char *pattern, struct strs *out, struct err *err);

/*
 * Packs PATH into PATH.gz, a piece at each call; when all is written the one takes the other's place. A PATH.gz that is there
 * already is left, and PATH too.
 */
struct packing;
enum packing_step { PACKING_MORE, PACKING_DONE, PACKING_FAILED };
struct packing *packing_begin(const char *path, struct err *err); /* NULL with a line in `err` */
enum packing_step packing_go_on(struct packing *p, struct err *err);
void packing_end(struct packing *p); /* what is not done is given up; NULL is fine */

#endif
