/*
 * One request of runbookctl to the daemon's API, and its answer.
 */
#ifndef CTL_REMOTE_H
#define CTL_REMOTE_H

#include <jansson.h>

#include "base/buf.h"
#include "ctl/cmd.h"

#define REMOTE_TIMEOUT_MS 30000

/*
 * "data" of the envelope, owned by the caller; NULL after an error, which has been printed. `path` begins with '/'.
 * `body` is sent as JSON with POST; a view with p NULL makes it a GET.
 */
json_t *remote_call(struct ctl *c, const char *path, struct str body);
/* The same of another daemon; `base` is its URL without a '/' at the end. */
json_t *remote_call_at(struct ctl *c, const char *base, const char *path, struct str body);
/* The body as it is. False after an error, which has been printed. */
bool remote_fetch(struct ctl *c, const char *base, const char *path, struct buf *out);

/* Builds "?name=value&…", percent-encoded; empty values are left out. */
void remote_query_add(struct buf *path, const char *name, struct str value);
/* One path segment, percent-encoded. */
void remote_segment_add(struct buf *path, struct str segment);

#endif
