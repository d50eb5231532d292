/* One question to a Prometheus, and what it answered. */
#include "ctl/prometheus.h"

#include "ctl/remote.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "receivers/receiver.h"
#include "version.h"

struct exchange {
	struct loop *loop;
	const char *url;
	struct buf *out;
	struct err *err;
	bool ok;
};

static void prometheus_answered(void *arg, const struct http_result *r)
{
	struct exchange *e = arg;

	if (r->outcome != HTTP_ANSWERED)
		err_add(e->err, "%s: %s", e->url, r->error);
	else if (r->status != 200)
		err_add(e->err, "%s: it answered %d", e->url, r->status);
	else if (r->body.n >= PROMETHEUS_ANSWER_MAX)
		err_add(e->err, "%s: the answer is larger than %zu bytes", e->url, PROMETHEUS_ANSWER_MAX);
	else
		e->ok = true;
	if (e->ok)
		buf_add(e->out, r->body);
	loop_stop(e->loop);
}

static bool fetch(const char *url, struct buf *out, struct err *err)
{
	static const char *const headers[] = {"Accept: application/json", NULL};
	struct exchange e = {.loop = loop_new(), .url = url, .out = out, .err = err};
	struct http_client *client = http_client_new(e.loop, "runbookctl/" RUNBOOKD_VERSION);
	const struct http_client_request request = {
		.method = "GET",
		.url = url,
		.headers = headers,
		.timeout_ms = REMOTE_TIMEOUT_MS,
		.response_max = PROMETHEUS_ANSWER_MAX,
		.proxy = HTTP_PROXY_ENVIRONMENT,
	};

	http_client_send(client, &request, prometheus_answered, &e);
	loop_run(e.loop);
	http_client_free(client);
	loop_free(e.loop);
	return e.ok;
}

bool prometheus_ask(struct str base, const char *path, struct buf *answer, struct err *err)
{
	AUTOFREE char *whole = mem_printf("%.*s%s", STR_ARG(base), path);
	return fetch(whole, answer, err);
}

bool prometheus_base(const char *url, struct str *base, struct err *err)
{
	*base = str_c(url);
	while (str_ends(*base, STR("/")))
		base->n--;
	if (receiver_url_valid(*base) && receiver_url_safe(*base))
		return true;
	err_add(err, "--prometheus: '%s' is neither https nor http to loopback", url);
	return false;
}
