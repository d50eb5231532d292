#include "app/explain_body.h"

#include "alert/source_labels.h"
#include "alert/webhook.h"
#include "base/buf_json.h"
#include "incident/message.h"
#include "rules/explain.h"

/* What its hours mean for a page that is due then. */
static void put_held(json_t *object, const struct plan *plan, int64_t at)
{
	int64_t due = at + plan->page_after.ms, open = plan_open_from(plan, due);
	json_t *hours = json_object_get(json_object_get(object, "fields"), "hours");
	json_object_set_new(hours, "held_until", view_time(open > due ? open : 0));
}

static json_t *explain_alert(const struct config *c, const struct alert *alert, const struct labels *group,
                             const struct explain_wish *wish)
{
	AUTOARENA struct arena *arena = arena_new();
	struct plan plan;

	ruleset_evaluate(c->ruleset, alert, group, arena, &plan);
	json_t *object = explain_plan(alert, &plan);
	if (wish->at)
		put_held(object, &plan, wish->at);
	if (wish->all) {
		const struct rule_miss *misses;
		size_t n = ruleset_misses(c->ruleset, alert, arena, &misses);
		json_object_set_new(object, "skipped", explain_misses(misses, n));
	}
	return object;
}

/* A webhook body stays as it is, a single alert becomes the body that would hold it. */
static bool as_webhook(struct str body, struct buf *out, bool *whole, struct err *err)
{
	json_error_t where;
	/* Grafana's groupKey may be an integer beyond 64 bits. */
	json_t *object = json_loadb(body.p ? body.p : "", body.n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &where);

	if (!object) {
		err_add(err, "not JSON: %s, at line %d", where.text, where.line);
		return false;
	}
	*whole = json_object_get(object, "alerts") != NULL;
	if (*whole) {
		buf_add(out, body);
	} else {
		buf_add_c(out, "{\"alerts\":[");
		buf_add_json(out, object);
		buf_add_c(out, "]}");
	}
	json_decref(object);
	return buf_ok(out);
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

/* Names that are not there any more, or that were not: a renamed label is both. */
static json_t *source_json(const struct config_source *source, const struct labels *before, const struct labels *after)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "name", json_stringn(source->name.p, source->name.n), "added",
	                 names_lacking(after, before), "dropped", names_lacking(before, after), "renamed",
	                 renames_json(&source->labels, before));
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
	json_object_set_new(object, "source", source_json(source, &sent->labels, &alert.labels));
	return object;
}

static json_t *explain_webhook(const struct config *c, const struct config_source *source, struct arena *arena,
                               const struct webhook *w, bool whole, const struct explain_wish *wish)
{
	struct labels group = source_labels_of(source ? &source->labels : NULL, arena, &w->group_labels);
	json_t *list = json_array();

	for (size_t i = 0; i < w->count; i++)
		json_array_append_new(list, explain_from(c, source, arena, &w->alerts[i], whole ? &group : NULL, wish));
	return json_pack("{s:o}", "alerts", list);
}

json_t *explain_body(const struct config *c, struct str source, struct str body, const struct explain_wish *wish,
                     struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf text;
	struct webhook w;
	bool whole = false;

	buf_init(&text, 6 * body.n + 1024); /* JSON escapes are at most six times as long */
	if (!as_webhook(body, &text, &whole, err) || !webhook_parse(arena, buf_str(&text), NULL, &w, err))
		return NULL;
	return explain_webhook(c, config_source(c, source), arena, &w, whole, wish);
}
