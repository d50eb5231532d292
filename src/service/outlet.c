/* One receiver's way out: claims what is due as its rate and breaker allow, and starts jobs. */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "service/budgets.h"
#include "service/dispatch.h"

/* Another router, or a wake-up that was lost, may have made something due: every receiver looks this often. */
#define POLL_LEAST_MS 1000
#define POLL_SPREAD_MS 1000
/* Somebody else holds what is due: no need to ask more often. */
#define DUE_BUT_TAKEN_MS 20
#define CLAIM_AGAIN_MS 200

static void turn(struct outlet *o);

static void turn_outlet(void *arg)
{
	turn(arg);
}

struct outlet *outlet_new(struct dispatcher *d, struct str name)
{
	struct outlet *o = mem_zero(sizeof *o);

	o->d = d;
	o->name_bytes = mem_str(name);
	o->name = (struct str){o->name_bytes, name.n};
	o->timer = loop_timer_new(d->r->loop, turn_outlet, o);
	return o;
}

void outlet_free(void *arg)
{
	struct outlet *o = arg;

	assert(!o->claiming && !o->jobs);
	loop_timer_free(o->timer);
	config_unref(o->config);
	telling_session_end(&o->session);
	free(o->name_bytes);
	free(o);
}

/* "" where one cannot be read, which the attempt will say. */
static void hash_secrets(const struct config_receiver *receiver, char out[HASH_HEX_MAX])
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf b;
	struct receiver_secret *secrets;
	size_t count;

	buf_init(&b, SIZE_MAX);
	out[0] = '\0';
	if (!config_receiver_secrets(receiver, arena, &secrets, &count, &err))
		return;
	for (size_t i = 0; i < count; i++) {
		buf_printf(&b, "%s %zu ", secrets[i].option, secrets[i].value.n);
		buf_add(&b, secrets[i].value);
	}
	hash_sha256(buf_str(&b), out);
}

/* Of the new one nothing is known yet: neither its breaker nor what failed waits for what the old one said. */
static void outlet_redefine(struct outlet *o, const struct config_receiver *receiver, int64_t now)
{
	rate_configure(&o->rate, receiver->rate_per_second, receiver->rate_burst, now);
	o->failing_since = o->told_at = 0;
	o->breaker = (struct breaker){.state = BREAKER_CLOSED};
	o->defined = o->redefined = o->d->definitions;
	telling_session_end(&o->session);
}

void outlet_define(struct outlet *o, struct config *config, const struct config_receiver *receiver)
{
	int64_t now = loop_mono_ms();
	char secrets[HASH_HEX_MAX];

	hash_secrets(receiver, secrets);
	if (!o->receiver)
		rate_init(&o->rate, receiver->rate_per_second, receiver->rate_burst, now);
	else if (strcmp(o->receiver->fingerprint, receiver->fingerprint) != 0 || strcmp(o->secrets, secrets) != 0)
		outlet_redefine(o, receiver, now);
	memcpy(o->secrets, secrets, sizeof o->secrets);
	config_ref(config);
	config_unref(o->config);
	o->config = config;
	o->receiver = receiver;
}

bool outlet_draining(const struct outlet *o)
{
	return o->d->closed || o->d->draining || o->d->r->draining;
}

/* Whoever only observes claims nothing: what is due waits for the one who sends, be it another router or this one later. */
bool outlet_observes(const struct outlet *o)
{
	return o->d->r->config->delivery.mode == DELIVERY_OBSERVE;
}

static void look_for_pairs_in(struct outlet *o, int64_t ms)
{
	o->timer_at = loop_mono_ms() + ms;
	loop_timer_set(o->timer, ms);
}

void outlet_wake(struct outlet *o, int64_t in_ms)
{
	if (outlet_draining(o))
		return;
	if (o->claiming) {
		o->again = o->again || in_ms <= 0;
		return;
	}
	if (!loop_timer_running(o->timer) || loop_mono_ms() + in_ms < o->timer_at)
		look_for_pairs_in(o, in_ms > 0 ? in_ms : 0);
}

static int64_t poll_ms(void)
{
	return POLL_LEAST_MS + (int64_t)(loop_dice() % POLL_SPREAD_MS);
}

/* ---- claim ---- */

