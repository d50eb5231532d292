/*
 * What lint says of the runbook folder, kept for the pages: looked at once for each configuration and day (on which a
 * review may become overdue), when the first page asks, on the background's thread, since it asks the disk for each link.
 */
#ifndef WEB_FINDINGS_H
#define WEB_FINDINGS_H

#include "config/config.h"
#include "lint/lint.h"
#include "service/background.h"

/* The texts of a larger folder would keep the background's other work waiting: `runbookctl lint` looks at them. */
#define FINDINGS_FOLDER_MAX ((size_t)2 * 1024 * 1024)

struct findings;
struct findings *findings_new(struct background *b); /* borrowed, and stopped before findings_free() */
void findings_free(struct findings *f);              /* NULL is fine */
/*
 * By file (as the catalog names it), line and column; those of yesterday until today's are there. NULL where nothing is known
 * of this configuration yet, or the folder is too large. Valid until the next turn of the loop.
 */
const struct lint *findings_of(struct findings *f, const struct config *config, int64_t now);

#endif
