/* Finds the rule files and gives them to the ruleset. */
#include <stdlib.h>

#include "disk.h"
#include "load.h"

/* Rule tests stand beside the rules and are never loaded as rules. */
static bool is_test(struct str path)
{
	return str_ends(path, STR("_test.yml")) || str_ends(path, STR("_test.yaml"));
}

static int compare_paths(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* rule_files or shadow_rule_files: what stands there, and the files that it means. */
struct pattern_list {
	const char *option;
	const struct strs *patterns;
	struct strs *files;
};

static struct pos pattern_at(const struct loading *l, const char *option, size_t i)
{
	const struct yaml_node *list = yaml_get(l->root, option);
	return list->kind == YAML_LIST ? list->items[i]->at : list->at;
}

struct found {
	const char *option;
	struct str *v;
	size_t n, capacity;
};

static void add_found_path(struct found *f, struct str path)
{
	MEM_ROOM(f->v, f->n, f->capacity);
	f->v[f->n++] = path;
}

static void expand_rule_pattern(struct loading *l, struct str pattern, struct pos at, struct found *f)
{
	struct strs names = {NULL, 0};
	const char *why;
	if (!disk_is_pattern(pattern)) {
		struct str path = load_path(l, pattern);
		if (is_test(path))
			err_at(l->err, at, "%s: \"%.*s\" holds rule tests, not rules", f->option, STR_ARG(pattern));
		else if (path.n)
			add_found_path(f, path);
		return;
	}
	if (!files_glob(l->files, l->dir, pattern, &names, &why)) {
		err_at(l->err, at, "%s: \"%.*s\": %s", f->option, STR_ARG(pattern), why);
		return;
	}
	size_t before = f->n;
	for (size_t i = 0; i < names.n; i++) {
		if (!is_test(names.v[i]))
			add_found_path(f, arena_str(l->c->arena, names.v[i]));
	}
	if (f->n == before)
		err_warn(l->warnings, at, "%s: \"%.*s\" matches no rule file", f->option, STR_ARG(pattern));
}

/* Sorted by name over all patterns, each file once. */
static void find_files(struct loading *l, const struct pattern_list *list)
{
	struct found f = {.option = list->option};
	struct strs *files = list->files;
	for (size_t i = 0; i < list->patterns->n; i++)
		expand_rule_pattern(l, list->patterns->v[i], pattern_at(l, list->option, i), &f);
	if (f.n)
		qsort(f.v, f.n, sizeof *f.v, compare_paths);
	files->v = arena_alloc(l->c->arena, (f.n + 1) * sizeof *files->v);
	for (size_t i = 0; i < f.n; i++) {
		if (i == 0 || !str_eq(f.v[i], f.v[i - 1]))
			files->v[files->n++] = f.v[i];
	}
	free(f.v);
	if (files->n > RULE_FILES_MAX)
		err_at(l->err, load_at(l->root, list->option), "more than %d rule files", RULE_FILES_MAX);
}

void load_rule_text(struct loading *l, struct str path, struct str text)
{
	struct config *c = l->c;
	struct config_rule_file *f = &c->rules_in_force[c->rules_in_force_count++];
	*f = (struct config_rule_file){path, arena_str(c->arena, text)};
	ruleset_add_file(c->ruleset, arena_cstr(c->arena, path), f->text, l->err);
}

static void load_rule_file(struct loading *l, struct str path)
{
	struct str text;
	const char *why;
	if (files_read(l->files, path, RULE_FILE_MAX, &text, &why))
		load_rule_text(l, path, text);
	else
		err_at(l->err, (struct pos){arena_cstr(l->c->arena, path), 0, 0}, "%s", why);
}

/* Lint looks up what rules name by itself. */
static void finish_set(struct loading *l, struct ruleset *rules)
{
	AUTOERR struct err ignored = ERR_INIT;
	bool quiet = l->options->tolerant;
	ruleset_name_receivers(rules, load_receiver_names(l));
	if (quiet || !l->names_doubtful)
		ruleset_finish(rules, config_tells, l->c, quiet ? &ignored : l->err, quiet ? &ignored : l->warnings);
}

void load_rules(struct loading *l)
{
	struct config *c = l->c;
	const struct pattern_list list = {"rule_files", &l->say.rule_files, &c->rule_files};
	find_files(l, &list);
	c->policy.rules = c->ruleset = ruleset_new(c->catalog, &c->defaults);
	if (c->rule_files.n > RULE_FILES_MAX)
		return;
	c->rules_in_force = arena_alloc(c->arena, (c->rule_files.n + 1) * sizeof *c->rules_in_force);
	if (l->say.rule_files_isolation && l->options->isolate && !err_any(l->err))
		load_isolated_rules(l);
	else
		for (size_t i = 0; i < c->rule_files.n; i++)
			load_rule_file(l, c->rule_files.v[i]);
	finish_set(l, c->ruleset);
}

/* ---- shadow rules ---- */

static void add_shadow_file(struct loading *l, struct str path)
{
	const char *name = arena_cstr(l->c->arena, path), *why;
	struct str text;
	if (files_read(l->files, path, RULE_FILE_MAX, &text, &why))
		ruleset_add_file(l->c->shadow, name, arena_str(l->c->arena, text), l->err);
	else
		err_at(l->err, (struct pos){name, 0, 0}, "%s", why);
}

/* They are held to what live rules are held to, for they are to become them; no isolation keeps an older version in force. */
void load_shadow_rules(struct loading *l)
{
	struct config *c = l->c;
	const struct pattern_list list = {"shadow_rule_files", &l->say.shadow_rule_files, &c->shadow_files};
	if (!l->say.shadow_rule_files.n)
		return;
	find_files(l, &list);
	if (c->shadow_files.n > RULE_FILES_MAX)
		return;
	c->shadow = ruleset_new(c->catalog, &c->defaults);
	for (size_t i = 0; i < c->shadow_files.n; i++)
		add_shadow_file(l, c->shadow_files.v[i]);
	finish_set(l, c->shadow);
}
