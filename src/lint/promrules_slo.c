/*
 * Objectives out of which Sloth and Pyrra make alerting rules: names, labels and annotations as their generators write them
 * (slok/sloth internal/prometheus/alert_rules.go, pyrra-dev/pyrra slo/rules.go).
 */
#include "base/time.h"
#include "lint/promql.h"
#include "lint/promrules_impl.h"

#define QUERY_MAX 65536

static struct str slo_scalar(const struct yaml_node *map, const char *key, const char *other)
{
	struct str value = promrules_scalar(map, key);
	return value.n ? value : promrules_scalar(map, other);
}

static const struct yaml_node *node_either(const struct yaml_node *map, const char *key, const char *other)
{
	const struct yaml_node *node = yaml_get(map, key);
	return node ? node : yaml_get(map, other);
}

/* The second set's labels go before the first's. */
static struct labels over(struct arena *arena, struct labels below, struct labels above)
{
	return labels_merge(arena, &above, &below);
}

static struct labels with(struct arena *arena, struct labels labels, const char *name, struct str value)
{
	struct label one = {str_c(name), value};
	const struct labels set = {&one, value.n > 0};
	return over(arena, labels, set);
}

/* ---- Sloth ---- */

/* Sloth's own window stands in the query as a template. */
static struct str with_window(struct arena *arena, struct str query)
{
	AUTOBUF struct buf out;
	buf_init(&out, QUERY_MAX);
	for (ptrdiff_t open; (open = str_find(query, STR("{{"))) >= 0;) {
		struct str rest = str_slice(query, (size_t)open, query.n);
		ptrdiff_t close = str_find(rest, STR("}}"));
		if (close < 0)
			break;
		buf_add(&out, str_slice(query, 0, (size_t)open));
		buf_add_c(&out, "5m");
		query = str_slice(rest, (size_t)close + 2, rest.n);
	}
	buf_add(&out, query);
	return buf_ok(&out) ? arena_str(arena, buf_str(&out)) : (struct str){0};
}

/* The series that fires has the labels that the queries leave; those of a plug-in nobody can tell. */
static struct str sloth_query(struct arena *arena, const struct yaml_node *slo)
{
	const struct yaml_node *sli = yaml_get(slo, "sli"), *events = yaml_get(sli, "events"), *raw = yaml_get(sli, "raw");
	struct str query = slo_scalar(events, "error_query", "errorQuery");
	return with_window(arena, query.n ? query : slo_scalar(raw, "error_ratio_query", "errorRatioQuery"));
}

struct sloth {
	struct str service;
	struct labels labels;
};

/* What an objective's series carry, and so its alerts. */
static struct labels sloth_series_labels(struct promrules_reading *r, const struct sloth *s,
                                         const struct yaml_node *slo)
{
	struct arena *arena = r->arena;
	struct str name = promrules_scalar(slo, "name");
	struct labels all = over(arena, s->labels, promrules_label_map(r, slo, "labels"));
	const char *id = arena_printf(arena, "%.*s-%.*s", STR_ARG(s->service), STR_ARG(name));

	all = with(arena, all, "sloth_id", str_c(id));
	all = with(arena, all, "sloth_service", s->service);
	return with(arena, all, "sloth_slo", name);
}

static void sloth_alert(struct promrules_reading *r, const struct sloth *s, const struct yaml_node *slo,
                        const struct yaml_node *own, const char *severity)
{
	const struct yaml_node *alerting = yaml_get(slo, "alerting"), *name = yaml_get(alerting, "name");
	struct labels series = sloth_series_labels(r, s, slo),
				  labels = with(r->arena, (struct labels){0}, "sloth_severity", str_c(severity));
	struct labels notes = promrules_label_map(r, alerting, "annotations");

	if (str_eq_c(promrules_scalar(own, "disable"), "true"))
		return;
	if (!promrules_scalar(alerting, "name").n) {
		err_at(r->err, promrules_position(r, alerting ? alerting->at : slo->at),
		       "an alert needs a name: alerting.name");
		return;
	}
	labels = over(r->arena, labels, promrules_label_map(r, alerting, "labels"));
	struct promrule rule = {
		.name = name->text,
		.group = promrules_scalar(slo, "name"),
		.labels = own ? over(r->arena, labels, promrules_label_map(r, own, "labels")) : labels,
		.annotations = own ? over(r->arena, notes, promrules_label_map(r, own, "annotations")) : notes,
		.expr = sloth_query(r->arena, slo),
		.at = promrules_position(r, own ? own->at : name->at),
	};
	promrules_add(r->arena, r->out, &rule, &series);
}

