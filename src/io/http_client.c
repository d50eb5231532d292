/* Requests through curl, one struct each, from the call to its one answer. */
#include "io/http_client.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/http_mail.h"
#include "io/http_multi.h"
#include "io/http_network.h"

#define CALL_MAGIC 0xca11ab1eu
#define CONNECT_MAX_MS 10000
/* Header lines of a reply, all together: far beyond any provider's. */
#define RESPONSE_HEAD_MAX (64 * 1024)

struct http_call {
	unsigned magic;
	struct http_client *client;
	struct http_call *prev, *next;
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	char *etag; /* of the reply */
	char *path; /* of the URL: it may be a secret, and must not show in an error */
	struct buf response;
	size_t head_bytes;
	bool is_mail;
	struct http_mail mail;
	bool refused; /* its address was not to be connected to */
	bool cut;     /* the reply was longer than the ceiling */
	bool ended;   /* its callback is running */
	int64_t started_ms;
	char error[CURL_ERROR_SIZE];
	void (*done)(void *arg, const struct http_result *result);
	void *arg;
};

/* Handles that wait for the next call; more are given back. */
#define IDLE_HANDLES_MAX 32

struct http_client {
	struct http_multi *multi;
	CURL *idle[IDLE_HANDLES_MAX];
	size_t idle_count;
	char *user_agent_line;
	struct http_call *calls;
	size_t pending;
};

/* ---- what curl hands over ---- */

static size_t take_response_bytes(char *bytes, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;
	n *= size;
	size_t room = call->response.ceiling - call->response.n;
	buf_add(&call->response, (struct str){bytes, n < room ? n : room});
	call->cut = n > room;
	return call->cut ? 0 : n; /* 0 of n: curl gives the transfer up */
}

static size_t take_response_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct http_call *call = arg;
	if (call->is_mail)
		http_mail_take_line(&call->mail, (struct str){bytes, n * size});
	call->head_bytes += n * size;
	return call->head_bytes > RESPONSE_HEAD_MAX ? 0 : n * size;
}

/* ---- what became of it ---- */

/* Not by curl's code: after losing a kept connection curl tries anew, and a refusal then says nothing of the first try. */
static bool nothing_was_sent(CURL *easy)
{
	long sent = 0;
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
	return sent == 0;
}

static const char *error_text(const struct http_call *call, CURLcode code)
{
	const char *text = call->error[0] ? call->error : curl_easy_strerror(code);
	if (call->refused)
		return "link-local addresses are not connected to";
	return call->path && strstr(text, call->path) ? curl_easy_strerror(code) : text;
}

static int64_t retry_after_ms(CURL *easy)
{
	curl_off_t seconds = 0;
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
	if (seconds <= 0)
		return 0;
	return seconds > INT64_MAX / 1000 ? INT64_MAX : (int64_t)seconds * 1000;
}

static struct http_result judge_mail(struct http_call *call, CURLcode code)
{
	struct http_result r = {.error = "", .duration_ms = loop_mono_ms() - call->started_ms};
	r.outcome = http_mail_outcome(call->easy, code, &r.status);
	if (r.outcome == HTTP_ANSWERED)
		r.body = buf_str(&call->mail.line);
	else
		r.error = error_text(call, code);
	return r;
}

static struct http_result judge_call(struct http_call *call, CURLcode code)
{
	struct http_result r = {.error = "", .duration_ms = loop_mono_ms() - call->started_ms};
	if (code != CURLE_OK && !call->cut) {
		r.outcome = nothing_was_sent(call->easy) ? HTTP_NOT_SENT : HTTP_UNKNOWN;
		r.error = error_text(call, code);
		return r;
	}
	long status = 0;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	r.outcome = HTTP_ANSWERED;
	r.status = (int)status;
	r.body = buf_str(&call->response);
	r.retry_after_ms = retry_after_ms(call->easy);
	struct curl_header *etag;
	if (curl_easy_header(call->easy, "ETag", 0, CURLH_HEADER, -1, &etag) == CURLHE_OK)
		r.etag = str_c(call->etag = mem_strdup(etag->value));
	return r;
}

/* ---- the list of calls ---- */

static void link_call(struct http_client *c, struct http_call *call)
{
	call->next = c->calls;
	if (c->calls)
		c->calls->prev = call;
	c->calls = call;
	c->pending++;
}

static void unlink_call(struct http_call *call)
{
	if (call->prev)
		call->prev->next = call->next;
	else
		call->client->calls = call->next;
	if (call->next)
		call->next->prev = call->prev;
	call->client->pending--;
}

/* One as good as new: connections, names that were looked up and TLS sessions are the multi's, everything else is reset. */
static CURL *take_handle(struct http_client *c)
{
	CURL *easy = c->idle_count ? c->idle[--c->idle_count] : curl_easy_init();
	if (!easy)
		abort();
	return easy;
}

static void give_handle(struct http_client *c, CURL *easy)
{
	if (c->idle_count == IDLE_HANDLES_MAX) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	c->idle[c->idle_count++] = easy;
}

static void call_free(struct http_call *call)
{
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	buf_release(&call->response);
	if (call->is_mail)
		http_mail_release(&call->mail);
	free(call->body);
	free(call->path);
	free(call->etag);
	call->magic = 0;
	free(call);
}

