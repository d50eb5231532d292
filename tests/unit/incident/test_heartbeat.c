#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario.h"

static void run_heartbeat_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

/* Each row is a test: its name says what must hold, its story is the case. */
static const char *const stories[][2] = {
	{"while it beats nobody is paged, and the clock runs from the last beat",
     "0s fire a every=5m -> page_false\n 0s state -> resolved\n 0s clock -> 5m\n 1m fire a every=5m -> page_false\n"
     "1m clock -> 6m\n 5m tick -> nothing\n 5m clock -> 6m\n 5m send oncall -> nothing\n 5m pages -> 0 reminders 0\n"},
	{"a missed beat pages, the next one resolves",
     "0s fire a every=5m -> page_false\n 5m tick -> heartbeat_missed\n 5m state -> firing\n 5m send oncall -> trigger "
     "1\n"
     "5m firing -> 0 of 1\n 5m pages -> 1 reminders 0\n 9m fire a every=5m -> last_member_resolved\n 9m state -> "
     "resolved\n"
     "9m send oncall -> resolve 1\n 9m clock -> 14m\n 10m fire a every=5m -> page_false\n 10m clock -> 15m\n"},
	{"one that is missed again pages under a new key",
     "0s fire a every=5m -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n"
     "9m fire a every=5m -> last_member_resolved\n 9m send oncall -> resolve 1\n 14m tick -> heartbeat_missed\n"
     "14m send oncall -> trigger 2\n 14m pages -> 2 reminders 0\n"},
	{"a tick that comes late pages once", "0s fire a every=5m -> page_false\n 3h tick -> heartbeat_missed\n 3h tick -> "
                                          "nothing\n 3h send oncall -> trigger 1\n"},
	{"a beat after the time that comes before any tick pages nobody",
     "0s fire a every=5m -> page_false\n 6m fire a every=5m -> page_false\n 6m tick -> nothing\n 6m send oncall -> "
     "nothing\n"},
	{"its resolve pages nobody at once, and does not put off the page",
     "0s fire a every=5m -> page_false\n 4m resolve a -> page_false\n 4m clock -> 5m\n 5m tick -> heartbeat_missed\n"
     "5m send oncall -> trigger 1\n 6m resolve a -> page_false\n 6m state -> firing\n"},
	{"the resolve of one that was never heard of does not begin a watch",
     "0s resolve a every=5m -> never_paged\n 0s clock -> never\n 10m tick -> nothing\n"},
	{"it begins to beat anew after its resolve",
     "0s fire a every=5m -> page_false\n 1m resolve a -> page_false\n 2m fire a every=5m -> page_false\n"
     "2m clock -> 7m\n"},
	{"a missed one is reminded of by the clock, since nothing arrives",
     "0s fire a every=5m repeat=1h -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n"
     "5m clock -> 1h5m\n 1h5m tick -> repeat_interval_passed\n 1h5m send oncall -> update 1\n 1h5m pages -> 1 "
     "reminders 1\n"
     "1h5m clock -> 2h5m\n"},
	{"an acknowledged one is not reminded of until the acknowledgement runs out",
     "0s fire a every=5m repeat=1h -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n 6m ack "
     "-> "
     "ok\n"
     "6m clock -> 1d6m\n 1d6m tick -> ack_timeout_passed repeat_interval_passed\n 1d6m send oncall -> update 1\n"},
	{"a missed one never expires", "0s fire a every=5m repeat=0s -> page_false\n 5m tick -> heartbeat_missed\n 5m send "
                                   "oncall -> trigger 1\n 5m clock -> never\n 300d tick -> "
                                   "nothing\n"
                                   "300d state -> firing\n"},
	{"closed by hand it is watched again from the next beat on",
     "0s fire a every=5m -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n 6m close -> ok\n"
     "6m send oncall -> resolve 1\n 6m clock -> never\n 1h tick -> nothing\n 1h fire a every=5m -> page_false\n"
     "1h clock -> 1h5m\n 1h5m tick -> heartbeat_missed\n 1h5m send oncall -> trigger 2\n"},
	{"while it beats there is nothing to close", "0s fire a every=5m -> page_false\n 1m close -> it never opened\n"},
	{"no retention forgets one that is waited for, be it ever so patient",
     "0s fire a every=90d -> page_false\n 0s place -> 90d\n 1d fire a every=90d -> page_false\n 1d place -> 91d\n"
     "91d tick -> heartbeat_missed\n 91d place -> 91d\n"},
	{"one that nothing waits for any more is forgotten like others",
     "0s fire a every=5m -> page_false\n 5m tick -> heartbeat_missed\n 6m close -> ok\n 6m place -> 6m\n"},
	{"another every counts from the next beat",
     "0s fire a every=5m -> page_false\n 1m fire a every=2m -> page_false\n 1m clock -> 3m\n"
     "2m fire a every=1h -> page_false\n 2m clock -> 1h2m\n"},
	{"whom it tells is whom the last beat's rules say",
     "0s fire a every=5m to=x -> page_false\n 1m fire a every=5m to=y -> page_false\n 1m receivers -> y\n"
     "6m tick -> heartbeat_missed\n 6m send x -> nothing\n 6m send y -> trigger 1\n"},
	{"who was paged gets the resolve, though the next page goes elsewhere",
     "0s fire a every=5m to=x -> page_false\n 5m tick -> heartbeat_missed\n 5m send x -> trigger 1\n"
     "6m fire a every=5m to=y -> last_member_resolved\n 6m send x -> resolve 1\n 7m fire a every=5m to=y -> "
     "page_false\n"
     "7m receivers -> y\n"},
	{"members of one incident stand in for each other",
     "0s fire a b every=5m -> page_false page_false\n 4m fire a every=5m -> page_false\n 5m tick -> nothing\n"
     "9m tick -> heartbeat_missed\n 9m firing -> 0 of 2\n 10m fire b every=5m -> last_member_resolved\n"},
	{"the resolve is held back, and a beat missed within the hold wakes nobody anew",
     "0s fire a every=5m hold=20m -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n"
     "6m fire a every=5m hold=20m -> last_member_resolved\n 6m state -> firing\n 6m send oncall -> nothing\n 6m clock "
     "-> "
     "11m\n"
     "7m fire a every=5m hold=20m -> page_false\n 12m tick -> heartbeat_missed\n 12m send oncall -> nothing\n"
     "12m pages -> 1 reminders 0\n 13m fire a every=2h hold=20m -> last_member_resolved\n 13m clock -> 1h13m\n"
     "1h13m tick -> resolve_hold_passed\n 1h13m send oncall -> resolve 1\n 1h13m clock -> 2h13m\n"},
	{"a hold that ended before the beat was missed: resolved, then paged anew",
     "0s fire a every=5m hold=1m -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n"
     "6m fire a every=5m hold=1m -> last_member_resolved\n 1h tick -> resolve_hold_passed heartbeat_missed\n"
     "1h send oncall -> resolve 1\n 1h send oncall -> trigger 2\n"},
	{"a rule that takes the heartbeat away ends the watch with the next arrival",
     "0s fire a every=5m -> page_false\n 1m fire a elsewhere -> leaves\n 1m clock -> never\n 10m tick -> nothing\n"},
	{"and closes it where it was missed",
     "0s fire a every=5m -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n"
     "6m fire a elsewhere -> leaves\n 6m state -> resolved\n 6m send oncall -> resolve 1\n 6m clock -> never\n"},
	{"a heartbeat that is grouped otherwise moves, and the others beat on",
     "0s fire a b every=5m -> page_false page_false\n 1m body g1 a every=5m elsewhere -> leaves\n 1m clock -> never\n"
     "2m fire b every=5m -> page_false\n 2m clock -> 7m\n"},
	{"an incident that becomes a heartbeat is over",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m fire a every=5m elsewhere -> leaves\n 1m state -> resolved\n"
     "1m send oncall -> resolve 1\n 1m clock -> never\n"},
	{"an incident one of whose members becomes a heartbeat goes on",
     "0s fire a b -> new member_joined\n 1m fire a every=5m elsewhere -> leaves\n 1m firing -> 1 of 2\n 1m state -> "
     "firing\n"},
	{"with page: false nobody would be told: it is no heartbeat",
     "0s fire a every=5m nopage -> page_false\n 0s state -> resolved\n 0s clock -> never\n"},
	{"what one router missed the other has heard: it beats, and the page is taken back",
     "0s fire a every=5m -> page_false\n 0s part -> ok\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n"
     "6m branch fire a every=5m -> page_false\n 6m merge -> ok\n 6m state -> resolved\n 6m clock -> 11m\n"
     "6m send oncall -> resolve 1\n"},
	{"the same where it is the branch that missed it",
     "0s fire a every=5m -> page_false\n 0s part -> ok\n 5m branch tick -> heartbeat_missed\n"
     "5m branch send oncall -> trigger 1\n 6m fire a every=5m -> page_false\n 6m merge -> ok\n 6m state -> resolved\n"
     "6m clock -> 11m\n 6m send oncall -> resolve 1\n"},
	{"missed by both it is one page, and stays missed",
     "0s fire a every=5m -> page_false\n 0s part -> ok\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n"
     "5m branch tick -> heartbeat_missed\n 5m branch send oncall -> trigger 1\n 6m merge -> ok\n 6m state -> firing\n"
     "6m send oncall -> nothing\n 7m fire a every=5m -> last_member_resolved\n 7m send oncall -> resolve 1\n"},
	{"the later beat of two counts",
     "0s fire a every=5m -> page_false\n 0s part -> ok\n 1m fire a every=5m -> page_false\n"
     "2m branch fire a every=5m -> page_false\n 3m merge -> ok\n 3m clock -> 7m\n 3m state -> resolved\n"},
	{"closed by hand on one side it is watched from the next beat on",
     "0s fire a every=5m -> page_false\n 5m tick -> heartbeat_missed\n 5m send oncall -> trigger 1\n 5m part -> ok\n"
     "6m branch close -> ok\n 7m merge -> ok\n 7m state -> resolved\n 7m clock -> never\n 7m send oncall -> resolve "
     "1\n 8m fire a every=5m -> page_false\n 8m clock -> 13m\n"},
	{"a branch that knew nothing of it begins a watch of its own, and it is one",
     "0s fire a every=5m -> page_false\n 0s part blank -> ok\n 1m branch fire a every=5m -> page_false\n"
     "1m merge -> ok\n 1m clock -> 6m\n 1m state -> resolved\n 6m tick -> heartbeat_missed\n"},
	{"others may have heard of it until the stores parted: what is not heard of counts from there",
     "0s fire a every=5m -> page_false\n 4m part -> ok\n 5m branch tick -> nothing\n 8m branch tick -> nothing\n"
     "9m branch tick -> heartbeat_missed\n"},
};
#define STORIES (sizeof stories / sizeof *stories)

int main(void)
{
	struct CMUnitTest tests[STORIES];
	for (size_t i = 0; i < STORIES; i++)
		tests[i] =
			(struct CMUnitTest){stories[i][0], run_heartbeat_scenario, NULL, NULL, (void *)(uintptr_t)stories[i]};
	return cmocka_run_group_tests_name("heartbeat", tests, NULL, NULL);
}
