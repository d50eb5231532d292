/* Claims clocks that have rung, ticks their incidents, and cleans up once a minute. */
#include "service/timers.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "incident/silence.h"
#include "incident/tick.h"
#include "service/alertmanagers.h"
#include "service/board.h"
#include "service/census.h"
#include "service/dispatcher.h"
#include "service/journal.h"
#include "service/journal_lines.h"
#include "service/transaction.h"

#define CLAIM_MOST 100
/* A router that is killed holds up what it had claimed for so long. It may be short, since nothing rests on it: of two
 * routers that tick one incident, the commit of one conflicts, and it ticks the newer record, of which nothing is due. The
 * lease only spares them the work. Alertmanager may take longer (ALERTMANAGERS_PATIENCE_MS): then another router asks, too. */
#define CLAIM_LEASE_MS 3000
/* Ticks on their way to the store, beyond which nothing is claimed: as many as are done well within a lease. */
#define TICKS_MOST 200
#define POLL_MS 5000 /* what another router did, or a wake-up that was lost */
#define BUSY_MS 20   /* somebody else holds what is due */
#define AGAIN_MS 200 /* a claim whose answer is missing */
#define SWEEP_MS TIME_MINUTE
#define GAUGES_LEAST_MS 1000
#define GAUGES_MOST_MS 5000
#define GAUGES_REST_FACTOR 200 /* counting takes at most a two-hundredth of the time */

struct timers {
	struct router *r;
	struct loop_timer *look, *sweep, *gauges;
	int64_t look_at; /* monotonic */
	bool claiming, again;
	size_t ticks;  /* on their way to the store */
	bool full;     /* nothing is claimed until there are fewer */
	bool in_doubt; /* the last claim's answer is missing: it is asked for again under its id */
	char claim_id[STORE_ID_MAX];
	int64_t claim_at; /* monotonic */
	size_t refs;      /* store calls and transactions under way, and the owner */
	bool closed, draining;
	struct census *census;
	int64_t gauges_asked; /* monotonic */
	size_t acknowledged;  /* by the last census */
	uint64_t journal_lost, log_lost;
};

static void timers_unref(struct timers *t)
{
	if (--t->refs)
		return;
	loop_timer_free(t->look);
	loop_timer_free(t->sweep);
	loop_timer_free(t->gauges);
	free(t);
}

static void look_for_due_in(struct timers *t, int64_t ms)
{
	t->look_at = loop_mono_ms() + ms;
	loop_timer_set(t->look, ms);
}

void timers_wake(struct timers *t, int64_t at, int64_t now)
{
	int64_t in = at > now ? at - now : 0;

	if (!at || t->draining || t->closed)
		return;
	if (t->claiming)
		t->again = t->again || !in;
	else if (!loop_timer_running(t->look) || loop_mono_ms() + in < t->look_at)
		look_for_due_in(t, in);
}

/* ---- ticks ---- */

struct ticking {
	struct timers *t;
	struct arena *arena;
	struct config *config;
	enum tick_reason reasons[TICK_REASONS];
	size_t count;
	uint64_t absent;
	struct store_record record; /* as it was claimed… */
	int64_t claimed_at;         /* …by the store's clock… */
	int64_t asked_mono;         /* …and by this machine's, when it was asked for */
	char claim_id[STORE_ID_MAX];
	struct silence_said said;
	bool asked; /* `said` is an answer */
};

static enum tx_apply tick(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                          struct counts *counts)
{
	struct ticking *k = arg;

	(void)members;
	struct incident_policy policy = router_policy(k->t->r, k->config);
	policy.said = k->asked ? &k->said : NULL;
	uint64_t before = counts_of(counts, COUNT_MEMBER_ABSENT);
	k->count = incident_tick(inc, &policy, now, k->reasons, counts);
	k->absent = counts_of(counts, COUNT_MEMBER_ABSENT) - before;
	return TX_WRITE_RELEASE; /* without an event too: the clock is set anew */
}

static void count_event(const struct timers *t, enum tick_reason reason, const struct incident *inc)
{
	bool response = reason == TICK_RESPONSE_MISSED;
	struct str labels[] = {inc->severity.name, inc->owner, response ? STR("response") : STR("resolution")};

	metrics_add(t->r->metrics, METRIC_TIMER_DECISIONS, (struct str[]){str_c(tick_reason_name(reason))}, 1);
	if (response || reason == TICK_RESOLUTION_MISSED)
		metrics_add(t->r->metrics, METRIC_SLA_BREACHES, labels, 1);
}

