/* Escalation: the path, what has run of it, and what runs next. The header says what it means. */
#include "incident/escalation.h"

#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "incident/deadline.h"
#include "incident/delivery.h"
#include "incident/generations.h"
#include "incident/message.h"
#include "incident/record.h"
#include "incident/silence.h"
#include "incident/target.h"

#define TOLD_BYTES_MAX 300 /* of what is written down of one step */

bool escalation_take_name(struct str *rest, struct str *name)
{
	ptrdiff_t end = str_index(*rest, '\n');
	bool any = rest->n > 0;
	*name = str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end);
	*rest = end < 0 ? (struct str){NULL, 0} : str_slice(*rest, (size_t)end + 1, rest->n);
	return any;
}

bool escalation_step_names(const struct incident_step *step, struct str role)
{
	for (struct str rest = step->notify, name; escalation_take_name(&rest, &name);)
		if (str_eq(name, role))
			return true;
	return false;
}

/* ---- the path ---- */

static struct str names_on_lines(struct arena *arena, const struct strs *names)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < names->n; i++) {
		buf_add_c(&b, i ? "\n" : "");
		buf_add(&b, names->v[i]);
	}
	return arena_str(arena, buf_str(&b));
}

/* A step that nobody gives a time does not run by itself, unless it is the first: that is the page. */
static int64_t step_time(const struct escalation *x, size_t i)
{
	return i == 0 && x->steps[i].after_ms < 0 && x->steps[i].when == STEP_BY_TIME ? 0 : x->steps[i].after_ms;
}

static void keep_what_ran(struct incident_step *step, const struct incident_step *before, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (before[i].ran_at && before[i].after_ms == step->after_ms && before[i].when == step->when &&
		    str_eq(before[i].notify, step->notify)) {
			step->ran_at = before[i].ran_at;
			step->told = before[i].told;
		}
}

void escalation_take(struct incident *inc, const struct escalation *x)
{
	struct incident_step *before = inc->steps;
	size_t count = inc->step_count;
	inc->escalation.name = x ? arena_str(inc->arena, x->name) : (struct str){NULL, 0};
	inc->escalation.notify = x && x->count ? names_on_lines(inc->arena, &x->steps[0].notify) : (struct str){NULL, 0};
	inc->escalation.after_ms = x && x->count ? x->steps[0].after_ms : 0;
	inc->steps = NULL;
	inc->step_count = inc->step_capacity = 0;
	for (size_t i = 0; x && i < x->count && i < ESCALATION_STEPS_MAX; i++) {
		const struct escalation_step *stated = &x->steps[i];
		struct incident_step step = {.after_ms = step_time(x, i),
		                             .notify = names_on_lines(inc->arena, &stated->notify),
		                             .when = (int)stated->when,
		                             .active = names_on_lines(inc->arena, &stated->hours.active),
		                             .mute = names_on_lines(inc->arena, &stated->hours.mute)};
		keep_what_ran(&step, before, count);
		*INCIDENT_ADD(inc, inc->steps, inc->step_count, inc->step_capacity, ESCALATION_STEPS_MAX) = step;
	}
}

void escalation_begin(struct incident *inc, int64_t now)
{
	inc->escalation.from = now;
	for (size_t i = 0; i < inc->step_count; i++) {
		inc->steps[i].ran_at = 0;
		inc->steps[i].told = STR("");
		inc->steps[i].not_before = 0;
	}
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (inc->deliveries[i].target.n)
			inc->deliveries[i].from = DELIVERY_NOT_YET;
}

void escalation_page_anew(struct incident *inc)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (delivery_is_preceded(inc, &inc->deliveries[i]))
			inc->deliveries[i].from = DELIVERY_NOT_YET;
}

/* ---- what comes next ---- */

static bool path_is_walked(const struct incident *inc)
{
	return incident_is_open(inc) && incident_is_paged(inc) && !inc->quiet_at;
}

/* When it is due, whatever its hours are; 0: never. Who has it may still miss the end. */
static int64_t step_due_at(const struct incident *inc, const struct incident_step *step)
{
	if (step->ran_at)
		return 0;
	if (step->when == STEP_RESOLUTION_MISSED)
		return incident_resolution_due(inc);
	if (incident_acknowledgement(inc))
		return 0;
	if (step->when == STEP_RESPONSE_MISSED)
		return incident_responded_at(inc) ? 0 : incident_response_due(inc);
	return step->after_ms < 0 ? 0 : inc->escalation.from + step->after_ms;
}

/* …and when it may run: within its hours, and not before the next word of Alertmanager where it is silenced. */
static int64_t step_runs_at(const struct incident *inc, const struct incident_step *step)
{
	int64_t due = step_due_at(inc, step);
	if (!due)
		return 0;
	due = step->not_before > due ? step->not_before : due;
	return inc->silence.until > due ? inc->silence.until : due;
}

