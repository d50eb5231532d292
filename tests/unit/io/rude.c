#include "rude.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define RECEIVED_MAX (64 * 1024 * 1024)

struct rude_peer {
	struct rude *rude;
	struct rude_peer *next;
	struct bufferevent *bev;
	bool leaving;
};

static void drop_rude_peer(struct rude_peer *p)
{
	struct rude_peer **at = &p->rude->peers;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	bufferevent_free(p->bev);
	free(p);
}

static bool is_complete(struct str request)
{
	return str_ends(request, STR("end")) || (str_starts(request, STR("GET ")) && str_ends(request, STR("\r\n\r\n")));
}

static void on_rude_request(struct bufferevent *bev, void *arg)
{
	struct rude_peer *p = arg;
	struct rude *r = p->rude;
	struct evbuffer *in = bufferevent_get_input(bev);
	struct str request = {(char *)evbuffer_pullup(in, -1), evbuffer_get_length(in)};
	if (!is_complete(request))
		return;
	r->requests++;
	buf_reset(&r->received);
	buf_add(&r->received, request);
	evbuffer_drain(in, request.n);
	if (r->deaf)
		rude_deafen(r);
	p->leaving = r->close;
	if (r->answer.n)
		bufferevent_write(bev, r->answer.p, r->answer.n);
	else if (r->close)
		drop_rude_peer(p);
}

static void on_rude_written(struct bufferevent *bev, void *arg)
{
	(void)bev;
	struct rude_peer *p = arg;
	if (p->leaving)
		drop_rude_peer(p);
}

static void on_rude_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev, (void)what;
	drop_rude_peer(arg);
}

static void on_rude_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *sa, int length,
                           void *arg)
{
	(void)listener, (void)sa, (void)length;
	struct rude *r = arg;
	struct rude_peer *p = mem_zero(sizeof *p);
	p->rude = r;
	p->next = r->peers;
	r->peers = p;
	p->bev = bufferevent_socket_new(loop_base(r->loop), fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(p->bev, on_rude_request, on_rude_written, on_rude_event, p);
	bufferevent_enable(p->bev, EV_READ | EV_WRITE);
}

void rude_open(struct rude *r, struct loop *l)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*r = (struct rude){.loop = l};
	buf_init(&r->received, RECEIVED_MAX);
	r->listener =
		evconnlistener_new_bind(loop_base(l), on_rude_accept, r, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 512,
	                            (struct sockaddr *)&sa, sizeof sa);
	if (!r->listener)
		abort();
	socklen_t n = sizeof sa;
	getsockname(evconnlistener_get_fd(r->listener), (struct sockaddr *)&sa, &n);
	r->port = ntohs(sa.sin_port);
}

void rude_deafen(struct rude *r)
{
	if (r->listener)
		evconnlistener_free(r->listener);
	r->listener = NULL;
}

void rude_close(struct rude *r)
{
	rude_deafen(r);
	while (r->peers)
		drop_rude_peer(r->peers);
	buf_release(&r->received);
}
