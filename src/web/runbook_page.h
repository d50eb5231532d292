/*
 * The runbook pages: HTML for whoever was paged. Every URL in them is relative, so that they work behind any prefix, and
 * nothing in them needs another host.
 */
#ifndef WEB_RUNBOOK_PAGE_H
#define WEB_RUNBOOK_PAGE_H

#include <jansson.h>

#include "config/config.h"

struct runbook_page {
	const struct config *config;
	struct buf *out;
	struct str path;        /* below /runbooks/, as asked; empty: the index */
	struct str by;          /* how the index is grouped: category, owner, severity; anything else is category */
	struct str key;         /* ?incident=; empty: none */
	const json_t *incident; /* INTERFACE section 7, with detail; NULL: none, or it cannot be shown */
	const char *trouble;    /* why not */
	bool may_operate;
	int64_t now;
};

#define RUNBOOK_PAGE_MAX (16 * 1024 * 1024)

/* Writes the page and returns its status: 200, 404 with what the path may have meant, or 500 when it does not fit. */
int runbook_page_write(const struct runbook_page *p);

/* ---- for the files of runbook_page_*.c ---- */

void page_add(const struct runbook_page *p, const char *html);
void page_text(const struct runbook_page *p, struct str text);
/* A row of a <dl>; nothing for empty text. */
void page_fact(const struct runbook_page *p, const char *name, struct str text);

/* runbook_page_links.c: the way back to /runbooks/ ("../"), and hrefs (not escaped) of catalog paths. */
void page_root(const struct runbook_page *p, struct buf *href);
/* `path` as it is in the catalog; the incident stays beside it. `fragment` is empty or begins with '#'. */
void page_href(const struct runbook_page *p, struct str path, struct str fragment, struct buf *href);
void page_link(const struct runbook_page *p, struct str path, struct str text);
/* `anchor` is empty, or of a heading of it. */
void page_link_section(const struct runbook_page *p, struct str path, struct str anchor, struct str text);
void page_asset(const struct runbook_page *p, const char *name);
void page_encode(struct buf *out, struct str text, bool slashes);
/* What a path stands for: a file, also without its ".md", or the index of a folder ("node/"). NULL when there is none. */
const struct catalog_text *page_find(const struct runbook_page *p, struct str path);

struct page_links {
	const struct runbook_page *page;
	struct str file; /* the links stand in it */
};
/* A markdown_links.resolve: leads to other files of the folder, and nowhere else. */
bool page_resolve(void *links, struct str target, struct buf *href);

/* runbook_page_facts.c: what the catalog and the front matter say about a file. */
void page_facts(const struct runbook_page *p, struct str file, struct str text);
/* runbook_page_incident.c */
void page_incident(const struct runbook_page *p);
/* runbook_page_index.c */
void page_index(const struct runbook_page *p);
/* runbook_page_missing.c */
void page_missing(const struct runbook_page *p);

#endif
