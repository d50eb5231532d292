/* A path that is no runbook: what it may have meant. */
#include "runbook_page.h"

#define NEAR_MAX 5

/* Same but for case, the same name in another folder, or a slip of the keys. */
static bool is_misspelt_page(struct str asked, struct str path)
{
	struct str name = str_behind_last(path, '/');
	const char *known[] = {name.p};
	return str_eq_nocase(asked, path) || str_eq_nocase(str_behind_last(asked, '/'), name) ||
	       options_nearest(str_behind_last(asked, '/'), known, 1);
}

static size_t list_near(const struct runbook_page *p, bool write)
{
	size_t n = 0;
	const struct catalog_text *text;
	for (size_t i = 0; n < NEAR_MAX && (text = catalog_next_text(p->config->catalog, &i));) {
		if (!is_misspelt_page(p->path, text->path))
			continue;
		n++;
		if (!write)
			continue;
		page_add(p, "<li>");
		page_link(p, text->path, text->path);
		page_add(p, "</li>\n");
	}
	return n;
}

void page_missing(const struct runbook_page *p)
{
	const struct runbook *named = catalog_runbook(p->config->catalog, p->path);
	page_add(p, "<h1>No such runbook</h1>\n<p>The folder has no <code>");
	page_text(p, p->path);
	page_add(p, named ? "</code>; only a catalog file names it.</p>\n" : "</code>.</p>\n");
	if (named)
		page_facts(p, p->path, (struct str){NULL, 0});
	if (list_near(p, false)) {
		page_add(p, "<p>Did you mean</p>\n<ul>\n");
		list_near(p, true);
		page_add(p, "</ul>\n");
	}
}
