/*
 * TLS of the HTTP server (OpenSSL through libevent's bufferevents): versions, suites and curves, client certificates, and
 * files that are read anew when they have changed, so that a rotated certificate needs no reload. Where the new ones cannot
 * be used, those in force stay, and the log says why. No renegotiation, no compression, no session tickets: each connection
 * shows its certificate anew.
 */
#ifndef IO_HTTP_TLS_H
#define IO_HTTP_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum http_client_auth {
	HTTP_CLIENT_NO_CERT,      /* none is asked for */
	HTTP_CLIENT_REQUEST,      /* asked for, not looked at */
	HTTP_CLIENT_REQUIRE_ANY,  /* one must be there, whoever has issued it */
	HTTP_CLIENT_VERIFY_GIVEN, /* one that is there must be of client_ca_file */
	HTTP_CLIENT_REQUIRE,      /* one of client_ca_file must be there */
};

enum http_tls_version { HTTP_TLS10, HTTP_TLS11, HTTP_TLS12, HTTP_TLS13 };

struct http_tls_options { /* everything is copied */
	const char *cert_file, *key_file;
	const char *client_ca_file; /* NULL: none */
	enum http_client_auth client_auth;
	const struct str *allowed_sans; /* one of a client's names must be among them; 0: any */
	size_t allowed_san_count;
	enum http_tls_version min_version, max_version;
	const char *suites; /* OpenSSL's names, of TLS 1.2; NULL: its own choice */
	const char *curves; /* likewise */
	bool prefer_client_suites;
};

struct http_tls;
/* NULL with a line in `err` that names the file. */
struct http_tls *http_tls_new(const struct http_tls_options *options, struct err *err);
/* The next connection gets what `options` say. False with a line in `err`: what was in force stays. */
bool http_tls_change(struct http_tls *t, const struct http_tls_options *options, struct err *err);
/* `look` is called before each connection gets its settings, and may change them. */
void http_tls_before_connection(struct http_tls *t, void (*look)(void *arg), void *arg);
void http_tls_free(struct http_tls *t); /* NULL is fine; connections go on */
/* OpenSSL's name of a suite as RFCs and Go write it, NULL: unknown. Those of TLS 1.3 are always on. */
const char *http_tls_suite(const char *name);

#endif
