/*
 * The page behind an acknowledge link: HTML for a phone at night. It loads nothing, needs no script, and every link in it
 * leads to the runbook or the incident.
 */
#ifndef WEB_ACK_PAGE_H
#define WEB_ACK_PAGE_H

#include "config/config.h"

enum ack_page_state {
	ACK_PAGE_ASKS,
	ACK_PAGE_DONE,
	ACK_PAGE_ALREADY,
	ACK_PAGE_OLD,
	ACK_PAGE_USED,
	ACK_PAGE_OVER,
	ACK_PAGE_EXPIRED,
	ACK_PAGE_FOREIGN,
	ACK_PAGE_ABSENT,
	ACK_PAGE_UNAVAILABLE,
	ACK_PAGE_STATES
};

struct ack_page {
	enum ack_page_state state;
	const struct config *config;
	const struct incident *inc; /* NULL where the link says of none, or it is not to be shown */
	uint64_t generation;
	struct str who; /* of the link or the cookie: who asks; empty: it is not known */
};

#define ACK_PAGE_MAX (256 * 1024)

/* The state's word in the metric, and the status of the answer. */
const char *ack_page_name(enum ack_page_state state);
int ack_page_code(enum ack_page_state state);
/* False when it does not fit. */
bool ack_page_write(const struct ack_page *p, struct buf *out);
/* Content-Security-Policy: nothing is loaded, and only the page's own style is used. Made once; never freed. */
const char *ack_page_policy(void);

#endif
