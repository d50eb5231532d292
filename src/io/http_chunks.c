/* Takes chunks apart as bytes come in. */
#include "io/http_chunks.h"

#include "base/ascii.h"
#include "io/http_head.h"

/* MORE when the line is not complete yet. DONE: `line` has it without its CRLF. */
static enum http_chunks_result take_chunk_line(struct str *in, struct str *line)
{
	ptrdiff_t lf = str_index(*in, '\n');
	if (lf < 0)
		return in->n > HTTP_CHUNK_LINE_MAX ? HTTP_CHUNKS_BAD : HTTP_CHUNKS_MORE;
	if (lf < 1 || lf > HTTP_CHUNK_LINE_MAX || in->p[lf - 1] != '\r')
		return HTTP_CHUNKS_BAD;
	*line = str_slice(*in, 0, (size_t)lf - 1);
	*in = str_slice(*in, (size_t)lf + 1, in->n);
	return HTTP_CHUNKS_DONE;
}

/* "1a" or "1a;extension"; a blank before the ';' is tolerated by many and refused here. */
static enum http_chunks_result parse_chunk_size(struct str line, int64_t *size)
{
	size_t i = 0;
	*size = 0;
	for (; i < line.n && ascii_hex_value(line.p[i]) >= 0; i++) {
		if (i == 15)
			return HTTP_CHUNKS_BAD;
		*size = *size * 16 + ascii_hex_value(line.p[i]);
	}
	struct str extensions = str_slice(line, i, line.n);
	if (i == 0 || (extensions.n && extensions.p[0] != ';') || !http_is_text(extensions, true))
		return HTTP_CHUNKS_BAD;
	return HTTP_CHUNKS_DONE;
}

static enum http_chunks_result take_size(struct http_chunks *c, struct str *in, struct buf *body)
{
	struct str line;
	enum http_chunks_result r = take_chunk_line(in, &line);
	if (r == HTTP_CHUNKS_DONE)
		r = parse_chunk_size(line, &c->left);
	if (r != HTTP_CHUNKS_DONE)
		return r;
	if (c->left > (int64_t)(body->ceiling - body->n))
		return HTTP_CHUNKS_TOO_LONG;
	c->state = c->left ? HTTP_CHUNK_DATA : HTTP_CHUNK_TRAILER;
	return HTTP_CHUNKS_DONE;
}

static enum http_chunks_result take_data(struct http_chunks *c, struct str *in, struct buf *body)
{
	size_t n = (int64_t)in->n < c->left ? in->n : (size_t)c->left;
	buf_add(body, str_slice(*in, 0, n));
	*in = str_slice(*in, n, in->n);
	c->left -= (int64_t)n;
	if (c->left)
		return HTTP_CHUNKS_MORE;
	c->state = HTTP_CHUNK_END;
	return HTTP_CHUNKS_DONE;
}

static enum http_chunks_result take_end(struct http_chunks *c, struct str *in)
{
	struct str line;
	enum http_chunks_result r = take_chunk_line(in, &line);
	if (r != HTTP_CHUNKS_DONE)
		return r;
	c->state = HTTP_CHUNK_SIZE;
	return line.n ? HTTP_CHUNKS_BAD : HTTP_CHUNKS_DONE;
}

/* What frames a message or says whom it is for cannot stand behind it (RFC 9110 6.5.1). */
static bool may_trail(struct str line)
{
	static const char *const never[] = {"Content-Length", "Transfer-Encoding", "Host", "Trailer"};
	struct http_field f;

	if (!http_field_parse(line, &f))
		return false;
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (str_eq_nocase(f.name, str_c(never[i])))
			return false;
	return true;
}

/* One trailer; `*last` when it was the empty line. */
static enum http_chunks_result take_trailer(struct http_chunks *c, struct str *in, bool *last)
{
	struct str line = {NULL, 0};
	enum http_chunks_result r = take_chunk_line(in, &line);
	if (r != HTTP_CHUNKS_DONE)
		return r;
	*last = line.n == 0;
	if (!*last && !may_trail(line))
		return HTTP_CHUNKS_BAD;
	c->trailers += line.n + 2;
	return c->trailers > HTTP_TRAILERS_MAX ? HTTP_CHUNKS_BAD : HTTP_CHUNKS_DONE;
}

enum http_chunks_result http_chunks_take(struct http_chunks *c, struct str *in, struct buf *body)
{
	enum http_chunks_result r = HTTP_CHUNKS_DONE;
	bool last = false;
	while (r == HTTP_CHUNKS_DONE && !last) {
		switch (c->state) {
		case HTTP_CHUNK_SIZE: r = take_size(c, in, body); break;
		case HTTP_CHUNK_DATA: r = take_data(c, in, body); break;
		case HTTP_CHUNK_END: r = take_end(c, in); break;
		case HTTP_CHUNK_TRAILER: r = take_trailer(c, in, &last); break;
		}
	}
	return r;
}
