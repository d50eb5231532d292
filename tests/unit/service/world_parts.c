#include <string.h>

#include "incident/merge.h"
#include "world_impl.h"

#define MEMBER_TTL (10 * TIME_DAY)

/* Its mirror of the shared store: what was there when it last had a commit of its own. */
void world_saw(struct world *w, const struct job *job)
{
	for (size_t r = 0; r < ROUTERS && !job->store; r++)
		if (job >= w->jobs[r] && job < w->jobs[r] + JOBS)
			world_load(w, &w->seen[r]);
}

/* One key of the mirror becomes the local store's. */
static void take_along(struct world *w, struct store *local, const struct job *seen, int key)
{
	struct job job = {.kind = JOB_TICK, .store = local};
	struct store_member_change changes[ALERTS];
	size_t n = 0;
	if (!seen->record[key])
		return;
	for (size_t i = 0; i < ALERTS; i++) {
		const struct member *m = &seen->members[i];
		if (!m->found || key_index(m->key) != key)
			continue;
		struct member none = {.source = m->source, .fingerprint = m->fingerprint};
		changes[n++] = (struct store_member_change){none, *m, MEMBER_TTL};
	}
	new_id(w, job.commit_id);
	if (world_commit(w, &job, key, world_record(w, seen, key), changes, n, NULL) != STORE_OK)
		break_promise(w, "what was seen could not be taken along");
}

/* `how`: bit k set, and of key k nothing was ever seen. What is under way is cut off from its answer. */
void world_cut_off(struct world *w, int router, uint8_t how)
{
	world_tell(w, "router %d is cut off", router);
	crash(w, router);
	struct store *local = memory_store_open(NULL);
	memory_store_set_now(local, world_now(w));
	for (int k = 0; k < KEYS; k++)
		if (!(how & (1 << k)))
			take_along(w, local, &w->seen[router], k);
	w->local[router] = local;
	w->parted = true;
}

static bool sticks_elsewhere(struct world *w, const struct job *trunk, size_t i, int key)
{
	const struct member *m = &trunk->members[i];
	int other = m->found ? key_index(m->key) : key;
	return other != key && arrival_sticks(m, world_record(w, trunk, other));
}

static bool same_member(const struct member *a, const struct member *b)
{
	return a->found == b->found && a->mark == b->mark && !strcmp(a->group, b->group) && a->counted == b->counted &&
	       a->waits == b->waits && a->starts_at == b->starts_at && a->ends_at == b->ends_at &&
	       a->episode == b->episode && a->touched_at == b->touched_at && str_eq(a->key, b->key);
}

static void commit_merged_incident(struct world *w, const struct job *trunk, int key, const struct incident *inc,
                                   const struct merge_member *named, size_t n)
{
	struct store_member_change changes[ALERTS];
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		if (named[i].merged.found && !same_member(&named[i].trunk, &named[i].merged))
			changes[count++] = (struct store_member_change){named[i].trunk, named[i].merged, MEMBER_TTL};
	if (world_commit(w, trunk, key, inc, changes, count, NULL) != STORE_OK)
		break_promise(w, "a merge on a fresh load did not commit");
}

static void load_trunk(struct world *w, struct job *trunk)
{
	new_id(w, trunk->commit_id);
	world_load(w, trunk);
}

/* The branch saw the end of a member that the shared store has in another incident: it leaves that one first. */
static void leave_elsewhere(struct world *w, struct job *trunk, const struct job *branch, int key)
{
	for (size_t i = 0; i < ALERTS; i++) {
		struct merge_member one = {.trunk = trunk->members[i], .branch = branch->members[i]};
		if (!sticks_elsewhere(w, trunk, i, key) || member_merge(&one.trunk, &one.branch).mark)
			continue;
		int other = key_index(one.trunk.key);
		struct incident *inc = world_record(w, trunk, other);
		incident_merge(inc, NULL, &one, NULL, 1, world_now(w));
		commit_merged_incident(w, trunk, other, inc, &one, 1);
		load_trunk(w, trunk);
	}
}

static void merge_key(struct world *w, const struct job *branch, int key)
{
	struct job trunk = {.kind = JOB_TICK};
	struct merge_member named[ALERTS];
	bool elsewhere[ALERTS];
	load_trunk(w, &trunk);
	leave_elsewhere(w, &trunk, branch, key);
	for (size_t i = 0; i < ALERTS; i++) {
		named[i] = (struct merge_member){.trunk = trunk.members[i], .branch = branch->members[i]};
		elsewhere[i] = sticks_elsewhere(w, &trunk, i, key);
	}
	struct incident *inc = world_record(w, &trunk, key), *theirs = world_record(w, branch, key);
	w->paged_at[key] = 0; /* pages decided apart are of one incident: whoever was told of it was woken, by either */
	incident_merge(inc, theirs, named, elsewhere, ALERTS, world_now(w));
	commit_merged_incident(w, &trunk, key, inc, named, ALERTS);
	world_tell(w, "incident %d is merged: %s, episode %d, generation %d, %d firing", key + 1, incident_state(inc),
	           (int)inc->episode, (int)inc->generation, (int)incident_firing(inc));
	free_records(&trunk);
}

void heal(struct world *w, int router)
{
	if (!w->local[router])
		return;
	world_tell(w, "router %d is back", router);
	crash(w, router);
	struct job branch = {.kind = JOB_TICK, .store = w->local[router]};
	world_load(w, &branch);
	for (int k = 0; k < KEYS; k++)
		if (branch.record[k])
			merge_key(w, &branch, k);
	free_records(&branch);
	w->local[router]->ops->close(w->local[router]);
	w->local[router] = NULL;
}
