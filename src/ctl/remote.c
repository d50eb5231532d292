/* One question to the daemon, and what it answered. */
#include "ctl/remote.h"

#include <ctype.h>
#include <string.h>

#include "io/http_client.h"
#include "version.h"

#define RESPONSE_MAX (64 * 1024 * 1024)
#define UNIX "unix:" /* the path of a socket follows */

struct exchange {
	struct loop *loop;
	const char *url;
	json_t *data;    /* of an envelope */
	struct buf *raw; /* where the body is wanted as it is */
	bool good;
};

static const char *error_of(const json_t *envelope)
{
	const char *error = json_string_value(json_object_get(envelope, "error"));
	return error ? error : "no runbookd there?";
}

static json_t *take_envelope(const struct exchange *e, const struct http_result *r)
{
	json_error_t where;
	json_t *envelope = json_loadb(r->body.n ? r->body.p : "", r->body.n, JSON_ALLOW_NUL, &where);
	json_t *data = json_incref(json_object_get(envelope, "data"));

	if (r->status != 200 || !data) {
		ctl_error("%s answered %d: %s", e->url, r->status, error_of(envelope));
		json_decref(data);
		data = NULL;
	}
	json_decref(envelope);
	return data;
}

static void take_answer(struct exchange *e, const struct http_result *r)
{
	if (e->raw && r->status == 200) {
		buf_add(e->raw, r->body);
		e->good = true;
	} else {
		e->data = take_envelope(e, r);
		e->good = e->data != NULL;
	}
}

static void end_exchange(void *arg, const struct http_result *r)
{
	struct exchange *e = arg;

	if (r->outcome == HTTP_ANSWERED)
		take_answer(e, r);
	else
		ctl_error("%s: %s", e->url, r->error);
	loop_stop(e->loop);
}

static void exchange_run(struct ctl *c, struct exchange *e, const char *path, struct str body)
{
	const char *const headers[] = {"Content-Type: application/json", c->http.authorization, NULL};
	e->loop = loop_new();
	struct http_client *client = http_client_new(e->loop, "runbookctl/" RUNBOOKD_VERSION);
	const char *socket = str_starts(str_c(e->url), STR(UNIX)) ? e->url + strlen(UNIX) : NULL;
	AUTOFREE char *url = mem_printf("%s%s", socket ? "http://localhost" : e->url, path);
	const struct http_client_request request = {
		.method = body.p ? "POST" : "GET",
		.url = url,
		.headers = headers,
		.body = body,
		.timeout_ms = REMOTE_TIMEOUT_MS,
		.response_max = RESPONSE_MAX,
		.tls = c->http.tls_given ? &c->http.tls : NULL,
		.proxy = socket              ? HTTP_PROXY_NONE
	             : c->http.proxy_url ? HTTP_PROXY_NAMED
	                                 : HTTP_PROXY_ENVIRONMENT,
		.proxy_url = c->http.proxy_url,
		.socket = socket,
	};

	http_client_send(client, &request, end_exchange, e);
	loop_run(e->loop);
	http_client_free(client);
	loop_free(e->loop);
}

json_t *remote_call(struct ctl *c, const char *path, struct str body)
{
	return remote_call_at(c, c->url, path, body);
}

json_t *remote_call_at(struct ctl *c, const char *base, const char *path, struct str body)
{
	struct exchange e = {.url = base};

	exchange_run(c, &e, path, body);
	return e.data;
}

bool remote_fetch(struct ctl *c, const char *base, const char *path, struct buf *out)
{
	struct exchange e = {.url = base, .raw = out};

	exchange_run(c, &e, path, (struct str){NULL, 0});
	json_decref(e.data);
	return e.good;
}

static void add_encoded(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

void remote_query_add(struct buf *path, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_printf(path, "%c%s=", str_index(buf_str(path), '?') < 0 ? '?' : '&', name);
	add_encoded(path, value);
}

void remote_segment_add(struct buf *path, struct str segment)
{
	add_encoded(path, segment);
}
