/*
 * The parts of the page at /rules.
 */
#ifndef WEB_PAGE_RULES_H
#define WEB_PAGE_RULES_H

#include "page.h"

/* "rules/10-platform.yml:12"; nothing where it stands nowhere. */
void part_position(struct page *p, struct pos at);
/* page_explain.c: the plan for one alert, field by field, and why each other rule did not match. */
void page_explain(struct page *p, const struct alert *alert);

#endif
