/* Builds, sends and judges the requests of one message. */
#include "service/telling.h"

#include <string.h>

#include "incident/target.h"
#include "service/about.h"

/* ---- what a message says that the record does not hold ---- */

struct communication_context telling_communication(const struct config *c, const struct incident *inc,
                                                   const struct zone *zone, int64_t now)
{
	const struct severity *severity = catalog_severity(c->catalog, inc->severity.name);
	return (struct communication_context){.stated = catalog_stated_for(c->catalog, inc->runbook.path),
	                                      .every = severity ? severity->communication_text : (struct str){NULL, 0},
	                                      .external_url = c->external_url,
	                                      .zone = zone,
	                                      .now = now};
}

static struct str target_contact(const struct telling *t)
{
	struct reached reached;

	if (!t->target.n)
		return t->target;
	config_reach(t->config, step_target_role(t->target), loop_wall_ms(), t->arena, &reached);
	return about_reached(t->arena, &reached);
}

/* What stakeholders read instead of the page. */
static enum communication telling_kind(const struct telling *t, const struct incident *inc)
{
	if (t->event == EVENT_TRIGGER)
		return COMMUNICATION_OPENING;
	return t->event == EVENT_RESOLVE ? COMMUNICATION_RESOLUTION : communication_of(&inc->update);
}

/* Stakeholders hear no acknowledgement and no reminder, and not the end either where a person has announced it to them. */
static bool concerns_stakeholders(const struct telling *t, const struct incident *inc)
{
	switch (t->event) {
	case EVENT_TRIGGER: return true;
	case EVENT_UPDATE: return t->says;
	case EVENT_ACKNOWLEDGE: return false;
	case EVENT_RESOLVE: break;
	}
	return communication_of(&inc->update) != COMMUNICATION_RESOLUTION;
}

static void communicate(struct telling *t, const struct incident *inc, struct message *m)
{
	struct communication_text said;
	const struct communication_context context =
		telling_communication(t->config, inc, t->receiver->zone, loop_wall_ms());
	communication_write(t->arena, inc, telling_kind(t, inc), &context, &said);
	message_say(m, said.title, said.text);
}

static void make_message(struct telling *t, const struct incident *inc, struct message *out)
{
	struct message_context context = {.target = t->target};
	/* stakeholders are told in words of the organisation's own */
	bool own_words = t->receiver->title || t->receiver->text || t->receiver->stakeholders;

	receiver_skip_unread(t->receiver->kind, t->receiver->settings, own_words, t->event, &context);
	about_incident(t->config, t->arena, inc, &context);
	context.acknowledge_url = t->acknowledge_url;
	context.target_contact = target_contact(t);
	context.zone = t->receiver->zone;
	context.budget = t->budget;
	context.quiet = t->quiet;
	context.digest = t->digest;
	context.incident_url = t->incident_url;
	message_init(out, t->arena, inc, t->event, t->generation, t->attempt, &context);
	if (t->receiver->stakeholders)
		communicate(t, inc, out);
	out->echo = t->echo;
	memcpy(t->dedup_key, out->dedup_key, sizeof t->dedup_key);
}

/* ---- the provider's access token, where it hands out such ---- */

void telling_session_end(struct telling_session *s)
{
	explicit_bzero(s, sizeof *s);
}

static struct str session_taken(struct telling *t)
{
	struct telling_session *s = t->session;
	if (s && s->n && s->until <= loop_mono_ms())
		telling_session_end(s);
	return s && s->n ? arena_str(t->arena, (struct str){s->text, s->n}) : (struct str){NULL, 0};
}

/* The answer to a message that was sent with an older access token must not end the token that came after it. */
static void session_judged(struct telling *t, const struct receiver_judgement *judged)
{
	struct telling_session *s = t->session;

	if (judged->session_over) {
		if (s && str_eq((struct str){s->text, s->n}, t->lent))
			telling_session_end(s);
		t->lent = (struct str){NULL, 0};
	}
	if (!judged->session.n)
		return;
	t->lent = arena_str(t->arena, judged->session);
	if (!s || judged->session_ms <= 0 || judged->session.n > sizeof s->text)
		return;
	memcpy(s->text, judged->session.p, judged->session.n);
	s->n = judged->session.n;
	s->until = loop_mono_ms() + judged->session_ms;
}

/* ---- a request ---- */

