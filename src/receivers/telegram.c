/*
 * Telegram, by a bot. The news of an incident are replies to its first message; `ref` is that message's id.
 */
#include "answer.h"
#include "page.h"

struct telegram_settings {
	struct str bot_token, bot_token_file, chat_id, chat_id_file, api_url, parse_mode;
	int64_t message_thread_id;
	bool disable_notifications;
};

static const struct option options[] = {
	REQUEST_SECRET(struct telegram_settings, bot_token, "Token of the bot."),
	REQUEST_SECRET(struct telegram_settings, chat_id, "Number of the chat, or @name of a channel."),
	REQUEST_TEXT(struct telegram_settings, api_url, "https://api.telegram.org", "Where the bot API is."),
	REQUEST_TEXT(struct telegram_settings, parse_mode, "HTML",
                 "HTML, in which a text template is written; \"\": plain text."),
	{.name = "message_thread_id",
     .type = OPTION_INT,
     .offset = offsetof(struct telegram_settings, message_thread_id),
     .most = INT64_MAX,
     .doc = "Topic of a forum; 0: none."},
	{.name = "disable_notifications",
     .type = OPTION_BOOL,
     .offset = offsetof(struct telegram_settings, disable_notifications),
     .fallback = "false",
     .doc = "Messages make no sound."},
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("message"),
	REQUEST_FOREIGN_TEXT("text"),
};
static const char *const secrets[] = {"bot_token", "chat_id", NULL};
static const char *const urls[] = {"api_url", NULL};

#define TEXT_MAX 4096 /* UTF-16 units */

static bool telegram_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct telegram_settings *s = settings;
	(void)arena;
	if (!s->parse_mode.n || str_eq_c(s->parse_mode, "HTML"))
		return true;
	err_at(err, at,
	       "telegram: \"parse_mode\": pages are written in HTML, and so is a text template; \"\" is plain text");
	return false;
}

/* A token is digits, a colon, letters, digits, - and _; whatever else it holds cannot change the path. */
static struct str method_url(const struct receiver_build *in, struct arena *arena)
{
	const struct telegram_settings *s = in->settings;
	struct str token = request_secret(in, "bot_token");
	ptrdiff_t colon = str_index(token, ':');
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, request_url(arena, s->api_url, "/bot"));
	template_escape_add(&b, str_slice(token, 0, colon < 0 ? token.n : (size_t)colon), ESCAPE_PATH);
	buf_add_c(&b, colon < 0 ? "" : ":");
	template_escape_add(&b, str_slice(token, colon < 0 ? token.n : (size_t)colon + 1, token.n), ESCAPE_PATH);
	buf_add_c(&b, "/sendMessage");
	return arena_str(arena, buf_str(&b));
}

static bool telegram_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct telegram_settings *s = in->settings;
	const struct page_style style = {.markup = s->parse_mode.n ? &markup_telegram : &markup_telegram_plain,
	                                 .most = TEXT_MAX,
	                                 .unit = TEXT_UTF16,
	                                 .titled = true,
	                                 .headed = true,
	                                 .links = true};
	int64_t first;
	bool silent = s->disable_notifications || in->message->event == EVENT_ACKNOWLEDGE || in->message->quiet;
	json_t *o = json_pack("{so so sb s{sb}}", "chat_id", request_text(request_setting(in, s->chat_id, "chat_id")),
	                      "text", request_text(page_full_text(in, out, &style)), "disable_notification", (int)silent,
	                      "link_preview_options", "is_disabled", 1);
	request_set_text(o, "parse_mode", s->parse_mode);
	if (s->message_thread_id)
		json_object_set_new(o, "message_thread_id", json_integer(s->message_thread_id));
	if (in->message->event != EVENT_TRIGGER && str_to_i64(in->ref, &first))
		json_object_set_new(o, "reply_parameters",
		                    json_pack("{sI sb}", "message_id", (json_int_t)first, "allow_sending_without_reply", 1));
	return request_take_json(out, "POST", method_url(in, out->arena), o, "telegram", err);
}

static const struct answer answers[] = {
	{200, 200, "ok", "true", OUTCOME_DELIVERED, NULL},
	{200, 200, NULL, NULL, OUTCOME_REJECTED, "not the bot API's answer"},
	{400, 400, NULL, NULL, OUTCOME_REJECTED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the bot_token is wrong"},
	{403, 403, NULL, NULL, OUTCOME_REJECTED, "the bot is not in the chat"},
	{404, 404, NULL, NULL, OUTCOME_REJECTED, "the bot_token is wrong"},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"description", NULL};

/* When to come back stands in the body, in seconds. */
static int64_t telegram_retry_after_ms(const struct receiver_reply *reply, struct arena *arena)
{
	json_t *body = answer_json(reply);
	int64_t seconds = 0;
	bool said = str_to_i64(answer_text(body, "parameters.retry_after", arena), &seconds);
	json_decref(body);
	return said && seconds > 0 && seconds < 86400 ? seconds * 1000 : 0;
}

static void telegram_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                           struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (out->outcome == OUTCOME_RETRY)
		out->retry_after_ms = telegram_retry_after_ms(reply, arena);
	if (out->outcome == OUTCOME_DELIVERED && (reply->event == EVENT_TRIGGER || !reply->ref.n))
		out->ref = answer_ref(reply, "result.message_id", arena);
}

const struct receiver_kind receiver_telegram = {
	.name = "telegram",
	.doc = "Telegram, by a bot",
	.use = RECEIVER_PAGE,
	.update = "A reply without a sound.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct telegram_settings),
	.secrets = secrets,
	.required = secrets,
	.rate_per_second = 1, /* a message a second and chat, 20 a minute in a group */
	.rate_burst = 10,
	.check = telegram_check,
	.urls = urls,
	.build = telegram_build,
	.judge = telegram_judge,
};
