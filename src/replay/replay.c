/*
 * The router without a daemon: its loop is turned by hand, from one thing that happened to the next. What falls due is
 * noted by the commits themselves (router.due), so that nothing is asked for that is not there.
 */
#include "replay/replay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/time.h"
#include "incident/delivery_hours.h"
#include "replica/record_commit.h"
#include "service/budgets.h"
#include "service/operate.h"
#include "service/transaction.h"
#include "store/memory_store.h"

#define LEASE_MS TIME_MINUTE
#define CLAIM_MOST 16 /* a reply has room for all of them, and seldom more than one is due */
#define SWEEP_EVERY (6 * TIME_HOUR)

/* A receiver, or the incidents' own timers. */
struct replay_queue {
	struct str name;
	int64_t due_at; /* 0: nothing */
};

struct replay {
	struct router router;
	struct config config; /* the configuration with the rules under test in place of its own */
	struct replay_watch watch;
	int64_t now, swept_at;
	struct arena *names;
	struct map *by_name;
	struct replay_queue **queues; /* the clock first */
	size_t queue_count, queue_room;
	struct replay_queue *clock;

	/* what the loop is turned for */
	struct replay_queue *claiming;
	char claim_id[STORE_ID_MAX];
	size_t claimed, working;
	struct intake_decided *decided; /* of the last body, keys in `kept` */
	struct arena *kept;
	char *refusal;
	bool done_by_hand;
};

/* ---- life ---- */

static struct replay_queue *replay_queue_of(struct replay *r, struct str name)
{
	struct replay_queue *q = map_get(r->by_name, name);

	if (q)
		return q;
	q = arena_alloc(r->names, sizeof *q);
	q->name = arena_str(r->names, name);
	map_set(r->by_name, q->name, q);
	MEM_ROOM(r->queues, r->queue_count, r->queue_room);
	r->queues[r->queue_count++] = q;
	return q;
}

static void note_due(void *arg, struct str receiver, int64_t at)
{
	struct replay *r = arg;
	struct replay_queue *q = receiver.n ? replay_queue_of(r, receiver) : r->clock;

	if (!q->due_at || at < q->due_at)
		q->due_at = at;
}

/* ---- messages ---- */

/* It is sent and taken in one step: between them nothing happens here. */
static void tell_one_receiver(struct replay *r, struct incident *inc, struct delivery *d, int64_t now)
{
	const struct str receiver = d->receiver, target = d->target;
	if (delivery_hold(inc, d, &r->config.policy, now))
		return;
	struct attempt attempt = delivery_begin(inc, d, now, now + LEASE_MS);

	if (attempt.want.verb == WANT_NOTHING)
		return;
	struct settlement s = {.receiver = receiver, .target = target, .attempt = attempt, .outcome = OUTCOME_DELIVERED};
	incident_settle(inc, &s, &r->config.policy, now);
	if (attempt_is_page(&attempt))
		budgets_told(r->router.budgets, &(struct page_told){inc->owner, inc->rule, receiver}, now);
	if (r->watch.told)
		r->watch.told(r->watch.arg, &(struct replay_told){inc, receiver, target, attempt, now});
}

/* Messages follow from messages (a page from the resolve of the one before): until nothing is due now. */
static bool tell_what_is_due(void *arg, struct incident *inc, int64_t now)
{
	bool some = true, any = false;

	while (some) {
		some = false;
		for (size_t i = 0; i < inc->delivery_count; i++) {
			struct delivery *d = &inc->deliveries[i];
			if (!d->due_at || d->due_at > now)
				continue;
			some = any = true;
			tell_one_receiver(arg, inc, d, now);
		}
	}
	return any;
}

/* ---- a router ---- */

/* Of what receivers state only their hours: nobody is told who joined and left, which is no page, and nothing fails. */
static void take_replay_terms(struct replay *r, const struct incident_policy *said)
{
	struct incident_terms *own = arena_alloc(r->names, (said->term_count + 1) * sizeof *own);

	for (size_t i = 0; i < said->term_count; i++)
		own[i] = (struct incident_terms){
			.receiver = said->terms[i].receiver, .hours = said->terms[i].hours, .catalog = said->terms[i].catalog};
	r->config.policy.terms = own;
	r->config.policy.term_count = said->term_count;
}

static void take_replay_config(struct replay *r, const struct config *c, struct ruleset *ruleset)
{
	r->config = *c;
	r->config.policy.rules = NULL; /* nothing is reloaded */
	take_replay_terms(r, &c->policy);
	r->config.policy.unknown_terms = (struct incident_terms){0};
	r->config.policy.no_timeline = true;
	r->config.references = 1;
	if (ruleset)
		r->config.ruleset = ruleset;
}

