/*
 * PagerDuty, Events API v2. Acknowledge and resolve go with the routing key that the trigger went with: another one is
 * silently dropped there, so a changed key makes this another receiver (config: fingerprint).
 */
#include <string.h>

#include "base/buf.h"
#include "pagerduty_event.h"

#define AT(member) offsetof(struct pagerduty_settings, member)
static const struct option options[] = {
	{.name = "routing_key", .type = OPTION_STR, .offset = AT(routing_key), .doc = "Integration key of the service."},
	{.name = "routing_key_file", .type = OPTION_STR, .offset = AT(routing_key_file), .doc = "File that holds it."},
	{.name = "url",
     .type = OPTION_STR,
     .offset = AT(url),
     .fallback = "https://events.pagerduty.com/v2/enqueue",
     .doc = "Where events are posted."},
	{.name = "client", .type = OPTION_STR, .offset = AT(client), .fallback = "runbookd", .doc = "Who monitors."},
	{.name = "client_url",
     .type = OPTION_STR,
     .offset = AT(client_url),
     .doc = "Link behind the client's name; default: the incident."},
};

static const char *const secrets[] = {"routing_key", NULL};

static bool check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct pagerduty_settings *s = settings;
	(void)arena;
	bool ok = receiver_url_valid(s->url);
	if (!ok)
		err_at(err, at, "pagerduty: \"url\" must be an http or https URL");
	if (s->client_url.n && !receiver_url_valid(s->client_url)) {
		err_at(err, at, "pagerduty: \"client_url\" must be an http or https URL");
		ok = false;
	}
	return ok;
}

static struct str url(const void *settings)
{
	return ((const struct pagerduty_settings *)settings)->url;
}

static bool build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct pagerduty_settings *s = in->settings;
	struct str key = request_secret(in, "routing_key");
	if (in->message->event == EVENT_RESOLVE && !in->send_resolved) {
		out->nothing = true;
		return true;
	}
	if (!key.n || !str_is_utf8(key)) {
		err_add(err, "pagerduty: the routing key is %s", key.n ? "not text" : "empty");
		return false;
	}
	out->method = "POST";
	out->url = s->url;
	request_header(out, "Content-Type", STR("application/json"));
	if (!pagerduty_event(in->message, s, key, out->arena, &out->body)) {
		err_add(err, "pagerduty: the event is larger than %d bytes", RECEIVER_BODY_MAX);
		return false;
	}
	return true;
}

#define ERROR_MAX 300
#define KEY_LIKE 20 /* so many letters and digits in a row may be a key that the reply repeats */

static bool is_key_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void add_redacted(struct buf *b, struct str s)
{
	for (size_t i = 0, n; i < s.n && b->n < ERROR_MAX; i += n) {
		for (n = 0; i + n < s.n && is_key_byte(s.p[i + n]);)
			n++;
		if (n >= KEY_LIKE) {
			buf_add_c(b, "<redacted>");
			continue;
		}
		n = n ? n : str_utf8_len(str_slice(s, i, s.n));
		n = n ? n : 1;
		buf_add(b, (unsigned char)s.p[i] < 0x20 ? STR(" ") : str_slice(s, i, i + n));
	}
}

static void add_json(struct buf *b, const char *before, const json_t *value)
{
	if (!json_is_string(value) || b->n >= ERROR_MAX)
		return;
	buf_add_c(b, before);
	add_redacted(b, (struct str){json_string_value(value), json_string_length(value)});
}

/* {"status": "invalid event", "message": "Event object is invalid", "errors": ["Length of 'routing_key' is …"]} */
static void add_reason(struct buf *b, struct str body)
{
	json_t *reply = json_loadb(body.n ? body.p : "", body.n, JSON_DISABLE_EOF_CHECK, NULL);
	size_t i;
	json_t *one;
	add_json(b, ": ", json_object_get(reply, "message"));
	json_array_foreach(json_object_get(reply, "errors"), i, one) add_json(b, i ? ", " : ": ", one);
	json_decref(reply);
}

static void judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                  struct receiver_judgement *out)
{
	(void)settings;
	out->outcome = receiver_judge_status(reply->status);
	out->error = (struct str){NULL, 0};
	if (out->outcome == OUTCOME_DELIVERED)
		return;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, request_status_text(arena, reply->status));
	add_reason(&b, reply->body);
	out->error = arena_str(arena, buf_str(&b));
}

const struct receiver_kind receiver_pagerduty = {
	.name = "pagerduty",
	.doc = "PagerDuty, Events API v2",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct pagerduty_settings),
	.secrets = secrets,
	.required = secrets,
	.rate_per_second = 2, /* about 120 calls a minute per integration key (FACTS) */
	.rate_burst = 20,
	.check = check,
	.url = url,
	.build = build,
	.judge = judge,
};
