#include "wire.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drive.h"

#define RECEIVED_MAX (64 * 1024 * 1024)

void wire_open(struct wire *w, const char *address)
{
	const char *colon = strrchr(address, ':');
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10))};
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*w = (struct wire){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	buf_init(&w->in, RECEIVED_MAX);
	int rc = connect(w->fd, (struct sockaddr *)&sa, sizeof sa); /* the kernel accepts, the loop need not turn */
	if (rc != 0)
		abort();
}

void wire_close(struct wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	buf_release(&w->in);
}

void wire_abort(struct wire *w)
{
	const struct linger now = {1, 0};
	setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	wire_close(w);
}

void wire_say(struct wire *w, struct str bytes)
{
	w->out = bytes;
	wire_pump(w);
}

static void push(struct wire *w)
{
	while (w->out.n) {
		ssize_t n = send(w->fd, w->out.p, w->out.n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			w->out.n = 0; /* what the server said may be there still */
			w->reset = true;
			return;
		}
		w->out = str_slice(w->out, (size_t)n, w->out.n);
	}
}

static void pull(struct wire *w)
{
	char bytes[65536];
	while (!w->eof) {
		ssize_t n = recv(w->fd, bytes, sizeof bytes, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		w->eof = n <= 0;
		w->reset = w->reset || n < 0;
		if (n > 0)
			buf_add(&w->in, (struct str){bytes, (size_t)n});
	}
}

void wire_pump(struct wire *w)
{
	push(w);
	pull(w);
}

bool wire_has(const struct wire *w, const char *text)
{
	return str_find(buf_str(&w->in), str_c(text)) >= 0;
}

size_t wire_count(const struct wire *w, const char *text)
{
	struct str in = buf_str(&w->in), t = str_c(text);
	size_t n = 0;
	for (ptrdiff_t at; (at = str_find(in, t)) >= 0; n++)
		in = str_slice(in, (size_t)at + t.n, in.n);
	return n;
}

static bool has_come(void *arg)
{
	struct wire *w = arg;
	wire_pump(w);
	return w->eof || wire_has(w, w->want);
}

bool wire_await(struct wire *w, struct loop *l, const char *text)
{
	w->want = text;
	drive(l, has_come, w);
	return wire_has(w, text);
}

static bool has_ended(void *arg)
{
	struct wire *w = arg;
	wire_pump(w);
	return w->eof;
}

bool wire_await_end(struct wire *w, struct loop *l)
{
	return drive(l, has_ended, w);
}
