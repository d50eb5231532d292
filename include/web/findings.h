/*
 * What lint says of the runbook folder, kept for the pages: looked at once for each configuration and day (on which a
 * review may become overdue), when the first page asks.
 */
#ifndef WEB_FINDINGS_H
#define WEB_FINDINGS_H

#include "config/config.h"
#include "lint/lint.h"

/* Texts of a larger folder are not looked at between two requests: `runbookctl lint` does. */
#define FINDINGS_FOLDER_MAX ((size_t)2 * 1024 * 1024)

struct findings;
struct findings *findings_new(void);
void findings_free(struct findings *f); /* NULL is fine */
/* By file (as the catalog names it), line and column; NULL where the folder is too large. Valid until the next call. */
const struct lint *findings_of(struct findings *f, const struct config *config, int64_t now);

#endif
