/* Who was told of an incident, and what they know of it now. */
#include "incident/delivery.h"
#include "incident/target.h"
#include "page_incident.h"

/* Neither given up nor due: what it failed at was over before it got through. */
static const char *trouble_name(const struct delivery *d, bool dead)
{
	if (dead)
		return "given up";
	return d->due_at ? "failing" : "not told";
}

static bool write_trouble(struct page *p, const struct incident *inc, const struct delivery *d)
{
	struct html *h = &p->html;
	bool dead = delivery_is_dead(inc, d);
	struct str error = dead && !d->last_error.n ? d->dead_error : d->last_error;

	if (!dead && !error.n)
		return false;
	html_say_c(h, " ");
	html_open(h, "span");
	html_class(h, "late");
	html_printf(h, "%s: %.*s", trouble_name(d, dead), STR_ARG(error));
	html_close(h);
	return true;
}

static void write_delivery(struct page *p, const struct incident *inc, const struct delivery *d)
{
	struct html *h = &p->html;

	html_open(h, "li");
	html_leaf(h, "b", NULL, d->receiver);
	if (d->target.n)
		html_printf(h, " for %.*s", STR_ARG(step_target_role(d->target)));
	if (step_target_turn(d->target) > 1)
		html_printf(h, " (%u)", step_target_turn(d->target));
	html_printf(h, ": %s ", delivery_told_name(d));
	part_time(p, d->told_at);
	write_trouble(p, inc, d);
	if (d->due_at && d->want.verb != WANT_NOTHING) {
		html_printf(h, ", %s due ", want_verb_name(d->want.verb));
		part_time(p, d->due_at);
	}
	html_close(h);
}

void incident_told(struct page *p, const struct incident *inc)
{
	if (!inc->delivery_count)
		return;
	html_leaf_c(&p->html, "h2", NULL, "Told");
	html_open(&p->html, "ul");
	for (size_t i = 0; i < inc->delivery_count; i++)
		write_delivery(p, inc, &inc->deliveries[i]);
	html_close(&p->html);
}
