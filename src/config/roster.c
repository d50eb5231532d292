/* Whom a step of an escalation reaches: the catalog's answer, and the default receivers where it has none. */
#include "catalog/reach.h"
#include "incident/escalation.h"
#include "load.h"

static bool receiver_known(void *arg, struct str name)
{
	return load_receiver_known(arg, name);
}

bool config_reach(const struct config *c, struct str role, int64_t now, struct arena *arena, struct reached *out)
{
	catalog_reach(c->catalog, role, now, receiver_known, (void *)(uintptr_t)c, arena, out);
	return out->receivers.n > 0;
}

bool config_reaches(const struct config *c, struct str role)
{
	return catalog_reaches(c->catalog, role, receiver_known, (void *)(uintptr_t)c);
}

/* A receiver that left the configuration since the catalog named it would be a dead letter: load_references() refuses that. */
static void reach(const void *arg, struct str role, int64_t now, struct arena *arena, struct escalation_reached *out)
{
	const struct config *c = arg;
	struct reached reached;
	*out = (struct escalation_reached){.by_default = !config_reach(c, role, now, arena, &reached)};
	out->who = reached.who;
	out->contact = reached.contact;
	out->receivers = out->by_default ? c->defaults.receivers : reached.receivers;
}

void load_roster(struct loading *l)
{
	struct escalation_roster *roster = arena_alloc(l->c->arena, sizeof *roster);
	*roster = (struct escalation_roster){reach, l->c};
	l->c->policy.roster = roster;
}
