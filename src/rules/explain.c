/* A plan, and the rules that missed, as JSON. */
#include "rules/explain.h"

#include "base/time.h"

/* ---- values ---- */

static json_t *explained_text(struct str s)
{
	return json_stringn_nocheck(s.n ? s.p : "", s.n);
}

static json_t *text_or_null(struct str s)
{
	return s.n > 0 ? explained_text(s) : json_null();
}

static json_t *c_text_or_null(const char *s)
{
	return s ? json_string_nocheck(s) : json_null();
}

static json_t *explained_duration(int64_t ms)
{
	char out[TIME_DURATION_MAX];
	return json_string(time_duration_format(ms, out));
}

static json_t *duration_or_null(int64_t ms)
{
	return ms > 0 ? explained_duration(ms) : json_null();
}

static json_t *text_list_json(struct strs names)
{
	json_t *out = json_array();
	for (size_t i = 0; i < names.n; i++)
		json_array_append_new(out, explained_text(names.v[i]));
	return out;
}

static json_t *mapping(const struct labels *l)
{
	json_t *out = json_object();
	for (size_t i = 0; i < l->n; i++)
		json_object_setn_new_nocheck(out, l->v[i].name.p, l->v[i].name.n, explained_text(l->v[i].value));
	return out;
}

static json_t *rule_names(const struct rule *const *rules, size_t n)
{
	json_t *out = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, explained_text(rules[i]->name));
	return out;
}

static void put_explained(json_t *object, const char *key, json_t *value)
{
	json_object_set_new_nocheck(object, key, value);
}

static void put_position(json_t *object, struct pos at)
{
	put_explained(object, "file", c_text_or_null(at.file));
	put_explained(object, "line", at.file && at.line > 0 ? json_integer(at.line) : json_null());
}

/* A field: its value, and where that came from. */
static json_t *field(json_t *value, const struct plan_origin *from)
{
	json_t *out = json_object();
	put_explained(out, "value", value);
	put_explained(out, "source", c_text_or_null(plan_source_name(from->source)));
	put_explained(out, "rule", from->rule ? explained_text(from->rule->name) : json_null());
	put_position(out, from->at);
	return out;
}

/* ---- fields ---- */

static json_t *runbook_field(const struct plan *p)
{
	json_t *out = field(text_or_null(p->runbook.value), &p->runbook.from);
	put_explained(out, "path", text_or_null(p->runbook.path));
	put_explained(out, "url", text_or_null(p->runbook.url));
	put_explained(out, "title", text_or_null(p->runbook.title));
	put_explained(out, "exists", json_boolean(p->runbook.exists));
	return out;
}

static json_t *severity_field(const struct plan *p)
{
	json_t *out = field(explained_text(p->severity.name), &p->severity.from);
	put_explained(out, "unknown", text_or_null(p->severity.unknown));
	put_explained(out, "rank", json_integer(p->severity.rank));
	put_explained(out, "response", duration_or_null(p->severity.entry->response_ms));
	put_explained(out, "resolution", duration_or_null(p->severity.entry->resolution_ms));
	return out;
}

static json_t *owner_field(const struct plan *p)
{
	json_t *out = field(text_or_null(p->owner.name), &p->owner.from);
	put_explained(out, "contact", p->owner.entry ? text_or_null(p->owner.entry->contact) : json_null());
	put_explained(out, "known", json_boolean(p->owner.entry != NULL));
	return out;
}

static json_t *escalation_steps(const struct escalation *e)
{
	json_t *out = json_array();
	for (size_t i = 0; e && i < e->count; i++) {
		json_t *step = json_object();
		put_explained(step, "after", e->steps[i].after_ms < 0 ? json_null() : explained_duration(e->steps[i].after_ms));
		put_explained(step, "notify", text_list_json(e->steps[i].notify));
		if (e->steps[i].when != STEP_BY_TIME)
			put_explained(step, "when", json_string(step_when_name(e->steps[i].when)));
		json_array_append_new(out, step);
	}
	return out;
}

static json_t *escalation_field(const struct plan *p)
{
	json_t *out = field(text_or_null(p->escalation.name), &p->escalation.from);
	put_explained(out, "steps", escalation_steps(p->escalation.entry));
	return out;
}

