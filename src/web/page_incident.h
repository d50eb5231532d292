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
/* page_forms.c: taking it back, closing it, a note. */
void incident_forms(struct page *p, const struct incident *inc);

#endif
