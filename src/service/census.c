/* Walks open incidents and dead letters, and counts. */
#include "service/census.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "incident/delivery.h"
#include "incident/held.h"
#include "service/dispatcher.h"
#include "service/transaction.h"

#define CENSUS_PAGE 100 /* records read and parsed in one go: a millisecond of the loop */
#define CENSUS_REST_MS 15000
#define CENSUS_FIRST_MS 1000
#define CENSUS_REST_FACTOR 60 /* a walk takes at most a sixtieth of the time */
/* A store that is behind is waited for, but not for ever: its disk may hang. Per page. */
#define CENSUS_PAUSE_MS 20
#define CENSUS_PAUSES_MAX 50
/* A page has been due for so long and nobody has taken it up: no router of any configuration knows its receiver. */
#define STRANGER_AFTER_MS (5 * TIME_MINUTE)
#define STRANGERS_PER_WALK 100
/* Incidents on their way whose hours are others now. Whoever is beyond them is found by the next walk. */
#define REHELD_MOST 400
/* What failed at receivers that are defined anew since; where there is more the next walk follows at once. */
#define AGAIN_PER_WALK 500
#define AGAIN_REST_MS 500
/* A closed one may owe a resolve to a receiver that left the configuration. Rarely, and not for longer than it would be tried. */
#define CLOSED_EVERY_MS STRANGER_AFTER_MS
#define CLOSED_SLACK_MS TIME_HOUR

struct census {
	struct router *r;
	void (*done)(void *arg, const struct census_figures *f);
	void *arg;
	struct loop_timer *timer;
	struct census_figures figures;
	enum store_list list;
	int64_t closed_at;  /* when closed ones were walked last; 0: never */
	bool past_patience; /* the closed ones that follow are too old to be owed anything */
	char *cursor;
	int64_t started;
	int64_t paused; /* of that time */
	int pauses;     /* before the next page */
	int strangers, again;
	int64_t again_from; /* store time when the first walk since the configuration changed began; 0: not known yet */
	bool at_store, closed;
	bool hours_changed; /* perhaps: the configuration is another since the last walk began, or this router started */
	bool looks_at_hours;
	size_t reheld; /* on their way */
	bool rests, hurried;
};

static void walk_census(struct census *c);

static void start_census(struct census *c)
{
	if (c->hurried || !c->figures.left_over)
		c->again_from = 0;
	map_free_with(c->figures.receivers, free);
	c->figures = (struct census_figures){
		.receivers = map_new(), .definitions = c->r->dispatcher ? dispatcher_definitions(c->r->dispatcher) : 0};
	if (c->hurried)
		c->closed_at = 0; /* closed ones may owe a resolve to a receiver that is defined anew */
	c->rests = c->hurried = false;
	c->again = 0;
	free(c->cursor);
	c->cursor = NULL;
	c->list = STORE_LIST_OPEN;
	c->started = loop_mono_ms();
	c->paused = 0;
	c->strangers = 0;
	c->looks_at_hours = c->hours_changed;
	c->hours_changed = false;
	walk_census(c);
}

static void wake_census(void *arg)
{
	struct census *c = arg;

	if (c->pauses)
		walk_census(c);
	else
		start_census(c);
}

struct census *census_new(struct router *r, void (*done)(void *arg, const struct census_figures *f), void *arg)
{
	struct census *c = mem_zero(sizeof *c);

	c->r = r;
	c->hours_changed = true;
	c->done = done;
	c->arg = arg;
	c->timer = loop_timer_new(r->loop, wake_census, c);
	c->rests = true;
	loop_timer_set(c->timer, CENSUS_FIRST_MS);
	return c;
}

/* While something of it is under way, whoever answers frees it. */
static void free_census(struct census *c)
{
	if (c->at_store || c->reheld)
		return;
	map_free_with(c->figures.receivers, free);
	loop_timer_free(c->timer);
	free(c->cursor);
	free(c);
}

void census_free(struct census *c)
{
	if (!c)
		return;
	c->closed = true;
	loop_timer_stop(c->timer);
	free_census(c);
}

void census_reconfigure(struct census *c)
{
	c->hours_changed = true;
	c->hurried = true;
	if (c->rests)
		loop_timer_set(c->timer, 0);
}

/* ---- what failed at another definition of its receiver ---- */

struct again {
	struct arena *arena;
	struct str receiver, key;
	int64_t died_before;
};

static enum tx_apply try_again(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                               struct counts *counts)
{
	const struct again *a = arg;

	(void)members;
	(void)counts;
	return incident_receiver_redefined(inc, a->receiver, a->died_before, now) ? TX_WRITE : TX_NOTHING;
}

static void tried_again(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct again *a = arg;

	(void)result; /* not written: it waits as long as it would have */
	(void)inc;
	(void)now;
	arena_free(a->arena);
}

