#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "incident/merge.h"
#include "incident/row.h"
#include "scenario.h"

static void run_merge_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

#define PAGED "0s fire a -> new\n 0s send oncall -> trigger 1\n"
#define BOTH "0s fire a b -> new member_joined\n 0s send oncall -> trigger 1\n"

static const char *const stories[][2] = {
	{"a branch that did nothing changes nothing",
     PAGED "1m part -> ok\n 2m merge -> ok\n 2m state -> firing\n 2m firing -> 1 of 1\n 2m numbers -> 1.1\n"
           "2m told oncall -> firing\n 2m send oncall -> nothing\n"},
	{"a branch that knew nothing and heard nothing changes nothing",
     PAGED "1m part blank -> ok\n 2m merge -> ok\n 2m state -> firing\n 2m send oncall -> nothing\n"},
	{"what the trunk lost comes back from the branch",
     PAGED "1m part -> ok\n 1m branch fire b -> member_joined\n 2m merge -> ok\n 2m firing -> 2 of 2\n"},
	{"a page of the branch is not sent again",
     "0s part -> ok\n 1s branch fire a -> new\n 1s branch send oncall -> trigger 1\n 5m merge -> ok\n"
     "5m state -> firing\n 5m numbers -> 1.1\n 5m told oncall -> firing\n 5m send oncall -> nothing\n"},
	{"a page that the branch still owed is sent",
     "0s part -> ok\n 1s branch fire a -> new\n 5m merge -> ok\n 5m send oncall -> trigger 1\n"},
	{"a resolve in the branch closes, and the provider hears of it",
     PAGED "1m part -> ok\n 2m branch resolve a -> last_member_resolved\n 5m merge -> ok\n 5m state -> resolved\n"
           "5m why -> last_member_resolved\n 5m send oncall -> resolve 1\n 5m told oncall -> resolved\n"},
	{"told firing by one and resolved by the other: told again, whatever it is",
     BOTH "1m part -> ok\n 2m branch resolve a b -> member_left last_member_resolved\n"
          "2m branch send oncall -> resolve 1\n 3m fire c -> member_joined\n 5m merge -> ok\n 5m state -> firing\n"
          "5m firing -> 1 of 3\n 5m told oncall -> maybe\n 5m send oncall -> trigger 1\n 5m told oncall -> firing\n"},
	{"told firing by one and resolved by the other a moment ago: the other's half may still come",
     BOTH "1m part -> ok\n 2m branch resolve a b -> member_left last_member_resolved\n"
          "2m branch send oncall -> resolve 1\n 2m fire c -> member_joined\n 121s merge -> ok\n 121s state -> firing\n"
          "121s send oncall -> nothing\n 123s send oncall -> trigger 1\n 123s told oncall -> firing\n"},
	{"members that the branch never touched still count",
     BOTH "1m part -> ok\n 2m branch resolve a -> member_left\n 3m merge touched -> ok\n 3m firing -> 1 of 2\n"
          "3m state -> firing\n 4m body g1 -b -> last_member_resolved\n 4m send oncall -> resolve 1\n"},
	{"each side saw one of two go: nobody is left",
     BOTH "1m part -> ok\n 2m resolve a -> member_left\n 2m branch resolve b -> member_left\n 3m merge -> ok\n"
          "3m state -> resolved\n 3m firing -> 0 of 2\n 3m send oncall -> resolve 1\n"},
	{"each side saw one of two go: the resolve is held back where it would have been",
     "0s fire a b hold=5m -> new member_joined\n 0s send oncall -> trigger 1\n 1m part -> ok\n"
     "2m resolve a hold=5m -> member_left\n 3m branch resolve b hold=5m -> member_left\n 4m merge -> ok\n"
     "4m state -> firing\n 4m send oncall -> nothing\n 4m clock -> 8m\n 8m tick -> resolve_hold_passed\n"
     "8m send oncall -> resolve 1\n"},
	{"a resolve held back by both waits for the later end",
     "0s fire a hold=5m -> new\n 0s send oncall -> trigger 1\n 1m part -> ok\n 2m resolve a hold=5m -> "
     "last_member_resolved\n"
     "3m branch resolve a end=2m hold=5m -> last_member_resolved\n 4m merge -> ok\n 4m clock -> 8m\n"},
	{"a later firing wins over an earlier resolve", PAGED
     "1m part -> ok\n 2m branch resolve a -> last_member_resolved\n 2m branch send oncall -> resolve 1\n"
     "3m branch fire a -> reopened\n 3m branch send oncall -> trigger 2\n 4m merge -> ok\n 4m numbers -> 2.2\n"
     "4m firing -> 1 of 1\n 4m send oncall -> resolve 1\n 4m told oncall -> firing\n 4m send oncall -> nothing\n"},
	{"a later resolve wins over an earlier firing",
     PAGED "1m part -> ok\n 2m fire a start=90s -> reopened\n 3m branch resolve a end=170s -> last_member_resolved\n"
           "4m merge -> ok\n 4m state -> resolved\n"},
	{"a late firing waits its grace, though the other side has not heard of the end",
     PAGED "1m part -> ok\n 2m branch resolve a -> last_member_resolved\n 2m branch send oncall -> resolve 1\n"
           "2m branch fire a start=0s -> late_firing\n 3m merge -> ok\n 3m state -> firing\n 3m numbers -> 2.1\n"
           "3m send oncall -> resolve 1\n 3m send oncall -> nothing\n 3m resolve a -> never_paged\n"
           "3m send oncall -> nothing\n"},
	{"the same the other way round, and it pages when nobody takes it back",
     PAGED "1m part -> ok\n 2m resolve a -> last_member_resolved\n 2m send oncall -> resolve 1\n"
           "2m fire a start=0s -> late_firing\n 3m branch fire a -> repeat\n 3m merge -> ok\n 3m state -> firing\n"
           "3m send oncall -> resolve 1\n 3m send oncall -> nothing\n 8m tick -> late_grace_passed\n"
           "8m send oncall -> trigger 2\n"},
	{"a late firing is over where the other side has heard no less",
     PAGED "1m resolve a -> last_member_resolved\n 1m send oncall -> resolve 1\n 2m part -> ok\n"
           "2m branch fire a start=0s -> late_firing\n 3m merge -> ok\n 3m state -> resolved\n"
           "3m send oncall -> nothing\n"},
	{"a resolve wins a tie", PAGED "1m part -> ok\n 2m branch resolve a end=0s -> last_member_resolved\n"
                                   "3m merge -> ok\n 3m state -> resolved\n"},
	{"both opened it by themselves: one episode, one generation, both receivers told",
     "0s part -> ok\n 1s fire a -> new\n 1s send oncall -> trigger 1\n 2s branch fire b to=chat -> new\n"
     "2s branch send chat -> trigger 1\n 5m merge -> ok\n 5m numbers -> 1.1\n 5m firing -> 2 of 2\n"
     "5m told oncall -> firing\n 5m told chat -> firing\n 5m send oncall -> nothing\n 5m send chat -> nothing\n"},
	{"a raised severity on one side: the generation before is resolved, everybody hears of the new one",
     "0s fire a to=oncall+chat -> new\n 0s send oncall -> trigger 1\n 0s send chat -> trigger 1\n 1m part -> ok\n"
     "2m branch fire b sev=0 -> severity_raised\n 2m branch send oncall -> resolve 1\n 2m branch send oncall -> "
     "trigger 2\n"
     "3m merge -> ok\n 3m numbers -> 1.2\n 3m send chat -> resolve 1\n 3m send chat -> trigger 2\n"
     "3m send oncall -> resolve 1\n 3m send oncall -> nothing\n 4m fire c sev=0 -> member_joined\n"},
	{"an older episode that still fires is told under the new one's number",
     PAGED "1m part -> ok\n 2m branch resolve a -> last_member_resolved\n 3m branch fire b -> reopened\n"
           "3m branch send oncall -> resolve 1\n 3m branch send oncall -> trigger 2\n 4m fire c -> member_joined\n"
           "5m merge -> ok\n 5m numbers -> 2.2\n 5m firing -> 2 of 2\n 5m send oncall -> resolve 1\n"
           "5m told oncall -> firing\n 5m send oncall -> nothing\n"},
	{"members that are not named keep the trunk's episode, and numbers are never used twice",
     BOTH "1m part -> ok\n 2m branch resolve a b -> member_left last_member_resolved\n 3m branch fire a -> reopened\n"
          "3m branch resolve b start=0s end=0s -> duplicate\n 4m merge touched -> ok\n 4m numbers -> 2.2\n"},
	{"a page: false side does not silence the other's page",
     "0s part -> ok\n 1s fire a -> new\n 1s send oncall -> trigger 1\n 2s branch fire b nopage -> page_false\n"
     "5m merge -> ok\n 5m firing -> 1 of 1\n 5m send oncall -> nothing\n 5m told oncall -> firing\n"
     "6m resolve a b -> last_member_resolved member_left\n 6m send oncall -> resolve 1\n"},
	{"a later page: false alert does not silence an older page that fires",
     PAGED "1m part -> ok\n 2m branch resolve a -> last_member_resolved\n 3m branch fire b nopage -> page_false\n"
           "4m fire c -> member_joined\n 5m merge -> ok\n 5m state -> firing\n 5m numbers -> 1.1\n"
           "5m firing -> 1 of 2\n 5m told oncall -> firing\n 5m send oncall -> nothing\n"},
	{"of two deferred pages the earlier counts",
     "0s part -> ok\n 1m fire a after=5m -> new\n 2m branch fire b after=2m -> new\n 3m merge -> ok\n"
     "3m clock -> 4m\n 4m tick -> page_after_passed\n 4m send oncall -> trigger 1\n"},
	{"who waits on one side is told, though the other has told of somebody else",
     "0s part -> ok\n 1m fire a after=5m -> new\n 2m branch fire b -> new\n 2m branch send oncall -> trigger 1\n"
     "3m merge -> ok\n 3m told oncall -> firing\n 3m send oncall -> nothing\n 3m clock -> 6m\n"
     "6m tick -> page_after_passed\n 6m send oncall -> resolve 1\n 6m send oncall -> trigger 2\n"},
	{"who waits on one side, and was told of by the other, waits no more",
     "0s fire a after=5m -> new\n 0s part -> ok\n 5m branch tick -> page_after_passed\n"
     "5m branch send oncall -> trigger 1\n 6m merge -> ok\n 6m told oncall -> firing\n 6m tick -> nothing\n"
     "6m send oncall -> nothing\n"},
	{"who waits on both sides waits for one page, and is told once",
     "0s fire a after=5m -> new\n 0s part -> ok\n 1m branch fire b after=5m -> member_joined\n 2m fire c after=5m -> "
     "member_joined\n 3m merge -> ok\n 3m firing -> 3 of 3\n 3m clock -> 5m\n 5m tick -> page_after_passed\n"
     "5m send oncall -> trigger 1\n 6m tick -> nothing\n"},
	{"who has ended by absence on one side has ended, whatever the other heard before",
     BOTH "1m part -> ok\n 2m branch ack -> ok\n 10m body g1 b -> repeat\n 20m body g1 b -> repeat\n 21m merge -> ok\n"
          "21m firing -> 1 of 2\n 21m state -> acknowledged\n"},
	{"…and if it was all, so has the incident", PAGED
     "1m part -> ok\n 2m branch ack -> ok\n 10m body g1 -> ok\n 20m body g1 -> ok\n 20m send oncall -> resolve 1\n"
     "21m merge -> ok\n 21m state -> resolved\n 21m why -> no_longer_reported\n 21m send oncall -> resolve 1\n"},
	{"…but not where it was listed since",
     PAGED "1m part -> ok\n 10m body g1 -> ok\n 20m body g1 -> ok\n 21m branch fire a -> repeat\n 22m merge -> ok\n"
           "22m firing -> 1 of 1\n 22m doubtful -> 0\n"},
	{"who is doubtful on the side that heard later is doubtful",
     BOTH "1m part -> ok\n 2m branch ack -> ok\n 10m body g1 b -> repeat\n 11m merge -> ok\n 11m doubtful -> 1\n"
          "11m firing -> 2 of 2\n"},
	{"of who is not named the branch has not heard, while it heard of the group: doubtful, and he folds nobody",
     BOTH "1m part blank -> ok\n 10m branch body g1 c -> new\n 10m branch send oncall -> trigger 1\n"
          "11m merge touched -> ok\n 11m firing -> 3 of 3\n 11m doubtful -> 2\n"},
	{"a member that moved to another group on one side stands there",
     "0s fire a group=g1 -> new\n 0s send oncall -> trigger 1\n 1m part -> ok\n 5m branch fire a group=g2 -> repeat\n"
     "6m merge -> ok\n 6m firing -> 1 of 1\n 7m body g2 -a -> last_member_resolved\n 7m state -> resolved\n"},
	{"what a truncated body hides stays hidden, unless the other side has seen the end of all",
     "0s body g1 a b cut -> new member_joined\n 0s send oncall -> trigger 1\n 1m part -> ok\n"
     "2m branch body g1 -a -b cut -> member_left member_left\n 3m merge -> ok\n 3m firing -> 0 of 2\n"
     "3m state -> firing\n 4m body g1 allresolved -a -b cut -> duplicate duplicate\n 4m state -> resolved\n"},
	{"closed by hand in the branch stays closed",
     PAGED "1m part -> ok\n 2m branch close -> ok\n 3m fire a -> repeat\n 4m merge -> ok\n 4m state -> resolved\n"
           "4m why -> closed_by_hand\n 4m send oncall -> resolve 1\n 5m fire a -> closed_by_hand\n"},
	{"closed by hand in the trunk stays closed, with the branch's members", PAGED
     "1m part -> ok\n 2m branch fire b -> member_joined\n 3m close -> ok\n 4m merge -> ok\n 4m state -> resolved\n"
     "5m fire a -> closed_by_hand\n 5m fire b start=2m -> closed_by_hand\n"},
	{"an alert that began after the closing by hand is not closed by it",
     PAGED "1m part -> ok\n 2m close -> ok\n 2m send oncall -> resolve 1\n 3m branch fire b -> member_joined\n"
           "4m merge -> ok\n 4m state -> firing\n 4m send oncall -> trigger 1\n"},
	{"closed by hand yields to a page that came of more",
     PAGED "1m part -> ok\n 2m branch fire a sev=0 -> severity_raised\n 3m close -> ok\n 4m merge -> ok\n"
           "4m state -> firing\n 4m send oncall -> resolve 1\n 4m send oncall -> trigger 2\n"},
	{"an acknowledgement made apart is kept",
     PAGED "1m part -> ok\n 2m branch ack -> ok\n 2m branch send oncall -> acknowledge 1\n 3m merge -> ok\n"
           "3m state -> acknowledged\n 3m told oncall -> acknowledged\n 3m send oncall -> nothing\n"},
	{"a link that was used on one side is used after the merge",
     PAGED "1m part -> ok\n 2m branch there - ack 1 round=0 -> done\n 3m branch unack -> ok\n 4m merge -> ok\n"
           "5m there - ack 1 round=0 -> used\n 6m there - ack 1 round=1 -> done\n"},
	{"an acknowledgement of an older page does not hold for a newer one",
     PAGED "1m part -> ok\n 2m branch ack -> ok\n 2m fire a sev=0 -> severity_raised\n 3m merge -> ok\n"
           "3m state -> firing\n"},
	{"an acknowledgement by whoever's members are gone is none of the others",
     "0s part -> ok\n 1m branch fire a -> new\n 1m branch ack -> ok\n 2m fire b -> new\n 3m resolve a -> "
     "never_paged\n 4m merge -> ok\n 4m firing -> 1 of 1\n 4m state -> firing\n"},
	{"a page that one side could not deliver is tried on",
     "0s fire a -> new\n 0s part -> ok\n 1s branch send oncall rejected -> trigger 1\n 1s branch told oncall -> "
     "nothing "
     "dead\n"
     "2m merge -> ok\n 2m send oncall -> trigger 1\n 2m told oncall -> firing\n"},
	{"a page that neither side could deliver is dead",
     "0s fire a -> new\n 0s part -> ok\n 1s branch send oncall rejected -> trigger 1\n 1s send oncall rejected -> "
     "trigger 1\n"
     "2m merge -> ok\n 2m told oncall -> nothing dead\n 2m send oncall -> nothing\n 3m retry -> ok\n"
     "3m send oncall -> trigger 1\n"},
	{"a dead page that the other side has delivered is alive",
     "0s fire a -> new\n 0s part -> ok\n 1s branch send oncall rejected -> trigger 1\n 1s send oncall -> trigger 1\n"
     "2m merge -> ok\n 2m told oncall -> firing\n"},
	{"an attempt of unknown outcome in the branch gets its echo",
     "0s part -> ok\n 0s branch fire a -> new\n 0s branch send oncall unknown -> trigger 1\n 1m branch resolve a -> "
     "last_member_resolved\n"
     "1m merge -> ok\n 1m send oncall -> resolve 1\n 2m15s send oncall -> echo 1\n"},
	{"the backoff of a side that is at it goes on",
     "0s fire a -> new\n 0s part -> ok\n 1s branch send oncall retry wait=5m -> trigger 1\n 2s send oncall retry "
     "wait=4m -> trigger 1\n"
     "1m merge -> ok\n 1m due oncall -> 4m2s\n"},
	{"a fallback that one side called in hears of the end",
     "0s fire a -> new\n 0s part -> ok\n 1s branch send oncall rejected -> trigger 1\n 1s branch send mail -> trigger "
     "1\n"
     "2m branch resolve a -> last_member_resolved\n 3m merge -> ok\n 3m send mail -> resolve 1\n"},

	{"an unknown resolve is told to the plan's receivers while the other store is away",
     "0s part -> ok\n 1m branch resolve a to=oncall+chat -> last_member_resolved\n 1m branch send oncall -> resolve 1\n"
     "1m branch send chat -> resolve 1\n 1m branch send oncall -> nothing\n 1m branch resolve a -> duplicate\n"
     "2m branch resolve b -> never_paged\n 2m branch send oncall -> nothing\n"},
	{"an unknown resolve is nothing while all is known", "1m resolve a -> never_paged\n 1m send oncall -> nothing\n"},
	{"an unknown resolve of a page: false alert tells nobody",
     "0s part -> ok\n 1m branch resolve a nopage -> never_paged\n 1m branch send oncall -> nothing\n"},
	{"an unknown resolve while others fire only leaves a mark",
     "0s part -> ok\n 1m branch fire a -> new\n 2m branch resolve b -> never_paged\n 2m branch state -> firing\n"
     "2m branch firing -> 1 of 1\n"},
	{"an unknown resolve that cannot be sent yet is tried again",
     "0s part -> ok\n 1m branch resolve a -> last_member_resolved\n 1m branch send oncall retry wait=1m -> resolve 1\n"
     "2m branch send oncall -> resolve 1\n"},
	{"what fires after an unknown resolve has a key of its own",
     "0s part -> ok\n 1m branch resolve a -> last_member_resolved\n 1m branch send oncall -> resolve 1\n"
     "9m branch fire a -> new\n 9m branch send oncall -> trigger 2\n 9m branch numbers -> 1.2\n"},
	{"an unknown resolve closes what the trunk knows, and all it told is resolved",
     PAGED "1m fire a sev=0 -> severity_raised\n 1m send oncall -> resolve 1\n 1m send oncall -> trigger 2\n"
           "2m part blank -> ok\n 3m branch resolve a -> last_member_resolved\n 3m branch send oncall -> resolve 1\n"
           "4m merge touched -> ok\n 4m state -> resolved\n 4m send oncall -> resolve 2\n 4m send oncall -> nothing\n"},
	{"an unknown resolve of one of two does not close, but what it took back is told again",
     BOTH "2m part blank -> ok\n 3m branch body g1 -a -> last_member_resolved\n 3m branch send oncall -> resolve 1\n"
          "4m merge touched -> ok\n 4m firing -> 1 of 2\n 4m told oncall -> maybe\n 4m send oncall -> trigger 1\n"},
	{"what one side takes for a repeat is no less a beginning: the end that the other side heard was before it",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s part -> ok\n 5s branch resolve a -> last_member_resolved\n"
     "5s branch send oncall -> resolve 1\n 8s fire a start=7s -> repeat\n 9s merge -> ok\n 9s state -> firing\n"
     "9s send oncall -> trigger 1\n"},
	{"the end of what only the other side has heard the beginning of counts",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 5s resolve a -> last_member_resolved\n 5s send oncall -> "
     "resolve 1\n"
     "5s part -> ok\n 1m branch fire a start=1m -> reopened\n 1m branch send oncall -> trigger 2\n"
     "2m resolve a start=1m end=2m -> duplicate\n 3m merge -> ok\n 3m state -> resolved\n 3m send oncall -> resolve "
     "2\n"},
	{"a late firing that the other side may know the end of waits a grace from when they parted",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n 1m send oncall -> "
     "resolve 1\n"
     "2m fire a start=0s -> late_firing\n 6m part -> ok\n 8m branch tick -> nothing\n 11m30s branch tick -> "
     "late_grace_passed\n"},
};

