/*
 * An HTTP/1.1 server on bufferevents, with what evhttp lacks and cannot be taught from outside, as it has parsed before
 * anybody is asked: an absolute deadline for a request's head and body, caps on connections in all and by address (the
 * longest idle gives way; the listener pauses only while all are busy), descriptors kept for the rest of the program, strict framing (two Content-Length headers, a sign in
 * one, an unknown Transfer-Encoding, both together, no Host under HTTP/1.1, NUL or blanks in header names are answered
 * 400 and the connection is closed), a body that is refused before it is held, TCP_NODELAY.
 */
#ifndef IO_HTTP_SERVER_H
#define IO_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "io/loop.h"

struct http_server;
struct http_tls;
struct http_exchange; /* one request and its reply; stays valid until http_reply(), however long that takes */

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_OPTIONS, HTTP_OTHER };

#define HTTP_BODY_DEFAULT (16 * 1024 * 1024)
#define HTTP_BODIES_DEFAULT (512 * 1024 * 1024)
#define HTTP_CONNECTIONS_DEFAULT 4096

struct http_server_limits {     /* 0: the default */
	int64_t max_body;           /* bytes; beyond: 413 and the connection is closed */
	int64_t max_head;           /* bytes of request line and headers; default 64 KiB */
	int64_t max_bodies;         /* bytes of all bodies held at one time; beyond: 503 and the connection is closed */
	int64_t max_unknown_bodies; /* of those without credentials so far (see admit); default a quarter of max_bodies */
	int max_connections; /* fewer where descriptors are short; beyond, who has kept us waiting longest is closed */
	int max_connections_per_address; /* the same for one IPv4 address or IPv6 /64; default three quarters */
	int64_t head_timeout_ms; /* absolute, from the first byte (or accept) to the end of the headers; default 10 s */
	int64_t body_timeout_ms; /* absolute, for the body; default 60 s */
	int64_t idle_timeout_ms; /* between requests of a kept connection; default 5 min */
};

struct http_words {
	struct str json;       /* empty: a plain line */
	const char *challenge; /* WWW-Authenticate; NULL: none */
};

struct http_server_hooks {
	void (*handle)(void *arg, struct http_exchange *x); /* must lead to exactly one http_reply(), now or later */
	void *arg;
	/*
	 * Asked when the head is there, before any of the body is: 0 goes on, else the status that refuses it (401, 403, 503).
	 * Calls http_admit() where credentials were found; where only the body can show them, it may come as far as
	 * max_unknown_bodies goes. NULL: everybody is admitted.
	 */
	int (*admit)(void *arg, struct http_exchange *x);
	void (*words)(void *arg, int code, struct http_words *out); /* how it is refused; may be NULL */
	/*
	 * A request was answered with this status (400, 413, 417, 431, 503, 505, what admit said) without a handler; may be
	 * NULL. `x` is NULL where the head was too long, its path empty where the head was not understood.
	 */
	void (*refused)(void *arg, int code, struct http_exchange *x);
};

struct http_server *http_server_new(struct loop *l, const struct http_server_limits *limits,
                                    const struct http_server_hooks *hooks);
/* Connections from now on speak TLS. `tls` is borrowed. */
void http_server_set_tls(struct http_server *s, struct http_tls *tls);
/* Headers of every reply that does not say them itself. Borrowed until they are set anew. */
struct http_reply_header;
void http_server_set_headers(struct http_server *s, const struct http_reply_header *headers, size_t count);
void http_server_set_limits(struct http_server *s, const struct http_server_limits *limits);
#define HTTP_BOUND_MAX 128
/*
 * "127.0.0.1:9195", "[::1]:9195", ":9195" (every address), port 0 picks one; "unix:/run/runbookd.sock", which speaks no TLS.
 * May be called several times. `bound` gets ADDRESS:PORT as it is.
 */
