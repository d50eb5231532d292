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

static struct arrival arrival_of(struct world *w, const struct job *job, size_t i)
{
	const struct truth *t = &job->view.truth[i];
	struct alert *alert = arena_alloc(w->arena, sizeof *alert);
	struct plan *plan = arena_alloc(w->arena, sizeof *plan);
	alert->fingerprint = job->members[i].fingerprint;
	alert->resolved = !t->firing;
	alert->starts_at = t->starts_at;
	alert->ends_at = t->firing ? 0 : t->ends_at;
	fill_plan(w, plan, i);
	return (struct arrival){alert, plan, job->members[i]};
}

/* Membership is sticky: where it is firing in an open incident it stays, whatever the rules say by now. */
static int job_target(struct world *w, const struct job *job, struct incident *const *incs, size_t i)
{
	struct member m = job->members[i];
	if (m.found && arrival_sticks(&m, incs[key_index(m.key)]))
		return key_index(m.key);
	return w->rules.key[i];
}

/* Those of the webhook that belong to the incident of the first one not yet decided. -1: all are decided. */
static int next_group(struct world *w, const struct job *job, struct incident *const *incs, struct arrival *out,
                      size_t *index, size_t *n)
{
	int key = -1;
	*n = 0;
	for (size_t i = 0; i < ALERTS; i++) {
		if (!job->view.lists[i] || job->decided[i])
			continue;
		int target = job_target(w, job, incs, i);
		key = key < 0 ? target : key;
		if (target != key)
			continue;
		index[*n] = i;
		out[(*n)++] = arrival_of(w, job, i);
	}
	return key;
}

static void decided(struct world *w, struct job *job, int key, const struct arrival *a, const struct decision *d,
                    size_t i)
{
	world_tell(w, "webhook: %s %s -> %s in incident %d", a->alert->fingerprint.p,
	           a->alert->resolved ? "resolved" : "firing", reason_name(d->reason), key + 1);
	job->decided[i] = true;
	job->touched[key] = true;
	w->committed_arrivals++;
}

static bool nobody_fires(const struct job *job)
{
	for (size_t i = 0; i < ALERTS; i++)
		if (job->view.lists[i] && job->view.truth[i].firing)
			return false;
	return true;
}

/* An incident that has a row of this group, and that the body does not list. -1: there is none that is not decided yet. */
static int next_touched(const struct job *job, struct incident *const *incs)
{
	for (int k = 0; k < KEYS; k++)
		if (!job->touched[k] && incident_has_row(incs[k], groups[job->view.group]))
			return k;
	return -1;
}

static struct body job_body(const struct job *job)
{
	struct body body = {
		.truncated = job->view.truncated, .whole = !job->view.truncated, .none_fires = nobody_fires(job)};
	memcpy(body.group, groups[job->view.group], sizeof body.group);
	return body;
}

static void intake_ends(struct world *w, struct job *job)
{
	job->kind = JOB_FREE;
	if (job->answers)
		flush_ends(w, &job->view, true);
}

/* Decides and commits one incident of the webhook. A conflict loads again: another router was faster. */
void intake_step(struct world *w, struct job *job, bool lose_answer)
{
	struct arrival arrivals[ALERTS];
	struct decision out[ALERTS];
	struct store_member_change changes[ALERTS];
	size_t index[ALERTS], n, changed = 0;
	struct incident *incs[KEYS];
	for (int k = 0; k < KEYS; k++)
		incs[k] = world_record(w, job, k);
	int key = next_group(w, job, incs, arrivals, index, &n);
	key = key < 0 ? next_touched(job, incs) : key;
	if (key < 0) {
		intake_ends(w, job);
		return;
	}
	struct counts counts = {.arena = w->arena};
	struct incident *inc = incs[key];
	struct body body = job_body(job);
	incident_decide(inc, &body, arrivals, n, world_policy(w, job), world_now(w), out, &counts);
	for (size_t i = 0; i < n; i++)
		if (out[i].member_changed)
			changes[changed++] = (struct store_member_change){arrivals[i].member, out[i].member, out[i].member_ttl};
	counts_release(&counts);
	if (world_commit(w, job, key, inc, changes, changed, NULL) == STORE_CONFLICT) {
		world_tell(w, "a webhook conflicts and is decided again");
		world_load(w, job);
	} else {
		if (lose_answer && world_commit(w, job, key, inc, changes, changed, NULL) != STORE_OK)
			break_promise(w, "a commit that was repeated after a lost answer was not recognised");
		job->touched[key] = true;
		for (size_t i = 0; i < n; i++) {
			decided(w, job, key, &arrivals[i], &out[i], index[i]);
			judge_decision(w, job, key, inc, &out[i], (int)index[i]);
		}
		judge_change(w, job, key, inc);
	}
	new_id(w, job->commit_id);
}

bool start_intake(struct world *w, int router, const struct snapshot *view, bool answers)
{
	struct job *job = free_job(w, router);
	if (!job)
		return false; /* 503: Alertmanager sends it again */
	job->kind = JOB_INTAKE;
	job->stalled = false;
	job->view = *view;
	job->answers = answers;
	memset(job->decided, 0, sizeof job->decided);
	memset(job->touched, 0, sizeof job->touched);
	new_id(w, job->commit_id);
	world_load(w, job);
	return true;
}
