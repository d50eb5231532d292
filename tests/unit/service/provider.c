#include "provider.h"

#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <event2/buffer.h>
#include <event2/http.h>

#include "base/mem.h"

static struct provider_answer next_answer(struct provider *p, const char *path)
{
	if (p->refused && !strcmp(path, p->refused))
		return p->refusal;
	if (p->answered < p->answer_count)
		return p->answers[p->answered++];
	return p->always.status ? p->always : (struct provider_answer){.status = 200};
}

static void keep_request(struct provider *p, struct evhttp_request *req)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(req);
	size_t n = evbuffer_get_length(in);
	const char *bytes = (const char *)evbuffer_pullup(in, -1);

	MEM_ROOM(p->requests, p->count, p->capacity);
	p->requests[p->count++] = (struct provider_request){
		.path = mem_strdup(evhttp_request_get_uri(req)), .body = json_loadb(bytes, n, 0, NULL), .at = loop_mono_ms()};
}

static void received(struct evhttp_request *req, void *arg)
{
	struct provider *p = arg;
	struct provider_answer answer = next_answer(p, evhttp_request_get_uri(req));

	keep_request(p, req);
	if (!answer.status) {
		MEM_ROOM(p->hanging, p->hanging_count, p->hanging_capacity);
		p->hanging[p->hanging_count++] = req;
		return;
	}
	if (answer.retry_after)
		evhttp_add_header(evhttp_request_get_output_headers(req), "Retry-After", answer.retry_after);
	evhttp_send_reply(req, answer.status, NULL, NULL);
}

void provider_init(struct provider *p, struct loop *l)
{
	struct sockaddr_in address;
	socklen_t size = sizeof address;

	memset(p, 0, sizeof *p);
	p->http = evhttp_new(loop_base(l));
	evhttp_set_gencb(p->http, received, p);
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(p->http, "127.0.0.1", 0);
	if (!bound || getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &size) < 0)
		abort();
	p->port = ntohs(address.sin_port);
}

void provider_answers(struct provider *p)
{
	for (size_t i = 0; i < p->hanging_count; i++)
		evhttp_send_reply(p->hanging[i], 200, NULL, NULL);
	p->hanging_count = 0;
}

void provider_answers_one(struct provider *p)
{
	if (p->hanging_count)
		evhttp_send_reply(p->hanging[--p->hanging_count], 200, NULL, NULL);
}

void provider_hangs_up(struct provider *p)
{
	for (size_t i = 0; i < p->hanging_count; i++)
		evhttp_connection_free(evhttp_request_get_connection(p->hanging[i]));
	p->hanging_count = 0;
}

void provider_release(struct provider *p)
{
	provider_answers(p);
	evhttp_free(p->http);
	for (size_t i = 0; i < p->count; i++) {
		free(p->requests[i].path);
		json_decref(p->requests[i].body);
	}
	free(p->requests);
	free(p->hanging);
}

void provider_says(struct provider *p, int status, const char *retry_after)
{
	if (p->answer_count == PROVIDER_ANSWERS_MAX)
		abort();
	p->answers[p->answer_count++] = (struct provider_answer){status, retry_after};
}

void provider_refuses(struct provider *p, const char *path, int status, const char *retry_after)
{
	p->refused = path;
	p->refusal = (struct provider_answer){status, retry_after};
}

static const char *request_text_of(const struct provider *p, size_t nth, const char *name)
{
	const char *value = nth < p->count ? json_string_value(json_object_get(p->requests[nth].body, name)) : NULL;
	return value ? value : "";
}

const char *provider_event(const struct provider *p, size_t nth)
{
	return request_text_of(p, nth, "event");
}

const char *provider_dedup_key(const struct provider *p, size_t nth)
{
	return request_text_of(p, nth, "dedup_key");
}

size_t provider_requests_to(const struct provider *p, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += strcmp(p->requests[i].path, path) == 0;
	return n;
}
