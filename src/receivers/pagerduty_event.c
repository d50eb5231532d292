#include "pagerduty_event.h"

#include <inttypes.h>

#include "page.h"

/* PagerDuty wants one whatever is known. */
static struct str event_source(const struct incident *inc)
{
	struct str place = message_place(inc);
	if (place.n)
		return place;
	if (inc->source.n)
		return inc->source;
	return inc->alertname.n ? inc->alertname : STR("runbookd");
}

static struct str component(const struct incident *inc)
{
	struct str job = labels_get(&inc->labels, STR("job"));
	return job.n ? job : labels_get(&inc->labels, STR("service"));
}

/* PagerDuty has no use for null: what is absent is left out. */
static void set_text(json_t *o, const char *name, struct str value)
{
	if (value.n)
		json_object_set_new(o, name, view_text(value));
}

static json_t *last_time(const struct incident *inc)
{
	if (!inc->previous_count)
		return json_null();
	const struct incident_episode *e = &inc->previous[0];
	int64_t lasted = e->resolved_at > e->started_at ? e->resolved_at - e->started_at : 0;
	return json_pack("{so so so so}", "started_at", view_time(e->started_at), "resolved_at", view_time(e->resolved_at),
	                 "lasted", view_duration(lasted), "acknowledged", view_person(&e->acknowledged));
}

/* ["node-1:9100", …, "and 30 more"] */
static json_t *member_names(const struct message_members *members)
{
	json_t *list = json_array();
	for (size_t i = 0; i < members->shown; i++)
		json_array_append_new(list, view_text(members->v[i].name));
	if (members->shown && members->total > members->shown)
		json_array_append_new(list, json_sprintf("and %" PRIu64 " more", members->total - members->shown));
	return list;
}

static json_t *custom_details(const struct message *m)
{
	const struct incident *inc = m->incident;
	json_t *o = json_object();
	json_object_set_new(o, "runbook", view_text(inc->runbook.url.n ? inc->runbook.url : inc->runbook.path));
	set_text(o, "estimated_time", inc->runbook.estimated_time);
	set_text(o, "approval", inc->runbook.approval);
	if (inc->escalation.name.n)
		json_object_set_new(o, "escalation", view_escalation(inc));
	json_object_set_new(o, "response", view_duration(inc->severity.response_ms));
	json_object_set_new(o, "resolution", view_duration(inc->severity.resolution_ms));
	json_object_set_new(o, "owner", view_text(inc->owner));
	json_object_set_new(o, "severity", view_text(inc->severity.name));
	json_object_set_new(o, "response_due", view_time(incident_response_due(inc)));
	json_object_set_new(o, "resolution_due", view_time(incident_resolution_due(inc)));
	json_object_set_new(o, "rule", view_text(inc->rule));
	json_object_set_new(o, "source", view_text(inc->source));
	json_object_set_new(o, "key", json_string(inc->key));
	view_set_counts(o, inc);
	json_object_set_new(o, "firing", member_names(&m->firing));
	json_object_set_new(o, "recovered", member_names(&m->recovered));
	json_object_set_new(o, "firing_since", view_time(m->since));
	json_object_set_new(o, "labels", view_labels(&inc->labels));
	json_object_set_new(o, "annotations", view_labels(&inc->annotations));
	json_object_set_new(o, "last_time", last_time(inc));
	return o;
}

static json_t *event_links(const struct message *m)
{
	json_t *links = json_array();
	for (size_t i = 0; i < m->link_count; i++) {
		const struct message_link *l = &m->links[i];
		json_t *text = l->title.n ? json_sprintf("%s: %.*s", l->name, STR_ARG(l->title)) : json_string(l->name);
		json_array_append_new(
			links, json_pack("{so so}", "href", view_text(l->url), "text", text ? text : json_string(l->name)));
	}
	return links;
}

static json_t *payload(const struct message *m, struct str title, struct str severity, json_t *details)
{
	json_t *o = json_object();
	set_text(o, "summary", title);
	set_text(o, "source", event_source(m->incident));
	set_text(o, "severity", severity);
	if (m->since)
		json_object_set_new(o, "timestamp", view_time(m->since));
	set_text(o, "component", component(m->incident));
	set_text(o, "group", m->incident->owner);
	set_text(o, "class", m->incident->alertname);
	json_object_set_new(o, "custom_details", details);
	return o;
}

static bool is_http(struct str url)
{
	return url.n && receiver_url_valid(url);
}

/* Only a trigger carries more than the key: the other two are about what PagerDuty already knows. */
static void set_trigger(json_t *o, const struct receiver_build *in, const struct pagerduty_settings *s, json_t *details,
                        struct receiver_request *out)
{
	const struct message *m = in->message;
	struct str client_url = s->client_url.n ? s->client_url : m->incident_url;
	struct str title = page_title(in, out, MESSAGE_SUMMARY_MAX, TEXT_BYTES);
	json_object_set_new(o, "payload", payload(m, title, s->severity.n ? s->severity : m->pagerduty_severity, details));
	json_object_set_new(o, "links", event_links(m));
	set_text(o, "client", s->client);
	if (is_http(client_url))
		set_text(o, "client_url", client_url);
}

#define DEDUP_KEY_MAX 255 /* bytes */

bool pagerduty_event(const struct receiver_build *in, const struct pagerduty_settings *s, struct receiver_request *out)
{
	static const char *const actions[] = {
		[EVENT_TRIGGER] = "trigger",
		[EVENT_UPDATE] = "trigger",
		[EVENT_ACKNOWLEDGE] = "acknowledge",
		[EVENT_RESOLVE] = "resolve",
	};
	const struct message *m = in->message;
	json_t *o = json_object();
	set_text(o, "routing_key", request_secret(in, "routing_key"));
	json_object_set_new(o, "event_action", json_string(actions[m->event]));
	set_text(o, "dedup_key", request_dedup_key(in, &s->dedup_key, DEDUP_KEY_MAX, out));
	json_t *cuts[2];
	size_t cut_count = 0;
	if (m->event == EVENT_TRIGGER || m->event == EVENT_UPDATE) {
		json_t *details = custom_details(m);
		cuts[cut_count++] = json_object_get(details, "annotations");
		cuts[cut_count++] = json_object_get(details, "labels");
		set_trigger(o, in, s, details, out);
	}
	bool ok = request_json(out->arena, o, cuts, cut_count, &out->body);
	json_decref(o);
	return ok;
}
