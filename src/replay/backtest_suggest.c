/* What a replay says that a setting would spare, alert by alert. */
#include <stdlib.h>

#include "base/map.h"
#include "incident/message.h"
#include "replay/backtest.h"

#define FEW_PAGES 5

/* It spares most of them, none that somebody has acknowledged, and wakes nobody for something else. */
static bool helps(const struct alert_changes *c)
{
	return c->pages >= FEW_PAGES && c->hidden * 10 >= c->pages * 8 && !c->hidden_acknowledged && !c->added;
}

static json_t *suggestion_json(const struct sweep_row *r, const struct alert_changes *c)
{
	char *text =
		mem_printf("%.*s %.*s would have spared %llu of %llu pages and delayed %llu, %llu of which somebody "
	               "acknowledged",
	               STR_ARG(r->key), STR_ARG(r->value), (unsigned long long)c->hidden, (unsigned long long)c->pages,
	               (unsigned long long)c->delayed, (unsigned long long)c->delayed_acknowledged);
	json_t *o = json_pack("{s:o, s:s%, s:s%, s:I, s:I, s:I, s:I, s:s}", "alertname", view_text(c->alertname), "key",
	                      r->key.p, r->key.n, "value", r->value.p, r->value.n, "pages", (json_int_t)c->pages, "spared",
	                      (json_int_t)c->hidden, "delayed", (json_int_t)c->delayed, "delayed_acknowledged",
	                      (json_int_t)c->delayed_acknowledged, "text", text);
	free(text);
	return o;
}

static json_t *first_that_helps(const struct sweep_row *rows, size_t n, struct str alertname)
{
	for (size_t i = 0; i < n; i++) {
		const struct alert_changes *c = map_get(rows[i].changes.by_alertname, alertname);
		if (c && helps(c))
			return suggestion_json(&rows[i], c);
	}
	return NULL;
}

struct suggested {
	json_t *json;
	json_int_t spared;
};

static int by_spared(const void *a, const void *b)
{
	const struct suggested *x = a, *y = b;
	return (x->spared < y->spared) - (x->spared > y->spared);
}

json_t *backtest_suggestions(const struct sweep_row *rows, size_t n)
{
	const struct map *alerts = n ? rows[0].changes.by_alertname : NULL;
	struct suggested *all = mem_alloc(((alerts ? map_count(alerts) : 0) + 1) * sizeof *all);
	json_t *list = json_array();
	size_t count = 0, i = 0;
	struct str name;
	void *c;

	while (alerts && map_next(alerts, &i, &name, &c)) {
		json_t *s = first_that_helps(rows, n, name);
		if (s)
			all[count++] = (struct suggested){s, json_integer_value(json_object_get(s, "spared"))};
	}
	if (count > 1)
		qsort(all, count, sizeof *all, by_spared);
	for (size_t k = 0; k < count; k++)
		json_array_append_new(list, all[k].json);
	free(all);
	return list;
}
