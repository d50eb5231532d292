/*
 * Whom a request may talk to and how it is proven: TLS files, proxies, addresses that nobody may be sent to.
 */
#ifndef IO_HTTP_NETWORK_H
#define IO_HTTP_NETWORK_H

#include <curl/curl.h>

#include "io/http_client.h"

/* `refused` becomes true when an address was not to be connected to; it lives as long as the handle. */
void http_network_set(CURL *easy, const struct http_client_request *request, bool *refused);

#endif
