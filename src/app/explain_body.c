#include "app/explain_body.h"

#include "alert/webhook.h"
#include "base/buf_json.h"
#include "rules/explain.h"

static json_t *explain_alert(const struct config *c, const struct alert *alert, const struct labels *group, bool all)
{
	AUTOARENA struct arena *arena = arena_new();
	struct plan plan;

	ruleset_evaluate(c->ruleset, alert, group, arena, &plan);
	json_t *object = explain_plan(alert, &plan);
	if (all) {
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

static json_t *explain_webhook(const struct config *c, const struct webhook *w, bool whole, bool all)
{
	json_t *list = json_array();
	for (size_t i = 0; i < w->count; i++)
		json_array_append_new(list, explain_alert(c, &w->alerts[i], whole ? &w->group_labels : NULL, all));
	return json_pack("{s:o}", "alerts", list);
}

json_t *explain_body(const struct config *c, struct str source, struct str body, bool all, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf text;
	const struct config_source *known = config_source(c, source);
	struct webhook w;
	bool whole = false;

	buf_init(&text, 6 * body.n + 1024); /* JSON escapes are at most six times as long */
	if (!as_webhook(body, &text, &whole, err) ||
	    !webhook_parse(arena, buf_str(&text), known ? &known->labels : NULL, &w, err))
		return NULL;
	return explain_webhook(c, &w, whole, all);
}
