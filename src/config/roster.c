/* Whom a step of an escalation reaches: the catalog's answer, and the default receivers where it has none. */
#include "catalog/hours.h"
#include "catalog/reach.h"
#include "incident/escalation.h"
#include "load.h"

bool config_reach(const struct config *c, struct str role, int64_t now, struct arena *arena, struct reached *out)
{
	catalog_reach(c->catalog, role, now, config_tells, (void *)(uintptr_t)c, arena, out);
	return out->receivers.n > 0;
}

bool config_reaches(const struct config *c, struct str role)
{
	return catalog_reaches(c->catalog, role, config_tells, (void *)(uintptr_t)c);
}

/* What is named and is no receiver reaches nobody: then it is the default ones, with name and contact. */
static void reach(const void *arg, struct str role, int64_t now, struct arena *arena, struct escalation_reached *out)
{
	const struct config *c = arg;
	struct reached reached;
	*out = (struct escalation_reached){.by_default = !config_reach(c, role, now, arena, &reached)};
	out->who = reached.who;
	out->contact = reached.contact;
	out->receivers = out->by_default ? c->defaults.receivers : reached.receivers;
}

static struct strs names_in(struct str lines, struct arena *arena)
{
	struct strs out = {arena_alloc(arena, (lines.n / 2 + 2) * sizeof *out.v), 0};
	for (struct str name; escalation_take_name(&lines, &name);)
		out.v[out.n++] = name;
	return out;
}

static int64_t open_from(const void *arg, struct str active, struct str mute, int64_t at, struct arena *arena)
{
	const struct config *c = arg;
	const struct hours_said said = {names_in(active, arena), names_in(mute, arena)};
	return hours_open_from(c->catalog, &said, at);
}

void load_roster(struct loading *l)
{
	struct escalation_roster *roster = arena_alloc(l->c->arena, sizeof *roster);
	*roster = (struct escalation_roster){reach, l->c, open_from};
	l->c->policy.roster = roster;
}
