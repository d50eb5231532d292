/* The list of all runbooks, grouped by category, owner or severity; within a group the gravest first. */
#include <stdlib.h>

#include "base/time.h"
#include "lint/runbook_lint.h"
#include "runbook_page.h"

struct entry {
	struct str group;
	int group_rank, rank;
	const struct runbook *runbook;
	int64_t overdue_since; /* 0: its review is not due */
};

static int runbook_rank(const struct runbook_page *p, const struct runbook *r)
{
	const struct severity *s = r->severity.n ? catalog_severity(p->config->catalog, r->severity) : NULL;
	return s ? s->rank : SEVERITY_RANK_NONE + 1;
}

static struct str category_of(const struct runbook *r)
{
	return r->category;
}

static struct str owner_of(const struct runbook *r)
{
	return r->owner;
}

static struct str severity_of(const struct runbook *r)
{
	return r->severity;
}

static const struct grouping {
	const char *name;
	struct str (*group)(const struct runbook *r);
	bool ranked; /* groups in the order of severities, not of names */
	const char *nothing;
} groupings[] = {
	{"category", category_of, false, "Without a category"},
	{"owner", owner_of, false, "Without an owner"},
	{"severity", severity_of, true, "Without a severity"},
};
#define GROUPINGS (sizeof groupings / sizeof *groupings)

static const struct grouping *grouping_of(struct str name)
{
	for (size_t i = 0; i < GROUPINGS; i++)
		if (str_eq_c(name, groupings[i].name))
			return &groupings[i];
	return &groupings[0];
}

/* What belongs nowhere comes last. */
static int by_group(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->group_rank != y->group_rank)
		return x->group_rank < y->group_rank ? -1 : 1;
	if (!x->group.n != !y->group.n)
		return x->group.n ? -1 : 1;
	int order = str_cmp(x->group, y->group);
	if (!order && x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return order ? order : str_cmp(x->runbook->title, y->runbook->title);
}

static struct entry *sorted(const struct runbook_page *p, const struct grouping *g, size_t *count)
{
	const struct runbook *const *runbooks;
	size_t all = catalog_runbooks(p->config->catalog, &runbooks), budget = RUNBOOK_SEARCH_MAX;
	struct entry *entries = mem_zero((all + 1) * sizeof *entries);
	*count = 0;
	for (size_t i = 0; i < all; i++) {
		int rank = runbook_rank(p, runbooks[i]);
		if (!page_search_finds(p, runbooks[i], &budget))
			continue;
		entries[(*count)++] = (struct entry){g->group(runbooks[i]), g->ranked ? rank : 0, rank, runbooks[i],
		                                     runbook_overdue_since(p->config->catalog, runbooks[i], p->now)};
	}
	qsort(entries, *count, sizeof *entries, by_group);
	return entries;
}

static void write_tag(const struct runbook_page *p, const char *class, struct str text)
{
	if (!text.n)
		return;
	page_add(p, " <span class=\"");
	page_add(p, class);
	page_add(p, "\">");
	page_text(p, text);
	page_add(p, "</span>");
}

static void write_overdue(const struct runbook_page *p, const struct entry *e)
{
	long long late = (long long)((p->now - e->overdue_since) / TIME_DAY);

	if (e->overdue_since)
		buf_printf(p->out, " <span class=\"tag late\">review overdue by %lld day%s</span>", late, late == 1 ? "" : "s");
}

static void write_findings(const struct runbook_page *p, const struct runbook *r)
{
	const struct page_findings found = page_findings_of(p, r->path);

	if (!found.count)
		return;
	page_add(p, found.worst == LINT_ERROR ? " <span class=\"tag late\">" : " <span class=\"tag\">");
	buf_printf(p->out, "%zu %s%s</span>", found.count, lint_level_name(found.worst), found.count == 1 ? "" : "s");
}

