/* Rules, runbooks and receivers as JSON. */
#include "web/show.h"

#include <string.h>

#include "base/time.h"
#include "incident/message.h"
#include "service/catalog_json.h"

static json_t *text_list(struct strs list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list.n; i++)
		json_array_append_new(array, view_text(list.v[i]));
	return array;
}

static json_t *matcher_list(const struct matcher *matchers, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, view_text(matchers[i].text));
	return array;
}

static json_t *group_by(const struct group_by *by)
{
	switch (by->mode) {
	case GROUP_ALERTMANAGER: return json_string("alertmanager");
	case GROUP_ALL: return json_pack("[s]", "...");
	case GROUP_LABELS: break;
	}
	return text_list(by->labels);
}

/* A duration of zero is said, not absent: a rule may set it against a default. */
static json_t *shown_duration(int64_t ms)
{
	char text[TIME_DURATION_MAX];
	return json_string(time_duration_format(ms, text));
}

static json_t *rule_value(const struct rule *r, enum rule_field field)
{
	switch (field) {
	case RULE_RUNBOOK: return view_text(r->runbook_text);
	case RULE_SEVERITY: return view_text(r->severity);
	case RULE_OWNER: return view_text(r->owner);
	case RULE_RECEIVERS: return text_list(r->receivers);
	case RULE_ESCALATION: return view_text(r->escalation);
	case RULE_GROUP_BY: return group_by(&r->group_by);
	case RULE_REPEAT_INTERVAL: return shown_duration(r->repeat_interval);
	case RULE_PAGE_AFTER: return shown_duration(r->page_after);
	case RULE_RESOLVE_HOLD: return shown_duration(r->resolve_hold);
	case RULE_HEARTBEAT: return shown_duration(r->heartbeat);
	case RULE_ACTIVE: return text_list(r->hours.active);
	case RULE_MUTE: return text_list(r->hours.mute);
	case RULE_PAGE: return json_boolean(r->page);
	case RULE_SUMMARY: return json_true(); /* a template keeps no text: that it is set is what can be said */
	case RULE_FIELDS: break;
	}
	return json_null();
}

static const char *const field_names[RULE_FIELDS] = {
	[RULE_RUNBOOK] = "runbook",
	[RULE_SEVERITY] = "severity",
	[RULE_OWNER] = "owner",
	[RULE_RECEIVERS] = "receivers",
	[RULE_ESCALATION] = "escalation",
	[RULE_GROUP_BY] = "group_by",
	[RULE_REPEAT_INTERVAL] = "repeat_interval",
	[RULE_PAGE_AFTER] = "page_after",
	[RULE_RESOLVE_HOLD] = "resolve_hold",
	[RULE_HEARTBEAT] = "heartbeat",
	[RULE_ACTIVE] = "active",
	[RULE_MUTE] = "mute",
	[RULE_SUMMARY] = "summary",
	[RULE_PAGE] = "page",
};

static json_t *rule_sets(const struct rule *r)
{
	json_t *object = json_object();
	for (int f = 0; f < RULE_FIELDS; f++)
		if (r->sets[f])
			json_object_set_new(object, field_names[f], rule_value(r, (enum rule_field)f));
	return object;
}

json_t *show_rule(const struct config *c, size_t i)
{
	const struct rule *const *rules;

	if (i >= ruleset_rules(c->ruleset, &rules))
		return NULL;
	const struct rule *r = rules[i];
	return json_pack("{s:o, s:s, s:i, s:o, s:o, s:b, s:o}", "name", view_text(r->name), "file", r->at.file, "line",
	                 r->at.line, "matchers", matcher_list(r->matchers, r->matcher_count), "annotation_matchers",
	                 matcher_list(r->annotation_matchers, r->annotation_matcher_count), "continue", r->goes_on, "sets",
	                 rule_sets(r));
}

json_t *show_runbook(const struct config *c, size_t i)
{
	const struct runbook *const *runbooks;

	return i < catalog_runbooks(c->catalog, &runbooks) ? catalog_json_runbook(runbooks[i]) : NULL;
}

/* Where user and password end that a URL has before its host; 0: it has none. A password may hold an '@' itself. */
static size_t user_end(struct str url, size_t host)
{
	size_t end = 0;
	for (size_t i = host; i < url.n && !strchr("/?#", url.p[i]); i++)
		end = url.p[i] == '@' ? i + 1 : end;
	return end;
}

/* Without the user and password that a URL may hold. */
static json_t *show_text(struct str s)
{
	ptrdiff_t scheme = str_find(s, STR("://"));
	size_t end = scheme < 0 ? 0 : user_end(s, (size_t)scheme + 3);
	return end ? json_sprintf("%.*s://<secret>@%.*s", (int)scheme, s.p, (int)(s.n - end), s.p + end) : view_text(s);
}

/* NULL: not shown. What is left to a receiver's own reading (headers, bodies) may hold secrets. */
static json_t *option_value(const struct option *o, const void *settings)
{
	const void *at = (const char *)settings + o->offset;

	switch (o->type) {
	case OPTION_STR: return show_text(*(const struct str *)at);
	case OPTION_BOOL: return json_boolean(*(const bool *)at);
	case OPTION_INT:
	case OPTION_SIZE: return json_integer(*(const int64_t *)at);
	case OPTION_FLOAT: return json_real(*(const double *)at);
	case OPTION_DURATION: return shown_duration(*(const int64_t *)at);
	case OPTION_CHOICE: return json_string(o->choices[*(const int *)at]);
	case OPTION_STRS: return text_list(*(const struct strs *)at);
	case OPTION_FOREIGN: return NULL;
	case OPTION_NODE: break;
	}
	return *(const struct yaml_node *const *)at ? json_string("<not shown>") : NULL;
}

static json_t *receiver_settings(const struct config_receiver *r)
{
	json_t *object = json_object();
	for (size_t i = 0; i < r->kind->option_count; i++) {
		const struct option *o = &r->kind->options[i];
		json_t *value = receiver_kind_hides(r->kind, o->name) ? NULL : option_value(o, r->settings);
		if (value)
			json_object_set_new(object, o->name, value);
	}
	for (size_t i = 0; i < r->secret_count; i++)
		json_object_set_new(object, r->secrets[i].option, json_string("<secret>"));
	return object;
}

static json_t *show_receiver(const struct config_receiver *r)
{
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:b, s:b, s:b, s:o, s:I, s:f, s:i}", "name", view_text(r->name), "kind",
	                 r->kind->name, "counts_as", receiver_use_name(r->use), "settings", receiver_settings(r),
	                 "fallback", view_text(r->fallback), "send_resolved", r->send_resolved, "retired", r->retired,
	                 "updates", r->updates, "update_interval", view_duration(r->update_interval), "digest_above",
	                 (json_int_t)r->digest_above, "rate_per_second", r->rate_per_second, "rate_burst", r->rate_burst);
}

json_t *show_receivers(const struct config *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->receiver_count; i++) {
		const struct config_receiver *r = &c->receivers[i];
		json_array_append_new(array, show_receiver(r));
	}
	return json_pack("{s:o}", "receivers", array);
}
