/*
 * What the parts of the PromQL reader share: tokens, and sets of labels.
 */
#ifndef LINT_PROMQL_IMPL_H
#define LINT_PROMQL_IMPL_H

#include "lint/promql.h"

enum promql_token { PROMQL_END, PROMQL_NAME, PROMQL_STRING, PROMQL_NUMBER, PROMQL_SIGN, PROMQL_WRONG };

struct promql_lexer {
	struct arena *arena;
	const char *p, *end; /* behind the token at hand */
	enum promql_token token;
	struct str text; /* NAME, NUMBER: as written; STRING: what it means; SIGN: the operator or bracket */
};

void promql_begin(struct promql_lexer *x, struct arena *arena, struct str expr);
void promql_next(struct promql_lexer *x);
/* Whether the token at hand is this sign, or this name in any case. */
bool promql_is(const struct promql_lexer *x, const char *text);
/* The same, and then goes on behind it. */
bool promql_take(struct promql_lexer *x, const char *text);

/* ---- labels of a result ---- */

bool promql_listed(const struct strs *names, struct str name);
/* What `by (names)` leaves, and `on (names)`. */
struct promql_labels promql_keep(struct arena *arena, const struct promql_labels *from, const struct strs *names);
/* What `without (names)` and `ignoring (names)` leave. */
struct promql_labels promql_remove(struct arena *arena, const struct promql_labels *from, const struct strs *names);
/* One more that may be there, with any value. */
struct promql_labels promql_with(struct arena *arena, const struct promql_labels *from, struct str name);
/* `a or b` */
struct promql_labels promql_either(struct arena *arena, const struct promql_labels *a, const struct promql_labels *b);

#endif