#define KEY "0123456789abcdef0123456789abcdef"
#define NOW (INT64_C(1700000000) * TIME_SECOND)

#define MARK (NOW + 7)

static struct member a_member(const char *key, bool firing, int64_t at)
{
	return (struct member){.source = STR("am"),
	                       .fingerprint = STR("a"),
	                       .found = true,
	                       .key = str_c(key),
	                       .group = "g1",
	                       .mark = firing ? MARK : 0,
	                       .counted = true,
	                       .starts_at = firing ? at : at - 1000,
	                       .ends_at = firing ? 0 : at,
	                       .episode = 1,
	                       .touched_at = at};
}

static struct incident *incident_to_merge(struct arena *arena, uint64_t firing)
{
	struct incident *inc = incident_new(arena, STR(KEY));
	inc->episode = inc->generation = 1;
	inc->started_at = inc->last_seen_at = NOW;
	inc->count.total = firing;
	struct incident_row *row = row_make(inc, "g1", NOW);
	inc->last_mark = row->mark = MARK;
	row->n0 = firing;
	return inc;
}

static bool fires_after(struct member m)
{
	return m.found && member_is_listed(&m);
}

static void add_told_generation(struct incident *inc, struct delivery *d, struct told_generation told)
{
	d->gens = arena_room(inc->arena, d->gens, d->gen_count, &d->gen_capacity, sizeof *d->gens);
	d->gens[d->gen_count++] = told;
}

