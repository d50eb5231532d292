/* Evaluates an alert: the rules in order, and for each field the first that sets it. */
#include <stddef.h>
#include <string.h>

#include "base/options.h"
#include "rules/ruleset_impl.h"

#define RECEIVER_NAME_MAX 1024 /* what a label says beyond is nobody's name */

/* ---- one rule ---- */

struct verdict {
	enum pattern_result result;
	const struct matcher *failed; /* the first that did not match */
	struct str seen;              /* what it saw */
};

static bool match_all(const struct matcher *v, size_t n, const struct labels *labels, struct captures *captures,
                      struct verdict *out)
{
	for (size_t i = 0; i < n; i++) {
		out->result = matcher_match(&v[i], labels, captures ? captures->v : NULL, captures ? &captures->n : NULL);
		if (out->result == PATTERN_MATCH)
			continue;
		out->failed = &v[i];
		out->seen = labels_get(labels, v[i].name);
		return false;
	}
	return true;
}

static struct verdict match_rule(const struct rule *rule, const struct alert *alert, struct captures *captures)
{
	struct verdict v = {.result = PATTERN_MATCH};
	if (match_all(rule->matchers, rule->matcher_count, &alert->labels, captures, &v))
		match_all(rule->annotation_matchers, rule->annotation_matcher_count, &alert->annotations, captures, &v);
	return v;
}

/* ---- collecting ---- */

/* Grows by doubling: at 8, 16, 32… elements a new array. */
static void append_rule(struct arena *arena, const struct rule ***list, size_t *count, const struct rule *rule)
{
	size_t n = *count;
	if (n == 0 || (n >= 8 && (n & (n - 1)) == 0)) {
		const struct rule **grown = arena_alloc(arena, (n ? 2 * n : 8) * sizeof *grown);
		if (n > 0)
			memcpy(grown, *list, n * sizeof *grown);
		*list = grown;
	}
	(*list)[(*count)++] = rule;
}

/* Room for the names of `more`, which are added where they are not there. */
static void name_receivers(struct arena *arena, struct strs *names, const struct strs *more)
{
	struct str *v = arena_alloc(arena, (names->n + more->n) * sizeof *v);
	if (names->n > 0)
		memcpy(v, names->v, names->n * sizeof *v);
	names->v = v;
	for (size_t i = 0; i < more->n; i++)
		if (!strs_contain(names, more->v[i]))
			v[names->n++] = more->v[i];
}

/* What a label says is a receiver's name, or nobody's: then those are told who would be without any rule. */
static void add_chosen(struct evaluation *e, const struct template *template, const struct captures *captures)
{
	json_t *context = plan_context(e, template, captures);
	AUTOBUF struct buf out;
	buf_init(&out, RECEIVER_NAME_MAX);
	bool good = template_render(template, context, ESCAPE_NONE, &out) && buf_ok(&out);
	json_decref(context);
	struct str name = arena_str(e->arena, str_trim(buf_str(&out)));
	const struct strs one = {&name, 1};
	bool known = good && name.n > 0 && (!e->rs->receiver_known || e->rs->receiver_known(e->rs->receiver_arg, name));
	name_receivers(e->arena, &e->plan->receivers.names, known ? &one : &e->rs->defaults->receivers);
	if (!known)
		name_receivers(e->arena, &e->plan->receivers.unknown, &one);
}

/* The receivers of all matching rules add up. */
static void add_rule_receivers(struct evaluation *e, const struct rule *rule, const struct captures *captures)
{
	if (!rule->receiver_templates) {
		name_receivers(e->arena, &e->plan->receivers.names, &rule->receivers);
		return;
	}
	for (size_t i = 0; i < rule->receivers.n; i++) {
		const struct strs one = {&rule->receivers.v[i], 1};
		if (rule->receiver_templates[i])
			add_chosen(e, rule->receiver_templates[i], captures);
		else
			name_receivers(e->arena, &e->plan->receivers.names, &one);
	}
}

