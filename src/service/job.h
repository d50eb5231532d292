/*
 * One claimed pair (receiver, incident) on its way. job.c runs its transactions, job_build.c builds its requests, job_send.c sends them.
 */
#ifndef SERVICE_JOB_H
#define SERVICE_JOB_H

#include "service/dispatch.h"

enum job_state { JOB_AT_STORE, JOB_SENDING, JOB_WAITING };

struct job {
	struct outlet *outlet;
	struct job *next, **link;
	enum job_state state;
	struct arena *arena;
	struct config *config;     /* policy and defaults as they were when it began */
	struct config *definition; /* that `receiver` is of */
	const struct config_receiver *receiver;
	struct str key;
	char claim[STORE_ID_MAX];
	int64_t lease_until; /* store clock */
	int64_t lease_end_mono;
	struct attempt attempt;
	struct http_call *call;
	enum message_event event; /* of the message being told */
	char dedup_key[INCIDENT_PROVIDER_KEY_MAX];
	const struct incident *incident; /* a copy, for the second and later requests of one message; else NULL */
	unsigned step;
	struct str carry; /* between the requests of one message */
	struct str ref;   /* what the provider called it, as an earlier message left it */
	struct settlement settlement;
	struct loop_timer *timer;
};

/* The attempt is on record. Leads to job_settle(). */
void job_send(struct job *j, const struct incident *inc);
/* job_build.c: the request of the job's current step. False with a line in `err`. */
bool job_build(struct job *j, const struct incident *inc, struct receiver_request *request, struct err *err);
/* `error` is copied; "" when delivered. */
void job_settle(struct job *j, enum outcome outcome, struct str error, int64_t retry_after_ms);

#endif
