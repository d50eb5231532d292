/*
 * The runbook pages: HTML for whoever was paged. Every URL in them is relative, so that they work behind any prefix, and
 * nothing in them needs another host.
 */
#ifndef WEB_RUNBOOK_PAGE_H
#define WEB_RUNBOOK_PAGE_H

#include "lint/lint.h"
#include "page.h"

struct runbook_page {
	struct page *page;
	const struct config *config;
	struct buf *out;
	struct str path; /* below /runbooks/, as asked; empty: the index */
	struct str by;   /* how the index is grouped: category, owner, severity; anything else is category */
	struct str q;    /* what the index is searched for; empty: everything is shown */
	struct str key;  /* ?incident=; empty: none */
	const struct incident *incident; /* NULL: none, or it cannot be shown */
	const char *trouble;             /* why not */
	const char *base;                /* the way to /runbooks/ from where it is shown; NULL: it follows from `path` */
	int64_t now;
};

#define RUNBOOK_PAGE_MAX (16 * 1024 * 1024)

/* Writes the page and returns its status: 200, or 404 with what the path may have meant. */
int runbook_page_write(const struct runbook_page *p);
/* The way from /runbooks/PATH to "/". */
const char *runbook_page_root(struct arena *arena, struct str path);

/* On the incident's own page: what its runbook says is to be done first, and all of it. */
bool runbook_first_step(struct page *p, const struct incident *inc, const struct catalog_text *file, struct str *title,
                        struct buf *out);
void runbook_beside(struct page *p, const struct incident *inc, const struct catalog_text *file);

/*
 * page_fill.c: placeholders of commands, filled in from the alert's labels and marked: $POD, ${POD}, <pod>, NAMESPACE. A
 * markdown_links.code; `arg` is a struct labels.
 */
void runbook_fill_code(void *arg, struct str code, struct buf *out);

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
/* What a path stands for: a file, also without its ".md", or the index of a folder ("node/"). NULL when there is none. */
const struct catalog_text *page_find(const struct runbook_page *p, struct str path);

struct page_links {
	const struct runbook_page *page;
	struct str file; /* the links stand in it */
};
/* A markdown_links.resolve: leads to other files of the folder, and nowhere else. */
bool page_resolve(void *links, struct str target, struct buf *href);
/* Whether a wiki's link leads to a page of the folder. */
bool page_leads(void *links, struct str target);

/* runbook_page_facts.c: what the catalog and the front matter say about a file. */
void page_facts(const struct runbook_page *p, struct str file, struct str text);
/* runbook_page_findings.c: what lint says of a file; on its page it is folded up. */
struct page_findings {
	size_t count;
	enum lint_level worst;
};
struct page_findings page_findings_of(const struct runbook_page *p, struct str path);
void page_findings(const struct runbook_page *p, struct str path);
/* runbook_page_incident.c: a bar that stays in sight, and all about it. */
void page_incident_bar(const struct runbook_page *p);
void page_incident(const struct runbook_page *p);
/* runbook_page_index.c */
void page_index(const struct runbook_page *p);
/* runbook_page_search.c: the form, and whether a runbook is among what was searched for. `*budget` (bytes of texts that are
 * looked through) begins at RUNBOOK_SEARCH_MAX. */
#define RUNBOOK_SEARCH_MAX ((size_t)4 * 1024 * 1024)
void page_search_form(const struct runbook_page *p);
bool page_search_finds(const struct runbook_page *p, const struct runbook *r, size_t *budget);
/* runbook_page_missing.c */
void page_missing(const struct runbook_page *p);

#endif
