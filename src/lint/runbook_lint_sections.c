/* The sections that the index page wants every runbook to have. */
#include <string.h>

#include "runbook_lint_impl.h"

static bool wants(const struct fact_section *s, const struct runbook *r)
{
	return s->required && !s->postmortem && s->name.n && (!s->type.n || str_eq_nocase(s->type, r->type));
}

/* "Verification Checklist" and "Verifying" are near Verification. */
static bool is_near(struct arena *arena, struct str wanted, struct str heading)
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

/* "Immediate Actions (0-5 minutes)", "Diagnosis [5 min]": what stands in brackets at the end is no part of the name. */
static struct str without_note(struct str heading)
{
	struct str s = str_trim(heading);
	for (size_t i = s.n; i-- > 1 && s.n && strchr(")]", s.p[s.n - 1]);)
		if (s.p[i] == '(' || s.p[i] == '[')
			return str_trim(str_slice(s, 0, i));
	return s;
}

/* True when it is there; else *near is the heading that may be meant. */
static bool find(const struct lint_page *page, struct str name, const struct fact_heading **near)
{
	/* Words of every heading for every section: not to be kept until the end of the folder. */
	AUTOARENA struct arena *arena = arena_new();
	struct str wanted = lint_words(arena, name);
	*near = NULL;
	for (size_t i = 0; i < page->facts->heading_count; i++) {
		const struct fact_heading *h = &page->facts->headings[i];
		if (str_eq(lint_words(arena, h->text), wanted) || str_eq(lint_words(arena, without_note(h->text)), wanted))
			return true;
		if (h->level > 1 && is_near(arena, name, h->text) && (!*near || is_nearer(h, *near)))
			*near = h;
	}
	return false;
}

static void report(const struct folder_lint *l, const struct lint_page *page, const struct fact_section *s,
                   const struct fact_heading *near)
{
	struct pos at = {page->path.p, near ? near->at.line : 1, 1};
	if (!near) {
		page_finding(l, page, LINT_MISSING_SECTION, at, s->at, "the required section \"%.*s\" is missing: write it",
		             STR_ARG(s->name));
		return;
	}
	page_finding(l, page, LINT_MISSING_SECTION, at, s->at,
	             "the required section \"%.*s\" is missing; \"%.*s\" comes near: rename it", STR_ARG(s->name),
	             STR_ARG(near->text))
		->level = LINT_HINT;
}

void lint_page_sections(const struct folder_lint *l, const struct lint_page *page)
{
	const struct facts *stated = catalog_stated(l->catalog);
	const struct fact_heading *near;
	for (size_t i = 0; page->runbook && i < stated->sections_count; i++)
		if (wants(&stated->sections[i], page->runbook) && !find(page, stated->sections[i].name, &near))
			report(l, page, &stated->sections[i], near);
}
