/*
 * What a request asks for: its target (RFC 9112 3.2) and the name of the host it asks. A target or a host that two
 * readers could read differently is refused. Pure.
 */
#ifndef IO_HTTP_TARGET_H
#define IO_HTTP_TARGET_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

struct http_target {
	struct str authority; /* of http://HOST:PORT/…; empty where the target is a path alone */
	struct str path;      /* decoded but for %2F and %25, so that segments can still be told apart */
	struct str query;     /* as it came, without the '?' */
};

/* "/path?query", "http://host/path", "*"; false for anything else, for a fragment, and for a % without two hex digits. */
bool http_target_parse(struct http_target *t, struct arena *arena, struct str text);
/* HOST or HOST:PORT: a name, an IPv4 address, an IPv6 address in brackets. No user, no list, no blank. */
bool http_authority_valid(struct str s);

#endif
