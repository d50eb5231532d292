/*
 * WeCom (WeChat Work), by an application of the organisation. Messages are sent under an access token that the secret buys
 * and that holds for two hours: it is asked for when none is known, or when the provider says that it is over.
 *
 *     gettoken -> send, or send -> gettoken -> send
 */
#include "answer.h"
#include "page.h"

enum wechat_type { WECHAT_TEXT, WECHAT_MARKDOWN };

struct wechat_settings {
	struct str api_secret, api_secret_file, corp_id, agent_id, api_url, to_user, to_party, to_tag;
	int message_type;
};

static const char *const types[] = {"text", "markdown", NULL};
static const struct option options[] = {
	REQUEST_SECRET(struct wechat_settings, api_secret, "Secret of the application."),
	REQUEST_TEXT(struct wechat_settings, corp_id, NULL, "Id of the organisation."),
	REQUEST_TEXT(struct wechat_settings, agent_id, NULL, "Id of the application, a number."),
	REQUEST_TEXT(struct wechat_settings, api_url, "https://qyapi.weixin.qq.com/cgi-bin/", "Where the API is."),
	REQUEST_TEXT(struct wechat_settings, to_user, NULL, "Ids of people, joined by |, or @all."),
	REQUEST_TEXT(struct wechat_settings, to_party, NULL, "Ids of departments, joined by |."),
	REQUEST_TEXT(struct wechat_settings, to_tag, NULL, "Ids of tags, joined by |."),
	{.name = "message_type",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct wechat_settings, message_type),
     .fallback = "text",
     .choices = types,
     .doc = "markdown is shown by WeCom's own app only."},
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("message"),
	REQUEST_FOREIGN_TEXT("text"),
};
static const char *const secrets[] = {"api_secret", NULL};
static const char *const urls[] = {"api_url", NULL};

#define CONTENT_MAX 2048                /* bytes, of either type */
#define TOKEN_MARGIN_MS (5 * 60 * 1000) /* a token is left alone so long before it is over */

static bool wechat_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct wechat_settings *s = settings;
	int64_t agent;
	bool somebody = s->to_user.n || s->to_party.n || s->to_tag.n;

	(void)arena;
	if (!s->corp_id.n)
		err_at(err, at, "wechat: \"corp_id\" is required");
	if (!str_to_i64(s->agent_id, &agent) || agent < 0)
		err_at(err, at, "wechat: \"agent_id\" must be the application's number");
	if (!somebody)
		err_at(err, at, "wechat: one of \"to_user\", \"to_party\", \"to_tag\" must say who is told");
	return s->corp_id.n && somebody && str_to_i64(s->agent_id, &agent) && agent >= 0;
}

/* ---- building ---- */

static void add_url_parameter(struct buf *url, const char *name, struct str value)
{
	buf_add_c(url, name);
	template_escape_add(url, value, ESCAPE_URL);
}

static bool build_gettoken(const struct receiver_build *in, struct receiver_request *out)
{
	const struct wechat_settings *s = in->settings;
	AUTOBUF struct buf url;

	buf_init(&url, SIZE_MAX);
	buf_add(&url, request_url(out->arena, s->api_url, "/gettoken"));
	add_url_parameter(&url, "?corpid=", s->corp_id);
	add_url_parameter(&url, "&corpsecret=", request_secret(in, "api_secret"));
	out->method = "GET";
	out->url = arena_str(out->arena, buf_str(&url));
	return true;
}

static json_t *wechat_content(const struct receiver_build *in, struct receiver_request *out)
{
	const struct wechat_settings *s = in->settings;
	bool marked = s->message_type == WECHAT_MARKDOWN;
	const struct page_style style = {.markup = marked ? &markup_markdown : &markup_plain,
	                                 .most = CONTENT_MAX,
	                                 .unit = TEXT_BYTES,
	                                 .titled = true,
	                                 .headed = true,
	                                 .links = true};

	return json_pack("{so}", "content", request_text(page_full_text(in, out, &style)));
}

