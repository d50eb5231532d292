/*
 * What the pages show of an incident: the page of its own, and the part beside a runbook.
 */
#ifndef WEB_PAGE_INCIDENT_H
#define WEB_PAGE_INCIDENT_H

#include "page.h"

/* "[P1] firing  High CPU …" as <h1> or <h2>. */
void incident_heading(struct page *p, const struct incident *inc, const char *tag);
/* Severity, deadlines, who has it, owner, members, rule: a <dl>. */
void incident_facts(struct page *p, const struct incident *inc);
/* The button, for who may; `action` is where it posts to. */
void incident_acknowledge_form(struct page *p, const struct incident *inc, struct str action);
/* Who says or does it; nothing where that is known. */
void incident_name_field(struct page *p);
/* Its escalation: who was told, who is next. */
void incident_escalation(struct page *p, const struct incident *inc);
/* Dashboard, graph, silence. */
void incident_links(struct page *p, const struct incident *inc);

/* page_members.c */
void incident_members(struct page *p, const struct incident *inc);
/* page_told.c: each receiver, what it knows, and what went wrong. */
void incident_told(struct page *p, const struct incident *inc);
/* page_timeline.c */
void incident_timeline(struct page *p, const struct incident *inc);
void incident_previous(struct page *p, const struct incident *inc);
void incident_owed(struct page *p, const struct incident *inc);
/* page_forms.c: taking it back, closing it, a note; what a form has posted, and the way back. */
void incident_forms(struct page *p, const struct incident *inc);
void incident_form_begin(struct page *p, const struct incident *inc, const char *verb);
struct page_posting {
	struct api *api;
	struct http_exchange *x;
	struct arena *arena;
	struct str key;
};
struct page_posting *page_posting_new(struct api *api, struct http_exchange *x, struct str key);
struct str page_posting_field(const struct page_posting *g, const char *name); /* empty where it says none */
struct str page_posting_by(const struct page_posting *g);
void page_posting_refuse(struct page_posting *g, const char *why); /* 400; `g` is gone */
void page_posted(void *g, const struct operate_reply *reply);      /* an operate_done: back to the incident's page */

/* page_more_forms.c: a silence, a word to stakeholders, what the runbook was worth. */
void incident_more_forms(struct page *p, const struct incident *inc);

#endif
