/*
 * Pushover. The gravest severity is an emergency, which repeats until somebody confirms it; it carries the dedup key as a
 * tag, by which an acknowledgement or a resolve ends the repeating before it says anything itself.
 */
#include "answer.h"
#include "page.h"

struct pushover_settings {
	struct str token, token_file, user_key, user_key_file, api_url, priority, sound, device;
	int64_t retry, expire, ttl;
};

#define AT(member) offsetof(struct pushover_settings, member)
static const struct option options[] = {
	REQUEST_SECRET(struct pushover_settings, token, "Token of the application."),
	REQUEST_SECRET(struct pushover_settings, user_key, "Key of the user or group."),
	REQUEST_TEXT(struct pushover_settings, api_url, "https://api.pushover.net/1/messages.json",
                 "Where messages are posted."),
	REQUEST_TEXT(struct pushover_settings, priority, NULL,
                 "-2 to 2 for every page; default: 2 (until confirmed), 1, 0, -1 by the severity's rank."),
	REQUEST_TEXT(struct pushover_settings, sound, NULL, "Name of a sound."),
	REQUEST_TEXT(struct pushover_settings, device, NULL, "Only this device."),
	{.name = "retry",
     .type = OPTION_DURATION,
     .offset = AT(retry),
     .fallback = "1m",
     .least = 30000,
     .most = 10800000,
     .doc = "How often an emergency repeats."},
	{.name = "expire",
     .type = OPTION_DURATION,
     .offset = AT(expire),
     .fallback = "1h",
     .least = 30000,
     .most = 10800000,
     .doc = "How long it does."},
	{.name = "ttl",
     .type = OPTION_DURATION,
     .offset = AT(ttl),
     .most = 31536000000,
     .doc = "A message that is no emergency is deleted after so long; default: never."},
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("message"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_LOOK("url"),
	REQUEST_FOREIGN_LOOK("url_title"),
	REQUEST_FOREIGN_LOOK("html"),
	REQUEST_FOREIGN_LOOK("monospace"),
};
static const char *const secrets[] = {"token", "user_key", NULL};
static const char *const urls[] = {"api_url", NULL};

/* In characters. */
#define TITLE_MAX 250
#define MESSAGE_MAX 1024
#define URL_MAX 512

#define EMERGENCY 2
#define MESSAGES "/messages.json"

static bool pushover_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct pushover_settings *s = settings;
	int64_t n;
	(void)arena;
	if (!s->priority.n || (str_to_i64(s->priority, &n) && n >= -2 && n <= EMERGENCY))
		return true;
	err_at(err, at, "pushover: \"priority\" must be a number from -2 to 2");
	return false;
}

static int64_t pushover_priority(const struct pushover_settings *s, const struct message *m)
{
	static const int by_rank[] = {EMERGENCY, 1, 0, -1};
	size_t rank = m->severity_rank < 0 ? 0 : m->severity_rank > 3 ? 3 : (size_t)m->severity_rank;
	int64_t n;
	if (m->event == EVENT_ACKNOWLEDGE || m->quiet)
		return -1;
	if (m->event == EVENT_RESOLVE)
		return 0;
	return str_to_i64(s->priority, &n) ? n : by_rank[rank];
}

/* What a tap leads to: where to acknowledge, else where to read on. */
static const struct message_link *tap(const struct message *m)
{
	static const char *const names[] = {"Acknowledge", "Incident", "Runbook", "Prometheus"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct message_link *l = message_link(m, names[i]);
		if (l && text_length(l->url, TEXT_CHARACTERS) <= URL_MAX)
			return l;
	}
	return NULL;
}

static void set_emergency(json_t *o, const struct pushover_settings *s, const struct message *m)
{
	json_object_set_new(o, "retry", json_integer(s->retry / 1000));
	json_object_set_new(o, "expire", json_integer(s->expire / 1000));
	json_object_set_new(o, "tags", json_string(m->dedup_key));
}

static json_t *message_body(const struct receiver_build *in, struct receiver_request *out)
{
	const struct pushover_settings *s = in->settings;
	const struct message *m = in->message;
	const struct message_link *link = tap(m);
	const struct page_style style = {.markup = &markup_html,
	                                 .most = MESSAGE_MAX,
	                                 .unit = TEXT_CHARACTERS,
	                                 .links = true,
	                                 .elsewhere = link ? 1U << (link - m->links) : 0,
	                                 .links_part = 4};
	json_t *o = json_pack("{so so so so sI si}", "token", request_text(request_secret(in, "token")), "user",
	                      request_text(request_secret(in, "user_key")), "title",
	                      request_text(page_title(in, out, TITLE_MAX, TEXT_CHARACTERS)), "message",
	                      request_text(page_full_text(in, out, &style)), "priority",
	                      (json_int_t)pushover_priority(s, m), "html", 1);
	if (m->since)
		json_object_set_new(o, "timestamp", json_integer(m->since / 1000));
	if (link) {
		json_object_set_new(o, "url", request_text(link->url));
		json_object_set_new(o, "url_title", json_string(link->name));
	}
	if (s->sound.n)
		json_object_set_new(o, "sound", request_text(s->sound));
	if (s->device.n)
		json_object_set_new(o, "device", request_text(s->device));
	if (pushover_priority(s, m) == EMERGENCY)
		set_emergency(o, s, m);
	else if (s->ttl >= 1000)
		json_object_set_new(o, "ttl", json_integer(s->ttl / 1000));
	return o;
}

/* Only where the address of messages is the API's own can that of receipts be told. */
static bool can_cancel(const struct pushover_settings *s, enum message_event event)
{
	return (event == EVENT_ACKNOWLEDGE || event == EVENT_RESOLVE) && str_ends(s->api_url, STR(MESSAGES));
}

static struct str cancel_url(const struct pushover_settings *s, const struct message *m, struct arena *arena)
{
	size_t n = s->api_url.n - sizeof MESSAGES + 1;
	return str_c(arena_printf(arena, "%.*s/receipts/cancel_by_tag/%s.json", (int)n, s->api_url.p, m->dedup_key));
}

static bool pushover_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct pushover_settings *s = in->settings;
	if (in->step == 0 && can_cancel(s, in->message->event))
		return request_take_json(out, "POST", cancel_url(s, in->message, out->arena),
		                         json_pack("{so}", "token", request_text(request_secret(in, "token"))), "pushover",
		                         err);
	return request_take_json(out, "POST", s->api_url, message_body(in, out), "pushover", err);
}

static const struct answer answers[] = {
	{200, 200, "status", "1", OUTCOME_DELIVERED, NULL},
	{200, 200, "status", NULL, OUTCOME_REJECTED, NULL},
	{200, 200, NULL, NULL, OUTCOME_REJECTED, "not Pushover's answer"},
	{413, 413, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, "the month's messages are used up"},
	{400, 499, NULL, NULL, OUTCOME_REJECTED, NULL},
};
static const char *const reasons[] = {"errors", NULL};

static void pushover_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                           struct receiver_judgement *out)
{
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	out->more = out->outcome == OUTCOME_DELIVERED && reply->step == 0 && can_cancel(settings, reply->event);
}

const struct receiver_kind receiver_pushover = {
	.name = "pushover",
	.doc = "Pushover",
	.use = RECEIVER_PAGE,
	.update = "A message of priority -1: no sound.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct pushover_settings),
	.steps = true,
	.secrets = secrets,
	.required = secrets,
	.check = pushover_check,
	.urls = urls,
	.build = pushover_build,
	.judge = pushover_judge,
};
