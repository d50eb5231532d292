/*
 * What the rooms of the HTTP server share. A server has connections; a connection has at most one exchange, from the
 * end of a request's head to http_reply().
 *
 *     HEAD -> BODY -> HANDLING -> SENDING -> IDLE -> HEAD …
 *                                 SENDING -> LINGERING (the connection is to be closed)
 *                     HANDLING -> STREAMING (a reply without an end)
 *
 * Nothing is read while a request is being handled or answered, so input never piles up, and replies keep their order.
 */
#ifndef IO_HTTP_IMPL_H
#define IO_HTTP_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/address.h"
#include "io/http_chunks.h"
#include "io/http_head.h"
#include "io/http_server.h"
#include "io/local_socket.h"
#include "io/loop.h"

struct bufferevent;
struct evconnlistener;
struct sockaddr;

/*
 * A connection that we close is read on for so long, and so much is thrown away: closing with unread bytes makes the
 * kernel reset the connection, and the client loses the reply that says why.
 */
#define HTTP_LINGER_MS 5000
#define HTTP_LINGER_BYTES ((size_t)64 * 1024 * 1024)
#define HTTP_LISTENERS_MAX 16

/* Descriptors that no client gets: for receivers, the store, the journal and files of the configuration. */
#define HTTP_DESCRIPTORS_KEPT 256

TAILQ_HEAD(http_waiting, http_connection);

/* In this order connections of one block give way (http_room.c). */
enum http_rank { HTTP_RANK_UNKNOWN, HTTP_RANK_KNOWN, HTTP_RANK_STREAM, HTTP_RANKS };

/* Who is connected from one IPv4 address, from one /64 of IPv6, or as one user of this machine. */
struct http_block {
	struct str key; /* into `bytes` */
	char bytes[ADDRESS_BLOCK_MAX];
	int count;
	struct http_waiting waiting[HTTP_RANKS]; /* longest first */
};

struct http_server {
	unsigned magic;
	struct loop *loop;
	struct http_server_limits limits;
	struct http_server_hooks hooks;
	struct evconnlistener *listeners[HTTP_LISTENERS_MAX];
	struct local_socket sockets[HTTP_LISTENERS_MAX]; /* of those listeners that have one */
	size_t listener_count;
	bool accepting; /* the listeners are enabled */
	bool stopped;
	const struct http_reply_header *headers; /* of every reply */
	size_t header_count;
	struct http_tls *tls;     /* NULL: plain HTTP; borrowed */
	struct loop_timer *pause; /* runs while descriptors are short */
	struct loop_timer *look;  /* runs while nobody can give way: somebody may by and by */
	struct http_connection *connections;
	struct map *blocks; /* address block -> struct http_block */
	int connection_count, pending, streams;
	int most_connections, most_of_block; /* from the limits and the descriptors there are */
	size_t body_bytes, unknown_bytes;    /* the latter: of requests without credentials so far */
	size_t unsent_bytes;                 /* of replies, as long as the whole reply is not out */
	uint64_t gave_way;
	int64_t said_short_at;
};

enum http_state {
	HTTP_READING_HEAD,
	HTTP_BODY,
	HTTP_HANDLING,
	HTTP_SENDING,
	HTTP_IDLE,
	HTTP_LINGERING,
	HTTP_STREAMING,
	HTTP_STATES
};

struct http_connection {
	unsigned magic;
	struct http_server *server;
	struct http_connection *prev, *next;
	struct bufferevent *bev;
	struct loop_timer *deadline; /* absolute, of the present state */
	enum http_state state;
	size_t scanned;             /* of the head */
	struct http_exchange *x;    /* HTTP_BODY, HTTP_HANDLING */
	struct http_stream *stream; /* HTTP_STREAMING */
	struct http_block *block;
	TAILQ_ENTRY(http_connection) in_block; /* while `waits` */
	bool waits;                            /* it may give way: we wait for the client, or stream */
	enum http_rank rank;                   /* the list it stands in */
	bool known;                            /* its last request had credentials */
	int64_t waiting_since;
	struct http_chunks chunks;
	bool close;      /* after the reply */
	bool broken;     /* while handling */
	size_t lingered; /* bytes thrown away, since it lingers or streams */
	size_t unsent;   /* of this reply, among the server's unsent_bytes */
	bool loopback;
	bool has_address;
	struct in6_addr address; /* IPv4 mapped */
	bool has_account;        /* it came by a unix socket */
	uid_t account;
	char *names; /* of its verified certificate, a line each; NULL: none */
	char peer[ADDRESS_MAX];
};

struct http_exchange {
	unsigned magic;
	struct http_connection *connection; /* NULL: the server has been freed meanwhile */
	struct arena *arena;
	struct http_head head;
	struct buf body;
	void (*on_end)(void *arg); /* may be NULL */
	void *on_end_arg;
	int64_t max_body;     /* 0: the server's */
	bool counted_unknown; /* its body is among unknown_bytes */
	bool loopback, has_account;
	uid_t account;
	struct str names, user;
	unsigned rights;
	char peer[ADDRESS_MAX];
};

/* http_server.c */
void http_server_may_accept(struct http_server *s); /* enables or disables the listeners, as things are */

/* http_room.c */
struct http_block *http_block_join(struct http_server *s, struct str key);
void http_block_leave(struct http_connection *c);
void http_room_waits(struct http_connection *c); /* from now on it may have to give way */
void http_room_stops_waiting(struct http_connection *c);
bool http_room_can_be_made(const struct http_server *s);
void http_room_after_accept(struct http_server *s, struct http_block *b); /* may close somebody else */
bool http_room_descriptors(struct http_server *s);                        /* closes some; false: nobody gave way */
void http_room_set_limits(struct http_server *s);
/* Whose body is being read and is the largest, those without credentials first; NULL: nobody's. */
struct http_connection *http_room_greatest_body(const struct http_server *s);

/* http_connection.c */
struct http_connection *http_connection_new(struct http_server *s, int fd, const struct sockaddr *peer);
void http_connection_free(struct http_connection *c);
void http_connection_sent(struct http_connection *c);                           /* the reply is in the output buffer */
void http_connection_streams(struct http_connection *c, struct http_stream *s); /* its head is */

/* http_exchange.c */
struct http_exchange *http_exchange_new(struct http_connection *c);
void http_exchange_free(struct http_exchange *x);

/* http_stream.c: its connection is being freed. NULL is fine. */
void http_stream_cut(struct http_stream *s);

/* http_response.c */
struct http_response {
	int code;
	const char *content_type;
	struct str before, body, after; /* one text */
	const struct http_reply_header *headers;
	size_t header_count;
	bool head_only, http_1_1;
	bool endless; /* what follows the head has no length: the connection's end is its end */
};
/* Queues it; `c->close` says whether the connection ends with it. */
void http_response_write(struct http_connection *c, const struct http_response *r);

#endif
