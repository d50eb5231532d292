/*
 * GoAlert's webhooks (a contact method or channel of type Webhook, with status updates switched on): their status update
 * names an alert by GoAlert's own number and says what happened in a sentence. A token in the URL says who sends them; the
 * number is known from the answer to the page (goalert.c). GoAlert waits 3 s for the answer. Its documentation of webhooks
 * knows no signature, and no version hands out a key to check one with.
 */
#include "answer.h"
#include "callback.h"

/* By how the sentence begins: "Acknowledged by Ana via Web". */
static const struct callback_row rows[] = {
	{"Acknowledged", CALLBACK_ACKNOWLEDGE, NULL, NULL},
	{"Closed", CALLBACK_RESOLVE, "closed in GoAlert", NULL},
	{"Escalated", CALLBACK_NOTE, NULL, "LogEntry"},
	{"Escalation requested", CALLBACK_NOTE, NULL, "LogEntry"},
	{"Created", CALLBACK_NOTHING, NULL, NULL},
	{"Notification sent", CALLBACK_NOTHING, NULL, NULL},
	{"No notification sent", CALLBACK_NOTHING, NULL, NULL},
	{"Policy updated", CALLBACK_NOTHING, NULL, NULL},
	{"Suppressed duplicate", CALLBACK_NOTHING, NULL, NULL},
};

/* Webhooks that say nothing of an alert's state. */
static const char *const quiet[] = {"Alert", "AlertBundle", "AlertStatusBundle", "ScheduleOnCallUsers",
                                    "Test",  "Verification"};

static const struct callback_row *row_of_sentence(struct str sentence)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_starts(sentence, str_c(rows[i].event)))
			return &rows[i];
	}
	return NULL;
}

static bool is_quiet(struct str type)
{
	for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
		if (str_eq_c(type, quiet[i]))
			return true;
	}
	return false;
}

/* What stands between " by " and " via "; empty where nobody is named. */
static struct str person_in(struct str sentence)
{
	ptrdiff_t by = str_find(sentence, STR(" by "));
	if (by < 0)
		return (struct str){NULL, 0};
	struct str rest = str_slice(sentence, (size_t)by + 4, sentence.n);
	ptrdiff_t via = str_find(rest, STR(" via "));
	return str_trim(str_slice(rest, 0, via < 0 ? rest.n : (size_t)via));
}

static enum callback_reading read_status(const struct callback_request *r, json_t *body, struct callback_event *out)
{
	struct str type = answer_text(body, "Type", r->arena), sentence = answer_text(body, "LogEntry", r->arena);
	struct str number = answer_text(body, "AlertID", r->arena);
	const struct callback_row *row = row_of_sentence(sentence);
	if (!type.n)
		return CALLBACK_MALFORMED;
	if (is_quiet(type))
		return CALLBACK_READ;
	if (!str_eq_c(type, "AlertStatus") || !row)
		return CALLBACK_UNKNOWN;
	struct str by = person_in(sentence);
	if (!by.n && str_find(sentence, STR(" integration")) >= 0)
		return CALLBACK_OWN;
	if (!number.n)
		return CALLBACK_MALFORMED;
	*out = (struct callback_event){
		.what = row->what, .reference = number, .by = by, .note = callback_note(row, body, r->arena)};
	return CALLBACK_READ;
}

static enum callback_reading read_goalert(const struct callback_request *r, struct callback_event *out)
{
	return callback_read_json(r, r->body, read_status, out);
}

const struct receiver_callback callback_goalert = {
	.secret = "webhook_token",
	.shows = true,
	.authentic = callback_has_token,
	.read = read_goalert,
};
