/* Decides a plan's severity, owner, receivers and escalation, each with where it came from. */
#include "rules/plan.h"

#include <string.h>

#include "base/hash.h"
#include "catalog/hours.h"
#include "rules/ruleset_impl.h"

/* Indexed by enum plan_source. */
static const char *const source_names[] = {NULL, "rule", "catalog", "annotation", "filename", "label", "default"};

const char *plan_source_name(enum plan_source s)
{
	return source_names[s];
}

struct plan_origin origin_of_rule(const struct rule *rule, enum rule_field field)
{
	return (struct plan_origin){SOURCE_RULE, rule, rule->field_at[field]};
}

struct plan_origin origin_of(enum plan_source source, struct pos at)
{
	return (struct plan_origin){source, NULL, at};
}

static const struct pos nowhere = {NULL, 0, 0};

/* ---- severity ---- */

bool plan_severity_stated(const struct evaluation *e, enum plan_source source, const struct severity **out)
{
	struct str name = {0};
	const struct rule *rule = e->setter[RULE_SEVERITY];
	const struct runbook *runbook = e->plan->runbook.entry;
	if (source == SOURCE_RULE && rule)
		name = rule->severity;
	else if (source == SOURCE_LABEL)
		name = str_trim(labels_get(&e->alert->labels, STR("severity")));
	else if (source == SOURCE_CATALOG && runbook)
		name = runbook->severity;
	*out = name.n > 0 ? catalog_severity(e->rs->catalog, name) : NULL;
	return *out != NULL;
}

/* The default's name is checked when the rules are loaded; a plan without severity there must not be. */
static const struct severity *default_severity(const struct ruleset *rs)
{
	static const struct severity last = {.name = STR_INIT("P3"), .rank = 3, .pagerduty = STR_INIT("warning")};
	const struct severity *found = catalog_severity(rs->catalog, rs->defaults->severity);
	return found ? found : &last;
}

static struct plan_origin severity_origin(const struct evaluation *e, enum plan_source source)
{
	if (source == SOURCE_RULE)
		return origin_of_rule(e->setter[RULE_SEVERITY], RULE_SEVERITY);
	return origin_of(source, source == SOURCE_CATALOG ? e->plan->runbook.entry->at : nowhere);
}

static void set_severity(struct plan *p, const struct severity *s, struct plan_origin from)
{
	p->severity.entry = s;
	p->severity.name = s->name;
	p->severity.rank = s->rank;
	p->severity.from = from;
}

/* Watchdog's label says none: that it comes is nothing. Its absence is what this plan is for. */
static bool is_about_presence(const struct evaluation *e, enum plan_source source, const struct severity *s)
{
	return e->setter[RULE_HEARTBEAT] && source != SOURCE_RULE && s->rank == SEVERITY_RANK_NONE;
}

/* A word that no severity has may still hold one. */
static bool severity_guessed(struct evaluation *e, enum plan_source source, const struct severity **out)
{
	struct str word = str_trim(labels_get(&e->alert->labels, STR("severity")));
	if (source != SOURCE_LABEL || word.n == 0 || catalog_severity(e->rs->catalog, word))
		return false;
	e->plan->severity.unknown = word;
	*out = catalog_severity_near(e->rs->catalog, word);
	return *out != NULL;
}

static bool severity_from(struct evaluation *e, enum plan_source source, const struct severity **out)
{
	return plan_severity_stated(e, source, out) || severity_guessed(e, source, out);
}

void plan_decide_severity(struct evaluation *e)
{
	const enum plan_source *order = e->rs->defaults->severity_order;
	const struct severity *found;
	for (size_t i = 0; i < 3; i++)
		if (severity_from(e, order[i], &found) && !is_about_presence(e, order[i], found)) {
			set_severity(e->plan, found, severity_origin(e, order[i]));
			return;
		}
	set_severity(e->plan, default_severity(e->rs), origin_of(SOURCE_DEFAULT, nowhere));
}

/* ---- owner ---- */

struct str plan_owner_stated(const struct evaluation *e, struct plan_origin *from)
{
	const struct rule *rule = e->setter[RULE_OWNER];
	if (rule) {
		*from = origin_of_rule(rule, RULE_OWNER);
		return rule->owner;
	}
	const struct strs *labels = &e->rs->defaults->owner_labels;
	for (size_t i = 0; i < labels->n; i++) {
		struct str value = str_trim(labels_get(&e->alert->labels, labels->v[i]));
		if (value.n > 0) {
			*from = origin_of(SOURCE_LABEL, nowhere);
			return value;
		}
	}
	*from = origin_of(SOURCE_NONE, nowhere);
	return (struct str){0};
}

