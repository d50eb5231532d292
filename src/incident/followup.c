/* What is owed after an incident. */
#include "incident/followup.h"

#include <string.h>

#include "incident/record.h"

static bool names_severity(const struct fact_policy *p, struct str severity)
{
	for (size_t i = 0; i < p->severities.n; i++)
		if (str_eq_nocase(p->severities.v[i], severity))
			return true;
	return false;
}

static bool is_followup_owed(const struct fact_policy *p, const struct incident *inc)
{
	if (p->kind != POLICY_POST_INCIDENT)
		return false;
	return p->severities.n ? names_severity(p, inc->severity.name) : inc->severity.rank <= FOLLOWUP_RANK;
}

static int64_t followup_due_at(const struct fact_duration *within, int64_t resolved_at)
{
	if (within->next_business_day)
		return time_next_business_day(resolved_at);
	return within->ms ? resolved_at + within->ms : 0;
}

static struct incident_done done_of(const struct incident *inc, struct str name)
{
	for (size_t i = 0; i < inc->done_count; i++)
		if (str_eq(inc->done[i].name, name))
			return inc->done[i];
	return (struct incident_done){.at = 0};
}

static bool states_postmortem(const struct facts *stated)
{
	for (size_t i = 0; i < stated->sections_count; i++)
		if (stated->sections[i].postmortem)
			return true;
	return false;
}

static bool means_postmortem(struct str name)
{
	static const char *const words[] = {"mortem", "Mortem", "retrospective", "Retrospective", "incident review"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_find(name, str_c(words[i])) >= 0)
			return true;
	return false;
}

static void owe(const struct incident *inc, struct followup *list, size_t *n, struct followup one)
{
	one.done = done_of(inc, one.name);
	if (*n < FOLLOWUPS_MAX)
		list[(*n)++] = one;
}

size_t incident_followups(const struct incident *inc, const struct facts *stated, struct arena *arena,
                          struct followup **out)
{
	struct followup *list = *out = arena_alloc(arena, (FOLLOWUPS_MAX + 1) * sizeof *list);
	size_t n = 0;
	bool postmortem = false;
	bool drill = str_eq_c(labels_get(&inc->labels, STR("drill")), "true");
	if (!inc->episode || incident_is_open(inc) || !inc->generation || !stated || drill)
		return 0;
	for (size_t i = 0; i < stated->policies_count; i++) {
		const struct fact_policy *p = &stated->policies[i];
		if (!is_followup_owed(p, inc))
			continue;
		postmortem |= means_postmortem(p->name);
		owe(inc, list, &n, (struct followup){p->name, p->tasks, followup_due_at(&p->within, inc->resolved_at), {0}});
	}
	if (!postmortem && states_postmortem(stated) && inc->severity.rank <= FOLLOWUP_RANK)
		owe(inc, list, &n,
		    (struct followup){STR(FOLLOWUP_POSTMORTEM), {NULL, 0}, inc->resolved_at + FOLLOWUP_DEFAULT_MS, {0}});
	return n;
}

static void mark_followup_done(struct incident *inc, struct str name, struct str by, struct str note, int64_t now)
{
	struct incident_done *d = INCIDENT_ADD(inc, inc->done, inc->done_count, inc->done_capacity, FOLLOWUPS_MAX);
	if (!d)
		return;
	*d = (struct incident_done){now, arena_str(inc->arena, name), arena_str(inc->arena, by),
	                            arena_str(inc->arena, note)};
	incident_note(inc, now, "followed_up", "%.*s: %.*s%s%.*s", STR_ARG(by), STR_ARG(name), note.n ? ": " : "",
	              STR_ARG(note));
}

const char *followup_mark(struct incident *inc, const struct facts *stated, struct str name, struct str by,
                          struct str note, int64_t now)
{
	struct followup *list;
	size_t n = incident_followups(inc, stated, inc->arena, &list), marked = 0, meant = 0;
	if (incident_is_open(inc))
		return "it is not over yet";
	for (size_t i = 0; i < n; i++) {
		if (name.n && !str_eq_nocase(list[i].name, name))
			continue;
		meant++;
		if (list[i].done.at)
			continue;
		mark_followup_done(inc, list[i].name, by, note, now);
		marked++;
	}
	if (!meant)
		return name.n ? "nothing of this name is owed of it" : "nothing is owed of it";
	return marked ? NULL : "already done";
}