static void claim_ended(struct outlet *o)
{
	o->claiming = false;
	o->again = false;
	dispatcher_unref(o->d);
}

void outlet_attempted(struct outlet *o, uint64_t defined, enum outcome outcome)
{
	struct str labels[] = {o->name, str_c(outcome_name(outcome))};

	metrics_add(o->d->r->metrics, METRIC_DELIVERIES, labels, 1);
	if (defined != o->defined)
		return; /* it says nothing of the receiver as it is now */
	breaker_result(&o->breaker, outcome == OUTCOME_RETRY || outcome == OUTCOME_UNKNOWN, loop_mono_ms());
	if (outcome == OUTCOME_DELIVERED) {
		o->failing_since = 0;
		o->told_at = loop_mono_ms();
	} else if (!o->failing_since)
		o->failing_since = loop_mono_ms();
}

bool outlet_told_lately(const struct outlet *o)
{
	return o->told_at && loop_mono_ms() - o->told_at < RECEIVER_LATELY_MS;
}

void outlet_took(const struct outlet *o, int64_t took_ms)
{
	metrics_observe(o->d->r->metrics, METRIC_DELIVERY_DURATION, &o->name, (double)took_ms / 1000.0);
}

void outlet_template_failed(const struct outlet *o)
{
	metrics_add(o->d->r->metrics, METRIC_TEMPLATE_ERRORS, NULL, 1);
}

void outlet_abandon(struct outlet *o)
{
	loop_timer_stop(o->timer);
	digest_abandon(o);
	if (o->claiming && !o->claim.asked)
		claim_ended(o);
}

/* They were claimed before somebody asked us to stop: others may have them at once. */
static void unref_released(void *arg, enum store_result result)
{
	(void)result; /* not released: the lease runs out */
	dispatcher_unref(arg);
}

void outlet_release(struct outlet *o, struct str key, const char *claim_id, int64_t due_at)
{
	struct store *s = o->d->r->store;
	struct store_release release = {.receiver = o->name, .key = key, .due_at = due_at};

	memcpy(release.claim_id, claim_id, sizeof release.claim_id);
	o->d->refs++;
	s->ops->release(s, &release, unref_released, o->d);
}

static void give_back(struct outlet *o, const struct store_claimed *reply)
{
	for (size_t i = 0; !o->d->closed && i < reply->count; i++)
		outlet_release(o, reply->records[i].key, o->claim.id, reply->now);
}

static int64_t next_pair_look(const struct outlet *o, const struct store_claimed *reply, bool again)
{
	int64_t poll = poll_ms();

	if (again || reply->count == (size_t)o->claim.max)
		return 0;
	if (!reply->next_due_at)
		return poll;
	int64_t wait = reply->next_due_at - reply->now;
	if (wait < DUE_BUT_TAKEN_MS)
		return DUE_BUT_TAKEN_MS;
	return wait < poll ? wait : poll;
}

static void start_jobs(struct outlet *o, const struct store_claimed *reply)
{
	int64_t lease_end = o->claim.sent_mono + o->claim.lease_ms;
	bool again = o->again;

	o->starved = reply->count == (size_t)o->claim.max;
	if (o->claim.digest) {
		digest_take(o, reply);
	} else {
		rate_give(&o->rate, o->claim.max - (int)reply->count);
		digest_look(o, reply);
		for (size_t i = 0; i < reply->count; i++)
			job_start(o, &reply->records[i], reply->now, reply->lease_until, lease_end);
	}
	look_for_pairs_in(o, next_pair_look(o, reply, again));
	claim_ended(o);
}

/* An unknown claim may hold leases: it is asked for again under its id while they would be worth having. */
static void claim_failed(struct outlet *o, enum store_result result)
{
	int64_t age = loop_mono_ms() - o->claim.sent_mono;

	if (result == STORE_UNKNOWN && !outlet_draining(o) && age < o->claim.lease_ms / 2) {
		look_for_pairs_in(o, CLAIM_AGAIN_MS);
		return;
	}
	if (digest_gathers(o))
		digest_stop_gathering(o);
	else
		rate_give(&o->rate, o->claim.digest ? 1 : o->claim.max);
	look_for_pairs_in(o, poll_ms());
	claim_ended(o);
}

