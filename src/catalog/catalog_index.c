/* Which pages only list others; and which pages of the folder the index page means by what it links to. */
#include <string.h>

#include "base/form.h"
#include "catalog/collect.h"
#include "catalog/headings.h"
#include "catalog/pages.h"
#include "catalog/site_pages.h"
#include "words/table_acting_sections.h"
#include "words/table_moved_pages.h"
#include "words/words.h"

/* ---- index or runbook ---- */

static bool acts(struct arena *arena, const struct runbook_facts *f)
{
	for (size_t i = 0; i < f->heading_count; i++) {
		struct str folded = words_fold(arena, f->headings[i].text);
		if (!f->headings[i].empty && words_table_is(&acting_sections, 0, folded))
			return true;
	}
	return false;
}

/* Into its own folder, or one below. */
static bool leads_down(struct str url)
{
	ptrdiff_t hash = str_index(url, '#');
	struct str path = hash < 0 ? url : str_slice(url, 0, (size_t)hash);
	return path.n && path.p[0] != '/' && path.p[0] != '.' && str_find(path, STR(":")) < 0 &&
	       (page_kind_of(path) != PAGE_NONE || str_index(path, '.') < 0);
}

static bool lists_others(const struct runbook_facts *f)
{
	for (size_t i = 0; i < f->link_count; i++)
		if (!f->links[i].image && leads_down(f->links[i].url))
			return true;
	return false;
}

static bool has_only_empty_headings(const struct runbook_facts *f)
{
	for (size_t i = 0; i < f->heading_count; i++)
		if (!f->headings[i].empty)
			return false;
	return f->heading_count > 0;
}

static bool is_alone(const struct catalog *c, struct str path)
{
	struct str folder = page_folder(path), other;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &other, &value);)
		if (!str_eq(other, path) && str_starts(other, folder) &&
		    (!folder.n || (other.n > folder.n && other.p[folder.n] == '/')))
			return false;
	return true;
}

/* Hugo's own list of what lies in the folder. */
static bool is_section_page(const struct catalog *c, struct str path)
{
	return (str_eq_c(path, "_index.md") || str_ends(path, STR("/_index.md"))) && !is_alone(c, path);
}

static bool is_index_page(struct catalog *c, struct str path, const struct runbook_facts *f)
{
	bool root = str_eq(path, c->index_path);
	if (!root && !page_stands_for_folder(path))
		return false;
	bool runbook = f->self.alerts.n || acts(c->arena, f);
	if (root)
		return !runbook || c->index.runbooks_count;
	return !runbook && (lists_others(f) || has_only_empty_headings(f) || is_section_page(c, path));
}

void indexes_mark(struct catalog *c)
{
	struct str path;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &path, &value);) {
		struct runbook_file *file = value;
		file->is_index = is_index_page(c, path, &file->facts);
	}
}

/* ---- pages that have moved ---- */

#define STUB_BYTES_MAX 600 /* a page that says more than where it has gone is still one */

static bool says_moved(struct arena *arena, struct str text)
{
	return words_table_has(&moved_pages, 0, words_fold(arena, text));
}

/* The page that a link of `from` means; "" where it is none of the folder. */
static struct str page_behind(struct catalog *c, struct str from, struct str url)
{
	ptrdiff_t hash = str_index(url, '#');
	struct str target = form_unescape(c->arena, hash < 0 ? url : str_slice(url, 0, (size_t)hash));
	struct wiki_target wiki;
	if (catalog_wiki(c, from, url, &wiki))
		return wiki.path;
	if (!target.n || str_find(target, STR("://")) >= 0)
		return (struct str){0};
	return pages_find(c, page_path_from(c->arena, page_folder(from), target));
}

/* The page's one link; "" where it has none or several. */
static struct str only_link(const struct runbook_facts *f)
{
	struct str url = {NULL, 0};
	for (size_t i = 0; i < f->link_count; i++) {
		if (f->links[i].image)
			continue;
		if (url.n)
			return (struct str){NULL, 0};
		url = f->links[i].url;
	}
	return url;
}

static void find_new_place(struct catalog *c, struct str path, struct runbook_file *file)
{
	const struct catalog_text *text = map_get(c->texts, path);
	struct str url = only_link(&file->facts);
	struct str rest = text->text;
	int lines = 0;
	front_matter_take(&rest, &lines);
	if (!url.n || rest.n > STUB_BYTES_MAX || file->facts.heading_count > 1 || !says_moved(c->arena, rest))
		return;
	struct str to = page_behind(c, path, url);
	if (!str_eq(to, path))
		file->moved_to = to;
	file->is_index = file->is_index || file->moved_to.n;
}

/* ---- what the index page links to ---- */

