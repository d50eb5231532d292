/* Who is on call when: rotations that keep their hour when the clocks change, overrides, and what nobody covers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/time.h"
#include "catalog/schedule.h"
#include "texts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char declared[] =
	"people:\n- {name: Ana}\n- {name: Ben, calendar_names: [ben@example.com]}\n- {name: Cleo}\n"
	"schedules:\n"
	"- name: weekly\n"
	"  rotation: {people: [Ana, Ben, Cleo], start: 2026-01-05T09:00, every: 7d}\n"
	"  overrides:\n"
	"  - {person: Ben, from: 2026-01-20T09:00, until: 2026-01-21T09:00}\n"
	"  - {person: ben@example.com, from: 2026-02-24T10:00:00Z, until: 2026-02-24T11:00:00Z}\n"
	"  - {person: A stand-in, from: 2026-02-25T09:00, until: 2026-02-26T09:00}\n"
	"- name: busy\n"
	"  rotation: {people: [Ana, Ben], start: 2026-01-05T09:00, every: 1h}\n";

struct rota {
	struct arena *arena;
	struct catalog *catalog;
};

static int64_t instant_said(const char *text)
{
	int64_t ms;

	assert_true(time_parse(str_c(text), &ms));
	return ms;
}

/* An invented zone: an hour east of Greenwich, two from 2026-03-29T01:00Z to 2026-10-25T01:00Z. */
static void make_rota(struct rota *r)
{
	AUTOERR struct err err = ERR_INIT;
	const struct zone_change changes[] = {{instant_said("2026-03-29T01:00:00Z"), 7200},
	                                      {instant_said("2026-10-25T01:00:00Z"), 3600}};
	*r = (struct rota){arena_new(), catalog_new()};
	if (!catalog_add_yaml(r->catalog, "catalog.yml", str_c(declared), &err) || !catalog_finish(r->catalog, &err))
		fail_msg("%s", err_first(&err));
	for (size_t i = 0; i < 2; i++)
		catalog_schedule_to_fill(r->catalog, i)->zone = zone_of_changes(r->arena, 3600, changes, COUNT(changes));
}

static void release_rota(struct rota *r)
{
	schedule_forget(catalog_schedule(r->catalog, STR("weekly")));
	catalog_free(r->catalog);
	arena_free(r->arena);
}

/* "01-05T08:00Z Ana; …", "-" where nobody is. */
static void show_turns(const struct turns *turns, struct buf *out)
{
	char text[TIME_FORMAT_MAX];

	for (size_t i = 0; i < turns->count; i++) {
		const struct turn *t = &turns->v[i];
		time_format(t->from, text);
		buf_printf(out, "%s%.11s", i ? "; " : "", text + 5);
		for (size_t k = 0; k < t->count; k++)
			buf_printf(out, " %.*s%s", STR_ARG(t->v[k].name), t->v[k].source == SHIFT_OVERRIDE ? "!" : "");
		buf_add_c(out, t->count ? "" : " -");
	}
}

static const struct {
	const char *from, *until, *shown;
} stretches[] = {
	/* handed over at 09:00 on the wall, in winter and in summer */
	{"2026-03-22T00:00:00Z", "2026-04-07T00:00:00Z",
     "03-22T00:00 Ben; 03-23T08:00 Cleo; 03-30T07:00 Ana; 04-06T07:00 Ben"},
	{"2026-10-18T12:00:00Z", "2026-11-03T00:00:00Z",
     "10-18T12:00 Ben; 10-19T07:00 Cleo; 10-26T08:00 Ana; 11-02T08:00 Ben"},
	/* before the first handover nobody is */
	{"2026-01-01T00:00:00Z", "2026-01-06T00:00:00Z", "01-01T00:00 -; 01-05T08:00 Ana"},
	/* whoever stands in goes before the rotation, which then goes on */
	{"2026-01-19T08:00:00Z", "2026-01-22T00:00:00Z", "01-19T08:00 Cleo; 01-20T08:00 Ben!; 01-21T08:00 Cleo"},
	{"2026-02-24T00:00:00Z", "2026-02-27T00:00:00Z",
     "02-24T00:00 Ben; 02-24T10:00 Ben!; 02-24T11:00 Ben; 02-25T08:00 A stand-in!; 02-26T08:00 Ben"},
	/* the very moment of a handover is the next one's */
	{"2026-01-12T08:00:00Z", "2026-01-12T08:00:01Z", "01-12T08:00 Ben"},
	{"2026-01-12T07:59:59Z", "2026-01-12T08:00:00Z", "01-12T07:59 Ana"},
};

static void turns_follow_the_wall_and_overrides_go_first(void **state)
{
	struct rota r;

	(void)state;
	make_rota(&r);
	for (size_t i = 0; i < COUNT(stretches); i++) {
		struct turns turns;
		const char *why = NULL;
		AUTOBUF struct buf out;
		buf_init(&out, 4096);
		assert_true(schedule_turns(r.catalog, catalog_schedule(r.catalog, STR("Weekly")),
		                           instant_said(stretches[i].from), instant_said(stretches[i].until), r.arena, &turns,
		                           &why));
		show_turns(&turns, &out);
		assert_text(buf_str(&out), stretches[i].shown);
	}
	release_rota(&r);
}

static void a_turn_is_told_whole(void **state)
{
	struct rota r;
	struct turn turn;
	const char *why = NULL;

	(void)state;
	make_rota(&r);
	const struct schedule *s = catalog_schedule(r.catalog, STR("weekly"));
	assert_true(schedule_turn_at(r.catalog, s, instant_said("2026-03-25T12:00:00Z"), &turn, &why));
	assert_int_equal(turn.count, 1);
	assert_text(turn.v[0].person->name, "Cleo");
	assert_int_equal(turn.from, instant_said("2026-03-23T08:00:00Z"));
	assert_int_equal(turn.until, instant_said("2026-03-30T07:00:00Z"));
	assert_true(schedule_turn_at(r.catalog, s, instant_said("2026-02-25T12:00:00Z"), &turn, &why));
	assert_text(turn.v[0].name, "A stand-in");
	assert_null(turn.v[0].person);
	release_rota(&r);
}

static void more_than_can_be_counted_is_said(void **state)
{
	struct rota r;
	struct turns turns;
	const char *why = NULL;

	(void)state;
	make_rota(&r);
	assert_false(schedule_turns(r.catalog, catalog_schedule(r.catalog, STR("busy")),
	                            instant_said("2026-02-01T00:00:00Z"), instant_said("2126-02-01T00:00:00Z"), r.arena,
	                            &turns, &why));
	assert_string_equal(why, "it has more shifts than can be counted");
	release_rota(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_follow_the_wall_and_overrides_go_first),
		cmocka_unit_test(a_turn_is_told_whole),
		cmocka_unit_test(more_than_can_be_counted_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
