/* One connection: from bytes to exchanges, a deadline for every state. */
#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/http_impl.h"
#include "io/http_tls_impl.h"

#define CONNECTION_MAGIC 0xc0994ec7u

static struct http_connection *connection_of_arg(void *arg)
{
	struct http_connection *c = arg;
	assert(c->magic == CONNECTION_MAGIC);
	return c;
}

static struct evbuffer *input(const struct http_connection *c)
{
	return bufferevent_get_input(c->bev);
}

/* ---- states ---- */

static int64_t deadline_ms(const struct http_server_limits *limits, enum http_state state)
{
	switch (state) {
	case HTTP_READING_HEAD: return limits->head_timeout_ms;
	case HTTP_BODY:
	case HTTP_SENDING: return limits->body_timeout_ms;
	case HTTP_IDLE: return limits->idle_timeout_ms;
	case HTTP_LINGERING: return HTTP_LINGER_MS;
	case HTTP_HANDLING:
	case HTTP_STREAMING:
	case HTTP_STATES: break;
	}
	return -1;
}

static void count_unsent(struct http_connection *c, size_t unsent)
{
	c->server->unsent_bytes = c->server->unsent_bytes - c->unsent + unsent;
	c->unsent = unsent;
}

/* The only place that changes a connection's state. */
static void enter_http_state(struct http_connection *c, enum http_state state)
{
	static const unsigned next[HTTP_STATES] = {
		[HTTP_READING_HEAD] = 1u << HTTP_BODY | 1u << HTTP_SENDING,
		[HTTP_BODY] = 1u << HTTP_HANDLING | 1u << HTTP_SENDING,
		[HTTP_HANDLING] = 1u << HTTP_SENDING | 1u << HTTP_STREAMING,
		[HTTP_SENDING] = 1u << HTTP_IDLE | 1u << HTTP_LINGERING,
		[HTTP_IDLE] = 1u << HTTP_READING_HEAD,
	};
	assert(next[c->state] & 1u << state);
	c->state = state;
	int64_t ms = deadline_ms(&c->server->limits, state);
	if (ms < 0)
		loop_timer_stop(c->deadline);
	else
		loop_timer_set(c->deadline, ms);
	count_unsent(c, state == HTTP_SENDING ? evbuffer_get_length(bufferevent_get_output(c->bev)) : 0);
	if (state == HTTP_HANDLING)
		http_room_stops_waiting(c);
	else
		http_room_waits(c);
	if (state == HTTP_HANDLING || state == HTTP_SENDING)
		bufferevent_disable(c->bev, EV_READ);
	else
		bufferevent_enable(c->bev, EV_READ);
}

/* ---- refusing what the handler never sees ---- */

static struct str words_of_refusal(int code)
{
	static const struct {
		int code;
		const char *why;
	} words[] = {
		{400, "not a well-formed HTTP request\n"},           {413, "the body is too large\n"},
		{401, "credentials are missing or wrong\n"},         {403, "not allowed\n"},
		{417, "only 100-continue can be expected\n"},        {431, "the request's head is too large\n"},
		{503, "too many large bodies at once, try again\n"}, {505, "HTTP/1.0 and HTTP/1.1 only\n"},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].code == code)
			return str_c(words[i].why);
	return (struct str){"", 0};
}

static void refuse_http_request(struct http_connection *c, int code)
{
	struct http_words said = {.json = {NULL, 0}};
	if (c->server->hooks.words)
		c->server->hooks.words(c->server->hooks.arg, code, &said);
	const struct http_reply_header challenge = {"WWW-Authenticate", said.challenge};
	struct http_response r = {
		.code = code, .content_type = "text/plain", .http_1_1 = true, .body = words_of_refusal(code)};
	if (said.challenge) {
		r.headers = &challenge;
		r.header_count = 1;
	}
	if (said.json.n) {
		r.body = said.json;
		r.content_type = "application/json";
	}
	if (c->server->hooks.refused)
		c->server->hooks.refused(c->server->hooks.arg, code, c->x);
	http_exchange_free(c->x);
	c->x = NULL;
	c->close = true; /* what follows on this connection is not to be trusted */
	http_response_write(c, &r);
	enter_http_state(c, HTTP_SENDING);
}

