/*
 * What a file may say as a tree of tables, for help and man pages. Reading a file is options.c.
 */
#include <string.h>

#include "base/option_value.h"

struct walk {
	struct arena *arena;
	option_visit *visit;
	void *arg;
	struct buf path;
};

static void walk_table(struct walk *w, const struct option_table *table);

static void walk_row(struct walk *w, const struct option *row)
{
	size_t before = w->path.n;

	buf_printf(&w->path, "%s%s", before ? "." : "", row->name);
	w->visit(w->arg, buf_str(&w->path), row);
	if (row->inner) {
		buf_add_c(&w->path, row->list ? "[]" : "");
		walk_table(w, row->inner);
	}
	w->path.n = before;
	w->path.p[before] = '\0';
}

static void walk_table(struct walk *w, const struct option_table *table)
{
	size_t count = table->count;
	const struct option *rows = table->make ? table->make(w->arena, &count) : table->rows;

	for (size_t i = 0; i < count; i++)
		if (rows[i].type != OPTION_FOREIGN)
			walk_row(w, &rows[i]);
}

void options_walk(const struct option_table *table, option_visit *visit, void *arg)
{
	AUTOARENA struct arena *arena = arena_new();
	struct walk w = {.arena = arena, .visit = visit, .arg = arg};

	buf_init(&w.path, SIZE_MAX);
	walk_table(&w, table);
	buf_release(&w.path);
}

static const char *node_type(const struct option *row)
{
	if (row->inner)
		return row->list ? "list of mappings" : "mapping";
	return row->form;
}

void option_print_type(const struct option *row, struct buf *out)
{
	if (row->type == OPTION_CHOICE)
		option_join_choices(row, " or ", out);
	else
		buf_add_c(out, row->type == OPTION_NODE ? node_type(row) : option_type_name(row->type));
}

const char *option_default_text(const struct option *row)
{
	if (row->required)
		return "required";
	return row->fallback ? row->fallback : "";
}