static void the_later_fact_of_a_member_counts(void **state)
{
	(void)state;
	struct member fires = a_member(KEY, true, NOW), over = a_member(KEY, false, NOW), none = {.found = false};
	struct member later = a_member(KEY, true, NOW + 1);
	assert_false(fires_after(member_merge(&fires, &over)));
	assert_false(fires_after(member_merge(&over, &fires)));
	assert_true(fires_after(member_merge(&over, &later)));
	assert_int_equal(member_merge(&over, &later).ends_at, NOW);
	assert_true(fires_after(member_merge(&none, &fires)));
	assert_true(fires_after(member_merge(&fires, &none)));
	assert_false(member_merge(&none, &none).found);
	struct member unsaid = later;
	unsaid.starts_at = 0; /* began when it was heard of */
	assert_true(fires_after(member_merge(&over, &unsaid)));
	unsaid.touched_at = NOW - 1;
	assert_false(fires_after(member_merge(&over, &unsaid)));
}

static void a_word_covers_what_says_no_more(void **state)
{
	(void)state;
	struct member fires = a_member(KEY, true, NOW), over = a_member(KEY, false, NOW), none = {.found = false};
	struct member again = a_member(KEY, true, NOW + 1);
	assert_true(member_covers(&fires, &fires) && member_covers(&fires, &none) && member_covers(&over, &fires));
	assert_false(member_covers(&fires, &over) || member_covers(&none, &fires));
	assert_true(member_covers(&again, &over)); /* it need not remember the end before */
	assert_false(member_covers(&over, &again));
	struct member listed_later = fires;
	listed_later.mark++;
	assert_true(member_covers(&listed_later, &fires));
	assert_false(member_covers(&fires, &listed_later));
}

