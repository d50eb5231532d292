/* Explains the alerts of a body, some at a time. */
#include "service/explain_body.h"

#include "alert/source_labels.h"
#include "alert/webhook.h"
#include "base/buf.h"
#include "base/json_reader.h"
#include "catalog/hours.h"
#include "incident/message.h"
#include "rules/explain.h"
#include "rules/relabel.h"

/* What its hours mean for a page that is due then. */
static void put_held(json_t *object, const struct plan *plan, int64_t at)
{
	int64_t due = at + plan->page_after.ms, open = plan_open_from(plan, due);
	json_t *hours = json_object_get(json_object_get(object, "fields"), "hours");
	json_object_set_new(hours, "held_until", view_time(open > due ? open : 0));
}

/* Those of its receivers whose own hours are closed when it is paged. */
static void put_told_later(json_t *object, const struct config *c, const struct plan *plan, int64_t at)
{
	int64_t paged = plan_open_from(plan, at + plan->page_after.ms);
	json_t *held = json_array();

	for (size_t i = 0; i < plan->receivers.names.n; i++) {
		const struct config_receiver *r = config_receiver(c, plan->receivers.names.v[i]);
		int64_t open = r && hours_are_said(&r->hours) ? hours_open_from(c->catalog, &r->hours, paged) : paged;
		if (open > paged)
			json_array_append_new(held,
			                      json_pack("{s:o, s:o}", "receiver", view_text(r->name), "until", view_time(open)));
	}
	json_object_set_new(json_object_get(json_object_get(object, "fields"), "receivers"), "held", held);
}

static json_t *explain_alert(const struct config *c, const struct alert *alert, const struct labels *group,
                             const struct explain_wish *wish)
{
	AUTOARENA struct arena *arena = arena_new();
	struct plan plan;

	ruleset_evaluate(c->ruleset, alert, group, arena, &plan);
	json_t *object = explain_plan(alert, &plan);
	if (wish->at) {
		put_held(object, &plan, wish->at);
		put_told_later(object, c, &plan, wish->at);
	}
	if (wish->all) {
		const struct rule_miss *misses;
		size_t n = ruleset_misses(c->ruleset, alert, arena, &misses);
		json_object_set_new(object, "skipped", explain_misses(misses, n));
	}
	return object;
}

static bool has_alerts(struct arena *arena, struct str body, bool *has, struct err *err)
{
	struct json_reader r;
	struct json_token token;
	int depth = 0;

	*has = false;
	json_reader_init(&r, arena, body);
	for (enum token_kind kind; (kind = json_next(&r, body.n, &token)) != TOKEN_FINISHED;) {
		if (kind == TOKEN_BROKEN) {
			size_t line, column;
			json_reader_where(&r, &line, &column);
			err_add(err, "not JSON: %s, at line %zu, column %zu", r.error, line, column);
			return false;
		}
		depth += kind == TOKEN_OBJECT || kind == TOKEN_LIST ? 1 : kind == TOKEN_END ? -1 : 0;
		if (kind == TOKEN_NAME && depth == 1)
			*has |= str_eq_c(token.raw, "alerts");
	}
	return true;
}

/* A webhook body stays as it is, a single alert becomes the body that would hold it. */
static bool as_webhook(struct arena *arena, struct str body, struct str *out, bool *whole, struct err *err)
{
	AUTOBUF struct buf text;

	buf_init(&text, body.n + 64);
	if (!has_alerts(arena, body, whole, err))
		return false;
	buf_add_c(&text, *whole ? "" : "{\"alerts\":[");
	buf_add(&text, body);
	buf_add_c(&text, *whole ? "" : "]}");
	*out = arena_str(arena, buf_str(&text));
	return true;
}

/* ---- what the source has done ---- */

static json_t *names_lacking(const struct labels *from, const struct labels *in)
{
	json_t *list = json_array();

	for (size_t i = 0; i < from->n; i++)
		if (!labels_has(in, from->v[i].name))
			json_array_append_new(list, json_stringn(from->v[i].name.p, from->v[i].name.n));
	return list;
}

static json_t *renames_json(const struct source_labels *s, const struct labels *before)
{
	json_t *map = json_object();

	for (size_t i = 0; i < s->rename_count; i++)
		if (labels_has(before, s->rename[i].from)) {
			AUTOFREE char *from = mem_str(s->rename[i].from);
			json_object_set_new(map, from, json_stringn(s->rename[i].to.p, s->rename[i].to.n));
		}
	return map;
}

static json_t *label_or_null(const struct labels *in, struct str name)
{
	struct str value = labels_get(in, name);
	return labels_has(in, name) ? json_stringn(value.p, value.n) : json_null();
}

