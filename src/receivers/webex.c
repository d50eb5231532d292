/*
 * Webex, by a bot. The news of an incident are replies to its first message; `ref` is that message's id.
 */
#include "answer.h"
#include "page.h"

struct webex_settings {
	struct str api_url, token, token_file, room_id;
};

static const struct option options[] = {
	REQUEST_TEXT(struct webex_settings, api_url, "https://webexapis.com/v1/messages", "Where messages are posted."),
	REQUEST_SECRET(struct webex_settings, token, "Access token of the bot."),
	REQUEST_TEXT(struct webex_settings, room_id, NULL, "Id of the space."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("message"),
	REQUEST_FOREIGN_TEXT("text"),
};
static const char *const secrets[] = {"token", NULL};
static const char *const urls[] = {"api_url", NULL};

#define MARKDOWN_MAX 7439 /* bytes, before the provider encrypts it */

static bool webex_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct webex_settings *s = settings;
	(void)arena;
	if (!s->room_id.n)
		err_at(err, at, "webex: \"room_id\" is required");
	return s->room_id.n > 0;
}

static bool webex_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_style style = {.markup = &markup_commonmark,
	                                        .most = MARKDOWN_MAX,
	                                        .unit = TEXT_BYTES,
	                                        .titled = true,
	                                        .headed = true,
	                                        .links = true};
	const struct webex_settings *s = in->settings;
	json_t *o = json_pack("{so so}", "roomId", request_text(s->room_id), "markdown",
	                      request_text(page_full_text(in, out, &style)));
	if (in->ref.n && in->message->event != EVENT_TRIGGER)
		json_object_set_new(o, "parentId", request_text(in->ref));
	request_authorize(in, out, "Bearer", "token");
	return request_take_json(out, "POST", s->api_url, o, "webex", err);
}

static const struct answer answers[] = {
	{200, 200, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the token is wrong or has expired"},
	{404, 404, NULL, NULL, OUTCOME_REJECTED, "the bot is not in the space"},
	{423, 423, NULL, NULL, OUTCOME_RETRY, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"message", NULL};

static void webex_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                        struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (out->outcome != OUTCOME_DELIVERED || (reply->event != EVENT_TRIGGER && reply->ref.n))
		return;
	/* replies cannot be answered: those of a thread are its first message's */
	struct str parent = answer_ref(reply, "parentId", arena);
	out->ref = parent.n ? parent : answer_ref(reply, "id", arena);
}

const struct receiver_kind receiver_webex = {
	.name = "webex",
	.doc = "Webex, by a bot",
	.use = RECEIVER_CHAT,
	.update = "A reply in the thread.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct webex_settings),
	.secrets = secrets,
	.required = secrets,
	.check = webex_check,
	.urls = urls,
	.build = webex_build,
	.judge = webex_judge,
};
