/*
 * A page of help: headings, paragraphs, lists and examples. The same calls write it for a terminal, wrapped to 78
 * columns, or as a manual page in man(7), so that `runbookctl help` and `man` cannot say different things.
 *
 * Texts may hold `code`, **bold** and [words](URL), as in Markdown.
 */
#ifndef HELP_MANUAL_H
#define HELP_MANUAL_H

#include "base/buf.h"
#include "base/str.h"

enum manual_format { MANUAL_TEXT, MANUAL_MAN };

struct manual {
	enum manual_format format;
	struct buf *out; /* borrowed */
};

/* What stands above a manual page; nothing in text. `date` is YYYY-MM-DD. */
void manual_title(const struct manual *p, const char *name, const char *section, const char *date, const char *version);
/* Level 1 is a section of the page, 2 one below it. */
void manual_heading(const struct manual *p, int level, struct str text);
void manual_paragraph(const struct manual *p, struct str text);
/* A word that is explained: "--url=URL", "(default x)", "Where the daemon is." `note` may be empty. */
void manual_entry(const struct manual *p, struct str term, struct str note, struct str text);
void manual_bullet(const struct manual *p, struct str text);
/* Lines as they are. */
void manual_example(const struct manual *p, struct str lines);
/*
 * What the calls above can say, read from Markdown: headings, paragraphs, lists with '-' or numbers, examples that are
 * fenced or indented, tables (each row is an entry, called by its first cell).
 */
void manual_markdown(const struct manual *p, struct str text);

#endif
