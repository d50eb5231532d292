/* The catalog's parts as JSON. */
#include "service/catalog_json.h"

#include <string.h>

#include "base/time.h"
#include "incident/message.h"

#define ROWS(t) (sizeof(t) / sizeof *(t))

static void put_catalog_text(json_t *o, const char *name, struct str value)
{
	json_object_set_new(o, name, view_text(value));
}

static json_t *catalog_texts_json(struct strs list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list.n; i++)
		json_array_append_new(array, view_text(list.v[i]));
	return array;
}

static void put_catalog_texts(json_t *o, const char *name, struct strs list)
{
	json_object_set_new(o, name, catalog_texts_json(list));
}

static void put_fact_duration(json_t *o, const char *name, const char *text_name, const struct fact_duration *d)
{
	json_object_set_new(o, name, view_duration(d->ms));
	put_catalog_text(o, text_name, d->text);
}

static void put_pos(json_t *o, struct pos at)
{
	json_object_set_new(o, "file", view_text(str_c(at.file)));
	json_object_set_new(o, "line", at.line ? json_integer(at.line) : json_null());
}

/* ---- entries ---- */

static json_t *catalog_severity_json(const struct severity *s)
{
	json_t *o = json_object();
	put_catalog_text(o, "name", s->name);
	put_catalog_text(o, "words", s->words);
	put_catalog_text(o, "description", s->description);
	put_catalog_text(o, "examples", s->examples);
	json_object_set_new(o, "response", view_duration(s->response_ms));
	put_catalog_text(o, "response_text", s->response.text);
	json_object_set_new(o, "resolution", view_duration(s->resolution_ms));
	put_catalog_text(o, "resolution_text", s->resolution.text);
	put_catalog_text(o, "escalation_text", s->escalation_text);
	put_catalog_text(o, "communication_text", s->communication_text);
	put_catalog_texts(o, "aliases", s->aliases);
	put_catalog_text(o, "pagerduty", s->pagerduty);
	put_catalog_texts(o, "receivers", s->receivers);
	put_catalog_text(o, "escalation", s->escalation);
	put_pos(o, s->at);
	return o;
}

json_t *catalog_json_runbook(const struct runbook *r)
{
	json_t *o = json_object();
	put_catalog_text(o, "path", r->path);
	put_catalog_text(o, "anchor", r->anchor);
	put_catalog_text(o, "title", r->title);
	put_catalog_text(o, "category", r->category);
	put_catalog_text(o, "description", r->description);
	put_catalog_texts(o, "severity", r->severities);
	put_catalog_text(o, "type", r->type);
	put_catalog_text(o, "estimated_time", r->estimated_time);
	put_catalog_text(o, "approval", r->approval);
	put_catalog_text(o, "owner", r->owner);
	put_catalog_text(o, "last_updated", r->last_updated);
	put_fact_duration(o, "review", "review_text", &r->review);
	put_catalog_text(o, "next_review", r->next_review);
	put_catalog_texts(o, "alerts", r->alerts);
	put_catalog_texts(o, "hints", r->hints);
	put_catalog_texts(o, "templates", r->templates);
	json_object_set_new(o, "exists", json_boolean(r->exists));
	json_object_set_new(o, "anchor_exists", json_boolean(r->anchor_exists));
	put_pos(o, r->at);
	return o;
}

static json_t *planned_json(const struct fact_runbook *p)
{
	json_t *o = json_object();
	put_catalog_text(o, "title", p->title);
	put_catalog_text(o, "category", p->category);
	put_catalog_text(o, "description", p->description);
	put_pos(o, p->at);
	return o;
}

static json_t *owner_receivers(const struct owner *owner)
{
	json_t *o = owner->receivers_count ? json_object() : json_null();
	for (size_t i = 0; i < owner->receivers_count; i++)
		json_object_setn_new(o, owner->receivers[i].severity.p, owner->receivers[i].severity.n,
		                     catalog_texts_json(owner->receivers[i].receivers));
	return o;
}

static json_t *catalog_owner_json(const struct owner *owner)
{
	json_t *o = json_object();
	put_catalog_text(o, "name", owner->name);
	put_catalog_text(o, "contact", owner->contact);
	json_object_set_new(o, "receivers", owner_receivers(owner));
	put_catalog_text(o, "escalation", owner->escalation);
	put_pos(o, owner->at);
	return o;
}

