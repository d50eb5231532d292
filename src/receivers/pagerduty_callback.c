/*
 * PagerDuty's v3 webhooks: https://developer.pagerduty.com/docs/webhooks. Signed by one or more secrets, answered within
 * 5 s, sent at least once (X-Webhook-Id) and for about 20 minutes; what is refused with 4xx three times switches the
 * webhook off.
 */
#include "answer.h"
#include "base/time.h"
#include "callback.h"

/* The signature carries no time, the event does: longer ago it is no repeat of PagerDuty's. */
#define WINDOW TIME_HOUR

static const struct callback_row rows[] = {
	{"incident.acknowledged", CALLBACK_ACKNOWLEDGE, NULL, NULL},
	{"incident.unacknowledged", CALLBACK_UNACKNOWLEDGE, NULL, NULL},
	{"incident.resolved", CALLBACK_RESOLVE, "resolved in PagerDuty", NULL},
	{"incident.triggered", CALLBACK_REFER, NULL, NULL},
	{"incident.annotated", CALLBACK_NOTE, NULL, "content"},
	{"incident.status_update_published", CALLBACK_NOTE, "status update:", "message"},
	{"incident.reassigned", CALLBACK_NOTE, "reassigned to", "assignees.summary"},
	{"incident.escalated", CALLBACK_NOTE, "escalated to", "assignees.summary"},
	{"incident.delegated", CALLBACK_NOTE, "delegated to", "escalation_policy.summary"},
	{"incident.priority_updated", CALLBACK_NOTE, "priority set to", "priority.summary"},
	{"incident.reopened", CALLBACK_NOTE, "reopened in PagerDuty", NULL},
	{"incident.responder.added", CALLBACK_NOTE, "responder asked for:", "user.summary"},
	{"incident.responder.replied", CALLBACK_NOTE, "responder replied:", "message"},
	{"pagey.ping", CALLBACK_NOTHING, NULL, NULL},
};

static bool pagerduty_authentic(const struct callback_request *r, struct str secret)
{
	return callback_signed(secret, r->body, r->header(r->arg, "X-PagerDuty-Signature"), "v1=");
}

/* What came in by the Events API is what we sent. A service that takes an acknowledgement back after a while is not. */
static bool by_integration(const json_t *event, struct arena *arena)
{
	return str_ends(answer_text(event, "agent.type", arena), STR("integration_reference"));
}

/* Of a list (assignees) the first one speaks. */
static void replace_list_by_first(json_t *data, const char *name)
{
	json_t *list = json_object_get(data, name);
	if (json_is_array(list) && json_array_size(list))
		json_object_set(data, name, json_array_get(list, 0));
}

static enum callback_reading read_pagerduty_event(const struct callback_request *r, json_t *body,
                                                  struct callback_event *out)
{
	json_t *event = json_object_get(body, "event");
	struct arena *arena = r->arena;
	json_t *data = json_object_get(event, "data");
	const struct callback_row *row =
		callback_row(rows, sizeof rows / sizeof *rows, answer_text(event, "event_type", arena));
	int64_t at;
	if (!json_is_object(event) || !answer_text(event, "event_type", arena).n)
		return CALLBACK_MALFORMED;
	if (!row)
		return CALLBACK_UNKNOWN;
	if (!time_parse(answer_text(event, "occurred_at", arena), &at) || (row->what && !json_is_object(data)))
		return CALLBACK_MALFORMED;
	if (r->now_ms - at > WINDOW || at - r->now_ms > WINDOW)
		return CALLBACK_TOO_OLD;
	if (row->what != CALLBACK_REFER && by_integration(event, arena))
		return CALLBACK_OWN;
	replace_list_by_first(data, "assignees");
	*out = (struct callback_event){.what = row->what,
	                               .key = answer_text(data, "incident_key", arena),
	                               .reference = answer_text(data, "incident.id", arena),
	                               .by = answer_text(event, "agent.summary", arena),
	                               .note = callback_note(row, data, arena),
	                               .id = answer_text(event, "id", arena)};
	if (out->key.n)
		out->reference = answer_text(data, "id", arena);
	return CALLBACK_READ;
}

static enum callback_reading read_pagerduty(const struct callback_request *r, struct callback_event *out)
{
	return callback_read_json(r, r->body, read_pagerduty_event, out);
}

const struct receiver_callback callback_pagerduty = {
	.secret = "webhook_secret",
	.shows = true,
	.authentic = pagerduty_authentic,
	.read = read_pagerduty,
};
