#include <stdlib.h>

#include "disk.h"
#include "load.h"

/* Rule tests stand beside the rules and are never loaded as rules. */
static bool is_test(struct str path)
{
	return str_ends(path, STR("_test.yml")) || str_ends(path, STR("_test.yaml"));
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct pos pattern_at(const struct loading *l, size_t i)
{
	const struct yaml_node *list = yaml_get(l->root, "rule_files");
	return list->kind == YAML_LIST ? list->items[i]->at : list->at;
}

struct found {
	struct str *v;
	size_t n, capacity;
};

static void take(struct found *f, struct str path)
{
	MEM_ROOM(f->v, f->n, f->capacity);
	f->v[f->n++] = path;
}

static void expand(struct loading *l, struct str pattern, struct pos at, struct found *f)
{
	struct strs names = {NULL, 0};
	const char *why;
	if (!disk_is_pattern(pattern)) {
		struct str path = load_path(l, pattern);
		if (is_test(path))
			err_at(l->err, at, "rule_files: \"%.*s\" holds rule tests, not rules", STR_ARG(pattern));
		else if (path.n)
			take(f, path);
		return;
	}
	if (!files_glob(l->files, l->dir, pattern, &names, &why))
		err_at(l->err, at, "rule_files: \"%.*s\": %s", STR_ARG(pattern), why);
	for (size_t i = 0; i < names.n; i++) {
		if (!is_test(names.v[i]))
			take(f, arena_str(l->c->arena, names.v[i]));
	}
}

/* Sorted by name over all patterns, each file once. */
static void find_files(struct loading *l)
{
	struct found f = {NULL, 0, 0};
	struct strs *files = &l->c->rule_files;
	for (size_t i = 0; i < l->say.rule_files.n; i++)
		expand(l, l->say.rule_files.v[i], pattern_at(l, i), &f);
	if (f.n)
		qsort(f.v, f.n, sizeof *f.v, by_path);
	files->v = arena_alloc(l->c->arena, (f.n + 1) * sizeof *files->v);
	for (size_t i = 0; i < f.n; i++) {
		if (i == 0 || !str_eq(f.v[i], f.v[i - 1]))
			files->v[files->n++] = f.v[i];
	}
	free(f.v);
}

static void add_file(struct loading *l, struct str path)
{
	struct str text;
	const char *why;
	const char *name = arena_cstr(l->c->arena, path);
	if (files_read(l->files, path, RULE_FILE_MAX, &text, &why))
		ruleset_add_file(l->c->ruleset, name, text, l->err);
	else
		err_at(l->err, (struct pos){name, 0, 0}, "%s", why);
}

static bool known(void *arg, struct str name)
{
	return load_receiver_known(arg, name);
}

void load_rules(struct loading *l)
{
	struct config *c = l->c;
	find_files(l);
	c->ruleset = ruleset_new(c->catalog, &c->defaults);
	if (c->rule_files.n > RULE_FILES_MAX) {
		err_at(l->err, load_at(l->root, "rule_files"), "more than %d rule files", RULE_FILES_MAX);
		return;
	}
	for (size_t i = 0; i < c->rule_files.n; i++)
		add_file(l, c->rule_files.v[i]);
	if (!l->names_doubtful)
		ruleset_finish(c->ruleset, known, c, l->err, l->warnings);
}