static void read_sloth(struct promrules_reading *r, const struct yaml_node *spec)
{
	const struct yaml_node *slos = yaml_get(spec, "slos");
	const struct sloth s = {promrules_scalar(spec, "service"), promrules_label_map(r, spec, "labels")};

	r->out->groups++;
	for (size_t i = 0; slos && slos->kind == YAML_LIST && i < slos->count; i++) {
		const struct yaml_node *slo = slos->items[i], *alerting = yaml_get(slo, "alerting");
		if (slo->kind != YAML_MAP)
			continue;
		sloth_alert(r, &s, slo, node_either(alerting, "page_alert", "pageAlert"), "page");
		sloth_alert(r, &s, slo, node_either(alerting, "ticket_alert", "ticketAlert"), "ticket");
	}
}

/* ---- Pyrra ---- */

/* Windows of the burn rates, as parts of the objective's own: 4w are 1h, 6h, 1d and 4d. */
static const struct {
	const char *key; /* of alerting.severities */
	const char *severity;
	int for_part, short_part, long_part;
} pyrra_windows[] = {
	{"fastburn", "critical", 28 * 24 * 30, 28 * 24 * 12, 28 * 24},
	{"mediumburn", "critical", 28 * 24 * 4, 28 * 24 * 2, 28 * 4},
	{"slowburn", "warning", 28 * 24, 28 * 12, 28},
	{"longtermburn", "warning", 28 * 8, 28 * 4, 7},
};

struct pyrra {
	const struct yaml_node *alerting;
	struct labels labels, annotations;
	struct str expr;
	int64_t window_ms;
	struct pos at;
};

/* Of alerting.severities, whose keys are spelled in one of two ways: fastburn, fastBurn. */
static struct str pyrra_severity(const struct pyrra *p, const char *key, const char *otherwise)
{
	const struct yaml_node *map = yaml_get(p->alerting, "severities");

	for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++)
		if (str_eq_nocase(map->keys[i]->text, str_c(key)) && map->items[i]->kind == YAML_SCALAR &&
		    map->items[i]->text.n)
			return map->items[i]->text;
	return str_c(otherwise);
}

/* Only keys with this prefix are handed on, without it. */
static struct labels pyrra_handed_on(struct arena *arena, struct labels all)
{
	const struct str prefix = STR("pyrra.dev/");
	struct labels out = {arena_alloc(arena, (all.n + 1) * sizeof *out.v), 0};

	for (size_t i = 0; i < all.n; i++)
		if (str_starts(all.v[i].name, prefix))
			out.v[out.n++] = (struct label){str_slice(all.v[i].name, prefix.n, all.v[i].name.n), all.v[i].value};
	labels_sort(&out);
	return out;
}

/* The metric whose matchers become labels, and by which labels it is grouped. */
static const struct yaml_node *pyrra_total(const struct yaml_node *spec, const struct yaml_node **grouping)
{
	static const char *const kinds[] = {"ratio", "latency", "latencyNative", "bool_gauge", "boolGauge"};
	const struct yaml_node *indicator = yaml_get(spec, "indicator"), *found = NULL;

	for (size_t i = 0; !found && i < sizeof kinds / sizeof *kinds; i++)
		found = yaml_get(indicator, kinds[i]);
	*grouping = yaml_get(found, "grouping");
	return yaml_get(found, "total") ? yaml_get(found, "total") : found;
}

static bool is_grouped(const struct yaml_node *grouping, struct str name)
{
	for (size_t i = 0; grouping && grouping->kind == YAML_LIST && i < grouping->count; i++)
		if (str_eq(grouping->items[i]->text, name))
			return true;
	return false;
}

/* What the total's matchers fix is on the alert, but for what it is grouped by: that the series tell. */
static struct labels pyrra_metric_labels(struct arena *arena, struct str metric, const struct yaml_node *grouping)
{
	struct promql_labels all = promql_labels_of(arena, metric);
	struct labels out = {arena_alloc(arena, (all.fixed.n + 1) * sizeof *out.v), 0};

	for (size_t i = 0; i < all.fixed.n; i++)
		if (!is_grouped(grouping, all.fixed.v[i].name))
			out.v[out.n++] = all.fixed.v[i];
	labels_sort(&out);
	return out;
}

static struct str pyrra_expression(struct arena *arena, struct str metric, const struct yaml_node *grouping)
{
	AUTOBUF struct buf out;
	buf_init(&out, QUERY_MAX);
	buf_add_c(&out, "sum by (");
	for (size_t i = 0; grouping && grouping->kind == YAML_LIST && i < grouping->count; i++)
		buf_printf(&out, "%s%.*s", i ? ", " : "", STR_ARG(grouping->items[i]->text));
	buf_printf(&out, ") (%.*s)", STR_ARG(metric));
	return buf_ok(&out) ? arena_str(arena, buf_str(&out)) : (struct str){0};
}

static struct str window_text(struct arena *arena, int64_t ms)
{
	char text[TIME_DURATION_MAX];
	return arena_str(arena, str_c(time_duration_format(ms, text)));
}

