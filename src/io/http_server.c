/* Listening: sockets, the cap on connections, the pause when descriptors run out. */
#include "io/http_server.h"

#include <assert.h>
#include <errno.h>
#include <event2/listener.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "io/http_impl.h"

#define SERVER_MAGIC 0x5e47e41eu
#define ACCEPT_PAUSE_MS 500
#define ACCEPT_LOOK_MS 100 /* how often it is looked whether somebody can give way by now */
#define BACKLOG 1024

static struct http_server *server_of_arg(void *arg)
{
	struct http_server *s = arg;
	assert(s->magic == SERVER_MAGIC);
	return s;
}

/* ---- accepting ---- */

/* At the cap one more is taken where somebody can give way to it. */
static bool has_connection_room(struct http_server *s)
{
	if (s->connection_count < s->most_connections || http_room_can_be_made(s))
		return true;
	if (!loop_timer_running(s->look))
		loop_timer_set(s->look, ACCEPT_LOOK_MS);
	return false;
}

void http_server_may_accept(struct http_server *s)
{
	bool may = !s->stopped && !loop_timer_running(s->pause) && has_connection_room(s);
	if (may == s->accepting)
		return;
	s->accepting = may;
	for (size_t i = 0; i < s->listener_count; i++) {
		if (may)
			evconnlistener_enable(s->listeners[i]);
		else
			evconnlistener_disable(s->listeners[i]);
	}
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *sa, int length, void *arg)
{
	(void)listener, (void)length;
	struct http_server *s = server_of_arg(arg);
	http_room_after_accept(s, http_connection_new(s, fd, sa)->block);
	http_server_may_accept(s);
}

/* Usually out of descriptors, in spite of those that are kept. The connection stays in the backlog: without a pause this would run in a circle. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	(void)listener;
	int why = errno;
	struct http_server *s = server_of_arg(arg);
	if (http_room_descriptors(s)) {
		/* What was closed is free only at the end of this turn. */
		loop_timer_set(s->pause, 0);
		http_server_may_accept(s);
		return;
	}
	LOG(LOG_WARN, "Accepting connections pauses", LOG_S("error", strerror(why)), LOG_I("pause_ms", ACCEPT_PAUSE_MS),
	    LOG_I("connections", s->connection_count));
	loop_timer_set(s->pause, ACCEPT_PAUSE_MS);
	http_server_may_accept(s);
}

static void on_pause_over(void *arg)
{
	http_server_may_accept(server_of_arg(arg));
}

/* ---- listening ---- */

static int bound_socket(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, ai->ai_protocol);
	if (fd < 0)
		return -1;
	const int on = 1, off = 0;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off); /* "[::]" is every address, IPv4 too */
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

/* -1 and errno. */
static int bind_first(const struct addrinfo *list)
{
	int fd = -1;
	for (; list && fd < 0; list = list->ai_next)
		fd = bound_socket(list);
	return fd;
}

static bool no_ipv6_here(int why)
{
	return why == EAFNOSUPPORT || why == EADDRNOTAVAIL;
}

/* -1 and, in `why`, a word. */
static int bind_host(const char *host, const char *port, const char **why)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *list = NULL;
	/* "" is every address: IPv6's, which takes IPv4 too, or IPv4's where the machine has no IPv6. */
	int rc = getaddrinfo(host[0] ? host : "::", port, &hints, &list);
	if (rc != 0) {
		*why = gai_strerror(rc);
		return -1;
	}
	int fd = bind_first(list), error = errno;
	freeaddrinfo(list);
	if (fd < 0 && !host[0] && no_ipv6_here(error))
		return bind_host("0.0.0.0", port, why);
	*why = strerror(error);
	return fd;
}

static int bind_address(const char *address, struct err *err)
{
	struct str host, port;
	if (!address_split(str_c(address), &host, &port)) {
		err_add(err, "cannot listen on \"%s\": not HOST:PORT or unix:PATH", address);
		return -1;
	}
	AUTOFREE char *node = mem_str(host), *service = mem_str(port);
	const char *why = "";
	int fd = bind_host(node, service, &why);
	if (fd < 0)
		err_add(err, "cannot listen on %s: %s", address, why);
	return fd;
}

static void say_bound(int fd, char bound[HTTP_BOUND_MAX])
{
	struct sockaddr_storage sa = {0};
	socklen_t length = sizeof sa;

	getsockname(fd, (struct sockaddr *)&sa, &length);
	address_format((struct sockaddr *)&sa, bound);
}

