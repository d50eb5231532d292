/* What templates may name, as one JSON value. */
#include "base/time.h"
#include "rules/ruleset_impl.h"

static void put_context_text(json_t *object, const char *key, struct str value)
{
	json_object_set_new_nocheck(object, key, json_stringn_nocheck(value.n ? value.p : "", value.n));
}

static void put_context_duration(json_t *object, const char *key, int64_t ms)
{
	char text[TIME_DURATION_MAX];
	put_context_text(object, key, ms > 0 ? str_c(time_duration_format(ms, text)) : (struct str){0});
}

/* Those that the template may read: of most it reads one or two. */
static json_t *mentioned_labels_json(const struct labels *l, const struct template *t, struct str name)
{
	json_t *object = json_object();
	for (size_t i = 0; i < l->n; i++) {
		struct str value = l->v[i].value;
		if (template_mentions_in(t, name, l->v[i].name))
			json_object_setn_new_nocheck(object, l->v[i].name.p, l->v[i].name.n,
			                             json_stringn_nocheck(value.n ? value.p : "", value.n));
	}
	return object;
}

static void put_mentioned_labels(json_t *context, const struct template *t, const char *name, const struct labels *l)
{
	if (template_mentions(t, str_c(name)))
		json_object_set_new_nocheck(context, name, mentioned_labels_json(l, t, str_c(name)));
}

/* While the runbook is being decided there is no severity yet: what rule and label say stands in. */
static json_t *plan_severity_json(const struct evaluation *e)
{
	const struct severity *s = e->plan->severity.entry;
	json_t *object = json_object();
	if (!s && !plan_severity_stated(e, SOURCE_RULE, &s) && !plan_severity_stated(e, SOURCE_LABEL, &s))
		return object;
	put_context_text(object, "name", s->name);
	put_context_text(object, "description", s->description);
	put_context_duration(object, "response", s->response_ms);
	put_context_duration(object, "resolution", s->resolution_ms);
	json_object_set_new_nocheck(object, "rank", json_integer(s->rank));
	return object;
}

static json_t *plan_owner_json(const struct evaluation *e)
{
	struct plan_origin from;
	struct str name = e->plan->owner.name.n > 0 ? e->plan->owner.name : plan_owner_stated(e, &from);
	const struct owner *entry = name.n > 0 ? catalog_owner(e->rs->catalog, name) : NULL;
	json_t *object = json_object();
	put_context_text(object, "name", name);
	put_context_text(object, "contact", entry ? entry->contact : (struct str){0});
	return object;
}

static json_t *runbook_json(const struct evaluation *e)
{
	const struct plan *p = e->plan;
	json_t *object = json_object();
	put_context_text(object, "value", p->runbook.value);
	put_context_text(object, "path", p->runbook.path);
	put_context_text(object, "url", p->runbook.url);
	put_context_text(object, "title", p->runbook.title);
	return object;
}

static json_t *incident_json(const struct evaluation *e)
{
	json_t *object = json_object();
	put_context_text(object, "key", str_c(e->plan->key));
	return object;
}

static const struct {
	const char *name;
	json_t *(*value)(const struct evaluation *e);
} parts[] = {
	{"severity", plan_severity_json},
	{"owner", plan_owner_json},
	{"runbook", runbook_json},
	{"incident", incident_json},
};

json_t *plan_context(const struct evaluation *e, const struct template *t, const struct captures *captures)
{
	json_t *context = json_object();
	put_mentioned_labels(context, t, "labels", &e->alert->labels);
	put_mentioned_labels(context, t, "annotations", &e->alert->annotations);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (template_mentions(t, str_c(parts[i].name)))
			json_object_set_new_nocheck(context, parts[i].name, parts[i].value(e));
	}
	for (size_t i = 0; i < captures->n; i++) {
		struct str name = captures->v[i].name, value = captures->v[i].value;
		json_object_setn_new_nocheck(context, name.p, name.n, json_stringn_nocheck(value.n ? value.p : "", value.n));
	}
	return context;
}
