/* When an index is read: the paths that its severities tell of in words, and the chain of the page. */
#include "index_impl.h"

static struct str known_role(struct index *ix, struct str role)
{
	for (size_t i = 0; i < ix->out->contacts_count; i++) {
		if (str_eq_nocase(ix->out->contacts[i].role, role))
			return ix->out->contacts[i].role;
	}
	return role;
}

static bool has_path(const struct facts *f, struct str severity)
{
	for (size_t i = 0; i < f->escalations_count; i++) {
		if (str_eq_nocase(f->escalations[i].severity, severity))
			return true;
	}
	return false;
}

/* Behind whoever is on call come the others of the page's own chain. */
static void add_chain(struct index *ix, struct fact_escalation *e, struct str role)
{
	struct str folded = words_fold(ix->arena, role), first;
	if (ix->chain.step_count < 2 || e->step_count != 1)
		return;
	first = words_fold(ix->arena, ix->chain.steps[0].notify.v[0]);
	bool on_call = words_have(folded, "on call") || words_have(folded, "oncall");
	if (!on_call || !(words_have(first, "primary") || words_have(first, "on call")))
		return;
	for (size_t i = 1; i < ix->chain.step_count; i++)
		escalation_step(e, ix->chain.steps[i].after_ms, ix->chain.steps[i].notify);
}

static void path_in_words(struct index *ix, const struct fact_severity *s)
{
	int64_t after = -1;
	struct str text = s->escalation_text, role = escalation_role_in(text);
	struct str rest = role.n ? role : escalation_without_time(ix, text, &after);
	role = after >= 0 ? words_trim(rest) : role; /* "VP Eng after 30m": whoever is told after a time */
	bool arrows = escalation_has_arrow(text);
	if ((!role.n && !arrows) || has_path(ix->out, s->name))
		return;
	struct fact_escalation *e = escalation_for(ix, s->name, (struct str){NULL, 0}, s->at.line);
	escalation_path(ix, e, escalation_after(ix, escalation_before_arrow(text)), arrows ? text : known_role(ix, role));
	if (!arrows)
		add_chain(ix, e, role);
}

void escalation_finish(struct index *ix)
{
	for (size_t i = 0; i < ix->out->severities_count; i++)
		path_in_words(ix, &ix->out->severities[i]);
	if (ix->chain.step_count > 1 && !has_path(ix->out, (struct str){NULL, 0}))
		FACT_ADD(ix, escalations, ix->chain);
}
