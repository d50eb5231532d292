#include "runbook_page.h"

#include "catalog/html.h"
#include "catalog/markdown.h"
#include "catalog/site_pages.h"

void page_add(const struct runbook_page *p, const char *html)
{
	buf_add_c(p->out, html);
}

void page_text(const struct runbook_page *p, struct str text)
{
	html_text(p->out, text);
}

void page_fact(const struct runbook_page *p, const char *name, struct str text)
{
	if (!text.n)
		return;
	page_add(p, "<dt>");
	page_text(p, str_c(name));
	page_add(p, "</dt><dd>");
	page_text(p, text);
	page_add(p, "</dd>\n");
}

/* ---- the frame ---- */

static void write_head(const struct runbook_page *p, struct str title)
{
	page_add(p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	            "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	page_text(p, title);
	/* Or browsers ask for /favicon.ico. */
	page_add(p, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"");
	page_asset(p, "page.css");
	page_add(p, "\">\n<script src=\"");
	page_asset(p, "copy.js");
	page_add(p, "\" defer></script>\n</head>\n<body>\n<header><a href=\"");
	page_href(p, (struct str){NULL, 0}, (struct str){NULL, 0}, p->out);
	page_add(p, "\">Runbooks</a>");
	if (p->path.n) {
		page_add(p, " <span>");
		page_text(p, p->path);
		page_add(p, "</span>");
	}
	page_add(p, "</header>\n<div class=\"page\">\n");
	page_incident(p);
	page_add(p, "<main>\n");
}

static void write_foot(const struct runbook_page *p)
{
	page_add(p, "</main>\n</div>\n</body>\n</html>\n");
}

/* ---- a runbook ---- */

static struct str title_of(const struct runbook_page *p, struct str file)
{
	const struct runbook *r = catalog_runbook(p->config->catalog, file);
	return r ? r->title : file;
}

static bool has_own_title(const struct markdown *m)
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

static void write_article(const struct runbook_page *p, const struct catalog_text *file, const struct markdown *m)
{
	AUTOBUF struct buf html;
	buf_init(&html, MARKDOWN_HTML_MAX);
	struct page_links from = {p, file->path};
	const struct markdown_links links = {page_resolve, &from};
	bool fits = markdown_html(m, &links, &html);
	size_t title = fits ? title_end(buf_str(&html)) : 0;
	page_add(p, "<article>\n");
	if (!title && !has_own_title(m))
		write_title(p, title_of(p, file->path));
	buf_add(p->out, str_slice(buf_str(&html), 0, title));
	page_facts(p, file->path, file->text);
	write_contents(p, m);
	if (fits)
		buf_add(p->out, str_slice(buf_str(&html), title, html.n));
	else
		write_plain(p, file->text, "makes more than 8 MiB of HTML");
	page_add(p, "</article>\n");
}

static void write_runbook(const struct runbook_page *p, const struct catalog_text *file)
{
	AUTOARENA struct arena *arena = arena_new();
	const char *why;
	struct markdown *m = markdown_parse(arena, file->text, &why);
	write_head(p, title_of(p, file->path));
	if (m) {
		add_site_ids(p, arena, m);
		write_article(p, file, m);
	} else {
		write_title(p, title_of(p, file->path));
		page_facts(p, file->path, file->text);
		write_plain(p, file->text, why);
	}
	write_foot(p);
	markdown_free(m);
}

/* ---- which page ---- */

static int write_page(const struct runbook_page *p)
{
	const struct catalog_text *found = p->path.n ? page_find(p, p->path) : NULL;
	if (found) {
		write_runbook(p, found);
		return 200;
	}
	write_head(p, p->path.n ? STR("No such runbook") : STR("Runbooks"));
	if (p->path.n)
		page_missing(p);
	else
		page_index(p);
	write_foot(p);
	return p->path.n ? 404 : 200;
}

int runbook_page_write(const struct runbook_page *p)
{
	int code = write_page(p);
	return buf_ok(p->out) ? code : 500;
}