/* A tick has left the store: there may be room for a claim again. */
static void room_for_ticks(struct timers *t)
{
	t->ticks--;
	if (!t->full || t->ticks + CLAIM_MOST > TICKS_MOST)
		return;
	t->full = false;
	if (!t->draining && !t->closed)
		look_for_due_in(t, 0);
}

static void ticked(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct ticking *k = arg;
	struct timers *t = k->t;

	room_for_ticks(t);

	for (size_t i = 0; result == TX_DONE && !t->closed && i < k->count; i++) {
		count_event(t, k->reasons[i], inc);
		journal_timer(t->r, inc, k->reasons[i], now);
	}
	if (result == TX_DONE && !t->closed && k->absent)
		metrics_add(t->r->metrics, METRIC_MEMBERS_ABSENT, NULL, (double)k->absent);
	/* Otherwise the lease runs out, and somebody takes it up again. */
	config_unref(k->config);
	arena_free(k->arena);
	timers_unref(t);
}

static void run_tick(struct ticking *k)
{
	struct tx_change change = {.key = k->record.key,
	                           .apply = tick,
	                           .done = ticked,
	                           .arg = k,
	                           .release_receiver = STR(STORE_CLOCK),
	                           .record_given = true,
	                           .record = k->record,
	                           .now = k->claimed_at,
	                           .asked_mono = k->asked_mono};
	memcpy(change.release_claim, k->claim_id, sizeof change.release_claim);
	k->t->ticks++;
	transaction_run(k->t->r->transactions, &change);
}

static void silence_answered(void *arg, const struct silence_said *said)
{
	struct ticking *k = arg;

	k->asked = true;
	k->said = *said;
	k->said.by = arena_str(k->arena, said->by);
	run_tick(k);
}

/* What its Alertmanagers are to be asked about first; NULL: nothing. */
static const struct incident *to_ask_about(const struct ticking *k)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident_policy policy = router_policy(k->t->r, k->config);
	if (!policy.asked_sources.n)
		return NULL;
	const struct incident *inc = incident_read(k->arena, k->record.bytes, &err);
	return inc && silence_is_asked(inc, &policy, k->claimed_at) ? inc : NULL;
}

static void start_tick(struct timers *t, const struct store_record *record, int64_t now)
{
	struct arena *arena = arena_new();
	struct ticking *k = arena_alloc(arena, sizeof *k);

	*k = (struct ticking){.t = t, .arena = arena, .config = config_ref(t->r->config), .record = *record};
	k->record.key = arena_str(arena, record->key);
	k->record.bytes = arena_str(arena, record->bytes);
	k->record.ids = arena_str(arena, record->ids);
	k->claimed_at = now;
	k->asked_mono = t->claim_at;
	memcpy(k->claim_id, t->claim_id, sizeof k->claim_id);
	t->refs++;
	const struct incident *inc = to_ask_about(k);
	if (inc)
		alertmanagers_ask(t->r->alertmanagers, inc, silence_answered, k); /* -> silence_answered() */
	else
		run_tick(k);
}

static int64_t next_due_look(const struct timers *t, const struct store_claimed *reply)
{
	if (reply->count == CLAIM_MOST || t->again)
		return 0;
	if (!reply->next_due_at)
		return POLL_MS;
	int64_t wait = reply->next_due_at - reply->now;
	if (wait < BUSY_MS)
		return BUSY_MS;
	return wait < POLL_MS ? wait : POLL_MS;
}

/* While the leases that it may hold are worth having. */
static bool doubtful(const struct timers *t, const struct store_claimed *reply)
{
	return reply->result == STORE_UNKNOWN && loop_mono_ms() - t->claim_at < CLAIM_LEASE_MS / 2;
}

static void take_claimed_incidents(void *arg, const struct store_claimed *reply)
{
	struct timers *t = arg;
	bool ok = reply->result == STORE_OK;

	t->claiming = false;
	t->in_doubt = doubtful(t, reply);
	if (!t->closed) {
		if (ok)
			router_heard_store(t->r, reply->now);
		for (size_t i = 0; ok && i < reply->count; i++)
			start_tick(t, &reply->records[i], reply->now);
		if (!t->draining)
			look_for_due_in(t, ok ? next_due_look(t, reply) : t->in_doubt ? AGAIN_MS : POLL_MS);
	}
	t->again = false;
	timers_unref(t);
}

