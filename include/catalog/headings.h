/*
 * The outline of a Markdown file: its front matter and its headings with their anchors. A line scanner, not a full
 * reader: headings are ATX (`## x`) or underlined, outside code fences, indented code and HTML comments, at the top
 * level (not inside lists and quotes).
 */
#ifndef CATALOG_HEADINGS_H
#define CATALOG_HEADINGS_H

#include <stddef.h>

#include "base/mem.h"
#include "base/str.h"

#define HEADINGS_MAX 5000 /* of one file; further ones have no anchor */

/* Around code spans in heading.marked: what a typographer leaves alone. */
#define HEADING_CODE_BEGINS '\x0E'
#define HEADING_CODE_ENDS '\x0F'

struct heading {
	int level, line;   /* 1..6; from 1 */
	struct str text;   /* without markup */
	struct str anchor; /* GitHub's; unique within the file */
	struct str id;     /* that it states itself: `## Disk full {#disk}`; its text is without; empty: none */
	struct str
		marked; /* what is shown on GitHub, so with that statement, code spans between the two bytes above, and its line ends */
	struct str source; /* its own Markdown, without # */
};

struct outline {
	/* From the opening `---` (TOML: `+++`) to before the closing one, so that lines count from the file's start; empty: none. */
	struct str front_matter;
	struct heading *headings;
	size_t count;
};

/* Of a heading's text, the bytes that count (SLUG_TEXT_MAX), cut between characters. */
struct str heading_cut(struct str s);
/* "## Disk full ##" -> "Disk full". */
struct str heading_without_hashes(struct str line);
/*
 * Takes a byte order mark and front matter off a file's text: it starts on the first line and must be closed. Returns
 * what outline.front_matter is; `*lines` is the number of lines taken.
 */
struct str front_matter_take(struct str *text, int *lines);
/* Strings live in `arena`, except the front matter, which is a view into `text`. */
void outline_read(struct arena *arena, struct str text, struct outline *out);

#endif