static json_t *contact_json(const struct contact *p)
{
	json_t *o = json_object();
	put_catalog_text(o, "role", p->role);
	put_catalog_text(o, "primary", p->primary);
	put_catalog_text(o, "backup", p->backup);
	put_catalog_text(o, "method", p->method);
	put_catalog_text(o, "address", p->address);
	put_catalog_text(o, "say", p->say);
	put_catalog_texts(o, "receivers", p->receivers);
	put_pos(o, p->at);
	return o;
}

/* A step at once is said, one whose minute nobody states is null. */
static json_t *delay_json(int64_t ms)
{
	char text[TIME_DURATION_MAX];
	return ms < 0 ? json_null() : json_string(time_duration_format(ms, text));
}

/* What few steps say is there only where they do. */
static json_t *step_json(const struct escalation_step *s)
{
	json_t *o = json_pack("{so so}", "after", delay_json(s->after_ms), "notify", catalog_texts_json(s->notify));
	if (s->when != STEP_BY_TIME)
		json_object_set_new(o, "when", json_string(step_when_name(s->when)));
	if (s->hours.active.n)
		json_object_set_new(o, "active", catalog_texts_json(s->hours.active));
	if (s->hours.mute.n)
		json_object_set_new(o, "mute", catalog_texts_json(s->hours.mute));
	return o;
}

static json_t *escalation_json(const struct escalation *x)
{
	json_t *o = json_object(), *steps = json_array();
	for (size_t i = 0; i < x->count; i++)
		json_array_append_new(steps, step_json(&x->steps[i]));
	put_catalog_text(o, "severity", x->severity);
	put_catalog_text(o, "name", x->name);
	json_object_set_new(o, "steps", steps);
	put_pos(o, x->at);
	return o;
}

static json_t *link_json(const struct fact_link *l)
{
	static const char *const kinds[] = {
		[LINK_WAR_ROOM] = "war_room",
		[LINK_STATUS_PAGE] = "status_page",
		[LINK_SERVICE] = "service",
		[LINK_RELATED] = "related",
	};
	json_t *o = json_object();
	put_catalog_text(o, "name", l->name);
	put_catalog_text(o, "url", l->url);
	json_object_set_new(o, "kind", json_string(kinds[l->kind]));
	put_catalog_text(o, "group", l->group);
	put_catalog_text(o, "description", l->description);
	put_pos(o, l->at);
	return o;
}

static json_t *section_json(const struct fact_section *s)
{
	json_t *o = json_object();
	json_object_set_new(o, "kind", json_string(s->postmortem ? "postmortem" : "runbook"));
	put_catalog_text(o, "type", s->type);
	json_object_set_new(o, "required", json_boolean(s->required));
	put_catalog_text(o, "name", s->name);
	put_catalog_text(o, "description", s->description);
	put_pos(o, s->at);
	return o;
}

static json_t *template_json(const struct fact_template *t)
{
	json_t *o = json_object();
	put_catalog_text(o, "name", t->name);
	put_catalog_text(o, "body", t->body);
	put_catalog_texts(o, "placeholders", t->placeholders);
	put_catalog_texts(o, "statuses", t->statuses);
	put_pos(o, t->at);
	return o;
}

static json_t *policy_json(const struct fact_policy *p)
{
	static const char *const kinds[] = {
		[POLICY_REVIEW] = "review",
		[POLICY_POST_INCIDENT] = "post_incident",
		[POLICY_FORMATTING] = "formatting",
		[POLICY_TRAINING] = "training",
		[POLICY_TOOL] = "tool",
		[POLICY_ACCESS] = "access",
		[POLICY_UPDATE_PROCESS] = "update_process",
	};
	json_t *o = json_object();
	json_object_set_new(o, "kind", json_string(kinds[p->kind]));
	put_catalog_text(o, "name", p->name);
	put_fact_duration(o, "every", "every_text", &p->every);
	put_fact_duration(o, "within", "within_text", &p->within);
	put_catalog_texts(o, "severities", p->severities);
	put_catalog_texts(o, "tasks", p->tasks);
	put_catalog_text(o, "text", p->text);
	put_pos(o, p->at);
	return o;
}

/* ---- lists ---- */

