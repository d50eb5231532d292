/* What is owed after an incident. */
#include "incident/followup.h"

#include <string.h>

#include "incident/aftermath.h"

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

struct owing_list {
	struct followup *v;
	size_t n;
};

static void owe(const struct incident *inc, struct owing_list *list, size_t most, struct followup one)
{
	if (list->n == most)
		return;
	one.started_at = inc->started_at;
	one.resolved_at = inc->resolved_at;
	one.severity = inc->severity.name;
	one.done = done_of(inc, one.name);
	list->v[list->n++] = one;
}

bool followup_may_be_owed(const struct incident *inc)
{
	return inc->episode && !incident_is_open(inc) && incident_has_paged(inc) && !incident_is_drill(inc);
}

/* Of one episode, which is over. */
static void owe_after(const struct incident *inc, const struct facts *stated, struct owing_list *list)
{
	bool postmortem = false;
	size_t most = list->n + FOLLOWUPS_MAX;
	for (size_t i = 0; i < stated->policies_count; i++) {
		const struct fact_policy *p = &stated->policies[i];
		if (!is_followup_owed(p, inc))
			continue;
		postmortem |= means_postmortem(p->name);
		owe(inc, list, most,
		    (struct followup){
				.name = p->name, .tasks = p->tasks, .due_at = fact_duration_end(&p->within, inc->resolved_at)});
	}
	if (!postmortem && states_postmortem(stated) && inc->severity.rank <= FOLLOWUP_RANK)
		owe(inc, list, most,
		    (struct followup){.name = STR(FOLLOWUP_POSTMORTEM), .due_at = inc->resolved_at + FOLLOWUP_DEFAULT_MS});
}

static struct incident as_it_was(const struct incident *inc, const struct incident_aftermath *a)
{
	struct incident out = *inc;
	out.row_count = out.aftermath_count = out.sample_count = 0;
	out.quiet_at = out.heartbeat.missed_at = 0;
	out.count.total = 0;
	out.started_at = a->started_at;
	out.resolved_at = a->resolved_at;
	out.severity.name = a->severity;
	out.severity.rank = a->rank;
	out.done = a->done;
	out.done_count = a->done_count;
	memset(&out.update, 0, sizeof out.update);
	memset(&out.deadlines, 0, sizeof out.deadlines);
	out.closed_by_hand = (struct incident_person){0};
	return out;
}

/* The record goes on where a merge has found out that this episode was none of its own. */
static bool is_earlier(const struct incident *inc, const struct incident_aftermath *a)
{
	return a->started_at < inc->started_at;
}

/* Sorted by what is gravest: the newest of those that began before `before`; NULL where there is none. */
static const struct incident_aftermath *newest_before(const struct incident *inc, int64_t before)
{
	const struct incident_aftermath *found = NULL;
	for (size_t i = 0; i < inc->aftermath_count; i++) {
		const struct incident_aftermath *a = &inc->aftermaths[i];
		if (a->started_at < before && (!found || a->started_at > found->started_at))
			found = a;
	}
	return found;
}

size_t incident_followups(const struct incident *inc, const struct facts *stated, struct arena *arena,
                          struct followup **out)
{
	struct owing_list list = {
		.v = arena_alloc(arena, ((inc->aftermath_count + 1) * FOLLOWUPS_MAX + 1) * sizeof *list.v)};
	*out = list.v;
	if (!stated)
		return 0;
	if (followup_may_be_owed(inc))
		owe_after(inc, stated, &list);
	for (const struct incident_aftermath *a = newest_before(inc, inc->started_at); a;
	     a = newest_before(inc, a->started_at)) {
		const struct incident was = as_it_was(inc, a);
		owe_after(&was, stated, &list);
	}
	return list.n;
}

static bool began_then(int64_t started_at, int64_t then)
{
	return started_at / TIME_SECOND == then / TIME_SECOND;
}

