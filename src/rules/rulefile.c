/* Reads a rule file: scope, then rules. */
#include "rules/rulefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "rules/rulefile_impl.h"

#define ALERTMANAGER_FILE                                                                                              \
	"is of a configuration of Alertmanager: a rule file has rules, a list with a rule for each of its routes "         \
	"(name, matchers, receivers); the receivers are in runbookd.yml. runbookctl import writes both"

#define KUBERNETES_OBJECT                                                                                              \
	"is of an object of Kubernetes: here rules say what becomes of alerts; `runbookctl coverage --rules` reads a "     \
	"PrometheusRule"

struct file_text {
	const struct yaml_node *scope, *rules;
};

struct scope_text {
	const struct yaml_node *matchers, *annotation_matchers;
	struct str owner;
};

static const struct option scope_rows[] = {
	{.name = "matchers",
     .type = OPTION_NODE,
     .offset = offsetof(struct scope_text, matchers),
     .form = "list of matchers",
     .doc = "ANDed into every rule's matchers"},
	{.name = "annotation_matchers",
     .type = OPTION_NODE,
     .offset = offsetof(struct scope_text, annotation_matchers),
     .form = "list of matchers",
     .doc = "likewise, on annotations"},
	{.name = "owner",
     .type = OPTION_STR,
     .offset = offsetof(struct scope_text, owner),
     .doc = "owner of what these rules match, where a rule names none"},
};
static const struct option_table scope_table = OPTION_TABLE(scope_rows);

static const struct option file_rows[] = {
	{.name = "scope",
     .type = OPTION_NODE,
     .offset = offsetof(struct file_text, scope),
     .inner = &scope_table,
     .doc = "what holds for all rules of the file"},
	{.name = "rules",
     .type = OPTION_NODE,
     .offset = offsetof(struct file_text, rules),
     .inner = &rule_table,
     .list = true,
     .doc = "the rules, in order"},
	{.name = "route", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "routes", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "receivers", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "global", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "inhibit_rules", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "mute_time_intervals", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "time_intervals", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "templates", .type = OPTION_FOREIGN, .doc = ALERTMANAGER_FILE},
	{.name = "apiVersion", .type = OPTION_FOREIGN, .doc = KUBERNETES_OBJECT},
	{.name = "kind", .type = OPTION_FOREIGN, .doc = KUBERNETES_OBJECT},
	{.name = "metadata", .type = OPTION_FOREIGN, .doc = KUBERNETES_OBJECT},
	{.name = "spec", .type = OPTION_FOREIGN, .doc = KUBERNETES_OBJECT},
	{.name = "groups",
     .type = OPTION_FOREIGN,
     .doc = "is of a rule file of Prometheus: here rules say what becomes of its alerts; `runbookctl coverage --rules` "
            "reads it"},
};
const struct option_table rulefile_table = OPTION_TABLE(file_rows);

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static bool read_scope(const struct rule_reader *r, const struct yaml_node *node, struct scope *out)
{
	struct scope_text text = {0};
	bool good = options_read(scope_rows, COUNT(scope_rows), node, "scope", r->arena, &text, NULL, r->err);
	good &= rule_read_matchers(r, text.matchers, &out->matchers, &out->matcher_count);
	good &= rule_read_matchers(r, text.annotation_matchers, &out->annotation_matchers, &out->annotation_matcher_count);
	out->owner = text.owner;
	if (text.owner.n > 0)
		out->owner_at = yaml_get(node, "owner")->at;
	return good;
}

static void release_scope(struct scope *s)
{
	for (size_t i = 0; i < s->matcher_count; i++)
		matcher_release(&s->matchers[i]);
	for (size_t i = 0; i < s->annotation_matcher_count; i++)
		matcher_release(&s->annotation_matchers[i]);
	free(s->matchers);
	free(s->annotation_matchers);
}

static bool read_file_rules(const struct rule_reader *r, const struct yaml_node *list, const struct scope *scope,
                            struct rulefile *out)
{
	if (!list || yaml_is_null(list))
		return true;
	if (list->kind != YAML_LIST) {
		err_at(r->err, list->at, "rules: must be a list, not a %s", yaml_kind_name(list));
		return false;
	}
	out->rules = mem_zero(list->count * sizeof *out->rules);
	bool good = true;
	for (size_t i = 0; i < list->count; i++) {
		struct rule *rule = &out->rules[out->count];
		bool readable = rule_read(r, list->items[i], scope, rule);
		if (readable)
			out->count++;
		else
			rule_release(rule);
		good &= readable;
	}
	return good;
}

/* The tree's name of the file goes with the tree. */
static void keep_positions(struct rulefile *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct rule *rule = &f->rules[i];
		rule->at.file = f->file;
		for (size_t k = 0; k < RULE_FIELDS; k++)
			rule->field_at[k].file = rule->sets[k] ? f->file : NULL;
		for (size_t k = 0; k < rule->matcher_count; k++)
			rule->matchers[k].at.file = f->file;
		for (size_t k = 0; k < rule->annotation_matcher_count; k++)
			rule->annotation_matchers[k].at.file = f->file;
	}
}

/* The tree is ten times as large as its text, and gone when the rules are there: they keep copies. */
bool rulefile_parse(struct arena *arena, const char *file, struct str text, struct rulefile *out, struct err *err)
{
	*out = (struct rulefile){.file = arena_cstr(arena, str_c(file))};
	AUTOARENA struct arena *tree = arena_new();
	const struct yaml_node *root = yaml_parse(tree, out->file, text, err);
	if (!root)
		return false;
	const struct rule_reader r = {arena, err};
	struct file_text top = {0};
	struct scope scope = {0};
	bool good = options_read(file_rows, COUNT(file_rows), root, "rule file", arena, &top, NULL, err);
	good &= read_scope(&r, top.scope, &scope);
	good &= read_file_rules(&r, top.rules, &scope, out);
	release_scope(&scope);
	keep_positions(out);
	return good;
}

void rulefile_release(struct rulefile *f)
{
	for (size_t i = 0; i < f->count; i++)
		rule_release(&f->rules[i]);
	free(f->rules);
	f->rules = NULL;
	f->count = 0;
}
