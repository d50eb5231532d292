/* Sends a marked page and its resolve to one receiver. */
#include "service/receiver_test.h"

#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "incident/row.h"
#include "service/telling.h"

struct testing {
	struct router *r;
	struct arena *arena;
	struct config *config;
	const struct config_receiver *receiver;
	struct incident *incident;
	struct telling telling;
	json_t *messages;
	int64_t took_ms; /* of the message under way */
	operate_done *done;
	void *arg;
};

/* ---- the incident that there is not ---- */

static struct labels test_labels(const struct testing *t)
{
	struct labels out = {arena_alloc(t->arena, 2 * sizeof *out.v), 2};

	out.v[0] = (struct label){STR("alertname"), STR("RunbookdTest")};
	out.v[1] = (struct label){STR("receiver"), t->receiver->name};
	return out;
}

static struct incident *test_incident(const struct testing *t, struct str severity)
{
	char key[HASH_ID_MAX];
	struct incident *inc = incident_new(t->arena, str_c(hash_random_id(key)));
	const struct severity *known = catalog_severity(t->config->catalog, severity);
	struct labels labels = test_labels(t);

	inc->started_at = inc->last_seen_at = inc->last_notice_at = loop_wall_ms();
	struct incident_row *row = row_make(inc, "0000000000000000", inc->started_at);
	inc->episode = inc->generation = inc->notice = inc->count.total = row->n0 = 1;
	inc->alertname = STR("RunbookdTest");
	inc->summary = STR("TEST page of runbookd: nobody needs to do anything");
	inc->severity.name = arena_str(t->arena, severity);
	inc->severity.rank = known ? known->rank : 0;
	inc->severity.pagerduty = known ? known->pagerduty : (struct str){NULL, 0};
	inc->labels = labels;
	struct incident_sample *s =
		INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
	*s = (struct incident_sample){.fingerprint = STR("0000000000000000"),
	                              .labels = labels,
	                              .mark = row->mark,
	                              .counted = true,
	                              .starts_at = inc->started_at};
	memcpy(s->group, row->group, sizeof s->group);
	return inc;
}

/* ---- its two messages ---- */

static void test_finish(struct testing *t)
{
	json_t *data = json_pack("{so ss so ss so}", "receiver", view_text(t->receiver->name), "kind",
	                         t->receiver->kind->name, "severity", view_text(t->incident->severity.name), "key",
	                         t->incident->key, "messages", json_incref(t->messages));
	struct operate_reply reply = {.result = OPERATE_OK, .error = "", .data = data};

	t->done(t->arg, &reply);
	json_decref(data);
	json_decref(t->messages);
	config_unref(t->config);
	arena_free(t->arena);
}

/* What went wrong, else the answer's status. */
static struct str test_answer(struct testing *t, struct str error)
{
	if (error.n || !t->telling.status)
		return error;
	return receiver_status_text(t->receiver->kind, t->arena, t->telling.status);
}

static void test_note(struct testing *t, const char *outcome, struct str error)
{
	json_array_append_new(t->messages, json_pack("{ss ss so so sI sb}", "event", message_event_name(t->telling.event),
	                                             "outcome", outcome, "error", view_text(error), "answer",
	                                             view_text(test_answer(t, error)), "took_ms", (json_int_t)t->took_ms,
	                                             "template_failed", (int)t->telling.template_failed));
	LOG(LOG_INFO, "Tested a receiver", LOG_STR("receiver", t->receiver->name),
	    LOG_S("event", message_event_name(t->telling.event)), LOG_S("outcome", outcome), LOG_STR("error", error));
}

static void test_tell(struct testing *t, enum message_event event);

/* What certainly did not arrive needs no resolve. */
static void test_next(struct testing *t, bool may_have_arrived)
{
	if (t->telling.event != EVENT_TRIGGER || !may_have_arrived) {
		test_finish(t);
		return;
	}
	struct counts unused = {.arena = t->arena};
	incident_close(t->incident, loop_wall_ms(), "last_member_resolved", &unused);
	counts_release(&unused);
	test_tell(t, EVENT_RESOLVE);
}

static bool test_goes_on(void *arg)
{
	(void)arg;
	return true;
}

static void test_took(void *arg, int64_t ms)
{
	struct testing *t = arg;

	t->took_ms += ms;
}

static void test_answered(void *arg, const struct receiver_judgement *judged)
{
	struct testing *t = arg;

	test_note(t, outcome_name(judged->outcome), judged->error);
	t->telling.ref = judged->ref;
	test_next(t, judged->outcome == OUTCOME_DELIVERED || judged->outcome == OUTCOME_UNKNOWN);
}

static void test_tell(struct testing *t, enum message_event event)
{
	AUTOERR struct err err = ERR_INIT;

	t->took_ms = 0;
	t->telling = (struct telling){
		.arena = t->arena,
		.client = t->r->client,
		.config = t->config,
		.receiver = t->receiver,
		.event = event,
		.generation = 1,
		.attempt = 1,
		.ref = t->telling.ref,
		.key = t->telling.key,
		.may_go_on = test_goes_on,
		.answered = test_took,
		.done = test_answered,
		.arg = t,
	};
	switch (telling_start(&t->telling, t->incident, &err)) {
	case TELLING_SENT: return;
	case TELLING_NOTHING: test_note(t, "nothing", (struct str){NULL, 0}); break;
	case TELLING_FAILED: test_note(t, outcome_name(OUTCOME_RETRY), str_c(err_first(&err))); break;
	}
	test_next(t, false);
}

/* ---- */

static void test_refuse(operate_done *done, void *arg, enum operate_result result, const char *error)
{
	struct operate_reply reply = {.result = result, .error = error};

	done(arg, &reply);
}

static const char *meant_receiver(const struct config *c, struct str name, struct arena *arena)
{
	struct strs names = {arena_alloc(arena, (c->receiver_count + 1) * sizeof *names.v), 0};

	for (size_t i = 0; i < c->receiver_count; i++)
		names.v[names.n++] = c->receivers[i].name;
	return options_meant(arena, name, &names);
}

/* NULL where both exist. */
static const char *test_trouble(const struct router *r, struct str name, struct str severity, struct arena *arena)
{
	if (!config_receiver(r->config, name))
		return arena_printf(arena, "no such receiver%s", meant_receiver(r->config, name, arena));
	if (severity.n && !catalog_severity(r->config->catalog, severity))
		return arena_printf(arena, "no such severity%s", catalog_meant_severity(r->config->catalog, severity, arena));
	return NULL;
}

void receiver_test(struct router *r, struct str name, struct str severity, operate_done *done, void *arg)
{
	const struct config_receiver *receiver = config_receiver(r->config, name);

	struct arena *arena = arena_new();
	const char *trouble = test_trouble(r, name, severity, arena);

	if (trouble) {
		test_refuse(done, arg, receiver ? OPERATE_BAD : OPERATE_NOT_FOUND, trouble);
		arena_free(arena);
		return;
	}
	struct testing *t = arena_alloc(arena, sizeof *t);
	t->r = r;
	t->arena = arena;
	t->config = config_ref(r->config);
	t->receiver = receiver;
	t->done = done;
	t->arg = arg;
	t->messages = json_array();
	t->incident = test_incident(t, severity.n ? severity : r->config->defaults.severity);
	test_tell(t, EVENT_TRIGGER);
}