static void a_member_of_another_open_incident_keeps_to_that_one(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *trunk = incident_to_merge(arena, 1), *branch = incident_to_merge(arena, 2);
	struct merge_member m = {.trunk = a_member("other", true, NOW), .branch = a_member(KEY, true, NOW + 5)};
	bool elsewhere = true;
	incident_merge(trunk, branch, &m, &elsewhere, 1, NOW + 10);
	assert_int_equal(incident_firing(trunk), 1);
	assert_true(m.merged.mark);
	assert_true(str_eq_c(m.merged.key, "other"));
	m.branch = a_member(KEY, false, NOW + 5);
	incident_merge(trunk, branch, &m, &elsewhere, 1, NOW + 10);
	assert_false(m.merged.mark);
	assert_true(str_eq_c(m.merged.key, "other"));
	assert_int_equal(incident_firing(trunk), 1);
}

static void without_a_branch_only_members_change(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *trunk = incident_to_merge(arena, 2);
	incident_add_receiver(trunk, STR("oncall"), NOW);
	add_told_generation(trunk, &trunk->deliveries[0], (struct told_generation){.generation = 1, .told = TOLD_FIRING});
	struct merge_member m = {.trunk = a_member(KEY, true, NOW), .branch = a_member("other", false, NOW + 5)};
	incident_merge(trunk, NULL, &m, NULL, 1, NOW + 10);
	assert_int_equal(incident_firing(trunk), 1);
	assert_true(incident_is_open(trunk));
	struct merge_member last = m;
	last.trunk = a_member(KEY, true, NOW);
	incident_merge(trunk, NULL, &last, NULL, 1, NOW + 10);
	assert_false(incident_is_open(trunk));
	assert_string_equal(trunk->resolved_why.p, "last_member_resolved");
	assert_int_equal(trunk->resolved_at, NOW);
	assert_int_equal(delivery_want(trunk, &trunk->deliveries[0]).verb, WANT_RESOLVE);
	assert_string_equal(trunk->timeline[trunk->timeline_count - 1].what.p, "resolved");
	assert_int_equal(trunk->previous_count, 1);
}

