/* Alerts that a table of one page sends to another: "DiskFull | [what to do](disk.md)". What a page says of itself goes before. */
#include <string.h>

#include "base/form.h"
#include "catalog/collect.h"
#include "catalog/pages.h"

/* The runbook behind a link of `from`: a section that is one, else the page; NULL where it is none of the folder. */
static struct runbook *behind_link(struct catalog *c, struct str from, struct str url)
{
	ptrdiff_t hash = str_index(url, '#');
	struct str path = form_unescape(c->arena, hash < 0 ? url : str_slice(url, 0, (size_t)hash));
	struct str anchor = hash < 0 ? (struct str){0} : str_slice(url, (size_t)hash + 1, url.n);
	struct wiki_target wiki;
	struct str page = pages_find(c, page_path_from(c->arena, page_folder(from), path));
	if (catalog_wiki(c, from, url, &wiki)) {
		page = wiki.path;
		anchor = wiki.anchor;
	}
	struct runbook *section = anchor.n ? map_get(c->runbooks, catalog_runbook_key(c->arena, page, anchor)) : NULL;
	struct runbook *whole = page.n && !str_eq(page, from) ? map_get(c->runbooks, page) : NULL;
	return section ? section : whole;
}

static void collect_sent(struct catalog *c, struct map *sent, const struct runbook_file *file)
{
	for (size_t i = 0; i < file->facts.sent_count; i++) {
		struct str name = file->facts.sent[i].name;
		struct runbook *to = behind_link(c, file->facts.self.path, file->facts.sent[i].url),
					   *other = map_get(sent, name);
		if (to && to->exists && !map_get(c->by_alert, name))
			map_set(sent, name, other && other != to ? &c->several : to);
	}
}

static void give_alert(struct catalog *c, struct runbook *to, struct str name)
{
	struct str *v = arena_alloc(c->arena, (to->alerts.n + 1) * sizeof *v);
	if (to->alerts.n)
		memcpy(v, to->alerts.v, to->alerts.n * sizeof *v);
	v[to->alerts.n] = name;
	to->alerts = (struct strs){v, to->alerts.n + 1};
	map_set(c->by_alert, name, to);
}

void names_take_sent(struct catalog *c)
{
	struct map *sent = map_new();
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &key, &value);)
		collect_sent(c, sent, value);
	for (size_t i = 0; map_next(sent, &i, &key, &value);)
		if (value != &c->several)
			give_alert(c, value, arena_str(c->arena, key));
	map_free(sent);
}