/* As it would be written in a rule: the names, or the one word. */
static json_t *group_value(const struct group_by *by)
{
	switch (by->mode) {
	case GROUP_ALL: return json_pack("[s]", "...");
	case GROUP_ALERTMANAGER: return json_pack("[s]", "alertmanager");
	case GROUP_LABELS: return text_list_json(by->labels);
	}
	return json_null();
}

static json_t *group_field(const struct plan *p)
{
	json_t *out = field(group_value(&p->group.by), &p->group.from);
	put_explained(out, "labels", mapping(&p->group.labels));
	return out;
}

/* What labels chose that is nobody's name is said where there is such. */
static json_t *receivers_field(const struct plan *p)
{
	json_t *out = field(text_list_json(p->receivers.names), &p->receivers.from);
	if (p->receivers.unknown.n > 0)
		put_explained(out, "unknown", text_list_json(p->receivers.unknown));
	return out;
}

/* Null where it may page at any time. */
static json_t *hours_field(const struct plan *p)
{
	bool said = p->hours.said.active.n || p->hours.said.mute.n;
	json_t *value = json_null();
	if (said) {
		value = json_object();
		put_explained(value, "active", text_list_json(p->hours.said.active));
		put_explained(value, "mute", text_list_json(p->hours.said.mute));
	}
	json_t *out = field(value, &p->hours.from);
	put_explained(out, "ignored", json_boolean(p->hours.ignored));
	return out;
}

static json_t *fields(const struct plan *p)
{
	json_t *out = json_object();
	put_explained(out, "runbook", runbook_field(p));
	put_explained(out, "severity", severity_field(p));
	put_explained(out, "owner", owner_field(p));
	put_explained(out, "receivers", receivers_field(p));
	put_explained(out, "escalation", escalation_field(p));
	put_explained(out, "group_by", group_field(p));
	put_explained(out, "repeat_interval", field(explained_duration(p->repeat_interval.ms), &p->repeat_interval.from));
	put_explained(out, "page_after", field(explained_duration(p->page_after.ms), &p->page_after.from));
	put_explained(out, "resolve_hold", field(explained_duration(p->resolve_hold.ms), &p->resolve_hold.from));
	put_explained(out, "heartbeat", field(duration_or_null(p->heartbeat.ms), &p->heartbeat.from));
	put_explained(out, "hours", hours_field(p));
	put_explained(out, "summary", field(explained_text(p->summary.text), &p->summary.from));
	put_explained(out, "page", field(json_boolean(p->page), &p->page_from));
	return out;
}

json_t *explain_plan(const struct alert *alert, const struct plan *plan)
{
	json_t *out = json_object();
	put_explained(out, "fingerprint", explained_text(alert->fingerprint));
	put_explained(out, "key", json_string(plan->key));
	put_explained(out, "labels", mapping(&alert->labels));
	put_explained(out, "page", json_boolean(plan->page));
	put_explained(out, "rule", plan->rule ? json_stringn(plan->rule->name.p, plan->rule->name.n) : json_null());
	put_explained(out, "matched_rules", rule_names(plan->matched, plan->matched_count));
	put_explained(out, "cannot_tell", rule_names(plan->cannot_tell, plan->cannot_tell_count));
	put_explained(out, "template_errors", json_integer((json_int_t)plan->template_errors));
	put_explained(out, "fields", fields(plan));
	return out;
}

static bool on_annotation(const struct rule_miss *m)
{
	const struct matcher *first = m->rule->annotation_matchers;
	return first && m->matcher >= first && m->matcher < first + m->rule->annotation_matcher_count;
}

static json_t *explained_miss(const struct rule_miss *m)
{
	json_t *one = json_object();
	put_explained(one, "rule", explained_text(m->rule->name));
	put_position(one, m->matcher ? m->matcher->at : m->rule->at);
	put_explained(one, "matcher", m->matcher ? explained_text(m->matcher->text) : json_null());
	put_explained(one, "label", m->matcher ? explained_text(m->matcher->name) : json_null());
	put_explained(one, "value", m->matcher ? explained_text(m->value) : json_null());
	put_explained(one, "annotation", json_boolean(m->matcher && on_annotation(m)));
	put_explained(one, "cannot_tell", json_boolean(m->cannot_tell));
	put_explained(one, "behind", m->behind ? explained_text(m->behind->name) : json_null());
	return one;
}

json_t *explain_misses(const struct rule_miss *misses, size_t count)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(out, explained_miss(&misses[i]));
	return out;
}