static void long_lists_keep_to_their_ceilings(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *side[] = {incident_to_merge(arena, 1), incident_to_merge(arena, 1)};
	for (size_t s = 0; s < 2; s++) {
		for (int i = 0; i < INCIDENT_TIMELINE_MAX; i++)
			incident_note(side[s], NOW + 2 * i + (int64_t)s, "told", "%d", i);
		for (int i = 0; i < INCIDENT_RECEIVERS_MAX; i++)
			incident_add_receiver(side[s], str_c(arena_printf(arena, "%c%02d", (int)('b' - (int)s), i)), NOW);
		for (size_t i = 0; i < INCIDENT_SAMPLE_MAX; i++)
			*INCIDENT_ADD(side[s], side[s]->sample, side[s]->sample_count, side[s]->sample_capacity,
			              INCIDENT_SAMPLE_MAX) =
				(struct incident_sample){.source = STR("am"),
			                             .fingerprint = str_c(arena_printf(arena, "%zu-%03zu", 1 - s, i)),
			                             .group = "g1",
			                             .mark = s ? 0 : MARK,
			                             .counted = true};
	}
	struct delivery *told = &side[0]->deliveries[INCIDENT_RECEIVERS_MAX - 1];
	side[0]->generation = 2 * INCIDENT_GENERATIONS_MAX;
	for (uint64_t g = 0; g < INCIDENT_GENERATIONS_MAX; g++)
		add_told_generation(side[0], told, (struct told_generation){.generation = 2 * g + 1, .told = TOLD_FIRING});
	struct merge_member m = {.trunk = a_member(KEY, true, NOW), .branch = a_member(KEY, true, NOW)};
	incident_merge(side[0], side[1], &m, NULL, 1, NOW + TIME_HOUR);
	const struct incident *out = side[0];
	assert_int_equal(out->timeline_count, INCIDENT_TIMELINE_MAX);
	assert_int_equal(out->timeline[0].at, NOW);
	assert_true(out->timeline_dropped >= INCIDENT_TIMELINE_MAX);
	assert_int_equal(out->delivery_count, INCIDENT_RECEIVERS_MAX);
	assert_non_null(incident_delivery(side[0], STR("b31"))); /* was told something */
	assert_int_equal(out->sample_count, INCIDENT_SAMPLE_MAX);
	assert_true(incident_sample_fires(out, &out->sample[0]));
	assert_true(incident_sample_fires(out, &out->sample[INCIDENT_SAMPLE_MAX - 1]));
}

