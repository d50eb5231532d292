/* Chains of on-call roles, whatever the severity: "Primary on-call", "Backup", "Manager" as headings or contacts. */
#include "index_impl.h"

bool escalation_is_chain_role(struct str folded)
{
	bool on_call = words_have(folded, "on call") || words_have(folded, "oncall");
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(WORD_LINK, &end); row < end; row++)
		if (words_are(folded, row->phrase) || (on_call && words_have(folded, row->phrase)))
			return true;
	return false;
}

void escalation_chain(struct index *ix, struct str role, bool always, int line)
{
	struct fact_escalation *chain = &ix->chain;
	struct str folded = words_fold(ix->arena, role);
	if ((!always && !escalation_is_chain_role(folded)) || chain->step_count == ESCALATION_STEPS_MAX)
		return;
	for (size_t i = 0; i < chain->step_count; i++) {
		if (str_eq_nocase(chain->steps[i].notify.v[0], role))
			return;
	}
	if (!chain->steps) {
		chain->steps = arena_alloc(ix->arena, ESCALATION_STEPS_MAX * sizeof *chain->steps);
		chain->at = index_pos(ix, line);
	}
	struct fact_step *step = &chain->steps[chain->step_count++];
	step->after_ms = words_have(folded, "primary") ? 0 : -1;
	strs_add(ix->arena, &step->notify, role);
}

void escalation_chain_after(struct index *ix, struct str role, int64_t ms)
{
	for (size_t i = 0; ms >= 0 && i < ix->chain.step_count; i++)
		if (str_eq_nocase(ix->chain.steps[i].notify.v[0], role))
			ix->chain.steps[i].after_ms = ms;
}

/* "On-call escalation" is what stands below it; below that, "Escalation on-call" is a role of the chain. */
static bool heads_the_chain(struct index *ix, struct str folded)
{
	enum topic above = ix->depth > 1 ? ix->places[ix->depth - 2].topic : TOPIC_NONE;
	bool below = above == TOPIC_ESCALATION || above == TOPIC_ESCALATION_CONTACTS;
	return words_are(folded, "escalation") || (!below && words_have(folded, "escalation"));
}

bool escalation_heading(struct index *ix, struct str heading, int line)
{
	struct str folded = words_fold(ix->arena, heading);
	if (topic_now(ix) != TOPIC_ESCALATION || !escalation_is_chain_role(folded) || heads_the_chain(ix, folded))
		return false;
	escalation_chain(ix, heading, false, line);
	return true;
}
