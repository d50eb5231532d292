/*
 * GET /incidents/KEY: on a phone the button and the first step come first, on a wide screen the runbook stands beside.
 */
#include "page_incident.h"

#include "base/mem.h"
#include "runbook_page.h"
#include "service/lookup.h"

/* ---- the runbook beside it ---- */

static void write_own_runbook(struct page *p, const struct incident *inc, const struct catalog_text *own)
{
	struct html *h = &p->html;

	html_open(h, "p");
	html_class(h, "runbook-link");
	html_say_c(h, "Runbook: ");
	if (own) {
		part_runbook_link(p, own->path, inc->runbook.title, str_c(inc->key));
	} else {
		html_open(h, "a");
		html_href(h, inc->runbook.url);
		html_say(h, inc->runbook.title.n ? inc->runbook.title : inc->runbook.url);
		html_close(h);
	}
	html_close(h);
}

static void write_first_step(struct page *p, const struct incident *inc, const struct catalog_text *own)
{
	struct html *h = &p->html;
	AUTOBUF struct buf step;
	struct str title;

	buf_init(&step, PAGE_MAX);
	html_open(h, "section");
	html_class(h, "step");
	if (own && runbook_first_step(p, inc, own, &title, &step)) {
		html_open(h, "h2");
		html_say_c(h, title.n ? "First: " : "First step");
		html_say(h, title);
		html_close(h);
		html_trusted(h, buf_str(&step));
	}
	if (inc->runbook.path.n || inc->runbook.url.n)
		write_own_runbook(p, inc, own);
	else
		html_leaf_c(h, "p", "about", "No runbook is known for this alert.");
	html_close(h);
}

/* ---- the page ---- */

static void write_left(struct page *p, const struct incident *inc, const struct catalog_text *own)
{
	AUTOFREE char *action = mem_printf("%sincidents/%s/ack", p->root, inc->key);

	incident_heading(p, inc, "h1");
	incident_acknowledge_form(p, inc, str_c(action));
	write_first_step(p, inc, own);
	incident_facts(p, inc);
	incident_links(p, inc);
	incident_escalation(p, inc);
	incident_told(p, inc);
	incident_members(p, inc);
	incident_forms(p, inc);
	incident_owed(p, inc);
	incident_timeline(p, inc);
	incident_previous(p, inc);
	part_labels(p, "Labels", &inc->labels);
	part_labels(p, "Annotations", incident_annotations(inc));
}

static void write_incident(struct page *p, const struct incident *inc)
{
	const struct catalog_text *own = catalog_text(p->config->catalog, inc->runbook.path);
	AUTOARENA struct arena *arena = arena_new();

	page_begin(p, "", incident_title(arena, inc->alertname, incident_summary(inc)), true);
	html_open(&p->html, "div");
	html_class(&p->html, own ? "columns" : "");
	html_open(&p->html, "div");
	html_attr_printf(&p->html, "data-key", "%s", inc->key);
	write_left(p, inc, own);
	html_close(&p->html);
	if (own) {
		html_open(&p->html, "div");
		html_class(&p->html, "beside");
		runbook_beside(p, inc, own);
		html_close(&p->html);
	}
	page_reply(p, 200);
}

struct showing {
	struct api *api;
	struct http_exchange *x;
};

static void found_incident(void *arg, const struct lookup_result *found)
{
	static const int codes[] = {
		[OPERATE_OK] = 200, [OPERATE_NOT_FOUND] = 404, [OPERATE_BAD] = 400, [OPERATE_UNAVAILABLE] = 503};
	AUTOFREE struct showing *s = arg;

	if (found->result == OPERATE_OK)
		write_incident(page_new(s->api, s->x, "../"), found->inc);
	else
		page_refuse(s->api, s->x, "../", codes[found->result], str_c(found->error));
}

void api_incident_page(struct api *api, struct http_exchange *x, struct str segment)
{
	struct showing *s = mem_zero(sizeof *s);

	*s = (struct showing){api, x};
	lookup_incident(api->router, segment, found_incident, s);
}
