/* Names of pages, and a page by its path as somebody else wrote it: on a site, in a repository, in a wiki. */
#include "catalog/pages.h"

#include <string.h>

#include "catalog/collect.h"

/* ---- endings ---- */

/* The longer before what they end in. */
static const struct {
	const char *ending;
	enum page_kind kind;
	const char *why; /* who writes it so; of an unread one: what it is written in */
} endings[] = {
	{".html.md.erb", PAGE_MARKDOWN, "Middleman: Markdown with Ruby in it, a page of .html"},
	{".html.md", PAGE_MARKDOWN, "Middleman, GitLab's older documentation"},
	{".md.erb", PAGE_MARKDOWN, "Middleman"},
	{".md.tmpl", PAGE_MARKDOWN, "a template of Go's around Markdown"},
	{".md", PAGE_MARKDOWN, "nearly everybody"},
	{".markdown", PAGE_MARKDOWN, "Jekyll, older GitHub"},
	{".mdown", PAGE_MARKDOWN, "GitHub takes it"},
	{".mkd", PAGE_MARKDOWN, "GitHub takes it"},
	{".mdx", PAGE_MARKDOWN, "Docusaurus, Astro: Markdown with components"},
	{".adoc", PAGE_UNREAD, "AsciiDoc"},
	{".asciidoc", PAGE_UNREAD, "AsciiDoc"},
	{".rst", PAGE_UNREAD, "reStructuredText"},
	{".org", PAGE_UNREAD, "Org mode"},
	{".textile", PAGE_UNREAD, "Textile"},
	{".mediawiki", PAGE_UNREAD, "MediaWiki"},
	{".html", PAGE_NONE, "what a site makes of a page"},
	{".htm", PAGE_NONE, "what a site makes of a page"},
};
enum { ENDINGS = sizeof endings / sizeof *endings };

static bool ends_nocase(struct str s, struct str ending)
{
	return s.n > ending.n && str_eq_nocase(str_slice(s, s.n - ending.n, s.n), ending) &&
	       s.p[s.n - ending.n - 1] != '/';
}

static int ending_of(struct str path)
{
	for (int i = 0; i < ENDINGS; i++)
		if (ends_nocase(path, str_c(endings[i].ending)))
			return i;
	return -1;
}

enum page_kind page_kind_of(struct str path)
{
	int i = ending_of(path);
	return i < 0 ? PAGE_NONE : endings[i].kind;
}

const char *page_language(struct str path)
{
	int i = ending_of(path);
	return i >= 0 && endings[i].kind == PAGE_UNREAD ? endings[i].why : NULL;
}

struct str page_stem(struct str path)
{
	int i = ending_of(path);
	return i < 0 ? path : str_slice(path, 0, path.n - strlen(endings[i].ending));
}

/* ---- names ---- */

static const struct {
	const char *name;
	const char *why;
} folder_pages[] = {
	{"readme", "GitHub, GitLab, VitePress and HonKit show it for the folder"},
	{"index", "every site generator's page of a folder"},
	{"_index", "Hugo's page of a section"},
};

static struct str last_segment(struct str path)
{
	size_t n = path.n;
	while (n && path.p[n - 1] != '/')
		n--;
	return str_slice(path, n, path.n);
}

static bool names_folder(struct str segment)
{
	for (size_t i = 0; i < sizeof folder_pages / sizeof *folder_pages; i++)
		if (str_eq_nocase(segment, str_c(folder_pages[i].name)))
			return true;
	return false;
}

bool page_stands_for_folder(struct str path)
{
	return page_kind_of(path) == PAGE_MARKDOWN && names_folder(last_segment(page_stem(path)));
}

static struct str without_slashes(struct str path)
{
	while (str_starts(path, STR("/")))
		path = str_slice(path, 1, path.n);
	while (str_ends(path, STR("/")))
		path.n--;
	return path;
}

/* "a/b/README.md", "a/b/", "a/b.html" and "a/b.md" are all "a/b". */
static struct str meant(struct str path)
{
	struct str stem = page_stem(without_slashes(path)), name = last_segment(stem);
	if (!names_folder(name))
		return stem;
	return without_slashes(str_slice(stem, 0, stem.n - name.n));
}

struct str page_name(struct str path)
{
	return last_segment(meant(path));
}

/* ---- look-ups, once all pages are there ---- */

#define PATH_BYTES_MAX 1024 /* of a path that is looked up */

static struct str lower(struct str s, char room[PATH_BYTES_MAX])
{
	if (s.n > PATH_BYTES_MAX)
		return (struct str){0};
	for (size_t i = 0; i < s.n; i++)
		room[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return (struct str){room, s.n};
}

static void add_once(struct catalog *c, struct map *m, struct str key, struct runbook *r)
{
	const struct runbook *other = map_get(m, key);
	map_set(m, key, other && other != r ? &c->several : r);
}

/* "a/b/c", then "b/c", then "c"; false behind the last. */
static bool next_tail(struct str *path)
{
	ptrdiff_t slash = str_index(*path, '/');
	*path = slash < 0 ? (struct str){0} : str_slice(*path, (size_t)slash + 1, path->n);
	return slash >= 0;
}

void pages_add(struct catalog *c, struct runbook *r)
{
	char room[PATH_BYTES_MAX];
	struct str key = lower(meant(r->path), room);
	if (!key.n)
		return;
	add_once(c, c->by_path, key, r);
	do
		add_once(c, c->by_tail, key, r);
	while (next_tail(&key));
}

static const struct runbook *found(const struct catalog *c, const struct map *m, struct str key)
{
	const struct runbook *r = key.n ? map_get(m, key) : NULL;
	return r == &c->several ? NULL : r;
}

/* Where two pages mean the same ("a.md" and "a/README.md"), the one that is written like the path. */
static const struct runbook *as_written(const struct catalog *c, struct str path)
{
	static const char *const forms[] = {"", ".md", "/README.md", "/index.md", "/_index.md"};
	struct str stem = page_stem(path);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		AUTOFREE char *name = mem_printf("%.*s%s", STR_ARG(i ? stem : path), forms[i]);
		const struct runbook *r = catalog_runbook(c, without_slashes(str_c(name)));
		if (r)
			return r;
	}
	return NULL;
}

const struct runbook *catalog_page(const struct catalog *c, struct str path)
{
	char room[PATH_BYTES_MAX];
	path = without_slashes(path);
	const struct runbook *r = as_written(c, path);
	return r ? r : found(c, c->by_path, lower(meant(path), room));
}

static size_t segments(struct str path)
{
	size_t n = path.n > 0;
	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '/';
	return n;
}

const struct runbook *catalog_page_by_tail(const struct catalog *c, struct str path, size_t least)
{
	char room[PATH_BYTES_MAX];
	const struct runbook *r = NULL;
	struct str rest = without_slashes(path), key;
	for (; !r && segments(rest) >= least && rest.n; next_tail(&rest))
		r = catalog_page(c, rest);
	key = lower(meant(path), room);
	for (; !r && segments(key) >= least && key.n; next_tail(&key))
		r = found(c, c->by_tail, key);
	return r;
}
