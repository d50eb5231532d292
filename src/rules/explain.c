/* A plan, and the rules that missed, as JSON. */
#include "rules/explain.h"

#include "base/time.h"

/* ---- values ---- */

static json_t *text(struct str s)
{
	return json_stringn_nocheck(s.n ? s.p : "", s.n);
}

static json_t *text_or_null(struct str s)
{
	return s.n > 0 ? text(s) : json_null();
}

static json_t *c_text_or_null(const char *s)
{
	return s ? json_string_nocheck(s) : json_null();
}

static json_t *duration(int64_t ms)
{
	char out[TIME_DURATION_MAX];
	return json_string(time_duration_format(ms, out));
}

static json_t *duration_or_null(int64_t ms)
{
	return ms > 0 ? duration(ms) : json_null();
}

static json_t *list(struct strs names)
{
	json_t *out = json_array();
	for (size_t i = 0; i < names.n; i++)
		json_array_append_new(out, text(names.v[i]));
	return out;
}

static json_t *mapping(const struct labels *l)
{
	json_t *out = json_object();
	for (size_t i = 0; i < l->n; i++)
		json_object_setn_new_nocheck(out, l->v[i].name.p, l->v[i].name.n, text(l->v[i].value));
	return out;
}

static json_t *rule_names(const struct rule *const *rules, size_t n)
{
	json_t *out = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, text(rules[i]->name));
	return out;
}

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new_nocheck(object, key, value);
}

static void put_position(json_t *object, struct pos at)
{
	put(object, "file", c_text_or_null(at.file));
	put(object, "line", at.file && at.line > 0 ? json_integer(at.line) : json_null());
}

/* A field: its value, and where that came from. */
static json_t *field(json_t *value, const struct plan_origin *from)
{
	json_t *out = json_object();
	put(out, "value", value);
	put(out, "source", c_text_or_null(plan_source_name(from->source)));
	put(out, "rule", from->rule ? text(from->rule->name) : json_null());
	put_position(out, from->at);
	return out;
}

/* ---- fields ---- */

static json_t *runbook_field(const struct plan *p)
{
	json_t *out = field(text_or_null(p->runbook.value), &p->runbook.from);
	put(out, "path", text_or_null(p->runbook.path));
	put(out, "url", text_or_null(p->runbook.url));
	put(out, "title", text_or_null(p->runbook.title));
	put(out, "exists", json_boolean(p->runbook.exists));
	return out;
}

static json_t *severity_field(const struct plan *p)
{
	json_t *out = field(text(p->severity.name), &p->severity.from);
	put(out, "unknown", text_or_null(p->severity.unknown));
	put(out, "rank", json_integer(p->severity.rank));
	put(out, "response", duration_or_null(p->severity.entry->response_ms));
	put(out, "resolution", duration_or_null(p->severity.entry->resolution_ms));
	return out;
}

static json_t *owner_field(const struct plan *p)
{
	json_t *out = field(text_or_null(p->owner.name), &p->owner.from);
	put(out, "contact", p->owner.entry ? text_or_null(p->owner.entry->contact) : json_null());
	put(out, "known", json_boolean(p->owner.entry != NULL));
	return out;
}

static json_t *escalation_steps(const struct escalation *e)
{
	json_t *out = json_array();
	for (size_t i = 0; e && i < e->count; i++) {
		json_t *step = json_object();
		put(step, "after", e->steps[i].after_ms < 0 ? json_null() : duration(e->steps[i].after_ms));
		put(step, "notify", list(e->steps[i].notify));
		if (e->steps[i].when != STEP_BY_TIME)
			put(step, "when", json_string(step_when_name(e->steps[i].when)));
		json_array_append_new(out, step);
	}
	return out;
}

static json_t *escalation_field(const struct plan *p)
{
	json_t *out = field(text_or_null(p->escalation.name), &p->escalation.from);
	put(out, "steps", escalation_steps(p->escalation.entry));
	return out;
}