/* Whoever keeps the runbooks owns what nobody else does. */
static void take_catalog_owner(struct evaluation *e)
{
	struct plan *p = e->plan;
	p->owner.name = catalog_stated(e->rs->catalog)->owner;
	const struct owner *owner = p->owner.name.n > 0 ? catalog_owner(e->rs->catalog, p->owner.name) : NULL;
	if (owner)
		p->owner.from = origin_of(SOURCE_CATALOG, owner->at);
}

void plan_decide_owner(struct evaluation *e)
{
	struct plan *p = e->plan;
	p->owner.name = plan_owner_stated(e, &p->owner.from);
	if (p->owner.name.n == 0 && p->runbook.entry && p->runbook.entry->owner.n > 0) {
		p->owner.name = p->runbook.entry->owner;
		p->owner.from = origin_of(SOURCE_CATALOG, p->runbook.entry->at);
	}
	if (p->owner.name.n == 0)
		take_catalog_owner(e);
	if (p->owner.name.n == 0)
		return;
	p->owner.entry = catalog_owner(e->rs->catalog, p->owner.name);
	if (p->owner.entry) /* one spelling, so that Payments and payments are one incident */
		p->owner.name = p->owner.entry->name;
}

/* ---- receivers, escalation ---- */

void plan_decide_receivers(struct evaluation *e)
{
	struct plan *p = e->plan;
	const struct owner *owner = p->owner.entry;
	if (p->receivers.names.n > 0) {
		p->receivers.from = origin_of_rule(e->setter[RULE_RECEIVERS], RULE_RECEIVERS);
		return;
	}
	if (owner && (p->receivers.names = owner_receivers_for(owner, p->severity.name)).n > 0) {
		p->receivers.from = origin_of(SOURCE_CATALOG, owner->at);
		return;
	}
	if (p->severity.entry->receivers.n > 0) {
		p->receivers.names = p->severity.entry->receivers;
		p->receivers.from = origin_of(SOURCE_CATALOG, p->severity.entry->at);
		return;
	}
	p->receivers.names = e->rs->defaults->receivers;
	p->receivers.from = origin_of(p->receivers.names.n > 0 ? SOURCE_DEFAULT : SOURCE_NONE, nowhere);
}

static bool set_escalation(struct evaluation *e, struct str name, struct plan_origin from)
{
	struct plan *p = e->plan;
	p->escalation.entry = name.n > 0 ? catalog_escalation(e->rs->catalog, name) : NULL;
	if (!p->escalation.entry)
		return false;
	p->escalation.name = p->escalation.entry->name;
	p->escalation.from = from;
	return true;
}

void plan_decide_escalation(struct evaluation *e)
{
	const struct rule *rule = e->setter[RULE_ESCALATION];
	const struct owner *owner = e->plan->owner.entry;
	const struct severity *severity = e->plan->severity.entry;
	if (rule && set_escalation(e, rule->escalation, origin_of_rule(rule, RULE_ESCALATION)))
		return;
	if (owner && set_escalation(e, owner->escalation, origin_of(SOURCE_CATALOG, owner->at)))
		return;
	set_escalation(e, severity->escalation, origin_of(SOURCE_CATALOG, severity->at));
}

/* ---- timing, grouping ---- */

static struct plan_origin rule_or_default(const struct evaluation *e, enum rule_field field)
{
	const struct rule *rule = e->setter[field];
	return rule ? origin_of_rule(rule, field) : origin_of(SOURCE_DEFAULT, nowhere);
}

void plan_decide_timing(struct evaluation *e)
{
	struct plan *p = e->plan;
	const struct plan_defaults *d = e->rs->defaults;
	const struct rule *repeat = e->setter[RULE_REPEAT_INTERVAL], *after = e->setter[RULE_PAGE_AFTER],
					  *hold = e->setter[RULE_RESOLVE_HOLD], *heartbeat = e->setter[RULE_HEARTBEAT];
	p->repeat_interval.ms = repeat ? repeat->repeat_interval : d->repeat_interval;
	p->repeat_interval.from = rule_or_default(e, RULE_REPEAT_INTERVAL);
	p->page_after.ms = after ? after->page_after : d->page_after;
	p->page_after.from = rule_or_default(e, RULE_PAGE_AFTER);
	p->resolve_hold.ms = hold ? hold->resolve_hold : d->resolve_hold;
	p->resolve_hold.from = rule_or_default(e, RULE_RESOLVE_HOLD);
	p->heartbeat.ms = heartbeat ? heartbeat->heartbeat : 0;
	if (heartbeat)
		p->heartbeat.from = origin_of_rule(heartbeat, RULE_HEARTBEAT);
}

/* ---- hours ---- */

