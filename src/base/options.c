/* Reads a YAML mapping into a struct by a table of options. */
#include "base/options.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/option_value.h"

bool strs_contain(const struct strs *list, struct str s)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], s))
			return true;
	return false;
}

static void *option_target(const struct option *row, void *target)
{
	return (char *)target + row->offset;
}

/* A fallback is a row of our own tables: one that does not read is a mistake in the program. */
static void set_fallback(const struct option *row, struct arena *arena, void *target)
{
	AUTOERR struct err err = ERR_INIT;
	struct yaml_node plain = {.kind = YAML_SCALAR, .text = str_c(row->fallback)};
	const struct yaml_node *node = &plain;
	if (row->type == OPTION_STRS)
		node = yaml_parse(arena, row->name, plain.text, &err);
	struct reading r = {row, node, "default", arena, option_target(row, target), &err};
	bool ok = node && option_read_value(&r);
	if (!ok)
		fprintf(stderr, "%s\n", err_first(&err));
	assert(ok);
	(void)ok;
}

void options_defaults(const struct option *rows, size_t count, struct arena *arena, void *target)
{
	for (const struct option *row = rows; row < rows + count; row++) {
		if (row->type != OPTION_FOREIGN)
			memset(option_target(row, target), 0, option_size(row->type));
		if (row->fallback && row->type != OPTION_NODE)
			set_fallback(row, arena, target);
	}
}

static size_t find_option_row(const struct option *rows, size_t count, struct str key)
{
	size_t i = 0;
	while (i < count && !str_eq_c(key, rows[i].name))
		i++;
	return i;
}

static void unknown_key(const struct option *rows, size_t count, const struct yaml_node *key, const char *what,
                        struct err *err)
{
	AUTOFREE const char **names = mem_zero(count * sizeof *names);
	size_t own = 0;
	for (size_t i = 0; i < count; i++)
		if (rows[i].type != OPTION_FOREIGN)
			names[own++] = rows[i].name;
	const char *nearest = options_nearest(key->text, names, own);
	if (nearest)
		err_at(err, key->at, "%s: unknown key \"%.*s\"; did you mean \"%s\"?", what, STR_ARG(key->text), nearest);
	else
		err_at(err, key->at, "%s: unknown key \"%.*s\"", what, STR_ARG(key->text));
}

static bool check_required(const struct option *rows, size_t count, const struct yaml_node *map, const char *what,
                           const bool *seen, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].required || seen[i])
			continue;
		err_at(err, map ? map->at : (struct pos){NULL, 0, 0}, "%s: \"%s\" is required", what, rows[i].name);
		ok = false;
	}
	return ok;
}

bool options_read(const struct option *rows, size_t count, const struct yaml_node *map, const char *what,
                  struct arena *arena, void *target, bool *given, struct err *err)
{
	AUTOFREE bool *seen = mem_zero(count * sizeof *seen);
	bool ok = true;
	bool nothing = !map || yaml_is_null(map);
	if (!nothing && map->kind != YAML_MAP) {
		err_at(err, map->at, "%s: must be a mapping, not a %s", what, yaml_kind_name(map));
		return false;
	}
	for (size_t i = 0; !nothing && i < map->count; i++) {
		size_t row = find_option_row(rows, count, map->keys[i]->text);
		if (row == count) {
			unknown_key(rows, count, map->keys[i], what, err);
			ok = false;
		} else if (rows[row].type == OPTION_FOREIGN) {
			err_at(err, map->keys[i]->at, "%s: \"%s\" %s", what, rows[row].name, rows[row].doc);
			ok = false;
		} else if (!yaml_is_null(map->items[i])) {
			struct reading r = {&rows[row], map->items[i], what, arena, option_target(&rows[row], target), err};
			ok &= option_read_value(&r);
			seen[row] = true;
		}
	}
	ok &= check_required(rows, count, map, what, seen, err);
	if (given)
		memcpy(given, seen, count * sizeof *seen);
	return ok;
}
