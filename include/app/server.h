/*
 * The daemon: makes the router and everything it needs, listens, and runs until it is told to stop.
 */
#ifndef APP_SERVER_H
#define APP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct server_options {
	const char *config_file;
	const char *web_config_file; /* TLS and users; NULL: neither */
	const char *external_url;    /* NULL: the configuration's */
	const char *const *listen;
	size_t listen_count;
	bool landlock; /* reads only where the configuration is, writes only where its data are (io/confinement.h) */
	bool strict;   /* no falling back: to the last good configuration, to a fresh store, to no journal */
};

#define SERVER_DRAIN_MS 10000 /* what is in hand at SIGTERM may take so long */

/* Returns the exit status: 0 after SIGTERM or SIGINT, 1 when it cannot start (the log says why). */
int server_run(const struct server_options *options);

#endif
