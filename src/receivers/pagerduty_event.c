#include "pagerduty_event.h"

/* The first of these labels that all members share says where it hurts. */
static struct str event_source(const struct incident *inc)
{
	static const char *const names[] = {"instance", "node", "host", "pod", "service", "job", "namespace", "cluster"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str value = labels_get(&inc->labels, str_c(names[i]));
		if (value.n)
			return value;
	}
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

static void copy(json_t *to, const json_t *from, const char *name)
{
	json_object_set(to, name, json_object_get(from, name));
}

static json_t *custom_details(const struct message *m)
{
	static const char *const from_view[] = {
		"owner",   "severity", "response_due", "resolution_due", "rule",         "source",     "key",
		"members", "received", "pages",        "reminders",      "deduplicated", "suppressed", "flaps",
	};
	const struct incident *inc = m->incident;
	json_t *o = json_object();
	json_object_set_new(o, "runbook", view_text(inc->runbook.url.n ? inc->runbook.url : inc->runbook.path));
	set_text(o, "estimated_time", inc->runbook.estimated_time);
	set_text(o, "approval", inc->runbook.approval);
	if (inc->escalation.name.n)
		copy(o, m->view, "escalation");
	json_object_set_new(o, "response", view_duration(inc->severity.response_ms));
	json_object_set_new(o, "resolution", view_duration(inc->severity.resolution_ms));
	for (size_t i = 0; i < sizeof from_view / sizeof *from_view; i++)
		copy(o, m->view, from_view[i]);
	json_object_set_new(o, "labels", view_labels(&inc->labels));
	json_object_set_new(o, "annotations", view_labels(&inc->annotations));
	json_object_set_new(o, "last_time", last_time(inc));
	return o;
}

/* A reader's browser is laxer than a request line: other scripts and braces are fine, other schemes are not. */
static bool is_link(struct str href)
{
	for (size_t i = 0; i < href.n; i++) {
		unsigned char c = (unsigned char)href.p[i];
		if (c <= 0x20 || c == 0x7f || c == '"' || c == '<' || c == '>')
			return false;
	}
	return request_url_host(href).n > 0;
}

static void add_link(json_t *links, struct str href, const char *what, struct str title)
{
	if (!is_link(href))
		return;
	json_t *text = title.n ? json_sprintf("%s: %.*s", what, STR_ARG(title)) : json_string(what);
	json_array_append_new(links,
	                      json_pack("{so so}", "href", view_text(href), "text", text ? text : json_string(what)));
}

static json_t *event_links(const struct message *m)
{
	struct str none = {NULL, 0};
	json_t *links = json_array();
	add_link(links, m->runbook_url, "Runbook", m->runbook_title);
	add_link(links, m->incident_url, "Incident", none);
	add_link(links, m->generator_url, "Prometheus", none);
	return links;
}

static json_t *payload(const struct message *m, json_t *details)
{
	json_t *o = json_object();
	set_text(o, "summary", m->summary);
	set_text(o, "source", event_source(m->incident));
	set_text(o, "severity", m->pagerduty_severity);
	if (m->incident->started_at)
		json_object_set_new(o, "timestamp", view_time(m->incident->started_at));
	set_text(o, "component", component(m->incident));
	set_text(o, "group", m->incident->owner);
	set_text(o, "class", m->incident->alertname);
	json_object_set_new(o, "custom_details", details);
	return o;
}

/* Only a trigger carries more than the key: the other two are about what PagerDuty already knows. */
static void set_trigger(json_t *o, const struct message *m, const struct pagerduty_settings *s, json_t *details)
{
	struct str client_url = s->client_url.n ? s->client_url : m->incident_url;
	json_object_set_new(o, "payload", payload(m, details));
	json_object_set_new(o, "links", event_links(m));
	set_text(o, "client", s->client);
	if (is_link(client_url))
		set_text(o, "client_url", client_url);
}

bool pagerduty_event(const struct message *m, const struct pagerduty_settings *s, struct str routing_key,
                     struct arena *arena, struct str *out)
{
	static const char *const actions[] = {
		[EVENT_TRIGGER] = "trigger",
		[EVENT_UPDATE] = "trigger",
		[EVENT_ACKNOWLEDGE] = "acknowledge",
		[EVENT_RESOLVE] = "resolve",
	};
	json_t *o = json_object();
	set_text(o, "routing_key", routing_key);
	json_object_set_new(o, "event_action", json_string(actions[m->event]));
	json_object_set_new(o, "dedup_key", json_string(m->dedup_key));
	json_t *cuts[2];
	size_t cut_count = 0;
	if (m->event == EVENT_TRIGGER || m->event == EVENT_UPDATE) {
		json_t *details = custom_details(m);
		cuts[cut_count++] = json_object_get(details, "annotations");
		cuts[cut_count++] = json_object_get(details, "labels");
		set_trigger(o, m, s, details);
	}
	bool ok = request_json(arena, o, cuts, cut_count, out);
	json_decref(o);
	return ok;
}
