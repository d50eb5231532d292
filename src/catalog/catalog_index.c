/* Which pages only list others; and which pages of the folder the index page means by what it links to. */
#include <string.h>

#include "catalog/collect.h"
#include "catalog/pages.h"
#include "words.h"

/* ---- index or runbook ---- */

static const struct {
	const char *phrase; /* folded */
	const char *why;
} acting[] = {
	{"symptom", "what one sees when it happens"},
	{"diagnosis", "how to find out"},
	{"investigation", "how to find out"},
	{"investigate", "how to find out"},
	{"triage", "how to find out"},
	{"mitigation", "what to do"},
	{"mitigate", "what to do"},
	{"remediation", "what to do"},
	{"resolution", "what to do"},
	{"resolve", "what to do"},
	{"recovery step", "what to do"},
	{"immediate action", "what to do"},
	{"step", "what to do"},
	{"procedure", "what to do"},
	{"troubleshooting", "what to do"},
	{"rollback", "how to undo it"},
};

static bool acts(struct arena *arena, const struct runbook_facts *f)
{
	for (size_t i = 0; i < f->heading_count; i++) {
		struct str folded = words_fold(arena, f->headings[i].text);
		for (size_t k = 0; !f->headings[i].empty && k < sizeof acting / sizeof *acting; k++)
			if (words_are(folded, acting[k].phrase))
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
		if (leads_down(f->links[i].url))
			return true;
	return false;
}

static bool is_blank(const struct runbook_facts *f)
{
	for (size_t i = 0; i < f->heading_count; i++)
		if (!f->headings[i].empty)
			return false;
	return f->heading_count > 0;
}

static bool is_section_page(struct str path)
{
	return str_eq_c(path, "_index.md") || str_ends(path, STR("/_index.md"));
}

static bool is_index(struct catalog *c, struct str path, const struct runbook_facts *f)
{
	bool runbook = f->self.alerts.n || acts(c->arena, f);
	if (str_eq(path, c->index_path))
		return !runbook || c->index.runbooks_count;
	if (!page_stands_for_folder(path) || runbook)
		return false;
	return lists_others(f) || is_blank(f) || is_section_page(path);
}

void indexes_mark(struct catalog *c)
{
	struct str path;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &path, &value);) {
		struct runbook_file *file = value;
		file->is_index = is_index(c, path, &file->facts);
	}
}
