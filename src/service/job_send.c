#include "base/log.h"
#include "service/job.h"

#define FAILURE_LOG_MS 10000

static enum message_event event_of(const struct attempt *a)
{
	switch (a->want.verb) {
	case WANT_NOTHING:
	case WANT_TRIGGER: return a->update ? EVENT_UPDATE : EVENT_TRIGGER;
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
	    LOG_S("event", message_event_name(event_of(&j->attempt))), LOG_S("outcome", outcome_name(outcome)),
	    LOG_I("attempt", j->attempt.number), LOG_STR("error", error), LOG_I("kept_back", (int64_t)kept_back));
}

/* An attempt was made (or should have been): what it says about the receiver. */
static void attempted(struct job *j, enum outcome outcome, struct str error, int64_t retry_after_ms)
{
	struct outlet *o = j->outlet;
	struct str labels[] = {o->name, str_c(outcome_name(outcome))};

	metrics_add(o->d->r->metrics, METRIC_DELIVERIES, labels, 1);
	breaker_result(&o->breaker, outcome == OUTCOME_RETRY || outcome == OUTCOME_UNKNOWN, loop_mono_ms());
	if (outcome == OUTCOME_DELIVERED)
		o->failing_since = 0;
	else if (!o->failing_since)
		o->failing_since = loop_mono_ms();
	if (outcome != OUTCOME_DELIVERED)
		log_failure(j, outcome, error);
	job_settle(j, outcome, error, retry_after_ms);
}

static void judge(struct job *j, const struct http_result *result, struct receiver_judgement *out)
{
	struct receiver_reply reply = {
		.status = result->status, .body = result->body, .retry_after_ms = result->retry_after_ms};

	*out = (struct receiver_judgement){.error = str_c(result->error)};
	switch (result->outcome) {
	case HTTP_ANSWERED: j->receiver->kind->judge(j->receiver->settings, &reply, j->arena, out); return;
	case HTTP_NOT_SENT: out->outcome = OUTCOME_RETRY; return;
	case HTTP_UNKNOWN: out->outcome = OUTCOME_UNKNOWN; return;
	}
}

static void answered(void *arg, const struct http_result *result)
{
	struct job *j = arg;
	struct receiver_judgement judged;

	metrics_observe(j->outlet->d->r->metrics, METRIC_DELIVERY_DURATION, &j->outlet->name,
	                (double)result->duration_ms / 1000.0);
	judge(j, result, &judged);
	attempted(j, judged.outcome, judged.error, result->retry_after_ms);
}

static bool build(struct job *j, const struct incident *inc, struct receiver_request *request, struct err *err)
{
	struct receiver_secret *secrets;
	size_t secret_count;
	struct message message;

	if (!config_receiver_secrets(j->receiver, j->arena, &secrets, &secret_count, err))
		return false;
	message_init(&message, j->arena, inc, event_of(&j->attempt), j->attempt.want.generation, j->attempt.number,
	             j->config->external_url);
	message.echo = j->attempt.want.verb == WANT_ECHO;
	struct receiver_build in = {
		.settings = j->receiver->settings,
		.message = &message,
		.secrets = secrets,
		.secret_count = secret_count,
		.now_ms = loop_wall_ms(),
		.send_resolved = j->receiver->send_resolved,
	};
	bool built = j->receiver->kind->build(&in, request, err);
	message_release(&message);
	return built;
}

static void post(struct job *j, const struct receiver_request *built)
{
	const char **headers = arena_alloc(j->arena, (built->headers.n + 1) * sizeof *headers);

	for (size_t i = 0; i < built->headers.n; i++)
		headers[i] = arena_cstr(j->arena, built->headers.v[i]);
	struct http_client_request request = {
		.method = built->method,
		.url = arena_cstr(j->arena, built->url),
		.headers = headers,
		.body = built->body,
		.timeout_ms = j->config->policy.delivery_timeout,
	};
	j->state = JOB_SENDING;
	j->call = http_client_send(j->outlet->d->r->client, &request, answered, j);
}

/* As if it had never begun: no attempt is spent, and it is due at once for whoever may send it. */
static void not_sent(struct job *j)
{
	struct str labels[] = {j->outlet->name, str_c(outcome_name(OUTCOME_NOT_SENT))};

	metrics_add(j->outlet->d->r->metrics, METRIC_DELIVERIES, labels, 1);
	rate_give(&j->outlet->rate, 1);
	job_settle(j, OUTCOME_NOT_SENT, STR("not sent"), 0);
}

/* Rule "outlive": what the lease may not outlive is not sent. */
static bool may_send(const struct job *j)
{
	const struct outlet *o = j->outlet;

	return !outlet_draining(o) && o->breaker.state != BREAKER_OPEN &&
	       delivery_may_send(loop_mono_ms(), j->lease_end_mono, j->config->policy.delivery_timeout);
}

static void nothing_to_send(struct job *j)
{
	rate_give(&j->outlet->rate, 1);
	job_settle(j, OUTCOME_DELIVERED, STR(""), 0);
}

void job_send(struct job *j, const struct incident *inc)
{
	struct receiver_request request = {.arena = j->arena};
	AUTOERR struct err err = ERR_INIT;

	if (!may_send(j))
		not_sent(j);
	else if (!build(j, inc, &request, &err))
		attempted(j, OUTCOME_RETRY, str_c(err_first(&err)), 0);
	else if (request.nothing)
		nothing_to_send(j);
	else
		post(j, &request);
}

void jobs_cut(struct dispatcher *d)
{
	for (struct job *next, *j = d->jobs; j; j = next) {
		next = j->next;
		if (j->state != JOB_SENDING)
			continue;
		http_call_cancel(j->call);
		attempted(j, OUTCOME_UNKNOWN, STR("cut off: this router is stopping"), 0);
	}
}
