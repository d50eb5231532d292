/*
 * One claimed pair (receiver, incident) on its way. job.c runs its transactions, job_send.c decides whether it is sent.
 */
#ifndef SERVICE_JOB_H
#define SERVICE_JOB_H

#include "service/dispatch.h"
#include "service/telling.h"

/* JOB_READY: its message is built, and goes when there is room; JOB_WAITING: to settle again. */
enum job_state { JOB_AT_STORE, JOB_READY, JOB_SENDING, JOB_WAITING };

struct job {
	struct outlet *outlet;
	struct job *next, **link;
	struct job *along;                   /* begun by the same commit */
	struct job *ready_next, *ready_prev; /* while it is JOB_READY */
	int lane;
	enum job_state state;
	struct arena *arena;
	struct config *config;     /* policy and defaults as they were when it began */
	struct config *definition; /* that `receiver` is of */
	const struct config_receiver *receiver;
	struct str key;
	char claim[STORE_ID_MAX];
	int64_t lease_until; /* store clock */
	int64_t lease_end_mono;
	struct str target; /* of the delivery: the role of an escalation's step; empty: the page itself */
	struct attempt attempt;
	struct telling telling;
	struct settlement settlement;
	bool nothing;         /* there is nothing to say: delivered, and not told */
	struct str reference; /* the provider's name for what it was told; empty: none, or as before */
	struct loop_timer *timer;
};

/* A pair that is leased, or is to be with the next commit. `lease_end_mono` counts from when the claim was sent. */
struct job *job_new(struct outlet *o, struct str key, const char *claim, int64_t lease_until, int64_t lease_end_mono);
/* Its attempt is on record in `inc`, and is sent; NULL: it is not, or nobody knows. */
void job_begun(struct job *j, const struct incident *inc);
/* What the message is that an attempt sends. */
enum message_event job_event(const struct attempt *a);
/* The attempt is on record. Leads to job_settle(). */
void job_send(struct job *j, const struct incident *inc);
/* Its message, or what is left of the reasons to send it, goes. Leads to job_settle(). */
void job_post(struct job *j);
/* job_ready.c: its turn comes; it leaves, sent or not. */
void job_await_turn(struct job *j);
void job_leave_ready(struct job *j);
/* `error` is copied; "" when delivered. */
void job_settle(struct job *j, enum outcome outcome, struct str error, int64_t retry_after_ms);

#endif
