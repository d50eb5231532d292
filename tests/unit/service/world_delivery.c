#include "world_impl.h"

struct ghost request_of(const struct job *job)
{
	return (struct ghost){
		true, job->receiver, job->key, job->attempt.want.verb, job->attempt.want.generation, job->sent_at + ON_ITS_WAY};
}

/* …sent by whoever shares a store with the sender of the resolve: others cannot know. */
static bool trigger_on_the_wire(const struct world *w, const struct store *store, const struct ghost *resolve)
{
	for (size_t r = 0; r < ROUTERS; r++)
		for (size_t i = 0; i < JOBS; i++) {
			const struct job *job = &w->jobs[r][i];
			struct ghost sent = request_of(job);
			if (job->kind == JOB_DELIVERY && job->phase == ON_THE_WIRE && store_of(w, job) == store &&
			    sent.receiver == resolve->receiver && sent.key == resolve->key && sent.verb == WANT_TRIGGER &&
			    sent.generation == resolve->generation)
				return true;
		}
	return false;
}

void world_arrive(struct world *w, const struct store *store, const struct ghost *request)
{
	bool ghost = !store;
	struct provider *p = &w->providers[request->receiver];
	bool trigger = request->verb == WANT_TRIGGER;
	uint64_t g = request->generation % GENERATIONS;
	if (request->verb == WANT_NOTHING || request->verb == WANT_ACKNOWLEDGE)
		return;
	world_tell(w, "%s%s of incident %d, generation %d reaches %s", ghost ? "late, " : "",
	           trigger ? "trigger" : "resolve", request->key + 1, (int)request->generation,
	           receivers[request->receiver]);
	if (!trigger && !ghost && trigger_on_the_wire(w, store, request))
		break_promise(w, "order: a resolve overtook its trigger");
	if (trigger && !p->open[request->key][g])
		p->woke_at[request->key] = world_now(w);
	p->open[request->key][g] = trigger;
}

void start_delivery(struct world *w, int router, int receiver)
{
	struct job *job = free_job(w, router);
	if (!job)
		return;
	job->receiver = receiver;
	world_claim(w, job, receivers[receiver]);
}

static void begin_step(struct world *w, struct job *job)
{
	struct incident *inc = world_record(w, job, job->key);
	struct delivery *d = incident_delivery(inc, str_c(receivers[job->receiver]));
	struct attempt nothing = {.want = {.verb = WANT_NOTHING}};
	job->attempt = d ? delivery_begin(inc, d, world_now(w), job->lease_until) : nothing;
	bool idle = job->attempt.want.verb == WANT_NOTHING;
	enum store_result result = world_commit(w, job, job->key, inc, NULL, 0, idle ? receivers[job->receiver] : NULL);
	new_id(w, job->commit_id);
	if (result == STORE_CONFLICT) {
		world_load(w, job);
		return;
	}
	job->kind = idle ? JOB_FREE : JOB_DELIVERY;
	job->phase = READY;
	if (!idle)
		world_tell(w, "%s is claimed: verb %d of generation %d", receivers[job->receiver], (int)job->attempt.want.verb,
		           (int)job->attempt.want.generation);
}

void leave_ghost(struct world *w, const struct job *job)
{
	for (size_t i = 0; i < GHOSTS; i++)
		if (!w->ghosts[i].used) {
			w->ghosts[i] = request_of(job);
			return;
		}
}

static void send_job_step(struct world *w, struct job *job, uint8_t how)
{
	if (!delivery_may_send(world_now(w), job->lease_end, TIMEOUT)) {
		world_tell(w, "a holder without a lease does not send");
		job->outcome = OUTCOME_NOT_SENT;
		job->phase = SETTLING;
		return;
	}
	job->sent_at = world_now(w);
	job->phase = how % 8 == 7 ? SETTLING : ON_THE_WIRE;
	job->outcome = how % 16 == 15 ? OUTCOME_REJECTED : OUTCOME_RETRY;
}

/* The provider takes it and answers; or the answer, or the request, is lost on the way. */
static void wire_step(struct world *w, struct job *job, uint8_t how)
{
	bool takes_it = how % 4 != 3, answers = how % 4 != 2;
	struct ghost request = request_of(job);
	if (takes_it)
		world_arrive(w, store_of(w, job), &request);
	job->phase = SETTLING;
	job->outcome = takes_it && answers ? OUTCOME_DELIVERED : OUTCOME_UNKNOWN;
	if (!takes_it)
		leave_ghost(w, job);
}

static void settle_step(struct world *w, struct job *job)
{
	world_load(w, job);
	struct incident *inc = world_record(w, job, job->key);
	incident_settle(inc,
	                &(struct settlement){.receiver = str_c(receivers[job->receiver]),
	                                     .attempt = job->attempt,
	                                     .outcome = job->outcome,
	                                     .error = STR("no"),
	                                     .dice = w->ids * 7919u},
	                &w->policy, world_now(w));
	if (world_commit(w, job, job->key, inc, NULL, 0, receivers[job->receiver]) != STORE_OK) {
		break_promise(w, "a settle on a fresh load did not commit");
		return;
	}
	world_tell(w, "%s is settled: %s", receivers[job->receiver], outcome_name(job->outcome));
	job->kind = JOB_FREE;
}

void delivery_step(struct world *w, struct job *job, uint8_t how)
{
	switch (job->phase) {
	case LOADED:
	case CLAIMED: begin_step(w, job); break;
	case READY: send_job_step(w, job, how); break;
	case ON_THE_WIRE: wire_step(w, job, how); break;
	case SETTLING: settle_step(w, job); break;
	}
}
