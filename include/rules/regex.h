/*
 * Go's regular expressions (the RE2 syntax that Alertmanager's matchers speak) as a tree. Read in one place: the
 * translation for PCRE2 (rules/re2.h), the literal index and the proofs of lint walk over it. What RE2 refuses is refused
 * here, with a hint. One thing is stricter: two groups of one name, which Go allows, are refused (which would a template
 * mean?). Syntax: https://github.com/google/re2/wiki/Syntax, Go's regexp/syntax with the Perl flags.
 */
#ifndef RULES_REGEX_H
#define RULES_REGEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define REGEX_REPEAT_MAX 1000 /* RE2's own limit, nested repetitions multiplied */
#define REGEX_DEPTH_MAX 100   /* groups within groups; what walks over the tree may recurse */

enum regex_kind {
	REGEX_TEXT, /* characters one after the other */
	REGEX_CLASS,
	REGEX_DOT,
	REGEX_ASSERTION,
	REGEX_SEQUENCE, /* of its parts, in order */
	REGEX_CHOICE,   /* of its parts, which are sequences */
	REGEX_GROUP,    /* one part: a choice */
	REGEX_FLAGS,    /* (?i): what it changes is said at the nodes that it concerns */
	REGEX_REPEAT,   /* one part */
};

/* A part of a class. */
enum regex_item_kind { REGEX_ITEM_RANGE, REGEX_ITEM_PERL, REGEX_ITEM_POSIX, REGEX_ITEM_UNICODE };

struct regex_item {
	enum regex_item_kind kind;
	uint32_t first, last; /* RANGE */
	char letter;          /* PERL: d w s, or D W S for their complements */
	struct str name;      /* POSIX: alpha or ^alpha; UNICODE: what PCRE2 calls it */
	bool negated;         /* UNICODE */
	struct regex_item *next;
};

struct regex_node {
	enum regex_kind kind;
	struct regex_node *first, *last;    /* parts */
	struct regex_node *next, *previous; /* among its parent's parts */
	struct str text;                    /* TEXT: the characters meant, in UTF-8, never empty */
	/* REPEAT: the operator; FLAGS, GROUP: all of "(?i)" or "(?i:" or "("; ASSERTION: as written, a view into the regex */
	struct str written;
	struct regex_item *items; /* CLASS */
	bool negated;             /* CLASS; a lone \D is the class [^\d] */
	char letter;              /* ASSERTION: ^ $ A z b B */
	bool fold;                /* TEXT, CLASS: (?i) holds */
	bool dot_all;             /* DOT: (?s) holds */
	bool multi_line;          /* ASSERTION: (?m) holds */
	long least, most;         /* REPEAT; most < 0: no limit */
	unsigned repeats;         /* the most repetitions of anything in it */
};

/* A named group and its number among all that capture. */
struct regex_group {
	struct str name; /* view into the regex */
	unsigned number;
};

struct regex_groups {
	struct regex_group *v; /* room for `room` */
	size_t n, room;
};

/* A choice; NULL with a line in `err` at `at`. `groups` may be NULL. The tree lives in `arena` and points into the regex. */
struct regex_node *regex_parse(struct arena *arena, struct str regex, struct pos at, struct regex_groups *groups,
                               struct err *err);

/* For trees of other origin. */
struct regex_node *regex_node_new(struct arena *arena, enum regex_kind kind);
void regex_append(struct regex_node *parent, struct regex_node *part);

/* The first character of a text that is UTF-8, which goes on behind it. */
uint32_t regex_take_char(struct str *text);

#endif
