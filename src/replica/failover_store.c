/* States and life. */
#include "replica/failover_store.h"

#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "replica/failover_doubt.h"

static struct failover *failover_of(struct front *f)
{
	return (struct failover *)(void *)f;
}

bool failover_primary_up(const struct failover *f)
{
	return f->primary->ops->health(f->primary).up;
}

int64_t failover_primary_now(const struct failover *f)
{
	return f->primary_now ? f->primary_now + (loop_mono_ms() - f->primary_mono) : 0;
}

bool failover_has_id(struct str ids, const char *id)
{
	return id[0] && str_find(ids, str_c(id)) >= 0;
}

/* ---- states ---- */

static const char *state_name(const struct failover *f)
{
	static const char *const names[] = {
		[FAILOVER_STARTING] = "starting", [FAILOVER_PRIMARY] = "primary", [FAILOVER_LOCAL] = "local",
		[FAILOVER_MERGING] = "merging",   [FAILOVER_HOLDING] = "merging", [FAILOVER_DRAINING] = "draining"};
	return f->drained ? "drained" : names[f->state];
}

static bool primary_serves(const struct failover *f)
{
	return f->state == FAILOVER_PRIMARY || f->state == FAILOVER_DRAINING;
}

static bool local_serves(enum failover_state s)
{
	return s == FAILOVER_LOCAL || s == FAILOVER_MERGING;
}

/* Times in records are the primary's: the local file goes on with its clock. */
static void hand_to_merge(struct failover *f)
{
	f->lost_at = failover_primary_now(f);
	f->partial_since = f->lost_at ? f->lost_at : loop_wall_ms();
	if (f->lost_at)
		local_store_set_clock(f->local, f->lost_at);
}

void failover_set_drained(struct failover *f, bool drained)
{
	f->drained = drained;
	f->maintained |= drained;
	front_of(f->primary)->planned = drained;
}

void failover_enter(struct failover *f, enum failover_state state)
{
	bool served = primary_serves(f);
	f->state = state;
	loop_timer_stop(f->timer);
	if (local_serves(state) && !f->partial_since)
		hand_to_merge(f);
	if (state == FAILOVER_PRIMARY) {
		f->maintained = false;
		f->went_away = false;
		f->partial_since = 0;
		failover_doubts_ask(f);
		failover_pay(f);
	}
	if (state == FAILOVER_PRIMARY || local_serves(state))
		failover_release_held(f);
	if (served != primary_serves(f))
		front_changed(&f->front);
}

void failover_trip(struct failover *f, const char *why)
{
	if (f->state == FAILOVER_LOCAL)
		return;
	bool served = primary_serves(f);
	if (served)
		f->count.failovers++;
	if (served || f->state == FAILOVER_STARTING)
		LOG(LOG_WARN, "The local file serves: the primary store does not", LOG_S("why", why));
	f->went_away = true;
	f->fruitless = 0;
	failover_return_abandon(f);
	failover_drain_fail(f, why);
	failover_enter(f, FAILOVER_LOCAL);
}

/* ---- the two stores' news ---- */

static void primary_changed(void *arg)
{
	struct failover *f = arg;
	if (f->closing)
		return;
	struct store_health h = f->primary->ops->health(f->primary);
	if (!h.up)
		f->went_away = true;
	if (!h.up && f->state != FAILOVER_STARTING)
		failover_trip(f, h.why);
	else if (h.up && !f->drained && (f->state == FAILOVER_STARTING || f->state == FAILOVER_LOCAL))
		failover_return_begin(f);
	front_changed(&f->front);
}

static void local_changed(void *arg)
{
	struct failover *f = arg;
	if (!f->closing)
		front_changed(&f->front);
}

static void failover_on_timer(void *arg)
{
	struct failover *f = arg;
	if (f->state == FAILOVER_STARTING)
		failover_trip(f, "it does not answer");
	else
		failover_return_step(f);
}