static void a_generation_too_many_yields_where_least_is_lost(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *side[] = {incident_to_merge(arena, 1), incident_to_merge(arena, 1)};
	for (size_t s = 0; s < 2; s++) {
		incident_add_receiver(side[s], STR("oncall"), NOW);
		struct delivery *d = &side[s]->deliveries[0];
		for (uint64_t g = 0; g < INCIDENT_GENERATIONS_MAX; g++)
			add_told_generation(
				side[s], d,
				(struct told_generation){
					.generation = 2 * g + 1 + s, .told = s ? TOLD_RESOLVED : TOLD_FIRING, .echo = s, .echo_at = NOW});
		side[s]->generation = 2 * INCIDENT_GENERATIONS_MAX;
	}
	struct merge_member m = {.trunk = a_member(KEY, true, NOW), .branch = a_member(KEY, true, NOW)};
	incident_merge(side[0], side[1], &m, NULL, 1, NOW + TIME_HOUR);
	const struct delivery *d = &side[0]->deliveries[0];
	size_t open = 0;
	for (size_t i = 0; i < d->gen_count; i++)
		open += d->gens[i].told == TOLD_FIRING;
	assert_true(d->gen_count <= INCIDENT_GENERATIONS_MAX);
	assert_true(open >= INCIDENT_GENERATIONS_MAX - 1);
}

