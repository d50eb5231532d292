/*
 * Opsgenie's alert API, and its successor in Jira Service Management (api_url: https://api.atlassian.com/jsm/ops/integration).
 * An alert is known by its alias. A create with the alias of an open alert counts it up and changes nothing else, so what
 * may find one there also sets message, description and priority. What is to wake nobody does only that: a create would
 * open the alert anew that somebody has closed there.
 */
#include <assert.h>

#include "answer.h"
#include "callback.h"
#include "opsgenie_responders.h"
#include "page.h"

struct opsgenie_settings {
	struct str api_key, api_key_file, api_url, priority, webhook_token, webhook_token_file;
	struct strs tags;
	const struct yaml_node *responders_node;
	struct opsgenie_responders responders;
	struct request_key dedup_key;
};

static const struct option options[] = {
	REQUEST_SECRET(struct opsgenie_settings, api_key, "Key of the API integration."),
	REQUEST_TEXT(struct opsgenie_settings, api_url, "https://api.opsgenie.com/",
                 "Where the API is; of JSM: https://api.atlassian.com/jsm/ops/integration/."),
	REQUEST_TEXT(struct opsgenie_settings, priority, NULL,
                 "P1 to P5 for every alert; default: by the rank of the incident's severity."),
	REQUEST_KEY(struct opsgenie_settings, "alias"),
	{.name = "tags",
     .type = OPTION_STRS,
     .offset = offsetof(struct opsgenie_settings, tags),
     .doc = "Tags of every alert: a list, or one text with commas."},
	{.name = "responders",
     .type = OPTION_NODE,
     .offset = offsetof(struct opsgenie_settings, responders_node),
     .inner = &opsgenie_responders_table,
     .list = true,
     .doc = "Who is told there, beside the integration's own team."},
	REQUEST_SECRET(struct opsgenie_settings, webhook_token,
                   "What Opsgenie's webhook brings along to /api/v1/callbacks/opsgenie, in a header or as ?token=."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("message"),
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("description"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_LOOK("source"),
	REQUEST_FOREIGN_LOOK("details"),
	REQUEST_FOREIGN_LOOK("entity"),
	REQUEST_FOREIGN("actions", "is not there: give them in Opsgenie"),
	REQUEST_FOREIGN("note", "is not there: an alert has its text"),
	REQUEST_FOREIGN("update_alerts", "is always so"),
};
static const char *const secrets[] = {"api_key", "webhook_token", NULL};
static const char *const required[] = {"api_key", NULL};
static const char *const urls[] = {"api_url", NULL};

/* Lengths of the documentation, in UTF-16 units; `details` counts names and values together. */
#define MESSAGE_MAX 130
#define ALIAS_MAX 512
#define DESCRIPTION_MAX 15000
#define DETAILS_MAX 8000
#define SOURCE_MAX 100
#define NOTE_MAX 25000
#define TAGS_MAX 20

static bool opsgenie_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	struct opsgenie_settings *s = settings;
	s->tags = request_split(arena, &s->tags);
	bool ok = !s->priority.n ||
	          (s->priority.n == 2 && s->priority.p[0] == 'P' && s->priority.p[1] >= '1' && s->priority.p[1] <= '5');
	if (!ok)
		err_at(err, at, "opsgenie: \"priority\" must be one of P1 to P5");
	if (s->tags.n > TAGS_MAX) {
		err_at(err, at, "opsgenie: \"tags\" must be at most %d", TAGS_MAX);
		ok = false;
	}
	ok = opsgenie_responders_read(s->responders_node, arena, &s->responders, err) && ok;
	return request_key_check(&s->dedup_key, at, err) && ok;
}

static void opsgenie_release(void *settings)
{
	struct opsgenie_settings *s = settings;
	request_key_release(&s->dedup_key);
}

static struct str opsgenie_priority(const struct opsgenie_settings *s, const struct message *m)
{
	static const char *const by_rank[] = {"P1", "P2", "P3", "P4", "P5"};
	return s->priority.n ? s->priority : str_c(page_by_rank(m, by_rank, sizeof by_rank / sizeof *by_rank));
}

/* Facts, then labels, while there is room. */
static void add_detail(json_t *details, size_t *used, const char *name, struct str value, struct arena *arena)
{
	struct str text = text_line(arena, value, 1000, TEXT_UTF16);
	size_t n = text_length(str_c(name), TEXT_UTF16) + text_length(text, TEXT_UTF16);
	if (!text.n || *used + n > DETAILS_MAX)
		return;
	*used += n;
	json_object_set_new(details, name, request_text(text));
}

static json_t *details(const struct message *m, struct arena *arena)
{
	json_t *o = json_object();
	size_t used = 0;
	for (size_t i = 0; i < m->fact_count; i++)
		add_detail(o, &used, m->facts[i].name, m->facts[i].value, arena);
	for (size_t i = 0; i < m->link_count; i++)
		add_detail(o, &used, m->links[i].name, m->links[i].url, arena);
	for (size_t i = 0; i < m->incident->labels.n; i++) {
		const struct label *l = &m->incident->labels.v[i];
		struct str name = text_line(arena, l->name, 200, TEXT_UTF16);
		add_detail(o, &used, arena_cstr(arena, name), l->value, arena);
	}
	return o;
}

static struct str description(const struct receiver_build *in, struct receiver_request *out)
{
	static const struct page_style style = {
		.markup = &markup_plain, .most = DESCRIPTION_MAX, .unit = TEXT_UTF16, .links = true};
	return page_full_text(in, out, &style);
}

static json_t *tags(const struct opsgenie_settings *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->tags.n; i++)
		json_array_append_new(list, request_text(s->tags.v[i]));
	return list;
}

