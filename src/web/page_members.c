/* The alerts of an incident: by what tells one from the others. */
#include "page_incident.h"

#define LABELS_MOST 12 /* of one member that are told apart */

/* The labels that not all of them share. */
static void write_difference(struct page *p, const struct incident *inc, const struct incident_sample *s)
{
	size_t shown = 0;

	for (size_t i = 0; i < s->labels.n && shown < LABELS_MOST; i++) {
		const struct label *l = &s->labels.v[i];
		if (labels_has(&inc->labels, l->name) && str_eq(labels_get(&inc->labels, l->name), l->value))
			continue;
		html_printf(&p->html, "%s%.*s=", shown++ ? ", " : "", STR_ARG(l->name));
		html_leaf(&p->html, "b", NULL, l->value);
	}
	if (!shown)
		html_say_c(&p->html, "as the incident's labels say");
}

static void write_member(struct page *p, const struct incident *inc, const struct incident_sample *s)
{
	struct html *h = &p->html;

	html_open(h, "li");
	part_state(p, incident_sample_fires(inc, s) ? "firing" : "resolved");
	html_say_c(h, " ");
	write_difference(p, inc, s);
	html_say_c(h, " since ");
	part_time(p, s->starts_at);
	html_close(h);
}

static void write_members_that(struct page *p, const struct incident *inc, bool fires)
{
	for (size_t i = 0; i < inc->sample_count; i++)
		if (incident_sample_fires(inc, &inc->sample[i]) == fires)
			write_member(p, inc, &inc->sample[i]);
}

void incident_members(struct page *p, const struct incident *inc)
{
	struct html *h = &p->html;

	if (!inc->sample_count)
		return;
	html_leaf_c(h, "h2", NULL, "Alerts");
	html_open(h, "ul");
	html_class(h, "members");
	write_members_that(p, inc, true);
	write_members_that(p, inc, false);
	html_close(h);
	if (inc->count.total > inc->sample_count) {
		html_open(h, "p");
		html_class(h, "about");
		html_printf(h, "Shown are %zu of %llu.", inc->sample_count, (unsigned long long)inc->count.total);
		html_close(h);
	}
}
