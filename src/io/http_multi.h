/*
 * curl's multi interface on the loop: sockets, its timer, and the transfers that ended, one after the other.
 */
#ifndef IO_HTTP_MULTI_H
#define IO_HTTP_MULTI_H

#include <curl/curl.h>

#include "io/loop.h"

struct http_multi;

/* `ended` runs outside of curl's own callbacks, with the handle taken out of the multi already. */
struct http_multi *http_multi_new(struct loop *l, void (*ended)(void *arg, CURL *easy, CURLcode code), void *arg);
void http_multi_free(struct http_multi *m); /* every handle has been removed; also from inside `ended` */
void http_multi_add(struct http_multi *m, CURL *easy);
void http_multi_remove(struct http_multi *m, CURL *easy);

#endif
