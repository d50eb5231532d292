#include <string.h>

#include "world_impl.h"

static void fill_plan(struct world *w, struct plan *plan, size_t alert)
{
	memset(plan, 0, sizeof *plan);
	plan->alertname = STR("X");
	plan->owner.name = STR("team");
	plan->page = w->rules.page[alert];
	plan->severity.rank = w->rules.rank[alert];
	plan->severity.name = STR("P1");
	plan->page_after.ms = w->rules.page_after;
	plan->resolve_hold.ms = w->rules.resolve_hold;
	plan->repeat_interval.ms = 10 * TIME_MINUTE;
	plan->receivers.names.v = arena_alloc(w->arena, RECEIVERS * sizeof(struct str));
	for (size_t r = 0; r < RECEIVERS; r++)
		if (w->rules.receivers[alert] & (1 << r))
			plan->receivers.names.v[plan->receivers.names.n++] = str_c(receivers[r]);
}

static size_t arrivals_of(struct world *w, const struct job *job, struct arrival *out)
{
	size_t n = 0;
	for (size_t i = 0; i < ALERTS; i++) {
		if (!job->view.known[i])
			continue;
		const struct truth *t = &job->view.truth[i];
		struct alert *alert = arena_alloc(w->arena, sizeof *alert);
		struct plan *plan = arena_alloc(w->arena, sizeof *plan);
		alert->fingerprint = job->members[i].fingerprint;
		alert->resolved = !t->firing;
		alert->starts_at = t->starts_at;
		alert->ends_at = t->firing ? 0 : t->ends_at;
		fill_plan(w, plan, i);
		out[n++] = (struct arrival){alert, plan, member_in(&job->members[i])};
	}
	return n;
}

/* Loads were answered; decides and commits. A conflict loads again: another router was faster. */
void intake_step(struct world *w, struct job *job, bool lose_answer)
{
	struct incident *inc = record_of(w, job);
	struct arrival arrivals[ALERTS];
	struct decision out[ALERTS];
	struct store_member_change changes[ALERTS];
	struct counts counts = {.arena = w->arena};
	size_t n = arrivals_of(w, job, arrivals), changed = 0;
	incident_decide(inc, arrivals, n, &w->policy, world_now(w), out, &counts);
	for (size_t i = 0; i < n; i++)
		if (out[i].member_changed)
			changes[changed++] = (struct store_member_change){member_out(&arrivals[i].member),
			                                                  member_out(&out[i].member), out[i].member_ttl};
	counts_release(&counts);
	enum store_result result = commit(w, job, inc, changes, changed, NULL);
	if (result == STORE_CONFLICT) {
		tell(w, "a webhook conflicts and is decided again");
		load(w, job);
		new_id(w, job->commit_id);
		return;
	}
	for (size_t i = 0; i < n; i++)
		tell(w, "webhook: %s %s -> %s%s", arrivals[i].alert->fingerprint.p,
		     arrivals[i].alert->resolved ? "resolved" : "firing", reason_name(out[i].reason),
		     lose_answer ? " (the answer is lost: it is committed again)" : "");
	if (lose_answer && commit(w, job, inc, changes, changed, NULL) != STORE_OK)
		break_promise(w, "a commit that was repeated after a lost answer was not recognised");
	w->committed_arrivals += n;
	for (size_t i = 0; i < n; i++)
		if (out[i].verdict == VERDICT_PAGE)
			w->paged_at = world_now(w);
	job->kind = JOB_FREE;
}

void start_intake(struct world *w, int router, const struct snapshot *view)
{
	struct job *job = free_job(w, router);
	if (!job)
		return; /* 503: Alertmanager sends it again */
	job->kind = JOB_INTAKE;
	job->stalled = false;
	job->view = *view;
	new_id(w, job->commit_id);
	load(w, job);
}

struct snapshot look(const struct world *w)
{
	struct snapshot s = {.used = true};
	memcpy(s.truth, w->truth, sizeof s.truth);
	memcpy(s.known, w->ever, sizeof s.known);
	return s;
}