static void on_verify_timer(void *arg)
{
	struct failover *f = arg;
	if (f->state == FAILOVER_PRIMARY)
		failover_pay(f); /* what could not be paid at the return */
	failover_verify_later(f);
}

/* ---- health ---- */

static size_t failover_parts(struct front *front, struct store_health *out)
{
	const struct failover *f = failover_of(front);
	out[0] = f->primary->ops->health(f->primary);
	out[1] = f->local->ops->health(f->local);
	out[0].serving = primary_serves(f);
	out[1].serving = !out[0].serving;
	out[0].planned = f->drained;
	out[0].behind = local_store_backlog(f->local) > FAILOVER_BACKLOG;
	out[1].partial_since = f->partial_since;
	return 2;
}

static struct store_health failover_health(struct front *front)
{
	struct store_health parts[STORE_PARTS_MAX];
	failover_parts(front, parts);
	return parts[0].serving ? parts[0] : parts[1];
}

static int64_t failover_now(struct front *front)
{
	struct failover *f = failover_of(front);
	struct store *s = primary_serves(f) ? f->primary : f->local;
	return s->ops->now(s);
}

struct failover_figures failover_store_figures(const struct store *s)
{
	const struct failover *f = (const struct failover *)(const void *)s;
	return (struct failover_figures){.state = state_name(f),
	                                 .failovers = f->count.failovers,
	                                 .merged = f->count.merged,
	                                 .put_back = f->count.put_back,
	                                 .mirror_lost = local_store_lost(f->local),
	                                 .owned = local_store_owned_count(f->local),
	                                 .paying = f->paying};
}

void failover_store_set_policy(struct store *s, const struct incident_policy *policy, struct policy_owner owner)
{
	struct failover *f = failover_of(front_of(s));
	f->policy = *policy;
	local_store_set_policy(f->local, policy, owner);
}

/* ---- life ---- */

/* What is under way at the two is called back while they close, and passed on as it is. */
static void failover_close(struct front *front)
{
	struct failover *f = failover_of(front);
	f->closing = true;
	failover_return_abandon(f);
	failover_drain_fail(f, "shutting down");
	for (struct request *r = f->held_first, *next; r; r = next) {
		next = r->next;
		request_fail(r, STORE_UNAVAILABLE);
		front_answer(front, r);
	}
	f->primary->ops->close(f->primary);
	f->local->ops->close(f->local);
	failover_doubts_free(f);
	front_release(front);
	loop_timer_free(f->timer);
	loop_timer_free(f->verify_timer);
	mem_cleanup(&f->mirrored);
	mem_cleanup(&f);
}

static void failover_submit(struct front *front, struct request *r)
{
	failover_route(failover_of(front), r);
}

struct store *failover_store_open(struct loop *l, const struct failover_options *options)
{
	struct failover *f = mem_zero(sizeof *f);
	front_init(&f->front, l);
	f->front.submit = failover_submit;
	f->front.health = failover_health;
	f->front.parts = failover_parts;
	f->front.now = failover_now;
	f->front.close = failover_close;
	f->loop = l;
	f->primary = options->primary;
	f->local = options->local;
	f->policy = options->policy;
	f->timeout_ms = options->timeout_ms;
	f->held_last = &f->held_first;
	f->mirrored = mem_zero(FAILOVER_MIRRORED * sizeof *f->mirrored);
	f->timer = loop_timer_new(l, failover_on_timer, f);
	f->verify_timer = loop_timer_new(l, on_verify_timer, f);
	f->went_away = true; /* what was mirrored before this start may be newer than what it has */
	f->primary->ops->on_change(f->primary, primary_changed, f);
	f->local->ops->on_change(f->local, local_changed, f);
	loop_timer_set(f->timer, f->timeout_ms);
	if (failover_primary_up(f))
		failover_return_begin(f);
	return &f->front.store;
}
