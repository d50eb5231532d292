/* Findings that rest on alerts that have come: a rule that matched and never won. */
#include <stdlib.h>

#include "lint/lint.h"
#include "lint/shadow.h"

/* What the alerts say of one rule. */
struct tally {
	size_t matched, won;
	const struct rule *winner; /* the rule that ended the search before it */
	bool several;              /* not always the same one */
};

static void tally_alert(const struct rule *const *rules, size_t n, const struct lint_seen *seen, struct tally *tallies)
{
	const struct rule *winner = NULL;
	for (size_t i = 0; i < n; i++) {
		struct tally *t = &tallies[i];
		if (!shadow_matches(rules[i], &seen->alert))
			continue;
		t->matched += seen->times;
		if (!winner) {
			t->won += seen->times;
			winner = rules[i]->goes_on ? NULL : rules[i];
			continue;
		}
		t->several = t->several || (t->winner && t->winner != winner);
		t->winner = t->winner ? t->winner : winner;
	}
}

static bool is_proved_dead(const struct lint *out, const struct rule *rule)
{
	for (size_t i = 0; i < out->n; i++) {
		const struct lint_finding *f = &out->v[i];
		bool dead = f->code == LINT_UNREACHABLE_RULE || f->code == LINT_DUPLICATE_RULE;
		if (dead && f->rule_line == rule->at.line && f->at.file && str_eq_c(str_c(f->at.file), rule->at.file))
			return true;
	}
	return false;
}

void lint_evidence(const struct lint_world *w, const struct lint_seen *seen, size_t count, struct lint *out)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(w->rules, &rules);
	struct tally *tallies = mem_zero((n + 1) * sizeof *tallies);
	for (size_t i = 0; i < count; i++)
		tally_alert(rules, n, &seen[i], tallies);
	for (size_t i = 0; i < n; i++) {
		const struct tally *t = &tallies[i];
		if (t->matched < LINT_EVIDENCE_LEAST || t->won > 0 || is_proved_dead(out, rules[i]))
			continue;
		lint_add(out, LINT_NEVER_WON, rules[i], rules[i]->at, t->winner->at,
		         "rule \"%.*s\" matched %zu times, %s \"%.*s\"%s", STR_ARG(rules[i]->name), t->matched,
		         t->several ? "an earlier rule always won, rule" : "rule", STR_ARG(t->winner->name),
		         t->several ? " first" : " always won");
	}
	free(tallies);
}
