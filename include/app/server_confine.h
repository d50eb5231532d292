/*
 * --landlock: what the daemon goes on to write to. Where the kernel has no Landlock, it goes on without, and says so.
 */
#ifndef APP_SERVER_CONFINE_H
#define APP_SERVER_CONFINE_H

#include "app/server.h"
#include "config/config.h"

/* When the configuration is there, before the first thread is. confinement_prepare() came before it was read. */
void server_confine(const struct config *c, const char *config_file, const struct server_options *options);

#endif