static void begin_router(struct replay *r, int64_t begins)
{
	struct router *router = &r->router;

	router->config = &r->config;
	router->loop = loop_new();
	loop_turn_by_hand(router->loop);
	router->store = memory_store_open(router->loop);
	router->metrics = metrics_new("runbookd_", router_metrics, ROUTER_METRICS);
	metrics_mute(router->metrics);
	router->transactions = transactions_new(router);
	router->intake = intake_new(router);
	router->due = note_due;
	router->tell = tell_what_is_due;
	router->due_arg = r;
	router->replays = true;
	router->attentive_at = begins;
	memory_store_set_now(router->store, begins);
	router->budgets = budgets_new_told(router);
}

struct replay *replay_new(const struct config *c, struct ruleset *ruleset, int64_t begins,
                          const struct replay_watch *watch)
{
	struct replay *r = mem_zero(sizeof *r);

	r->names = arena_new();
	take_replay_config(r, c, ruleset);
	if (watch)
		r->watch = *watch;
	r->now = r->swept_at = begins;
	r->kept = arena_new();
	r->by_name = map_new();
	r->clock = replay_queue_of(r, STR(STORE_CLOCK));
	begin_router(r, begins);
	return r;
}

static void replay_stop(void *arg)
{
	struct replay *r = arg;
	loop_stop(r->router.loop);
}

/* What was put off to the next turn of the loop runs now. */
static void turn_replay_once(struct replay *r)
{
	loop_defer(r->router.loop, replay_stop, r);
	loop_run(r->router.loop);
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	struct router *router = &r->router;
	turn_replay_once(r);
	budgets_free(router->budgets);
	intake_free(router->intake);
	transactions_free(router->transactions);
	router->store->ops->close(router->store);
	metrics_free(router->metrics);
	loop_free(router->loop);
	map_free(r->by_name);
	free(r->queues);
	arena_free(r->names);
	arena_free(r->kept);
	free(r->refusal);
	free(r);
}

int64_t replay_now(const struct replay *r)
{
	return r->now;
}

/* ---- one pair that is due: an incident's timers, or a message to a receiver ---- */

struct due_pair {
	struct replay *r;
	struct arena *arena;
};

static enum tx_apply tick_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                struct counts *counts)
{
	struct due_pair *d = arg;
	struct incident_policy policy = router_policy(&d->r->router, &d->r->config);
	enum tick_reason reasons[TICK_REASONS];

	(void)members;
	incident_tick(inc, &policy, now, reasons, counts);
	return TX_WRITE_RELEASE;
}

/* Whoever is due is told with each commit. */
static enum tx_apply tell_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                struct counts *counts)
{
	(void)arg;
	(void)inc;
	(void)members;
	(void)now;
	(void)counts;
	return TX_WRITE_RELEASE;
}

static void pair_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct due_pair *d = arg;
	struct replay *r = d->r;

	(void)inc;
	(void)now;
	assert(result == TX_DONE); /* a memory store of one router neither conflicts nor fails */
	arena_free(d->arena);
	if (--r->working == 0)
		loop_stop(r->router.loop);
}

static void start_pair(struct replay *r, const struct store_record *record, int64_t now)
{
	struct arena *arena = arena_new();
	struct due_pair *d = arena_alloc(arena, sizeof *d);

	d->r = r;
	d->arena = arena;
	struct tx_change change = {.key = record->key,
	                           .apply = r->claiming == r->clock ? tick_apply : tell_apply,
	                           .done = pair_done,
	                           .arg = d,
	                           .release_receiver = r->claiming->name,
	                           .record_given = true,
	                           .record = *record,
	                           .now = now};
	memcpy(change.release_claim, r->claim_id, sizeof change.release_claim);
	transaction_run(r->router.transactions, &change);
}

static void queue_claimed(void *arg, const struct store_claimed *reply)
{
	struct replay *r = arg;

	assert(reply->result == STORE_OK);
	r->claiming->due_at = reply->next_due_at;
	r->claimed = r->working = reply->count;
	for (size_t i = 0; i < reply->count; i++)
		start_pair(r, &reply->records[i], reply->now);
	if (!reply->count)
		loop_stop(r->router.loop);
}

/* One claim's worth of what is due there by now. True: there was something. */
static bool run_queue(struct replay *r, struct replay_queue *q)
{
	struct store *s = r->router.store;
	struct store_claim claim = {.receiver = q->name, .max = CLAIM_MOST, .lease_ms = LEASE_MS};

	if (!q->due_at || q->due_at > r->now)
		return false;
	hash_random_id(r->claim_id);
	memcpy(claim.id, r->claim_id, sizeof claim.id);
	r->claiming = q;
	s->ops->claim(s, &claim, queue_claimed, r);
	loop_run(r->router.loop);
	return r->claimed > 0;
}

static bool is_left_undone(const struct replay *r)
{
	return r->watch.stop && atomic_load(r->watch.stop);
}

/* Messages follow from timers, and timers from messages (an echo): until nothing is due any more. */
static void run_due(struct replay *r)
{
	bool some = true;

	while (some) {
		some = false;
		for (size_t i = 0; i < r->queue_count && !is_left_undone(r); i++)
			some |= run_queue(r, r->queues[i]);
	}
}

static void note_swept(void *arg, enum store_result result, bool more)
{
	struct replay *r = arg;

	(void)result; /* of a store in memory: fine */
	r->claimed = more;
	loop_stop(r->router.loop);
}