static bool take_stated_hours(struct evaluation *e, const struct hours_said *said, struct plan_origin from)
{
	struct plan *p = e->plan;
	if (!said->active.n && !said->mute.n)
		return false;
	p->hours.said = *said;
	p->hours.catalog = e->rs->catalog;
	p->hours.from = from;
	return true;
}

static const struct rule *rule_of_hours(const struct evaluation *e, struct hours_said *said)
{
	const struct rule *active = e->setter[RULE_ACTIVE], *mute = e->setter[RULE_MUTE];
	said->active = active ? active->hours.active : (struct strs){NULL, 0};
	said->mute = mute ? mute->hours.mute : (struct strs){NULL, 0};
	return active ? active : mute;
}

/* The gravest severity is held only by its own word, or by a rule that names it. */
void plan_decide_hours(struct evaluation *e)
{
	struct plan *p = e->plan;
	const struct severity *severity = p->severity.entry;
	struct hours_said said;
	const struct rule *rule = rule_of_hours(e, &said);
	bool gravest = severity->rank == 0;
	if (rule && (!gravest || rule->sets[RULE_SEVERITY]) &&
	    take_stated_hours(e, &said, origin_of_rule(rule, rule->sets[RULE_ACTIVE] ? RULE_ACTIVE : RULE_MUTE)))
		return;
	const struct owner *owner = gravest ? NULL : p->owner.entry;
	if (owner && take_stated_hours(e, &owner->hours, origin_of(SOURCE_CATALOG, owner->at)))
		return;
	if (take_stated_hours(e, &severity->hours, origin_of(SOURCE_CATALOG, severity->at)) || !gravest)
		return;
	const struct hours_said *owners = p->owner.entry ? &p->owner.entry->hours : NULL;
	p->hours.ignored = rule || (owners && (owners->active.n || owners->mute.n));
}

int64_t plan_open_from(const struct plan *plan, int64_t ms)
{
	return plan->hours.catalog ? hours_open_from(plan->hours.catalog, &plan->hours.said, ms) : ms;
}

static struct labels named_labels(struct arena *arena, const struct labels *from, const struct strs *names)
{
	struct labels out = {arena_alloc(arena, names->n * sizeof *out.v), 0};
	for (size_t i = 0; i < names->n; i++)
		out.v[out.n++] = (struct label){names->v[i], labels_get(from, names->v[i])};
	labels_sort(&out);
	return out;
}

struct labels plan_group_labels(const struct group_by *by, const struct alert *alert, const struct labels *group_labels,
                                struct arena *arena)
{
	static struct str alertname[] = {STR_INIT("alertname")};
	static const struct strs only_alertname = {alertname, 1};
	switch (by->mode) {
	case GROUP_ALL: return alert->labels;
	case GROUP_LABELS: return named_labels(arena, &alert->labels, &by->labels);
	case GROUP_ALERTMANAGER: break;
	}
	return group_labels ? *group_labels : named_labels(arena, &alert->labels, &only_alertname);
}

void plan_decide_grouping(struct evaluation *e)
{
	struct plan *p = e->plan;
	const struct rule *rule = e->setter[RULE_GROUP_BY], *heartbeat = e->setter[RULE_HEARTBEAT];
	p->group.by = rule ? rule->group_by : e->rs->defaults->group_by;
	p->group.from = rule_or_default(e, RULE_GROUP_BY);
	if (!rule && heartbeat) { /* of two Prometheus neither may stand in for the other */
		p->group.by = (struct group_by){GROUP_ALL, {NULL, 0}};
		p->group.from = origin_of_rule(heartbeat, RULE_HEARTBEAT);
	}
	p->group.labels = plan_group_labels(&p->group.by, e->alert, e->group_labels, e->arena);
}

/* ---- the key ---- */

/* Far above what the ceilings on an alert's labels let through. */
#define KEY_TEXT_MAX ((size_t)16 << 20)

static void add_key_part(struct buf *b, struct str s)
{
	buf_add_integer(b, (int64_t)s.n);
	buf_add_char(b, ':');
	buf_add(b, s);
}

void plan_key(struct str alertname, struct str owner, const struct labels *group, char out[INCIDENT_KEY_MAX])
{
	AUTOBUF struct buf b;
	buf_init(&b, KEY_TEXT_MAX);
	add_key_part(&b, alertname);
	add_key_part(&b, owner);
	for (size_t i = 0; i < group->n; i++) {
		add_key_part(&b, group->v[i].name);
		add_key_part(&b, group->v[i].value);
	}
	char hex[HASH_HEX_MAX];
	hash_sha256(buf_str(&b), hex);
	memcpy(out, hex, INCIDENT_KEY_MAX - 1);
	out[INCIDENT_KEY_MAX - 1] = '\0';
}