static void write_entry(const struct runbook_page *p, const struct entry *e)
{
	const struct runbook *r = e->runbook;
	page_add(p, "<li>");
	if (r->exists)
		page_link_section(p, r->path, r->anchor_exists ? r->anchor : (struct str){NULL, 0}, r->title);
	else
		write_tag(p, "nowhere", r->title);
	write_tag(p, "tag", r->severity);
	write_tag(p, "tag", r->owner);
	write_tag(p, "tag", r->estimated_time);
	if (!r->exists)
		write_tag(p, "tag", STR("not in the folder"));
	write_overdue(p, e);
	write_findings(p, r);
	if (r->description.n)
		page_add(p, "<br>");
	write_tag(p, "about", r->description);
	page_add(p, "</li>\n");
}

static int by_lateness(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return x->overdue_since < y->overdue_since ? -1 : x->overdue_since > y->overdue_since;
}

/* What nobody has read again for too long stands first, the longest overdue on top. */
static void write_late(const struct runbook_page *p, const struct entry *entries, size_t count)
{
	AUTOFREE struct entry *late = mem_zero((count + 1) * sizeof *late);
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		if (entries[i].overdue_since)
			late[n++] = entries[i];
	if (!n)
		return;
	qsort(late, n, sizeof *late, by_lateness);
	page_add(p, "<h2>Review overdue</h2>\n<ul class=\"runbooks\">\n");
	for (size_t i = 0; i < n; i++)
		write_entry(p, &late[i]);
	page_add(p, "</ul>\n");
}

static void write_groups(const struct runbook_page *p, const struct grouping *g)
{
	size_t count;
	AUTOFREE struct entry *entries = sorted(p, g, &count);
	write_late(p, entries, count);
	for (size_t i = 0; i < count; i++) {
		bool begins = !i || !str_eq(entries[i].group, entries[i - 1].group);
		if (begins) {
			page_add(p, i ? "</ul>\n<h2>" : "<h2>");
			page_text(p, entries[i].group.n ? entries[i].group : str_c(g->nothing));
			page_add(p, "</h2>\n<ul class=\"runbooks\">\n");
		}
		write_entry(p, &entries[i]);
	}
	if (!count && p->q.n)
		page_add(p, "<p class=\"nothing\">No runbook has these words.</p>\n");
	else
		page_add(p, count ? "</ul>\n"
		                  : "<p>No runbooks are loaded: <code>catalog.runbooks</code> names their folder.</p>\n");
}

static void write_choice(const struct runbook_page *p, const struct grouping *g, bool chosen)
{
	page_add(p, chosen ? " <strong>" : " <a href=\"?");
	if (!chosen && p->key.n) {
		page_add(p, "incident=");
		html_encode(p->out, p->key, false);
		page_add(p, "&amp;");
	}
	if (!chosen)
		buf_printf(p->out, "by=%s\">", g->name);
	page_add(p, g->name);
	page_add(p, chosen ? "</strong>" : "</a>");
}

/* Files that are no runbooks: what the folder says about itself. */
static void write_indexes(const struct runbook_page *p)
{
	const struct catalog_text *text;
	const char *before = "<p>In the folder's own words: ";
	bool any = false;
	for (size_t i = 0; (text = catalog_next_text(p->config->catalog, &i));) {
		const struct runbook *r = catalog_runbook(p->config->catalog, text->path);
		if (r && !r->is_index)
			continue;
		page_add(p, any ? ", " : before);
		page_link(p, text->path, text->path);
		any = true;
	}
	page_add(p, any ? "</p>\n" : "");
}

void page_index(const struct runbook_page *p)
{
	const struct grouping *g = grouping_of(p->by);
	page_add(p, "<h1>Runbooks</h1>\n<p class=\"choices\">By");
	for (size_t i = 0; i < GROUPINGS; i++)
		write_choice(p, &groupings[i], &groupings[i] == g);
	page_add(p, "</p>\n");
	page_search_form(p);
	write_indexes(p);
	write_groups(p, g);
}
