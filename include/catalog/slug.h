/*
 * A heading's text and its anchor as GitHub makes them: lower-case the text, delete what is not letter, mark, digit,
 * `_`, `-` or blank, every blank becomes `-`; a repeat gets -1, -2, … (FACTS). Other scripts by the C library's
 * Unicode tables; where the system lacks them their characters stay as written.
 */
#ifndef CATALOG_SLUG_H
#define CATALOG_SLUG_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

#define SLUG_TEXT_MAX 1024 /* bytes of a heading that count; the rest is cut off */

/* Appends the text that a reader sees: without emphasis, code ticks, link targets, images and HTML tags. */
void slug_plain_text(struct str markdown, struct buf *out);

struct slugs;
struct slugs *slugs_new(void);
void slugs_free(struct slugs *s);
/* The anchor of the next heading of a file, given its plain text; a copy in `arena`. */
struct str slugs_next(struct slugs *s, struct arena *arena, struct str plain);

#endif