static void on_ended(void *arg, CURL *easy, CURLcode code)
{
	(void)arg;
	char *private = NULL;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	struct http_call *call = (struct http_call *)(void *)private;
	assert(call->magic == CALL_MAGIC);
	unlink_call(call); /* the callback may free the client */
	call->ended = true;
	struct http_result r = call->is_mail ? judge_mail(call, code) : judge_call(call, code);
	if (code == CURLE_OK) { /* nothing of the result is curl's */
		give_handle(call->client, easy);
		call->easy = NULL;
	}
	call->done(call->arg, &r);
	call_free(call);
}

/* ---- a request becomes a curl handle ---- */

static void add_request_header(struct http_call *call, const char *line)
{
	struct curl_slist *headers = curl_slist_append(call->headers, line);
	if (!headers)
		abort();
	call->headers = headers;
}

/* Of a longer body curl asks for leave first (beyond a megabyte); it compares each header with each that it knows. */
#define EXPECTS_NOTHING_BELOW (size_t)(64 * 1024)

static void set_headers(struct http_call *call, const char *const *lines, size_t body)
{
	bool typed = false, named = false;
	for (; lines && *lines; lines++) {
		typed = typed || strncasecmp(*lines, "Content-Type:", 13) == 0;
		named = named || strncasecmp(*lines, "User-Agent:", 11) == 0;
		add_request_header(call, *lines);
	}
	if (!named)
		add_request_header(call, call->client->user_agent_line);
	if (body > EXPECTS_NOTHING_BELOW)
		add_request_header(call, "Expect:"); /* or curl waits a second for leave to send a body */
	if (!typed)
		add_request_header(call, "Content-Type:"); /* or curl says it is a form */
	curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

static void set_method(struct http_call *call, const char *method, struct str body)
{
	CURL *e = call->easy;
	if (strcmp(method, "GET") == 0) {
		curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
		return;
	}
	call->body = mem_str(body);
	curl_easy_setopt(e, CURLOPT_POST, 1L);
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, call->body);
	curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
	if (strcmp(method, "POST") != 0)
		curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method);
}

static void set_limits(CURL *e, int64_t timeout_ms)
{
	if (timeout_ms < 1)
		timeout_ms = 1; /* 0 means for ever to curl */
	if (timeout_ms > INT32_MAX)
		timeout_ms = INT32_MAX;
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)(timeout_ms < CONNECT_MAX_MS ? timeout_ms : CONNECT_MAX_MS));
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* or giving up on a dead name server waits for its thread */
}

static void set_callbacks(struct http_call *call)
{
	CURL *e = call->easy;
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_response_bytes);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_response_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, call->error);
	curl_easy_setopt(e, CURLOPT_PRIVATE, call);
}

/* From the first slash after the host; NULL when there is no more to it than that. */
static char *url_path(const char *url)
{
	const char *host = strstr(url, "://"), *path = strpbrk(host ? host + 3 : url, "/?#");
	return path && path[1] ? mem_strdup(path) : NULL;
}

static void set_exchange(struct http_call *call, const struct http_client_request *request)
{
	set_method(call, request->method, request->body);
	set_headers(call, request->headers, request->body.n);
}

struct http_call *http_client_send(struct http_client *c, const struct http_client_request *request,
                                   void (*done)(void *arg, const struct http_result *result), void *arg)
{
	struct http_call *call = mem_zero(sizeof *call);
	*call = (struct http_call){
		.magic = CALL_MAGIC, .client = c, .done = done, .arg = arg, .is_mail = request->mail != NULL};
	call->started_ms = loop_mono_ms();
	call->path = url_path(request->url);
	buf_init(&call->response, request->response_max ? request->response_max : HTTP_RESPONSE_MAX);
	call->easy = take_handle(c);
	curl_easy_setopt(call->easy, CURLOPT_URL, request->url);
	set_limits(call->easy, request->timeout_ms);
	set_callbacks(call);
	if (request->mail)
		http_mail_begin(&call->mail, call->easy, request->mail, request->body);
	else
		set_exchange(call, request);
	http_network_set(call->easy, request, &call->refused);
	link_call(c, call);
	http_multi_add(c->multi, call->easy);
	return call;
}

void http_call_cancel(struct http_call *call)
{
	if (!call || call->ended)
		return;
	assert(call->magic == CALL_MAGIC);
	http_multi_remove(call->client->multi, call->easy);
	unlink_call(call);
	call_free(call);
}

/* ---- the client ---- */

struct http_client *http_client_new(struct loop *l, const char *user_agent)
{
	struct http_client *c = mem_zero(sizeof *c);
	c->multi = http_multi_new(l, on_ended, c);
	/* a line of our own: of CURLOPT_USERAGENT curl makes one anew for each request, and copies that */
	c->user_agent_line = mem_printf("User-Agent: %s", user_agent);
	return c;
}

void http_client_free(struct http_client *c)
{
	if (!c)
		return;
	while (c->calls)
		http_call_cancel(c->calls);
	while (c->idle_count)
		curl_easy_cleanup(c->idle[--c->idle_count]);
	http_multi_free(c->multi);
	free(c->user_agent_line);
	free(c);
}

size_t http_client_pending(const struct http_client *c)
{
	return c->pending;
}
