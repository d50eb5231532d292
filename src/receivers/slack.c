/*
 * Slack. By an incoming webhook each message stands alone. By a bot token (app_token) an incident is one message that is
 * edited as things change, and its news are replies in that message's thread. `ref` is "CHANNEL TS" of the message.
 */
#include "answer.h"
#include "callback.h"
#include "page.h"
#include "slack_button.h"

struct slack_settings {
	struct str api_url, api_url_file, app_token, app_token_file, app_url, channel, username, icon_emoji, icon_url;
	struct str signing_secret, signing_secret_file;
};

static const struct option options[] = {
	REQUEST_SECRET(struct slack_settings, api_url, "URL of an incoming webhook."),
	REQUEST_SECRET(struct slack_settings, app_token, "Bot token (xoxb-…), instead of a webhook."),
	REQUEST_TEXT(struct slack_settings, app_url, "https://slack.com/api/chat.postMessage",
                 "Where messages of a bot are posted."),
	REQUEST_TEXT(struct slack_settings, channel, NULL, "Channel or user; a bot needs one."),
	REQUEST_TEXT(struct slack_settings, username, NULL, "Name that the message is shown under."),
	REQUEST_TEXT(struct slack_settings, icon_emoji, NULL, "Emoji beside it: \":fire:\"."),
	REQUEST_TEXT(struct slack_settings, icon_url, NULL, "The same, as a picture's URL."),
	REQUEST_SECRET(struct slack_settings, signing_secret,
                   "Of the app: messages get a button, and Slack posts to /api/v1/callbacks/slack when it is pressed."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TITLE("message_text"),
	REQUEST_FOREIGN_TITLE("pretext"),
	REQUEST_FOREIGN_TITLE("fallback"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_LOOK("color"),
	REQUEST_FOREIGN_LOOK("title_link"),
	REQUEST_FOREIGN_LOOK("fields"),
	REQUEST_FOREIGN_LOOK("short_fields"),
	REQUEST_FOREIGN_LOOK("footer"),
	REQUEST_FOREIGN_LOOK("callback_id"),
	REQUEST_FOREIGN_LOOK("image_url"),
	REQUEST_FOREIGN_LOOK("thumb_url"),
	REQUEST_FOREIGN_LOOK("actions"),
	REQUEST_FOREIGN_LOOK("mrkdwn_in"),
	REQUEST_FOREIGN("link_names", "is not there: nobody is mentioned"),
	REQUEST_FOREIGN("update_message", "is always so with an app_token"),
};
static const char *const secrets[] = {"api_url", "app_token", "signing_secret", NULL};
static const char *const urls[] = {"api_url", "app_url", NULL};

#define TITLE_MAX 1024
#define SECTION_MAX 3000 /* characters of a section's text */
#define POST_MESSAGE "chat.postMessage"

static bool is_bot(const struct slack_settings *s)
{
	return s->app_token.n || s->app_token_file.n;
}

static bool slack_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct slack_settings *s = settings;
	bool webhook = s->api_url.n || s->api_url_file.n;
	(void)arena;
	if (webhook == is_bot(s)) {
		err_at(err, at, "slack: give either \"api_url\" (an incoming webhook) or \"app_token\" (a bot)");
		return false;
	}
	if (is_bot(s) && !s->channel.n) {
		err_at(err, at, "slack: \"app_token\" needs a \"channel\"");
		return false;
	}
	if (!str_ends(s->app_url, STR(POST_MESSAGE))) {
		err_at(err, at, "slack: \"app_url\" must end in " POST_MESSAGE);
		return false;
	}
	return true;
}

static struct str slack_escaped(struct str s, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	markup_mrkdwn.escape(&b, s);
	return arena_str(arena, buf_str(&b));
}

/* Where somebody would hear it pressed. */
static void add_button(const struct receiver_build *in, json_t *blocks)
{
	const struct slack_settings *s = in->settings;
	const struct message *m = in->message;
	if ((!s->signing_secret.n && !s->signing_secret_file.n) || m->event == EVENT_RESOLVE)
		return;
	json_t *button = json_pack("{ss s{ss ss} ss ss}", "type", "button", "text", "type", "plain_text", "text",
	                           m->taken ? "Take back" : "Acknowledge", "action_id",
	                           m->taken ? SLACK_UNACKNOWLEDGE : SLACK_ACKNOWLEDGE, "value", m->dedup_key);
	if (!m->taken)
		json_object_set_new(button, "style", json_string("primary"));
	json_array_append_new(blocks, json_pack("{ss s[o]}", "type", "actions", "elements", button));
}

static json_t *attachment(const struct receiver_build *in, struct receiver_request *out, struct str title)
{
	static const struct page_style style = {
		.markup = &markup_mrkdwn, .most = SECTION_MAX, .unit = TEXT_UTF16, .titled = true, .links = true};
	struct str text = page_full_text(in, out, &style);
	json_t *blocks =
		json_pack("[{ss s{ss so}}]", "type", "section", "text", "type", "mrkdwn", "text", request_text(text));
	add_button(in, blocks);
	return json_pack("{ss so so}", "color", page_color(in->message), "fallback", request_text(title), "blocks", blocks);
}

/* `text` is what a notification shows; the attachment is the page itself. */
static json_t *full_message(const struct receiver_build *in, struct receiver_request *out)
{
	const struct slack_settings *s = in->settings;
	struct str title = slack_escaped(page_title(in, out, TITLE_MAX, TEXT_UTF16), out->arena);
	json_t *o = json_pack("{so s[o] sb sb}", "text", request_text(title), "attachments", attachment(in, out, title),
	                      "unfurl_links", 0, "unfurl_media", 0);
	request_set_text(o, "channel", s->channel);
	request_set_text(o, "username", s->username);
	request_set_text(o, "icon_emoji", s->icon_emoji);
	request_set_text(o, "icon_url", s->icon_url);
	return o;
}

/* ---- a bot's thread ---- */

static struct str ref_channel(struct str ref)
{
	ptrdiff_t blank = str_index(ref, ' ');
	return blank < 0 ? (struct str){NULL, 0} : str_slice(ref, 0, (size_t)blank);
}

static struct str ref_ts(struct str ref)
{
	ptrdiff_t blank = str_index(ref, ' ');
	return blank < 0 ? (struct str){NULL, 0} : str_slice(ref, (size_t)blank + 1, ref.n);
}

/* The incident's own message, as it is now. */
static json_t *edited(const struct receiver_build *in, struct receiver_request *out)
{
	json_t *o = full_message(in, out);
	json_object_set_new(o, "channel", request_text(ref_channel(in->ref)));
	json_object_set_new(o, "ts", request_text(ref_ts(in->ref)));
	json_object_del(o, "username");
	json_object_del(o, "icon_emoji");
	json_object_del(o, "icon_url");
	return o;
}

static json_t *reply_in_thread(const struct receiver_build *in, struct receiver_request *out)
{
	const struct message *m = in->message;
	struct str title = page_title(in, out, TITLE_MAX, TEXT_UTF16);
	struct str text =
		str_c(arena_printf(out->arena, "%.*s%s%.*s", STR_ARG(m->headline), m->headline.n ? "\n" : "", STR_ARG(title)));
	text = text_lines(out->arena, text, SECTION_MAX, TEXT_UTF16); /* a note of an acknowledgement is anybody's */
	return json_pack("{so so so sb}", "channel", request_text(ref_channel(in->ref)), "thread_ts",
	                 request_text(ref_ts(in->ref)), "text", request_text(slack_escaped(text, out->arena)),
	                 "unfurl_links", 0);
}

static struct str update_url(const struct slack_settings *s, struct arena *arena)
{
	size_t n = s->app_url.n - sizeof POST_MESSAGE + 1;
	return str_c(arena_printf(arena, "%.*schat.update", (int)n, s->app_url.p));
}

static bool slack_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct slack_settings *s = in->settings;
	bool known = ref_ts(in->ref).n > 0;
	if (!is_bot(s))
		return request_take_json(out, "POST", request_setting(in, s->api_url, "api_url"), full_message(in, out),
		                         "slack", err);
	request_authorize(in, out, "Bearer", "app_token");
	if (known && in->step > 0)
		return request_take_json(out, "POST", s->app_url, reply_in_thread(in, out), "slack", err);
	if (known)
		return request_take_json(out, "POST", update_url(s, out->arena), edited(in, out), "slack", err);
	return request_take_json(out, "POST", s->app_url, full_message(in, out), "slack", err);
}

