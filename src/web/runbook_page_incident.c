/* The incident beside a runbook. */
#include "page_incident.h"
#include "runbook_page.h"

static void write_not_shown(const struct runbook_page *p)
{
	struct html *h = &p->page->html;
	html_open(h, "aside");
	html_class(h, "incident");
	html_open(h, "p");
	html_class(h, "note");
	html_say_c(h, "The incident ");
	html_leaf(h, "code", NULL, p->key);
	html_printf(h, " cannot be shown: %s.", p->trouble);
	html_close(h);
	html_close(h);
}

static void write_other_runbook(const struct runbook_page *p)
{
	const struct catalog_text *own = catalog_text(p->config->catalog, p->incident->runbook.path);
	if (!own || str_eq(own->path, p->path))
		return;
	html_open(&p->page->html, "p");
	html_say_c(&p->page->html, "Its runbook: ");
	page_link(p, own->path, p->incident->runbook.title.n ? p->incident->runbook.title : own->path);
	html_close(&p->page->html);
}

/* The way to "-/ack", which leads back to here. */
static void write_ack_here(const struct runbook_page *p)
{
	AUTOBUF struct buf action;
	buf_init(&action, RUNBOOK_PAGE_MAX);
	page_root(p, &action);
	buf_add_c(&action, "-/ack?incident=");
	html_encode(&action, str_c(p->incident->key), false);
	buf_add_c(&action, "&page=");
	html_encode(&action, p->path, false);
	incident_acknowledge_form(p->page, p->incident, buf_str(&action));
}

/* A link into the middle of a runbook shows what it is about all the same. */
void page_incident_bar(const struct runbook_page *p)
{
	struct html *h = &p->page->html;
	AUTOARENA struct arena *arena = arena_new();
	if (!p->incident)
		return;
	html_open(h, "p");
	html_class(h, "bar");
	part_severity(p->page, p->incident->severity.name, p->incident->severity.rank);
	html_say_c(h, " ");
	part_state(p->page, incident_state(p->incident));
	html_say_c(h, " ");
	html_open(h, "a");
	html_attr_printf(h, "href", "%sincidents/%s", p->page->root, p->incident->key);
	html_say(h, incident_title(arena, p->incident->alertname, incident_summary(p->incident)));
	html_close(h);
	html_close(h);
}

void page_incident(const struct runbook_page *p)
{
	if (!p->incident) {
		if (p->key.n)
			write_not_shown(p);
		return;
	}
	html_open(&p->page->html, "aside");
	html_class(&p->page->html, "incident");
	html_attr_c(&p->page->html, "aria-label", "The incident");
	incident_heading(p->page, p->incident, "h2");
	write_ack_here(p);
	incident_facts(p->page, p->incident);
	write_other_runbook(p);
	incident_links(p->page, p->incident);
	incident_escalation(p->page, p->incident);
	part_labels(p->page, "Labels", &p->incident->labels);
	part_labels(p->page, "Annotations", incident_annotations(p->incident));
	html_close(&p->page->html);
}