static json_t *alert_body(const struct receiver_build *in, struct receiver_request *out, struct str alias)
{
	const struct opsgenie_settings *s = in->settings;
	json_t *o = json_object();
	struct str where = text_line(out->arena, message_place(in->message->incident), ALIAS_MAX, TEXT_UTF16);
	json_object_set_new(o, "message", request_text(page_title(in, out, MESSAGE_MAX, TEXT_UTF16)));
	json_object_set_new(o, "alias", request_text(alias));
	json_object_set_new(o, "description", request_text(description(in, out)));
	json_object_set_new(o, "details", details(in->message, out->arena));
	json_object_set_new(o, "priority", request_text(opsgenie_priority(s, in->message)));
	json_object_set_new(o, "source", json_string("runbookd"));
	if (where.n)
		json_object_set_new(o, "entity", request_text(where));
	if (s->tags.n)
		json_object_set_new(o, "tags", tags(s));
	if (s->responders.n)
		json_object_set_new(o, "responders", opsgenie_responders_json(&s->responders));
	return o;
}

/* Who closed or acknowledged it, for the alert's own log. */
static json_t *action_body(const struct receiver_build *in, struct receiver_request *out)
{
	const struct incident *inc = in->message->incident;
	struct str by = in->message->event == EVENT_ACKNOWLEDGE ? inc->acknowledged.by : inc->closed_by_hand.by;
	json_t *o = json_pack("{ss so}", "source", "runbookd", "note",
	                      request_text(text_line(out->arena, in->message->headline, NOTE_MAX, TEXT_UTF16)));
	if (by.n)
		json_object_set_new(o, "user", request_text(text_line(out->arena, by, SOURCE_MAX, TEXT_UTF16)));
	return o;
}

static struct str alerts_url(const struct opsgenie_settings *s, struct arena *arena)
{
	struct str base = request_url(arena, s->api_url, "");
	return str_ends(base, STR("/v2/alerts")) ? base : request_url(arena, base, "/v2/alerts");
}

static struct str alias_url(const struct opsgenie_settings *s, struct str alias, const char *verb, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, alerts_url(s, arena));
	buf_add_c(&b, "/");
	template_escape_add(&b, alias, ESCAPE_PATH);
	buf_printf(&b, "/%s?identifierType=alias", verb);
	return arena_str(arena, buf_str(&b));
}

