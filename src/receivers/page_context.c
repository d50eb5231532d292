/*
 * The names that templates of receivers may use. Each row is documentation, check and value at once.
 */
#include <string.h>

#include "incident/row.h"
#include "page.h"

static json_t *named_object(struct str name)
{
	return name.n ? json_pack("{so}", "name", view_text(name)) : json_object();
}

static json_t *severity_value(const struct message *m)
{
	const struct incident *inc = m->incident;
	json_t *o = named_object(inc->severity.name);
	json_object_set_new(o, "rank", json_integer(inc->severity.rank));
	json_object_set_new(o, "response", view_duration(inc->severity.response_ms));
	json_object_set_new(o, "resolution", view_duration(inc->severity.resolution_ms));
	return o;
}

static json_t *owner_value(const struct message *m)
{
	json_t *o = named_object(m->incident->owner);
	json_object_set_new(o, "text", view_text(message_fact(m, "Owner")));
	return o;
}

/* Null in the page itself, so that a template can ask. */
static json_t *escalated_value(const struct message *m)
{
	if (!m->role.n)
		return json_null();
	return json_pack("{so so}", "role", view_text(m->role), "contact", view_text(m->role_contact));
}

json_t *page_members(const struct message_members *members)
{
	json_t *list = json_array();
	for (size_t i = 0; i < members->shown; i++) {
		const struct incident_sample *s = members->v[i].sample;
		json_array_append_new(list, json_pack("{so so so}", "name", view_text(members->v[i].name), "labels",
		                                      view_labels(&s->labels), "starts_at", view_time(s->starts_at)));
	}
	return json_pack("{sI so sI}", "count", (json_int_t)members->total, "members", list, "more",
	                 (json_int_t)(members->total - members->shown));
}

