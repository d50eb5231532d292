/* The rules of all files in one list, and the index over them. */
#include "rules/ruleset.h"

#include <stdlib.h>

#include "rules/ruleset_impl.h"

struct ruleset *ruleset_new(const struct catalog *catalog, const struct plan_defaults *defaults)
{
	struct ruleset *rs = mem_zero(sizeof *rs);
	rs->names = map_new();
	rs->label_names = map_new_of_views();
	rs->catalog = catalog;
	rs->defaults = defaults;
	rs->arena = arena_new();
	return rs;
}

void ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; i < rs->file_count; i++) {
		rulefile_release(rs->files[i]);
		free(rs->files[i]);
	}
	literal_index_free(rs->index);
	free(rs->files);
	free(rs->rules);
	map_free(rs->names);
	map_free(rs->label_names);
	arena_free(rs->arena);
	free(rs);
}

void ruleset_drop_index(struct ruleset *rs)
{
	literal_index_free(rs->index);
	rs->index = NULL;
}

/* One whose name another has is looked at like any other, so that all its mistakes are told at once. */
static bool add_named_rule(struct ruleset *rs, struct rule *rule, struct err *err)
{
	const struct rule *other = map_get(rs->names, rule->name);
	if (other)
		err_at(err, rule->at, "rule \"%.*s\" has the name of the rule at %s:%d", STR_ARG(rule->name),
		       other->at.file ? other->at.file : "", other->at.line);
	else
		map_set(rs->names, rule->name, rule);
	MEM_ROOM(rs->rules, rs->rule_count, rs->rule_capacity);
	rule->index = rs->rule_count;
	rs->rules[rs->rule_count++] = rule;
	return !other;
}

bool ruleset_add_file(struct ruleset *rs, const char *file, struct str text, struct err *err)
{
	struct rulefile *f = mem_zero(sizeof *f);
	ruleset_drop_index(rs);
	MEM_ROOM(rs->files, rs->file_count, rs->file_capacity);
	rs->files[rs->file_count++] = f;
	bool good = rulefile_parse(rs->arena, file, text, f, err);
	for (size_t i = 0; i < f->count; i++)
		good &= add_named_rule(rs, &f->rules[i], err);
	return good;
}

size_t ruleset_rules(const struct ruleset *rs, const struct rule *const **out)
{
	*out = rs->rules;
	return rs->rule_count;
}

const struct rule *ruleset_rule(const struct ruleset *rs, struct str name)
{
	return map_get(rs->names, name);
}
