/* Where relative links lead. What is not in the catalog may still lie on the disk: pictures, scripts, other folders. */
#include <string.h>

#include "base/ascii.h"
#include "base/form.h"
#include "catalog/markdown.h"
#include "catalog/pages.h"
#include "catalog/site_pages.h"
#include "runbook_lint_impl.h"

#define TARGET_MAX 4096

static const struct pos nowhere = {NULL, 0, 0};

static struct str cut_at(struct str *rest, const char *stops)
{
	size_t n = 0;
	while (n < rest->n && !strchr(stops, rest->p[n]))
		n++;
	struct str taken = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return taken;
}

/* Two letters at least: C: is a drive. */
static bool is_scheme(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool letter = (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z';
		if (!letter && (i == 0 || !s.p[i] || !strchr("0123456789+.-", s.p[i])))
			return false;
	}
	return s.n > 1;
}

/* %CLUSTER%/x; "%C3%9C" is an escaped letter. */
static bool has_percent_name(struct str url)
{
	for (size_t i = 0; i < url.n; i++) {
		size_t end = i + 1;
		while (url.p[i] == '%' && end < url.n && (ascii_is_upper(url.p[end]) || url.p[end] == '_'))
			end++;
		if (end > i + 3 && end < url.n && url.p[end] == '%')
			return true;
	}
	return false;
}

/* __URL__/x, @@URL@@/x, {URL}/x: capitals between the same marks. */
static bool has_marked_name(struct str url)
{
	static const char *const marks[][2] = {{"__", "__"}, {"@@", "@@"}, {"{", "}"}, {"[", "]"}};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t open = str_find(url, str_c(marks[i][0]));
		struct str rest = open < 0 ? (struct str){NULL, 0} : str_slice(url, (size_t)open + strlen(marks[i][0]), url.n);
		size_t n = 0;
		while (n < rest.n &&
		       (ascii_is_upper(rest.p[n]) || (rest.p[n] == '_' && !str_starts(str_slice(rest, n, rest.n), STR("__")))))
			n++;
		if (n > 1 && str_starts(str_slice(rest, n, rest.n), str_c(marks[i][1])))
			return true;
	}
	return false;
}

/* What is filled in elsewhere, by a generator, a shell or a person: {{ base }}/x, <%= base %>/x, ${GRAFANA}/d/x, $HOST/x, <host>/x. */
static bool is_filled_in_later(struct str url)
{
	static const char *const parts[] = {"{{", "{%", "${", "$(", "%(", "#{", "<", "%="};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_find(url, str_c(parts[i])) >= 0)
			return true;
	return (url.n > 1 && url.p[0] == '$' && url.p[1] >= 'A' && url.p[1] <= 'Z') || has_percent_name(url) ||
	       has_marked_name(url);
}

/* A scheme, a site's own path, what is filled in later: not ours to follow. */
static bool is_relative(struct str url)
{
	struct str rest = url, head = cut_at(&rest, ":/?#");
	bool scheme = rest.n && rest.p[0] == ':' && is_scheme(head);
	return url.n && !scheme && url.p[0] != '/' && !is_filled_in_later(url);
}

/* "[text]((https://…))", "[text]: [https://…]": with the brackets it is the name of a file. */
static bool is_bracketed_url(struct str url)
{
	struct str rest = url.n && url.p[0] && strchr("([\"'", url.p[0]) ? str_slice(url, 1, url.n) : (struct str){NULL, 0};
	struct str head = cut_at(&rest, ":/?#");
	return is_scheme(head) && str_starts(rest, STR("://"));
}

static void add_parent_step(struct buf *path)
{
	struct str s = buf_str(path);
	if (!s.n || str_eq_c(s, "..") || str_ends(s, STR("/.."))) {
		buf_add_c(path, s.n ? "/.." : "..");
		return;
	}
	size_t n = s.n;
	while (n && s.p[n - 1] != '/')
		n--;
	path->n = n ? n - 1 : 0;
}