/* The simulation found it: a trigger cut off from the branch arrived after the resolve that the trunk's attempt got. */
static void settling_one_sides_attempt_does_not_settle_the_others(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident_policy policy = {.delivery_timeout = 15 * TIME_SECOND, .delivery_expire = TIME_DAY};
	struct incident *side[] = {incident_to_merge(arena, 1), incident_to_merge(arena, 1)};
	struct attempt attempt[2];
	for (size_t s = 0; s < 2; s++) {
		incident_add_receiver(side[s], STR("oncall"), NOW);
		incident_refresh(side[s], NOW);
		int64_t at = NOW + (int64_t)s * TIME_SECOND;
		attempt[s] = delivery_begin(side[s], &side[s]->deliveries[0], at, at + 30 * TIME_SECOND);
	}
	struct merge_member m = {.trunk = a_member(KEY, true, NOW), .branch = a_member(KEY, true, NOW)};
	incident_merge(side[0], side[1], &m, NULL, 1, NOW + TIME_MINUTE);
	struct settlement settled = {.receiver = STR("oncall"), .attempt = attempt[0], .outcome = OUTCOME_DELIVERED};
	incident_settle(side[0], &settled, &policy, NOW + TIME_MINUTE);
	assert_false(side[0]->deliveries[0].gens[0].maybe);
	assert_true(side[0]->deliveries[0].gens[0].echo);
}

