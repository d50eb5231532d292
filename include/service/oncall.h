/*
 * Who is on call, as INTERFACE section 7 ("oncall") shapes it: for runbookctl and the API.
 */
#ifndef SERVICE_ONCALL_H
#define SERVICE_ONCALL_H

#include <jansson.h>

#include "config/config.h"

struct oncall_question {
	struct str schedule; /* empty: all */
	int64_t at;
	int64_t until; /* 0: the turn at `at` alone */
};

#define ONCALL_WINDOW_MAX (366 * TIME_DAY)

/* Reads "2026-03-01T09:00Z", or without an offset in the configuration's zone; empty leaves `ms`. False with a line. */
bool oncall_time(const struct config *c, const char *what, struct str text, int64_t *ms, struct err *err);
/* NULL with a line in `err`. The caller owns the reference. */
json_t *oncall_json(const struct config *c, const struct oncall_question *q, struct err *err);

#endif
