/* Definitions that make Prometheus say resolved and firing where nothing has changed. */
#include <stdlib.h>

#include "base/buf.h"
#include "lint/coverage.h"

#define MINUTE INT64_C(60000)
#define LABELS_TEXT_MAX ((size_t)16 << 20)

/* ---- the same labels ---- */

static bool counts_as_definition(const struct coverage_alert *a)
{
	return a->source != COVERAGE_JOURNAL && !a->fired && a->rule.kind != PROMRULE_GRAFANA;
}

/* What Prometheus adds to the series' labels: name and labels as they are written. */
static void written_key(const struct promrule *rule, struct buf *key)
{
	buf_init(key, LABELS_TEXT_MAX);
	buf_printf(key, "%zu:%.*s", rule->name.n, STR_ARG(rule->name));
	for (size_t i = 0; i < rule->written.n; i++)
		buf_printf(key, " %zu:%.*s=%zu:%.*s", rule->written.v[i].name.n, STR_ARG(rule->written.v[i].name),
		           rule->written.v[i].value.n, STR_ARG(rule->written.v[i].value));
}

static bool fix_different_values(const struct labels *a, const struct labels *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (labels_has(b, a->v[i].name) && !str_eq(labels_get(b, a->v[i].name), a->v[i].value))
			return true;
	return false;
}

/* The same expression in another file is another deployment's, or a copy of the file. */
static bool may_collide(const struct coverage_alert *a, const struct coverage_alert *b)
{
	bool copy = str_eq(a->rule.expr, b->rule.expr) && !str_eq(str_c(a->rule.at.file), str_c(b->rule.at.file));
	return a->source == b->source && !copy && !fix_different_values(&a->series.fixed, &b->series.fixed);
}

/* Definitions of one name and the same written labels, as a chain: the number of the next plus one, 0 at its end. */
struct alike {
	struct map *first; /* by what is written, as a number plus one */
	size_t *next;
};

static void add_pairs_of(const struct coverage *c, const struct alike *alike, size_t head, size_t i,
                         struct coverage_pairs *out)
{
	for (size_t k = head; k > 0 && out->n < COVERAGE_PAIRS_MAX; k = alike->next[k - 1])
		if (may_collide(&c->v[k - 1], &c->v[i])) {
			MEM_ROOM(out->v, out->n, out->capacity);
			out->v[out->n++] = (struct coverage_pair){&c->v[k - 1].rule, &c->v[i].rule};
			return;
		}
}

void coverage_find_pairs(const struct coverage *c, struct coverage_pairs *out)
{
	struct alike alike = {map_new(), mem_grow_array(NULL, c->n + 1, sizeof(size_t))};

	*out = (struct coverage_pairs){0};
	for (size_t i = 0; i < c->n; i++) {
		AUTOBUF struct buf key;
		written_key(&c->v[i].rule, &key);
		size_t head = (size_t)(uintptr_t)map_get(alike.first, buf_str(&key));
		if (!counts_as_definition(&c->v[i]))
			continue;
		add_pairs_of(c, &alike, head, i, out);
		alike.next[i] = head;
		map_set(alike.first, buf_str(&key), (void *)(uintptr_t)(i + 1));
	}
	map_free(alike.first);
	free(alike.next);
}

/* ---- a restart ---- */

/*
 * Measured with the defaults: the notice of before runs out 3 to 4 minutes after the last one, the alert fires again `for`
 * and some seconds after the restart. What lies between is what the resolve is to be held for.
 */
int64_t coverage_hold_wanted(const struct coverage_alert *a)
{
	int64_t wanted = a->rule.for_ms - 2 * MINUTE;

	if (!counts_as_definition(a) || a->rule.kind != PROMRULE_PROMETHEUS || !a->plan.page)
		return 0;
	if (a->rule.for_ms < 3 * MINUTE || a->rule.for_ms >= 10 * MINUTE || a->plan.resolve_hold.ms >= wanted)
		return 0;
	return wanted;
}