bool http_server_listen(struct http_server *s, const char *address, char bound[HTTP_BOUND_MAX], struct err *err);
/* Also closes idle connections; the others end with their next reply. */
void http_server_stop_accepting(struct http_server *s);
int http_server_connections(const struct http_server *s);
size_t http_server_unsent(const struct http_server *s); /* bytes of replies that clients have not taken yet */
uint64_t
http_server_gave_way(const struct http_server *s);    /* connections closed so far because others needed the room */
int http_server_pending(const struct http_server *s); /* exchanges not yet replied to */
int http_server_streams(const struct http_server *s); /* replies without an end (http_stream_begin) */
/* Closes everything. Exchanges not yet replied to stay valid: their http_reply() only frees them. */
void http_server_free(struct http_server *s);

void http_admit(struct http_exchange *x); /* its sender has credentials: it has right of way */
bool http_admitted(const struct http_exchange *x);
void http_limit_body(struct http_exchange *x,
                     int64_t most); /* in admit: a lower ceiling than max_body, for this request */
enum http_method http_method(const struct http_exchange *x);
/* Without the query; may not be valid UTF-8. Percent-decoded but for %2F and %25: divide it first, then decode a segment. */
struct str http_path(const struct http_exchange *x);
struct str http_segment(struct http_exchange *x, struct str segment); /* %2F and %25 decoded; lives as long as `x` */
struct str http_host(const struct http_exchange *x); /* HOST[:PORT] that was asked, well-formed, or empty */
/* A query parameter, decoded; false when absent. `nth` counts repeated ones from 0. The view lives as long as the exchange. */
bool http_query(struct http_exchange *x, const char *name, size_t nth, struct str *value);
struct str http_header(const struct http_exchange *x, const char *name); /* empty when absent */
struct str http_body(const struct http_exchange *x);
bool http_from_loopback(const struct http_exchange *x); /* the peer's address is 127.0.0.0/8 or ::1 */
/* Who is counted as one with the peer: an IPv4 address or an IPv6 /64, in bytes. Lives as long as the connection. */
struct str http_block(const struct http_exchange *x);
struct in6_addr;
bool http_peer_address(const struct http_exchange *x, struct in6_addr *out); /* IPv4 is mapped; false: it has none */
/* The user of a process of this machine that has connected by a unix socket; false: it came otherwise. */
bool http_peer_account(const struct http_exchange *x, uid_t *out);
struct str http_certificate_names(const struct http_exchange *x); /* verified ones, a line each; empty: none */
/* Who asks, as the handler found out: kept with the exchange. Empty until it is set. */
void http_set_user(struct http_exchange *x, struct str user);
struct str http_user(const struct http_exchange *x);
const char *http_peer(const struct http_exchange *x); /* ADDRESS:PORT, or unix:uid=N */

/* What he may: bits of the handler's own making, kept with the exchange. 0 until they are set. */
void http_set_rights(struct http_exchange *x, unsigned rights);
unsigned http_rights(const struct http_exchange *x);

/* `run` is called once, when the exchange has ended, replied to or not. One of them an exchange. */
void http_on_end(struct http_exchange *x, void (*run)(void *arg), void *arg);

struct http_reply_header {
	const char *name, *value;
};
/* Ends the exchange (`x` is gone). A peer that has left is no error: the reply is dropped. */
void http_reply(struct http_exchange *x, int code, const char *content_type, struct str body,
                const struct http_reply_header *headers, size_t header_count);
/* The same with a body in three parts: a large one need not be copied to get its envelope. */
void http_reply_enclosed(struct http_exchange *x, int code, const char *content_type, struct str before,
                         struct str body, struct str after);

/*
 * A reply without an end (server-sent events): the head goes out at once, what is written follows as it comes. How many
 * there are is for the caller to bound.
 */
#define HTTP_STREAM_UNSENT_MAX ((size_t)256 * 1024) /* bytes that a client has not taken yet */
struct http_stream;
/*
 * Ends the exchange (`x` is gone). `gone` is called once, when the client has left or the server stops; the stream is gone
 * then. NULL, and no call of `gone`, where it has left already, or the server is stopping.
 */
struct http_stream *http_stream_begin(struct http_exchange *x, const char *content_type,
                                      const struct http_reply_header *headers, size_t header_count,
                                      void (*gone)(void *arg), void *arg);
/* False where the client has not taken what was written before: nothing was written, and it is to be ended. */
bool http_stream_write(struct http_stream *s, struct str bytes);
/* Closes the connection; `gone` is not called. */
void http_stream_end(struct http_stream *s);

#endif
