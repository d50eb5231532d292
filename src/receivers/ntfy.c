/*
 * ntfy, ntfy.sh or one's own: a notification on the subscribers' phones.
 */
#include "answer.h"
#include "base/ascii.h"
#include "page.h"

struct ntfy_settings {
	struct str url, topic, token, token_file;
};

static const struct option options[] = {
	REQUEST_TEXT(struct ntfy_settings, url, "https://ntfy.sh", "Where the server is, without the topic."),
	REQUEST_TEXT(struct ntfy_settings, topic, NULL, "Which topic."),
	REQUEST_SECRET(struct ntfy_settings, token, "Access token, where the topic is protected."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
};
static const char *const secrets[] = {"token", NULL};
static const char *const urls[] = {"url", NULL};

#define TITLE_MAX 250
#define MESSAGE_MAX 4000 /* of 4,096 bytes: beyond them ntfy makes it an attachment, or fails to */
#define REQUEST_MAX 8192 /* bytes of JSON: ntfy reads twice what a message may have, and answers 413 to more */
#define ACTIONS_MAX 3

static bool ntfy_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct ntfy_settings *s = settings;
	bool ok = s->topic.n > 0 && s->topic.n <= 64;
	(void)arena;
	for (size_t i = 0; i < s->topic.n; i++) {
		char c = s->topic.p[i];
		ok = ok && (ascii_is_alnum(c) || c == '-' || c == '_');
	}
	if (!ok)
		err_at(err, at, "ntfy: \"topic\" must be 1 to 64 letters, digits, - and _");
	return ok;
}

static int ntfy_priority(const struct message *m)
{
	static const int by_rank[] = {5, 4, 3, 2};
	size_t rank = m->severity_rank < 0 ? 0 : m->severity_rank > 3 ? 3 : (size_t)m->severity_rank;
	return m->event == EVENT_ACKNOWLEDGE || m->quiet ? 2 : m->event == EVENT_RESOLVE ? 3 : by_rank[rank];
}

static const char *tag(const struct message *m)
{
	if (m->event == EVENT_RESOLVE)
		return "white_check_mark";
	return m->taken ? "eyes" : m->severity_rank <= 1 ? "rotating_light" : "warning";
}

/* A notification has three buttons: bit i says that link i has one. */
static unsigned links_with_buttons(const struct message *m, size_t link)
{
	unsigned chosen = 0;
	for (size_t i = 0, n = 0; i < m->link_count && n < ACTIONS_MAX; i++) {
		if (m->links[i].url.n > link)
			continue;
		chosen |= 1U << i;
		n++;
	}
	return chosen;
}

static json_t *ntfy_actions(const struct message *m, unsigned chosen)
{
	json_t *list = json_array();
	for (size_t i = 0; i < m->link_count; i++) {
		if (chosen >> i & 1)
			json_array_append_new(list, json_pack("{ss ss so}", "action", "view", "label", m->links[i].name, "url",
			                                      request_text(m->links[i].url)));
	}
	return list;
}

static json_t *notification(const struct receiver_build *in, struct receiver_request *out, size_t text, size_t link)
{
	unsigned buttons = links_with_buttons(in->message, link);
	const struct page_style style = {
		.markup = &markup_plain, .most = text, .unit = TEXT_BYTES, .links = true, .elsewhere = buttons};
	const struct ntfy_settings *s = in->settings;
	const struct message *m = in->message;
	json_t *o = json_pack("{so so so si s[s] so}", "topic", request_text(s->topic), "title",
	                      request_text(page_title(in, out, TITLE_MAX, TEXT_BYTES)), "message",
	                      request_text(page_full_text(in, out, &style)), "priority", ntfy_priority(m), "tags", tag(m),
	                      "actions", ntfy_actions(m, buttons));
	const struct message_link *click = message_link(m, "Incident");
	click = click ? click : message_link(m, "Runbook");
	if (click && click->url.n <= link)
		json_object_set_new(o, "click", request_text(click->url));
	return o;
}

static bool ntfy_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_fit fit = {.most = REQUEST_MAX, .text = MESSAGE_MAX, .body = notification};
	const struct ntfy_settings *s = in->settings;
	request_authorize(in, out, "Bearer", "token");
	return page_take_fitting(in, out, s->url, &fit, "ntfy", err);
}

static const struct answer answers[] = {
	{200, 200, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the token is wrong"},
	{403, 403, NULL, NULL, OUTCOME_REJECTED, "the topic is protected"},
	{413, 413, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
	{507, 507, NULL, NULL, OUTCOME_RETRY, "UnifiedPush: nobody has subscribed to the topic yet"},
};
static const char *const reasons[] = {"error", NULL};

/*
 * ntfy says 403 to a right token, too, now and then when two of its requests are handled at once. So where it has taken
 * something lately, the first few 403 to a message are such; the next one is meant.
 */
#define FORBIDDEN_MOST 4
static bool may_be_its_own_fault(const struct receiver_reply *reply)
{
	return reply->status == 403 && reply->told_lately && reply->attempt < FORBIDDEN_MOST;
}

static void ntfy_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                       struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (may_be_its_own_fault(reply))
		out->outcome = OUTCOME_RETRY;
}

const struct receiver_kind receiver_ntfy = {
	.name = "ntfy",
	.doc = "ntfy, ntfy.sh or one's own",
	.use = RECEIVER_PAGE,
	.update = "A message of priority 2: no sound.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct ntfy_settings),
	.secrets = secrets,
	.check = ntfy_check,
	.urls = urls,
	.build = ntfy_build,
	.judge = ntfy_judge,
};