/* Of the next listener. */
static int bind_any(struct http_server *s, const char *address, char bound[HTTP_BOUND_MAX], struct err *err)
{
	const char *path = local_socket_path(address);
	int fd = path ? local_socket_bind(&s->sockets[s->listener_count], path, err) : bind_address(address, err);

	if (path)
		snprintf(bound, HTTP_BOUND_MAX, "%s", address);
	else if (fd >= 0)
		say_bound(fd, bound);
	return fd;
}

bool http_server_listen(struct http_server *s, const char *address, char bound[HTTP_BOUND_MAX], struct err *err)
{
	if (s->listener_count == HTTP_LISTENERS_MAX) {
		err_add(err, "cannot listen on %s: at most %d addresses", address, HTTP_LISTENERS_MAX);
		return false;
	}
	int fd = bind_any(s, address, bound, err);
	if (fd < 0)
		return false;
	struct evconnlistener *listener = evconnlistener_new(loop_base(s->loop), on_accept, s,
	                                                     LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
	if (!listener) {
		err_add(err, "cannot listen on %s: %s", address, strerror(errno));
		close(fd);
		local_socket_remove(&s->sockets[s->listener_count]);
		return false;
	}
	evconnlistener_set_error_cb(listener, on_accept_error);
	if (!s->accepting)
		evconnlistener_disable(listener);
	s->listeners[s->listener_count++] = listener;
	return true;
}

void http_server_stop_accepting(struct http_server *s)
{
	while (s->listener_count) {
		evconnlistener_free(s->listeners[--s->listener_count]);
		local_socket_remove(&s->sockets[s->listener_count]);
	}
	s->stopped = true;
	struct http_connection *next;
	for (struct http_connection *c = s->connections; c; c = next) {
		next = c->next;
		if (c->state == HTTP_IDLE || c->state == HTTP_STREAMING)
			http_connection_free(c);
	}
}

/* ---- life ---- */

static int64_t or_default(int64_t value, int64_t fallback)
{
	return value > 0 ? value : fallback;
}

void http_server_set_limits(struct http_server *s, const struct http_server_limits *limits)
{
	s->limits = (struct http_server_limits){
		.max_body = or_default(limits->max_body, HTTP_BODY_DEFAULT),
		.max_bodies = or_default(limits->max_bodies, HTTP_BODIES_DEFAULT),
		.max_unknown_bodies =
			or_default(limits->max_unknown_bodies, or_default(limits->max_bodies, HTTP_BODIES_DEFAULT) / 4),
		.max_connections_per_address = limits->max_connections_per_address,
		.max_head = or_default(limits->max_head, 64 * 1024),
		.max_connections = (int)or_default(limits->max_connections, HTTP_CONNECTIONS_DEFAULT),
		.head_timeout_ms = or_default(limits->head_timeout_ms, 10 * 1000),
		.body_timeout_ms = or_default(limits->body_timeout_ms, 60 * 1000),
		.idle_timeout_ms = or_default(limits->idle_timeout_ms, 5 * 60 * 1000),
	};
	http_room_set_limits(s);
	http_server_may_accept(s);
}

void http_server_set_headers(struct http_server *s, const struct http_reply_header *headers, size_t count)
{
	s->headers = headers;
	s->header_count = count;
}

void http_server_set_tls(struct http_server *s, struct http_tls *tls)
{
	s->tls = tls;
}

struct http_server *http_server_new(struct loop *l, const struct http_server_limits *limits,
                                    const struct http_server_hooks *hooks)
{
	struct http_server *s = mem_zero(sizeof *s);
	*s = (struct http_server){.magic = SERVER_MAGIC, .loop = l, .hooks = *hooks};
	s->blocks = map_new();
	s->pause = loop_timer_new(l, on_pause_over, s);
	s->look = loop_timer_new(l, on_pause_over, s);
	http_server_set_limits(s, limits);
	return s;
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	http_server_stop_accepting(s);
	while (s->connections)
		http_connection_free(s->connections);
	loop_timer_free(s->pause);
	loop_timer_free(s->look);
	map_free(s->blocks);
	s->magic = 0;
	free(s);
}

int http_server_connections(const struct http_server *s)
{
	return s->connection_count;
}

size_t http_server_unsent(const struct http_server *s)
{
	return s->unsent_bytes;
}

uint64_t http_server_gave_way(const struct http_server *s)
{
	return s->gave_way;
}

int http_server_pending(const struct http_server *s)
{
	return s->pending;
}

int http_server_streams(const struct http_server *s)
{
	return s->streams;
}
