/* The incident itself: what fires since when, who must have done what by when, who has it, and who comes next. */
#include "base/time.h"
#include "incident/deadline.h"
#include "incident/escalation.h"
#include "page_incident.h"
#include "service/about.h"

/* ---- heading ---- */

void incident_heading(struct page *p, const struct incident *inc, const char *tag)
{
	struct html *h = &p->html;
	AUTOARENA struct arena *arena = arena_new();

	html_open(h, tag);
	html_class(h, "incident-title");
	part_severity(p, inc->severity.name, inc->severity.rank);
	html_say_c(h, " ");
	part_state(p, incident_state(inc));
	html_say_c(h, " ");
	html_say(h, incident_title(arena, inc->alertname, incident_summary(inc)));
	html_close(h);
}

/* ---- facts ---- */

static void time_fact(struct page *p, const char *name, int64_t at)
{
	if (!at)
		return;
	part_fact_begin(p, name);
	part_time_from_now(p, at, "ago");
	part_fact_end(p);
}

/* Only an open incident can be late, and a response is no longer owed once somebody has it. */
static void due_fact(struct page *p, const char *name, int64_t at, bool owed)
{
	if (!at)
		return;
	html_leaf_c(&p->html, "dt", NULL, name);
	html_open(&p->html, "dd");
	if (owed && at < p->now)
		html_class(&p->html, "late");
	if (owed)
		part_time_from_now(p, at, "overdue");
	else
		part_time(p, at);
	html_close(&p->html);
}

static void fact_of_owner(struct page *p, const struct incident *inc)
{
	const struct owner *o = inc->owner.n ? catalog_owner(p->config->catalog, inc->owner) : NULL;

	part_fact(p, "Owner", inc->owner);
	if (o)
		part_fact(p, "Reach them", o->contact);
}

static void fact_of_acknowledgement(struct page *p, const struct incident *inc)
{
	const struct incident_person *by = incident_acknowledgement(inc);

	if (!by)
		return;
	part_fact(p, "Acknowledged by", by->by.n ? by->by : STR("somebody"));
	time_fact(p, "Acknowledged", by->at);
	part_fact(p, "Note", by->note);
}

static void members_fact(struct page *p, const struct incident *inc)
{
	part_fact_begin(p, "Alerts");
	html_printf(&p->html, "%llu firing of %llu", (unsigned long long)incident_firing(inc),
	            (unsigned long long)inc->count.total);
	part_fact_end(p);
}

void incident_facts(struct page *p, const struct incident *inc)
{
	bool open = incident_is_open(inc), firing = open && !incident_acknowledgement(inc);

	html_open(&p->html, "dl");
	part_fact(p, "Severity", inc->severity.name);
	time_fact(p, "Since", incident_firing_since(inc));
	time_fact(p, "Held until", incident_held_until(inc));
	due_fact(p, "Respond by", incident_response_due(inc), firing);
	due_fact(p, "Resolve by", incident_resolution_due(inc), open);
	time_fact(p, "Resolved", open ? 0 : inc->resolved_at);
	fact_of_acknowledgement(p, inc);
	fact_of_owner(p, inc);
	members_fact(p, inc);
	part_fact(p, "Rule", inc->rule);
	html_close(&p->html);
}

/* ---- escalation ---- */

static void write_contact(struct page *p, struct str role)
{
	const struct contact *c = catalog_contact(p->config->catalog, role);
	const struct str ways[] = {c ? c->primary : (struct str){0}, c ? c->method : (struct str){0},
	                           c ? c->address : (struct str){0}, c ? c->say : (struct str){0}};
	const char *between = " (";

	html_say(&p->html, role);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!ways[i].n)
			continue;
		html_say_c(&p->html, between);
		html_say(&p->html, ways[i]);
		between = ", ";
	}
	html_say_c(&p->html, between[0] == ',' ? ")" : "");
}

static void write_names(struct page *p, struct str rest)
{
	const char *between = "";

	for (struct str name; escalation_take_name(&rest, &name); between = ", ") {
		html_say_c(&p->html, between);
		write_contact(p, name);
	}
}

/* Why it does not come as things are; NULL: it does, or that says itself. */
static const char *step_hindrance(const struct incident *inc, const struct incident_step *step,
                                  enum step_outlook outlook)
{
	switch (outlook) {
	case STEP_ACKNOWLEDGED: return "not while it is acknowledged";
	case STEP_SILENCED: return "not while it is silenced";
	case STEP_QUIET: return "if it fires again";
	case STEP_NEVER:
		if (escalation_when(step).n && incident_responded_at(inc))
			return "which it has not: it was acknowledged in time";
		return "which nobody sets";
	case STEP_HAS_RUN:
	case STEP_COMES:
	case STEP_BY_HAND:
	case STEP_OVER: break;
	}
	return NULL;
}