/* ---- body ---- */

static void handle(struct http_connection *c)
{
	enter_http_state(c, HTTP_HANDLING);
	c->server->pending++;
	c->server->hooks.handle(c->server->hooks.arg, c->x); /* may have replied */
}

/* Takes what belongs to the body off `in`. */
static enum http_chunks_result take_bytes(struct http_connection *c, struct str *in)
{
	struct http_exchange *x = c->x;
	if (x->head.framing == HTTP_CHUNKED)
		return http_chunks_take(&c->chunks, in, &x->body);
	if (x->head.framing == HTTP_NO_BODY)
		return HTTP_CHUNKS_DONE;
	size_t left = (size_t)x->head.length - x->body.n, n = in->n < left ? in->n : left;
	buf_add(&x->body, str_slice(*in, 0, n));
	*in = str_slice(*in, n, in->n);
	return n < left ? HTTP_CHUNKS_MORE : HTTP_CHUNKS_DONE;
}

static void count_body(struct http_connection *c, size_t more)
{
	c->server->body_bytes += more;
	if (c->x->counted_unknown)
		c->server->unknown_bytes += more;
}

/* Who holds most gives way, those without credentials first. False where that was `c`. */
static bool has_room_for_body(struct http_connection *c)
{
	struct http_server *s = c->server;

	while (s->body_bytes > (size_t)s->limits.max_bodies || s->unknown_bytes > (size_t)s->limits.max_unknown_bodies) {
		struct http_connection *greatest = http_room_greatest_body(s);
		if (!greatest)
			return true; /* what is held is being handled */
		refuse_http_request(greatest, 503);
		if (greatest == c)
			return false;
	}
	return true;
}

static void take_arrived_body(struct http_connection *c)
{
	size_t held = c->x->body.n;
	struct str in = {(char *)evbuffer_pullup(input(c), -1), evbuffer_get_length(input(c))}, rest = in;
	enum http_chunks_result result = take_bytes(c, &rest);
	evbuffer_drain(input(c), in.n - rest.n);
	count_body(c, c->x->body.n - held);
	if (!has_room_for_body(c))
		return;
	switch (result) {
	case HTTP_CHUNKS_MORE: break;
	case HTTP_CHUNKS_DONE: handle(c); break;
	case HTTP_CHUNKS_BAD: refuse_http_request(c, 400); break;
	case HTTP_CHUNKS_TOO_LONG: refuse_http_request(c, 413); break;
	}
}

/* Before any of the body is held. 0, or the status that refuses it. */
static int ask_whether_admitted(struct http_connection *c)
{
	const struct http_server_hooks *hooks = &c->server->hooks;

	c->known = !hooks->admit;
	int refused = hooks->admit ? hooks->admit(hooks->arg, c->x) : 0;
	c->x->counted_unknown = !c->known;
	return refused;
}