/* A part of the objective's window, to the minute. */
static int64_t part_of_window(const struct pyrra *p, int part)
{
	return (p->window_ms / part + TIME_MINUTE / 2) / TIME_MINUTE * TIME_MINUTE;
}

static void pyrra_add(struct promrules_reading *r, const struct pyrra *p, struct str name, struct labels own,
                      int64_t for_ms)
{
	struct promrule rule = {.name = name,
	                        .labels = own,
	                        .annotations = p->annotations,
	                        .expr = p->expr,
	                        .for_ms = for_ms,
	                        .at = promrules_position(r, p->at)};
	promrules_add(r->arena, r->out, &rule, &p->labels);
}

static void pyrra_burn_alerts(struct promrules_reading *r, const struct pyrra *p)
{
	struct str name = promrules_scalar(p->alerting, "name");

	for (size_t i = 0; i < sizeof pyrra_windows / sizeof *pyrra_windows; i++) {
		struct str severity = pyrra_severity(p, pyrra_windows[i].key, pyrra_windows[i].severity);
		struct labels own = with(r->arena, (struct labels){0}, "severity", severity);
		own = with(r->arena, own, "short", window_text(r->arena, part_of_window(p, pyrra_windows[i].short_part)));
		own = with(r->arena, own, "long", window_text(r->arena, part_of_window(p, pyrra_windows[i].long_part)));
		own = with(r->arena, own, "exhaustion", STR("{{ how long the budget lasts }}")); /* known when it fires */
		pyrra_add(r, p, name.n ? name : STR("ErrorBudgetBurn"), own, part_of_window(p, pyrra_windows[i].for_part));
	}
}

static void pyrra_absent_alert(struct promrules_reading *r, const struct pyrra *p)
{
	struct str name = promrules_scalar(p->alerting, "absentName");
	struct labels own = with(r->arena, (struct labels){0}, "severity", pyrra_severity(p, "absent", "critical"));

	pyrra_add(r, p, name.n ? name : STR("SLOMetricAbsent"), own, 0);
}

static bool is_off(const struct yaml_node *alerting, const char *key)
{
	return str_eq_c(promrules_scalar(alerting, key), "false");
}

static void read_pyrra(struct promrules_reading *r, const struct yaml_node *object)
{
	const struct yaml_node *meta = yaml_get(object, "metadata"), *spec = yaml_get(object, "spec"), *grouping;
	const struct yaml_node *total = pyrra_total(spec, &grouping);
	struct str metric = promrules_scalar(total, "metric");
	struct pyrra p = {
		.alerting = yaml_get(spec, "alerting"),
		.labels = pyrra_metric_labels(r->arena, metric, grouping),
		.annotations =
			pyrra_handed_on(r->arena, meta ? promrules_label_map(r, meta, "annotations") : (struct labels){0}),
		.expr = pyrra_expression(r->arena, metric, grouping),
		.at = spec ? spec->at : object->at,
	};

	r->out->groups++;
	p.labels = over(r->arena, p.labels,
	                pyrra_handed_on(r->arena, meta ? promrules_label_map(r, meta, "labels") : (struct labels){0}));
	p.labels = with(r->arena, p.labels, "slo", promrules_scalar(meta, "name"));
	if (!time_duration_parse(promrules_scalar(spec, "window"), &p.window_ms)) {
		err_at(r->err, promrules_position(r, p.at), "an objective needs a window, such as 4w");
		return;
	}
	if (str_eq_c(promrules_scalar(p.alerting, "disabled"), "true"))
		return;
	if (!is_off(p.alerting, "burnrates"))
		pyrra_burn_alerts(r, &p);
	if (!is_off(p.alerting, "absent"))
		pyrra_absent_alert(r, &p);
}

/* ---- whose it is ---- */

static bool openslo_alerts(const struct yaml_node *object)
{
	struct str kind = promrules_scalar(object, "kind");
	return str_eq_c(kind, "AlertPolicy") || str_eq_c(kind, "AlertCondition") ||
	       yaml_get(yaml_get(object, "spec"), "alertPolicies");
}

bool promrules_read_slo(struct promrules_reading *r, const struct yaml_node *document)
{
	struct str kind = promrules_scalar(document, "kind"), api = promrules_scalar(document, "apiVersion");

	if (str_eq_c(promrules_scalar(document, "version"), "prometheus/v1") && yaml_get(document, "slos"))
		read_sloth(r, document);
	else if (str_eq_c(kind, "PrometheusServiceLevel") && str_starts(api, STR("sloth.slok.dev/")))
		read_sloth(r, yaml_get(document, "spec"));
	else if (str_eq_c(kind, "ServiceLevelObjective") && str_starts(api, STR("pyrra.dev/")))
		read_pyrra(r, document);
	else if (str_starts(api, STR("openslo")) && openslo_alerts(document))
		err_at(r->err, promrules_position(r, document->at),
		       "OpenSLO leaves to its converters which alerts they make: read the rule files that yours writes");
	else
		return false;
	return true;
}
