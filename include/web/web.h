/*
 * --web.config.file in force. It is read anew when it has changed (a second later at most): users come and go, and TLS's
 * settings change, without a reload. A file that is wrong changes nothing. Only whether there is TLS counts from the start.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "config/web.h"

struct web;
struct web *web_new(const char *file,
                    struct err *err); /* `file` NULL: nothing is asked of anybody. NULL with lines in `err` */
void web_free(struct web *w);         /* NULL is fine */
/* `tls` follows the file from now on, looked at by each connection: it may be the certificate that keeps everybody out. */
void web_set_tls(struct web *w, struct http_tls *tls);
/* Valid until this has been called twice more. */
const struct web_config *web_current(struct web *w);

#endif
