/* Bytes off a socket: a head that is accepted frames its body in one way only; a chunked body comes out no longer than it was. */
#include <stdint.h>
#include <stdlib.h>

#include "io/http_chunks.h"
#include "io/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 4096

static size_t count_headers(const struct http_head *h, struct str name)
{
	size_t n = 0;
	for (size_t i = 0; i < h->count; i++)
		n += str_eq_nocase(h->fields[i].name, name);
	return n;
}

static void check_framing(const struct http_head *h)
{
	size_t framings = count_headers(h, STR("Content-Length")) + count_headers(h, STR("Transfer-Encoding"));
	if (framings > 1 || (framings == 1) == (h->framing == HTTP_NO_BODY))
		abort();
	if (h->length < 0 || (h->http_1_1 && count_headers(h, STR("Host")) != 1))
		abort();
	for (size_t i = 0; i < h->count; i++)
		if (!h->fields[i].name.n || str_index(h->fields[i].value, '\n') >= 0 ||
		    str_index(h->fields[i].value, '\0') >= 0)
			abort();
}

/* In two pieces, as a socket might hand it over: the result must not depend on where it was cut. */
static void check_chunks(struct str in, size_t cut)
{
	AUTOBUF struct buf whole, pieces;
	buf_init(&whole, BODY_MAX);
	buf_init(&pieces, BODY_MAX);
	struct http_chunks a = {.state = HTTP_CHUNK_SIZE}, b = {.state = HTTP_CHUNK_SIZE};
	struct str all = in, first = str_slice(in, 0, cut);
	enum http_chunks_result once = http_chunks_take(&a, &all, &whole), twice = http_chunks_take(&b, &first, &pieces);
	if (whole.n > in.n)
		abort();
	if (twice == HTTP_CHUNKS_MORE) {
		struct str rest = str_slice(in, cut - first.n, in.n);
		twice = http_chunks_take(&b, &rest, &pieces);
	}
	if (once != twice || (once == HTTP_CHUNKS_DONE && !str_eq(buf_str(&whole), buf_str(&pieces))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = {(const char *)data, size};
	AUTOARENA struct arena *arena = arena_new();
	struct http_head h;
	size_t scanned = 0, end = http_head_end(in, &scanned);
	if (end > in.n)
		abort();
	if (end && http_head_parse(&h, arena, str_slice(in, 0, end)) == 0)
		check_framing(&h);
	struct str body = str_slice(in, end, in.n);
	check_chunks(body, body.n / 2);
	return 0;
}
