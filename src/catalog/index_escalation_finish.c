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
	struct str text = escalation_listed(ix, s->escalation_text), role = escalation_role_in(text);
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

/* Of which nothing was understood in the end. */
static void drop_empty_paths(struct facts *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->escalations_count; i++)
		if (f->escalations[i].step_count)
			f->escalations[kept++] = f->escalations[i];
	f->escalations_count = kept;
}

void escalation_finish(struct index *ix)
{
	drop_empty_paths(ix->out);
	escalation_keep_paces(ix);
	for (size_t i = 0; i < ix->out->severities_count; i++)
		path_in_words(ix, &ix->out->severities[i]);
	if (ix->chain.step_count > 1 && !has_path(ix->out, (struct str){NULL, 0}))
		FACT_ADD(ix, escalations, ix->chain);
}

/* ---- paths ---- */

struct fact_escalation *escalation_for(struct index *ix, struct str severity, struct str name, int line)
{
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->escalations_count; i++) {
		struct fact_escalation *known = &f->escalations[i];
		if (str_eq_nocase(known->severity, severity) && (severity.n || str_eq(known->name, name)))
			return known;
	}
	struct fact_escalation e = {.severity = severity, .name = name, .at = index_pos(ix, line)};
	e.steps = arena_alloc(ix->arena, ESCALATION_STEPS_MAX * sizeof *e.steps);
	size_t at = f->escalations_count;
	FACT_ADD(ix, escalations, e);
	return &f->escalations[at];
}

void escalation_step(struct fact_escalation *e, int64_t after_ms, struct strs notify)
{
	if (notify.n && e->step_count < ESCALATION_STEPS_MAX)
		e->steps[e->step_count++] = (struct fact_step){after_ms, notify};
}

struct str escalation_above(struct index *ix, struct str *name)
{
	for (size_t i = ix->depth; i-- > 1;) {
		struct strs named = fact_severities_read(ix->arena, ix->places[i].heading);
		*name = ix->places[i].heading;
		if (named.n)
			return named.v[0];
	}
	*name = heading_now(ix);
	return (struct str){NULL, 0};
}

/* "P0:" over a list: its steps are for that severity. */
static struct strs severities_over_list(struct index *ix)
{
	struct strs named = escalation_severities(ix, ix->said), none = {NULL, 0};
	size_t words = 1;
	for (size_t i = 0; i < ix->said.n; i++)
		words += ix->said.p[i] == ' ';
	bool heads = str_ends(str_trim(ix->said), STR(":")) || words == named.n;
	return heads && words < 6 ? named : none;
}

void escalation_list(struct index *ix)
{
	ix->path_severities = topic_now(ix) == TOPIC_ESCALATION ? severities_over_list(ix) : (struct strs){NULL, 0};
	index_escalation_begin(ix);
}

void index_escalation_begin(struct index *ix)
{
	ix->reached_ms = 0;
	ix->waited = ix->clock_runs = false;
	ix->waits = WAITS_NOT;
	ix->told_last = (struct str){NULL, 0};
}
