/*
 * The plans for what a JSON body holds, one alert ({"labels": {…}, "annotations": {…}}) or a whole webhook: the "explain"
 * document of INTERFACE section 7. The API and runbookctl answer with the same bytes.
 */
#ifndef SERVICE_EXPLAIN_BODY_H
#define SERVICE_EXPLAIN_BODY_H

#include <jansson.h>

#include "config/config.h"

struct explain_wish {
	bool all;   /* also the rules that did not match */
	int64_t at; /* until when a page of that moment would be held; 0: nothing is said of it */
};

/* With explain_wish.all an answer has a line for each alert and rule that did not match: so many pairs, or one alert with any rules. */
#define EXPLAIN_PAIRS_MOST 50000

/* A body whose alerts are explained one after the other. */
struct explain;
/* NULL with a line in `err`. `source` may be empty; Nothing is borrowed. */
struct explain *explain_begin(struct config *c, struct str source, struct str body, const struct explain_wish *wish,
                              struct err *err);
json_t *explain_next(struct explain *e); /* the next alert's entry, owned by the caller; NULL: that was all */
void explain_end(struct explain *e);     /* NULL is fine */
/* The whole document; the caller owns it. NULL with a line in `err`. */
json_t *explain_body(struct config *c, struct str source, struct str body, const struct explain_wish *wish,
                     struct err *err);

#endif
