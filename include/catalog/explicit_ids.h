/*
 * Ids that a page's author states: `## Disk full {#disk}` and a line `{: #disk}` (attribute lists of Python-Markdown, kramdown,
 * Goldmark and others), `<a name="disk">` and any element with an id.
 */
#ifndef CATALOG_EXPLICIT_IDS_H
#define CATALOG_EXPLICIT_IDS_H

#include <stdbool.h>

#include "base/str.h"

/*
 * Takes an attribute list with an id off the end of a text: "Disk full {#disk .wide}", "Disk full { #disk }", "{: #disk}".
 * False, and nothing is taken, where there is none; a template's {{#each}} is none.
 */
bool attr_list_take(struct str *text, struct str *id);
/* The next id that raw HTML states, from `*at` on: an element's id, or the name of an <a>. False at the end. */
bool html_next_id(struct str html, size_t *at, struct str *id);

#endif
