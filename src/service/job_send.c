/* Whether a job is sent, and what it is sent with: links, names, the lease that must hold. */
#include "base/log.h"
#include "catalog/schedule.h"
#include "service/ack_links.h"
#include "service/budgets.h"
#include "service/job.h"

#define FAILURE_LOG_MS 10000

enum message_event job_event(const struct attempt *a)
{
	switch (a->want.verb) {
	case WANT_NOTHING:
	case WANT_TRIGGER: return a->update ? EVENT_UPDATE : EVENT_TRIGGER;
	case WANT_UPDATE: return EVENT_UPDATE;
	case WANT_ACKNOWLEDGE: return EVENT_ACKNOWLEDGE;
	case WANT_RESOLVE:
	case WANT_ECHO: return EVENT_RESOLVE;
	}
	return EVENT_TRIGGER;
}

static void log_failure(struct job *j, enum outcome outcome, struct str error)
{
	struct outlet *o = j->outlet;
	uint64_t kept_back;

	if (!limiter_pass(&o->failures, loop_mono_ms(), FAILURE_LOG_MS, &kept_back))
		return;
	LOG(LOG_WARN, "A delivery failed", LOG_STR("receiver", o->name), LOG_STR("key", j->key),
	    LOG_S("event", message_event_name(job_event(&j->attempt))), LOG_S("outcome", outcome_name(outcome)),
	    LOG_I("attempt", j->attempt.number), LOG_STR("error", error), LOG_I("kept_back", (int64_t)kept_back));
}

/* An attempt was made (or should have been): what it says about the receiver. */
static void attempted(struct job *j, enum outcome outcome, struct str error, int64_t retry_after_ms)
{
	if (j->state == JOB_SENDING)
		j->outlet->sending--;
	outlet_attempted(j->outlet, outcome);
	if (outcome != OUTCOME_DELIVERED)
		log_failure(j, outcome, error);
	job_settle(j, outcome, error, retry_after_ms);
}

static void job_told(void *arg, const struct receiver_judgement *judged)
{
	struct job *j = arg;
	struct outlet *o = j->outlet;

	if (j->telling.template_failed)
		outlet_template_failed(o);
	j->reference = judged->ref;
	attempted(j, judged->outcome, judged->error, judged->retry_after_ms);
	outlet_send_ready(o);
}

static void job_took(void *arg, int64_t took_ms)
{
	outlet_took(((const struct job *)arg)->outlet, took_ms);
}

/* Rule "outlive": what the lease may not outlive is not sent. */
static bool lease_holds(void *arg)
{
	const struct job *j = arg;

	return delivery_may_send(loop_mono_ms(), j->lease_end_mono, j->config->policy.delivery_timeout);
}

/* As if it had never begun: no attempt is spent, and it is due at once for whoever may send it. */
static void not_sent(struct job *j)
{
	struct str labels[] = {j->outlet->name, str_c(outcome_name(OUTCOME_NOT_SENT))};

	metrics_add(j->outlet->d->r->metrics, METRIC_DELIVERIES, labels, 1);
	rate_give(&j->outlet->rate, 1);
	job_settle(j, OUTCOME_NOT_SENT, STR("not sent"), 0);
}

static bool may_send(struct job *j)
{
	const struct outlet *o = j->outlet;

	return !outlet_draining(o) && o->breaker.state != BREAKER_OPEN && lease_holds(j);
}

static void nothing_to_send(struct job *j)
{
	rate_give(&j->outlet->rate, 1);
	j->nothing = j->receiver->stakeholders;
	job_settle(j, OUTCOME_DELIVERED, STR(""), 0);
}

/* Whose receiver it is, where it is one person's alone. */
static struct str person_behind(const struct config *c, struct str receiver)
{
	const struct person *const *people;
	size_t count = catalog_people(c->catalog, &people), owners = 0;
	struct str name = {NULL, 0};

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < people[i]->receivers.n; k++) {
			if (!str_eq(people[i]->receivers.v[k], receiver))
				continue;
			name = people[i]->name;
			owners++;
		}
	}
	return owners == 1 ? name : (struct str){NULL, 0};
}

/* A resolve needs none. */
static struct str job_acknowledge_url(const struct job *j, const struct incident *inc)
{
	if (job_event(&j->attempt) == EVENT_RESOLVE)
		return (struct str){NULL, 0};
	return ack_links_url(j->outlet->d->r->ack_links, j->arena, j->config, inc, j->attempt.want.generation,
	                     person_behind(j->config, j->outlet->name));
}

static struct str job_budget(const struct job *j, const struct incident *inc)
{
	const struct budgets *budgets = j->outlet->d->r->budgets;
	bool night = config_is_night(j->config, j->receiver, loop_wall_ms());

	if (!budgets)
		return (struct str){NULL, 0};
	return budgets_words(budgets, inc->rule, inc->owner, night, j->arena);
}

static void job_tell(struct job *j, const struct incident *inc)
{
	AUTOERR struct err err = ERR_INIT;

	j->telling = (struct telling){
		.arena = j->arena,
		.client = j->outlet->d->r->client,
		.config = j->config,
		.receiver = j->receiver,
		.session = &j->outlet->session,
		.told_lately = outlet_told_lately(j->outlet),
		.event = job_event(&j->attempt),
		.target = j->target,
		.generation = j->attempt.want.generation,
		.attempt = j->attempt.number,
		.echo = j->attempt.want.verb == WANT_ECHO,
		.acknowledge_url = job_acknowledge_url(j, inc),
		.says = j->attempt.says,
		.budget = job_budget(j, inc),
		.quiet = j->attempt.want.verb == WANT_UPDATE,
		.ref = incident_reference(inc, j->outlet->name, j->target, j->attempt.want.generation),
		.key = incident_told_key(inc, j->outlet->name, j->target, j->attempt.want.generation),
		.may_go_on = lease_holds,
		.answered = job_took,
		.done = job_told,
		.arg = j,
	};
	switch (telling_prepare(&j->telling, inc, &err)) {
	case TELLING_SENT: job_await_turn(j); break;
	case TELLING_NOTHING: nothing_to_send(j); break;
	case TELLING_FAILED: attempted(j, OUTCOME_RETRY, str_c(err_first(&err)), 0); break;
	}
}

void job_send(struct job *j, const struct incident *inc)
{
	struct outlet *o = j->outlet;

	j->lane = incident_lane(inc);
	if (!may_send(j))
		not_sent(j);
	else
		job_tell(j, inc);
	outlet_send_ready(o);
}

void job_post(struct job *j)
{
	if (!may_send(j)) {
		not_sent(j);
		return;
	}
	j->state = JOB_SENDING;
	j->outlet->sending++;
	telling_send(&j->telling);
}

void jobs_cut(struct dispatcher *d)
{
	for (struct job *next, *j = d->jobs; j; j = next) {
		next = j->next;
		if (j->state != JOB_SENDING)
			continue;
		telling_cancel(&j->telling);
		attempted(j, OUTCOME_UNKNOWN, STR("cut off: this router is stopping"), 0);
	}
	for (struct job *next, *j = d->jobs; j; j = next) {
		next = j->next;
		if (j->state == JOB_READY) {
			job_leave_ready(j);
			not_sent(j);
		}
	}
}