/* Those that only the provider's own messages bring along, and what stands in the proxy's URL. */
static struct strs other_secrets(const struct telling *t)
{
	const struct config_receiver *r = t->receiver;
	AUTOERR struct err unread = ERR_INIT;
	struct strs list = {NULL, 0}, out;

	if (r->kind->callback)
		config_receiver_secret(r, r->kind->callback->secret, t->arena, &list, &unread);
	out = (struct strs){arena_alloc(t->arena, (list.n + 1) * sizeof *out.v), 0};
	for (; out.n < list.n; out.n++)
		out.v[out.n] = list.v[out.n];
	if (r->proxy_url)
		out.v[out.n++] = str_c(r->proxy_url);
	return out;
}

static bool build_telling(struct telling *t, const struct incident *inc, struct receiver_request *request,
                          struct err *err)
{
	struct receiver_secret *secrets;
	size_t secret_count;
	struct message message;

	if (!config_receiver_secrets(t->receiver, t->arena, &secrets, &secret_count, err))
		return false;
	make_message(t, inc, &message);
	struct receiver_build in = {
		.settings = t->receiver->settings,
		.message = &message,
		.secrets = secrets,
		.secret_count = secret_count,
		.now_ms = loop_wall_ms(),
		.send_resolved = t->receiver->send_resolved,
		.title = t->receiver->title,
		.text = t->receiver->text,
		.ref = t->ref,
		.key = t->key,
		.step = t->step,
		.carry = t->carry,
		.session = t->lent,
	};
	if (!receiver_make_request(t->receiver->kind, &in, request, err))
		return false;
	t->made = in;
	t->made.message = NULL; /* it is this function's */
	t->request = *request;
	return true;
}

static const struct http_client_mail *mail_of(struct telling *t, const struct receiver_mail *mail)
{
	struct http_client_mail *out = arena_alloc(t->arena, sizeof *out);
	const char **to;

	if (!mail)
		return NULL;
	to = arena_alloc(t->arena, (mail->to.n + 1) * sizeof *to);
	for (size_t i = 0; i < mail->to.n; i++)
		to[i] = arena_cstr(t->arena, mail->to.v[i]);
	*out = (struct http_client_mail){.from = arena_cstr(t->arena, mail->from),
	                                 .to = to,
	                                 .username = mail->username.n ? arena_cstr(t->arena, mail->username) : NULL,
	                                 .password = mail->password.n ? arena_cstr(t->arena, mail->password) : NULL,
	                                 .require_tls = mail->require_tls};
	return out;
}

static void telling_answered(void *arg, const struct http_result *result);

static void post(struct telling *t, const struct receiver_request *built)
{
	const char **headers = arena_alloc(t->arena, (built->headers.n + 1) * sizeof *headers);

	for (size_t i = 0; i < built->headers.n; i++)
		headers[i] = arena_cstr(t->arena, built->headers.v[i]);
	struct http_client_request request = {
		.method = built->method,
		.url = arena_cstr(t->arena, built->url),
		.headers = headers,
		.body = built->body,
		.timeout_ms = t->config->policy.delivery_timeout,
		.response_max = built->reply_max,
		.tls = t->receiver->tls,
		.proxy = t->receiver->proxy,
		.proxy_url = t->receiver->proxy_url,
		.mail = mail_of(t, built->mail),
	};
	t->call = http_client_send(t->client, &request, telling_answered, t);
}

static enum telling_begun make_step(struct telling *t, const struct incident *inc, struct receiver_request *request,
                                    struct err *err)
{
	*request = (struct receiver_request){.arena = t->arena};
	if (!build_telling(t, inc, request, err))
		return TELLING_FAILED;
	t->template_failed |= request->template_failed;
	if (request->nothing)
		return TELLING_NOTHING;
	t->key = request->key.n ? arena_str(t->arena, request->key) : t->key;
	return TELLING_SENT;
}

static enum telling_begun send_step(struct telling *t, const struct incident *inc, struct err *err)
{
	struct receiver_request request;
	enum telling_begun begun = make_step(t, inc, &request, err);

	if (begun == TELLING_SENT)
		post(t, &request);
	return begun;
}

/* ---- its answer ---- */

