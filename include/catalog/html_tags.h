/*
 * Raw HTML in a page, as far as its tags say where something is: read attribute by attribute, comments passed over.
 */
#ifndef CATALOG_HTML_TAGS_H
#define CATALOG_HTML_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* The next id that raw HTML states, from `*at` on: an element's id, or the name of an <a>. False at the end. */
bool html_next_id(struct str html, size_t *at, struct str *id);
/* The next <a href> or <img src>, likewise: its URL as written, and whether it is a picture's. */
bool html_next_link(struct str html, size_t *at, struct str *url, bool *image);

#endif
