/* What the text of a link says of the page that it leads to. */
#ifndef CATALOG_LINK_TEXT_H
#define CATALOG_LINK_TEXT_H

#include <stdbool.h>

#include "base/str.h"

/* Of a link's text: "here", "view"; and "disk-full.md", "disk-full", "IR-1". Neither says what the page is about. */
bool link_text_only_points(struct str title);
bool link_text_is_a_reference(struct str title);

#endif
