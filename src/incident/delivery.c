/* What a receiver is to be told next: the difference between what it should know and what it was told. */
#include "incident/delivery.h"

#include <string.h>

#include "base/time.h"
#include "incident/generations.h"
#include "incident/target.h"

struct delivery *incident_delivery_to(struct incident *inc, struct str receiver, struct str target)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (str_eq(inc->deliveries[i].receiver, receiver) && str_eq(inc->deliveries[i].target, target))
			return &inc->deliveries[i];
	return NULL;
}

struct delivery *incident_delivery(struct incident *inc, struct str receiver)
{
	return incident_delivery_to(inc, receiver, STR(""));
}

bool incident_names_receiver(const struct incident *inc, struct str receiver)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (str_eq(inc->deliveries[i].receiver, receiver))
			return true;
	return false;
}

struct delivery *incident_delivery_due(struct incident *inc, struct str receiver, int64_t now)
{
	struct delivery *first = NULL;
	for (size_t i = 0; i < inc->delivery_count; i++) {
		struct delivery *d = &inc->deliveries[i];
		if (d->due_at && d->due_at <= now && str_eq(d->receiver, receiver) && (!first || d->due_at < first->due_at))
			first = d;
	}
	return first;
}

/* Of an earlier page, whose end it has heard: the next page does not name it. */
static bool owes_nothing(const struct incident *inc, const struct delivery *d)
{
	for (size_t i = 0; i < d->gen_count; i++)
		if (generation_may_be_open(&d->gens[i]) || d->gens[i].echo || d->gens[i].gave_up)
			return false;
	return d->from > inc->generation + 1 && !d->due_at;
}

/* One more; at the ceiling, in the place of one that owes nothing. NULL: there is none. */
static struct delivery *room_for_delivery(struct incident *inc)
{
	if (inc->delivery_count < INCIDENT_RECEIVERS_MAX)
		return INCIDENT_ADD(inc, inc->deliveries, inc->delivery_count, inc->delivery_capacity, INCIDENT_RECEIVERS_MAX);
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (owes_nothing(inc, &inc->deliveries[i]))
			return &inc->deliveries[i];
	return NULL;
}

struct delivery *incident_add_delivery(struct incident *inc, struct str receiver, struct str target, int64_t now)
{
	struct delivery *known = incident_delivery_to(inc, receiver, target);
	if (known)
		return known;
	struct delivery *d = room_for_delivery(inc);
	if (!d) {
		incident_note(inc, now, "too_many_receivers", "%.*s is not told", STR_ARG(receiver));
		return NULL;
	}
	memset(d, 0, sizeof *d);
	d->receiver = arena_str(inc->arena, receiver);
	d->target = arena_str(inc->arena, target);
	return d;
}

bool incident_add_receiver(struct incident *inc, struct str receiver, int64_t now)
{
	return incident_add_delivery(inc, receiver, STR(""), now) != NULL;
}

/* A generation begins when it pages: until then the older one stays open at the provider. */
static bool is_over(const struct incident *inc, const struct told_generation *g)
{
	return g->generation <= inc->ended_generation || g->generation < inc->generation;
}

/* Rule "generations": the oldest that was or may have been told and is over. */
static struct want want_resolve(const struct incident *inc, const struct delivery *d)
{
	for (size_t i = 0; i < d->gen_count; i++)
		if (is_over(inc, &d->gens[i]) && generation_may_be_open(&d->gens[i]) && !d->gens[i].gave_up)
			return (struct want){.verb = WANT_RESOLVE, .generation = d->gens[i].generation};
	return (struct want){.verb = WANT_NOTHING};
}

/* While the resolve is held back nobody fires: who has not been told yet is not told any more. */
static bool should_fire(const struct incident *inc, const struct delivery *d)
{
	return incident_is_paged(inc) && !inc->quiet_at && d->from <= inc->generation;
}

/* So long the other half of a parted pair of routers may need to come, too. */
#define CONTRADICTED_MS (3 * TIME_SECOND)

/*
 * It was told that this generation is over, and it fires all the same. A new firing would have begun another one: so two
 * routers parted, each merges what it heard, and what the other one knows may be the end.
 */
static int64_t not_before_again(const struct delivery *d, const struct told_generation *g)
{
	return g && g->told == TOLD_RESOLVED ? d->told_at + CONTRADICTED_MS : 0;
}

