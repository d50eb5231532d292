/*
 * Decodes a chunked body (RFC 9112 7.1) as it comes in, strictly: CRLF only, at most 16 hex digits, no control
 * characters in extensions; trailers must be header lines, and are dropped. Pure.
 */
#ifndef IO_HTTP_CHUNKS_H
#define IO_HTTP_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* A chunk's size line with its extensions, and the trailers all together. */
#define HTTP_CHUNK_LINE_MAX 1024
#define HTTP_TRAILERS_MAX (16 * 1024)

enum http_chunks_result { HTTP_CHUNKS_MORE, HTTP_CHUNKS_DONE, HTTP_CHUNKS_BAD, HTTP_CHUNKS_TOO_LONG };

struct http_chunks {
	enum { HTTP_CHUNK_SIZE, HTTP_CHUNK_DATA, HTTP_CHUNK_END, HTTP_CHUNK_TRAILER } state;
	int64_t left;    /* of this chunk's data */
	size_t trailers; /* bytes so far */
};

/*
 * Takes what it can off `in` and appends the data to `body`, whose ceiling is the limit. What it leaves in `in` on MORE
 * is an unfinished line: to be offered again with more behind it.
 */
enum http_chunks_result http_chunks_take(struct http_chunks *c, struct str *in, struct buf *body);

#endif
