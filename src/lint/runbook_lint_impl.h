/* What the files of runbook_lint*.c share: the folder while it is looked at. */
#ifndef LINT_RUNBOOK_LINT_IMPL_H
#define LINT_RUNBOOK_LINT_IMPL_H

#include "base/map.h"
#include "lint/runbook_lint.h"

struct lint_page { /* one file of the folder */
	struct str path, text;
	const struct runbook_facts *facts;
	struct runbook_facts own;            /* of an index page, which the catalog reads otherwise */
	const struct runbook *runbook;       /* NULL for an index page */
	bool named;                          /* an index page links to it */
	bool to_be_copied;                   /* a template: what is to be filled in there is its purpose */
	const struct fact_section **missing; /* those wanted of it alone, with no heading that comes near */
	size_t missing_count, missing_capacity, wanted;
};

struct lint_outside { /* a link that leaves the folder, to no file */
	const struct lint_page *from;
	const struct fact_link *link;
};

struct folder_lint {
	const struct lint_folder *world;
	const struct catalog *catalog;
	struct arena *arena;
	struct lint *out;
	struct lint_page *pages;
	size_t page_count;
	struct map *by_path, *by_folded; /* lower-case paths */
	struct lint_outside *outside;
	size_t outside_count, outside_capacity;
	bool wiki;         /* some [[link]] leads to a page: the folder is a wiki */
	bool surroundings; /* some link leaves the folder and leads to a file */
};

/* The owner of the page's runbook becomes the finding's. */
struct lint_finding *page_finding(const struct folder_lint *l, const struct lint_page *page, enum lint_code code,
                                  struct pos at, struct pos other, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
struct lint_page *folder_page(const struct folder_lint *l, struct str path);
/* Lower-case words in the singular with single blanks between them, without leading numbers. */
struct str lint_words(struct arena *arena, struct str text);
/* Whether folded `words` hold the folded `phrase` as whole words. */
bool lint_words_have(struct str words, struct str phrase);

/* runbook_lint_links.c: dead links and anchors; marks the pages that index pages name. */
void lint_page_links(struct folder_lint *l, struct lint_page *page);
/* Whether the folder is a wiki. */
void lint_find_wiki(struct folder_lint *l);
/* Once all pages were looked at: links that leave the folder. */
void lint_outside_links(const struct folder_lint *l);
/* runbook_lint_text.c: encoding, placeholders, empty sections. */
void lint_page_text(const struct folder_lint *l, const struct lint_page *page);
/* runbook_lint_sections.c */
void lint_sections(struct folder_lint *l);
/*
 * section_names.c: what a section is called, folded; whether a heading is it, with its number, its time, its note, or another
 * section beside it; whether a page has it as a line that is bold or a heading in HTML.
 */
struct str lint_section_words(struct arena *arena, struct str name);
bool lint_heading_names(struct arena *arena, struct str heading, struct str wanted);
bool lint_line_names(struct arena *arena, struct str text, struct str wanted);
/* runbook_lint_index.c: what index page and runbooks say otherwise, severities, approvers. */
void lint_contradictions(const struct folder_lint *l);
void lint_severities(const struct folder_lint *l);
void lint_approvers(const struct folder_lint *l);
/* runbook_lint_review.c */
void lint_reviews(const struct folder_lint *l);

#endif
