/*
 * Discord, by a channel's webhook. Nobody is mentioned, whatever the text says.
 */
#include "answer.h"
#include "page.h"

struct discord_settings {
	struct str webhook_url, webhook_url_file, username, avatar_url;
};

static const struct option options[] = {
	REQUEST_SECRET(struct discord_settings, webhook_url, "URL of the channel's webhook."),
	REQUEST_TEXT(struct discord_settings, username, NULL, "Name that the message is shown under."),
	REQUEST_TEXT(struct discord_settings, avatar_url, NULL, "Picture beside it."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("message"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_LOOK("content"),
};
static const char *const secrets[] = {"webhook_url", NULL};

#define TITLE_MAX 256
#define DESCRIPTION_MAX 4096
#define USERNAME_MAX 80

/* "#d00000" as the number that Discord wants. */
static json_int_t discord_color(const struct message *m)
{
	json_int_t n = 0;
	for (const char *c = page_color(m) + 1; *c; c++)
		n = n * 16 + (*c <= '9' ? *c - '0' : *c - 'a' + 10);
	return n;
}

static bool discord_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_style style = {
		.markup = &markup_markdown, .most = DESCRIPTION_MAX, .unit = TEXT_UTF16, .links = true};
	const struct discord_settings *s = in->settings;
	json_t *embed =
		json_pack("{so so sI}", "title", request_text(page_title(in, out, TITLE_MAX, TEXT_UTF16)), "description",
	              request_text(page_full_text(in, out, &style)), "color", discord_color(in->message));
	if (in->message->incident_url.n && message_link(in->message, "Incident"))
		json_object_set_new(embed, "url", request_text(in->message->incident_url));
	json_t *body = json_pack("{ss s[o] s{s[]}}", "content", "", "embeds", embed, "allowed_mentions", "parse");
	if (s->username.n)
		json_object_set_new(body, "username",
		                    request_text(text_line(out->arena, s->username, USERNAME_MAX, TEXT_UTF16)));
	request_set_text(body, "avatar_url", s->avatar_url);
	return request_take_json(out, "POST", request_setting(in, s->webhook_url, "webhook_url"), body, "discord", err);
}

static const struct answer answers[] = {
	{200, 204, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{400, 400, NULL, NULL, OUTCOME_REJECTED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the webhook's token is wrong"},
	{404, 404, "code", "10015", OUTCOME_REJECTED, "the webhook is gone"},
	{404, 404, "code", "10003", OUTCOME_REJECTED, "the channel is gone"},
	{404, 404, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"message", NULL};

static void discord_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                          struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
}

const struct receiver_kind receiver_discord = {
	.name = "discord",
	.doc = "Discord, by a channel's webhook",
	.use = RECEIVER_CHAT,
	.update = "A further message.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct discord_settings),
	.secrets = secrets,
	.required = secrets,
	.rate_per_second = 2, /* 30 messages a minute and channel, in bursts of 5 in 2 s */
	.rate_burst = 5,
	.urls = secrets,
	.build = discord_build,
	.judge = discord_judge,
};