/* The first in time; of those at once the first of the path. */
const struct incident_step *escalation_next(const struct incident *inc, int64_t *at)
{
	const struct incident_step *next = NULL;
	*at = 0;
	for (size_t i = 0; i < inc->step_count && path_is_walked(inc); i++) {
		int64_t due = step_runs_at(inc, &inc->steps[i]);
		if (due && (!next || due < *at)) {
			next = &inc->steps[i];
			*at = due;
		}
	}
	return next;
}

/* ---- what is said of it ---- */

/* Why it does not come. */
static enum step_outlook outlook_of_none(const struct incident *inc, const struct incident_step *step)
{
	if (step->when != STEP_BY_TIME)
		return STEP_NEVER;
	return step->after_ms < 0 ? STEP_BY_HAND : incident_acknowledgement(inc) ? STEP_ACKNOWLEDGED : STEP_NEVER;
}

enum step_outlook escalation_outlook(const struct incident *inc, const struct incident_step *step, int64_t *at)
{
	int64_t due = step_runs_at(inc, step), held_until = incident_is_paged(inc) ? 0 : inc->due_at;
	*at = step->ran_at;
	if (step->ran_at)
		return STEP_HAS_RUN;
	if (!incident_is_open(inc))
		return STEP_OVER;
	if (!due)
		return outlook_of_none(inc, step);
	if (!held_until && !path_is_walked(inc))
		return STEP_QUIET;
	if (inc->silence.since)
		return STEP_SILENCED;
	*at = held_until > due ? held_until : due;
	return STEP_COMES;
}

const struct incident_step *escalation_announced(const struct incident *inc, int64_t *at)
{
	const struct incident_step *next = NULL;
	int64_t due;
	*at = 0;
	for (size_t i = 0; i < inc->step_count; i++) {
		if (escalation_outlook(inc, &inc->steps[i], &due) != STEP_COMES || (next && due >= *at))
			continue;
		next = &inc->steps[i];
		*at = due;
	}
	return next;
}

const char *step_outlook_name(enum step_outlook outlook)
{
	static const char *const outlooks[] = {
		[STEP_HAS_RUN] = "told",      [STEP_COMES] = "due",
		[STEP_BY_HAND] = "by_hand",   [STEP_ACKNOWLEDGED] = "acknowledged",
		[STEP_SILENCED] = "silenced", [STEP_QUIET] = "quiet",
		[STEP_NEVER] = "never",       [STEP_OVER] = "over",
	};
	return outlooks[outlook];
}

/* ---- a step runs ---- */

/* Their hours are looked up whenever the path may go on: when a step is due may have changed. */
void escalation_hold(struct incident *inc, const struct incident_policy *policy)
{
	const struct escalation_roster *roster = policy->roster;
	for (size_t i = 0; i < inc->step_count && roster && roster->open_from; i++) {
		struct incident_step *step = &inc->steps[i];
		int64_t due = step->active.n || step->mute.n ? step_due_at(inc, step) : 0;
		if (due)
			step->not_before = roster->open_from(roster->arg, step->active, step->mute, due, inc->arena);
	}
}

struct str escalation_when(const struct incident_step *step)
{
	return str_c(step_when_name((enum step_when)step->when));
}

const char *escalation_reason(const struct incident_step *step, char after[TIME_DURATION_MAX])
{
	if (step->when == STEP_BY_TIME)
		return time_duration_format(step->after_ms, after);
	return step->when == STEP_RESPONSE_MISSED ? "the response time has passed" : "the resolution time has passed";
}

struct running {
	struct incident *inc;
	const struct incident_policy *policy;
	struct incident_step *step;
	int64_t now;
	struct buf told;
};

static struct delivery *plain_delivery(struct incident *inc, struct str receiver)
{
	struct delivery *d = incident_delivery(inc, receiver);
	return d && d->from <= inc->generation ? d : NULL;
}

/* Which of the steps that name this role the running one is, from 1. */
static unsigned turn_on_path(const struct running *r, struct str role)
{
	unsigned turn = 1;
	for (const struct incident_step *step = r->inc->steps; step < r->step; step++)
		turn += escalation_step_names(step, role);
	return turn;
}

/* The page in force was, or may have been, told by it, or has been given up. */
static bool page_is_told(const struct incident *inc, const struct delivery *d)
{
	const struct told_generation *g = generation_find(d, inc->generation);
	return (g && (g->told != TOLD_NOTHING || g->maybe)) || delivery_is_dead(inc, d);
}