static void a_tombstone_that_was_told_is_not_trimmed_within_the_hour(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR(KEY));
	struct incident_policy policy = {.retention = 30 * TIME_DAY, .delivery_expire = TIME_DAY};
	inc->last.at = NOW;
	assert_int_equal(incident_since(inc, &policy) + policy.retention, NOW + TIME_HOUR);
	incident_add_receiver(inc, STR("oncall"), NOW);
	assert_true(incident_since(inc, &policy) + policy.retention >= NOW + policy.delivery_expire);
}

int main(void)
{
	const size_t n = sizeof stories / sizeof *stories;
	const struct CMUnitTest more[] = {
		cmocka_unit_test(the_later_fact_of_a_member_counts),
		cmocka_unit_test(a_word_covers_what_says_no_more),
		cmocka_unit_test(a_member_of_another_open_incident_keeps_to_that_one),
		cmocka_unit_test(without_a_branch_only_members_change),
		cmocka_unit_test(long_lists_keep_to_their_ceilings),
		cmocka_unit_test(a_generation_too_many_yields_where_least_is_lost),
		cmocka_unit_test(settling_one_sides_attempt_does_not_settle_the_others),
		cmocka_unit_test(a_tombstone_that_was_told_is_not_trimmed_within_the_hour),
	};
	struct CMUnitTest tests[sizeof stories / sizeof *stories + sizeof more / sizeof *more];
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){stories[i][0], run_merge_scenario, NULL, NULL, (void *)(uintptr_t)stories[i]};
	memcpy(tests + n, more, sizeof more);
	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
