/*
 * incident.io, alert events of an HTTP alert source. It knows firing and resolved; an acknowledgement is given there.
 */
#include "answer.h"
#include "page.h"

struct incidentio_settings {
	struct str url, url_file, alert_source_token, alert_source_token_file;
};

static const struct option options[] = {
	REQUEST_SECRET(struct incidentio_settings, url, "https://api.incident.io/v2/alert_events/http/ALERT_SOURCE."),
	REQUEST_SECRET(struct incidentio_settings, alert_source_token, "Token of the alert source."),
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN("max_alerts", "is not there: a message is of one incident, and names at most ten members"),
};
static const char *const secrets[] = {"url", "alert_source_token", NULL};
static const char *const urls[] = {"url", NULL};

#define TITLE_MAX 250
#define DESCRIPTION_MAX 20000

static json_t *metadata(const struct message *m)
{
	const struct incident *inc = m->incident;
	return json_pack("{so so so so so so so}", "severity", view_text(inc->severity.name), "owner",
	                 view_text(inc->owner), "rule", view_text(inc->rule), "labels", view_labels(&inc->labels), "firing",
	                 page_members(&m->firing), "recovered", page_members(&m->recovered), "links", page_links(m));
}

static bool incidentio_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	static const struct page_style style = {
		.markup = &markup_commonmark, .most = DESCRIPTION_MAX, .unit = TEXT_CHARACTERS, .links = true};
	const struct incidentio_settings *s = in->settings;
	const struct message *m = in->message;
	if (m->event == EVENT_ACKNOWLEDGE) {
		out->nothing = true;
		return true;
	}
	json_t *o =
		json_pack("{so so ss ss so}", "title", request_text(page_title(in, out, TITLE_MAX, TEXT_CHARACTERS)),
	              "description", request_text(page_full_text(in, out, &style)), "deduplication_key", m->dedup_key,
	              "status", m->event == EVENT_RESOLVE ? "resolved" : "firing", "metadata", metadata(m));
	if (message_link(m, "Incident"))
		json_object_set_new(o, "source_url", request_text(m->incident_url));
	request_authorize(in, out, "Bearer", "alert_source_token");
	json_t *labels = json_object_get(json_object_get(o, "metadata"), "labels");
	return request_take_json_cut(out, "POST", request_setting(in, s->url, "url"), o, labels, "incidentio", err);
}

static const struct answer answers[] = {
	{200, 202, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the alert_source_token is wrong"},
	{404, 404, NULL, NULL, OUTCOME_REJECTED, "there is no such alert source"},
	{422, 422, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"message", NULL};

static void incidentio_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                             struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
}

const struct receiver_kind receiver_incidentio = {
	.name = "incidentio",
	.doc = "incident.io, an HTTP alert source",
	.use = RECEIVER_PAGE,
	.update = "The open alert learns its text anew, under the same deduplication key.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct incidentio_settings),
	.secrets = secrets,
	.required = secrets,
	.urls = urls,
	.build = incidentio_build,
	.judge = incidentio_judge,
};