static bool build_send(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct wechat_settings *s = in->settings;
	int64_t agent = 0;
	AUTOBUF struct buf url;

	str_to_i64(s->agent_id, &agent);
	buf_init(&url, SIZE_MAX);
	buf_add(&url, request_url(out->arena, s->api_url, "/message/send"));
	add_url_parameter(&url, "?access_token=", in->session);
	json_t *o = json_pack("{so so so sI ss so}", "touser", request_text(s->to_user), "toparty",
	                      request_text(s->to_party), "totag", request_text(s->to_tag), "agentid", (json_int_t)agent,
	                      "msgtype", types[s->message_type], types[s->message_type], wechat_content(in, out));
	return request_take_json(out, "POST", arena_str(out->arena, buf_str(&url)), o, "wechat", err);
}

static bool wechat_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	return in->session.n ? build_send(in, out, err) : build_gettoken(in, out);
}

/* ---- judging ---- */

static const struct answer answers[] = {
	{200, 200, "errcode", "0", OUTCOME_DELIVERED, NULL},
	{200, 200, "errcode", "-1", OUTCOME_RETRY, "the provider is busy"},
	{200, 200, "errcode", "40001", OUTCOME_REJECTED, "api_secret is wrong"},
	{200, 200, "errcode", "40013", OUTCOME_REJECTED, "corp_id is wrong"},
	{200, 200, "errcode", "40014", OUTCOME_RETRY, "the access token is not taken"},
	{200, 200, "errcode", "42001", OUTCOME_RETRY, "the access token is over"},
	{200, 200, "errcode", "40056", OUTCOME_REJECTED, "agent_id is wrong"},
	{200, 200, "errcode", "45009", OUTCOME_RETRY, "more messages than the provider takes"},
	{200, 200, "errcode", "45033", OUTCOME_RETRY, "more messages at once than the provider takes"},
	{200, 200, "errcode", "60011", OUTCOME_REJECTED, "the application may not write to them"},
	{200, 200, "errcode", "60020", OUTCOME_REJECTED,
     "this machine's address is not among the application's trusted ones"},
	{200, 200, "errcode", "81013", OUTCOME_REJECTED, "nobody of those who are to be told is known"},
	{200, 200, "errcode", NULL, OUTCOME_REJECTED, NULL},
	{200, 200, NULL, NULL, OUTCOME_REJECTED, "not WeCom's answer"},
};
static const char *const reasons[] = {"errmsg", NULL};

static bool says_token_is_over(const struct receiver_reply *reply, struct arena *arena)
{
	struct str code = answer_ref(reply, "errcode", arena);
	return str_eq_c(code, "40014") || str_eq_c(code, "42001");
}

static void take_access_token(const struct receiver_reply *reply, struct arena *arena, struct receiver_judgement *out)
{
	int64_t seconds = 0;
	json_t *body = answer_json(reply);

	out->session = answer_text(body, "access_token", arena);
	str_to_i64(answer_text(body, "expires_in", arena), &seconds);
	json_decref(body);
	out->session_ms = seconds > 0 && seconds < INT32_MAX ? seconds * 1000 - TOKEN_MARGIN_MS : 0;
	if (!out->session.n || out->session.n > RECEIVER_SESSION_MAX) {
		out->outcome = OUTCOME_RETRY;
		out->error = STR("no access token in the answer");
		return;
	}
	out->more = true;
}

/* A token that was kept may have ended before its time; one that was just given has no such excuse. */
static void wechat_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                         struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (reply->session.n && says_token_is_over(reply, arena)) {
		out->session_over = true;
		out->more = reply->step == 0;
		out->outcome = out->more ? OUTCOME_DELIVERED : out->outcome;
	} else if (!reply->session.n && out->outcome == OUTCOME_DELIVERED) {
		take_access_token(reply, arena, out);
	}
}

const struct receiver_kind receiver_wechat = {
	.name = "wechat",
	.doc = "WeCom (WeChat Work), by an application",
	.use = RECEIVER_CHAT,
	.update = "A message.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct wechat_settings),
	.steps = true,
	.secrets = secrets,
	.required = secrets,
	.check = wechat_check,
	.urls = urls,
	.build = wechat_build,
	.judge = wechat_judge,
};
