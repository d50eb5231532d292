/*
 * Splunk On-Call (VictorOps), REST endpoint. The key is part of the URL.
 */
#include "answer.h"
#include "page.h"

struct victorops_settings {
	struct str api_key, api_key_file, api_url, routing_key;
	struct request_key dedup_key;
};

static const struct option options[] = {
	REQUEST_SECRET(struct victorops_settings, api_key, "Key of the REST integration."),
	REQUEST_TEXT(struct victorops_settings, api_url, "https://alert.victorops.com/integrations/generic/20131114/alert/",
                 "Where alerts are posted."),
	REQUEST_TEXT(struct victorops_settings, routing_key, NULL, "Which team it is for."),
	REQUEST_KEY(struct victorops_settings, "entity id"),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TITLE("entity_display_name"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_TEXT("state_message"),
	REQUEST_FOREIGN_LOOK("message_type"),
	REQUEST_FOREIGN_LOOK("monitoring_tool"),
	REQUEST_FOREIGN_LOOK("custom_fields"),
};
static const char *const secrets[] = {"api_key", NULL};
static const char *const urls[] = {"api_url", NULL};

#define NAME_MAX 512
#define ENTITY_MAX 255
#define MESSAGE_MAX 20480

static bool victorops_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	struct victorops_settings *s = settings;
	(void)arena;
	if (!s->routing_key.n)
		err_at(err, at, "victorops: \"routing_key\" is required");
	return request_key_check(&s->dedup_key, at, err) && s->routing_key.n;
}

static void victorops_release(void *settings)
{
	struct victorops_settings *s = settings;
	request_key_release(&s->dedup_key);
}

static struct str alert_url(const struct receiver_build *in, struct arena *arena)
{
	const struct victorops_settings *s = in->settings;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, request_url(arena, s->api_url, "/"));
	template_escape_add(&b, request_secret(in, "api_key"), ESCAPE_PATH);
	buf_add_c(&b, "/");
	template_escape_add(&b, s->routing_key, ESCAPE_PATH);
	return arena_str(arena, buf_str(&b));
}

static const char *message_type(const struct message *m)
{
	static const char *const by_rank[] = {"CRITICAL", "CRITICAL", "WARNING", "INFO"};
	if (m->event == EVENT_RESOLVE)
		return "RECOVERY";
	if (m->event == EVENT_ACKNOWLEDGE)
		return "ACKNOWLEDGEMENT";
	if (m->quiet || m->taken)
		return "INFO"; /* a line of the timeline: of an acknowledged one, anything graver would call again */
	return page_by_rank(m, by_rank, sizeof by_rank / sizeof *by_rank);
}

static void victorops_set_link(json_t *o, const struct message *m, const char *link, const char *field)
{
	const struct message_link *l = message_link(m, link);
	if (l)
		json_object_set_new(o, field, request_text(l->url));
}

static bool victorops_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_style style = {
		.markup = &markup_plain, .most = MESSAGE_MAX, .unit = TEXT_BYTES, .links = true};
	const struct victorops_settings *s = in->settings;
	const struct message *m = in->message;
	json_t *o = json_pack("{ss so so so ss}", "message_type", message_type(m), "entity_id",
	                      request_text(request_dedup_key(in, &s->dedup_key, ENTITY_MAX, out)), "entity_display_name",
	                      request_text(page_title(in, out, NAME_MAX, TEXT_BYTES)), "state_message",
	                      request_text(page_full_text(in, out, &style)), "monitoring_tool", "runbookd");
	if (m->since)
		json_object_set_new(o, "state_start_time", json_integer(m->since / 1000));
	if (m->event == EVENT_ACKNOWLEDGE && m->incident->acknowledged.by.n)
		json_object_set_new(o, "ack_author",
		                    request_text(text_line(out->arena, m->incident->acknowledged.by, 100, TEXT_BYTES)));
	victorops_set_link(o, m, "Runbook", "vo_annotate.u.Runbook");
	victorops_set_link(o, m, "Incident", "vo_annotate.u.Incident");
	return request_take_json(out, "POST", alert_url(in, out->arena), o, "victorops", err);
}

static const struct answer answers[] = {
	{200, 200, "result", "success", OUTCOME_DELIVERED, NULL},
	{200, 200, "result", NULL, OUTCOME_REJECTED, NULL},
	{200, 200, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{403, 403, NULL, NULL, OUTCOME_REJECTED, "the api_key is not known there"},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"message", NULL};

static void victorops_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                            struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
}

const struct receiver_kind receiver_victorops = {
	.name = "victorops",
	.doc = "Splunk On-Call (VictorOps)",
	.use = RECEIVER_PAGE,
	.update = "An INFO entry in the timeline, under the same entity id, which pages nobody.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct victorops_settings),
	.secrets = secrets,
	.required = secrets,
	.check = victorops_check,
	.release = victorops_release,
	.urls = urls,
	.build = victorops_build,
	.judge = victorops_judge,
};
