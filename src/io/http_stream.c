/* A reply without an end: a connection that only we write to, until either side closes it. */
#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>

#include "io/http_impl.h"

#define STREAM_MAGIC 0x57e4a3c1u

struct http_stream {
	unsigned magic;
	struct http_connection *connection; /* it owns the stream */
	void (*gone)(void *arg);
	void *arg;
};

static struct http_stream *stream_new(struct http_connection *c, void (*gone)(void *arg), void *arg)
{
	struct http_stream *s = mem_zero(sizeof *s);
	*s = (struct http_stream){.magic = STREAM_MAGIC, .connection = c, .gone = gone, .arg = arg};
	return s;
}

struct http_stream *http_stream_begin(struct http_exchange *x, const char *content_type,
                                      const struct http_reply_header *headers, size_t header_count,
                                      void (*gone)(void *arg), void *arg)
{
	struct http_connection *c = x->connection;
	if (!c || c->broken || c->server->stopped) {
		http_reply(x, 503, "text/plain", STR("shutting down\n"), NULL, 0);
		return NULL;
	}
	assert(c->state == HTTP_HANDLING && c->x == x);
	const struct http_response r = {.code = 200,
	                                .content_type = content_type,
	                                .headers = headers,
	                                .header_count = header_count,
	                                .http_1_1 = true,
	                                .endless = true};
	struct http_stream *s = stream_new(c, gone, arg);
	c->close = true;
	http_response_write(c, &r);
	http_connection_streams(c, s);
	http_exchange_free(x);
	return s;
}

bool http_stream_write(struct http_stream *s, struct str bytes)
{
	assert(s->magic == STREAM_MAGIC);
	struct bufferevent *bev = s->connection->bev;
	if (evbuffer_get_length(bufferevent_get_output(bev)) + bytes.n > HTTP_STREAM_UNSENT_MAX)
		return false;
	bufferevent_write(bev, bytes.p, bytes.n);
	return true;
}

void http_stream_end(struct http_stream *s)
{
	assert(s->magic == STREAM_MAGIC);
	s->gone = NULL;
	http_connection_free(s->connection);
}

void http_stream_cut(struct http_stream *s)
{
	if (!s)
		return;
	if (s->gone)
		s->gone(s->arg);
	s->magic = 0;
	free(s);
}
