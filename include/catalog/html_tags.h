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
/* <pod>: a word in angle brackets that is no element of HTML, as people write what is to be filled in. */
bool html_is_placeholder(struct str tag);
/* Whether HTML has an element of this name, in either case (table_html_elements.c). */
bool html_is_element(struct str name);

#endif
