/* Joins curl's sockets and its timer to the loop. */
#include "io/http_multi.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/mem.h"

#define MULTI_MAGIC 0x6d17c0deu
/* Connections kept for the next request; more are closed, the oldest first. */
#define IDLE_CONNECTIONS_MAX 64L

struct http_multi {
	unsigned magic;
	struct loop *loop;
	CURLM *curl;
	struct loop_timer *timer;
	void (*ended)(void *arg, CURL *easy, CURLcode code);
	void *arg;
	bool reporting; /* inside `ended` */
	bool dead;      /* freed inside `ended` */
};

static struct http_multi *multi_of_arg(void *arg)
{
	struct http_multi *m = arg;
	assert(m->magic == MULTI_MAGIC);
	return m;
}

static void destroy_multi(struct http_multi *m)
{
	curl_multi_cleanup(m->curl);
	loop_timer_free(m->timer);
	m->magic = 0;
	free(m);
}

/* curl wants its messages read after every socket_action. The handles leave the multi here, never in a callback. */
static void report_ended(struct http_multi *m)
{
	CURLMsg *msg;
	int left;
	m->reporting = true;
	while (!m->dead && (msg = curl_multi_info_read(m->curl, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		CURL *easy = msg->easy_handle;
		CURLcode code = msg->data.result; /* the message does not survive the removal */
		curl_multi_remove_handle(m->curl, easy);
		m->ended(m->arg, easy, code);
	}
	m->reporting = false;
	if (m->dead)
		destroy_multi(m);
}

static void action(struct http_multi *m, curl_socket_t fd, int what)
{
	int running;
	CURLMcode rc = curl_multi_socket_action(m->curl, fd, what, &running);
	assert(rc == CURLM_OK);
	(void)rc;
	report_ended(m);
}

static void on_multi_timer(void *arg)
{
	action(multi_of_arg(arg), CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	int bits = (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
	action(multi_of_arg(arg), fd, bits);
}

static void unwatch(struct event *e)
{
	if (e)
		event_free(e);
}

/* curl: watch this socket for that. It may be called inside the socket's own event, which may be freed there. */
static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	(void)easy;
	struct http_multi *m = multi_of_arg(arg);
	unwatch(socket_arg);
	struct event *e = NULL;
	if (what != CURL_POLL_REMOVE) {
		int kind = EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
		e = event_new(loop_base(m->loop), fd, (short)kind, on_socket, m);
		if (!e || event_add(e, NULL) != 0)
			abort();
	}
	curl_multi_assign(m->curl, fd, e);
	return 0;
}

/* curl: call me in so many ms. It only arms a timer: socket_action inside this callback fails every time. */
static int set_timer(CURLM *curl, long in_ms, void *arg)
{
	(void)curl;
	struct http_multi *m = multi_of_arg(arg);
	if (in_ms < 0)
		loop_timer_stop(m->timer);
	else
		loop_timer_set(m->timer, in_ms);
	return 0;
}

static void curl_ready_once(void)
{
	static bool ready;
	if (!ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	ready = true;
}

struct http_multi *http_multi_new(struct loop *l, void (*ended)(void *arg, CURL *easy, CURLcode code), void *arg)
{
	curl_ready_once();
	struct http_multi *m = mem_zero(sizeof *m);
	*m = (struct http_multi){.magic = MULTI_MAGIC, .loop = l, .ended = ended, .arg = arg};
	m->curl = curl_multi_init();
	if (!m->curl)
		abort();
	m->timer = loop_timer_new(l, on_multi_timer, m);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS_MAX);
	return m;
}

void http_multi_free(struct http_multi *m)
{
	if (!m)
		return;
	m->dead = true;
	if (!m->reporting)
		destroy_multi(m);
}

void http_multi_add(struct http_multi *m, CURL *easy)
{
	/* It fails only out of memory, for a handle added twice, or inside one of curl's callbacks. */
	if (curl_multi_add_handle(m->curl, easy) != CURLM_OK)
		abort();
}

void http_multi_remove(struct http_multi *m, CURL *easy)
{
	curl_multi_remove_handle(m->curl, easy);
}
