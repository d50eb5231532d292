/*
 * The texts that a matcher's value or pattern accepts, as a finite automaton over characters: RE2's patterns are regular,
 * so whether one implies another, or whether several can hold together, is decided and not guessed. Label values are
 * valid UTF-8 (JSON has nothing else); the meaning is that of rules/pattern.h: anchored, `.` without the newline.
 *
 * What cannot be described is NULL, never approximated: \p groups, \b, anchors in (?m), case folding beyond ASCII,
 * invalid UTF-8, and what would grow beyond the ceilings below.
 */
#ifndef LINT_LANGUAGE_H
#define LINT_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

#define LANGUAGE_NODES_MAX 50000 /* of one pattern, its repetitions written out */
#define LANGUAGE_STATES_MAX 5000 /* of one pattern, worked out when needed */
#define LANGUAGE_MEET_MAX 50000  /* combinations of states that one question may visit */

struct language;
struct language *language_of_pattern(struct str regex);
/* Exactly these texts; n == 0: none. */
struct language *language_of_values(const struct str *values, size_t n);
void language_free(struct language *l); /* NULL is fine */

struct language_term {
	struct language *language;
	bool complement; /* the texts that it does not accept: != and !~ */
};

enum language_answer { LANGUAGE_SOME, LANGUAGE_NONE, LANGUAGE_CANNOT_TELL };

/*
 * Is there a text that all terms accept? With LANGUAGE_SOME `example` (may be NULL) gets a shortest one. Languages
 * remember what was worked out, so they are not const.
 */
enum language_answer language_meet(const struct language_term *terms, size_t n, struct buf *example);

#endif
