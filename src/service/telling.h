/*
 * One message on its way to one receiver: its requests one after the other, each built, sent and judged. It knows neither
 * store nor queue: a job (job_send.c) has both, the test of a receiver (receiver_test.c) has none.
 */
#ifndef SERVICE_TELLING_H
#define SERVICE_TELLING_H

#include "config/config.h"
#include "incident/communication.h"
#include "io/http_client.h"

/* What a provider lends for some time (receiver_build.session), in memory only. */
struct telling_session {
	char text[RECEIVER_SESSION_MAX];
	size_t n;      /* 0: none */
	int64_t until; /* monotonic */
};
void telling_session_end(struct telling_session *s);

struct telling {
	/* set by the caller, borrowed until `done` */
	struct arena *arena;
	struct http_client *client;
	const struct config *config; /* owners, rules, sources, the timeout of a request */
	const struct config_receiver *receiver;
	enum message_event event;
	struct str target; /* the role of an escalation's step; empty: the page itself */
	uint64_t generation;
	unsigned attempt;
	bool says;                       /* attempt.says: of an update, that there is something for stakeholders */
	bool echo, quiet, digest;        /* message.h */
	struct str incident_url;         /* message_context.incident_url */
	struct str acknowledge_url;      /* of this page; empty: none */
	struct str budget;               /* message_context.budget */
	struct telling_session *session; /* of the receiver, kept between messages; NULL: for this message only */
	bool told_lately;                /* receiver_reply.told_lately */
	struct str ref;                  /* receiver_build.ref */
	struct str key;                  /* receiver_build.key; once a request was sent, what that went under */
	bool stays;                      /* the incident lives until `done` */
	bool (*may_go_on)(void *arg);    /* before each further request */
	void (*answered)(void *arg, int64_t took_ms);                     /* after each request */
	void (*done)(void *arg, const struct receiver_judgement *judged); /* once, never inside telling_start() */
	void *arg;

	/* its own */
	const struct incident *kept; /* where there may be further requests: a copy, unless it stays; else NULL */
	struct http_call *call;
	char dedup_key[INCIDENT_PROVIDER_KEY_MAX];
	unsigned step;
	struct receiver_request first; /* built, and not sent yet */
	struct str carry, new_ref;
	struct str lent;                 /* receiver_build.session */
	struct receiver_build made;      /* what the request under way was made of, without the message */
	struct receiver_request request; /* …and what was made */
	int status;                      /* of the last answer; 0: there was none */
	bool template_failed;            /* one of the receiver's own; the default stood in its place */
};

/* What stakeholders' messages of an incident need of the configuration. */
struct communication_context telling_communication(const struct config *c, const struct incident *inc,
                                                   const struct zone *zone, int64_t now);

enum telling_begun {
	TELLING_SENT,    /* `done` follows */
	TELLING_NOTHING, /* the receiver has nothing to say to this */
	TELLING_FAILED,  /* it could not be built: a line in `err` */
};
enum telling_begun telling_start(struct telling *t, const struct incident *inc, struct err *err);
/* The same in two: builds it (TELLING_SENT: it can be sent), and sends it then, without the incident. */
enum telling_begun telling_prepare(struct telling *t, const struct incident *inc, struct err *err);
void telling_send(struct telling *t);
void telling_cancel(struct telling *t); /* `done` does not run any more */

#endif
