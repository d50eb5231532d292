/* What the configuration adds to what a message says of an incident. */
#include "service/about.h"

#include "incident/escalation.h"
#include "io/loop.h"

static struct str owner_contact(const struct config *c, const struct incident *inc)
{
	const struct owner *owner = inc->owner.n ? catalog_owner(c->catalog, inc->owner) : NULL;

	return owner ? owner->contact : (struct str){NULL, 0};
}

static struct str rule_place(const struct config *c, struct arena *arena, const struct incident *inc)
{
	const struct rule *rule = inc->rule.n ? ruleset_rule(c->ruleset, inc->rule) : NULL;

	return rule ? str_c(arena_printf(arena, "%s:%d", rule->at.file, rule->at.line)) : (struct str){NULL, 0};
}

static void take_source(const struct config *c, const struct incident *inc, struct message_context *out)
{
	const struct config_source *source = inc->source.n ? config_source(c, inc->source) : NULL;

	/* a silence asks for labels as Alertmanager has them: where they are called otherwise here there is no link */
	if (source && source_labels_rearrange(&source->labels))
		return;
	if (source)
		out->source_labels = &source->labels.add;
	out->alertmanager_url = inc->alertmanager_url;
	if (!inc->alertmanager_url.n && source && source->alertmanagers.n)
		out->alertmanager_url = source->alertmanagers.v[0];
}

struct str about_reached(struct arena *arena, const struct reached *reached)
{
	if (!reached->who.n || !reached->contact.n)
		return reached->who.n ? reached->who : reached->contact;
	const struct str_aside aside = str_aside(reached->contact);
	return str_c(arena_printf(arena, "%.*s%s%.*s%s", STR_ARG(reached->who), aside.before, STR_ARG(reached->contact),
	                          aside.after));
}

/* Whoever the first step of the path means now. */
static struct str on_call(const struct config *c, struct arena *arena, const struct incident *inc)
{
	struct str rest = inc->step_count ? inc->steps[0].notify : (struct str){NULL, 0}, role;
	struct reached reached;

	while (escalation_take_name(&rest, &role)) {
		config_reach(c, role, loop_wall_ms(), arena, &reached);
		if (reached.who.n)
			return about_reached(arena, &reached);
	}
	return (struct str){NULL, 0};
}

void about_incident(const struct config *c, struct arena *arena, const struct incident *inc,
                    struct message_context *out)
{
	out->external_url = c->external_url;
	out->zone = c->zone;
	take_source(c, inc, out);
	if (out->no_facts)
		return;
	out->contact = owner_contact(c, inc);
	out->on_call = on_call(c, arena, inc);
	out->rule_at = rule_place(c, arena, inc);
}