/* Nobody else's: a step that comes while somebody has it, and what a person says of it, are told. */
static bool is_of_its_page(const struct delivery *d, const struct told_generation *g)
{
	return !d->target.n && !d->update_due && (!g || (g->told == TOLD_NOTHING && !g->maybe));
}

static struct want want_firing(const struct incident *inc, const struct delivery *d)
{
	const struct told_generation *g = generation_find(d, inc->generation);
	struct want trigger = {.verb = WANT_TRIGGER, .generation = inc->generation, .not_before = not_before_again(d, g)};
	struct want nothing = {.verb = WANT_NOTHING};
	bool reminds = d->notice < inc->notice && !delivery_is_followed(inc, d);
	if (incident_is_taken(inc) && is_of_its_page(d, g))
		return nothing;
	if (g && g->in_digest && g->told == TOLD_NOTHING && !g->maybe && !reminds)
		return nothing; /* of an acknowledgement nobody was told either whom the digest did not name */
	if (!g || g->told == TOLD_NOTHING || g->told == TOLD_RESOLVED)
		return trigger;
	if (g->maybe && (reminds || !d->update_due)) /* else it was an update whose outcome is not known */
		return trigger;
	bool acknowledged = incident_acknowledgement(inc) != NULL;
	if (acknowledged && g->told != TOLD_ACKNOWLEDGED)
		return (struct want){.verb = WANT_ACKNOWLEDGE, .generation = inc->generation};
	if (!acknowledged && (g->told == TOLD_ACKNOWLEDGED || reminds))
		return trigger;
	return d->update_due ? (struct want){.verb = WANT_UPDATE, .generation = inc->generation} : nothing;
}

/* Rule "echo". One that waits would hold up the list at its ceiling: then it goes at once. */
static struct want want_echo(const struct incident *inc, const struct delivery *d)
{
	for (size_t i = 0; i < d->gen_count; i++) {
		const struct told_generation *g = &d->gens[i];
		if (g->echo && g->echo_at && is_over(inc, g) && !g->gave_up) {
			bool full = d->gen_count + 1 >= INCIDENT_GENERATIONS_MAX;
			return (struct want){.verb = WANT_ECHO, .generation = g->generation, .not_before = full ? 0 : g->echo_at};
		}
	}
	return (struct want){.verb = WANT_NOTHING};
}

static bool same_want(const struct want *a, const struct want *b)
{
	return a->verb == b->verb && a->generation == b->generation;
}

/* What was refused or has expired is a dead letter until somebody retries it; a later notice is another want. */
static bool is_given_up(const struct incident *inc, const struct delivery *d, const struct want *w)
{
	return w->verb != WANT_NOTHING && same_want(w, &d->dead) &&
	       (w->verb != WANT_TRIGGER || inc->notice <= d->dead_notice);
}

struct want delivery_want(const struct incident *inc, const struct delivery *d)
{
	struct want w = want_resolve(inc, d);
	if (w.verb == WANT_NOTHING && should_fire(inc, d)) {
		w = want_firing(inc, d);
		if (is_given_up(inc, d, &w))
			w.verb = WANT_NOTHING;
	}
	return w.verb == WANT_NOTHING ? want_echo(inc, d) : w;
}

static void begin_want(struct delivery *d, const struct want *w, int64_t due_at, int64_t now)
{
	d->attempts = 0;
	d->failing_since = 0;
	d->first_due_at = due_at;
	d->want_since = now;
	d->tried_by = STR("");
	if (w->verb == WANT_TRIGGER && w->generation != d->want.generation)
		d->fell_back = false;
}

static void refresh_one(struct incident *inc, struct delivery *d, int64_t now)
{
	struct want w = delivery_want(inc, d);
	if (w.verb == WANT_NOTHING) {
		d->due_at = 0;
		d->want = w;
		return;
	}
	if (same_want(&w, &d->want) && d->due_at)
		return; /* its backoff, or the lease of a running attempt */
	int64_t due_at = w.not_before > now ? w.not_before : now;
	if (!same_want(&w, &d->want))
		begin_want(d, &w, due_at, now);
	d->want = w;
	d->due_at = due_at;
}

void incident_refresh(struct incident *inc, int64_t now)
{
	for (size_t i = 0; i < inc->delivery_count; i++) {
		generations_tidy(&inc->deliveries[i]);
		refresh_one(inc, &inc->deliveries[i], now);
	}
}

