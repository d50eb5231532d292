/* The few keys of front matter that move a page. */
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

static void take_yaml(struct arena *arena, struct str front, struct site_front *out)
{
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *map = yaml_parse(arena, "front matter", front, &err);
	for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++)
		if (map->items[i]->kind == YAML_SCALAR && !yaml_is_null(map->items[i]))
			take_key(out, map->keys[i]->text, map->items[i]->text);
}

static struct str take_line(struct str *rest)
{
	ptrdiff_t end = str_index(*rest, '\n');
	struct str line = str_trim(str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end));
	*rest = str_slice(*rest, end < 0 ? rest->n : (size_t)end + 1, rest->n);
	return line;
}

static struct str unquoted(struct str s)
{
	bool quoted = s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
	return quoted ? str_slice(s, 1, s.n - 1) : s;
}

/* Lines `key = value` before the first table. */
static void take_toml(struct str rest, struct site_front *out)
{
	take_line(&rest);
	while (rest.n) {
		struct str line = take_line(&rest);
		ptrdiff_t equals = str_index(line, '=');
		if (str_eq_c(line, "+++") || str_starts(line, STR("[")))
			return;
		if (equals > 0)
			take_key(out, str_trim(str_slice(line, 0, (size_t)equals)),
			         unquoted(str_trim(str_slice(line, (size_t)equals + 1, line.n))));
	}
}

void site_front_read(struct arena *arena, struct str text, struct site_front *out)
{
	struct str rest = text;
	int lines = 0;
	*out = (struct site_front){0};
	struct str front = front_matter_take(&rest, &lines);
	if (front.n) {
		out->any = true;
		take_yaml(arena, front, out);
	} else if (str_starts(text, STR("+++\n")) || str_starts(text, STR("+++\r\n"))) {
		out->any = true;
		take_toml(text, out);
	}
}