static void look_for_due(void *arg)
{
	struct timers *t = arg;
	struct store *s = t->r->store;
	struct store_claim claim = {.receiver = STR(STORE_CLOCK), .max = CLAIM_MOST, .lease_ms = CLAIM_LEASE_MS};

	t->full = t->ticks + CLAIM_MOST > TICKS_MOST;
	if (t->claiming || t->draining || t->full)
		return; /* full: -> room_for_ticks() */
	if (!t->in_doubt) {
		router_claim_id(t->r, t->claim_id);
		t->claim_at = loop_mono_ms();
	}
	memcpy(claim.id, t->claim_id, sizeof claim.id);
	t->claiming = true;
	t->refs++;
	s->ops->claim(s, &claim, take_claimed_incidents, t);
}

/* ---- housekeeping ---- */

static void begin_sweep(void *arg);

static void go_on_sweeping(void *arg, enum store_result result, bool more)
{
	struct timers *t = arg;

	if (!t->closed)
		loop_timer_set(t->sweep, result == STORE_OK && more ? 0 : SWEEP_MS);
	timers_unref(t);
}

static void begin_sweep(void *arg)
{
	struct timers *t = arg;

	t->refs++;
	t->r->store->ops->sweep(t->r->store, t->r->config->store.retention, go_on_sweeping, t);
}

/* ---- gauges ---- */

static void set_incidents(struct timers *t, const char *state, size_t n)
{
	metrics_set(t->r->metrics, METRIC_INCIDENTS, (struct str[]){str_c(state)}, (double)n);
}

static int64_t gauges_rest(int64_t took)
{
	int64_t rest = took * GAUGES_REST_FACTOR;

	return rest < GAUGES_LEAST_MS ? GAUGES_LEAST_MS : rest > GAUGES_MOST_MS ? GAUGES_MOST_MS : rest;
}

static void set_incident_gauges(void *arg, const struct store_stats *stats)
{
	struct timers *t = arg;

	if (!t->closed && stats->result == STORE_OK) {
		size_t acknowledged = t->acknowledged < stats->open ? t->acknowledged : stats->open;
		set_incidents(t, "acknowledged", acknowledged);
		set_incidents(t, "firing", stats->open - acknowledged);
		set_incidents(t, "resolved", stats->closed);
		board_take_totals(t->r->board, stats->open - acknowledged, acknowledged);
		if (t->r->dispatcher)
			dispatcher_figures(t->r->dispatcher, stats);
	}
	if (!t->closed)
		loop_timer_set(t->gauges, gauges_rest(loop_mono_ms() - t->gauges_asked));
	timers_unref(t);
}

static void count_lost(struct metrics *m, size_t metric, uint64_t *counted_so_far, uint64_t lost)
{
	if (lost > *counted_so_far)
		metrics_add(m, metric, NULL, (double)(lost - *counted_so_far));
	*counted_so_far = lost;
}

static void gauges(void *arg)
{
	struct timers *t = arg;
	struct router *r = t->r;
	const struct str *names = NULL;
	size_t n = r->dispatcher ? dispatcher_receivers(r->dispatcher, &names) : 0;

	if (r->journal)
		count_lost(r->metrics, METRIC_JOURNAL_LOST, &t->journal_lost, journal_lost(r->journal));
	count_lost(r->metrics, METRIC_LOG_LOST, &t->log_lost, log_lost());
	t->refs++;
	t->gauges_asked = loop_mono_ms();
	store_stats(r->store, names, n, set_incident_gauges, t);
}

static void census_done(void *arg, const struct census_figures *f)
{
	struct timers *t = arg;

	t->acknowledged = f->acknowledged;
	if (t->r->dispatcher)
		dispatcher_census(t->r->dispatcher, f);
}

/* ---- life ---- */

struct timers *timers_new(struct router *r)
{
	struct timers *t = mem_zero(sizeof *t);

	t->r = r;
	t->refs = 1;
	t->look = loop_timer_new(r->loop, look_for_due, t);
	t->sweep = loop_timer_new(r->loop, begin_sweep, t);
	t->gauges = loop_timer_new(r->loop, gauges, t);
	t->census = census_new(r, census_done, t);
	look_for_due_in(t, 0);
	loop_timer_set(t->sweep, SWEEP_MS);
	loop_timer_set(t->gauges, 0);
	return t;
}

void timers_reconfigure(struct timers *t)
{
	if (t && !t->closed)
		census_reconfigure(t->census);
}

void timers_drain(struct timers *t)
{
	t->draining = true;
	loop_timer_stop(t->look);
}

void timers_free(struct timers *t)
{
	if (!t)
		return;
	t->closed = true;
	loop_timer_stop(t->look);
	loop_timer_stop(t->sweep);
	loop_timer_stop(t->gauges);
	census_free(t->census);
	timers_unref(t);
}