static void take_matching_rule(struct evaluation *e, const struct rule *rule, const struct captures *captures)
{
	append_rule(e->arena, &e->plan->matched, &e->plan->matched_count, rule);
	if (rule->sets[RULE_RECEIVERS])
		add_rule_receivers(e, rule, captures);
	for (int i = 0; i < RULE_FIELDS; i++) {
		if (!rule->sets[i] || e->setter[i])
			continue;
		e->setter[i] = rule;
		if (i == RULE_RUNBOOK && rule->uses_captures)
			e->runbook_captures = *captures;
		else if (i == RULE_SUMMARY && rule->uses_captures)
			e->summary_captures = *captures;
	}
}

/* The rules in order: those that the index leaves, or all. */
struct candidates {
	const struct evaluation *e;
	size_t next;
	struct literal_search search;
};

static void candidates_begin(struct candidates *c, const struct evaluation *e)
{
	c->e = e;
	c->next = 0;
	if (e->rs->index)
		literal_search_begin(&c->search, e->rs->index, &e->alert->labels, e->arena);
}

/* `*labels` is what is known of the rule's label matchers: the index does not leave those that do not hold. */
static const struct rule *candidates_next(struct candidates *c, enum pattern_result *labels)
{
	const struct ruleset *rs = c->e->rs;
	if (rs->index)
		return literal_search_next(&c->search, labels);
	*labels = PATTERN_NO_MATCH;
	return c->next < rs->rule_count ? rs->rules[c->next++] : NULL;
}

static enum pattern_result match_candidate(const struct evaluation *e, const struct rule *rule,
                                           enum pattern_result labels, struct captures *captures)
{
	if (labels == PATTERN_CANNOT_TELL)
		return labels;
	if (labels == PATTERN_NO_MATCH || rule->uses_captures)
		return match_rule(rule, e->alert, rule->uses_captures ? captures : NULL).result;
	struct verdict v = {.result = PATTERN_MATCH};
	match_all(rule->annotation_matchers, rule->annotation_matcher_count, &e->alert->annotations, NULL, &v);
	return v.result;
}

/*
 * The rule that a person means: who chose the runbook, else the severity, else the receivers; else the one that ended the
 * search, or where all go on the first. Rules that only say whose it is stand beside it.
 */
static const struct rule *deciding_rule(const struct evaluation *e)
{
	static const enum rule_field order[] = {RULE_RUNBOOK, RULE_SEVERITY, RULE_RECEIVERS};
	const struct plan *p = e->plan;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if (e->setter[order[i]])
			return e->setter[order[i]];
	}
	if (!p->matched_count)
		return NULL;
	const struct rule *last = p->matched[p->matched_count - 1];
	return last->goes_on ? p->matched[0] : last;
}

static void collect(struct evaluation *e)
{
	struct candidates c;
	enum pattern_result labels;
	candidates_begin(&c, e);
	for (const struct rule *rule; (rule = candidates_next(&c, &labels));) {
		struct captures captures;
		captures.n = 0;
		enum pattern_result result = match_candidate(e, rule, labels, &captures);
		if (result == PATTERN_CANNOT_TELL)
			append_rule(e->arena, &e->plan->cannot_tell, &e->plan->cannot_tell_count, rule);
		if (result != PATTERN_MATCH)
			continue;
		take_matching_rule(e, rule, &captures);
		if (!rule->goes_on)
			break;
	}
	e->plan->rule = deciding_rule(e);
}

/* ---- the plan ---- */

/* A severity that never pages wins over a rule's `page: true`: `none` means recorded without paging. */
static void decide_page(struct evaluation *e)
{
	struct plan *p = e->plan;
	const struct rule *rule = e->setter[RULE_PAGE];
	p->page = !rule || rule->page;
	p->page_from = rule ? origin_of_rule(rule, RULE_PAGE) : origin_of(SOURCE_DEFAULT, (struct pos){0});
	if (p->page && p->severity.rank == SEVERITY_RANK_NONE) {
		p->page = false;
		p->page_from = p->severity.from;
	}
}

