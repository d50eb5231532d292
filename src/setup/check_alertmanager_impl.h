/* The steps of a check of an Alertmanager's configuration: its receivers and routes, and the alerts that must keep coming. */
#ifndef SETUP_CHECK_ALERTMANAGER_IMPL_H
#define SETUP_CHECK_ALERTMANAGER_IMPL_H

#include "config/config.h"
#include "import_impl.h"

struct checking {
	const struct config *config;
	const struct yaml_node *document;
	struct import import; /* routes are read as an import reads them */
	struct strs ours;     /* its receivers that post here */
	bool hidden;          /* some webhook's URL stands in a file that is not read */
	struct err *errors, *warnings;
};

void check_sender_warn(struct checking *c, struct pos at, const char *text);
bool check_sender_is_ours(const struct checking *c, struct str receiver);
/* It looks whether to repeat each group_interval: the repeat comes with the next one of these. */
int64_t check_sender_repeats(const struct import_route *r);

/* check_alertmanager_beats.c: what heartbeat rules wait for is sent here, often enough, at all hours, and not inhibited. */
void check_sender_beats(struct checking *c, const struct import_route *root);

#endif