static void begin_request_body(struct http_connection *c)
{
	struct http_exchange *x = c->x;
	int64_t most = c->server->limits.max_body;
	int refused = ask_whether_admitted(c);
	if (refused) {
		refuse_http_request(c, refused);
		return;
	}
	if (x->max_body && x->max_body < most)
		most = x->max_body;
	if (x->head.framing == HTTP_LENGTH && x->head.length > most) {
		refuse_http_request(c, 413);
		return;
	}
	buf_init(&x->body, (size_t)(x->head.framing == HTTP_LENGTH ? x->head.length : most));
	c->chunks = (struct http_chunks){.state = HTTP_CHUNK_SIZE};
	enter_http_state(c, HTTP_BODY);
	if (x->head.expect_continue && x->head.framing != HTTP_NO_BODY && !evbuffer_get_length(input(c)))
		bufferevent_write(c->bev, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	take_arrived_body(c);
}

/* ---- head ---- */

/* Empty lines before a request are let pass (RFC 9112 2.2); the deadline bounds them. */
static void skip_empty_lines(struct http_connection *c)
{
	char two[2];
	while (!c->scanned && evbuffer_copyout(input(c), two, 2) == 2 && memcmp(two, "\r\n", 2) == 0)
		evbuffer_drain(input(c), 2);
}

static void take_head(struct http_connection *c)
{
	skip_empty_lines(c);
	struct str in = {(char *)evbuffer_pullup(input(c), -1), evbuffer_get_length(input(c))};
	size_t end = http_head_end(in, &c->scanned), most = (size_t)c->server->limits.max_head;
	if ((end ? end : in.n) > most) {
		refuse_http_request(c, 431);
		return;
	}
	if (!end)
		return;
	c->x = http_exchange_new(c);
	struct str head = arena_str(c->x->arena, str_slice(in, 0, end));
	evbuffer_drain(input(c), end);
	c->scanned = 0;
	int refused = http_head_parse(&c->x->head, c->x->arena, head);
	c->close = !c->x->head.keep_alive;
	if (refused)
		refuse_http_request(c, refused);
	else
		begin_request_body(c);
}

static void linger(struct http_connection *c)
{
	size_t n = evbuffer_get_length(input(c));
	evbuffer_drain(input(c), n);
	c->lingered += n;
	if (c->lingered > HTTP_LINGER_BYTES)
		http_connection_free(c);
}

static void advance(struct http_connection *c)
{
	if (c->state == HTTP_IDLE && evbuffer_get_length(input(c)))
		enter_http_state(c, HTTP_READING_HEAD);
	switch (c->state) {
	case HTTP_READING_HEAD: take_head(c); break;
	case HTTP_BODY: take_arrived_body(c); break;
	case HTTP_LINGERING:
	case HTTP_STREAMING: linger(c); break;
	case HTTP_HANDLING:
	case HTTP_SENDING:
	case HTTP_IDLE:
	case HTTP_STATES: break;
	}
}

/* The whole reply has gone out. */
static void flushed(struct http_connection *c)
{
	if (!c->close) {
		enter_http_state(c, HTTP_IDLE);
	} else {
		SSL *ssl = bufferevent_openssl_get_ssl(c->bev);
		if (ssl)
			SSL_shutdown(ssl); /* so that the client knows the reply for a whole one */
		shutdown(bufferevent_getfd(c->bev), SHUT_WR);
		enter_http_state(c, HTTP_LINGERING);
	}
	advance(c); /* the next request may be here already */
}

void http_connection_sent(struct http_connection *c)
{
	c->x = NULL;
	c->server->pending--;
	enter_http_state(c, HTTP_SENDING);
	if (c->broken)
		loop_timer_set(c->deadline, 0);
}

void http_connection_streams(struct http_connection *c, struct http_stream *s)
{
	c->x = NULL;
	c->stream = s;
	c->server->pending--;
	c->server->streams++;
	enter_http_state(c, HTTP_STREAMING);
}

/* ---- callbacks ---- */

static void on_read(struct bufferevent *bev, void *arg)
{
	(void)bev;
	advance(connection_of_arg(arg));
}

static void on_written(struct bufferevent *bev, void *arg)
{
	(void)bev;
	struct http_connection *c = connection_of_arg(arg);
	if (c->state == HTTP_SENDING)
		flushed(c);
}

/* The handshake is done. Only what was verified is a name. */
static void take_certificate_names(struct http_connection *c)
{
	SSL *ssl = bufferevent_openssl_get_ssl(c->bev);
	X509 *certificate = SSL_get1_peer_certificate(ssl);
	AUTOBUF struct buf names;

	buf_init(&names, HTTP_NAMES_MAX);
	if (certificate && http_tls_verifies(c->server->tls) && SSL_get_verify_result(ssl) == X509_V_OK)
		http_tls_names(certificate, &names);
	X509_free(certificate);
	free(c->names);
	c->names = names.n ? buf_take(&names) : NULL;
}

/* End of file, or an error. */
static void on_connection_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	struct http_connection *c = connection_of_arg(arg);
	if (what & BEV_EVENT_CONNECTED) {
		take_certificate_names(c);
		return;
	}
	ERR_clear_error();
	if (c->state == HTTP_HANDLING)
		c->broken = true; /* a "100 Continue" did not go out; the handler has the exchange still */
	else
		http_connection_free(c);
}

