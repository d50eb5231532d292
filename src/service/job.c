/* A job's transactions: begun, then settled by what the provider said. */
#include "service/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "incident/delivery_hours.h"
#include "service/journal_lines.h"
#include "service/transaction.h"

#define SETTLE_AGAIN_MS 250

static struct router *router_of(const struct job *j)
{
	return j->outlet->d->r;
}

static void job_free(struct job *j)
{
	*j->link = j->next;
	if (j->next)
		j->next->link = j->link;
	loop_timer_free(j->timer);
	config_unref(j->config);
	config_unref(j->definition);
	arena_free(j->arena);
}

static void job_end(struct job *j)
{
	struct outlet *o = j->outlet;

	job_free(j);
	o->jobs--;
	if (o->starved)
		outlet_wake(o, 0);
	dispatcher_unref(o->d);
}

void jobs_abandon(struct dispatcher *d)
{
	struct job *next;

	for (struct job *j = d->jobs; j; j = next) {
		next = j->next;
		if (j->state == JOB_SENDING)
			telling_cancel(&j->telling);
		if (j->state == JOB_READY)
			job_leave_ready(j);
		if (j->state != JOB_AT_STORE)
			job_end(j);
	}
}

/* ---- settle ---- */

static void run_settle(struct job *j);

static void settle_again(void *arg)
{
	run_settle(arg);
}

/* What may have arrived: later messages of the generation go under the same key. What was refused may get another one. */
static void refer_to_told(const struct job *j, struct incident *inc)
{
	uint64_t generation = j->attempt.want.generation;
	enum outcome outcome = j->settlement.outcome;

	incident_refer(inc, j->outlet->name, j->target, generation, j->reference);
	if (outcome == OUTCOME_DELIVERED || outcome == OUTCOME_UNKNOWN)
		incident_keep_told_key(inc, j->outlet->name, j->target, generation, j->telling.key);
}

static enum tx_apply settle_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                  struct counts *counts)
{
	struct job *j = arg;

	(void)members;
	if (j->settlement.outcome == OUTCOME_DELIVERED)
		outlet_count_told(&(struct told_by){j->outlet->name, j->receiver, j->config}, &j->settlement.attempt, inc, now,
		                  counts);
	incident_settle(inc, &j->settlement, &j->config->policy, now);
	refer_to_told(j, inc);
	if (j->defined != j->outlet->defined) /* it went to the receiver as it was before */
		incident_receiver_redefined(inc, j->outlet->name, now + 1, now);
	return TX_WRITE_RELEASE;
}

/* The page was not delivered: it waits on, or is a dead letter. Told now, as the census would say so only with its next walk. */
static void note_undelivered(const struct job *j, const struct incident *inc)
{
	struct outlet *o = j->outlet;

	for (size_t i = 0; i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		if (!str_eq(d->receiver, o->name))
			continue;
		if (d->due_at && (!o->waits_since || d->first_due_at < o->waits_since))
			o->waits_since = d->first_due_at;
		if (delivery_is_dead(inc, d))
			LOG(LOG_ERROR, "Given up telling a receiver: dead letter", LOG_STR("receiver", d->receiver),
			    LOG_STR("key", j->key), LOG_STR("error", d->last_error));
	}
}

/* While the lease lasts the outcome is worth keeping; afterwards the record says "maybe", which is true. */
static void retry_settle(struct job *j)
{
	if (loop_mono_ms() + SETTLE_AGAIN_MS >= j->lease_end_mono) {
		LOG(LOG_WARN, "The outcome of a delivery could not be kept: it will be repeated",
		    LOG_STR("receiver", j->outlet->name), LOG_STR("key", j->key),
		    LOG_S("outcome", outcome_name(j->settlement.outcome)));
		job_end(j);
		return;
	}
	j->state = JOB_WAITING;
	if (!j->timer)
		j->timer = loop_timer_new(router_of(j)->loop, settle_again, j);
	loop_timer_set(j->timer, SETTLE_AGAIN_MS);
}

static void journal_outcome(const struct job *j, const struct incident *inc, int64_t now)
{
	const struct settlement *s = &j->settlement;
	const struct journal_message m = {j->outlet->name, job_event(&j->attempt), &j->attempt, s->outcome, s->error};

	journal_told(router_of(j), inc, &m, now);
}

static void settle_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct job *j = arg;

	if (j->outlet->d->closed) {
		job_end(j);
	} else if (result == TX_DONE) {
		journal_outcome(j, inc, now);
		if (j->settlement.outcome == OUTCOME_DELIVERED)
			outlet_spend_budget(j->outlet, &j->settlement.attempt, inc, now);
		else
			note_undelivered(j, inc);
		job_end(j);
	} else {
		retry_settle(j);
	}
}

