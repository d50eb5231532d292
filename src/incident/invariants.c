/* What holds for every incident: asserted where one was changed, checked where one was read. */
#include "incident/invariants.h"

#include <assert.h>
#include <string.h>

#include "catalog/catalog.h"

static bool is_number(uint64_t n)
{
	return n <= (uint64_t)INCIDENT_NUMBER_MAX;
}

/* ---- rows ---- */

static bool mark_was_handed_out(const struct incident *inc, int64_t mark)
{
	return mark >= 0 && mark <= inc->last_mark;
}

static bool row_comes_again(const struct incident *inc, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(inc->rows[k].group, inc->rows[i].group))
			return true;
	return false;
}

static const char *row_damage(const struct incident *inc, size_t i)
{
	const struct incident_row *row = &inc->rows[i];
	if (row->mark == row->former || !mark_was_handed_out(inc, row->mark) || !mark_was_handed_out(inc, row->former))
		return "the marks of a row";
	if (!is_number(row->n0) || !is_number(row->n1) || row->w0 > row->n0 || row->w1 > row->n1)
		return "the counts of a row";
	return row_comes_again(inc, i) ? "two rows of one group" : NULL;
}

/* ---- deliveries ---- */

static bool want_is_known(const struct want *w)
{
	return w->verb >= WANT_NOTHING && w->verb <= WANT_UPDATE && is_number(w->generation);
}

static bool receiver_comes_again(const struct incident *inc, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(inc->deliveries[k].receiver, inc->deliveries[i].receiver) &&
		    str_eq(inc->deliveries[k].target, inc->deliveries[i].target))
			return true;
	return false;
}

static const char *told_damage(const struct delivery *d)
{
	uint64_t before = 0;
	for (size_t i = 0; i < d->gen_count; i++) {
		const struct told_generation *g = &d->gens[i];
		if (!is_number(g->generation) || (i && g->generation <= before))
			return "what a receiver was told of is out of order";
		if (g->told < TOLD_NOTHING || g->told > TOLD_RESOLVED)
			return "what a receiver was told is nothing that we know";
		before = g->generation;
	}
	return NULL;
}

static const char *delivery_damage(const struct incident *inc, size_t i)
{
	const struct delivery *d = &inc->deliveries[i];
	if (receiver_comes_again(inc, i))
		return "a receiver stands there twice with one target";
	if (!want_is_known(&d->want) || !want_is_known(&d->dead) || !is_number(d->notice) || !is_number(d->from))
		return "what a receiver is to be told is nothing that we know";
	if (d->due_at && d->want.verb == WANT_NOTHING)
		return "a delivery is due that has nothing to tell";
	return told_damage(d);
}

/* ---- the incident ---- */

static const char *generation_damage(const struct incident *inc)
{
	if (!is_number(inc->generation) || inc->ended_generation > inc->generation)
		return "the generation that has ended is after the latest one";
	if (inc->ack_generation > inc->generation + 1)
		return "acknowledged is a generation that there was not";
	if (!incident_is_open(inc) && (incident_is_paged(inc) || incident_is_waiting(inc)))
		return "it is closed and pages";
	if (inc->held_from && !incident_is_waiting(inc))
		return "hours hold a page that does not wait";
	if (inc->due_why < DUE_PAGE_AFTER || inc->due_why > DUE_LATE_GRACE)
		return "why a page waits is nothing that we know";
	return is_number(inc->page) && is_number(inc->notice) && is_number(inc->episode) ? NULL : "a number is too large";
}

static const char *step_damage(const struct incident_step *s)
{
	return s->when < STEP_BY_TIME || s->when > STEP_RESOLUTION_MISSED ? "what makes a step due is nothing that we know"
	                                                                  : NULL;
}

const char *incident_damage(const struct incident *inc)
{
	const char *damage = generation_damage(inc);
	for (size_t i = 0; !damage && i < inc->row_count; i++)
		damage = row_damage(inc, i);
	for (size_t i = 0; !damage && i < inc->delivery_count; i++)
		damage = delivery_damage(inc, i);
	for (size_t i = 0; !damage && i < inc->step_count; i++)
		damage = step_damage(&inc->steps[i]);
	return damage;
}

void incident_holds(const struct incident *inc)
{
	assert(!incident_damage(inc));
	(void)inc;
}
