/*
 * The plans for what a JSON body holds, one alert ({"labels": {…}, "annotations": {…}}) or a whole webhook: the "explain"
 * document of INTERFACE section 7. The API and runbookctl answer with the same bytes.
 */
#ifndef APP_EXPLAIN_BODY_H
#define APP_EXPLAIN_BODY_H

#include <jansson.h>

#include "config/config.h"

struct explain_wish {
	bool all;   /* also the rules that did not match */
	int64_t at; /* until when a page of that moment would be held; 0: nothing is said of it */
};

/* NULL with a line in `err`. `source` may be empty. The caller owns the result. */
json_t *explain_body(const struct config *c, struct str source, struct str body, const struct explain_wish *wish,
                     struct err *err);

#endif
