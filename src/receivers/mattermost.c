/*
 * Mattermost, by an incoming webhook: each message stands alone.
 */
#include "answer.h"
#include "page.h"

struct mattermost_settings {
	struct str webhook_url, webhook_url_file, channel, username, icon_url, icon_emoji;
};

static const struct option options[] = {
	REQUEST_SECRET(struct mattermost_settings, webhook_url, "URL of the incoming webhook."),
	REQUEST_TEXT(struct mattermost_settings, channel, NULL, "Another channel than the webhook's."),
	REQUEST_TEXT(struct mattermost_settings, username, NULL, "Name that the message is shown under."),
	REQUEST_TEXT(struct mattermost_settings, icon_url, NULL, "Picture beside it."),
	REQUEST_TEXT(struct mattermost_settings, icon_emoji, NULL, "The same, as an emoji."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_LOOK("attachments"),
	REQUEST_FOREIGN_LOOK("props"),
	REQUEST_FOREIGN_LOOK("priority"),
};
static const char *const secrets[] = {"webhook_url", NULL};

/* A post may have 16,383 characters, attachments included. */
#define TEXT_MAX 12000
#define TITLE_MAX 1000

static bool mattermost_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_style style = {
		.markup = &markup_markdown, .most = TEXT_MAX, .unit = TEXT_CHARACTERS, .links = true};
	const struct mattermost_settings *s = in->settings;
	struct str title = page_title(in, out, TITLE_MAX, TEXT_CHARACTERS);
	json_t *attachment = json_pack("{so ss so so}", "fallback", request_text(title), "color", page_color(in->message),
	                               "title", request_text(title), "text", request_text(page_full_text(in, out, &style)));
	if (message_link(in->message, "Incident"))
		json_object_set_new(attachment, "title_link", request_text(in->message->incident_url));
	json_t *body = json_pack("{s[o]}", "attachments", attachment);
	request_set_text(body, "channel", s->channel);
	request_set_text(body, "username", s->username);
	request_set_text(body, "icon_url", s->icon_url);
	request_set_text(body, "icon_emoji", s->icon_emoji);
	return request_take_json(out, "POST", request_setting(in, s->webhook_url, "webhook_url"), body, "mattermost", err);
}

#define ABOUT "web.incoming_webhook." /* how its errors are called that are about the webhook */
static const struct answer answers[] = {
	{200, 200, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{400, 404, "id", ABOUT "invalid.app_error", OUTCOME_REJECTED, "the webhook is gone"},
	{400, 404, "id", ABOUT "channel.app_error", OUTCOME_REJECTED, "the channel is gone"},
	{403, 403, "id", ABOUT "channel_locked.app_error", OUTCOME_REJECTED, "the webhook is for another channel"},
	{403, 403, "id", ABOUT "permissions.app_error", OUTCOME_REJECTED, "the webhook may not post to this channel"},
	{400, 404, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
	{501, 501, "id", ABOUT "disabled.app_error", OUTCOME_REJECTED, "incoming webhooks are switched off"},
	{501, 501, NULL, NULL, OUTCOME_REJECTED, NULL},
};
static const char *const reasons[] = {"message", NULL};

static void mattermost_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                             struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
}

const struct receiver_kind receiver_mattermost = {
	.name = "mattermost",
	.doc = "Mattermost, by an incoming webhook",
	.use = RECEIVER_CHAT,
	.update = "A further message.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct mattermost_settings),
	.secrets = secrets,
	.required = secrets,
	.urls = secrets,
	.build = mattermost_build,
	.judge = mattermost_judge,
};
