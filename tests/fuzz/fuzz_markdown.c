/*
 * Any bytes as a runbook: read within bounds, and the HTML holds no element, attribute or scheme that could load or run
 * something. The page's own headings are its anchors, with every
 * site generator's ids for them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog.h"
#include "catalog/markdown.h"
#include "catalog/site_pages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
	if (!truth)
		abort();
}

static bool mirror_link(void *arg, struct str target, struct buf *href)
{
	(void)arg;
	buf_add_c(href, "./");
	buf_add(href, target);
	return true;
}

/* What a tag may be, without its attributes. */
static bool known_tag(struct str tag)
{
	static const char *const names[] = {
		"p",          "h1",  "h2",     "h3",  "h4",   "h5",    "h6", "ul", "ol", "li", "a",  "em",    "code",  "pre",
		"blockquote", "del", "strong", "div", "span", "table", "tr", "td", "th", "hr", "br", "input", "thead", "tbody"};
	size_t n = 0;
	tag = str_slice(tag, str_starts(tag, STR("/")) ? 1 : 0, tag.n);
	while (n < tag.n && tag.p[n] != ' ')
		n++;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_c(str_slice(tag, 0, n), names[i]))
			return true;
	return false;
}

static void check_href(struct str tag)
{
	static const char *const starts[] = {"http:", "https:", "mailto:", "tel:", "#", "./"};
	ptrdiff_t at = str_find(tag, STR("href=\""));
	struct str url = str_slice(tag, at < 0 ? 0 : (size_t)at + 6, tag.n);
	bool fine = at < 0;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		fine |= url.n >= strlen(starts[i]) && str_eq_nocase(str_slice(url, 0, strlen(starts[i])), str_c(starts[i]));
	require(fine);
}

/* Behind the tag's name: names, each with a value in double quotes or none. */
static void check_attributes(struct str tag)
{
	static const char known[] = " href rel class id role aria-label type autocomplete checked start tabindex ";
	ptrdiff_t blank;
	while ((blank = str_index(tag, ' ')) >= 0) {
		size_t n = 0;
		tag = str_slice(tag, (size_t)blank + 1, tag.n);
		while (n < tag.n && tag.p[n] != '=' && tag.p[n] != ' ')
			n++;
		char *name = mem_printf(" %.*s ", (int)n, tag.p);
		require(n > 0 && strstr(known, name));
		free(name);
		tag = str_slice(tag, n, tag.n);
		if (!str_starts(tag, STR("=")))
			continue;
		require(str_starts(tag, STR("=\"")));
		tag = str_slice(tag, 2, tag.n);
		ptrdiff_t quote = str_index(tag, '"');
		require(quote >= 0);
		tag = str_slice(tag, (size_t)quote + 1, tag.n);
	}
	require(tag.n == 0 || str_index(tag, '"') < 0);
}

/* Text is escaped, so every < opens a tag of ours, and it ends at the next >. */
static void check_page_html(struct str html)
{
	for (ptrdiff_t open; (open = str_index(html, '<')) >= 0;) {
		html = str_slice(html, (size_t)open + 1, html.n);
		ptrdiff_t close = str_index(html, '>');
		require(close >= 0);
		struct str tag = str_slice(html, 0, (size_t)close);
		require(known_tag(tag) && str_index(tag, '<') < 0);
		check_attributes(tag);
		check_href(tag);
		html = str_slice(html, (size_t)close, html.n);
	}
}

static void check_anchors(const struct catalog *c, const struct markdown *m)
{
	const struct heading *headings;
	size_t count = markdown_headings(m, &headings);
	for (size_t i = 0; i < count; i++)
		require(runbook_has_anchor(catalog_runbook(c, STR("a.md")), headings[i].anchor));
}

/* The page has all of them as ids. */
static void check_site(const struct catalog *c, struct arena *arena, struct markdown *m)
{
	const struct heading *headings;
	size_t count = markdown_headings(m, &headings);
	struct str *ids = arena_alloc(arena, (count + 1) * sizeof *ids);
	site_heading_ids(catalog_site(c), arena, headings, count, ids);
	for (size_t i = 0; i < count; i++)
		require(str_is_utf8(ids[i]) && (!ids[i].n || runbook_has_anchor(catalog_runbook(c, STR("a.md")), ids[i])));
	markdown_add_ids(m, arena, ids);
}

static void check_markdown_page(struct str text, const struct catalog *c)
{
	static const struct markdown_links links = {.resolve = mirror_link};
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf html;
	const char *why;
	buf_init(&html, MARKDOWN_HTML_MAX);
	struct markdown *m = markdown_parse(arena, text, &why);
	require(!m == (why != NULL));
	if (!m)
		return;
	if (catalog_runbook(c, STR("a.md")))
		check_site(c, arena, m);
	if (markdown_html(m, &links, &html)) {
		require(str_is_utf8(buf_str(&html)));
		check_page_html(buf_str(&html));
	}
	markdown_contents(m, 1, 6, &html);
	if (catalog_runbook(c, STR("a.md")) && !catalog_site(c))
		check_anchors(c, m);
	markdown_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOERR struct err err = ERR_INIT;
	struct str text = {(const char *)data, size};
	/* Each generator, and none. */
	const struct site site = {.url = STR("https://site.test/"),
	                          .root = STR("https://site.test/"),
	                          .generator = (int)(size % (SITE_GENERATORS + 1)),
	                          .route_base = STR("docs"),
	                          .number_prefixes = true};
	struct catalog *c = catalog_new();
	if (site.generator < SITE_GENERATORS)
		catalog_set_site(c, &site);
	/* Front matter may be refused; the page is not. */
	catalog_add_runbook(c, "a.md", text, &err);
	catalog_finish(c, &err);
	check_markdown_page(text, c);
	catalog_free(c);
	return 0;
}
