/*
 * What Alertmanager's bodies mean, level by level: INTAKE.md's rules, each with the story in which its absence would hide a
 * page or leave one open. Each body states its whole group (see scenario.h); late_grace is 5m30s, fresh 5h, expiry 8d.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario.h"

static void run_levels_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

/* Each row is a test: its name says what must hold, its story is the case. */
static const char *const stories[][2] = {
	/* ---- what must come to pass, whatever happens (the simulation judges the same of random histories) ---- */
	{"L1: who begins to fire is told within his own page_after, whatever the others do",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m mute a -> ok\n 2m fire b after=5m -> reopened\n"
     "4m fire c after=10m -> member_joined\n 6m fire d after=10m -> member_joined\n 6m clock -> 7m\n"
     "7m tick -> page_after_passed\n 7m send oncall -> resolve 1\n 7m send oncall -> trigger 2\n"},
	{"L2: when nothing fires any more the provider's incident ends: a grace after the last word, or where none comes "
     "by expiry",
     "0s fire a b -> new member_joined\n 0s send oncall -> trigger 1\n 1m mute a -> ok\n 2m resolve b -> member_left\n"
     "7m30s tick -> expired\n 7m30s send oncall -> resolve 1\n 7m30s due oncall -> never\n"
     "10m fire c -> reopened\n 10m send oncall -> trigger 2\n 11m mute c -> ok\n 8d10m tick -> expired\n"
     "8d10m send oncall -> resolve 2\n 8d10m due oncall -> never\n"},
	{"L3: who is not acknowledged is reminded of after repeat_interval, whatever failed before",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 4h fire a -> repeat_interval\n 4h send oncall rejected -> "
     "update 1\n"
     "8h fire a -> repeat_interval\n 8h send oncall retry -> update 1\n 12h fire a -> repeat_interval\n"
     "12h send oncall -> update 1\n"},

	/* ---- who is told ---- */
	{"receivers: whom the rules name no more hears nothing of later episodes, and the end of the earlier one",
     "0s fire a to=pager -> new\n 0s send pager -> trigger 1\n 1m resolve a -> last_member_resolved\n"
     "1h fire a to=chat -> reopened\n 1h send pager -> resolve 1\n 1h send pager -> nothing\n"
     "1h send chat -> trigger 2\n 2h resolve a -> last_member_resolved\n 2h send pager -> nothing\n"
     "2h send chat -> resolve 2\n 3h fire a to=pager -> reopened\n 3h send chat -> nothing\n"
     "3h send pager -> trigger 3\n"},
	{"receivers: parted routers that both know an earlier episode tell only whom the present one names",
     "0s fire a to=pager -> new\n 0s send pager -> trigger 1\n 1m resolve a -> last_member_resolved\n"
     "1m send pager -> resolve 1\n 2m part -> ok\n 1h branch fire a to=chat -> reopened\n 1h merge -> ok\n"
     "1h send pager -> nothing\n 1h send chat -> trigger 2\n"},

	/* ---- who is not listed ---- */
	{"absence: who is not listed by two bodies that count has ended",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m fire d -> member_joined\n 2m mute a -> ok\n"
     "10m fire d -> repeat\n 10m doubtful -> 1\n 10m firing -> 2 of 2\n 20m fire d -> repeat\n 20m doubtful -> 0\n"
     "20m firing -> 1 of 2\n 21m resolve d -> last_member_resolved\n 21m send oncall -> resolve 1\n"},
	{"absence: a body that lists nobody of the incident is heard too",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 10m body g1 -> ok\n 10m doubtful -> 1\n 20m body g1 -> ok\n"
     "20m state -> resolved\n 20m why -> no_longer_reported\n 20m send oncall -> resolve 1\n"},
	{"absence: who ends without a word is counted, and the timeline says so",
     "0s fire a b d -> new member_joined member_joined\n 10m body g1 d -> repeat\n 10m absent -> 0 in 0\n"
     "20m body g1 d -> repeat\n 20m absent -> 2 in 1\n 30m body g1 d -> repeat\n 30m absent -> 2 in 1\n"
     "9d tick -> expired\n 9d absent -> 3 in 2\n"},
	{"second: one body without it ends nobody, and it comes back as it was",
     "0s fire a d -> new member_joined\n 0s send oncall -> trigger 1\n 10m body g1 d -> repeat\n 20m body g1 a d -> "
     "repeat repeat\n 20m doubtful -> 0\n 20m firing -> 2 of 2\n 20m send oncall -> nothing\n"},
	{"apart: two bodies within late_grace count as one",
     "0s fire a d -> new member_joined\n 10m body g1 d -> repeat\n 11m body g1 d -> repeat\n 15m body g1 d -> repeat\n"
     "15m firing -> 2 of 2\n 16m body g1 d -> repeat\n 16m firing -> 1 of 2\n"},
	{"empty: a body in which nothing fires is the last word, after a grace",
     "0s fire a b -> new member_joined\n 0s send oncall -> trigger 1\n 1m mute a -> ok\n 2m resolve b -> member_left\n"
     "2m state -> firing\n 2m clock -> 7m30s\n 7m29s tick -> nothing\n 7m30s tick -> expired\n 7m30s why -> "
     "no_longer_reported\n 7m30s send oncall -> resolve 1\n"},
	{"grace: a partial resolved body after a restart ends nobody who is listed again",
     "0s fire a b -> new member_joined\n 0s send oncall -> trigger 1\n 10m body g1 -a -> member_left\n"
     "14m body g1 b -> repeat\n 30m tick -> nothing\n 30m state -> firing\n 30m send oncall -> nothing\n"},
	{"expire: a group of which nothing is heard any more is dropped",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m mute a -> ok\n 8d tick -> expired\n 8d why -> expired\n"
     "8d send oncall -> resolve 1\n"},
	{"a newcomer is paged where a resolve was never sent, be it weeks later",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m fire b -> member_joined\n 2m mute a -> ok\n 2m body g1 -b -> "
     "member_left\n"
     "21d fire e -> reopened\n 21d send oncall -> resolve 1\n 21d send oncall -> trigger 2\n"},
	{"listed: only who is listed beside it folds a newcomer",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m mute a -> ok\n 2m fire b -> reopened\n"
     "2m send oncall -> resolve 1\n 2m send oncall -> trigger 2\n"},
	{"both hosts were one incident, one ended under a silence: the third is paged",
     "0s fire a b -> new member_joined\n 0s send oncall -> trigger 1\n 1m mute a -> ok\n 2m resolve b -> member_left\n"
     "3m fire c -> reopened\n 3m send oncall -> resolve 1\n 3m send oncall -> trigger 2\n"},

	/* ---- bodies that do not state their whole group ---- */
	{"cut: a truncated body ends nobody whom it does not list",
     "0s fire a b -> new member_joined\n 10m body g1 b cut -> repeat\n 20m body g1 b cut -> repeat\n"
     "30m body g1 b cut -> repeat\n 30m firing -> 2 of 2\n 30m doubtful -> 0\n"},
	{"cut: resolved by what max_alerts left of it, while three fire that were never listed",
     "0s body g1 a b cut -> new member_joined\n 0s send oncall -> trigger 1\n 5m body g1 -a -b cut -> member_left "
     "member_left\n 5m state -> firing\n 5m firing -> 0 of 2\n 5m send oncall -> nothing\n 10m body g1 c d e -> "
     "reopened "
     "member_joined member_joined\n 10m send oncall -> resolve 1\n 10m send oncall -> trigger 2\n"},
	{"cut: a whole body with nobody of it ends what was kept open",
     "0s body g1 a b cut -> new member_joined\n 0s send oncall -> trigger 1\n 5m body g1 -a -b cut -> member_left "
     "member_left\n 15m body g1 -> ok\n 15m state -> resolved\n 15m send oncall -> resolve 1\n"},
	{"cut: all alerts resolved, says Alertmanager, whatever it left out",
     "0s body g1 a b cut -> new member_joined\n 0s send oncall -> trigger 1\n"
     "5m body g1 -a -b cut allresolved -> member_left last_member_resolved\n 5m send oncall -> resolve 1\n"},
	{"cut: nobody was told, so nothing is kept open",
     "0s body g1 a after=10m cut -> new\n 1m body g1 -a cut -> never_paged\n 1m state -> resolved\n"},
	{"parts: a sender that names no group ends nobody by absence, and folds as before",
     "0s body g1 a parts -> new\n 0s send oncall -> trigger 1\n 10m body g1 b parts -> member_joined\n"
     "20m body g1 b parts -> repeat\n 30m body g1 b parts -> repeat\n 30m firing -> 2 of 2\n"
     "31m body g1 -b parts -> member_left\n 32m body g1 -a parts -> last_member_resolved\n 32m send oncall -> resolve "
     "1\n"},
	{"parts: …but not by what it has not mentioned for long",
     "0s body g1 a parts -> new\n 0s send oncall -> trigger 1\n 6h body g1 b parts -> reopened\n"},

	/* ---- groups ---- */
	{"move: a member that another group lists has moved there",
     "0s fire a group=g1 -> new\n 0s send oncall -> trigger 1\n 10m fire a group=g2 -> repeat\n 11m resolve a group=g2 "
     "-> last_member_resolved\n 11m state -> resolved\n"},
	{"fresh: another group's member folds while it is heard of",
     "0s fire a group=g1 -> new\n 0s send oncall -> trigger 1\n 5h fire b group=g2 -> member_joined\n"
     "5h firing -> 2 of 2\n"},
	{"fresh: …and no longer",
     "0s fire a group=g1 -> new\n 0s send oncall -> trigger 1\n 5h1m fire b group=g2 -> reopened\n"
     "5h1m send oncall -> resolve 1\n 5h1m send oncall -> trigger 2\n"},
	{"an incident in two groups is open until both have ended",
     "0s fire a group=g1 -> new\n 1m fire b group=g2 -> member_joined\n 2m resolve a -> member_left\n"
     "3m resolve b -> last_member_resolved\n"},
	{"the groupKey changes while it fires: nobody is paged anew, and the old row ends nothing",
     "0s fire a b group=g1 -> new member_joined\n 0s send oncall -> trigger 1\n 5m fire a b group=g2 -> repeat repeat\n"
     "20m fire a b group=g2 -> repeat repeat\n 40m fire a b group=g2 -> repeat repeat\n 40m send oncall -> nothing\n"
     "9d resolve a b group=g2 -> member_left last_member_resolved\n"},

	/* ---- pages that wait ---- */
	{"paged: who waits for a page himself folds nobody",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m mute a -> ok\n 2m fire c after=10m -> reopened\n"
     "3m fire b -> member_joined\n 3m send oncall -> resolve 1\n 3m send oncall -> trigger 2\n"},
	{"early: a newcomer does not push the page back",
     "0s fire a b start=0s after=10m -> new member_joined\n 9m fire b start=9m after=10m -> member_joined\n"
     "9m clock -> 10m\n 10m tick -> page_after_passed\n 10m send oncall -> trigger 1\n"},
	{"keep: what was told stays told while another page waits",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m body g1 b after=10m -> reopened\n 1m send oncall -> nothing\n"
     "2m body g1 a b after=10m -> repeat repeat\n 2m send oncall -> nothing\n 11m tick -> page_after_passed\n"
     "11m send oncall -> resolve 1\n 11m send oncall -> trigger 2\n"},
	{"waiting: a page for which nobody waits any more is dropped",
     "0s fire a after=2m -> new\n 2m tick -> page_after_passed\n 2m send oncall -> trigger 1\n 3m mute a -> ok\n"
     "9m fire b after=10m -> reopened\n 10m resolve b -> member_left\n 10m state -> firing\n 19m tick -> expired\n"
     "19m send oncall -> resolve 1\n"},
	{"waiting: …while the others, who were told of, fire on",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m body g1 b after=10m -> reopened\n 2m body g1 a -b -> repeat "
     "member_left\n 11m tick -> nothing\n 11m send oncall -> nothing\n"},
	{"a page that failed once still goes when a newcomer waits",
     "0s fire a b start=0s after=2m -> new member_joined\n 2m tick -> page_after_passed\n"
     "2m send oncall retry -> trigger 1\n 4m fire b start=3m after=2m -> member_joined\n 5m send oncall -> trigger "
     "1\n"},
	{"who waits is not told of by what was paged before him: his receiver waits with him",
     "0s fire a to=x -> new\n 0s send x -> trigger 1\n 1m body g1 b after=10m to=y -> reopened\n 1m send y -> nothing\n"
     "11m tick -> page_after_passed\n 11m send y -> trigger 2\n 11m send x -> resolve 1\n 11m send x -> trigger 2\n"},

	/* ---- quiet plans ---- */
	{"quiet: a member that does not page keeps nothing open",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m fire b nopage -> member_joined\n"
     "2m resolve a -> last_member_resolved\n 2m send oncall -> resolve 1\n"},
	{"quiet: …and folds nobody: the first whose rule pages is told of",
     "10m fire a start=10m nopage -> page_false\n 11m fire b start=0s nopage -> page_false\n"
     "12m fire b start=5m -> new\n 12m send oncall -> trigger 1\n"},
	{"quiet: a rule that comes to page makes a newcomer of who fired quietly",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m fire b nopage -> member_joined\n 2m mute a -> ok\n"
     "3m fire b -> reopened\n"},

	/* ---- old words ---- */
	{"late: firing that is older than its known end waits a grace",
     "0s fire a start=0s -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n"
     "1m send oncall -> resolve 1\n 2m body g1 a start=0s -> late_firing\n 2m clock -> 7m30s\n"
     "7m30s tick -> late_grace_passed\n 7m30s send oncall -> trigger 2\n"},
	{"order: an older resolve ends nothing",
     "0s fire a start=0s -> new\n 1m resolve a -> last_member_resolved\n 10m fire a start=9m -> reopened\n"
     "11m body g1 -a end=1m keep -> duplicate\n 11m state -> firing\n 11m firing -> 1 of 1\n"},
	{"ended by absence, and back with its old start: a newcomer, paged",
     "0s fire a d start=0s -> new member_joined\n 0s send oncall -> trigger 1\n 1m mute d -> ok\n 1m mute a -> ok\n"
     "10m body g1 -> ok\n 20m body g1 -> ok\n 20m send oncall -> resolve 1\n 30m body g1 a start=0s -> reopened\n"
     "30m send oncall -> trigger 2\n"},

	/* ---- what people say, and what was told ---- */
	{"a refused acknowledgement does not keep the firing from being told again",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 1m send oncall rejected -> acknowledge 1\n"
     "2m unack -> ok\n 2m send oncall -> update 1\n"},
	{"a refused acknowledgement does not silence later reminders",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 1m send oncall rejected -> acknowledge 1\n"
     "1d2m tick -> ack_timeout_passed\n 1d3m fire a -> repeat_interval\n 1d3m send oncall -> update 1\n"},
	{"a refused page is tried again with the next reminder",
     "0s fire a -> new\n 0s send oncall rejected -> trigger 1\n 1h fire a -> repeat\n 1h send oncall -> nothing\n"
     "4h fire a -> repeat_interval\n 4h send oncall -> trigger 1\n"},
	{"an acknowledgement is of one page: the next one is nobody's",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 1m send oncall -> acknowledge 1\n 2m mute a -> "
     "ok\n"
     "3m fire b -> reopened\n 3m state -> firing\n 3m send oncall -> resolve 1\n 3m send oncall -> trigger 2\n"},
	{"an acknowledgement stays while another page waits, and ends when that one is told",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 2m body g1 b after=10m -> reopened\n"
     "2m state -> acknowledged\n 12m tick -> page_after_passed\n 12m state -> firing\n"},
	{"who takes a page that waits has it when it comes",
     "0s fire a after=10m -> new\n 1m ack -> ok\n 1m state -> acknowledged\n 10m tick -> page_after_passed\n"
     "10m state -> acknowledged\n"},
	{"closed by hand it stays closed for whoever fired then, also in another group",
     "0s fire a group=g1 -> new\n 1m fire b group=g2 -> member_joined\n 2m close -> ok\n 3m fire a -> closed_by_hand\n"
     "4m fire b -> closed_by_hand\n 4m state -> resolved\n 5m fire c group=g1 -> reopened\n"},
	{"a held resolve is told although the group falls silent",
     "0s fire a hold=10m -> new\n 0s send oncall -> trigger 1\n 1m resolve a hold=10m -> last_member_resolved\n"
     "1m state -> firing\n 11m tick -> resolve_hold_passed\n 11m send oncall -> resolve 1\n"},
	{"a re-fire within the hold that waits for page_after is no new page",
     "0s fire a hold=10m -> new\n 0s send oncall -> trigger 1\n 1m resolve a hold=10m -> last_member_resolved\n"
     "2m fire a after=5m hold=10m -> flapping\n 2m clock -> 8d2m\n"},
	{"members are counted once, however often they come back",
     "0s fire a b -> new member_joined\n 1m resolve a -> member_left\n 2m fire a -> member_joined\n 2m firing -> 2 of "
     "2\n 3m resolve a -> member_left\n 4m fire a -> member_joined\n 4m firing -> 2 of 2\n"},
};
#define STORIES (sizeof stories / sizeof *stories)

int main(void)
{
	struct CMUnitTest tests[STORIES];
	for (size_t i = 0; i < STORIES; i++)
		tests[i] = (struct CMUnitTest){stories[i][0], run_levels_scenario, NULL, NULL, (void *)(uintptr_t)stories[i]};
	return cmocka_run_group_tests_name("levels", tests, NULL, NULL);
}
