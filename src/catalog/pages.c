/* Names of pages, and a page by its path as somebody else wrote it: on a site, in a repository, in a wiki. */
#include "catalog/pages.h"

#include <string.h>

#include "base/buf.h"
#include "base/form.h"
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
	return s.n > ending.n && str_eq_nocase(str_slice(s, s.n - ending.n, s.n), ending) && s.p[s.n - ending.n - 1] != '/';
}

/* Most paths that are looked up are names without any. */
static bool has_ending(struct str path)
{
	while (path.n && path.p[path.n - 1] != '/' && path.p[path.n - 1] != '.')
		path.n--;
	return path.n && path.p[path.n - 1] == '.';
}

static int ending_of(struct str path)
{
	if (!has_ending(path))
		return -1;
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

static bool names_folder(struct str segment)
{
	for (size_t i = 0; i < sizeof folder_pages / sizeof *folder_pages; i++)
		if (str_eq_nocase(segment, str_c(folder_pages[i].name)))
			return true;
	return false;
}

bool page_stands_for_folder(struct str path)
{
	return page_kind_of(path) == PAGE_MARKDOWN && names_folder(str_behind_last(page_stem(path), '/'));
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
static struct str page_meant(struct str path)
{
	struct str stem = page_stem(without_slashes(path)), name = str_behind_last(stem, '/');
	if (!names_folder(name))
		return stem;
	return without_slashes(str_slice(stem, 0, stem.n - name.n));
}

/* node-down/runbook.md is about what its folder is called. */
struct str page_name(struct str path)
{
	struct str stem = page_meant(path), name = str_behind_last(stem, '/');
	bool generic = name.n < stem.n && str_eq_nocase(name, STR("runbook"));
	return generic ? str_behind_last(str_slice(stem, 0, stem.n - name.n - 1), '/') : name;
}

/* ---- look-ups, once all pages are there ---- */

#define PATH_BYTES_MAX 1024 /* of a path that is looked up */

static struct str lower_in_room(struct str s, char room[PATH_BYTES_MAX])
{
	if (s.n > PATH_BYTES_MAX)
		return (struct str){0};
	for (size_t i = 0; i < s.n; i++)
		room[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return (struct str){room, s.n};
}

static const struct str several_pages; /* stands where more than one page fits */

static void add_page_key(struct map *m, struct str key, const struct str *path)
{
	const struct str *other = map_get(m, key);
	map_set(m, key, other && !str_eq(*other, *path) ? (void *)(uintptr_t)&several_pages : (void *)(uintptr_t)path);
}

/* "a/b/c", then "b/c", then "c"; false behind the last. */
static bool next_tail(struct str *path)
{
	ptrdiff_t slash = str_index(*path, '/');
	*path = slash < 0 ? (struct str){0} : str_slice(*path, (size_t)slash + 1, path->n);
	return slash >= 0;
}

static void add_page_keys(struct catalog *c, const struct str *path)
{
	char room[PATH_BYTES_MAX];
	struct str key = lower_in_room(page_meant(*path), room);
	if (!key.n)
		return;
	add_page_key(c->by_path, key, path);
	do
		add_page_key(c->by_tail, key, path);
	while (next_tail(&key));
}

void pages_finish(struct catalog *c)
{
	struct str path;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &path, &value);)
		add_page_keys(c, &((struct runbook_file *)value)->facts.self.path);
}

static struct str found(const struct map *m, struct str key)
{
	const struct str *path = key.n ? map_get(m, key) : NULL;
	return path ? *path : (struct str){0};
}

/* Where two pages mean the same ("a.md" and "a/README.md"), the one that is written like the path. */
static struct str as_written(const struct catalog *c, struct str path)
{
	static const char *const forms[] = {"", ".md", "/README.md", "/index.md", "/_index.md", "/runbook.md"};
	struct str stem = page_stem(path);
	AUTOBUF struct buf name;
	buf_init(&name, SIZE_MAX); /* as long as a path somebody wrote */
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		buf_reset(&name);
		buf_add(&name, i ? stem : path);
		buf_add_c(&name, forms[i]);
		const struct runbook_file *file = map_get(c->files, without_slashes(buf_str(&name)));
		if (file)
			return file->facts.self.path;
	}
	return (struct str){0};
}

