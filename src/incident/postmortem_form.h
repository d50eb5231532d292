/*
 * A template of a post-mortem while it is filled in, line by line: where the reader stands, and the values that are put in.
 */
#ifndef INCIDENT_POSTMORTEM_FORM_H
#define INCIDENT_POSTMORTEM_FORM_H

#include "postmortem_impl.h"

struct form {
	struct drafting *d;
	struct str body;
	size_t from; /* of the line that comes next */
	bool fenced, comment, front;
	struct str heading;
	int level; /* of `heading` */
	enum part part;
	int part_level;
	bool paragraph;        /* …which a blank line ends: "Timeline:" with its lines below */
	bool put;              /* what is known of the part stands in it */
	bool open, text;       /* the section asks for something that is not known; it says something by itself */
	bool answered;         /* something was filled in */
	size_t missing_before; /* what was named before the section */
	struct str columns;    /* the heading row of the table under way */
	bool passes_over;      /* …whose rows are a sample */
};

struct str form_line_at(struct str body, size_t from);
/* The first byte from `i` on that is none of `marks`. */
size_t form_skip(struct str s, size_t i, const char *marks);
/* Behind "> ", "- ", "1. ", "[ ] ". */
size_t form_behind_marks(struct str line);
struct str form_without_emphasis(struct str s);
/* What is known of a part without lists: KNOWN_IMPACT, KNOWN_CAUSE, KNOWN_DONE; else KNOWN_NOT_MEANT. */
enum known form_known_of_part(enum part part);

/* The text with what is known in place of what it asks for. */
void form_put_filled(struct form *f, struct str line);
/* What the key asks for, in the place of `value`; false: the key says nothing of it. */
bool form_put_by_key(struct form *f, struct str key, struct str value);
/* Where the value of "**Key**: value" begins; 0: it is no such line. */
size_t form_field_value(struct str line, struct str *key);
/* "Impact:" over the lines that say it. */
bool form_says_it_below(const struct form *f);
/* Puts such a line; false: it is to be read as text. */
bool form_field(struct form *f, struct str line);

#endif
