/* The few keys of front matter that move a page. */
#include "catalog/front_matter.h"
#include "site_impl.h"

static bool is_true(struct str s)
{
	return str_eq_nocase(s, STR("true")) || str_eq_nocase(s, STR("yes"));
}

static void take_key(struct site_front *f, struct str key, struct str value)
{
	if (str_eq_c(key, "slug"))
		f->slug = value;
	else if (str_eq_c(key, "permalink"))
		f->permalink = value;
	else if (str_eq_c(key, "url"))
		f->url = value;
	else if (str_eq_c(key, "id"))
		f->id = value;
	else if (str_eq_c(key, "draft"))
		f->draft = is_true(value);
	else if (str_eq_c(key, "published"))
		f->unpublished = value.n && !is_true(value);
}

void site_front_read(struct arena *arena, struct str text, struct site_front *out)
{
	AUTOERR struct err err = ERR_INIT;
	struct str rest = text;
	int lines = 0;
	*out = (struct site_front){0};
	struct str front = front_matter_take(&rest, &lines);
	const struct yaml_node *map = front_matter_read(arena, "front matter", front, &err);
	out->any = front.n > 0;
	for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++)
		if (map->items[i]->kind == YAML_SCALAR && !yaml_is_null(map->items[i]))
			take_key(out, map->keys[i]->text, map->items[i]->text);
}