/* A page that only says where it has gone stands for that one; twice at most. */
static struct str follow_move(const struct catalog *c, struct str path)
{
	for (int i = 0; i < 2; i++) {
		const struct runbook_file *file = map_get(c->files, path);
		if (!file || !file->moved_to.n)
			break;
		path = file->moved_to;
	}
	return path;
}

struct str pages_find(const struct catalog *c, struct str path)
{
	char room[PATH_BYTES_MAX];
	path = without_slashes(path);
	struct str page = as_written(c, path);
	return follow_move(c, page.n ? page : found(c->by_path, lower_in_room(page_meant(path), room)));
}

const struct runbook *catalog_page(const struct catalog *c, struct str path)
{
	struct str page = pages_find(c, path);
	return catalog_runbook(c, page.n ? page : path);
}

static size_t segments(struct str path)
{
	size_t n = path.n > 0;
	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '/';
	return n;
}

/* Its end, where all of it is longer than any path: a link of 16 KB may have 8,000 segments. */
static struct str within_reach(struct str path)
{
	path = without_slashes(path);
	while (path.n > PATH_BYTES_MAX)
		next_tail(&path);
	return path;
}

struct str pages_find_below(const struct catalog *c, struct str path, size_t least)
{
	struct str page = {0};
	for (path = within_reach(path); !page.n && segments(path) >= least && path.n; next_tail(&path))
		page = pages_find(c, path);
	return page;
}

void catalog_set_folder_name(struct catalog *c, struct str name)
{
	c->folder_name = arena_str(c->arena, name);
}

/* A page at the folder's root has the folder's own name before it, where somebody links from outside. */
static struct str page_at_root(const struct catalog *c, struct str path)
{
	struct str name = str_behind_last(path, '/'),
			   folder = str_behind_last(without_slashes(str_slice(path, 0, path.n - name.n)), '/');
	bool own = c->folder_name.n && name.n && str_eq_nocase(folder, c->folder_name);
	return own ? pages_find(c, name) : (struct str){0};
}

struct str pages_find_by_tail(const struct catalog *c, struct str path, size_t least)
{
	char room[PATH_BYTES_MAX];
	struct str page = pages_find_below(c, path, least), key = lower_in_room(page_meant(within_reach(path)), room);
	for (; !page.n && segments(key) >= least && key.n; next_tail(&key))
		page = follow_move(c, found(c->by_tail, key));
	return page.n ? page : page_at_root(c, without_slashes(path));
}

const struct runbook *catalog_page_by_tail(const struct catalog *c, struct str path, size_t least)
{
	struct str page = pages_find_by_tail(c, path, least);
	return page.n ? catalog_runbook(c, page) : NULL;
}

/* ---- links of one page to another ---- */

struct str page_path_from(struct arena *arena, struct str folder, struct str path)
{
	if (path.n && path.p[0] == '/')
		folder.n = 0;
	char *all = arena_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(path));
	char *out = arena_alloc(arena, strlen(all) + 1);
	size_t n = 0, kept = 0; /* segments that a ".." can take back */
	for (char *save = NULL, *part = strtok_r(all, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
		if (!strcmp(part, "."))
			continue;
		if (!strcmp(part, "..") && kept) {
			while (n && out[n - 1] != '/')
				n--;
			n -= n > 0;
			kept--;
			continue;
		}
		kept += strcmp(part, "..") != 0;
		if (n)
			out[n++] = '/';
		memcpy(out + n, part, strlen(part));
		n += strlen(part);
	}
	return (struct str){out, n};
}

struct str page_folder(struct str path)
{
	struct str name = str_behind_last(path, '/');
	return name.n == path.n ? (struct str){0} : str_slice(path, 0, path.n - name.n - 1);
}
