/*
 * What is different about a mail: how curl is told, and what its codes say about whether the server has taken it.
 */
#ifndef IO_HTTP_MAIL_H
#define IO_HTTP_MAIL_H

#include <curl/curl.h>

#include "base/buf.h"
#include "io/http_client.h"

#define HTTP_MAIL_LINE_MAX 512

struct http_mail {
	struct curl_slist *recipients;
	char *bytes; /* the mail */
	size_t n, sent;
	struct buf line; /* the server's last refusal */
};

void http_mail_begin(struct http_mail *m, CURL *easy, const struct http_client_mail *mail, struct str body);
void http_mail_release(struct http_mail *m);
/* What the server says comes as header lines, up to its answer to QUIT: the last refusal among them is kept. */
void http_mail_take_line(struct http_mail *m, struct str line);
/* False: nothing is known but curl's own error; else `status` is the server's last word. */
enum http_outcome http_mail_outcome(CURL *easy, CURLcode code, int *status);

#endif