static void make_due_again(struct census *c, struct str key, struct str receiver)
{
	struct arena *arena = arena_new();
	struct again *a = arena_alloc(arena, sizeof *a);

	c->again++;
	*a = (struct again){arena, arena_str(arena, receiver), arena_str(arena, key), c->again_from};
	struct tx_change change = {.key = a->key, .apply = try_again, .done = tried_again, .arg = a};
	transaction_run(c->r->transactions, &change);
}

/* What the new definition has refused is not tried again and again: a walk may need others to follow it. */
static void look_for_redefined(struct census *c, struct str key, const struct incident *inc, int64_t now)
{
	for (size_t i = 0; c->r->dispatcher && !c->r->draining && i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		bool dead = c->list == STORE_LIST_DEAD;
		bool failed = dead ? delivery_died_before(inc, d, c->again_from) : d->failing_since && d->due_at > now;
		if (!failed || !dispatcher_redefined(c->r->dispatcher, d->receiver))
			continue;
		if (c->again < AGAIN_PER_WALK)
			make_due_again(c, key, d->receiver);
		else
			c->figures.left_over = true;
	}
}

/* ---- pages for nobody ---- */

struct stranger {
	struct arena *arena;
	struct config *config;
	struct str receiver, key;
	bool given;
	enum want_verb verb;
};

/* Also one that failed before, under a configuration that is gone: whoever knew its receiver would have tried it again. */
static bool is_left_alone(const struct incident *inc, const struct delivery *d, int64_t now)
{
	return d->want.verb != WANT_NOTHING && d->due_at && !delivery_is_dead(inc, d) &&
	       now - d->due_at >= STRANGER_AFTER_MS;
}

/* As if its receiver had refused it: a dead letter, and the default receivers take over. */
static enum tx_apply give_to_defaults(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                      struct counts *counts)
{
	struct stranger *s = arg;
	struct delivery *d = incident_delivery_due(inc, s->receiver, now);

	(void)members;
	(void)counts;
	s->given = false;
	if (!d || !is_left_alone(inc, d, now))
		return TX_NOTHING;
	struct settlement settlement = {
		.receiver = s->receiver,
		.target = d->target,
		.attempt = delivery_begin(inc, d, now, now),
		.outcome = OUTCOME_REJECTED,
		.error = STR("no configuration knows this receiver"),
	};
	if (settlement.attempt.want.verb == WANT_NOTHING)
		return TX_NOTHING;
	incident_settle(inc, &settlement, &s->config->policy, now);
	s->given = true;
	s->verb = settlement.attempt.want.verb;
	return TX_WRITE;
}

static void stranger_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct stranger *s = arg;

	(void)inc;
	(void)now;
	bool page = s->verb == WANT_TRIGGER || s->verb == WANT_ACKNOWLEDGE;
	if (result == TX_DONE && s->given)
		LOG(LOG_ERROR,
		    page ? "A page was for a receiver that no configuration knows: the default receivers got it"
		         : "A receiver that no configuration knows is owed a resolve: it may stay open there, close it by hand",
		    LOG_STR("receiver", s->receiver), LOG_STR("key", s->key));
	config_unref(s->config);
	arena_free(s->arena);
}

static void take_over(struct census *c, struct str key, struct str receiver)
{
	struct arena *arena = arena_new();
	struct stranger *s = arena_alloc(arena, sizeof *s);

	c->strangers++;
	s->arena = arena;
	s->config = config_ref(c->r->config);
	s->receiver = arena_str(arena, receiver);
	s->key = arena_str(arena, key);
	struct tx_change change = {.key = s->key, .apply = give_to_defaults, .done = stranger_done, .arg = s};
	transaction_run(c->r->transactions, &change);
}

/* ---- pages that wait for other hours than they did ---- */

struct reheld {
	struct census *c;
	struct config *config;
};

static enum tx_apply take_hours(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                struct counts *counts)
{
	const struct reheld *h = arg;
	struct incident_policy policy = router_policy(h->c->r, h->config);

	(void)members;
	(void)counts;
	return held_differs(inc, &policy, now) ? TX_WRITE : TX_NOTHING;
}

static void hours_taken(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct reheld *h = arg;
	struct census *c = h->c;

	(void)inc;
	(void)now;
	config_unref(h->config);
	free(h);
	c->reheld--;
	c->hours_changed |= result != TX_DONE;
	if (c->closed)
		free_census(c);
}

/* Their clocks were set by hours of before: they are set anew, and ring as ever. */
static void look_at_held(struct census *c, struct str key, struct incident *inc, int64_t now)
{
	struct incident_policy policy = router_policy(c->r, c->r->config);

	if (!c->looks_at_hours || c->r->draining || !held_differs(inc, &policy, now))
		return;
	if (c->reheld >= REHELD_MOST) {
		c->hours_changed = true;
		return;
	}
	struct reheld *h = mem_zero(sizeof *h);
	*h = (struct reheld){.c = c, .config = config_ref(c->r->config)};
	struct tx_change change = {.key = key, .apply = take_hours, .done = hours_taken, .arg = h};
	c->reheld++;
	transaction_run(c->r->transactions, &change);
}

/* ---- counting ---- */

