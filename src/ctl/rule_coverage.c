/* Counts which rules the steps of tests have reached. */
#include "ctl/rule_coverage.h"

#include <stdlib.h>

#include "base/map.h"
#include "incident/message.h"

struct covered {
	char *file;
	int line;
	bool reached;
};

struct rule_coverage {
	struct map *by_name;
};

struct rule_coverage *rule_coverage_new(void)
{
	struct rule_coverage *c = mem_zero(sizeof *c);
	c->by_name = map_new();
	return c;
}

static void covered_free(void *value)
{
	struct covered *rule = value;
	free(rule->file);
	free(rule);
}

void rule_coverage_free(struct rule_coverage *c)
{
	if (!c)
		return;
	map_free_with(c->by_name, covered_free);
	free(c);
}

void rule_coverage_add(struct rule_coverage *c, const struct ruleset *rs)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(rs, &rules);

	for (size_t i = 0; i < n; i++) {
		if (map_get(c->by_name, rules[i]->name))
			continue;
		struct covered *rule = mem_zero(sizeof *rule);
		rule->file = mem_strdup(rules[i]->at.file);
		rule->line = rules[i]->at.line;
		map_set(c->by_name, rules[i]->name, rule);
	}
}

void rule_coverage_reach(struct rule_coverage *c, struct str name)
{
	struct covered *rule = map_get(c->by_name, name);
	if (rule)
		rule->reached = true;
}

json_t *rule_coverage_json(const struct rule_coverage *c)
{
	json_t *unreached = json_array();
	json_int_t reached = 0;
	struct str name;
	void *value;

	for (size_t i = 0; map_next(c->by_name, &i, &name, &value);) {
		const struct covered *rule = value;
		reached += rule->reached;
		if (!rule->reached)
			json_array_append_new(unreached, json_pack("{s:o, s:o, s:i}", "rule", view_text(name), "file",
			                                           view_text(str_c(rule->file)), "line", rule->line));
	}
	return json_pack("{s:I, s:I, s:o}", "rules", (json_int_t)map_count(c->by_name), "reached", reached, "unreached",
	                 unreached);
}
