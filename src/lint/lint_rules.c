/* Findings about rules by proof: dead, contradictory, without effect, twins. */
#include <stdlib.h>
#include <string.h>

#include "lint/lint_impl.h"

static const struct pos nowhere = {NULL, 0, 0};

/* ---- names ---- */

static void add_said_matcher(struct buf *out, const struct matcher *m)
{
	buf_printf(out, "%.*s%s\"%.*s\"", STR_ARG(m->name), matcher_op_text(m->op), STR_ARG(m->value));
}

/* In the order of enum rule_field, as they are written. */
static const char *const field_names[RULE_FIELDS] = {
	"runbook",    "severity",     "owner",     "receivers", "escalation", "group_by", "repeat_interval",
	"page_after", "resolve_hold", "heartbeat", "active",    "mute",       "summary",  "page"};

/* ---- a rule alone ---- */

static bool report_contradiction(struct linting *l, const struct rule *rule)
{
	const struct matcher *why[2];
	AUTOBUF struct buf first, second;
	buf_init(&first, SIZE_MAX);
	buf_init(&second, SIZE_MAX);
	if (!shadow_never_matches(l->shadow, rule, why))
		return false;
	add_said_matcher(&first, why[0]);
	add_said_matcher(&second, why[1]);
	if (why[0] == why[1])
		lint_add(l->out, LINT_CONTRADICTORY_MATCHERS, rule, why[1]->at, nowhere,
		         "rule \"%.*s\" can never match: nothing satisfies %s", STR_ARG(rule->name), second.p);
	else
		lint_add(l->out, LINT_CONTRADICTORY_MATCHERS, rule, why[1]->at, why[0]->at,
		         "rule \"%.*s\" can never match: %s and %s never hold together", STR_ARG(rule->name), first.p,
		         second.p);
	return true;
}

/* ---- a rule behind others ---- */

/* The earlier rules that match whatever a rule matches. */
struct cover {
	const struct rule *stopper;             /* the first that does not continue */
	const struct rule *nearly;              /* the first such that leaves only alerts with line breaks in a value */
	const struct rule *twin;                /* the first that matches nothing else either */
	const struct rule *setter[RULE_FIELDS]; /* the first that sets what this one sets */
	const struct rule *first;               /* the first setter of all */
	size_t receivers_left;                  /* that no earlier rule adds */
	bool *receiver_covered;
};

static void cover_receivers(struct cover *c, const struct rule *rule, const struct rule *by)
{
	for (size_t i = 0; i < rule->receivers.n; i++)
		if (!c->receiver_covered[i] && !(rule->receiver_templates && rule->receiver_templates[i]) &&
		    strs_contain(&by->receivers, rule->receivers.v[i])) {
			c->receiver_covered[i] = true;
			c->receivers_left--;
		}
}

static void cover_by(struct linting *l, struct cover *c, const struct rule *rule, const struct rule *by)
{
	if (!c->twin && shadow_implies(l->shadow, by, rule))
		c->twin = by;
	if (!by->goes_on) {
		c->stopper = by;
		return;
	}
	cover_receivers(c, rule, by);
	for (int f = 0; f < RULE_FIELDS; f++) {
		bool set = rule->sets[f] && by->sets[f] && (f != RULE_RECEIVERS || c->receivers_left == 0);
		if (!set || c->setter[f])
			continue;
		c->setter[f] = by;
		if (!c->first)
			c->first = by;
	}
}

static void find_cover(struct linting *l, const struct rule *rule, struct cover *c)
{
	const struct rule *const *candidates;
	size_t n = shadow_candidates(l->shadow, rule, &candidates);
	for (size_t i = 0; i < n && !c->stopper; i++) {
		const struct rule *by = candidates[i];
		if (l->contradictory[by->index])
			continue;
		if (shadow_implies(l->shadow, rule, by))
			cover_by(l, c, rule, by);
		else if (!c->nearly && !by->goes_on && shadow_implies_but_for_line_breaks(l->shadow, rule, by))
			c->nearly = by;
	}
}

/* `.` does not match a line break, so behind `=~".*"` a rule is not quite dead. Nobody means that. */
static void report_nearly_dead(struct linting *l, const struct rule *rule, const struct rule *by)
{
	lint_add(
		l->out, LINT_UNREACHABLE_RULE, rule, rule->at, by->at,
		"rule \"%.*s\" is reached only by values with a line break in them: rule \"%.*s\" matches whatever else it "
		"matches and does not continue (\".\" does not match a line break)",
		STR_ARG(rule->name), STR_ARG(by->name))
		->level = LINT_WARNING;
}

static void report_dead_rule(struct linting *l, const struct rule *rule, const struct cover *c)
{
	const struct rule *by = c->stopper;
	if (c->twin == by)
		lint_add(l->out, LINT_DUPLICATE_RULE, rule, rule->at, by->at,
		         "rule \"%.*s\" matches the same alerts as rule \"%.*s\", which does not continue: it is never reached",
		         STR_ARG(rule->name), STR_ARG(by->name));
	else
		lint_add(l->out, LINT_UNREACHABLE_RULE, rule, rule->at, by->at,
		         "rule \"%.*s\" is never reached: rule \"%.*s\" matches whatever it matches and does not continue",
		         STR_ARG(rule->name), STR_ARG(by->name));
}

