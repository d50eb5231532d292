/*
 * Microsoft Teams, by the webhook of a Workflows flow: an adaptive card. (The older connectors are gone.)
 */
#include "answer.h"
#include "page.h"

struct msteams_settings {
	struct str webhook_url, webhook_url_file;
};

static const struct option options[] = {
	REQUEST_SECRET(struct msteams_settings, webhook_url,
                   "URL of the flow \"When a Teams webhook request is received\"."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TITLE("summary"),
	REQUEST_FOREIGN_TEXT("text"),
};
static const char *const secrets[] = {"webhook_url", NULL};

#define REQUEST_MAX (28 * 1024) /* bytes of the whole card, as JSON */
#define TEXT_MAX 12000
#define TITLE_MAX 1000

static const char *msteams_color(const struct message *m)
{
	static const char *const by_rank[] = {"Attention", "Attention", "Warning", "Accent"};
	if (m->event == EVENT_RESOLVE)
		return "Good";
	return m->taken ? "Default" : page_by_rank(m, by_rank, sizeof by_rank / sizeof *by_rank);
}

static json_t *msteams_actions(const struct message *m, size_t link)
{
	json_t *list = json_array();
	for (size_t i = 0; i < m->link_count; i++) {
		if (m->links[i].url.n <= link)
			json_array_append_new(list, json_pack("{ss ss so}", "type", "Action.OpenUrl", "title", m->links[i].name,
			                                      "url", request_text(m->links[i].url)));
	}
	return list;
}

static struct str escaped_title(const struct receiver_build *in, struct receiver_request *out)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	markup_commonmark.escape(&b, page_title(in, out, TITLE_MAX, TEXT_BYTES));
	return arena_str(out->arena, buf_str(&b));
}

/* In a TextBlock two line ends make a new line: an empty one between the rows. */
static struct str block_text(const struct receiver_build *in, struct receiver_request *out, size_t most)
{
	static const struct markup markup = {.bold = "**", .bold_end = "**", .item = "- ", .line_end = "\n\n"};
	struct markup own = markup;
	own.escape = markup_commonmark.escape;
	own.values = markup_commonmark.values;
	own.link = markup_commonmark.link;
	const struct page_style style = {.markup = &own, .most = most, .unit = TEXT_BYTES};
	return page_full_text(in, out, &style);
}

static json_t *card(const struct receiver_build *in, struct receiver_request *out, size_t most, size_t link)
{
	json_t *title =
		json_pack("{ss so ss ss sb ss ss}", "type", "TextBlock", "text", request_text(escaped_title(in, out)), "weight",
	              "Bolder", "size", "Medium", "wrap", 1, "style", "heading", "color", msteams_color(in->message));
	json_t *text =
		json_pack("{ss so sb}", "type", "TextBlock", "text", request_text(block_text(in, out, most)), "wrap", 1);
	return json_pack("{ss ss ss s[oo] so s{ss}}", "$schema", "http://adaptivecards.io/schemas/adaptive-card.json",
	                 "type", "AdaptiveCard", "version", "1.4", "body", title, text, "actions",
	                 msteams_actions(in->message, link), "msteams", "width", "Full");
}

static json_t *card_message(const struct receiver_build *in, struct receiver_request *out, size_t text, size_t link)
{
	return json_pack("{ss s[{ss sn so}]}", "type", "message", "attachments", "contentType",
	                 "application/vnd.microsoft.card.adaptive", "contentUrl", "content", card(in, out, text, link));
}

static bool msteams_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_fit fit = {.most = REQUEST_MAX, .text = TEXT_MAX, .body = card_message};
	const struct msteams_settings *s = in->settings;
	return page_take_fitting(in, out, request_setting(in, s->webhook_url, "webhook_url"), &fit, "msteams", err);
}

static const struct answer answers[] = {
	{200, 202, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{400, 409, "error.code", "WorkflowTriggerIsNotEnabled", OUTCOME_REJECTED, "the flow is switched off"},
	{400, 400, NULL, NULL, OUTCOME_REJECTED, "the flow refuses the card, or is not started by a Teams webhook"},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the URL's signature is wrong: copy it anew"},
	{404, 404, "error.code", "WorkflowNotFound", OUTCOME_REJECTED, "the flow is gone"},
	{404, 404, NULL, NULL, OUTCOME_REJECTED, NULL},
	{413, 413, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"error.message", NULL};

static void msteams_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                          struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
}

const struct receiver_kind receiver_msteams = {
	.name = "msteams",
	.doc = "Microsoft Teams, by a Workflows webhook",
	.use = RECEIVER_CHAT,
	.update = "A further card.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct msteams_settings),
	.secrets = secrets,
	.required = secrets,
	.urls = secrets,
	.build = msteams_build,
	.judge = msteams_judge,
};