/* A page for this role is still to go there: what waits for a provider is not made to wake twice. */
static bool is_on_its_way(const struct incident *inc, struct str role, struct str receiver)
{
	for (size_t i = 0; i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		if (d->from <= inc->generation && str_eq(d->receiver, receiver) && str_eq(step_target_role(d->target), role) &&
		    !page_is_told(inc, d))
			return true;
	}
	return false;
}

/*
 * The step's own; a later one where the page was made anew as its severity was raised, and was told by that name with it.
 * Else it was told by that very step: what two routers that had parted both walked has one name.
 */
static struct str unused_target(const struct running *r, struct str role, struct str receiver)
{
	bool raised = r->inc->escalation.raised == r->inc->generation;
	for (unsigned turn = turn_on_path(r, role);; turn++) {
		struct str target = step_target(r->inc->arena, role, turn);
		const struct delivery *d = incident_delivery_to(r->inc, receiver, target);
		if (!raised || !d || !page_is_told(r->inc, d))
			return target;
	}
}

/* At once, whoever the page itself reaches is reached: the same page twice helps nobody. False where there is no room. */
static bool tell_receiver(struct running *r, struct str role, struct str receiver)
{
	struct incident *inc = r->inc;
	if ((!r->step->after_ms && plain_delivery(inc, receiver)) || is_on_its_way(inc, role, receiver))
		return true;
	struct delivery *d = incident_add_delivery(inc, receiver, unused_target(r, role, receiver), r->now);
	if (d)
		d->from = inc->generation;
	return d != NULL;
}

/* A step that names a receiver needs not say that it was told by itself. */
static bool is_receiver_itself(struct str role, const struct escalation_reached *reached)
{
	const struct str who = reached->who.n ? reached->who : role;
	return !reached->by_default && reached->receivers.n == 1 && str_eq(reached->receivers.v[0], who);
}

static void write_down(struct running *r, struct str role, const struct escalation_reached *reached)
{
	struct buf *b = &r->told;
	buf_add_c(b, b->n ? "; " : "");
	buf_add(b, role);
	if (reached->who.n && !str_eq(reached->who, role))
		buf_printf(b, ", %.*s", STR_ARG(reached->who));
	const struct str_aside aside = str_aside(reached->contact);
	if (reached->by_default)
		buf_printf(b, "%s%.*s%s", aside.before, STR_ARG(reached->contact), aside.after);
	buf_add_c(b, reached->by_default ? " has no receiver" : "");
	if (is_receiver_itself(role, reached))
		return;
	for (size_t i = 0; i < reached->receivers.n; i++)
		buf_printf(b, "%s%.*s", i ? ", " : reached->by_default ? ": " : " by ", STR_ARG(reached->receivers.v[i]));
}

/* A role without a receiver at once is the page itself; later the default receivers hear whom they are to call. */
static void tell_role(struct running *r, struct str role)
{
	struct escalation_reached reached = {0};
	const struct escalation_roster *roster = r->policy->roster;
	size_t told = 0;
	roster->reach(roster->arg, role, r->now, r->inc->arena, &reached);
	if (reached.by_default && !r->step->after_ms)
		reached.receivers.n = 0;
	for (size_t i = 0; i < reached.receivers.n; i++)
		if (tell_receiver(r, role, reached.receivers.v[i]))
			reached.receivers.v[told++] = reached.receivers.v[i];
	reached.receivers.n = told;
	write_down(r, role, &reached);
}

static void run_escalation_step(struct running *r)
{
	char after[TIME_DURATION_MAX];
	buf_init(&r->told, SIZE_MAX);
	for (struct str rest = r->step->notify, role; escalation_take_name(&rest, &role);)
		tell_role(r, role);
	struct str told = str_slice(buf_str(&r->told), 0, r->told.n < TOLD_BYTES_MAX ? r->told.n : TOLD_BYTES_MAX);
	r->step->ran_at = r->now;
	r->step->told = arena_str(r->inc->arena, told);
	incident_note(r->inc, r->now, "escalated", "%s%s: %.*s", r->step->when == STEP_BY_TIME ? "after " : "",
	              escalation_reason(r->step, after), STR_ARG(told));
	buf_release(&r->told);
}

size_t escalation_run(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	size_t n = 0;
	int64_t at;
	if (!policy->roster)
		return 0;
	escalation_hold(inc, policy);
	for (const struct incident_step *next; (next = escalation_next(inc, &at)) && at <= now; n++) {
		struct running r = {.inc = inc, .policy = policy, .now = now, .step = &inc->steps[next - inc->steps]};
		if (r.step->after_ms && silence_is_unasked(inc, policy))
			break; /* the clock asks, and runs it */
		run_escalation_step(&r);
	}
	return n;
}
