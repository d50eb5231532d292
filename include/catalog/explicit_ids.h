/*
 * Ids that a page's author states in Markdown: `## Disk full {#disk}` and a line `{: #disk}` (attribute lists of
 * Python-Markdown, kramdown, Goldmark and others). Those in HTML: html_tags.h.
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

#endif
