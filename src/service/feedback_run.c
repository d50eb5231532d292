/* Feedback as a transaction. */
#include "service/feedback_run.h"

#include "base/log.h"
#include "service/transaction.h"

struct feeding {
	struct router *r;
	struct arena *arena;
	struct config *config;
	struct feedback feedback;
	uint64_t round;                /* what feedback.round leads to */
	struct feedback_answer answer; /* of the last try */
	void (*done)(void *arg, const struct feedback_answer *answer);
	void *arg;
};

static enum tx_apply feedback_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                    struct counts *counts)
{
	struct feeding *f = arg;
	bool changed = false;

	(void)members;
	f->answer = (struct feedback_answer){.what = inc->episode ? FEEDBACK_APPLIED : FEEDBACK_ABSENT};
	const struct incident_policy policy = router_policy(f->r, f->config);
	if (inc->episode)
		f->answer.result = incident_feedback(inc, &f->feedback, &policy, now, counts, &changed);
	return changed ? TX_WRITE : TX_NOTHING;
}

static void log_feedback(const struct feeding *f, const struct incident *inc)
{
	static const char *const verbs[] = {"acknowledge", "unacknowledge", "resolve", "note", "refer"};

	LOG(LOG_INFO, "Done elsewhere", LOG_S("what", verbs[f->feedback.verb]), LOG_S("key", inc->key),
	    LOG_STR("by", f->feedback.args.by), LOG_STR("receiver", f->feedback.receiver));
}

static void feedback_committed(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct feeding *f = arg;

	(void)now;
	if (result != TX_DONE)
		f->answer = (struct feedback_answer){.what = FEEDBACK_UNAVAILABLE};
	if (f->answer.what == FEEDBACK_APPLIED)
		f->answer.inc = inc;
	if (f->answer.what == FEEDBACK_APPLIED && f->answer.result == FEEDBACK_DONE)
		log_feedback(f, inc);
	f->done(f->arg, &f->answer);
	config_unref(f->config);
	arena_free(f->arena);
}

void feedback_run(struct router *r, struct str key, const struct feedback *f,
                  void (*done)(void *arg, const struct feedback_answer *answer), void *arg)
{
	struct arena *arena = arena_new();
	struct feeding *running = arena_alloc(arena, sizeof *running);

	*running = (struct feeding){
		.r = r, .arena = arena, .config = config_ref(r->config), .feedback = *f, .done = done, .arg = arg};
	running->feedback.receiver = arena_str(arena, f->receiver);
	running->feedback.reference = arena_str(arena, f->reference);
	if (f->round) {
		running->round = *f->round;
		running->feedback.round = &running->round;
	}
	running->feedback.args.by = arena_str(arena, f->args.by);
	running->feedback.args.note = arena_str(arena, f->args.note);
	const struct tx_change change = {.key = key, .apply = feedback_apply, .done = feedback_committed, .arg = running};
	transaction_run(r->transactions, &change);
}
