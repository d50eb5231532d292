/*
 * Outbound HTTP and mail (curl multi on the loop): requests to providers. No redirects, no signals, connect and total
 * timeouts, a ceiling on the response, no proxy but the one that is named, no link-local addresses (where clouds hand out
 * their credentials). A result says what is known about the request, because a page depends on it.
 */
#ifndef IO_HTTP_CLIENT_H
#define IO_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/loop.h"

#define HTTP_RESPONSE_MAX (64 * 1024)

struct http_client;
struct http_call;

enum http_outcome {
	HTTP_ANSWERED, /* a complete reply: `status`, `body`; of a mail server its last code and refusal */
	HTTP_NOT_SENT, /* certainly nothing arrived: name not resolved, connection refused, TLS failed, bad URL */
	HTTP_UNKNOWN,  /* it may have arrived: timeout, connection lost after sending began, half a reply */
};

struct http_result {
	enum http_outcome outcome;
	int status;
	struct str body;        /* cut at response_max; valid during the callback */
	int64_t retry_after_ms; /* from Retry-After (both forms), 0 when absent */
	struct str etag;        /* the reply's ETag, as it stands there; valid during the callback */
	const char *error;      /* curl's words for HTTP_NOT_SENT and HTTP_UNKNOWN, without any URL; "" otherwise */
	int64_t duration_ms;
};

struct http_client_tls {
	const char *ca_file, *cert_file, *key_file; /* PEM; NULL: the system's authorities, no client certificate */
	bool insecure_skip_verify;
};

enum http_client_proxy {
	HTTP_PROXY_NONE,
	HTTP_PROXY_ENVIRONMENT, /* https_proxy, no_proxy and their like */
	HTTP_PROXY_NAMED,
};

struct http_client_mail {
	const char *from;
	const char *const *to;           /* NULL-terminated */
	const char *username, *password; /* NULL: no AUTH */
	bool require_tls;
};

struct http_client_request {
	const char *method; /* POST, PUT, PATCH, GET; NULL with `mail` */
	const char *url;
	const char *const *headers;        /* "Name: value", NULL-terminated */
	struct str body;                   /* copied */
	int64_t timeout_ms;                /* total */
	size_t response_max;               /* ceiling of the reply's body; 0: HTTP_RESPONSE_MAX */
	const struct http_client_tls *tls; /* NULL: as the system has it */
	enum http_client_proxy proxy;
	const char *proxy_url; /* HTTP_PROXY_NAMED */
	const char *socket;    /* path of a unix socket that is asked instead of the URL's host; NULL: none */
	/* `url` is smtp:// or smtps://, `body` a whole mail with CRLF. What is borrowed must live until the callback. */
	const struct http_client_mail *mail;
};

struct http_client *http_client_new(struct loop *l, const char *user_agent);
void http_client_free(struct http_client *c); /* cancels what is under way: no callback runs any more */
/* The callback runs once, never inside this call. */
struct http_call *http_client_send(struct http_client *c, const struct http_client_request *request,
                                   void (*done)(void *arg, const struct http_result *result), void *arg);
void http_call_cancel(struct http_call *call); /* no callback */
size_t http_client_pending(const struct http_client *c);

#endif