/* links.runbook, links.prometheus, … */
json_t *page_links(const struct message *m)
{
	json_t *o = json_object();
	for (size_t i = 0; i < m->link_count; i++) {
		AUTOBUF struct buf name;
		buf_init(&name, 64);
		for (const char *c = m->links[i].name; *c; c++)
			buf_add_char(&name, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
		json_object_set_new(o, buf_str(&name).p, view_text(m->links[i].url));
	}
	return o;
}

/* ---- the rows ---- */

static json_t *since_value(const struct message *m)
{
	return view_text(message_fact(m, incident_is_open(m->incident) ? "Firing since" : "Fired"));
}

#define VALUE(name, expression)                                                                                        \
	static json_t *name##_value(const struct message *m)                                                               \
	{                                                                                                                  \
		return expression;                                                                                             \
	}
VALUE(labels, view_labels(&m->incident->labels))
VALUE(annotations, view_labels(incident_annotations(m->incident)))
VALUE(runbook, view_runbook(m->incident))
VALUE(incident, incident_view(m->incident, false))
VALUE(title, view_text(m->summary))
VALUE(headline, view_text(m->headline))
VALUE(event, json_string(message_event_name(m->event)))
VALUE(dedup_key, json_string(m->dedup_key))
VALUE(attempt, json_integer((json_int_t)m->attempt))
VALUE(incident_url, view_text(m->incident_url))
VALUE(firing, page_members(&m->firing))
VALUE(recovered, page_members(&m->recovered))
VALUE(last_time, view_text(message_fact(m, "Last time")))
VALUE(on_call, view_text(message_fact(m, "On call")))

static const struct {
	const char *name, *doc;
	json_t *(*value)(const struct message *m);
} rows[] = {
	{"title", "The page's first line, as it is sent without a template.", title_value},
	{"summary", "The same.", title_value},
	{"headline", "What the message is where it is no first page: Acknowledged by ana: on it.", headline_value},
	{"event", "trigger, update, acknowledge or resolve.", event_value},
	{"labels", "The labels that all members share: labels.job.", labels_value},
	{"annotations", "Those of a member that fires: annotations.description.", annotations_value},
	{"incident", "The incident as the API shows it: incident.key, incident.state, incident.started_at.",
     incident_value},
	{"runbook", "runbook.path, .url, .title, .estimated_time, .approval.", runbook_value},
	{"severity", "severity.name, .rank, .response, .resolution.", severity_value},
	{"owner", "owner.name, and owner.text with the contact.", owner_value},
	{"firing", "What fires: firing.count, firing.members (each .name, .labels, .starts_at), firing.more.",
     firing_value},
	{"recovered", "What has recovered; the same.", recovered_value},
	{"since", "Since when it fires, in the receiver's time zone.", since_value},
	{"last_time", "The episode before this one, in a line.", last_time_value},
	{"on_call", "Who is on call, whom the first step of the path means now, and how to reach them: ana (@ana).",
     on_call_value},
	{"escalated",
     "In the page of a step of the escalation: escalated.role, whom it is for, and .contact, how to reach whom no "
     "receiver "
     "reaches. {{#escalated}}For {{role}} {{contact}}{{/escalated}}.",
     escalated_value},
	{"links", "links.runbook, .incident, .prometheus, .dashboard, .silence, .acknowledge.", page_links},
	{"incident_url", "The incident's own page.", incident_url_value},
	{"dedup_key", "What the provider knows the incident by.", dedup_key_value},
	{"attempt", "1 for the first.", attempt_value},
};
#define ROWS (sizeof rows / sizeof *rows)

json_t *page_context(const struct message *m)
{
	json_t *o = json_object();
	for (size_t i = 0; i < ROWS; i++)
		json_object_set_new(o, rows[i].name, rows[i].value(m));
	return o;
}

/* ---- the names, and what stands below them ---- */

#define SAMPLE_TIME INT64_C(1700000000000)

static struct labels sample_labels(struct arena *arena)
{
	struct labels out = {arena_alloc(arena, sizeof *out.v), 1};
	out.v[0] = (struct label){STR("alertname"), STR("Sample")};
	return out;
}

struct incident *page_sample(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	struct labels labels = sample_labels(arena);
	struct incident_row *row = row_make(inc, "0123456789abcdef", SAMPLE_TIME);
	inc->episode = inc->generation = inc->notice = inc->count.total = row->n0 = 1;
	inc->alertname = inc->summary = inc->owner = inc->rule = inc->source = STR("sample");
	inc->runbook.path = inc->runbook.title = inc->runbook.estimated_time = inc->runbook.approval = STR("sample");
	inc->runbook.url = inc->generator_url = STR("https://example.com/");
	inc->severity.name = inc->escalation.name = inc->escalation.notify = STR("sample");
	inc->severity.response_ms = inc->severity.resolution_ms = 60000;
	inc->labels = inc->annotations = labels;
	inc->started_at = inc->last_seen_at = inc->last_notice_at = inc->acknowledged.at = SAMPLE_TIME;
	inc->heartbeat.every = 60000;
	inc->acknowledged.by = inc->acknowledged.note = STR("sample");
	inc->ack_generation = inc->generation;
	struct incident_sample *s =
		INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
	*s = (struct incident_sample){.fingerprint = STR("0123456789abcdef"),
	                              .labels = labels,
	                              .mark = row->mark,
	                              .counted = true,
	                              .starts_at = SAMPLE_TIME};
	memcpy(s->group, row->group, sizeof s->group);
	return inc;
}

#define NAMES_MAX 256

struct names {
	char *v[NAMES_MAX + 1];
	size_t n;
};

static void add_template_name(struct names *list, const char *name, const char *member)
{
	if (list->n < NAMES_MAX)
		list->v[list->n++] = mem_printf(member ? "%s.%s" : "%s", name, member);
}

/* What labels there are is not known before there is an alert. */
static bool has_any_members(const char *name)
{
	return str_eq_c(str_c(name), "labels") || str_eq_c(str_c(name), "annotations");
}

static void add_template_names(struct names *list, const json_t *context)
{
	for (size_t i = 0; i < ROWS; i++) {
		const char *member;
		json_t *value, *object = json_object_get(context, rows[i].name);
		if (str_eq_c(str_c(rows[i].name), "incident")) {
			for (size_t n = 0; incident_view_names[n]; n++)
				add_template_name(list, incident_view_names[n], NULL);
			continue;
		}
		bool listed = json_is_object(object) && json_object_size(object) && !has_any_members(rows[i].name);
		if (!listed)
			add_template_name(list, rows[i].name, NULL);
		else
			json_object_foreach(object, member, value) add_template_name(list, rows[i].name, member);
	}
}

/* Of an incident in which nothing is missing, made once: the same code that fills a page says what may be asked of it. */
const char *const *receiver_template_names(void)
{
	static struct names list;
	if (list.n)
		return (const char *const *)list.v;
	AUTOARENA struct arena *arena = arena_new();
	struct message m;
	const struct message_context context = {.external_url = STR("https://example.com"),
	                                        .acknowledge_url = STR("https://example.com"),
	                                        .target = STR("sample"),
	                                        .alertmanager_url = STR("https://example.com")};
	struct incident *inc = page_sample(arena);
	inc->acknowledged.at = 0; /* for the link */
	inc->annotations.v = &(struct label){STR("dashboard"), STR("https://example.com")};
	message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1, &context);
	json_t *names = page_context(&m);
	add_template_names(&list, names);
	json_decref(names);
	return (const char *const *)list.v;
}

const char *receiver_template_doc(const char *name)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (str_eq_c(str_c(name), rows[i].name))
			return rows[i].doc;
	}
	return NULL;
}
