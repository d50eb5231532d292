/*
 * GoAlert, generic API integration. It knows alerts and their end; an acknowledgement is given in GoAlert itself, and heard
 * of by its webhook (goalert_callback.c), which names the alert by the number that the answer to a page says.
 */
#include "answer.h"
#include "base/hash.h"
#include "callback.h"
#include "page.h"

struct goalert_settings {
	struct str url, url_file, token, token_file, webhook_token, webhook_token_file;
};

static const struct option options[] = {
	REQUEST_SECRET(struct goalert_settings, url, "https://HOST/api/v2/generic/incoming, with ?token=… or without."),
	REQUEST_SECRET(struct goalert_settings, token, "The integration key's token, where the URL has none."),
	REQUEST_SECRET(struct goalert_settings, webhook_token,
                   "What GoAlert's webhook brings along to /api/v1/callbacks/goalert as ?token=."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
};
static const char *const secrets[] = {"url", "token", "webhook_token", NULL};
static const char *const required[] = {"url", NULL};

/* In characters. */
#define SUMMARY_MAX 1024
#define DETAILS_MAX 6144

static struct str incoming_url(const struct receiver_build *in, struct arena *arena)
{
	const struct goalert_settings *s = in->settings;
	struct str url = request_setting(in, s->url, "url"), token = request_secret(in, "token");
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, url);
	if (token.n) {
		buf_add_c(&b, str_index(url, '?') < 0 ? "?token=" : "&token=");
		template_escape_add(&b, token, ESCAPE_URL);
	}
	return arena_str(arena, buf_str(&b));
}

/*
 * GoAlert keeps the text that an open alert was created with, whatever is told under its key later. Each digest speaks of
 * other incidents: under the key of the hour only the first would ever be seen.
 */
static struct str goalert_dedup(const struct message *m, struct arena *arena)
{
	char hex[HASH_HEX_MAX];
	if (!m->digest)
		return str_c(m->dedup_key);
	hash_sha256(str_c(request_identity(m, arena)), hex);
	return str_c(arena_printf(arena, "%s-%.16s", m->dedup_key, hex));
}

static bool hears_back(const struct goalert_settings *s)
{
	return s->webhook_token.n || s->webhook_token_file.n;
}

static bool goalert_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_style style = {
		.markup = &markup_plain, .most = DETAILS_MAX, .unit = TEXT_CHARACTERS, .links = true};
	if (in->message->event == EVENT_ACKNOWLEDGE) {
		out->nothing = true;
		return true;
	}
	json_t *o = json_pack("{so so so}", "summary", request_text(page_title(in, out, SUMMARY_MAX, TEXT_CHARACTERS)),
	                      "details", request_text(page_full_text(in, out, &style)), "dedup",
	                      request_text(goalert_dedup(in->message, out->arena)));
	if (in->message->event == EVENT_RESOLVE)
		json_object_set_new(o, "action", json_string("close"));
	if (hears_back(in->settings))
		request_header(out, "Accept", STR("application/json")); /* or it says no number */
	return request_take_json(out, "POST", incoming_url(in, out->arena), o, "goalert", err);
}

static const struct answer answers[] = {
	{200, 204, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{400, 400, NULL, NULL, OUTCOME_REJECTED, NULL},
	{401, 403, NULL, NULL, OUTCOME_REJECTED, "the token is not known there"},
	{409, 409, NULL, NULL, OUTCOME_RETRY, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};

/* Its errors are plain text. */
static void goalert_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                          struct receiver_judgement *out)
{
	static const char *const numbers[] = {"AlertID", "_id", "ID"}; /* as versions call it */
	answer_judge(answers, sizeof answers / sizeof *answers, NULL, reply, arena, out);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers && hears_back(settings) && !out->ref.n; i++)
		out->ref = answer_ref(reply, numbers[i], arena);
}

const struct receiver_kind receiver_goalert = {
	.name = "goalert",
	.doc = "GoAlert, generic API",
	.use = RECEIVER_PAGE,
	.update = "The open alert is told again, under the same dedup key; GoAlert notes that and keeps its first text.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct goalert_settings),
	.secrets = secrets,
	.required = required,
	.callback = &callback_goalert,
	.urls = required,
	.build = goalert_build,
	.judge = goalert_judge,
};