/* What is built in is no statement of anybody: severities that no file names are left out. */
static json_t *all_severities(const struct catalog *c)
{
	const struct severity *const *list;
	size_t n = catalog_severities(c, &list);
	json_t *array = json_array();
	for (size_t i = 0; i < n; i++)
		if (list[i]->at.file)
			json_array_append_new(array, catalog_severity_json(list[i]));
	return array;
}

#define LOOKED_UP(plural, one, to_json)                                                                                \
	static json_t *all_##plural(const struct catalog *c)                                                               \
	{                                                                                                                  \
		const struct one *const *list;                                                                                 \
		size_t n = catalog_##plural(c, &list);                                                                         \
		json_t *array = json_array();                                                                                  \
		for (size_t i = 0; i < n; i++)                                                                                 \
			json_array_append_new(array, to_json(list[i]));                                                            \
		return array;                                                                                                  \
	}
LOOKED_UP(runbooks, runbook, catalog_json_runbook)
LOOKED_UP(owners, owner, catalog_owner_json)
LOOKED_UP(contacts, contact, contact_json)
LOOKED_UP(escalations, escalation, escalation_json)

#define STATED(list, to_json)                                                                                          \
	static json_t *all_##list(const struct catalog *c)                                                                 \
	{                                                                                                                  \
		const struct facts *f = catalog_stated(c);                                                                     \
		json_t *array = json_array();                                                                                  \
		for (size_t i = 0; i < f->list##_count; i++)                                                                   \
			json_array_append_new(array, to_json(&f->list[i]));                                                        \
		return array;                                                                                                  \
	}
STATED(planned, planned_json)
STATED(links, link_json)
STATED(sections, section_json)
STATED(templates, template_json)
STATED(policies, policy_json)

json_t *catalog_json(const struct catalog *c)
{
	static const struct {
		const char *name;
		json_t *(*make)(const struct catalog *c);
	} lists[] = {
		{"severities", all_severities}, {"runbooks", all_runbooks}, {"planned", all_planned},
		{"owners", all_owners},         {"contacts", all_contacts}, {"escalations", all_escalations},
		{"links", all_links},           {"sections", all_sections}, {"templates", all_templates},
		{"policies", all_policies},
	};
	const struct facts *f = catalog_stated(c);
	json_t *o = json_object();
	put_catalog_text(o, "owner", f->owner);
	put_catalog_text(o, "last_updated", f->last_updated);
	put_fact_duration(o, "review", "review_text", &f->review);
	for (size_t i = 0; i < ROWS(lists); i++)
		json_object_set_new(o, lists[i].name, lists[i].make(c));
	return o;
}

/* ---- catalog.yml ---- */

/* Keys that no catalog.yml has: positions, what the folder says, and what is derived from the rest. */
static bool is_exported(const char *list, const char *key)
{
	static const char *const never[] = {"file", "line", "exists", "anchor_exists", "hints"};
	for (size_t i = 0; i < ROWS(never); i++)
		if (!strcmp(key, never[i]))
			return false;
	if (!strcmp(list, "runbooks") && !strcmp(key, "templates"))
		return false;
	return strcmp(list, "planned") || strcmp(key, "severity");
}

static bool is_empty_json(const json_t *value)
{
	return json_is_null(value) || (json_is_array(value) && !json_array_size(value));
}

static json_t *without_what_is_derived(const char *list, json_t *value)
{
	json_t *out, *item;
	const char *key;
	size_t i;
	if (json_is_array(value)) {
		out = json_array();
		json_array_foreach(value, i, item) json_array_append_new(out, without_what_is_derived(list, item));
		return out;
	}
	if (!json_is_object(value))
		return json_incref(value);
	out = json_object();
	json_object_foreach(value, key, item) if (is_exported(list, key) && !is_empty_json(item))
		json_object_set_new(out, key, without_what_is_derived(list, item));
	return out;
}

void catalog_export(const struct catalog *c, struct buf *out)
{
	json_t *all = catalog_json(c), *kept = json_object(), *value;
	const char *key;
	json_object_foreach(all, key, value) if (!is_empty_json(value))
		json_object_set_new(kept, key, without_what_is_derived(key, value));
	yaml_write(kept, out);
	json_decref(kept);
	json_decref(all);
}