/* `target` from `folder`, normalised; what leaves the runbook folder begins with "..". */
static struct str normalised_path(struct arena *arena, struct str folder, struct str target)
{
	AUTOBUF struct buf path;
	buf_init(&path, TARGET_MAX);
	buf_add(&path, folder);
	while (target.n) {
		struct str segment = cut_at(&target, "/");
		target = str_slice(target, 1, target.n);
		if (str_eq_c(segment, ".."))
			add_parent_step(&path);
		else if (segment.n && !str_eq_c(segment, ".")) {
			buf_add_c(&path, path.n ? "/" : "");
			buf_add(&path, segment);
		}
	}
	return arena_str(arena, buf_str(&path));
}

static struct str folder_of_page(struct str path)
{
	size_t n = path.n;
	while (n && path.p[n - 1] != '/')
		n--;
	return n ? str_slice(path, 0, n - 1) : (struct str){NULL, 0};
}

static struct lint_page *find_in(const struct folder_lint *l, const struct map *pages, struct str path)
{
	static const char *const endings[] = {"", ".md", "/README.md", "/index.md", "/_index.md", "/readme.md"};
	struct lint_page *found = NULL;
	for (size_t i = 0; !found && i < sizeof endings / sizeof *endings; i++) {
		const char *ending = endings[i] + (path.n || endings[i][0] != '/' ? 0 : 1);
		struct str name = str_c(arena_printf(l->arena, "%.*s%s", STR_ARG(path), ending));
		char *folded = arena_cstr(l->arena, name);
		for (size_t k = 0; pages == l->by_folded && k < name.n; k++)
			folded[k] = folded[k] >= 'A' && folded[k] <= 'Z' ? (char)(folded[k] - 'A' + 'a') : folded[k];
		found = map_get(pages, (struct str){folded, name.n});
	}
	return found;
}

static bool has_extension(struct str path)
{
	struct str folder = folder_of_page(path);
	return str_index(str_slice(path, folder.n, path.n), '.') >= 0;
}

/* ---- anchors ---- */

/* "L10" or "L10-L20" of a file's source, ":~:text=…" of the browser, the prefix that GitHub puts before its ids. */
static bool is_no_heading(struct str *anchor)
{
	if (str_starts(*anchor, STR("user-content-")))
		*anchor = str_slice(*anchor, strlen("user-content-"), anchor->n);
	ptrdiff_t fragment = str_find(*anchor, STR(":~:"));
	if (fragment >= 0)
		*anchor = str_slice(*anchor, 0, (size_t)fragment);
	bool lines = anchor->n > 1 && anchor->p[0] == 'L';
	for (size_t i = 1; lines && i < anchor->n; i++)
		lines = ascii_is_digit(anchor->p[i]) || anchor->p[i] == '-' || anchor->p[i] == 'L' || anchor->p[i] == 'C';
	return !anchor->n || lines || str_eq_c(*anchor, "top");
}

static void check_anchor(const struct folder_lint *l, const struct lint_page *from, const struct fact_link *link,
                         const struct lint_page *to, struct str anchor)
{
	const struct fact_heading *near = NULL;
	bool same = false;
	if (facts_have_anchor(to->facts, anchor) || is_no_heading(&anchor) || facts_have_anchor(to->facts, anchor))
		return;
	for (size_t i = 0; i < to->facts->heading_count; i++) {
		const struct fact_heading *h = &to->facts->headings[i];
		if (str_eq_nocase(h->anchor, anchor)) {
			near = h;
			same = true;
		} else if (!near && anchor.n > 2 && str_find(h->anchor, anchor) >= 0) {
			near = h;
		}
	}
	struct pos other = near ? (struct pos){to->path.p, near->at.line, 1} : nowhere;
	struct str name = near ? near->anchor : (struct str){NULL, 0};
	if (same)
		page_finding(l, from, LINT_CASE_MISMATCH, link->at, other, "\"%.*s\" must be written #%.*s", STR_ARG(link->url),
		             STR_ARG(name));
	else
		page_finding(l, from, LINT_DEAD_ANCHOR, link->at, other, "\"%.*s\": \"%.*s\" has no heading #%.*s%s%.*s%s",
		             STR_ARG(link->url), STR_ARG(to->path), STR_ARG(anchor), near ? "; did you mean #" : "",
		             STR_ARG(name), near ? "?" : ": correct the link");
}

