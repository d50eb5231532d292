/*
 * Any HTTP endpoint of one's own: a POST with the incident as JSON, or with what a template makes of it.
 */
#include <inttypes.h>

#include "answer.h"
#include "base/hash.h"
#include "base/time.h"
#include "webhook_settings.h"

#define AT(member) offsetof(struct webhook_settings, member)
static const struct option options[] = {
	{.name = "url", .type = OPTION_STR, .offset = AT(url), .doc = "Where to post."},
	{.name = "url_file",
     .type = OPTION_STR,
     .offset = AT(url_file),
     .doc = "File that holds it: a URL can be a secret."},
	{.name = "hmac_secret", .type = OPTION_STR, .offset = AT(hmac_secret), .doc = "Signs each request."},
	{.name = "hmac_secret_file", .type = OPTION_STR, .offset = AT(hmac_secret_file), .doc = "File that holds it."},
	{.name = "bearer_token", .type = OPTION_STR, .offset = AT(bearer_token), .doc = "Authorization: Bearer …"},
	{.name = "bearer_token_file", .type = OPTION_STR, .offset = AT(bearer_token_file), .doc = "File that holds it."},
	{.name = "headers",
     .type = OPTION_NODE,
     .offset = AT(headers_node),
     .form = "mapping of headers",
     .doc = "Further headers, name: value."},
	{.name = "body",
     .type = OPTION_NODE,
     .offset = AT(body_node),
     .form = "template, or mapping of templates",
     .doc = "Mustache template; default: the incident as JSON."},
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN("max_alerts", "is not there: a body is of one incident, and names at most ten members"),
	REQUEST_FOREIGN("payload", "is body"),
};

static const char *const secrets[] = {"url", "hmac_secret", "bearer_token", NULL};
static const char *const required[] = {"url", NULL};

static bool webhook_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	(void)at;
	return webhook_prepare(settings, arena, err);
}

static void webhook_release(void *settings)
{
	struct webhook_settings *s = settings;
	template_free(s->body);
	s->body = NULL;
}

static void add_idempotency_key(const struct message *m, struct receiver_request *out)
{
	char hex[HASH_HEX_MAX];
	hash_sha256(str_c(request_identity(m, out->arena)), hex);
	request_header(out, "Idempotency-Key", str_slice(str_c(hex), 0, 32));
}

static void sign_request(const struct receiver_build *in, struct receiver_request *out)
{
	struct str secret = request_secret(in, "hmac_secret");
	if (!secret.n)
		return;
	char hex[HASH_HEX_MAX];
	char *timestamp = arena_printf(out->arena, "%" PRId64, in->now_ms / TIME_SECOND);
	AUTOBUF struct buf signed_text;
	buf_init(&signed_text, SIZE_MAX);
	buf_printf(&signed_text, "%s:", timestamp);
	buf_add(&signed_text, out->body);
	hash_hmac_sha256(secret, buf_str(&signed_text), hex);
	request_header(out, "X-Runbookd-Timestamp", str_c(timestamp));
	request_header(out, "X-Runbookd-Signature", str_c(arena_printf(out->arena, "v1=%s", hex)));
}

static void add_headers(const struct receiver_build *in, struct receiver_request *out)
{
	const struct webhook_settings *s = in->settings;
	struct str token = request_secret(in, "bearer_token");
	request_header(out, "Content-Type", out->template_failed ? STR("application/json") : s->content_type);
	for (size_t i = 0; i < s->header_count; i++)
		request_header(out, s->headers[i].name, s->headers[i].value);
	if (token.n)
		request_header(out, "Authorization", str_c(arena_printf(out->arena, "Bearer %.*s", STR_ARG(token))));
	add_idempotency_key(in->message, out);
	sign_request(in, out);
}

static bool webhook_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct webhook_settings *s = in->settings;
	out->method = "POST";
	out->url = request_setting(in, s->url, "url");
	if (!webhook_body(s, in, out)) {
		err_add(err, "webhook: the body is larger than %d bytes", RECEIVER_BODY_MAX);
		return false;
	}
	add_headers(in, out);
	return true;
}

static void webhook_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                          struct receiver_judgement *out)
{
	(void)settings;
	static const char *const reasons[] = {"error", "message", "detail", NULL}; /* as most servers call it */
	answer_judge(NULL, 0, reasons, reply, arena, out);
}

const struct receiver_kind receiver_webhook = {
	.name = "webhook",
	.doc = "Any HTTP endpoint of one's own",
	.use = RECEIVER_PAGE,
	.update = "The event \"update\".",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct webhook_settings),
	.secrets = secrets,
	.required = required,
	.check = webhook_check,
	.release = webhook_release,
	.urls = required,
	.build = webhook_build,
	.judge = webhook_judge,
};
