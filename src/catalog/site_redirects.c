/*
 * Where a page of the site was found before, as its front matter states it: Hugo's `aliases`, and `redirect_from` of Jekyll's
 * plug-in, which GitHub Pages has. The site answers there with a redirect to the page.
 */
#include "catalog/front_matter.h"
#include "catalog/pages.h"
#include "site_impl.h"

#define REDIRECTS_MAX 50 /* of a page */

static const struct yaml_node *value_of(const struct yaml_node *map, const char *key)
{
	for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++)
		if (str_eq_c(map->keys[i]->text, key))
			return map->items[i];
	return NULL;
}

/* "/old/page" is from the site's root; Hugo's "old-page" stands beside the page itself. */
static struct str redirect_url(const struct site *s, struct arena *arena, const struct site_place *place,
                               struct str old)
{
	bool beside = s->generator == SITE_HUGO && !str_starts(old, STR("/"));
	struct str base = beside && !place->at_root ? s->url : s->root, page = place->path;
	if (str_ends(page, STR("/")))
		page.n--;
	struct str path = page_path_from(arena, beside ? page_folder(page) : (struct str){NULL, 0}, old);
	return str_c(arena_printf(arena, "%.*s%.*s", STR_ARG(base), STR_ARG(path)));
}

struct strs site_redirects(const struct site *s, struct arena *arena, const struct site_place *place, struct str text)
{
	const char *key = s->generator == SITE_HUGO ? "aliases" : s->generator == SITE_JEKYLL ? "redirect_from" : NULL;
	struct strs out = {NULL, 0};
	AUTOERR struct err err = ERR_INIT;
	int lines = 0;
	struct str front = key ? front_matter_take(&text, &lines) : (struct str){NULL, 0};
	if (!front.n || str_find(front, str_c(key)) < 0)
		return out;
	const struct yaml_node *one = value_of(front_matter_read(arena, "front matter", front, &err), key);
	bool list = one && one->kind == YAML_LIST;
	size_t count = list ? one->count : one != NULL;
	count = count < REDIRECTS_MAX ? count : REDIRECTS_MAX;
	out.v = arena_alloc(arena, (count + 1) * sizeof *out.v);
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *node = list ? one->items[i] : one;
		if (node->kind == YAML_SCALAR && node->text.n)
			out.v[out.n++] = redirect_url(s, arena, place, node->text);
	}
	return out;
}
