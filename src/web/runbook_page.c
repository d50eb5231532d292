/* Writes a runbook as a page, with its incident where one is named. */
#include "runbook_page.h"

#include "catalog/html.h"
#include "catalog/markdown.h"
#include "catalog/site_pages.h"

void page_add(const struct runbook_page *p, const char *html)
{
	html_trusted(&p->page->html, str_c(html));
}

void page_text(const struct runbook_page *p, struct str text)
{
	html_say(&p->page->html, text);
}

void page_fact(const struct runbook_page *p, const char *name, struct str text)
{
	part_fact(p->page, name, text);
}

/* ---- the frame ---- */

static void write_runbook_head(const struct runbook_page *p, struct str title)
{
	struct html *h = &p->page->html;

	page_frame_begin(h, &(struct page_frame){.root = p->page->root, .place = "runbooks", .title = title});
	page_incident_bar(p);
	html_open(h, "div");
	html_class(h, "columns");
	page_incident(p);
	html_open(h, "div");
	html_class(h, "text");
	if (p->path.n)
		html_leaf(h, "p", "about", p->path);
}

/* ---- a runbook ---- */

static struct str title_of(const struct runbook_page *p, struct str file)
{
	const struct runbook *r = catalog_runbook(p->config->catalog, file);
	return r ? r->title : file;
}

static bool has_title_heading(const struct markdown *m)
{
	const struct heading *headings;
	size_t count = markdown_headings(m, &headings);
	return count && headings[0].level == 1;
}

static void write_title(const struct runbook_page *p, struct str title)
{
	page_add(p, "<h1>");
	page_text(p, title);
	page_add(p, "</h1>\n");
}

static void write_contents(const struct runbook_page *p, const struct markdown *m)
{
	AUTOBUF struct buf list;
	buf_init(&list, MARKDOWN_HTML_MAX);
	markdown_contents(m, 2, 3, &list);
	if (!list.n || !buf_ok(&list))
		return;
	page_add(p, "<nav class=\"contents\"><details><summary>Contents</summary>\n");
	buf_add(p->out, buf_str(&list));
	page_add(p, "</details></nav>\n");
}

/* What is too heavy to be made a page is still readable. */
static void write_plain(const struct runbook_page *p, struct str text, const char *why)
{
	page_add(p, "<p class=\"note\">This file is shown as it was written, because it ");
	page_text(p, str_c(why));
	page_add(p, ".</p>\n<div class=\"code\"><pre tabindex=\"0\"><code>");
	page_text(p, text);
	page_add(p, "</code></pre></div>\n");
}

/* Where the page's own title ends in the HTML; 0 when something else comes first. */
static size_t title_end(struct str html)
{
	ptrdiff_t end = str_starts(html, STR("<h1")) ? str_find(html, STR("</h1>\n")) : -1;
	return end < 0 ? 0 : (size_t)end + STR("</h1>\n").n;
}

/* Whoever follows a link of the site's to here finds its section, too. */
static void add_site_ids(const struct runbook_page *p, struct arena *arena, struct markdown *m)
{
	const struct heading *headings;
	size_t count = markdown_headings(m, &headings);
	struct str *ids = arena_alloc(arena, (count + 1) * sizeof *ids);
	site_heading_ids(catalog_site(p->config->catalog), arena, headings, count, ids);
	markdown_add_ids(m, arena, ids);
}

/* Commands are filled in for the incident beside which they stand. */
static struct markdown_links links_of(const struct runbook_page *p, struct page_links *from)
{
	struct markdown_links links = {.resolve = page_resolve, .arg = from};
	if (p->incident) {
		links.code = runbook_fill_code;
		links.code_arg = (void *)(uintptr_t)&p->incident->labels; /* it is only read */
	}
	return links;
}

static void write_article(const struct runbook_page *p, const struct catalog_text *file, const struct markdown *m)
{
	AUTOBUF struct buf html;
	buf_init(&html, MARKDOWN_HTML_MAX);
	struct page_links from = {p, file->path};
	const struct markdown_links links = links_of(p, &from);
	bool fits = markdown_html(m, &links, &html);
	size_t title = fits ? title_end(buf_str(&html)) : 0;
	page_add(p, "<article>\n");
	if (!title && !has_title_heading(m))
		write_title(p, title_of(p, file->path));
	buf_add(p->out, str_slice(buf_str(&html), 0, title));
	page_facts(p, file->path, file->text);
	page_findings(p, file->path);
	write_contents(p, m);
	if (fits)
		buf_add(p->out, str_slice(buf_str(&html), title, html.n));
	else
		write_plain(p, file->text, "makes more than 8 MiB of HTML");
	page_add(p, "</article>\n");
}

/* Wikis' links that lead to a page, and those in raw HTML. */
static void link_others(struct markdown *m, struct arena *arena, struct str text, struct page_links *from)
{
	markdown_link_wiki(m, arena, text, page_leads, from);
	markdown_link_html(m, arena);
}

static void write_text(const struct runbook_page *p, const struct catalog_text *file)
{
	AUTOARENA struct arena *arena = arena_new();
	const char *why;
	struct markdown *m = markdown_parse(arena, file->text, &why);
	struct page_links from = {p, file->path};
	if (m) {
		add_site_ids(p, arena, m);
		link_others(m, arena, file->text, &from);
		write_article(p, file, m);
	} else {
		write_title(p, title_of(p, file->path));
		page_facts(p, file->path, file->text);
		page_findings(p, file->path);
		write_plain(p, file->text, why);
	}
	markdown_free(m);
}

/* ---- which page ---- */

static int write_runbook(const struct runbook_page *p)
{
	const struct catalog_text *found = p->path.n ? page_find(p, p->path) : NULL;
	if (found) {
		write_runbook_head(p, title_of(p, found->path));
		write_text(p, found);
		return 200;
	}
	write_runbook_head(p, p->path.n ? STR("No such runbook") : STR("Runbooks"));
	if (p->path.n)
		page_missing(p);
	else
		page_index(p);
	return p->path.n ? 404 : 200;
}

int runbook_page_write(const struct runbook_page *p)
{
	return write_runbook(p);
}

/* ---- on the incident's own page ---- */

static struct runbook_page page_beside_incident(struct page *p, const struct incident *inc)
{
	return (struct runbook_page){
		.page = p,
		.config = p->config,
		.out = &p->out,
		.key = str_c(inc->key),
		.incident = inc,
		.base = "../runbooks/",
		.now = p->now,
	};
}

bool runbook_first_step(struct page *p, const struct incident *inc, const struct catalog_text *file, struct str *title,
                        struct buf *out)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct runbook_page page = page_beside_incident(p, inc);
	struct page_links from = {&page, file->path};
	const struct markdown_links links = links_of(&page, &from);
	const char *why;
	struct markdown *m = markdown_parse(arena, file->text, &why);
	if (m)
		link_others(m, arena, file->text, &from);
	bool found = m && markdown_first_step(m, &links, title, out);

	if (found)
		*title = arena_str(p->arena, *title);
	markdown_free(m);
	return found;
}

void runbook_beside(struct page *p, const struct incident *inc, const struct catalog_text *file)
{
	const struct runbook_page page = page_beside_incident(p, inc);
	write_text(&page, file);
}
