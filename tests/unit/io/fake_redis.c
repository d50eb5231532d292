#include "fake_redis.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define HEARD_MAX (1024 * 1024)

struct fake_peer {
	struct fake_peer *next, **link;
	struct fake_redis *fake;
	struct bufferevent *io;
};

static void drop_fake_peer(struct fake_peer *p)
{
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	bufferevent_free(p->io);
	free(p);
}

static const char *answer_to(const struct fake_redis *f, struct str word)
{
	for (size_t i = 0; i < FAKE_ANSWERS_MAX && f->answers[i].word; i++)
		if (str_eq_c(word, f->answers[i].word))
			return f->answers[i].reply;
	return "+OK\r\n";
}

/* "$5\r\n" or "*2\r\n" at *at. */
static bool take_number(struct str in, size_t *at, int64_t *out)
{
	struct str rest = str_slice(in, *at, in.n);
	ptrdiff_t end = str_find(rest, STR("\r\n"));
	if (end < 1 || !str_to_i64(str_slice(rest, 1, (size_t)end), out))
		return false;
	*at += (size_t)end + 2;
	return true;
}

/* Bytes of the first command; 0 when it is not complete yet. Its words go to `line`, the first to `word`. */
static size_t take_command(struct str in, struct buf *line, struct str *word)
{
	size_t at = 0;
	int64_t words, n;
	if (!take_number(in, &at, &words))
		return 0;
	for (int64_t i = 0; i < words; i++) {
		if (!take_number(in, &at, &n) || at + (size_t)n + 2 > in.n)
			return 0;
		struct str text = str_slice(in, at, at + (size_t)n);
		if (i == 0)
			*word = text;
		buf_printf(line, "%s%.*s", i ? " " : "", STR_ARG(text));
		at += (size_t)n + 2;
	}
	buf_add_c(line, "\n");
	return at;
}

static void on_peer_words(struct bufferevent *io, void *arg)
{
	struct fake_peer *p = arg;
	struct evbuffer *in = bufferevent_get_input(io);
	for (;;) {
		struct buf AUTOBUF line;
		struct str word = {NULL, 0}, all = {(const char *)evbuffer_pullup(in, -1), evbuffer_get_length(in)};
		buf_init(&line, HEARD_MAX);
		size_t n = take_command(all, &line, &word);
		if (!n)
			return;
		p->fake->commands++;
		buf_add(&p->fake->heard, buf_str(&line));
		const char *reply = answer_to(p->fake, word);
		bufferevent_write(io, reply, strlen(reply));
		evbuffer_drain(in, n);
	}
}

static void on_peer_event(struct bufferevent *io, short what, void *arg)
{
	(void)io;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		drop_fake_peer(arg);
}

static void on_fake_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int n, void *arg)
{
	(void)listener, (void)from, (void)n;
	struct fake_redis *f = arg;
	struct fake_peer *p = mem_zero(sizeof *p);
	f->connections++;
	p->fake = f;
	p->io = bufferevent_socket_new(loop_base(f->loop), fd, BEV_OPT_CLOSE_ON_FREE);
	p->next = f->peers;
	p->link = &f->peers;
	if (p->next)
		p->next->link = &p->next;
	f->peers = p;
	bufferevent_setcb(p->io, on_peer_words, NULL, on_peer_event, p);
	bufferevent_enable(p->io, EV_READ | EV_WRITE);
}

void fake_redis_open(struct fake_redis *f, struct loop *l)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*f = (struct fake_redis){.loop = l};
	buf_init(&f->heard, HEARD_MAX);
	f->listener =
		evconnlistener_new_bind(loop_base(l), on_fake_accept, f, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 512,
	                            (struct sockaddr *)&sa, sizeof sa);
	if (!f->listener)
		abort();
	socklen_t n = sizeof sa;
	getsockname(evconnlistener_get_fd(f->listener), (struct sockaddr *)&sa, &n);
	f->port = ntohs(sa.sin_port);
	snprintf(f->address, sizeof f->address, "127.0.0.1:%d", f->port);
	fake_redis_answer(f, "PING", "+PONG\r\n");
	fake_redis_answer(f, "ROLE", "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n");
}

void fake_redis_close(struct fake_redis *f)
{
	evconnlistener_free(f->listener);
	while (f->peers)
		drop_fake_peer(f->peers);
	buf_release(&f->heard);
}

void fake_redis_answer(struct fake_redis *f, const char *word, const char *reply)
{
	size_t i = 0;
	while (f->answers[i].word && strcmp(f->answers[i].word, word) != 0)
		if (++i == FAKE_ANSWERS_MAX)
			abort();
	f->answers[i].word = word;
	f->answers[i].reply = reply;
}

bool fake_redis_heard(const struct fake_redis *f, const char *text)
{
	return str_find(buf_str(&f->heard), str_c(text)) >= 0;
}
