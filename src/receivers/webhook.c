/*
 * Any HTTP endpoint of one's own: a POST with the incident as JSON, or with what a template makes of it.
 */
#include <inttypes.h>

#include "base/digest.h"
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
	{.name = "headers", .type = OPTION_NODE, .offset = AT(headers_node), .doc = "Further headers, name: value."},
	{.name = "body",
     .type = OPTION_NODE,
     .offset = AT(body_node),
     .doc = "Mustache template; default: the incident as JSON."},
};

static const char *const secrets[] = {"url", "hmac_secret", "bearer_token", NULL};
static const char *const required[] = {"url", NULL};

static bool check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	struct webhook_settings *s = settings;
	bool ok = !s->url.n || receiver_url_valid(s->url);
	if (!ok)
		err_at(err, at, "webhook: \"url\" must be an http or https URL");
	return webhook_prepare(s, arena, err) && ok;
}

static void release(void *settings)
{
	struct webhook_settings *s = settings;
	template_free(s->body);
	s->body = NULL;
}

static struct str url(const void *settings)
{
	return ((const struct webhook_settings *)settings)->url;
}

/*
 * The same for every attempt at the same thing, another one for anything that must not be taken for a repeat: a
 * reminder, an acknowledgement after it was taken back, the resolve that deliberately goes twice.
 */
static void add_idempotency_key(const struct message *m, struct receiver_request *out)
{
	char hex[DIGEST_HEX_MAX];
	const char *text =
		arena_printf(out->arena, "%s\n%s%s\n%" PRIu64 "\n%" PRId64, m->dedup_key, message_event_name(m->event),
	                 m->echo ? "-echo" : "", m->incident->notice, m->incident->acknowledged.at);
	request_header(out, "Idempotency-Key", str_slice(str_c(digest_sha256(str_c(text), hex)), 0, 32));
}

static void sign(const struct receiver_build *in, struct receiver_request *out)
{
	struct str secret = request_secret(in, "hmac_secret");
	if (!secret.n)
		return;
	char hex[DIGEST_HEX_MAX];
	char *timestamp = arena_printf(out->arena, "%" PRId64, in->now_ms / TIME_SECOND);
	AUTOBUF struct buf signed_text;
	buf_init(&signed_text, SIZE_MAX);
	buf_printf(&signed_text, "%s:", timestamp);
	buf_add(&signed_text, out->body);
	digest_hmac_sha256(secret, buf_str(&signed_text), hex);
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
	sign(in, out);
}

/* A secret that the definition names is there, or the request is not made: unsigned it would be refused for good. */
static bool secrets_present(const struct receiver_build *in, struct err *err)
{
	for (size_t i = 0; i < in->secret_count; i++) {
		if (in->secrets[i].value.n)
			continue;
		err_add(err, "webhook: \"%s\" is empty", in->secrets[i].option);
		return false;
	}
	return true;
}

static bool build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct webhook_settings *s = in->settings;
	if (in->message->event == EVENT_RESOLVE && !in->send_resolved) {
		out->nothing = true;
		return true;
	}
	out->method = "POST";
	out->url = s->url.n ? s->url : request_secret(in, "url");
	if (!secrets_present(in, err))
		return false;
	if (!receiver_url_valid(out->url)) {
		err_add(err, "webhook: the URL is not an http or https URL");
		return false;
	}
	if (!webhook_body(s, in->message, out)) {
		err_add(err, "webhook: the body is larger than %d bytes", RECEIVER_BODY_MAX);
		return false;
	}
	add_headers(in, out);
	return true;
}

/* Nothing of the reply's body: many servers repeat the path of the request, which may be the secret. */
static void judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                  struct receiver_judgement *out)
{
	(void)settings;
	out->outcome = receiver_judge_status(reply->status);
	out->error = out->outcome == OUTCOME_DELIVERED ? (struct str){NULL, 0} : request_status_text(arena, reply->status);
}

const struct receiver_kind receiver_webhook = {
	.name = "webhook",
	.doc = "Any HTTP endpoint of one's own",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct webhook_settings),
	.secrets = secrets,
	.required = required,
	.check = check,
	.release = release,
	.url = url,
	.build = build,
	.judge = judge,
};
