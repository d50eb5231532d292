/*
 * The dispatcher's inside: an outlet is one receiver at work (what it may claim and when), a job is one claimed pair on
 * its way: begin -> commit -> send -> settle -> commit.
 */
#ifndef SERVICE_DISPATCH_H
#define SERVICE_DISPATCH_H

#include "base/hash.h"
#include "incident/delivery.h"
#include "service/breaker.h"
#include "service/dispatcher.h"
#include "service/limiter.h"
#include "service/rate.h"
#include "service/telling.h"

struct digest_job;
struct job;

/* Jobs of one lane that are begun and wait for one that is being sent, the first one longest. */
struct ready_jobs {
	struct job *first, *last;
};

struct outlet {
	struct dispatcher *d;
	char *name_bytes;
	struct str name;
	struct config *config; /* that `receiver` is of */
	const struct config_receiver *receiver;
	bool removed;               /* from the configuration; works on with its old definition */
	bool owed;                  /* by the last census: some open incident names it */
	uint64_t defined;           /* dispatcher.definitions when its definition became another one; 0: it is the first */
	uint64_t redefined;         /* dispatcher.definitions when it last was; 0: all that failed before is due again */
	char secrets[HASH_HEX_MAX]; /* what its secrets are: files may change where the definition does not */
	struct rate rate;
	struct breaker breaker;
	int64_t told_at;       /* monotonic: the last success; 0: none */
	int64_t failing_since; /* monotonic: the first failure after the last success; 0: none */
	int64_t waits_since;   /* store clock: since when the oldest page waits, as far as is known; 0: none does */
	int jobs;              /* begun or about to be, and not settled yet */
	int sending;           /* of those: their request is under way */
	struct ready_jobs ready[STORE_LANES];
	bool starved;             /* something may be due that there was no room for: it goes before what becomes due now */
	struct loop_timer *timer; /* when to look again */
	int64_t timer_at;         /* monotonic */
	bool claiming, again;     /* a claim is under way; something woke it meanwhile */
	struct {
		char id[STORE_ID_MAX];
		int max;
		int64_t sent_mono;
		int64_t lease_ms;
		bool asked;  /* the store has yet to answer */
		bool digest; /* what it hands out is folded into one message */
	} claim;
	struct digest_job *digest; /* under way; NULL: none */
	bool gravest_wait;         /* by the last claim: what waits below them is not folded yet */
	int64_t digest_after;      /* monotonic: not sooner */
	struct limiter failures;
	struct telling_session session; /* what the provider lends */
	struct {
		size_t queue, dead;
		int64_t oldest_ms;
	} figures;
};

struct dispatcher {
	struct router *r;
	struct map *outlets; /* by receiver name */
	struct str *names;   /* of the outlets, in the map's order */
	struct job *jobs;
	uint64_t definitions; /* counts reconfigurations */
	size_t refs;          /* claims and jobs under way, and the owner */
	bool closed;
	bool draining;
	void (*drained)(void *arg); /* NULL: nobody waits, or it was called */
	void *drained_arg;
	struct loop_timer *drain_timer;
};

void dispatcher_unref(struct dispatcher *d);

struct outlet *outlet_new(struct dispatcher *d, struct str name);
void outlet_free(void *o); /* nothing under way */
void outlet_define(struct outlet *o, struct config *config, const struct config_receiver *receiver);
void outlet_wake(struct outlet *o, int64_t in_ms); /* looks no later than that */
/* What has just become due may be sent at once: takes a slot and a token for it. */
bool outlet_take(struct outlet *o);
void outlet_abandon(struct outlet *o); /* dispatcher_free() */
bool outlet_draining(const struct outlet *o);
bool outlet_observes(const struct outlet *o);

/* Starts on a claimed record. `lease_end_mono` counts from when the claim was sent. */
void job_start(struct outlet *o, const struct store_record *record, int64_t now, int64_t lease_until,
               int64_t lease_end_mono);
/* Of what is begun and waits, the gravest first, as many as may be under way; the breaker may have opened meanwhile. */
void outlet_send_ready(struct outlet *o);
/* An attempt was made (or should have been) at the definition of that number: what it says about the receiver. */
void outlet_attempted(struct outlet *o, uint64_t defined, enum outcome outcome);
/* A request of a message was answered after so long. */
/* Counts a message that a receiver took, where it is a page or a reminder of one. Whether it was night is said by its own
 * time_zone. */
struct told_by {
	struct str name;
	const struct config_receiver *receiver; /* NULL: the configuration does not name it any more */
	const struct config *config;
};
void outlet_count_told(const struct told_by *by, const struct attempt *a, const struct incident *inc, int64_t now,
                       struct counts *counts);
/* …and once that is written, its budgets have one page less. */
void outlet_spend_budget(const struct outlet *o, const struct attempt *a, const struct incident *inc, int64_t now);
/* receiver_reply.told_lately */
bool outlet_told_lately(const struct outlet *o);
void outlet_took(const struct outlet *o, int64_t took_ms);
/* A message's template could not be used. */
void outlet_template_failed(const struct outlet *o);
/* What was claimed and is not sent: others may have it at once, or from `due_at` on. */
void outlet_release(struct outlet *o, struct str key, const char *claim_id, int64_t due_at);

/* digest.c: what waits is to be told in one message; it is claimed a piece at a time. */
#define DIGEST_PIECE 50
bool digest_is_due(const struct outlet *o, int64_t now);
/* One is begun, and another piece is to be claimed: how much. */
bool digest_gathers(const struct outlet *o);
int digest_piece(const struct outlet *o);
/* Looks at an ordinary claim's records: whether the gravest still wait. */
void digest_look(struct outlet *o, const struct store_claimed *reply);
/* Folds what it can of a claim, gives the rest back. Then it gathers on, or is told. */
void digest_take(struct outlet *o, const struct store_claimed *reply);
/* There is no further piece: it is told, or given back where it is not worth a message. */
void digest_gathered(struct outlet *o, int64_t now);
/* Nothing is begun any more: what was gathered is given back. */
void digest_stop_gathering(struct outlet *o);
/* dispatcher_free() and dispatcher_cut(): what is gathered or being sent is given back, and whoever comes next tells it anew. */
void digest_abandon(struct outlet *o);

/* dispatcher_free(): cancels what only waits or is being sent; what is at the store ends by itself. */
void jobs_abandon(struct dispatcher *d);
/* dispatcher_cut() */
void jobs_cut(struct dispatcher *d);

#endif
