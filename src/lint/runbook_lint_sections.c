/* The sections that the index page wants every runbook to have. */
#include "runbook_lint_impl.h"

static bool wants(const struct fact_section *s, const struct runbook *r)
{
	return s->required && !s->postmortem && s->name.n && (!s->type.n || str_eq_nocase(s->type, r->type));
}

/* "Verification Checklist" and "Verifying" are near Verification. */
static bool is_near_heading(struct arena *arena, struct str wanted, struct str heading)
{
	size_t same = 0;
	struct str name = lint_words(arena, wanted), text = lint_words(arena, heading);
	while (same < name.n && same < text.n && name.p[same] == text.p[same])
		same++;
	return lint_words_have(text, name) || lint_words_have(name, text) || same >= 6;
}

static bool is_nearer(const struct fact_heading *a, const struct fact_heading *b)
{
	return a->level != b->level ? a->level < b->level : a->text.n < b->text.n;
}

/* True when it is there; else *near is the heading that may be meant. */
static bool find_section(const struct lint_page *page, struct str name, const struct fact_heading **near)
{
	/* Words of every heading for every section: not to be kept until the end of the folder. */
	AUTOARENA struct arena *arena = arena_new();
	struct str wanted = lint_section_words(arena, name);
	*near = NULL;
	for (size_t i = 0; i < page->facts->heading_count; i++) {
		const struct fact_heading *h = &page->facts->headings[i];
		if (lint_heading_names(arena, h->text, wanted))
			return true;
		if (h->level > 1 && is_near_heading(arena, name, h->text) && (!*near || is_nearer(h, *near)))
			*near = h;
	}
	return lint_line_names(arena, page->text, wanted);
}

static void report_near(const struct folder_lint *l, const struct lint_page *page, const struct fact_section *s,
                        const struct fact_heading *near)
{
	struct pos at = {page->path.p, near->at.line, 1};

	page_finding(l, page, LINT_MISSING_SECTION, at, s->at,
	             "the required section \"%.*s\" is missing; \"%.*s\" comes near: rename it", STR_ARG(s->name),
	             STR_ARG(near->text))
		->level = LINT_HINT;
}

/* A page that lacks this many of its sections, and most of them, is one of another kind. */
#define ANOTHER_KIND_LEAST 4

static void report_another_kind(const struct folder_lint *l, const struct lint_page *page)
{
	AUTOBUF struct buf names;
	buf_init(&names, 32 * 1024);
	for (size_t i = 0; i < page->missing_count; i++)
		buf_printf(&names, "%s\"%.*s\"", i ? ", " : "", STR_ARG(page->missing[i]->name));
	page_finding(
		l, page, LINT_MISSING_SECTION, (struct pos){page->path.p, 1, 1}, page->missing[0]->at,
		"%zu of %zu required sections are missing (%.*s): write them, or require them of another type of runbook",
		page->missing_count, page->wanted, STR_ARG(buf_str(&names)));
}

static void report_page(const struct folder_lint *l, const struct lint_page *page)
{
	if (page->missing_count >= ANOTHER_KIND_LEAST && 2 * page->missing_count > page->wanted) {
		report_another_kind(l, page);
		return;
	}
	for (size_t i = 0; i < page->missing_count; i++)
		page_finding(l, page, LINT_MISSING_SECTION, (struct pos){page->path.p, 1, 1}, page->missing[i]->at,
		             "the required section \"%.*s\" is missing: write it", STR_ARG(page->missing[i]->name));
}

/* A rule that hardly any page follows is one finding: it is the rule that is to be looked at, or everything. */
#define FOLLOWED_LEAST 10 /* pages that want the section, from which on this can be said */
static bool is_nobodys(size_t lacking, size_t wanting)
{
	return wanting >= FOLLOWED_LEAST && lacking * 10 >= wanting * 8;
}

static void report_once(const struct folder_lint *l, const struct fact_section *s, const struct lint_page *first,
                        size_t lacking, size_t wanting)
{
	lint_add(l->out, LINT_MISSING_SECTION, NULL, s->at, (struct pos){first->path.p, 1, 1},
	         "%zu of %zu runbooks lack the required section \"%.*s\": write it there, or take the rule out", lacking,
	         wanting, STR_ARG(s->name));
}

static void keep_missing(struct lint_page *page, const struct fact_section *s)
{
	MEM_ROOM(page->missing, page->missing_count, page->missing_capacity);
	page->missing[page->missing_count++] = s;
}

/* What one section is to the pages: which of them want it and lack it. */
static void check_section(struct folder_lint *l, const struct fact_section *s)
{
	AUTOFREE const struct fact_heading **near = mem_zero((l->page_count + 1) * sizeof *near);
	AUTOFREE bool *lacks = mem_zero((l->page_count + 1) * sizeof *lacks);
	const struct lint_page *first = NULL;
	size_t wanting = 0, lacking = 0;

	for (size_t i = 0; i < l->page_count; i++) {
		struct lint_page *page = &l->pages[i];
		if (!page->runbook || !wants(s, page->runbook))
			continue;
		wanting++;
		page->wanted++;
		lacks[i] = !find_section(page, s->name, &near[i]);
		lacking += lacks[i] && !near[i];
		first = !first && lacks[i] && !near[i] ? page : first;
	}
	bool once = is_nobodys(lacking, wanting);
	if (once)
		report_once(l, s, first, lacking, wanting);
	for (size_t i = 0; i < l->page_count; i++) {
		if (lacks[i] && near[i])
			report_near(l, &l->pages[i], s, near[i]);
		else if (lacks[i] && !once)
			keep_missing(&l->pages[i], s);
	}
}

void lint_sections(struct folder_lint *l)
{
	const struct facts *stated = catalog_stated(l->catalog);

	for (size_t i = 0; i < stated->sections_count; i++)
		check_section(l, &stated->sections[i]);
	for (size_t i = 0; i < l->page_count; i++)
		report_page(l, &l->pages[i]);
}
