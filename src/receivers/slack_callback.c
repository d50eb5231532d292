/*
 * A button pressed in Slack: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. Signed together
 * with a time that may be five minutes ago, and never sent twice. Slack shows nothing by itself: it is told like everybody
 * else. It waits 3 s for the answer.
 */
#include "answer.h"
#include "base/form.h"
#include "base/time.h"
#include "callback.h"
#include "slack_button.h"

#define WINDOW (5 * TIME_MINUTE)

static const struct callback_row rows[] = {
	{SLACK_ACKNOWLEDGE, CALLBACK_ACKNOWLEDGE, "in Slack", NULL},
	{SLACK_UNACKNOWLEDGE, CALLBACK_UNACKNOWLEDGE, "in Slack", NULL},
};

static bool is_recent(const struct callback_request *r, struct str timestamp)
{
	int64_t seconds;
	if (!str_to_i64(timestamp, &seconds) || seconds < 0 || seconds > INT64_MAX / TIME_SECOND / 2)
		return false;
	int64_t age = r->now_ms - seconds * TIME_SECOND;
	return age <= WINDOW && age >= -WINDOW;
}

static bool slack_authentic(const struct callback_request *r, struct str secret)
{
	struct str timestamp = r->header(r->arg, "X-Slack-Request-Timestamp");
	AUTOBUF struct buf text;
	buf_init(&text, SIZE_MAX);
	buf_printf(&text, "v0:%.*s:", STR_ARG(timestamp));
	buf_add(&text, r->body);
	bool fits = callback_signed(secret, buf_str(&text), r->header(r->arg, "X-Slack-Signature"), "v0=");
	return fits && is_recent(r, timestamp);
}

static struct str slack_user(const json_t *payload, struct arena *arena)
{
	static const char *const paths[] = {"user.name", "user.username", "user.id"};
	struct str name = {NULL, 0};
	for (size_t i = 0; i < sizeof paths / sizeof *paths && !name.n; i++)
		name = answer_text(payload, paths[i], arena);
	return name;
}

static enum callback_reading read_payload(const struct callback_request *r, json_t *payload, struct callback_event *out)
{
	const json_t *action = json_array_get(json_object_get(payload, "actions"), 0);
	if (!str_eq_c(answer_text(payload, "type", r->arena), "block_actions"))
		return CALLBACK_UNKNOWN;
	if (!json_is_object(action))
		return CALLBACK_MALFORMED;
	const struct callback_row *row =
		callback_row(rows, sizeof rows / sizeof *rows, answer_text(action, "action_id", r->arena));
	if (!row)
		return CALLBACK_UNKNOWN;
	*out = (struct callback_event){.what = row->what,
	                               .key = answer_text(action, "value", r->arena),
	                               .by = slack_user(payload, r->arena),
	                               .note = callback_note(row, action, r->arena),
	                               .id = r->header(r->arg, "X-Slack-Signature")};
	return CALLBACK_READ;
}

static enum callback_reading read_slack(const struct callback_request *r, struct callback_event *out)
{
	struct str text;
	if (!form_value(r->arena, r->body, "payload", CALLBACK_BODY_MAX, &text))
		return CALLBACK_MALFORMED;
	return callback_read_json(r, text, read_payload, out);
}

const struct receiver_callback callback_slack = {
	.secret = "signing_secret",
	.once = true,
	.silent = true,
	.authentic = slack_authentic,
	.read = read_slack,
};