/* ---- links ---- */

static bool leaves_folder(struct str path)
{
	return str_eq_c(path, "..") || str_starts(path, STR("../"));
}

/* Pages that a code host makes of a repository: ../../issues/3 leads there from a file of it. */
static const struct {
	const char *name;
	const char *why;
} host_pages[] = {
	{"issues", "GitHub, GitLab, Gitea"},
	{"pull", "GitHub, one request"},
	{"pulls", "GitHub, Gitea"},
	{"merge_requests", "GitLab"},
	{"wiki", "GitHub, Gitea"},
	{"wikis", "GitLab"},
	{"tree", "a folder of any branch"},
	{"blob", "a file of any branch"},
	{"commit", "one change"},
	{"compare", "two branches"},
	{"releases", "GitHub, GitLab, Gitea"},
	{"discussions", "GitHub"},
};

static bool is_host_page(struct str path)
{
	struct str rest = path;
	size_t up = 0;
	for (; str_starts(rest, STR("../")); up++)
		rest = str_slice(rest, 3, rest.n);
	struct str first = cut_at(&rest, "/");
	for (size_t i = 0; up > 1 && i < sizeof host_pages / sizeof *host_pages; i++)
		if (str_eq_c(first, host_pages[i].name))
			return true;
	return false;
}

/* It finds its page only where the link is read from the top of the repository: here it does, on a code host it does not. */
static bool is_from_root(const struct folder_lint *l, const struct lint_page *from, const struct fact_link *link,
                         struct str path)
{
	struct str rest = link->url, target = form_unescape(l->arena, cut_at(&rest, "?#"));
	bool here = leaves_folder(path) || catalog_page(l->catalog, path);
	struct str page = here ? (struct str){NULL, 0} : catalog_link_page(l->catalog, l->arena, from->path, target);
	struct lint_page *to = page.n ? folder_page(l, page) : NULL;
	if (!to)
		return false;
	to->named = to->named || !from->runbook;
	page_finding(
		l, from, LINT_DEAD_LINK, link->at, (struct pos){to->path.p, 1, 1},
		"the link \"%.*s\" is written from the repository's top, and leads to no file from here: it is taken for "
		"\"%.*s\"; write it from the page that it stands in",
		STR_ARG(link->url), STR_ARG(to->path))
		->level = LINT_HINT;
	return true;
}

static void report_dead_link(struct folder_lint *l, const struct lint_page *from, const struct fact_link *link,
                             struct str path)
{
	struct lint_page *near = find_in(l, l->by_folded, path);
	if (near) {
		page_finding(l, from, LINT_CASE_MISMATCH, link->at, (struct pos){near->path.p, 1, 1},
		             "the link \"%.*s\" differs from the file \"%.*s\" in upper and lower case: write it alike",
		             STR_ARG(link->url), STR_ARG(near->path));
		near->named = near->named || !from->runbook;
		return;
	}
	if (is_from_root(l, from, link, path))
		return;
	if (leaves_folder(path)) {
		if (is_host_page(path))
			return;
		MEM_ROOM(l->outside, l->outside_count, l->outside_capacity);
		l->outside[l->outside_count++] = (struct lint_outside){from, link};
		return;
	}
	struct lint_finding *f =
		page_finding(l, from, LINT_DEAD_LINK, link->at, nowhere,
	                 link->image ? "the picture \"%.*s\" is no file: put it there or correct its path"
	                             : "the link \"%.*s\" leads to no file: write the page or correct the link",
	                 STR_ARG(link->url));
	if (!has_extension(path))
		f->level = LINT_HINT;
}

