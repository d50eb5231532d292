/*
 * One webhook on its way through the intake: intake.c receives and answers, intake_route.c brings each alert to its
 * incident, intake_report.c says what became of them.
 */
#ifndef SERVICE_INTAKE_REQUEST_H
#define SERVICE_INTAKE_REQUEST_H

#include "alert/webhook.h"
#include "incident/decide.h"
#include "service/intake.h"
#include "service/limiter.h"

#define INTAKE_ROUNDS 5 /* an alert whose incident moves while it is decided is planned again so often */

struct item { /* one alert */
	const struct alert *alert;
	struct plan plan;
	struct member member;     /* as loaded; before that source and fingerprint only */
	struct item *folded_into; /* a later alert of this webhook with the same member */
	struct str key;           /* where it is, or was, decided */
	struct item *next;        /* of its group */
	bool decided;
	enum verdict verdict;
	enum reason reason;
};

struct request {
	struct intake *in;
	struct config *config;
	struct arena *arena;
	struct str source;
	size_t bytes;
	int64_t started_mono;
	struct webhook hook;
	struct item *items; /* hook.count */
	size_t waiting;     /* for so many transactions */
	bool moved;
	int rounds;
	int64_t now; /* store clock of the last load */
	int code;
	const char *error;
	json_t *data;
	void (*done)(void *arg, const struct intake_result *result);
	void *arg;
};

struct intake {
	struct router *r;
	size_t requests, bytes; /* in hand */
	size_t refs;            /* requests, and the owner */
	bool closed;
	struct limiter truncated;
};

/* Leads to exactly one intake_answer(), not inside the call. */
void intake_route(struct request *q);
/* Runs the callback and lets go of the request. */
void intake_answer(struct request *q, int code, const char *error);

/* The decisions as INTERFACE section 7 has them; the caller owns the reference. */
json_t *intake_decisions(const struct request *q);
/* Counts and journals a webhook that is about to be answered 200. */
void intake_count(struct request *q);

#endif
