/*
 * Opsgenie's webhooks: https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/. They are not
 * signed: a token in a custom header, or in the URL, says who sends them.
 */
#include "answer.h"
#include "callback.h"

static const struct callback_row rows[] = {
	{"Acknowledge", CALLBACK_ACKNOWLEDGE, NULL, "alert.note"},
	{"UnAcknowledge", CALLBACK_UNACKNOWLEDGE, NULL, "alert.note"},
	{"Close", CALLBACK_RESOLVE, "closed in Opsgenie", "alert.note"},
	{"Delete", CALLBACK_RESOLVE, "deleted in Opsgenie", NULL},
	{"AddNote", CALLBACK_NOTE, NULL, "alert.note"},
	{"AssignOwnership", CALLBACK_NOTE, "assigned to", "alert.owner"},
	{"TakeOwnership", CALLBACK_NOTE, "took it over", NULL},
	{"AddResponder", CALLBACK_NOTE, "responder added:", "recipient.name"},
	{"AddRecipient", CALLBACK_NOTE, "responder added:", "alert.recipient"},
	{"AddTeam", CALLBACK_NOTE, "team added:", "alert.team"},
	{"Escalate", CALLBACK_NOTE, "escalated to", "escalationNotify.name"},
	{"EscalateNext", CALLBACK_NOTE, "escalated to", "escalationNotify.name"},
	{"Snooze", CALLBACK_NOTE, "snoozed in Opsgenie", NULL},
	{"SnoozeEnded", CALLBACK_NOTE, "the snooze in Opsgenie has ended", NULL},
	{"UpdatePriority", CALLBACK_NOTE, "priority set to", "alert.priority"},
	{"Create", CALLBACK_NOTHING, NULL, NULL},
	{"AddTags", CALLBACK_NOTHING, NULL, NULL},
	{"RemoveTags", CALLBACK_NOTHING, NULL, NULL},
	{"AddDetails", CALLBACK_NOTHING, NULL, NULL},
	{"RemoveDetails", CALLBACK_NOTHING, NULL, NULL},
	{"UpdateMessage", CALLBACK_NOTHING, NULL, NULL},
	{"UpdateDescription", CALLBACK_NOTHING, NULL, NULL},
};

/* The "source" of our own requests (opsgenie.c). */
#define OURSELVES "runbookd"

static enum callback_reading read_alert_action(const struct callback_request *r, json_t *body,
                                               struct callback_event *out)
{
	struct str action = answer_text(body, "action", r->arena);
	const struct callback_row *row = callback_row(rows, sizeof rows / sizeof *rows, action);
	if (!action.n || !json_is_object(json_object_get(body, "alert")))
		return CALLBACK_MALFORMED;
	if (!row)
		return CALLBACK_UNKNOWN;
	if (str_eq_c(answer_text(body, "source.name", r->arena), OURSELVES))
		return CALLBACK_OWN;
	*out = (struct callback_event){.what = row->what,
	                               .key = answer_text(body, "alert.alias", r->arena),
	                               .by = answer_text(body, "alert.username", r->arena),
	                               .note = callback_note(row, body, r->arena)};
	return CALLBACK_READ;
}

static enum callback_reading read_opsgenie(const struct callback_request *r, struct callback_event *out)
{
	return callback_read_json(r, r->body, read_alert_action, out);
}

const struct receiver_callback callback_opsgenie = {
	.secret = "webhook_token",
	.shows = true,
	.authentic = callback_has_token,
	.read = read_opsgenie,
};
