/*
 * Hours that will not open within a year: what they would hold for ever is paged at once (catalog/hours.h), which is hardly
 * what was meant. As of now: a reload looks again.
 */
#include "catalog/hours.h"

#include "base/buf.h"
#include "base/map.h"
#include "io/loop.h"
#include "load.h"

struct hours_check {
	struct loading *l;
	int64_t now;
	struct map *opens; /* by what is said: many rules say the same, and looking ahead a year takes its time */
};

static const char opens_yes, opens_no;

/* "active: office, fair; mute: night" */
static void write_hours_said(struct buf *b, const struct hours_said *said)
{
	const struct strs *lists[] = {&said->active, &said->mute};
	static const char *const names[] = {"active", "mute"};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			buf_add_c(b, i ? ", " : b->n ? "; " : "");
			buf_printf(b, "%s%s%.*s", i ? "" : names[k], i ? "" : ": ", STR_ARG(lists[k]->v[i]));
		}
}

/* Names that do not exist are errors already. */
static bool are_hours_known(const struct hours_check *c, const struct strs *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (!catalog_hours(c->l->c->catalog, names->v[i]))
			return false;
	return true;
}

static bool do_open(struct hours_check *c, const struct hours_said *said, struct str written)
{
	const char *known = map_get(c->opens, written);
	if (!known) {
		known = hours_never_open(c->l->c->catalog, said, c->now) ? &opens_no : &opens_yes;
		map_set(c->opens, written, (void *)(uintptr_t)known);
	}
	return known == &opens_yes;
}

static void look_at_hours(struct hours_check *c, const struct hours_said *said, struct pos at, const char *what,
                          struct str whose)
{
	AUTOBUF struct buf written;
	buf_init(&written, SIZE_MAX);
	if (!hours_are_said(said) || !are_hours_known(c, &said->active) || !are_hours_known(c, &said->mute))
		return;
	write_hours_said(&written, said);
	if (!do_open(c, said, buf_str(&written)))
		err_warn(c->l->warnings, at,
		         "%s \"%.*s\": its hours (%.*s) do not open within a year: what they would hold is told at once", what,
		         STR_ARG(whose), STR_ARG(buf_str(&written)));
}

static void look_at_catalog_hours(struct hours_check *c)
{
	const struct severity *const *severities;
	const struct owner *const *owners;
	const struct escalation *const *paths;
	size_t n = catalog_severities(c->l->c->catalog, &severities);
	for (size_t i = 0; i < n; i++)
		look_at_hours(c, &severities[i]->hours, severities[i]->at, "severity", severities[i]->name);
	n = catalog_owners(c->l->c->catalog, &owners);
	for (size_t i = 0; i < n; i++)
		look_at_hours(c, &owners[i]->hours, owners[i]->at, "owner", owners[i]->name);
	n = catalog_escalations(c->l->c->catalog, &paths);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < paths[i]->count; k++)
			look_at_hours(c, &paths[i]->steps[k].hours, paths[i]->at, "a step of escalation", paths[i]->name);
}

static void look_at_rule_hours(struct hours_check *c)
{
	const struct rule *const *rules;
	size_t n = c->l->c->ruleset ? ruleset_rules(c->l->c->ruleset, &rules) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct rule *r = rules[i];
		look_at_hours(c, &r->hours, r->field_at[r->sets[RULE_ACTIVE] ? RULE_ACTIVE : RULE_MUTE], "rule", r->name);
	}
}

static void look_at_receiver_hours(struct hours_check *c)
{
	for (size_t i = 0; i < c->l->c->receiver_count; i++) {
		const struct config_receiver *r = &c->l->c->receivers[i];
		look_at_hours(c, &r->hours, r->at, "receiver", r->name);
	}
}

/* What no rule takes is theirs: at some hours nobody would be told at once. */
static void look_at_default_hours(const struct hours_check *c)
{
	const struct strs *names = &c->l->c->defaults.receivers;
	for (size_t i = 0; i < names->n; i++) {
		const struct config_receiver *r = config_receiver(c->l->c, names->v[i]);
		if (!r || !hours_are_said(&r->hours))
			return;
	}
	if (names->n)
		err_warn(
			c->l->warnings, load_at(c->l->root, "defaults"),
			"defaults.receivers: all of them have hours of their own: outside of them what no rule takes tells nobody");
}

void load_hours(struct loading *l)
{
	struct hours_check c = {l, loop_wall_ms(), map_new()};
	if (!l->names_doubtful) {
		look_at_catalog_hours(&c);
		look_at_rule_hours(&c);
		look_at_receiver_hours(&c);
		look_at_default_hours(&c);
	}
	map_free(c.opens);
}
