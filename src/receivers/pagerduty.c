/*
 * PagerDuty, Events API v2. Acknowledge and resolve go with the routing key that the trigger went with: another one is
 * silently dropped there, so a changed key makes this another receiver (config: fingerprint).
 */
#include <string.h>

#include "answer.h"
#include "callback.h"
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
	{.name = "severity",
     .type = OPTION_STR,
     .offset = AT(severity),
     .doc = "critical, error, warning or info for every page; default: by the incident's severity."},
	REQUEST_KEY(struct pagerduty_settings, "dedup key"),
	REQUEST_SECRET(struct pagerduty_settings, webhook_secret,
                   "Of the v3 webhook that PagerDuty posts to /api/v1/callbacks/pagerduty; several, one a line."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN("service_key",
                    "is of PagerDuty's older integration type: give the routing_key of one of the type Events API v2"),
	REQUEST_FOREIGN("service_key_file",
                    "is of PagerDuty's older integration type: give the routing_key of one of the type Events API v2"),
	REQUEST_FOREIGN_TITLE("description"),
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_LOOK("details"),
	REQUEST_FOREIGN_LOOK("images"),
	REQUEST_FOREIGN_LOOK("links"),
	REQUEST_FOREIGN_LOOK("source"),
	REQUEST_FOREIGN_LOOK("class"),
	REQUEST_FOREIGN_LOOK("component"),
	REQUEST_FOREIGN_LOOK("group"),
};

static const char *const secrets[] = {"routing_key", "webhook_secret", NULL};
static const char *const required[] = {"routing_key", NULL};
static const char *const urls[] = {"url", NULL};

static bool pagerduty_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	struct pagerduty_settings *s = settings;
	(void)arena;
	if (s->client_url.n && !receiver_url_valid(s->client_url)) {
		err_at(err, at, "pagerduty: \"client_url\" must be an http or https URL");
		return false;
	}
	return request_key_check(&s->dedup_key, at, err);
}

static void pagerduty_release(void *settings)
{
	struct pagerduty_settings *s = settings;
	request_key_release(&s->dedup_key);
}

/* A key of the user's own may be made of anything that the message says. */
static bool pagerduty_says_key_only(const void *settings, enum message_event event)
{
	const struct pagerduty_settings *s = settings;
	return !pagerduty_has_payload(event) && !s->dedup_key.compiled;
}

static bool pagerduty_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct pagerduty_settings *s = in->settings;
	out->method = "POST";
	out->url = s->url;
	request_header(out, "Content-Type", STR("application/json"));
	if (pagerduty_event(in, s, out))
		return true;
	err_add(err, "pagerduty: the event is larger than %d bytes", RECEIVER_BODY_MAX);
	return false;
}

/* {"status": "invalid event", "message": "Event object is invalid", "errors": ["Length of 'routing_key' is …"]} */
static const struct answer answers[] = {
	{202, 202, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{400, 400, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"message", "errors", NULL};

static void pagerduty_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                            struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
}

const struct receiver_kind receiver_pagerduty = {
	.name = "pagerduty",
	.doc = "PagerDuty, Events API v2",
	.use = RECEIVER_PAGE,
	.update = "The open incident learns its details anew, under the same dedup key.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct pagerduty_settings),
	.secrets = secrets,
	.required = required,
	.callback = &callback_pagerduty,
	.says_key_only = pagerduty_says_key_only,
	.rate_per_second = 2, /* about 120 calls a minute per integration key (FACTS) */
	.rate_burst = 20,
	.check = pagerduty_check,
	.release = pagerduty_release,
	.urls = urls,
	.build = pagerduty_build,
	.judge = pagerduty_judge,
};
