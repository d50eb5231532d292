/*
 * What the callbacks of several kinds share. Private to the receivers.
 */
#ifndef RECEIVERS_CALLBACK_ROWS_H
#define RECEIVERS_CALLBACK_ROWS_H

#include <jansson.h>

#include "receivers/callback.h"

/* What an event means; its text is a note's, before what `detail` says (a path as for answer_text()). */
struct callback_row {
	const char *event;
	enum callback_what what;
	const char *words, *detail; /* or NULL */
};

/* NULL: none is of this name. */
const struct callback_row *callback_row(const struct callback_row *rows, size_t count, struct str event);
/* The row's words and the detail that `object` has. */
struct str callback_note(const struct callback_row *row, const json_t *object, struct arena *arena);
/* Reads `text` as a JSON object, or says that it is none. */
enum callback_reading callback_read_json(const struct callback_request *r, struct str text,
                                         enum callback_reading (*read)(const struct callback_request *r, json_t *body,
                                                                       struct callback_event *out),
                                         struct callback_event *out);

/* `signatures` has, among others, PREFIX and the hex HMAC-SHA256 of `text`. */
bool callback_signed(struct str secret, struct str text, struct str signatures, const char *prefix);
/* The secret as a token: of an Authorization header (Bearer, GenieKey), X-Runbookd-Token, or the URL. */
bool callback_has_token(const struct callback_request *r, struct str secret);

extern const struct receiver_callback callback_pagerduty, callback_slack, callback_opsgenie, callback_goalert;

#endif
