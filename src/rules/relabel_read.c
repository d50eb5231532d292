/* relabel_configs as they are written: one mapping to one step, with what Prometheus itself would refuse refused. */
#include <stdlib.h>

#include "rules/relabel_impl.h"

#define AT(member) offsetof(struct relabel_step, member)
static const struct option rows[] = {
	{.name = "source_labels", .type = OPTION_STRS, .offset = AT(sources), .doc = "Whose values are read, joined."},
	{.name = "separator", .type = OPTION_STR, .offset = AT(separator), .fallback = ";", .doc = "Between these values."},
	{.name = "regex", .type = OPTION_STR, .offset = AT(regex), .fallback = "(.*)", .doc = "All of it must match."},
	{.name = "modulus", .type = OPTION_INT, .offset = AT(modulus), .most = INT64_MAX, .doc = "For hashmod."},
	{.name = "target_label", .type = OPTION_STR, .offset = AT(target), .doc = "Which label is written."},
	{.name = "replacement", .type = OPTION_STR, .offset = AT(replacement), .fallback = "$1", .doc = "What is written."},
	{.name = "action", .type = OPTION_STR, .offset = AT(action_text), .fallback = "replace", .doc = "What is done."},
};
#define ROWS (sizeof rows / sizeof *rows)
const struct option_table relabel_table = OPTION_TABLE(rows);

/* What an action wants of its mapping. */
static const struct action_row {
	const char *name;
	bool needs_target, names_only; /* names_only: regex and nothing else */
	bool loses_alerts;
} actions[RELABEL_ACTIONS] = {
	[RELABEL_REPLACE] = {"replace", true, false, false},     [RELABEL_LOWERCASE] = {"lowercase", true, false, false},
	[RELABEL_UPPERCASE] = {"uppercase", true, false, false}, [RELABEL_HASHMOD] = {"hashmod", true, false, false},
	[RELABEL_LABELMAP] = {"labelmap", false, false, false},  [RELABEL_LABELDROP] = {"labeldrop", false, true, false},
	[RELABEL_LABELKEEP] = {"labelkeep", false, true, false}, [RELABEL_KEEP] = {"keep", false, false, true},
	[RELABEL_DROP] = {"drop", false, false, true},           [RELABEL_KEEPEQUAL] = {"keepequal", true, false, true},
	[RELABEL_DROPEQUAL] = {"dropequal", true, false, true},
};

const char *relabel_action_name(enum relabel_action action)
{
	return actions[action].name;
}

static bool find_action(struct relabel_step *step, struct err *err)
{
	for (int i = 0; i < RELABEL_ACTIONS; i++)
		if (str_eq_nocase(step->action_text, str_c(actions[i].name))) {
			step->action = (enum relabel_action)i;
			return true;
		}
	err_at(
		err, step->at,
		"relabel_configs: no action is called \"%.*s\" (replace, lowercase, uppercase, hashmod, labelmap, labeldrop, "
		"labelkeep)",
		STR_ARG(step->action_text));
	return false;
}

/* Prometheus itself writes every field out, those that an action has no use for with their defaults. */
static bool says_more(const struct relabel_step *step)
{
	return step->sources.n || step->target.n || step->modulus || !str_eq_c(step->separator, ";") ||
	       !str_eq_c(step->replacement, "$1");
}

static bool check_fields(const struct relabel_step *step, struct err *err)
{
	const struct action_row *row = &actions[step->action];
	const char *wrong = NULL;

	if (row->needs_target && !step->target.n)
		wrong = "needs \"target_label\"";
	else if (row->names_only && says_more(step))
		wrong = "takes \"regex\" and nothing else";
	else if (step->action == RELABEL_HASHMOD && !step->modulus)
		wrong = "needs a \"modulus\" above 0";
	if (wrong)
		err_at(err, step->at, "relabel_configs: \"%s\" %s", row->name, wrong);
	return !wrong;
}

/* Of those that arrive. */
static bool check_arriving(const struct relabel_step *step, struct err *err)
{
	const char *name = actions[step->action].name;
	bool matches = pattern_match(step->pattern, STR("alertname"), NULL, NULL) == PATTERN_MATCH;
	bool nameless = (step->action == RELABEL_LABELDROP && matches) || (step->action == RELABEL_LABELKEEP && !matches);

	if (actions[step->action].loses_alerts)
		err_at(err, step->at,
		       "relabel_configs: \"%s\" would lose alerts that have been received: a rule with \"page: false\" records "
		       "them, a route of Alertmanager does not send them",
		       name);
	else if (nameless)
		err_at(err, step->at, "relabel_configs: \"%s\" would take alertname away: \"%.*s\"", name,
		       STR_ARG(step->regex));
	return !nameless && !actions[step->action].loses_alerts;
}

static void read_relabel_step(struct relabel *r, const struct yaml_node *node, struct err *err)
{
	struct relabel_step step;

	options_defaults(rows, ROWS, r->arena, &step);
	if (!options_read(rows, ROWS, node, "relabel_configs", r->arena, &step, NULL, err))
		return;
	step.at = node->at;
	const struct yaml_node *regex = yaml_get(node, "regex");
	if (!find_action(&step, err) || !check_fields(&step, err))
		return;
	step.pattern = pattern_compile(step.regex, regex ? regex->at : node->at, err);
	if (!step.pattern)
		return;
	if (r->keeps_name && !check_arriving(&step, err))
		pattern_free(step.pattern);
	else
		r->v[r->n++] = step;
}

static void read_relabel_steps(struct relabel *r, const struct yaml_node *list, struct err *err)
{
	r->v = mem_grow_array(NULL, list->count + 1, sizeof *r->v);
	for (size_t i = 0; i < list->count; i++)
		read_relabel_step(r, list->items[i], err);
}

struct relabel *relabel_read(const struct yaml_node *list, enum relabel_place place, struct err *err)
{
	AUTOERR struct err own = ERR_INIT;

	if (list->kind != YAML_LIST || list->count > RELABEL_STEPS_MAX) {
		err_at(err, list->at, "\"relabel_configs\" must be a list of at most %d steps", RELABEL_STEPS_MAX);
		return NULL;
	}
	struct relabel *r = mem_zero(sizeof *r);
	*r = (struct relabel){.arena = arena_new(), .keeps_name = place == RELABEL_ARRIVING};
	read_relabel_steps(r, list, &own);
	if (!err_any(&own))
		return r;
	err_move(err, &own);
	relabel_free(r);
	return NULL;
}

void relabel_free(struct relabel *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		pattern_free(r->v[i].pattern);
	free(r->v);
	arena_free(r->arena);
	free(r);
}