/* As the daemon does: what is older than the retention is forgotten. */
static void sweep_store(struct replay *r)
{
	struct store *s = r->router.store;

	do {
		s->ops->sweep(s, r->config.store.retention, note_swept, r);
		loop_run(r->router.loop);
	} while (r->claimed);
	r->swept_at = r->now;
}

static int64_t earliest_due(const struct replay *r)
{
	int64_t first = 0;

	for (size_t i = 0; i < r->queue_count; i++) {
		const struct replay_queue *q = r->queues[i];
		if (q->due_at && (!first || q->due_at < first))
			first = q->due_at;
	}
	return first;
}

static void set_now(struct replay *r, int64_t now)
{
	if (now <= r->now)
		return;
	r->now = now;
	r->router.attentive_at = now; /* the store is there all the time: only replay_listens() ends the attention */
	memory_store_set_now(r->router.store, now);
}

void replay_advance(struct replay *r, int64_t at)
{
	for (int64_t due; (due = earliest_due(r)) && due <= (at > r->now ? at : r->now) && !is_left_undone(r);) {
		set_now(r, due);
		run_due(r);
	}
	set_now(r, at);
	if (r->now - r->swept_at >= SWEEP_EVERY)
		sweep_store(r);
}

/* ---- a body arrives ---- */

struct arriving {
	struct replay *r;
	size_t count;
};

/* The keys are copied: the request goes with the next turn of the loop. */
static void keep_decided(struct replay *r, const struct intake_decided *decided, size_t n)
{
	r->decided = arena_alloc(r->kept, (n + 1) * sizeof *r->decided);
	for (size_t i = 0; i < n; i++) {
		r->decided[i] = decided[i];
		r->decided[i].key = arena_str(r->kept, decided[i].key);
	}
}

static void body_answered(void *arg, const struct intake_result *result)
{
	struct arriving *a = arg;
	struct replay *r = a->r;

	if (result->code == 200)
		keep_decided(r, result->decided, a->count);
	else
		r->refusal = mem_strdup(result->error);
	loop_stop(r->router.loop);
}

const struct intake_decided *replay_body(struct replay *r, struct str source, const struct webhook *hook,
                                         struct plan *const *plans, struct err *err)
{
	struct arriving arriving = {r, hook->count};

	arena_free(r->kept);
	r->kept = arena_new();
	free(r->refusal);
	r->refusal = NULL;
	r->decided = NULL;
	intake_planned(r->router.intake, source, hook, plans, body_answered, &arriving);
	loop_run(r->router.loop);
	if (r->refusal) {
		err_add(err, "%s", r->refusal);
		return NULL;
	}
	run_due(r);
	turn_replay_once(r);
	return r->decided;
}

/* ---- by hand ---- */

static void commanded(void *arg, const struct operate_reply *reply)
{
	struct replay *r = arg;

	r->done_by_hand = reply->result == OPERATE_OK;
	loop_stop(r->router.loop);
}

bool replay_command(struct replay *r, struct str key, enum command command, const struct command_args *args)
{
	operate_command(&r->router, key, command, args, commanded, r);
	loop_run(r->router.loop);
	run_due(r);
	return r->done_by_hand;
}

void replay_listens(struct replay *r)
{
	r->router.attentive_since = r->now;
}

/* ---- what is there already ---- */

static void adopted(void *arg, const struct store_committed *reply)
{
	struct replay *r = arg;

	assert(reply->result == STORE_OK); /* the key is new here */
	loop_stop(r->router.loop);
}

static struct store_member_change sampled_change(const struct incident *inc, const struct incident_sample *s,
                                                 const struct incident_policy *policy)
{
	const struct member m = incident_sampled_member(inc, s);

	return (struct store_member_change){.before = {.source = m.source, .fingerprint = m.fingerprint},
	                                    .after = m,
	                                    .ttl_ms = incident_member_ttl(inc, &m, policy)};
}

void replay_adopt(struct replay *r, const struct incident *inc)
{
	AUTOARENA struct arena *arena = arena_new();
	struct incident_policy policy = router_policy(&r->router, &r->config);
	struct store_member_change *members = arena_alloc(arena, (inc->sample_count + 1) * sizeof *members);
	struct store_commit commit = {.key = str_c(inc->key), .members = members, .groups_changed = true};

	record_commit(arena, inc, &policy, &commit);
	for (; commit.member_count < inc->sample_count; commit.member_count++)
		members[commit.member_count] = sampled_change(inc, &inc->sample[commit.member_count], &policy);
	hash_random_id(commit.id);
	r->router.store->ops->commit(r->router.store, &commit, adopted, r);
	loop_run(r->router.loop);
	for (size_t i = 0; i < commit.due_count; i++)
		if (commit.dues[i].at)
			note_due(r, commit.dues[i].receiver, commit.dues[i].at);
	if (commit.clock_at > 0)
		note_due(r, (struct str){NULL, 0}, commit.clock_at);
}
