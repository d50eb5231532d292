/* One verb on its way: to the store that serves, and to the other one when that cannot tell what came of it. */
#include <string.h>

#include "replica/failover_doubt.h"
#include "store/query.h"

/* A verb is sent again so often, as states change under it; then its caller hears what is known. */
#define TRIES_MAX 4

struct passage {
	struct failover *f;
	struct request *r;
	bool at_local;
	bool in_doubt; /* the primary may have done it */
	bool doubted;  /* its counters are kept apart */
	int tries;
	union { /* the reply, while it is being told */
		const struct store_loaded *load;
		const struct store_committed *commit;
		const struct store_claimed *claim;
		const struct request *query;
		bool more;
	} got;
};

static void go(struct passage *p);

/* ---- telling ---- */

static void tell_mirror(struct passage *p, enum store_result result)
{
	struct request *r = p->r;
	switch (r->verb) {
	case VERB_LOAD: r->done.load(r->arg, p->got.load); break;
	case VERB_COMMIT: r->done.commit(r->arg, p->got.commit); break;
	case VERB_CLAIM: r->done.claim(r->arg, p->got.claim); break;
	case VERB_RELEASE: r->done.release(r->arg, result); break;
	case VERB_QUERY: query_pass_on(r, p->got.query); break;
	case VERB_SWEEP: r->done.sweep(r->arg, result, p->got.more); break;
	case VERB_WORK: break; /* asked of the local store only */
	}
	request_free(r);
}

/* ---- answers ---- */

static void mirror(struct passage *p)
{
	struct failover *f = p->f;
	switch (p->r->verb) {
	case VERB_LOAD: failover_saw_load(f, p->got.load); break;
	case VERB_COMMIT: failover_saw_commit(f, &p->r->ask.commit, p->got.commit); break;
	case VERB_CLAIM: failover_saw_claim(f, &p->r->ask.claim, p->got.claim); break;
	case VERB_QUERY: failover_saw_query(f, p->got.query); break;
	case VERB_RELEASE:
	case VERB_SWEEP:
	case VERB_WORK: break;
	}
}

/* The primary cannot say, or would not: whoever serves by now is asked, which may be the primary again. */
static bool ask_store_again(struct passage *p, enum store_result result)
{
	struct failover *f = p->f;
	if (p->at_local || f->closing || ++p->tries > TRIES_MAX || result == STORE_OK || result == STORE_CONFLICT)
		return false;
	p->in_doubt |= result == STORE_UNKNOWN;
	if (f->state == FAILOVER_PRIMARY && !failover_primary_up(f))
		failover_trip(f, "no answer");
	failover_route(f, p->r);
	return true;
}

static void arrived(struct passage *p, enum store_result result, int64_t now)
{
	struct failover *f = p->f;
	if (p->at_local)
		f->local_in_flight--;
	else
		f->primary_in_flight--;
	if (ask_store_again(p, result))
		return;
	if (p->doubted && result != STORE_OK)
		failover_doubt_refused(f, p->r);
	if (!p->at_local && result == STORE_OK) {
		if (now) {
			f->primary_now = now;
			f->primary_mono = loop_mono_ms();
		}
		if (!f->closing)
			mirror(p);
	}
	if (p->at_local && !f->local_in_flight && !f->closing)
		failover_return_step(f);
	if (!p->at_local && !f->primary_in_flight && !f->closing)
		failover_drain_step(f);
	tell_mirror(p, result); /* who is told may close us */
}

#define ARRIVED(verb, type)                                                                                            \
	static void verb##_arrived(void *arg, const struct type *got)                                                      \
	{                                                                                                                  \
		struct passage *p = arg;                                                                                       \
		p->got.verb = got;                                                                                             \
		arrived(p, got->result, got->now);                                                                             \
	}
ARRIVED(load, store_loaded)
ARRIVED(commit, store_committed)
ARRIVED(claim, store_claimed)

static void query_arrived(void *arg, const struct request *answered)
{
	struct passage *p = arg;
	p->got.query = answered;
	arrived(p, answered->result, answered->now);
}

static void release_arrived(void *arg, enum store_result result)
{
	arrived(arg, result, 0);
}

static void sweep_arrived(void *arg, enum store_result result, bool more)
{
	struct passage *p = arg;
	p->got.more = more;
	arrived(p, result, 0);
}

/* ---- asking ---- */

static void swept_too(void *arg, enum store_result result, bool more)
{
	(void)arg, (void)result, (void)more; /* the next minute's sweep goes on */
}

static void route_sweep(struct passage *p, struct store *s)
{
	int64_t retention = p->r->ask.retention_ms;
	/* what is mirrored grows as the primary does */
	if (!p->at_local)
		p->f->local->ops->sweep(p->f->local, retention, swept_too, NULL);
	s->ops->sweep(s, retention, sweep_arrived, p);
}

static void go(struct passage *p)
{
	struct request *r = p->r;
	struct store *s = p->at_local ? p->f->local : p->f->primary;
	const struct store_ops *ops = s->ops;
	switch (r->verb) {
	case VERB_LOAD: ops->load(s, &r->ask.load, load_arrived, p); break;
	case VERB_COMMIT: ops->commit(s, &r->ask.commit, commit_arrived, p); break;
	case VERB_CLAIM: ops->claim(s, &r->ask.claim, claim_arrived, p); break;
	case VERB_RELEASE: ops->release(s, &r->ask.release, release_arrived, p); break;
	case VERB_QUERY: query_send(s, query_again(r, query_arrived, p)); break;
	case VERB_SWEEP: route_sweep(p, s); break;
	case VERB_WORK: break;
	}
}

static void hold_verb(struct failover *f, struct request *r)
{
	if (f->held == FAILOVER_HELD_MAX) {
		request_fail(r, STORE_UNAVAILABLE);
		front_answer(&f->front, r);
		return;
	}
	r->next = NULL;
	*f->held_last = r;
	f->held_last = &r->next;
	f->held++;
}

void failover_release_held(struct failover *f)
{
	struct request *r = f->held_first;
	f->held_first = NULL;
	f->held_last = &f->held_first;
	f->held = 0;
	for (struct request *next; r; r = next) {
		next = r->next;
		r->next = NULL;
		failover_route(f, r);
	}
}

static struct passage *passage_of(struct failover *f, struct request *r)
{
	if (!r->passage) {
		struct passage *p = arena_alloc(r->arena, sizeof *p);
		p->f = f;
		p->r = r;
		r->passage = p;
	}
	return r->passage;
}

void failover_route(struct failover *f, struct request *r)
{
	struct passage *p = passage_of(f, r);
	switch (f->state) {
	case FAILOVER_STARTING:
	case FAILOVER_DRAINING:
	case FAILOVER_HOLDING: hold_verb(f, r); return;
	case FAILOVER_PRIMARY:
		p->at_local = false;
		f->primary_in_flight++;
		break;
	case FAILOVER_LOCAL:
	case FAILOVER_MERGING:
		p->at_local = true;
		f->local_in_flight++;
		if (p->in_doubt)
			p->doubted = failover_doubt_counts(f, r);
		break;
	}
	go(p);
}