/* As it would be written in a rule: the names, or the one word. */
static json_t *group_value(const struct group_by *by)
{
	switch (by->mode) {
	case GROUP_ALL: return json_pack("[s]", "...");
	case GROUP_ALERTMANAGER: return json_pack("[s]", "alertmanager");
	case GROUP_LABELS: return list(by->labels);
	}
	return json_null();
}

static json_t *group_field(const struct plan *p)
{
	json_t *out = field(group_value(&p->group.by), &p->group.from);
	put(out, "labels", mapping(&p->group.labels));
	return out;
}

/* What labels chose that is nobody's name is said where there is such. */
static json_t *receivers_field(const struct plan *p)
{
	json_t *out = field(list(p->receivers.names), &p->receivers.from);
	if (p->receivers.unknown.n > 0)
		put(out, "unknown", list(p->receivers.unknown));
	return out;
}

/* Null where it may page at any time. */
static json_t *hours_field(const struct plan *p)
{
	bool said = p->hours.said.active.n || p->hours.said.mute.n;
	json_t *value = json_null();
	if (said) {
		value = json_object();
		put(value, "active", list(p->hours.said.active));
		put(value, "mute", list(p->hours.said.mute));
	}
	json_t *out = field(value, &p->hours.from);
	put(out, "ignored", json_boolean(p->hours.ignored));
	return out;
}

static json_t *fields(const struct plan *p)
{
	json_t *out = json_object();
	put(out, "runbook", runbook_field(p));
	put(out, "severity", severity_field(p));
	put(out, "owner", owner_field(p));
	put(out, "receivers", receivers_field(p));
	put(out, "escalation", escalation_field(p));
	put(out, "group_by", group_field(p));
	put(out, "repeat_interval", field(duration(p->repeat_interval.ms), &p->repeat_interval.from));
	put(out, "page_after", field(duration(p->page_after.ms), &p->page_after.from));
	put(out, "resolve_hold", field(duration(p->resolve_hold.ms), &p->resolve_hold.from));
	put(out, "heartbeat", field(duration_or_null(p->heartbeat.ms), &p->heartbeat.from));
	put(out, "hours", hours_field(p));
	put(out, "summary", field(text(p->summary.text), &p->summary.from));
	put(out, "page", field(json_boolean(p->page), &p->page_from));
	return out;
}

json_t *explain_plan(const struct alert *alert, const struct plan *plan)
{
	json_t *out = json_object();
	put(out, "fingerprint", text(alert->fingerprint));
	put(out, "key", json_string(plan->key));
	put(out, "labels", mapping(&alert->labels));
	put(out, "page", json_boolean(plan->page));
	put(out, "rule", plan->rule ? json_stringn(plan->rule->name.p, plan->rule->name.n) : json_null());
	put(out, "matched_rules", rule_names(plan->matched, plan->matched_count));
	put(out, "cannot_tell", rule_names(plan->cannot_tell, plan->cannot_tell_count));
	put(out, "template_errors", json_integer((json_int_t)plan->template_errors));
	put(out, "fields", fields(plan));
	return out;
}

static bool on_annotation(const struct rule_miss *m)
{
	const struct matcher *first = m->rule->annotation_matchers;
	return first && m->matcher >= first && m->matcher < first + m->rule->annotation_matcher_count;
}

static json_t *miss(const struct rule_miss *m)
{
	json_t *one = json_object();
	put(one, "rule", text(m->rule->name));
	put_position(one, m->matcher ? m->matcher->at : m->rule->at);
	put(one, "matcher", m->matcher ? text(m->matcher->text) : json_null());
	put(one, "label", m->matcher ? text(m->matcher->name) : json_null());
	put(one, "value", m->matcher ? text(m->value) : json_null());
	put(one, "annotation", json_boolean(m->matcher && on_annotation(m)));
	put(one, "cannot_tell", json_boolean(m->cannot_tell));
	put(one, "behind", m->behind ? text(m->behind->name) : json_null());
	return one;
}

json_t *explain_misses(const struct rule_miss *misses, size_t count)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(out, miss(&misses[i]));
	return out;
}
