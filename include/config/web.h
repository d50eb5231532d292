/*
 * --web.config.file, in the format that Prometheus and its exporters read: TLS, users with bcrypt hashes, headers. Paths
 * are relative to the file. The whole file is right, or there is none.
 */
#ifndef CONFIG_WEB_H
#define CONFIG_WEB_H

#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"
#include "io/http_server.h"
#include "io/http_tls.h"

#define WEB_HEADERS_MAX 8

struct web_user {
	struct str name;
	const char *hash; /* bcrypt: $2a$, $2b$ or $2y$ */
};

struct web_config {
	struct arena *arena;
	bool tls; /* tls_server_config is given */
	struct http_tls_options tls_options;
	struct web_user *users;
	size_t user_count;
	struct http_reply_header headers[WEB_HEADERS_MAX];
	size_t header_count;
};

/* NULL with FILE:LINE:COLUMN lines in `err`. The certificates are not looked at: http_tls_new() reads them. */
/* What such a file may say. */
extern const struct option_table web_config_table;

struct web_config *web_config_load(const char *file, struct err *err, struct err *warnings);
void web_config_free(struct web_config *w); /* NULL is fine */

#endif
