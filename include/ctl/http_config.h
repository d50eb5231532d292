/*
 * --http.config.file of runbookctl: how it shows who it is, in the format of Prometheus' clients (promtool, amtool).
 * Paths are relative to the file.
 */
#ifndef CTL_HTTP_CONFIG_H
#define CTL_HTTP_CONFIG_H

#include "base/err.h"
#include "base/mem.h"
#include "io/http_client.h"

struct http_config {
	const char *authorization; /* "Authorization: …"; NULL: none */
	bool tls_given;
	struct http_client_tls tls;
	const char *proxy_url; /* NULL: what the environment says */
};

/* Secrets in files are read now. False with FILE:LINE:COLUMN lines in `err`. All of it lives in the arena. */
bool http_config_load(struct arena *arena, const char *file, struct http_config *out, struct err *err);

#endif
