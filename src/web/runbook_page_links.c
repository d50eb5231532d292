/* Paths, hrefs and where a runbook's links lead. Nothing here is the file system: what is not in the catalog is nowhere. */
#include <string.h>

#include "base/ascii.h"
#include "catalog/html.h"
#include "catalog/pages.h"
#include "runbook_page.h"

#define PATH_BYTES_MAX 4096

void page_root(const struct runbook_page *p, struct buf *href)
{
	size_t up = 0;
	if (p->base) {
		buf_add_c(href, p->base);
		return;
	}
	for (size_t i = 0; i < p->path.n; i++)
		up += p->path.p[i] == '/';
	buf_add_c(href, up ? "" : "./");
	while (up--)
		buf_add_c(href, "../");
}

void page_href(const struct runbook_page *p, struct str path, struct str fragment, struct buf *href)
{
	page_root(p, href);
	html_encode(href, path, true);
	if (p->key.n) {
		buf_add_c(href, "?incident=");
		html_encode(href, p->key, false);
	}
	buf_add(href, fragment);
}

void page_link_section(const struct runbook_page *p, struct str path, struct str anchor, struct str text)
{
	AUTOBUF struct buf href;
	AUTOBUF struct buf fragment;
	buf_init(&href, RUNBOOK_PAGE_MAX);
	buf_init(&fragment, RUNBOOK_PAGE_MAX);
	if (anchor.n) {
		buf_add_char(&fragment, '#');
		html_encode(&fragment, anchor, false);
	}
	page_href(p, path, buf_str(&fragment), &href);
	page_add(p, "<a href=\"");
	page_text(p, buf_str(&href));
	page_add(p, "\">");
	page_text(p, text);
	page_add(p, "</a>");
}

void page_link(const struct runbook_page *p, struct str path, struct str text)
{
	page_link_section(p, path, (struct str){NULL, 0}, text);
}

const char *runbook_page_root(struct arena *arena, struct str path)
{
	AUTOBUF struct buf root;
	const struct runbook_page at = {.path = path};
	buf_init(&root, RUNBOOK_PAGE_MAX);
	page_root(&at, &root);
	if (!str_starts(buf_str(&root), STR("..")))
		buf_reset(&root); /* "./" */
	buf_add_c(&root, "../");
	return arena_cstr(arena, buf_str(&root));
}

/* ---- what a path stands for ---- */

const struct catalog_text *page_find(const struct runbook_page *p, struct str path)
{
	static const char *const in_folder[] = {"README.md", "index.md", "_index.md", "readme.md", NULL};
	static const char *const as_file[] = {"", ".md", NULL};
	const char *const *endings = !path.n || str_ends(path, STR("/")) ? in_folder : as_file;
	const struct catalog_text *found = NULL;
	AUTOBUF struct buf name;
	buf_init(&name, PATH_BYTES_MAX);
	for (; !found && *endings; endings++) {
		buf_reset(&name);
		buf_add(&name, path);
		buf_add_c(&name, *endings);
		found = buf_ok(&name) ? catalog_text(p->config->catalog, buf_str(&name)) : NULL;
	}
	return found;
}

/* ---- links ---- */

static struct str cut_link(struct str *rest, const char *at)
{
	size_t n = 0;
	while (n < rest->n && !(rest->p[n] && strchr(at, rest->p[n])))
		n++;
	struct str head = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return head;
}

static void decode_link(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? ascii_hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex_value(s.p[i + 2]) : -1;
		buf_add_char(out, low >= 0 ? (char)(high * 16 + low) : s.p[i]);
		i += low >= 0 ? 2 : 0;
	}
}

/* "a/b/" without its last folder; false at the top: the link leaves the folder. */
static bool leave_folder(struct buf *path)
{
	if (!path->n)
		return false;
	path->n--;
	while (path->n && path->p[path->n - 1] != '/')
		path->n--;
	path->p[path->n] = '\0';
	return true;
}

static bool take_step(struct buf *path, struct str segment, bool last)
{
	if (str_eq_c(segment, ".."))
		return leave_folder(path);
	if (!segment.n || str_eq_c(segment, "."))
		return true;
	buf_add(path, segment);
	buf_add_c(path, last ? "" : "/");
	return true;
}

/* `target` seen from the folder of `file`: "node/a.md" + "../b.md" -> "b.md". */
static bool resolve_in_folder(struct str file, struct str target, struct buf *path)
{
	size_t folder = file.n;
	while (folder && file.p[folder - 1] != '/')
		folder--;
	buf_add(path, str_slice(file, 0, folder));
	while (target.n) {
		struct str segment = cut_link(&target, "/");
		bool last = !target.n;
		target = str_slice(target, 1, target.n);
		if (!buf_ok(path) || !take_step(path, segment, last))
			return false;
	}
	return buf_ok(path);
}

/* What the folder's own words for a path do not find, as people write it elsewhere: from the repository's root, or for a site. */
static const struct catalog_text *find_elsewhere(const struct page_links *from, struct str target)
{
	const struct catalog *c = from->page->config->catalog;
	AUTOARENA struct arena *arena = arena_new();
	struct str page = catalog_link_page(c, arena, from->file, target);
	const struct runbook *r = page.n || !str_starts(target, STR("/")) ? NULL : catalog_page_by_tail(c, target, 2);
	page = r ? r->path : page;
	return page.n ? catalog_text(c, page) : NULL;
}

static const struct catalog_text *find_target(const struct runbook_page *p, struct buf *path)
{
	const struct catalog_text *found = page_find(p, buf_str(path));
	if (found || !path->n || path->p[path->n - 1] == '/')
		return found;
	buf_add_char(path, '/');
	return page_find(p, buf_str(path));
}

static bool resolve_wiki_link(const struct page_links *from, struct str target, struct buf *href)
{
	struct wiki_target to;
	AUTOBUF struct buf fragment;
	buf_init(&fragment, PATH_BYTES_MAX);
	if (!catalog_wiki(from->page->config->catalog, from->file, target, &to))
		return false;
	if (to.anchor.n) {
		buf_add_char(&fragment, '#');
		html_encode(&fragment, to.anchor, false);
	}
	page_href(from->page, to.path, buf_str(&fragment), href);
	return true;
}

bool page_leads(void *arg, struct str target)
{
	const struct page_links *from = arg;
	struct wiki_target to;
	return catalog_wiki(from->page->config->catalog, from->file, target, &to);
}

static bool resolve_path(const struct page_links *from, struct str target, struct buf *href)
{
	AUTOBUF struct buf decoded;
	AUTOBUF struct buf path;
	struct str written = cut_link(&target, "?#");
	cut_link(&target, "#"); /* a query is some other site's own */
	buf_init(&decoded, PATH_BYTES_MAX);
	buf_init(&path, PATH_BYTES_MAX);
	decode_link(written, &decoded);
	if (!decoded.n || !buf_ok(&decoded) || str_starts(buf_str(&decoded), STR("//")))
		return false;
	const struct catalog_text *found = NULL;
	if (decoded.p[0] != '/' && resolve_in_folder(from->file, buf_str(&decoded), &path))
		found = find_target(from->page, &path);
	if (!found)
		found = find_elsewhere(from, buf_str(&decoded));
	if (found)
		page_href(from->page, found->path, target, href);
	return found != NULL;
}

bool page_resolve(void *arg, struct str target, struct buf *href)
{
	return resolve_wiki_link(arg, target, href) || resolve_path(arg, target, href);
}