/*
 * A heartbeat has a key of its own, so that no incident is both: one that must come, and one that must not. No label is
 * without a name, so that nothing else has this key.
 */
static void decide_key(struct plan *p, struct arena *arena)
{
	struct labels group = p->group.labels;
	if (plan_watches(p)) {
		struct label *v = arena_alloc(arena, (group.n + 1) * sizeof *v);
		if (group.n > 0)
			memcpy(v, group.v, group.n * sizeof *v);
		v[group.n++] = (struct label){STR(""), STR("heartbeat")};
		group.v = v;
	}
	plan_key(p->alertname, p->owner.name, &group, p->key);
}

void ruleset_evaluate(const struct ruleset *rs, const struct alert *alert, const struct labels *group_labels,
                      struct arena *arena, struct plan *out)
{
	*out = (struct plan){.alertname = labels_get(&alert->labels, STR("alertname"))};
	struct evaluation e = {.rs = rs, .alert = alert, .group_labels = group_labels, .arena = arena, .plan = out};
	collect(&e);
	plan_decide_runbook(&e);
	plan_decide_severity(&e);
	plan_decide_owner(&e);
	plan_decide_receivers(&e);
	plan_decide_escalation(&e);
	plan_decide_timing(&e);
	plan_decide_hours(&e);
	plan_decide_grouping(&e);
	decide_page(&e);
	decide_key(e.plan, e.arena);
	plan_decide_summary(&e);
}

static bool override_applies(const struct plan *plan, const struct plan_override *o)
{
	bool applies = !o->rules.n;
	for (size_t i = 0; i < plan->matched_count && !applies; i++)
		applies = strs_contain(&o->rules, plan->matched[i]->name);
	return applies;
}

void plan_overridden(const struct plan *plan, const struct plan_override *o, const struct alert *alert,
                     const struct labels *group_labels, struct arena *arena, struct plan *out)
{
	*out = *plan;
	if (!override_applies(plan, o))
		return;
	if (o->sets_repeat_interval)
		out->repeat_interval.ms = o->repeat_interval;
	if (o->sets_page_after)
		out->page_after.ms = o->page_after;
	if (o->sets_resolve_hold)
		out->resolve_hold.ms = o->resolve_hold;
	if (!o->sets_group_by)
		return;
	out->group.by = o->group_by;
	out->group.labels = plan_group_labels(&o->group_by, alert, group_labels, arena);
	decide_key(out, arena);
}

/* `set` is what an override sets, `field` who of the rules says otherwise, at `offset` of a rule. */
static bool differs(const struct ruleset *rs, int64_t set, enum rule_field field, size_t offset, int64_t by_default)
{
	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *rule = rs->rules[i];
		if (rule->sets[field] && *(const int64_t *)(const void *)((const char *)rule + offset) != set)
			return true;
	}
	return set != by_default;
}

bool plan_override_matters(const struct ruleset *rs, const struct plan_override *o)
{
	const struct plan_defaults *d = rs->defaults;
#define DIFFERS(name, field) (o->sets_##name && differs(rs, o->name, field, offsetof(struct rule, name), d->name))
	return o->sets_group_by || DIFFERS(repeat_interval, RULE_REPEAT_INTERVAL) || DIFFERS(page_after, RULE_PAGE_AFTER) ||
	       DIFFERS(resolve_hold, RULE_RESOLVE_HOLD);
#undef DIFFERS
}

size_t ruleset_misses(const struct ruleset *rs, const struct alert *alert, struct arena *arena,
                      const struct rule_miss **out)
{
	struct rule_miss *misses = arena_alloc(arena, rs->rule_count * sizeof *misses);
	const struct rule *ended_by = NULL;
	size_t n = 0;
	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *rule = rs->rules[i];
		struct verdict v = match_rule(rule, alert, NULL);
		if (v.result != PATTERN_MATCH || ended_by)
			misses[n++] = (struct rule_miss){rule, v.failed, v.seen, v.result == PATTERN_CANNOT_TELL, ended_by};
		else if (!rule->goes_on)
			ended_by = rule;
	}
	*out = misses;
	return n;
}
