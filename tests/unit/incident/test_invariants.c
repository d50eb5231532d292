/* A record in which something does not hold is refused when it is read: so the asserts only ever see what we made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "incident/invariants.h"
#include "incident/row.h"

#define NOW INT64_C(1767603600000)

/* One fires, a page of generation 2 is in force, and oncall was told of both. */
static struct incident *sound_incident(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	inc->episode = 1;
	inc->generation = 2;
	inc->ended_generation = 1;
	inc->started_at = inc->last_seen_at = NOW;
	for (int i = 0; i < 2; i++) {
		struct incident_row *row = row_make(inc, i ? "g2" : "g1", NOW);
		row->n0 = 2;
		row->n1 = 1;
		row->left_at = NOW + TIME_DAY;
	}
	incident_add_receiver(inc, STR("oncall"), NOW);
	incident_add_receiver(inc, STR("chat"), NOW);
	struct delivery *d = incident_delivery(inc, STR("oncall"));
	d->gens = arena_alloc(arena, 2 * sizeof *d->gens);
	d->gen_count = d->gen_capacity = 2;
	d->gens[0] = (struct told_generation){.generation = 1, .told = TOLD_RESOLVED};
	d->gens[1] = (struct told_generation){.generation = 2, .told = TOLD_FIRING};
	return inc;
}

#define BREAK(name, ...)                                                                                               \
	static void name(struct incident *inc)                                                                             \
	{                                                                                                                  \
		__VA_ARGS__;                                                                                                   \
	}
BREAK(ended_later, inc->ended_generation = 3)
BREAK(acknowledged_too_far, inc->ack_generation = 4)
BREAK(closed_and_paged, inc->row_count = 0)
BREAK(closed_and_waiting, inc->row_count = 0; inc->ended_generation = 2; inc->due_at = NOW)
BREAK(one_mark, inc->rows[0].former = inc->rows[0].mark)
BREAK(strange_mark, inc->rows[1].mark = inc->last_mark + 1)
BREAK(more_wait, inc->rows[0].w0 = 3)
BREAK(more_doubtful_wait, inc->rows[0].w1 = 2)
BREAK(too_many, inc->rows[0].n0 = UINT64_MAX)
BREAK(row_twice, memcpy(inc->rows[1].group, "g1", 3))
BREAK(receiver_twice, inc->deliveries[1].receiver = STR("oncall"))
BREAK(told_too_far, inc->deliveries[0].gens[1].generation = UINT64_MAX)
BREAK(told_out_of_order, inc->deliveries[0].gens[0].generation = 2)
BREAK(told_nonsense, inc->deliveries[0].gens[0].told = (enum told)7)
BREAK(due_for_nothing, inc->deliveries[0].due_at = NOW)
BREAK(wants_nonsense, inc->deliveries[0].want.verb = (enum want_verb)9)
BREAK(waits_for_nonsense, inc->due_why = (enum due_why)2)
BREAK(huge_page, inc->page = UINT64_MAX)
BREAK(huge_time, inc->started_at = INT64_MAX)
BREAK(huge_change, inc->changes[0] = INT64_MIN; inc->change_count = 1)
BREAK(nothing, (void)inc)

static void what_does_not_hold_is_refused(void **state)
{
	static const struct {
		void (*brk)(struct incident *inc);
		const char *why; /* NULL: it is read */
	} rows[] = {
		{nothing, NULL},
		{ended_later, "ended is after"},
		{acknowledged_too_far, "acknowledged"},
		{closed_and_paged, "closed and pages"},
		{closed_and_waiting, "closed and pages"},
		{one_mark, "marks of a row"},
		{strange_mark, "marks of a row"},
		{more_wait, "counts of a row"},
		{more_doubtful_wait, "counts of a row"},
		{too_many, "counts of a row"},
		{row_twice, "two rows of one group"},
		{receiver_twice, "a receiver stands there twice with one target"},
		{told_too_far, "out of order"},
		{told_out_of_order, "out of order"},
		{told_nonsense, "nothing that we know"},
		{due_for_nothing, "nothing to tell"},
		{wants_nonsense, "nothing that we know"},
		{waits_for_nonsense, "nothing that we know"},
		{huge_page, "too large"},
		{huge_time, "damaged"},
		{huge_change, "damaged"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct incident *inc = sound_incident(arena);
		rows[i].brk(inc);
		struct incident *back = incident_read(arena, incident_write(arena, inc), &err);
		assert_int_equal(back == NULL, rows[i].why != NULL);
		if (rows[i].why && !strstr(err_first(&err), rows[i].why))
			fail_msg("\"%s\" does not say \"%s\"", err_first(&err), rows[i].why);
	}
}

/*
 * The store has lost the commit of generation 3, whose page went out: that it was told is kept, so that the page that is
 * decided anew under that number wakes nobody twice.
 */
static void a_page_that_the_store_has_forgotten_stays_told(void **state)
{
	static const struct incident_policy policy = {.delivery_timeout = 10 * TIME_SECOND, .delivery_expire = TIME_DAY};
	struct settlement told = {.receiver = STR("oncall"),
	                          .attempt = {.want = {.verb = WANT_TRIGGER, .generation = 3}},
	                          .outcome = OUTCOME_DELIVERED};
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = sound_incident(arena);
	incident_settle(inc, &told, &policy, NOW);
	assert_int_equal(delivery_want(inc, incident_delivery(inc, STR("oncall"))).verb, WANT_NOTHING);
	inc = incident_read(arena, incident_write(arena, inc), &err);
	assert_non_null(inc);
	inc->ended_generation = 2;
	inc->generation = 3;
	struct want w = delivery_want(inc, incident_delivery(inc, STR("oncall")));
	assert_int_equal(w.verb, WANT_RESOLVE); /* of what came before */
	assert_int_equal(w.generation, 2);
	incident_delivery(inc, STR("oncall"))->gens[0].told = TOLD_RESOLVED;
	assert_int_equal(delivery_want(inc, incident_delivery(inc, STR("oncall"))).verb, WANT_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_hold_is_refused),
		cmocka_unit_test(a_page_that_the_store_has_forgotten_stays_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