enum part { PART_CREATE, PART_MESSAGE, PART_DESCRIPTION, PART_PRIORITY, PARTS };

/* Which request of the message this is: a first page is one, a reminder and a digest are four, a quiet update three. */
static enum part request_part_of(bool quiet, unsigned step)
{
	return (enum part)(step + (quiet ? PART_MESSAGE : PART_CREATE));
}

static bool opsgenie_changes(enum message_event event, bool digest)
{
	return event == EVENT_UPDATE || (event == EVENT_TRIGGER && digest);
}

static json_t *opsgenie_changed(const struct receiver_build *in, struct receiver_request *out, enum part part)
{
	if (part == PART_MESSAGE)
		return json_pack("{so}", "message", request_text(page_title(in, out, MESSAGE_MAX, TEXT_UTF16)));
	if (part == PART_DESCRIPTION)
		return json_pack("{so}", "description", request_text(description(in, out)));
	return json_pack("{so}", "priority", request_text(opsgenie_priority(in->settings, in->message)));
}

static bool build_alert(const struct receiver_build *in, struct receiver_request *out, struct str alias,
                        struct err *err)
{
	static const char *const fields[PARTS] = {NULL, "message", "description", "priority"};
	const struct opsgenie_settings *s = in->settings;
	enum part part = request_part_of(in->message->quiet, in->step);
	assert(part < PARTS); /* opsgenie_judge() asks for no more */
	if (part == PART_CREATE)
		return request_take_json(out, "POST", alerts_url(s, out->arena), alert_body(in, out, alias), "opsgenie", err);
	return request_take_json(out, "PUT", alias_url(s, alias, fields[part], out->arena), opsgenie_changed(in, out, part),
	                         "opsgenie", err);
}

static bool opsgenie_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct opsgenie_settings *s = in->settings;
	struct str alias = request_dedup_key(in, &s->dedup_key, ALIAS_MAX, out);
	request_authorize(in, out, "GenieKey", "api_key");
	switch (in->message->event) {
	case EVENT_TRIGGER:
	case EVENT_UPDATE: return build_alert(in, out, alias, err);
	case EVENT_ACKNOWLEDGE:
		return request_take_json(out, "POST", alias_url(s, alias, "acknowledge", out->arena), action_body(in, out),
		                         "opsgenie", err);
	case EVENT_RESOLVE:
		return request_take_json(out, "POST", alias_url(s, alias, "close", out->arena), action_body(in, out),
		                         "opsgenie", err);
	}
	return false;
}

static const struct answer answers[] = {
	{200, 202, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the api_key is not known there"},
	{403, 403, NULL, NULL, OUTCOME_REJECTED, "the integration may not do this, or belongs to the other region"},
	{422, 422, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"message", NULL};

static void opsgenie_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                           struct receiver_judgement *out)
{
	(void)settings;
	bool changes = opsgenie_changes(reply->event, reply->digest);
	enum part part = request_part_of(reply->quiet, reply->step);
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (changes && part != PART_CREATE && reply->status == 404) {
		*out =
			(struct receiver_judgement){.outcome = OUTCOME_DELIVERED}; /* the alert is gone there: nothing to change */
		return;
	}
	out->more = out->outcome == OUTCOME_DELIVERED && changes && part + 1 < PARTS;
}

const struct receiver_kind receiver_opsgenie = {
	.name = "opsgenie",
	.doc = "Opsgenie, and Jira Service Management Operations",
	.use = RECEIVER_PAGE,
	.update = "Message, description and priority of the open alert change.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct opsgenie_settings),
	.steps = true,
	.secrets = secrets,
	.required = required,
	.callback = &callback_opsgenie,
	.check = opsgenie_check,
	.release = opsgenie_release,
	.urls = urls,
	.build = opsgenie_build,
	.judge = opsgenie_judge,
};
