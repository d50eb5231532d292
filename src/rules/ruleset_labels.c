/* Which labels and annotations the rules and their defaults read: of an alert that is too large these are kept first. */
#include "rules/ruleset_impl.h"

static void add_label_name(struct ruleset *rs, struct str name)
{
	if (name.n)
		map_set(rs->label_names, name, rs);
}

static void add_label_list(struct ruleset *rs, const struct strs *names)
{
	for (size_t i = 0; i < names->n; i++)
		add_label_name(rs, names->v[i]);
}

static void add_matched_names(struct ruleset *rs, const struct matcher *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_label_name(rs, m[i].name);
}

/* Of {{labels.team}} the team; of {{team}}, within a section, too. */
static void add_tag_names(struct ruleset *rs, const struct template *t)
{
	struct str name;
	for (size_t i = 0; t && template_next_tag(t, &i, &name);) {
		ptrdiff_t dot = str_index(name, '.');
		add_label_name(rs, dot < 0 ? name : str_slice(name, (size_t)dot + 1, name.n));
	}
}

static void add_names_of_rule(struct ruleset *rs, const struct rule *rule)
{
	add_matched_names(rs, rule->matchers, rule->matcher_count);
	add_matched_names(rs, rule->annotation_matchers, rule->annotation_matcher_count);
	if (rule->group_by.mode == GROUP_LABELS)
		add_label_list(rs, &rule->group_by.labels);
	add_tag_names(rs, rule->runbook);
	add_tag_names(rs, rule->summary);
	for (size_t i = 0; rule->receiver_templates && i < rule->receivers.n; i++)
		add_tag_names(rs, rule->receiver_templates[i]);
}

void ruleset_gather_label_names(struct ruleset *rs)
{
	add_label_list(rs, &rs->defaults->owner_labels);
	if (rs->defaults->group_by.mode == GROUP_LABELS)
		add_label_list(rs, &rs->defaults->group_by.labels);
	for (size_t i = 0; i < rs->rule_count; i++)
		add_names_of_rule(rs, rs->rules[i]);
}

const struct map *ruleset_label_names(const struct ruleset *rs)
{
	return rs ? rs->label_names : NULL;
}
