/* What the two readers of the web configuration share. Private to config/. */
#ifndef CONFIG_WEB_IMPL_H
#define CONFIG_WEB_IMPL_H

#include "base/options.h"
#include "config/web.h"

extern const struct option_table web_tls_table;

struct web_load {
	struct web_config *web;
	const char *file;
	struct err *err, *warnings;
};

void web_load_tls(struct web_load *l, const struct yaml_node *node); /* web_tls.c; NULL: no TLS */

#endif
