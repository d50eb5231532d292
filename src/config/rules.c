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
	if (!files_glob(l->files, l->dir, pattern, &names, &why)) {
		err_at(l->err, at, "rule_files: \"%.*s\": %s", STR_ARG(pattern), why);
		return;
	}
	size_t before = f->n;
	for (size_t i = 0; i < names.n; i++) {
		if (!is_test(names.v[i]))
			take(f, arena_str(l->c->arena, names.v[i]));
	}
	if (f->n == before)
		err_add(l->warnings, "%s:%d:%d: warning: rule_files: \"%.*s\" matches no rule file", at.file, at.line,
		        at.column, STR_ARG(pattern));
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

void load_rule_text(struct loading *l, struct str path, struct str text)
{
	struct config *c = l->c;
	struct config_rule_file *f = &c->rules_in_force[c->rules_in_force_count++];
	*f = (struct config_rule_file){path, arena_str(c->arena, text)};
	ruleset_add_file(c->ruleset, arena_cstr(c->arena, path), f->text, l->err);
}

static void add_file(struct loading *l, struct str path)
{
	struct str text;
	const char *why;
	if (files_read(l->files, path, RULE_FILE_MAX, &text, &why))
		load_rule_text(l, path, text);
	else
		err_at(l->err, (struct pos){arena_cstr(l->c->arena, path), 0, 0}, "%s", why);
}

bool load_rule_receiver_known(void *arg, struct str name)
{
	return load_receiver_known(arg, name);
}

/* Lint looks up what rules name by itself. */
static void finish(struct loading *l)
{
	AUTOERR struct err ignored = ERR_INIT;
	bool quiet = l->options->tolerant;
	if (quiet || !l->names_doubtful)
		ruleset_finish(l->c->ruleset, load_rule_receiver_known, l->c, quiet ? &ignored : l->err,
		               quiet ? &ignored : l->warnings);
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
	c->rules_in_force = arena_alloc(c->arena, (c->rule_files.n + 1) * sizeof *c->rules_in_force);
	if (l->say.rule_files_isolation && l->options->isolate && !err_any(l->err))
		load_isolated_rules(l);
	else
		for (size_t i = 0; i < c->rule_files.n; i++)
			add_file(l, c->rule_files.v[i]);
	finish(l);
}