/* What was noted before the next episode of which something is kept. */
static void cut_timeline_before_next(const struct incident *inc, struct incident *was)
{
	int64_t next = inc->started_at;
	for (size_t i = 0; i < inc->aftermath_count; i++)
		if (inc->aftermaths[i].started_at > was->started_at)
			next = next < inc->aftermaths[i].started_at ? next : inc->aftermaths[i].started_at;
	size_t n = 0;
	while (n < was->timeline_count && was->timeline[n].at < next)
		n++;
	was->timeline_count = n;
}

bool followup_episode(const struct incident *inc, int64_t started_at, struct incident *out)
{
	*out = *inc;
	out->aftermath_count = 0;
	if (began_then(inc->started_at, started_at))
		return true;
	for (size_t i = 0; i < inc->aftermath_count; i++)
		if (is_earlier(inc, &inc->aftermaths[i]) && began_then(inc->aftermaths[i].started_at, started_at)) {
			*out = as_it_was(inc, &inc->aftermaths[i]);
			cut_timeline_before_next(inc, out);
			return true;
		}
	return false;
}

/* ---- done ---- */

/* Among those of this episode, or of the earlier one. */
static void add_done(struct incident *inc, int64_t started_at, const struct incident_done *one)
{
	struct incident_aftermath now = aftermath_of(inc);
	for (size_t i = 0; i < inc->aftermath_count; i++)
		if (inc->aftermaths[i].started_at == started_at && is_earlier(inc, &inc->aftermaths[i])) {
			aftermath_add_done(inc->arena, &inc->aftermaths[i], one);
			return;
		}
	aftermath_add_done(inc->arena, &now, one);
	inc->done = now.done;
	inc->done_count = now.done_count;
	inc->done_capacity = now.done_capacity;
}

static void mark_followup_done(struct incident *inc, const struct followup *owed, const struct followup_done *done,
                               int64_t now)
{
	struct arena *arena = inc->arena;
	const struct incident_done one = {now, arena_str(arena, owed->name), arena_str(arena, done->by),
	                                  arena_str(arena, done->note)};
	add_done(inc, owed->started_at, &one);
	incident_note(inc, now, "followed_up", "%.*s: %.*s%s%.*s", STR_ARG(one.by), STR_ARG(one.name),
	              one.note.n ? ": " : "", STR_ARG(one.note));
}

static bool is_meant(const struct followup *owed, const struct followup_done *done)
{
	if (done->name.n && !str_eq_nocase(owed->name, done->name))
		return false;
	return !done->episode || began_then(owed->started_at, done->episode);
}

static bool after_several(const struct followup *list, size_t n, const struct followup_done *done)
{
	int64_t started_at = 0;
	for (size_t i = 0; i < n; i++) {
		if (list[i].done.at || !is_meant(&list[i], done))
			continue;
		if (started_at && started_at != list[i].started_at)
			return true;
		started_at = list[i].started_at;
	}
	return false;
}

static const char *nothing_meant(const struct incident *inc, const struct followup_done *done)
{
	if (done->episode)
		return "nothing of this is owed after an episode that began then";
	if (incident_is_open(inc))
		return "it is not over yet";
	return done->name.n ? "nothing of this name is owed of it" : "nothing is owed of it";
}

const char *followup_mark(struct incident *inc, const struct facts *stated, const struct followup_done *done,
                          int64_t now)
{
	struct followup *list;
	size_t n = incident_followups(inc, stated, inc->arena, &list), marked = 0, meant = 0;
	if (!done->episode && !done->all_episodes && after_several(list, n, done))
		return "it is owed after several episodes: say which, by when it began (episode), or all";
	for (size_t i = 0; i < n; i++) {
		if (!is_meant(&list[i], done))
			continue;
		meant++;
		if (list[i].done.at)
			continue;
		mark_followup_done(inc, &list[i], done, now);
		marked++;
	}
	if (!meant)
		return nothing_meant(inc, done);
	return marked ? NULL : "already done";
}