/* Of [[a|b]] some wikis show a and others b. */
static void resolve_wiki(struct catalog *c, struct fact_runbook *f)
{
	struct wiki_target to;
	const char *hash = f->anchor.n ? "#" : "";
	struct str link = str_c(
		arena_printf(c->arena, "[[%.*s%s%.*s|%.*s]]", STR_ARG(f->path), hash, STR_ARG(f->anchor), STR_ARG(f->wiki)));
	if (!catalog_wiki(c, c->index_path, link, &to))
		return;
	bool label = !str_eq(f->title, f->wiki) || str_index(f->wiki, '#') < 0;
	f->title = to.second ? f->path : label ? f->title : (struct str){NULL, 0};
	f->path = to.path;
	f->anchor = to.anchor;
}

/* ---- what it links to by a URL ---- */

/*
 * Of which repository the folder is a part, where the names do not tell: the one of which the index page links to two
 * files or more, and each of them is here.
 */
static bool is_own_repository(const struct catalog *c, struct str repository)
{
	size_t here = 0;
	for (size_t i = 0; i < c->index.elsewhere_count; i++) {
		struct hosted h;
		if (!page_hosted(c->index.elsewhere[i].path, &h) || !str_eq(h.repository, repository))
			continue;
		bool page = page_kind_of(h.path) == PAGE_MARKDOWN;
		if (page && !pages_find_below(c, h.path, 1).n)
			return false;
		here += page;
	}
	return here > 1;
}

struct judged { /* the repository that was asked about last: rows of one index mostly link to the same */
	struct str repository;
	bool own;
};

/* ../runbooks/disk.md of a folder that is called so, or that holds what other folders of that name do. */
static struct str page_of_own_folder(const struct catalog *c, struct str path)
{
	static const char *const names[] = {"runbooks", "runbook", "playbooks"};
	while (str_starts(path, STR("../")))
		path = str_slice(path, 3, path.n);
	ptrdiff_t slash = str_index(path, '/');
	struct str folder = str_slice(path, 0, slash < 0 ? 0 : (size_t)slash);
	bool own = c->folder_name.n && str_eq_nocase(folder, c->folder_name);
	for (size_t i = 0; !own && i < sizeof names / sizeof *names; i++)
		own = str_eq_nocase(folder, str_c(names[i]));
	return own ? pages_find(c, str_slice(path, (size_t)slash + 1, path.n)) : (struct str){NULL, 0};
}

static struct str page_at_url(const struct catalog *c, struct str url, struct judged *last)
{
	struct hosted h;
	if (str_find(url, STR("://")) < 0)
		return str_starts(url, STR("../")) ? page_of_own_folder(c, url) : pages_find(c, url); /* in plain text */
	struct str page = c->site ? catalog_path_at(c, url) : (struct str){NULL, 0};
	page = page.n ? page : pages_find_hosted(c, url);
	if (page.n || !page_hosted(url, &h))
		return page;
	if (!str_eq(last->repository, h.repository))
		*last = (struct judged){h.repository, is_own_repository(c, h.repository)};
	return last->own ? pages_find_below(c, h.path, 1) : page;
}

static bool is_indexed(const struct catalog *c, const struct fact_runbook *row)
{
	for (size_t i = 0; i < c->index.runbooks_count; i++)
		if (str_eq(c->index.runbooks[i].path, row->path) && str_eq(c->index.runbooks[i].anchor, row->anchor))
			return true;
	return false;
}

/* What was taken for a title of a runbook yet to be written is the path of one. */
static void no_longer_planned(struct facts *f, const struct fact_runbook *row)
{
	size_t n = 0;
	for (size_t i = 0; i < f->planned_count; i++)
		if (f->planned[i].at.line != row->at.line)
			f->planned[n++] = f->planned[i];
	f->planned_count = n;
}

static void resolve_elsewhere(struct catalog *c)
{
	struct facts *f = &c->index;
	struct judged last = {.own = false};
	for (size_t i = 0; i < f->elsewhere_count; i++) {
		struct fact_runbook row = f->elsewhere[i];
		row.path = page_at_url(c, form_unescape(c->arena, row.path), &last);
		if (!row.path.n || is_indexed(c, &row) || f->runbooks_count >= FACTS_MAX)
			continue;
		MEM_ROOM(f->runbooks, f->runbooks_count, f->runbooks_capacity);
		f->runbooks[f->runbooks_count++] = row;
		no_longer_planned(f, &row);
	}
}

static bool leads_to_moved(const struct catalog *c, const struct fact_runbook *f)
{
	const struct runbook_file *file = map_get(c->files, f->path);
	return file && file->moved_to.n;
}

void index_links_resolve(struct catalog *c)
{
	struct str path;
	void *value;
	wiki_names_finish(c);
	for (size_t i = 0; map_next(c->files, &i, &path, &value);)
		find_new_place(c, path, value);
	for (size_t i = 0; i < c->index.runbooks_count; i++) {
		struct fact_runbook *f = &c->index.runbooks[i];
		struct str page = pages_find_from_root(c, f->path);
		f->moved = leads_to_moved(c, f);
		if (f->wiki.n)
			resolve_wiki(c, f);
		else if (page.n)
			f->path = page;
	}
	resolve_elsewhere(c);
}