struct attempt delivery_begin(struct incident *inc, struct delivery *d, int64_t now, int64_t lease_until)
{
	incident_refresh(inc, now);
	struct attempt a = {.want = d->want, .notice = inc->notice, .roster = incident_roster(inc)};
	a.says = d->update_due;
	a.said = inc->update.number;
	if (!d->due_at || d->due_at > now) {
		a.want.verb = WANT_NOTHING;
		return a;
	}
	struct told_generation *g = generation_make(inc, d, d->want.generation);
	a.update = g->told == TOLD_FIRING || g->told == TOLD_ACKNOWLEDGED;
	if (g->maybe)
		g->echo = true; /* an earlier attempt was never settled: its request may still arrive */
	if (want_may_open(&d->want))
		g->maybe = true;
	if (!d->attempts)
		d->want_since = now; /* it expires after so much trying, not after so much waiting */
	a.number = ++d->attempts;
	d->due_at = lease_until;
	d->tried_by = STR("");
	return a;
}

void delivery_tried_by(struct incident *inc, struct delivery *d, struct str node)
{
	d->tried_by = arena_str(inc->arena, node);
}

void incident_take_over(struct incident *inc, struct str receiver, struct str node, int64_t now)
{
	for (size_t i = 0; i < inc->delivery_count && node.n; i++) {
		struct delivery *d = &inc->deliveries[i];
		if (!str_eq(d->receiver, receiver) || !str_eq(d->tried_by, node) || d->due_at <= now)
			continue;
		d->due_at = now;
		d->tried_by = STR("");
	}
}

bool delivery_may_send(int64_t now_mono, int64_t lease_end_mono, int64_t timeout_ms)
{
	return now_mono + timeout_ms < lease_end_mono;
}

bool delivery_is_dead(const struct incident *inc, const struct delivery *d)
{
	for (size_t i = 0; i < d->gen_count; i++)
		if (d->gens[i].gave_up)
			return true;
	if (d->dead.verb == WANT_NOTHING || !should_fire(inc, d))
		return false;
	struct want w = want_firing(inc, d);
	return is_given_up(inc, d, &w);
}

const char *delivery_told_name(const struct delivery *d)
{
	static const char *const names[] = {"nothing", "firing", "acknowledged", "resolved"};
	if (!d->gen_count)
		return names[TOLD_NOTHING];
	const struct told_generation *g = &d->gens[d->gen_count - 1];
	return g->maybe ? "maybe" : names[g->in_digest && g->told == TOLD_NOTHING ? TOLD_FIRING : g->told];
}

bool delivery_retry(const struct incident *inc, struct delivery *d, int64_t now)
{
	bool waits = delivery_is_dead(inc, d) || (d->due_at && d->failing_since);
	for (size_t i = 0; i < d->gen_count; i++)
		d->gens[i].gave_up = false;
	if (!waits)
		return false;
	d->dead = (struct want){.verb = WANT_NOTHING};
	d->want = (struct want){.verb = WANT_NOTHING};
	d->want_since = now;
	d->due_at = 0;
	return true;
}

bool delivery_died_before(const struct incident *inc, const struct delivery *d, int64_t at)
{
	return delivery_is_dead(inc, d) && d->failing_since < at;
}

static bool waits_out_a_pause(const struct incident *inc, const struct delivery *d, int64_t now)
{
	return d->failing_since && d->due_at > now && !delivery_is_dead(inc, d);
}

/* What waits goes at once; a dead letter, that the old definition made one, rises. */
static bool try_anew(struct incident *inc, struct delivery *d, int64_t died_before, int64_t now)
{
	if (delivery_died_before(inc, d, died_before)) {
		incident_note(inc, now, "retried", "%.*s is defined anew", STR_ARG(d->receiver));
		return delivery_retry(inc, d, now);
	}
	if (!waits_out_a_pause(inc, d, now))
		return false;
	d->attempts = 0;
	d->due_at = 0;
	return true;
}

bool incident_receiver_redefined(struct incident *inc, struct str receiver, int64_t died_before, int64_t now)
{
	bool found = false;
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (str_eq(inc->deliveries[i].receiver, receiver))
			found |= try_anew(inc, &inc->deliveries[i], died_before, now);
	if (found)
		incident_refresh(inc, now);
	return found;
}