static void run_settle(struct job *j)
{
	struct tx_change change = {
		.key = j->key, .apply = settle_apply, .done = settle_done, .arg = j, .release_receiver = j->outlet->name};

	change.begins_with_newest = true;
	change.patient = true;
	memcpy(change.release_claim, j->claim, sizeof change.release_claim);
	j->state = JOB_AT_STORE;
	transaction_run(router_of(j)->transactions, &change);
}

void job_settle(struct job *j, enum outcome outcome, struct str error, int64_t retry_after_ms)
{
	j->settlement = (struct settlement){
		.receiver = j->outlet->name,
		.target = j->target,
		.attempt = j->attempt,
		.outcome = outcome,
		.nothing = j->nothing,
		.error = arena_str(j->arena, error),
		.retry_after_ms = retry_after_ms,
		.dice = loop_dice(),
	};
	run_settle(j);
}

/* ---- begin ---- */

/* Those that the receiver's hours hold wait for them; others may be due, too. */
static struct delivery *due_in_hours(const struct job *j, struct incident *inc, int64_t now)
{
	struct delivery *d = incident_delivery_due(inc, j->outlet->name, now);
	while (d && delivery_hold(inc, d, &j->config->policy, now))
		d = incident_delivery_due(inc, j->outlet->name, now);
	return d;
}

static enum tx_apply begin_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                 struct counts *counts)
{
	struct job *j = arg;
	const struct str node = str_c(router_of(j)->node);
	incident_refresh(inc, now);
	incident_take_over(inc, j->outlet->name, node, now);
	struct delivery *d = due_in_hours(j, inc, now);

	(void)members;
	(void)counts;
	j->attempt = (struct attempt){.want = {.verb = WANT_NOTHING}};
	if (d) {
		j->target = arena_str(j->arena, d->target);
		j->attempt = delivery_begin(inc, d, now, j->lease_until);
		if (j->attempt.want.verb != WANT_NOTHING)
			delivery_tried_by(inc, d, node);
	}
	return j->attempt.want.verb == WANT_NOTHING ? TX_WRITE_RELEASE : TX_WRITE;
}

void job_begun(struct job *j, const struct incident *inc)
{
	if (inc && j->attempt.want.verb != WANT_NOTHING && !j->outlet->d->closed) {
		job_send(j, inc);
		return;
	}
	rate_give(&j->outlet->rate, 1);
	job_end(j);
}

static void begin_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct job *j = arg;

	if (result == TX_BUSY && !j->outlet->d->closed)
		outlet_release(j->outlet, j->key, j->claim, now);
	if (result != TX_DONE)
		outlet_wake(j->outlet, 0);
	/* TX_UNAVAILABLE: it may be on record; the lease runs out and somebody takes it up again */
	job_begun(j, result == TX_DONE ? inc : NULL);
}

struct job *job_new(struct outlet *o, struct str key, const char *claim, int64_t lease_until, int64_t lease_end_mono)
{
	struct arena *arena = arena_new();
	struct job *j = arena_alloc(arena, sizeof *j);

	j->arena = arena;
	j->outlet = o;
	j->config = config_ref(o->d->r->config);
	j->definition = config_ref(o->config);
	j->receiver = o->receiver;
	j->defined = o->defined;
	j->key = arena_str(arena, key);
	memcpy(j->claim, claim, sizeof j->claim);
	j->lease_until = lease_until;
	j->lease_end_mono = lease_end_mono;
	j->next = o->d->jobs;
	j->link = &o->d->jobs;
	if (j->next)
		j->next->link = &j->next;
	o->d->jobs = j;
	o->d->refs++;
	o->jobs++;
	return j;
}

void job_start(struct outlet *o, const struct store_record *record, int64_t now, int64_t lease_until,
               int64_t lease_end_mono)
{
	struct job *j = job_new(o, record->key, o->claim.id, lease_until, lease_end_mono);
	struct tx_change change = {.key = j->key,
	                           .apply = begin_apply,
	                           .done = begin_done,
	                           .arg = j,
	                           .release_receiver = o->name,
	                           .record_given = true,
	                           .record = *record,
	                           .now = now,
	                           .asked_mono = o->claim.sent_mono};
	memcpy(change.release_claim, j->claim, sizeof change.release_claim);
	transaction_run(o->d->r->transactions, &change);
}