static void report_no_effect(struct linting *l, const struct rule *rule, const struct cover *c)
{
	const char *rest = rule->goes_on ? "" : "; it only ends the search";
	if (c->twin)
		lint_add(l->out, LINT_DUPLICATE_RULE, rule, rule->at, c->twin->at,
		         "rule \"%.*s\" matches the same alerts as rule \"%.*s\", and all it sets is set before it%s",
		         STR_ARG(rule->name), STR_ARG(c->twin->name), rest);
	else
		lint_add(
			l->out, LINT_SHADOWED_RULE, rule, rule->at, c->first->at,
			"rule \"%.*s\" sets nothing: rules before it, \"%.*s\" first, always set all its fields and continue%s",
			STR_ARG(rule->name), STR_ARG(c->first->name), rest);
}

/* Both say the same, so it is no mistake that one of them is not heard. Templates may know other captures. */
static bool say_the_same(const struct rule *a, const struct rule *b, int field)
{
	switch ((enum rule_field)field) {
	case RULE_SEVERITY: return str_eq_nocase(a->severity, b->severity);
	case RULE_OWNER: return str_eq_nocase(a->owner, b->owner);
	case RULE_ESCALATION: return str_eq_nocase(a->escalation, b->escalation);
	case RULE_RUNBOOK: return template_is_literal(a->runbook) && str_eq(a->runbook_text, b->runbook_text);
	case RULE_REPEAT_INTERVAL: return a->repeat_interval == b->repeat_interval;
	case RULE_PAGE_AFTER: return a->page_after == b->page_after;
	case RULE_RESOLVE_HOLD: return a->resolve_hold == b->resolve_hold;
	case RULE_HEARTBEAT: return a->heartbeat == b->heartbeat;
	case RULE_PAGE: return a->page == b->page;
	case RULE_RECEIVERS: return true; /* those that earlier rules add */
	case RULE_GROUP_BY:
	case RULE_ACTIVE:
	case RULE_MUTE:
	case RULE_SUMMARY:
	case RULE_FIELDS: break;
	}
	return false;
}

/* The scope's owner is for all rules of a file: that one of them has another already is nobody's mistake. */
static bool is_scopes(const struct rule *rule, int field)
{
	return field == RULE_OWNER && rule->field_at[field].line < rule->at.line;
}

static void report_fields(struct linting *l, const struct rule *rule, const struct cover *c)
{
	for (int f = 0; f < RULE_FIELDS; f++)
		if (c->setter[f] && !is_scopes(rule, f) && !say_the_same(rule, c->setter[f], f))
			lint_add(l->out, LINT_SHADOWED_FIELD, rule, rule->field_at[f], c->setter[f]->field_at[f],
			         "rule \"%.*s\" never sets \"%s\": rule \"%.*s\" always sets it first", STR_ARG(rule->name),
			         field_names[f], STR_ARG(c->setter[f]->name));
}

/* Two rules of one file that could be one. Across files this is how teams compose. */
static void report_twin(struct linting *l, const struct rule *rule, const struct rule *twin)
{
	if (!rule->at.file || !twin->at.file || strcmp(rule->at.file, twin->at.file) != 0)
		return;
	lint_add(l->out, LINT_DUPLICATE_RULE, rule, rule->at, twin->at,
	         "rule \"%.*s\" matches the same alerts as rule \"%.*s\": they could be one", STR_ARG(rule->name),
	         STR_ARG(twin->name))
		->level = LINT_HINT;
}

static bool has_no_effect(const struct rule *rule, const struct cover *c)
{
	for (int f = 0; f < RULE_FIELDS; f++)
		if (rule->sets[f] && !c->setter[f])
			return false;
	return c->first != NULL;
}

static void check_behind(struct linting *l, const struct rule *rule)
{
	struct cover c = {.receivers_left = rule->receivers.n};
	AUTOFREE bool *covered = mem_zero((rule->receivers.n + 1) * sizeof *covered);
	c.receiver_covered = covered;
	find_cover(l, rule, &c);
	if (c.stopper) {
		report_dead_rule(l, rule, &c);
	} else if (c.nearly) {
		report_nearly_dead(l, rule, c.nearly);
	} else if (has_no_effect(rule, &c)) {
		report_no_effect(l, rule, &c);
	} else {
		report_fields(l, rule, &c);
		if (c.twin)
			report_twin(l, rule, c.twin);
		else if (l->world->complete)
			lint_default(l, rule);
	}
}

static void linting_begin(struct linting *l, const struct lint_world *w, struct lint *out)
{
	*l = (struct linting){.world = w, .shadow = shadow_new(w->rules), .out = out};
	l->count = ruleset_rules(w->rules, &l->rules);
	l->contradictory = mem_zero((l->count + 1) * sizeof *l->contradictory);
}

static void linting_end(struct linting *l)
{
	free(l->contradictory);
	shadow_free(l->shadow);
}

void lint_rules(const struct lint_world *w, struct lint *out)
{
	struct linting l;
	linting_begin(&l, w, out);
	for (size_t i = 0; i < l.count; i++)
		l.contradictory[i] = report_contradiction(&l, l.rules[i]);
	for (size_t i = 0; i < l.count; i++)
		if (!l.contradictory[i])
			check_behind(&l, l.rules[i]);
	linting_end(&l);
}