static struct census_receiver *receiver_of(struct census *c, struct str name)
{
	struct census_receiver *r = map_get(c->figures.receivers, name);

	if (!r) {
		r = mem_zero(sizeof *r);
		map_set(c->figures.receivers, name, r);
	}
	return r;
}

static void count_delivery(struct census_receiver *r, const struct delivery *d)
{
	r->owed = true;
	if (d->due_at && (!r->waits_since || d->first_due_at < r->waits_since))
		r->waits_since = d->first_due_at;
}

static void look_for_strangers(struct census *c, struct str key, const struct incident *inc, int64_t now)
{
	for (size_t i = 0; c->r->dispatcher && !c->r->draining && i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		if (is_left_alone(inc, d, now) && c->strangers < STRANGERS_PER_WALK &&
		    !dispatcher_knows(c->r->dispatcher, d->receiver))
			take_over(c, key, d->receiver);
	}
}

static void count_open(struct census *c, struct str key, struct incident *inc, int64_t now)
{
	c->figures.open++;
	if (incident_acknowledgement(inc))
		c->figures.acknowledged++;
	for (size_t i = 0; i < inc->delivery_count; i++)
		count_delivery(receiver_of(c, inc->deliveries[i].receiver), &inc->deliveries[i]);
	look_for_strangers(c, key, inc, now);
	look_at_held(c, key, inc, now);
	look_for_redefined(c, key, inc, now);
}

/* The newest come first. */
static void count_closed(struct census *c, struct str key, const struct incident *inc, int64_t now)
{
	const struct incident_policy *policy = &c->r->config->policy;

	c->past_patience |= incident_since(inc, policy) < now - policy->delivery_expire - CLOSED_SLACK_MS;
	look_for_strangers(c, key, inc, now);
	look_for_redefined(c, key, inc, now);
}

static void count_dead(struct census *c, struct str key, const struct incident *inc, int64_t now)
{
	for (size_t i = 0; i < inc->delivery_count; i++) {
		if (delivery_is_dead(inc, &inc->deliveries[i]))
			receiver_of(c, inc->deliveries[i].receiver)->dead++;
	}
	look_for_redefined(c, key, inc, now);
}

static void count_record(struct census *c, const struct store_record *record, int64_t now)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_read(arena, record->bytes, &err);

	if (!inc)
		return; /* whoever changes it says so */
	switch (c->list) {
	case STORE_LIST_OPEN: count_open(c, record->key, inc, now); break;
	case STORE_LIST_CLOSED: count_closed(c, record->key, inc, now); break;
	case STORE_LIST_DEAD: count_dead(c, record->key, inc, now); break;
	}
}

static enum store_list next_list(struct census *c)
{
	int64_t now = loop_mono_ms();

	if (c->list == STORE_LIST_CLOSED || (c->closed_at && now - c->closed_at < CLOSED_EVERY_MS))
		return STORE_LIST_DEAD;
	c->closed_at = now;
	c->past_patience = false;
	return STORE_LIST_CLOSED;
}

static void rest(struct census *c)
{
	int64_t took = loop_mono_ms() - c->started - c->paused;
	int64_t wait = took * CENSUS_REST_FACTOR > CENSUS_REST_MS ? took * CENSUS_REST_FACTOR : CENSUS_REST_MS;

	c->rests = true;
	if (c->figures.left_over)
		c->closed_at = 0;
	if (c->hurried)
		wait = 0;
	else if (c->figures.left_over)
		wait = AGAIN_REST_MS;
	else if (c->hours_changed)
		wait = CENSUS_FIRST_MS;
	loop_timer_set(c->timer, wait);
}

static void count_listed(void *arg, const struct store_listed *reply)
{
	struct census *c = arg;

	c->at_store = false;
	if (c->closed) {
		free_census(c);
		return;
	}
	if (reply->result != STORE_OK) {
		c->hours_changed |= c->looks_at_hours;
		rest(c);
		return;
	}
	c->again_from = c->again_from ? c->again_from : reply->now;
	for (size_t i = 0; i < reply->count; i++)
		count_record(c, &reply->records[i], reply->now);
	free(c->cursor);
	bool enough = c->list == STORE_LIST_CLOSED && c->past_patience;
	c->cursor = reply->cursor.n && !enough ? mem_str(reply->cursor) : NULL;
	if (!c->cursor && c->list == STORE_LIST_DEAD) {
		c->done(c->arg, &c->figures);
		rest(c);
		return;
	}
	if (!c->cursor)
		c->list = next_list(c);
	walk_census(c);
}

static void walk_census(struct census *c)
{
	struct store *s = c->r->store;

	if (c->pauses < CENSUS_PAUSES_MAX && (s->ops->health(s).behind || c->reheld > CENSUS_PAGE)) {
		c->pauses++;
		c->paused += CENSUS_PAUSE_MS;
		loop_timer_set(c->timer, CENSUS_PAUSE_MS);
		return;
	}
	c->pauses = 0;
	c->at_store = true;
	store_list(s, c->list, str_c(c->cursor), CENSUS_PAGE, count_listed, c);
}