static void add_relabel_change(json_t *list, const struct relabel_step_said *step, const struct labels *before,
                               struct str name)
{
	if (str_eq(labels_get(before, name), labels_get(&step->after, name)))
		return;
	json_array_append_new(list,
	                      json_pack("{s:s, s:i, s:s, s:o, s:o, s:o}", "file", step->at.file, "line", step->at.line,
	                                "action", step->action, "label", json_stringn(name.p, name.n), "from",
	                                label_or_null(before, name), "to", label_or_null(&step->after, name)));
}

/* One row for each label that a step of relabel_configs changes. */
static json_t *relabelled_json(const struct source_labels *s, struct arena *arena, const struct labels *sent)
{
	const struct source_labels earlier = {.drop = s->drop, .rename = s->rename, .rename_count = s->rename_count};
	struct labels before = source_labels_of(&earlier, arena, sent);
	json_t *list = json_array();

	for (size_t i = 0; s->steps && i < relabel_steps(s->steps); i++) {
		struct relabel_step_said step = relabel_step(s->steps, i, arena, &before);
		struct labels both = labels_merge(arena, &before, &step.after);
		for (size_t j = 0; j < both.n; j++)
			add_relabel_change(list, &step, &before, both.v[j].name);
		before = step.after;
	}
	return list;
}

/* Names that are not there any more, or that were not: a renamed label is both. */
static json_t *source_json(const struct config_source *source, struct arena *arena, const struct labels *before,
                           const struct labels *after)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", json_stringn(source->name.p, source->name.n), "added",
	                 names_lacking(after, before), "dropped", names_lacking(before, after), "renamed",
	                 renames_json(&source->labels, before), "relabelled",
	                 relabelled_json(&source->labels, arena, before));
}

/* Alerts are explained one by one, as they stand in the body: what became of their labels is seen at each. */
static json_t *explain_from(const struct config *c, const struct config_source *source, struct arena *arena,
                            const struct alert *sent, const struct labels *group, const struct explain_wish *wish)
{
	struct alert alert = *sent;
	char own[ALERT_FINGERPRINT_MAX];

	if (!source)
		return explain_alert(c, &alert, group, wish);
	alert.labels = source_labels_of(&source->labels, arena, &sent->labels);
	if (source_labels_rearrange(&source->labels))
		alert.fingerprint = str_c(labels_fingerprint(&alert.labels, own));
	json_t *object = explain_alert(c, &alert, group, wish);
	json_object_set_new(object, "source", source_json(source, arena, &sent->labels, &alert.labels));
	return object;
}

struct explain {
	struct config *config;
	struct arena *arena;
	const struct config_source *source;
	struct webhook w;
	struct labels group;
	bool whole;
	struct explain_wish wish;
	size_t done;
};

static bool too_much(const struct config *c, const struct webhook *w, bool all, struct err *err)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(c->ruleset, &rules);

	if (!all || w->count <= 1 || w->count * n <= EXPLAIN_PAIRS_MOST)
		return false;
	err_add(err, "all=true: %zu alerts with %zu rules each are too many at once; ask for one alert, or without all",
	        w->count, n);
	return true;
}

struct explain *explain_begin(struct config *c, struct str source, struct str body, const struct explain_wish *wish,
                              struct err *err)
{
	struct arena *arena = arena_new();
	struct explain *e = arena_alloc(arena, sizeof *e);
	struct str text;

	*e = (struct explain){.config = config_ref(c), .arena = arena, .source = config_source(c, source), .wish = *wish};
	if (!as_webhook(arena, body, &text, &e->whole, err) ||
	    !webhook_parse_known(arena, text, NULL, ruleset_label_names(c->ruleset), NULL, &e->w, err) ||
	    too_much(c, &e->w, wish->all, err)) {
		explain_end(e);
		return NULL;
	}
	e->group = source_group_labels_of(e->source ? &e->source->labels : NULL, arena, &e->w.group_labels);
	return e;
}

json_t *explain_next(struct explain *e)
{
	AUTOARENA struct arena *arena = arena_new();

	if (e->done == e->w.count)
		return NULL;
	return explain_from(e->config, e->source, arena, &e->w.alerts[e->done++], e->whole ? &e->group : NULL, &e->wish);
}

void explain_end(struct explain *e)
{
	if (!e)
		return;
	config_unref(e->config);
	arena_free(e->arena);
}

json_t *explain_body(struct config *c, struct str source, struct str body, const struct explain_wish *wish,
                     struct err *err)
{
	struct explain *e = explain_begin(c, source, body, wish, err);
	json_t *list = e ? json_array() : NULL, *one;

	while (e && (one = explain_next(e)))
		json_array_append_new(list, one);
	explain_end(e);
	return list ? json_pack("{s:o}", "alerts", list) : NULL;
}
