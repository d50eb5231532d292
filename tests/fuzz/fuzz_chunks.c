/*
 * A chunked body, as whole as it comes and byte by byte: the same answer and the same bytes, never more than the limit. So no
 * two readers of one request can be made of how its packets were cut.
 */
#include <stdint.h>

#include "io/http_chunks.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 4096
#define INPUT_MAX 8192

static enum http_chunks_result read_in_pieces(struct str all, size_t piece, struct buf *body, size_t *used)
{
	struct http_chunks c = {.state = HTTP_CHUNK_SIZE};
	enum http_chunks_result result = HTTP_CHUNKS_MORE;
	size_t taken = 0, shown = 0;

	buf_init(body, BODY_MAX);
	while (result == HTTP_CHUNKS_MORE && shown < all.n) {
		shown = shown + piece < all.n ? shown + piece : all.n;
		struct str in = str_slice(all, taken, shown);
		result = http_chunks_take(&c, &in, body);
		must(in.p >= all.p + taken && in.p + in.n == all.p + shown);
		taken = shown - in.n;
	}
	*used = taken;
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = {1, 2, 7};
	struct str all = {(const char *)data, size < INPUT_MAX ? size : INPUT_MAX};
	AUTOBUF struct buf whole;
	size_t used;
	enum http_chunks_result result = read_in_pieces(all, all.n ? all.n : 1, &whole, &used);

	must(whole.n <= BODY_MAX);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		AUTOBUF struct buf part;
		size_t part_used;
		must(read_in_pieces(all, pieces[i], &part, &part_used) == result);
		if (result == HTTP_CHUNKS_DONE || result == HTTP_CHUNKS_MORE)
			must(str_eq(buf_str(&part), buf_str(&whole)) && part_used == used);
	}
	return 0;
}
