/* The page that a link of another one means: one judgement for the index, lint and the runbook pages. */
#include "base/form.h"
#include "catalog/collect.h"
#include "catalog/markdown.h"
#include "catalog/pages.h"

/* ---- paths ---- */

static bool has_folder(const struct catalog *c, struct str path)
{
	ptrdiff_t slash = str_index(path, '/');
	struct str folder = str_slice(path, 0, slash < 0 ? 0 : (size_t)slash + 1), page;
	void *value;
	for (size_t i = 0; folder.n && map_next(c->files, &i, &page, &value);)
		if (str_starts(page, folder))
			return true;
	return false;
}

struct str pages_find_from_root(const struct catalog *c, struct str path)
{
	struct str page = pages_find(c, path), below = page.n ? page : pages_find_below(c, path, 1);
	return page.n || (below.n && has_folder(c, path)) ? page : below;
}

struct str catalog_link_page(const struct catalog *c, struct arena *arena, struct str from, struct str target)
{
	struct str page = pages_find(c, page_path_from(arena, page_folder(from), target));
	struct str root = page_path_from(arena, (struct str){NULL, 0}, target);
	bool path = str_index(root, '/') > 0 && !str_starts(root, STR("../"));
	return page.n || !path ? page : pages_find_from_root(c, root);
}

/* ---- wikis ---- */

void wiki_names_finish(struct catalog *c)
{
	struct str path;
	void *value;
	char room[CATALOG_NAME_MAX];
	for (size_t i = 0; map_next(c->files, &i, &path, &value);) {
		struct str letters = catalog_fold_letters(page_name(path), room);
		if (letters.n)
			map_set(c->wiki_names, letters, map_get(c->wiki_names, letters) ? (void *)(uintptr_t)&c->several : value);
	}
}

/* "Queue Stuck" is queue-stuck.md: a wiki's links are the names of pages. */
static struct str by_wiki_name(const struct catalog *c, struct str name)
{
	char room[CATALOG_NAME_MAX];
	struct str page = pages_find(c, name), letters = catalog_fold_letters(page_name(name), room);
	const struct runbook_file *file = letters.n ? map_get(c->wiki_names, letters) : NULL;
	if (page.n || !file || (const void *)file == (const void *)&c->several)
		return page;
	return file->facts.self.path;
}

/* "Free space" is the heading of that text. */
static struct str wiki_anchor(const struct catalog *c, struct str path, struct str said)
{
	const struct runbook_facts *facts = catalog_runbook_facts(c, path);
	for (size_t i = 0; facts && i < facts->heading_count; i++)
		if (str_eq_nocase(facts->headings[i].text, said) || str_eq_nocase(facts->headings[i].anchor, said))
			return facts->headings[i].anchor;
	return said;
}

static bool find_wiki_page(const struct catalog *c, struct str from, struct str said, struct wiki_target *out)
{
	ptrdiff_t hash = str_index(said, '#');
	struct str name = str_trim(str_slice(said, 0, hash < 0 ? said.n : (size_t)hash));
	struct str anchor = hash < 0 ? (struct str){NULL, 0} : str_trim(str_slice(said, (size_t)hash + 1, said.n));
	out->path = name.n ? by_wiki_name(c, name) : from;
	out->anchor = out->path.n && anchor.n ? wiki_anchor(c, out->path, anchor) : anchor;
	return out->path.n > 0;
}

bool catalog_wiki(const struct catalog *c, struct str from, struct str target, struct wiki_target *out)
{
	struct str inner;
	*out = (struct wiki_target){.second = false};
	if (!wiki_link_take(target, &inner))
		return false;
	ptrdiff_t bar = str_index(inner, '|');
	struct str first = str_trim(str_slice(inner, 0, bar < 0 ? inner.n : (size_t)bar));
	struct str second = str_trim(str_slice(inner, bar < 0 ? inner.n : (size_t)bar + 1, inner.n));
	if (find_wiki_page(c, from, first, out))
		return true;
	out->second = second.n && find_wiki_page(c, from, second, out);
	return out->second;
}
