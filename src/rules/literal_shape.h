/*
 * What is known about the values that a pattern matches: a finite list of them, or what they begin with, end with and
 * contain. Built bottom up, from the pieces of a pattern to the whole. Everything known holds for every value that
 * matches; only where `form` says so it is also true that nothing else matches.
 */
#ifndef RULES_LITERAL_SHAPE_H
#define RULES_LITERAL_SHAPE_H

#include "rules/literal_text.h"

/* The shapes that say exactly what matches, for a value that is ASCII and has no newline (`.` matches all of it). */
enum shape_form {
	FORM_UNKNOWN,  /* none of these */
	FORM_SET,      /* one of `whole`; for every value */
	FORM_PREFIX,   /* one of `head`, then anything */
	FORM_SUFFIX,   /* anything, then one of `tail` */
	FORM_CONTAINS, /* one of `part`, anywhere */
	FORM_ANY,      /* anything */
	FORM_DOT,      /* any one character */
};

struct shape {
	enum shape_form form;
	unsigned gap; /* least characters of the "anything", 0 or 1 */
	bool fold;    /* the texts are folded, and true of the folded value */
	bool finite;  /* `whole` lists all that can match; `head` and `tail` are unused then */
	struct texts whole, head, tail, part;
};

struct shape shape_unknown(void);
/* `fold`: the text matches in any case; it must be folded already. */
struct shape shape_text(struct text_pool *pool, struct str text, bool fold);
/* The empty text; not `precise`: under a condition that is not looked into, as \b. */
struct shape shape_empty(struct text_pool *pool, bool precise);
struct shape shape_dot(void);
struct shape shape_concat(struct text_pool *pool, struct shape a, struct shape b);
struct shape shape_or(struct text_pool *pool, struct shape a, struct shape b);
/* `most` < 0: no limit. */
struct shape shape_repeat(struct text_pool *pool, struct shape a, long least, long most);

/* What matches `regex`, which pattern_compile() has accepted. `*costly`: it may hit its match limit. */
struct shape shape_of_regex(struct text_pool *pool, struct str regex, bool *costly);

/* What a value begins with, ends with, contains, for finite shapes too; none when nothing is known. */
struct texts shape_head(const struct shape *s);
struct texts shape_tail(const struct shape *s);
struct texts shape_part(const struct shape *s);

#endif