/* No 408 for a request that is cut: Alertmanager gives a 408 up, but tries again after a lost connection. */
static void on_deadline(void *arg)
{
	http_connection_free(connection_of_arg(arg));
}

/* ---- life ---- */

/* The deadline of the first head is that of the handshake, too. What does not leave this machine needs no TLS. */
static struct bufferevent *new_bufferevent(struct http_server *s, int fd, bool local)
{
	struct event_base *base = loop_base(s->loop);
	bool tls = s->tls && !local;
	struct bufferevent *bev = tls ? bufferevent_openssl_socket_new(base, fd, http_tls_connection(s->tls),
	                                                               BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE)
	                              : bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!bev)
		abort();
	if (tls)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1); /* requests and bodies have lengths of their own */
	return bev;
}

/* Who is at the other end, and with whom he is counted as one. */
static void take_peer(struct http_connection *c, int fd, const struct sockaddr *peer)
{
	char bytes[ADDRESS_BLOCK_MAX];
	struct str key = address_block(peer, bytes);

	address_format(peer, c->peer);
	c->loopback = address_is_loopback(peer);
	c->has_address = address_ipv6(peer, &c->address);
	c->has_account = peer->sa_family == AF_UNIX && local_socket_peer(fd, &c->account);
	if (peer->sa_family == AF_UNIX)
		snprintf(c->peer, sizeof c->peer, c->has_account ? "unix:uid=%u" : "unix", (unsigned)c->account);
	c->block = http_block_join(c->server, c->has_account ? str_c(c->peer) : key);
}

struct http_connection *http_connection_new(struct http_server *s, int fd, const struct sockaddr *peer)
{
	struct bufferevent *bev = new_bufferevent(s, fd, peer->sa_family == AF_UNIX);
	const int on = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* or the tail of a large reply waits 40 ms for an ACK */
	struct http_connection *c = mem_zero(sizeof *c);
	*c = (struct http_connection){.magic = CONNECTION_MAGIC, .server = s, .bev = bev, .state = HTTP_READING_HEAD};
	take_peer(c, fd, peer);
	http_room_waits(c);
	c->deadline = loop_timer_new(s->loop, on_deadline, c);
	loop_timer_set(c->deadline, s->limits.head_timeout_ms);
	c->next = s->connections;
	if (c->next)
		c->next->prev = c;
	s->connections = c;
	s->connection_count++;
	bufferevent_setcb(bev, on_read, on_written, on_connection_event, c);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	return c;
}

void http_connection_free(struct http_connection *c)
{
	struct http_server *s = c->server;
	if (c->state == HTTP_HANDLING)
		c->x->connection = NULL; /* the server is going; the handler has the exchange still */
	else
		http_exchange_free(c->x);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->connections = c->next;
	if (c->next)
		c->next->prev = c->prev;
	s->connection_count--;
	s->streams -= c->state == HTTP_STREAMING;
	http_stream_cut(c->stream);
	http_block_leave(c);
	count_unsent(c, 0);
	loop_timer_free(c->deadline);
	bufferevent_free(c->bev);
	free(c->names);
	c->magic = 0;
	free(c);
	http_server_may_accept(s);
}