static void take_claimed_pairs(void *arg, const struct store_claimed *reply)
{
	struct outlet *o = arg;

	o->claim.asked = false;
	if (reply->result != STORE_OK) {
		claim_failed(o, reply->result);
		return;
	}
	if (!outlet_draining(o)) {
		start_jobs(o, reply);
		return;
	}
	give_back(o, reply);
	digest_stop_gathering(o);
	claim_ended(o);
}

static void send_claim(struct outlet *o)
{
	struct store *s = o->d->r->store;
	struct store_claim claim = {.receiver = o->name, .max = o->claim.max, .lease_ms = o->claim.lease_ms};

	memcpy(claim.id, o->claim.id, sizeof claim.id);
	o->claim.asked = true;
	s->ops->claim(s, &claim, take_claimed_pairs, o);
}

/*
 * Tokens are taken before claiming: what is claimed is sent at once, and no lease runs out in a queue here. While a claim is
 * asked for, the other half of the slots is for what becomes due meanwhile.
 */
static int free_room(struct outlet *o, int64_t now)
{
	int free_slots = (DISPATCHER_IN_FLIGHT - o->jobs + 1) / 2;
	int allowed = breaker_room(&o->breaker, free_slots, o->jobs, now);

	return allowed > 0 ? rate_take(&o->rate, allowed, now) : 0;
}

bool outlet_take(struct outlet *o)
{
	int taken = o->jobs + (o->claiming ? o->claim.max : 0);

	if (outlet_draining(o) || outlet_observes(o) || o->starved || o->breaker.state != BREAKER_CLOSED ||
	    taken >= DISPATCHER_IN_FLIGHT + DISPATCHER_AHEAD)
		return false;
	return rate_take(&o->rate, 1, loop_mono_ms()) == 1;
}

/* Whoever ends a job wakes us; otherwise it is the breaker's pause or the bucket that we wait for. */
static void wait_for_room(struct outlet *o, int64_t now)
{
	int64_t breaker = breaker_wait(&o->breaker, now), tokens = rate_wait(&o->rate, now);
	int64_t wait = breaker > tokens ? breaker : tokens;

	o->starved = true;
	look_for_pairs_in(o, wait ? wait : poll_ms());
}

static void begin_claim(struct outlet *o, int max, bool digest, int64_t now)
{
	o->claim.max = max;
	o->claim.digest = digest;
	o->claim.sent_mono = now;
	o->claim.lease_ms = o->d->r->config->delivery.lease;
	router_claim_id(o->d->r, o->claim.id);
	o->claiming = true;
	o->d->refs++;
	send_claim(o);
}

static void turn(struct outlet *o)
{
	int64_t now = loop_mono_ms();

	if (o->claiming) { /* its outcome is unknown */
		send_claim(o);
		return;
	}
	if (outlet_draining(o)) {
		digest_stop_gathering(o);
		return;
	}
	if (digest_gathers(o)) {
		begin_claim(o, digest_piece(o), true, now);
		return;
	}
	if (outlet_observes(o)) {
		look_for_pairs_in(o, poll_ms());
		return;
	}
	int max = free_room(o, now);
	if (!max) {
		wait_for_room(o, now);
		return;
	}
	bool digest = digest_is_due(o, now);
	if (digest)
		rate_give(&o->rate, max - 1); /* it is one message */
	begin_claim(o, digest ? digest_piece(o) : max, digest, now);
}

void outlet_count_told(const struct told_by *by, const struct attempt *a, const struct incident *inc, int64_t now,
                       struct counts *counts)
{
	const char *what = config_is_night(by->config, by->receiver, now) ? COUNT_TOLD_NIGHT : COUNT_TOLD;

	if (a->want.verb != WANT_TRIGGER)
		return;
	incident_measure(inc, counts, a->update ? COUNT_TOLD_AGAIN : what, by->name);
	if (!a->update && (!by->receiver || by->receiver->use == RECEIVER_PAGE))
		incident_use_runbook(inc, counts, COUNT_RUNBOOK_PAGED);
}

void outlet_spend_budget(const struct outlet *o, const struct attempt *a, const struct incident *inc, int64_t now)
{
	if (attempt_is_page(a))
		budgets_told(o->d->r->budgets, &(struct page_told){inc->owner, inc->rule, o->name}, now);
}
