/*
 * Rocket.Chat's REST API. The news of an incident are replies in its first message's thread; `ref` is that message's id.
 */
#include "answer.h"
#include "page.h"

struct rocketchat_settings {
	struct str api_url, token, token_file, token_id, token_id_file, channel, emoji, icon_url;
};

static const struct option options[] = {
	REQUEST_TEXT(struct rocketchat_settings, api_url, "https://open.rocket.chat/", "Where the server is."),
	REQUEST_SECRET(struct rocketchat_settings, token, "Personal access token."),
	REQUEST_SECRET(struct rocketchat_settings, token_id, "Its user id."),
	REQUEST_TEXT(struct rocketchat_settings, channel, NULL, "#channel, @user or the id of a room."),
	REQUEST_TEXT(struct rocketchat_settings, emoji, NULL, "Emoji beside the message: \":fire:\"."),
	REQUEST_TEXT(struct rocketchat_settings, icon_url, NULL, "The same, as a picture's URL."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_LOOK("color"),
	REQUEST_FOREIGN_LOOK("title_link"),
	REQUEST_FOREIGN_LOOK("fields"),
	REQUEST_FOREIGN_LOOK("short_fields"),
	REQUEST_FOREIGN_LOOK("image_url"),
	REQUEST_FOREIGN_LOOK("thumb_url"),
	REQUEST_FOREIGN_LOOK("actions"),
	REQUEST_FOREIGN("link_names", "is not there: nobody is mentioned"),
};
static const char *const secrets[] = {"token", "token_id", NULL};
static const char *const urls[] = {"api_url", NULL};

#define TEXT_MAX 4500 /* of 5,000 that a message may have where nobody changed it */
#define TITLE_MAX 400

static bool rocketchat_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct rocketchat_settings *s = settings;
	(void)arena;
	if (!s->channel.n)
		err_at(err, at, "rocketchat: \"channel\" is required");
	return s->channel.n > 0;
}

static bool rocketchat_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_style style = {
		.markup = &markup_markdown, .most = TEXT_MAX, .unit = TEXT_UTF16, .links = true};
	const struct rocketchat_settings *s = in->settings;
	struct str title = page_title(in, out, TITLE_MAX, TEXT_UTF16);
	json_t *attachment = json_pack("{so ss so}", "title", request_text(title), "color", page_color(in->message), "text",
	                               request_text(page_full_text(in, out, &style)));
	if (message_link(in->message, "Incident"))
		json_object_set_new(attachment, "title_link", request_text(in->message->incident_url));
	json_t *body = json_pack("{so s[o]}", "channel", request_text(s->channel), "attachments", attachment);
	if (in->ref.n && in->message->event != EVENT_TRIGGER)
		json_object_set_new(body, "tmid", request_text(in->ref));
	request_set_text(body, "emoji", s->emoji);
	request_set_text(body, "avatar", s->icon_url);
	request_header(out, "X-Auth-Token", request_secret(in, "token"));
	request_header(out, "X-User-Id", request_secret(in, "token_id"));
	return request_take_json(out, "POST", request_url(out->arena, s->api_url, "/api/v1/chat.postMessage"), body,
	                         "rocketchat", err);
}

static const struct answer answers[] = {
	{200, 200, "success", "true", OUTCOME_DELIVERED, NULL},
	{200, 200, "success", "false", OUTCOME_REJECTED, NULL},
	{200, 200, NULL, NULL, OUTCOME_REJECTED, "not Rocket.Chat's answer"},
	{400, 400, "errorType", "error-too-many-requests", OUTCOME_RETRY, NULL},
	{400, 400, NULL, NULL, OUTCOME_REJECTED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "token or token_id is wrong"},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"error", "message", NULL};

static void rocketchat_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                             struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (out->outcome == OUTCOME_DELIVERED && (reply->event == EVENT_TRIGGER || !reply->ref.n))
		out->ref = answer_ref(reply, "message._id", arena);
}

const struct receiver_kind receiver_rocketchat = {
	.name = "rocketchat",
	.doc = "Rocket.Chat",
	.use = RECEIVER_CHAT,
	.update = "A reply in the thread.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct rocketchat_settings),
	.secrets = secrets,
	.required = secrets,
	.check = rocketchat_check,
	.urls = urls,
	.build = rocketchat_build,
	.judge = rocketchat_judge,
};
