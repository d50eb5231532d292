/* Escalation: the path, what has run of it, and what runs next. The header says what it means. */
#include "incident/escalation.h"

#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "incident/delivery.h"
#include "incident/record.h"

#define TOLD_BYTES_MAX 300 /* of what is written down of one step */

bool escalation_take_name(struct str *rest, struct str *name)
{
	ptrdiff_t end = str_index(*rest, '\n');
	bool any = rest->n > 0;
	*name = str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end);
	*rest = end < 0 ? (struct str){NULL, 0} : str_slice(*rest, (size_t)end + 1, rest->n);
	return any;
}

/* ---- the path ---- */

static struct str names_of(struct arena *arena, const struct strs *names)
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
static int64_t time_of(const struct escalation *x, size_t i)
{
	return i == 0 && x->steps[i].after_ms < 0 ? 0 : x->steps[i].after_ms;
}

static void keep_what_ran(struct incident_step *step, const struct incident_step *before, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (before[i].ran_at && before[i].after_ms == step->after_ms && str_eq(before[i].notify, step->notify)) {
			step->ran_at = before[i].ran_at;
			step->told = before[i].told;
		}
}

void escalation_take(struct incident *inc, const struct escalation *x)
{
	struct incident_step *before = inc->steps;
	size_t count = inc->step_count;
	inc->escalation.name = x ? arena_str(inc->arena, x->name) : (struct str){NULL, 0};
	inc->escalation.notify = x && x->count ? names_of(inc->arena, &x->steps[0].notify) : (struct str){NULL, 0};
	inc->escalation.after_ms = x && x->count ? x->steps[0].after_ms : 0;
	inc->steps = NULL;
	inc->step_count = inc->step_capacity = 0;
	for (size_t i = 0; x && i < x->count && i < ESCALATION_STEPS_MAX; i++) {
		struct incident_step step = {.after_ms = time_of(x, i), .notify = names_of(inc->arena, &x->steps[i].notify)};
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
	}
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (inc->deliveries[i].target.n)
			inc->deliveries[i].from = DELIVERY_NOT_YET;
}

/* ---- what comes next ---- */

static bool path_is_walked(const struct incident *inc)
{
	return incident_is_open(inc) && incident_is_paged(inc) && !inc->quiet_at && !incident_acknowledgement(inc);
}

const struct incident_step *escalation_next(const struct incident *inc, int64_t *at)
{
	*at = 0;
	for (size_t i = 0; i < inc->step_count && path_is_walked(inc); i++) {
		const struct incident_step *step = &inc->steps[i];
		if (step->ran_at || step->after_ms < 0)
			continue;
		*at = inc->escalation.from + step->after_ms;
		return step;
	}
	return NULL;
}

/* ---- a step runs ---- */

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

/* At once, whoever the page itself reaches is reached: the same page twice helps nobody. */
static void tell(struct running *r, struct str role, struct str receiver)
{
	struct incident *inc = r->inc;
	if (!r->step->after_ms && plain_delivery(inc, receiver))
		return;
	struct delivery *d = incident_add_delivery(inc, receiver, role, r->now);
	if (d && (d->from > inc->generation || !d->gen_count))
		d->from = inc->generation;
}

static void write_down(struct running *r, struct str role, const struct escalation_reached *reached)
{
	struct buf *b = &r->told;
	buf_add_c(b, b->n ? "; " : "");
	buf_add(b, role);
	if (reached->who.n && !str_eq(reached->who, role))
		buf_printf(b, ", %.*s", STR_ARG(reached->who));
	if (reached->by_default && reached->contact.n)
		buf_printf(b, " (%.*s)", STR_ARG(reached->contact));
	buf_add_c(b, reached->by_default ? " has no receiver" : "");
	for (size_t i = 0; i < reached->receivers.n; i++)
		buf_printf(b, "%s%.*s", i ? ", " : reached->by_default ? ": " : " by ", STR_ARG(reached->receivers.v[i]));
}

/* A role without a receiver at once is the page itself; later the default receivers hear whom they are to call. */
static void tell_role(struct running *r, struct str role)
{
	struct escalation_reached reached = {0};
	const struct escalation_roster *roster = r->policy->roster;
	roster->reach(roster->arg, role, r->now, r->inc->arena, &reached);
	if (reached.by_default && !r->step->after_ms)
		reached.receivers.n = 0;
	write_down(r, role, &reached);
	for (size_t i = 0; i < reached.receivers.n; i++)
		tell(r, role, reached.receivers.v[i]);
}

static void run_step(struct running *r)
{
	char after[TIME_DURATION_MAX];
	buf_init(&r->told, SIZE_MAX);
	for (struct str rest = r->step->notify, role; escalation_take_name(&rest, &role);)
		tell_role(r, role);
	struct str told = str_slice(buf_str(&r->told), 0, r->told.n < TOLD_BYTES_MAX ? r->told.n : TOLD_BYTES_MAX);
	r->step->ran_at = r->now;
	r->step->told = arena_str(r->inc->arena, told);
	incident_note(r->inc, r->now, "escalated", "after %s: %.*s", time_duration_format(r->step->after_ms, after),
	              STR_ARG(told));
	buf_release(&r->told);
}

size_t escalation_run(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	size_t n = 0;
	int64_t at;
	if (!policy->roster)
		return 0;
	for (const struct incident_step *next; (next = escalation_next(inc, &at)) && at <= now; n++) {
		struct running r = {.inc = inc, .policy = policy, .now = now, .step = &inc->steps[next - inc->steps]};
		run_step(&r);
	}
	return n;
}