/* ---- judging ---- */

/* A bot's errors come with status 200. What only says that the message cannot be edited is no failure: a reply follows. */
static const struct answer answers[] = {
	{200, 200, "ok", "true", OUTCOME_DELIVERED, NULL},
	{200, 200, "error", "message_not_found", OUTCOME_DELIVERED, NULL},
	{200, 200, "error", "cant_update_message", OUTCOME_DELIVERED, NULL},
	{200, 200, "error", "edit_window_closed", OUTCOME_DELIVERED, NULL},
	{200, 200, "error", "ratelimited", OUTCOME_RETRY, NULL},
	{200, 200, "error", "rate_limited", OUTCOME_RETRY, NULL},
	{200, 200, "error", "message_limit_exceeded", OUTCOME_RETRY, NULL},
	{200, 200, "error", "service_unavailable", OUTCOME_RETRY, NULL},
	{200, 200, "error", "internal_error", OUTCOME_UNKNOWN, NULL},
	{200, 200, "error", "fatal_error", OUTCOME_UNKNOWN, NULL},
	{200, 200, "error", "request_timeout", OUTCOME_UNKNOWN, NULL},
	{200, 200, "error", NULL, OUTCOME_REJECTED, NULL},
	{200, 200, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{403, 403, ANSWER_LINE, "action_prohibited", OUTCOME_REJECTED, "the workspace has switched it off"},
	{403, 403, ANSWER_LINE, "team_disabled", OUTCOME_REJECTED, "the workspace is switched off"},
	{403, 404, ANSWER_LINE, "invalid_token", OUTCOME_REJECTED, "the webhook's URL is wrong"},
	{404, 404, ANSWER_LINE, "no_service", OUTCOME_REJECTED, "the webhook is gone"},
	{404, 404, ANSWER_LINE, "no_active_hooks", OUTCOME_REJECTED, "the webhook is switched off"},
	{404, 404, ANSWER_LINE, "no_team", OUTCOME_REJECTED, "the workspace is gone"},
	{404, 404, ANSWER_LINE, "channel_not_found", OUTCOME_REJECTED, "the channel is gone"},
	{410, 410, ANSWER_LINE, "channel_is_archived", OUTCOME_REJECTED, "the channel is archived"},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"error", NULL};

static struct str new_ref(const struct receiver_reply *reply, struct arena *arena)
{
	struct str channel = answer_ref(reply, "channel", arena), ts = answer_ref(reply, "ts", arena);
	if (!channel.n || !ts.n || channel.n + ts.n + 1 > RECEIVER_REF_MAX)
		return (struct str){NULL, 0};
	return str_c(arena_printf(arena, "%.*s %.*s", STR_ARG(channel), STR_ARG(ts)));
}

static void slack_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                        struct receiver_judgement *out)
{
	const struct slack_settings *s = settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (out->outcome != OUTCOME_DELIVERED || !is_bot(s))
		return;
	bool known = ref_ts(reply->ref).n > 0;
	out->ref = known ? (struct str){NULL, 0} : new_ref(reply, arena);
	out->more = known && reply->step == 0 && reply->event != EVENT_TRIGGER;
}

const struct receiver_kind receiver_slack = {
	.name = "slack",
	.doc = "Slack, by an incoming webhook or a bot",
	.use = RECEIVER_CHAT,
	.update = "A bot edits the message and replies in its thread; a webhook posts.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct slack_settings),
	.steps = true,
	.secrets = secrets,
	.rate_per_second = 1, /* a message a second and channel */
	.rate_burst = 10,
	.check = slack_check,
	.callback = &callback_slack,
	.urls = urls,
	.build = slack_build,
	.judge = slack_judge,
};
