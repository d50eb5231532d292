/*
 * The plans for what a JSON body holds, one alert ({"labels": {…}, "annotations": {…}}) or a whole webhook: the "explain"
 * document of INTERFACE section 7. The API and runbookctl answer with the same bytes.
 */
#ifndef APP_EXPLAIN_BODY_H
#define APP_EXPLAIN_BODY_H

#include <jansson.h>

#include "config/config.h"

/* NULL with a line in `err`. `source` may be empty; `all` adds the rules that did not match. The caller owns the result. */
json_t *explain_body(const struct config *c, struct str source, struct str body, bool all, struct err *err);

#endif