/* "2026-01-05 09:15 UTC next, after 15m", "by hand", "when the response time has passed, not while it is silenced" */
static void write_when(struct page *p, const struct incident *inc, const struct incident_step *step, bool next)
{
	struct html *h = &p->html;
	char after[TIME_DURATION_MAX];
	int64_t at;
	enum step_outlook outlook = escalation_outlook(inc, step, &at);
	const char *hindrance = step_hindrance(inc, step, outlook);

	part_time(p, at);
	if (at)
		html_say_c(h, outlook == STEP_HAS_RUN ? " told" : next ? " next, " : " ");
	if (outlook == STEP_HAS_RUN)
		return;
	html_say_c(h, outlook == STEP_BY_HAND ? "by hand" : escalation_when(step).n ? "when " : "after ");
	if (outlook != STEP_BY_HAND)
		html_say_c(h, escalation_reason(step, after));
	if (hindrance)
		html_printf(h, ", %s", hindrance);
}

/* A step that has run says whom it reached, one that comes says when; of what is over the others are not shown. */
static void write_step(struct page *p, const struct incident *inc, const struct incident_step *step, bool next)
{
	int64_t at;
	if (escalation_outlook(inc, step, &at) == STEP_OVER)
		return;
	html_open(&p->html, "li");
	write_when(p, inc, step, next);
	html_say_c(&p->html, ": ");
	if (step->ran_at)
		html_say(&p->html, step->told);
	else
		write_names(p, step->notify);
	html_close(&p->html);
}

void incident_escalation(struct page *p, const struct incident *inc)
{
	int64_t at = 0;
	const struct incident_step *next = escalation_announced(inc, &at);

	if (!inc->step_count)
		return;
	html_open(&p->html, "h2");
	html_printf(&p->html, "Escalation: %.*s", STR_ARG(inc->escalation.name));
	html_close(&p->html);
	html_open(&p->html, "ol");
	for (size_t i = 0; i < inc->step_count; i++)
		write_step(p, inc, &inc->steps[i], &inc->steps[i] == next);
	html_close(&p->html);
}

/* ---- acknowledging ---- */

void incident_name_field(struct page *p)
{
	struct html *h = &p->html;

	if (http_user(p->x).n)
		return; /* who it is counts, not who he says he is */
	html_open(h, "label");
	html_say_c(h, "Your name ");
	html_open(h, "input");
	html_attr_c(h, "name", "by");
	html_attr_c(h, "maxlength", "100");
	html_attr_c(h, "autocomplete", "name");
	html_close(h);
	html_close(h);
}

static void write_way_without_rights(struct page *p, const struct incident *inc)
{
	struct html *h = &p->html;

	html_leaf_c(h, "p", NULL, "To acknowledge, answer the page, or on runbookd's machine:");
	html_open(h, "div");
	html_class(h, "code");
	html_open(h, "pre");
	html_attr_c(h, "tabindex", "0");
	html_open(h, "code");
	html_printf(h, "runbookctl incidents ack %s", inc->key);
	html_close(h);
	html_close(h);
	html_close(h);
}

void incident_acknowledge_form(struct page *p, const struct incident *inc, struct str action)
{
	struct html *h = &p->html;

	if (!incident_is_open(inc) || incident_acknowledgement(inc))
		return;
	if (!page_may(p, RIGHT_RESPOND)) {
		write_way_without_rights(p, inc);
		return;
	}
	p->has_form = true;
	html_open(h, "form");
	html_class(h, "acknowledge");
	html_attr_c(h, "method", "post");
	html_attr(h, "action", action);
	incident_name_field(p);
	html_open(h, "button");
	html_attr_c(h, "accesskey", "a");
	html_say_c(h, "Acknowledge");
	html_close(h);
	html_close(h);
}

/* ---- links ---- */

/* A label or annotation never makes a link but where message_init() finds that it is one. */
void incident_links(struct page *p, const struct incident *inc)
{
	static const struct {
		const char *name, *text;
	} links[] = {{"Dashboard", "Dashboard"}, {"Prometheus", "In Prometheus"}, {"Silence", "Silence it"}};
	AUTOARENA struct arena *arena = arena_new();
	struct message_context context = {.no_facts = true};
	struct message m;
	struct html *h = &p->html;

	about_incident(p->config, arena, inc, &context);
	message_init(&m, arena, inc, incident_is_open(inc) ? EVENT_TRIGGER : EVENT_RESOLVE, inc->generation, 1, &context);
	html_open(h, "p");
	html_class(h, "links");
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		const struct message_link *link = message_link(&m, links[i].name);
		if (!link)
			continue;
		html_open(h, "a");
		html_href(h, link->url);
		html_say_c(h, links[i].text);
		html_close(h);
		html_say_c(h, " ");
	}
	html_close(h);
}
