/*
 * What the webhook path asks of a sender where webhook.auth is configured: a bearer token out of a file with one per
 * line, or a signature as runbookd's own webhook receiver makes it,
 *
 *     X-Runbookd-Timestamp: 1700000000            (seconds since 1970)
 *     X-Runbookd-Signature: v1=<hex HMAC-SHA256 of timestamp + ":" + body>[,v1=…]
 *
 * Where both are configured either will do. The files are read when used, so a rotated secret needs no reload.
 */
#ifndef WEB_WEBHOOK_AUTH_H
#define WEB_WEBHOOK_AUTH_H

#include "config/config.h"
#include "io/http_server.h"

#define WEBHOOK_SIGNATURE_AGE (5 * TIME_MINUTE) /* a signed request older or newer than this is refused: a replay */

enum webhook_auth_result {
	WEBHOOK_AUTH_OK,
	WEBHOOK_AUTH_REFUSED,
	WEBHOOK_AUTH_BROKEN, /* the secret file cannot be read: the sender is to try again; a line in `err` */
};
/* Whether the Authorization header has one of the tokens in `file`. */
enum webhook_auth_result webhook_auth_token(struct str file, const struct http_exchange *x, struct err *err);
/* Whether the body, once it is there, may show a good signature. */
bool webhook_auth_may_be_signed(const struct config *c, const struct http_exchange *x, int64_t now_ms);
enum webhook_auth_result webhook_auth_signed(const struct config *c, const struct http_exchange *x, int64_t now_ms,
                                             struct err *err);

bool webhook_auth_asks(const struct config *c); /* whether anything is asked of a sender */

/* `header` is the value of Authorization, `tokens` the file's text; blank lines and # comments name no token. */
bool webhook_auth_bearer(struct str header, struct str tokens);
/* `secrets` is the file's text, one in force on each line. */
bool webhook_auth_signature(struct str secrets, struct str timestamp, struct str signature, struct str body,
                            int64_t now_ms);

#endif
