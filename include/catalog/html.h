/*
 * Text into HTML. Safe as an element's content and inside a quoted attribute.
 */
#ifndef CATALOG_HTML_H
#define CATALOG_HTML_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Escapes & < > " '. Bytes that are no UTF-8, and control characters other than tab and line ends, become U+FFFD: a
 * browser must not read the page differently from us.
 */
void html_text(struct buf *out, struct str s);
/*
 * The text of a piece of raw HTML, still unescaped: without tags, comments, and what scripts and styles hold. For
 * reading only, never to be passed on as HTML.
 */
void html_strip(struct str html, struct buf *text);

#endif