/* Where nothing lies around the folder, it is here without its repository: no fault of the links. */
#define ALONE_LEAST 3
void lint_outside_links(const struct folder_lint *l)
{
	bool alone = !l->surroundings && l->outside_count >= ALONE_LEAST;

	for (size_t i = 0; i < (alone ? 1 : l->outside_count); i++) {
		const struct lint_outside *o = &l->outside[i];
		AUTOFREE char *more = alone
		                          ? mem_printf(" and %zu more leave the runbook folder, and nothing is there: look at "
		                                       "it where the whole repository lies, or correct them",
		                                       l->outside_count - 1)
		                          : mem_strdup(" leads to no file (it leaves the runbook folder): correct it");
		page_finding(l, o->from, LINT_DEAD_LINK, o->link->at, nowhere, "the link \"%.*s\"%s", STR_ARG(o->link->url),
		             more)
			->level = LINT_HINT;
	}
}

/* A site generator serves foo.md as foo/: links are written from there. */
static struct lint_page *find_page(const struct folder_lint *l, const struct lint_page *from, struct str target,
                                   struct str *path)
{
	*path = normalised_path(l->arena, folder_of_page(from->path), target);
	struct lint_page *found = find_in(l, l->by_path, *path);
	if (found || has_extension(*path))
		return found;
	return find_in(l, l->by_path, normalised_path(l->arena, str_slice(from->path, 0, from->path.n - 3), target));
}

/* [[page#heading]] */
static void check_wiki_link(const struct folder_lint *l, const struct lint_page *from, const struct fact_link *link)
{
	struct wiki_target target;
	if (catalog_wiki(l->catalog, from->path, link->url, &target)) {
		struct lint_page *to = folder_page(l, target.path);
		if (to)
			to->named = to->named || (to != from && !from->runbook);
		if (to && target.anchor.n)
			check_anchor(l, from, link, to, target.anchor);
		return;
	}
	struct lint_finding *f = page_finding(
		l, from, LINT_DEAD_LINK, link->at, nowhere,
		"the link \"%.*s\": no page has that name: write the page or correct the link", STR_ARG(link->url));
	f->level = l->wiki ? f->level : LINT_HINT;
}

void lint_find_wiki(struct folder_lint *l)
{
	struct wiki_target target;
	for (size_t i = 0; i < l->page_count; i++)
		for (size_t k = 0; !l->wiki && k < l->pages[i].facts->link_count; k++)
			l->wiki = catalog_wiki(l->catalog, l->pages[i].path, l->pages[i].facts->links[k].url, &target);
}

static void check_link(struct folder_lint *l, struct lint_page *from, const struct fact_link *link)
{
	struct str rest = link->url, path, inner;
	if (wiki_link_take(link->url, &inner)) {
		check_wiki_link(l, from, link);
		return;
	}
	if (!is_relative(link->url))
		return;
	if (is_bracketed_url(link->url)) {
		page_finding(l, from, LINT_DEAD_LINK, link->at, nowhere,
		             "the link \"%.*s\" leads nowhere: take the brackets around the address away", STR_ARG(link->url));
		return;
	}
	struct str target = form_unescape(l->arena, cut_at(&rest, "?#"));
	cut_at(&rest, "#");
	struct lint_page *to = target.n ? find_page(l, from, target, &path) : from;
	if (to)
		to->named = to->named || (to != from && !from->runbook);
	else if (!l->world->on_disk(l->world->arg, path))
		report_dead_link(l, from, link, path);
	else if (leaves_folder(path))
		l->surroundings = true;
	if (to && rest.n > 1)
		check_anchor(l, from, link, to, form_unescape(l->arena, str_slice(rest, 1, rest.n)));
}

void lint_page_links(struct folder_lint *l, struct lint_page *page)
{
	for (size_t i = 0; i < page->facts->link_count && !page->to_be_copied; i++)
		check_link(l, page, &page->facts->links[i]);
}