/* What is hidden is gathered only where the provider's words are kept: most answers say that it was delivered. */
static void judge_answer(struct telling *t, struct receiver_reply *reply, struct receiver_judgement *out)
{
	const struct receiver_kind *kind = t->receiver->kind;
	const struct receiver_judgement before = *out;

	kind->judge(t->receiver->settings, reply, t->arena, out);
	if (out->outcome == OUTCOME_DELIVERED && !out->error.n)
		return;
	const struct strs others = other_secrets(t);
	reply->hidden = receiver_hidden(kind, &t->made, &t->request, &others);
	*out = before;
	kind->judge(t->receiver->settings, reply, t->arena, out);
}

static void telling_judge(struct telling *t, const struct http_result *result, struct receiver_judgement *out)
{
	struct receiver_reply reply = {
		.status = result->status,
		.body = result->body,
		.retry_after_ms = result->retry_after_ms,
		.event = t->event,
		.quiet = t->quiet,
		.digest = t->digest,
		.dedup_key = t->dedup_key,
		.step = t->step,
		.ref = t->ref,
		.carry = t->carry,
		.session = t->lent,
		.attempt = t->attempt,
		.told_lately = t->told_lately,
	};

	t->status = result->outcome == HTTP_ANSWERED ? result->status : 0;
	*out = (struct receiver_judgement){.error = str_c(result->error)};
	switch (result->outcome) {
	case HTTP_ANSWERED: judge_answer(t, &reply, out); break;
	case HTTP_NOT_SENT: out->outcome = OUTCOME_RETRY; break;
	case HTTP_UNKNOWN: out->outcome = OUTCOME_UNKNOWN; break;
	}
	if (!out->retry_after_ms)
		out->retry_after_ms = result->retry_after_ms;
}

/* The provider's name for the message (Slack's ts): that of its last request, else that of an earlier one. */
static void tell_done(struct telling *t, struct receiver_judgement *judged)
{
	if (judged->ref.n)
		t->new_ref = judged->ref;
	judged->ref = t->new_ref;
	t->done(t->arg, judged);
}

static void telling_fail(struct telling *t, struct str why)
{
	struct receiver_judgement judged = {.outcome = OUTCOME_RETRY, .error = why};

	tell_done(t, &judged);
}

/* Should the next request fail, the message is sent again from its first one: each kind makes requests that may come twice. */
static void take_next_step(struct telling *t, struct receiver_judgement *judged)
{
	AUTOERR struct err err = ERR_INIT;

	t->step++;
	t->carry = judged->carry;
	if (judged->ref.n)
		t->new_ref = judged->ref;
	if (!t->may_go_on(t->arg)) {
		telling_fail(t, STR("no time was left for all requests of the message"));
		return;
	}
	switch (send_step(t, t->kept, &err)) {
	case TELLING_SENT: break;
	case TELLING_NOTHING: tell_done(t, judged); break;
	case TELLING_FAILED: telling_fail(t, arena_str(t->arena, str_c(err_first(&err)))); break;
	}
}

static void telling_answered(void *arg, const struct http_result *result)
{
	struct telling *t = arg;
	struct receiver_judgement judged;

	t->call = NULL;
	t->answered(t->arg, result->duration_ms);
	telling_judge(t, result, &judged);
	judged.error = arena_str(t->arena, judged.error);
	session_judged(t, &judged);
	if (judged.outcome == OUTCOME_DELIVERED && judged.more && t->step + 1 < RECEIVER_STEPS_MAX)
		take_next_step(t, &judged);
	else
		tell_done(t, &judged);
}

/* ---- from outside ---- */

enum telling_begun telling_prepare(struct telling *t, const struct incident *inc, struct err *err)
{
	if (t->receiver->stakeholders && !concerns_stakeholders(t, inc))
		return TELLING_NOTHING;
	t->ref = arena_str(t->arena, t->ref); /* they may be views into the incident */
	t->key = arena_str(t->arena, t->key);
	t->lent = session_taken(t);
	if (t->receiver->kind->steps) {
		t->kept = t->stays ? inc : incident_read(t->arena, incident_write(t->arena, inc), err);
		if (!t->kept)
			return TELLING_FAILED;
	}
	return make_step(t, inc, &t->first, err);
}

void telling_send(struct telling *t)
{
	post(t, &t->first);
}

enum telling_begun telling_start(struct telling *t, const struct incident *inc, struct err *err)
{
	enum telling_begun begun = telling_prepare(t, inc, err);

	if (begun == TELLING_SENT)
		telling_send(t);
	return begun;
}

void telling_cancel(struct telling *t)
{
	http_call_cancel(t->call);
	t->call = NULL;
}
