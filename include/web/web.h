/*
 * --web.config.file in force. It is read anew when it has changed (a second later at most): users come and go without a
 * reload. A file that is wrong changes nothing; TLS's own settings count from the next start.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "config/web.h"

struct web;
struct web *web_new(const char *file,
                    struct err *err); /* `file` NULL: nothing is asked of anybody. NULL with lines in `err` */
void web_free(struct web *w);         /* NULL is fine */
/* Valid until this has been called twice more. */
const struct web_config *web_current(struct web *w);

#endif
