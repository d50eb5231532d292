/*
 * The head of an HTTP/1 request, parsed strictly (RFC 9112): where two readers could disagree on where a request ends,
 * it is refused, so nothing can be smuggled behind it. Pure: bytes in, a struct or a status code out.
 */
#ifndef IO_HTTP_HEAD_H
#define IO_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "io/http_server.h"

#define HTTP_HEADERS_MAX 128

struct http_field {
	struct str name, value;
};

enum http_framing { HTTP_NO_BODY, HTTP_LENGTH, HTTP_CHUNKED };

struct http_head {
	enum http_method method;
	bool http_1_1;
	struct str authority; /* HOST[:PORT] that is asked: of the target, else of Host; may be empty */
	struct str path;      /* see http_target.h */
	struct str query;     /* as it came, without the '?' */
	struct http_field *fields;
	size_t count, capacity;
	enum http_framing framing;
	int64_t length; /* HTTP_LENGTH */
	bool keep_alive;
	bool expect_continue;
};

/*
 * How many bytes of `in` are the head, with the empty line that ends it; 0 when its end is not there yet. `*scanned` is
 * where to look on from, 0 at first. A bare LF counts as an end of line here, so that http_head_parse() can refuse it.
 */
size_t http_head_end(struct str in, size_t *scanned);
/* 0, or the status to refuse it with: 400, 417, 431, 505. Views point into `bytes` or the arena. */
int http_head_parse(struct http_head *h, struct arena *arena, struct str bytes);
/* The value of the first field of this name; empty when absent. */
struct str http_head_get(const struct http_head *h, struct str name);

bool http_is_token(struct str s);
/* No control characters but, with `blanks`, the tab; blanks only with `blanks`. */
bool http_is_text(struct str s, bool blanks);
/* "Name: value", a header or a trailer; false where it is none. */
bool http_field_parse(struct str line, struct http_field *f);

/* %41 becomes A (and, with `form`, + a blank); a % that two hex digits do not follow stays as it is. */
struct str http_decode(struct arena *arena, struct str s, bool form);

#endif
