/* What a connection needs of TLS. Private to io/. */
#ifndef IO_HTTP_TLS_IMPL_H
#define IO_HTTP_TLS_IMPL_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "io/http_tls.h"

#define HTTP_NAMES_MAX 4096 /* of one certificate, together */

bool http_tls_verifies(const struct http_tls *t); /* client certificates are looked at */
SSL *http_tls_connection(struct http_tls *t);
/* The names that a verified client certificate has (DNS, IP, mail, URI, then the common name), a line each. */
void http_tls_names(X509 *certificate, struct buf *out);

#endif
