/*
 * What the kinds share: headers, secrets and bodies of a request. Private to the receivers.
 */
#ifndef RECEIVERS_REQUEST_H
#define RECEIVERS_REQUEST_H

#include <jansson.h>

#include "receivers/receiver.h"

#define REQUEST_HEADERS_MAX 64

/* Adds "NAME: value". What a header may not carry (CR, LF, NUL and other control characters) becomes a blank. */
void request_header(struct receiver_request *r, const char *name, struct str value);
/* The empty view when it was not handed in. */
struct str request_secret(const struct receiver_build *in, const char *option);

/*
 * The JSON of `root` in `arena`, at most RECEIVER_BODY_MAX bytes: where it would be more, the strings of each of `cuts`
 * (objects inside `root`, changed in place) are shortened with a mark, further and further, and at last left out.
 * False when even that does not help.
 */
bool request_json(struct arena *arena, json_t *root, json_t *const *cuts, size_t cut_count, struct str *out);

/* "HTTP 404 Not Found" */
struct str request_status_text(struct arena *arena, int status);
/* A view of what a URL names as its host, without brackets and port; empty when it has none. */
struct str request_url_host(struct str url);

extern const struct receiver_kind receiver_pagerduty;
extern const struct receiver_kind receiver_webhook;

#endif
