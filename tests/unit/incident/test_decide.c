#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario.h"

static void run_decide_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

/* Each row is a test: its name says what must hold, its story is the case. */
static const char *const stories[][2] = {
	{"a first alert pages and its repeats do not",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 5m fire a -> repeat\n 5m send oncall -> nothing\n"
     "10m resolve a -> last_member_resolved\n 10m send oncall -> resolve 1\n 10m told oncall -> resolved\n"
     "10m state -> resolved\n 11m send oncall -> nothing\n"},
	{"a resolve before the page went out sends nothing", "0s fire a -> new\n 1s resolve a -> last_member_resolved\n 1s "
                                                         "send oncall -> nothing\n 1s told oncall -> nothing\n"},
	{"members join and leave one incident",
     "0s fire a b -> new member_joined\n 0s firing -> 2 of 2\n 0s send oncall -> trigger 1\n 1m fire c -> "
     "member_joined\n"
     "2m resolve a -> member_left\n 2m resolve a -> duplicate\n 3m resolve b c -> member_left last_member_resolved\n"
     "3m send oncall -> resolve 1\n"},
	{"one leaves while another joins in one webhook",
     "0s fire a -> new\n 1m fire b -> member_joined\n 1m resolve a -> member_left\n 1m state -> firing\n"},
	{"a re-fire after the end is reopened under its own key",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n 1m send oncall -> "
     "resolve 1\n"
     "20m fire a -> reopened\n 20m send oncall -> trigger 2\n 20m told oncall -> firing\n"},
	{"a re-fire while the resolve still waits: the old generation first",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n 2m fire a -> reopened\n"
     "2m send oncall -> resolve 1\n 2m send oncall -> trigger 2\n 2m send oncall -> nothing\n"},
	{"a newer startsAt of a member still thought firing pages again",
     "0s fire a start=0s -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 1m send oncall -> acknowledge 1\n"
     "1h fire a start=50m -> reopened\n 1h state -> firing\n 1h send oncall -> resolve 1\n 1h send oncall -> trigger "
     "2\n"
     "1h fire a start=50m -> repeat\n"},
	{"a startsAt newer within the skew of two replicas is a repeat",
     "0s fire a start=0s -> new\n 1m fire a start=20s -> repeat\n"},
	{"a group that fires anew wakes once",
     "0s fire a b c -> new member_joined member_joined\n 0s send oncall -> trigger 1\n"
     "1h fire a b c start=50m -> reopened member_joined member_joined\n 1h send oncall -> resolve 1\n"
     "1h send oncall -> trigger 2\n 2h fire a b c start=50m -> repeat repeat repeat\n"},
	{"a member that fires anew beside one that goes on is folded",
     "0s fire a b -> new member_joined\n 0s send oncall -> trigger 1\n 1h fire a start=50m -> member_joined\n"
     "1h send oncall -> nothing\n 1h firing -> 2 of 2\n"},
	{"a sender without startsAt is folded all the same",
     "0s fire a nostart -> new\n 5m fire a nostart -> repeat\n 6m resolve a nostart -> last_member_resolved\n"
     "7m fire a nostart -> reopened\n"},
	{"a raised severity pages anew and clears the acknowledgement",
     "0s fire a sev=2 -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 1m send oncall -> acknowledge 1\n"
     "2m fire a sev=2 -> acknowledged\n 3m fire b sev=0 -> severity_raised\n 3m state -> firing\n"
     "3m send oncall -> resolve 1\n 3m send oncall -> trigger 2\n 4m fire a sev=2 -> repeat\n 4m fire b sev=1 -> "
     "repeat\n"},
	{"a reminder after repeat_interval, once",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 3h59m fire a -> repeat\n 4h fire a -> repeat_interval\n"
     "4h send oncall -> update 1\n 4h1m fire a -> repeat\n 4h1m send oncall -> nothing\n 8h fire a -> "
     "repeat_interval\n"},
	{"no reminder while acknowledged, and again after ack_timeout",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n 1m send oncall -> acknowledge 1\n"
     "5h fire a -> acknowledged\n 1d2m tick -> ack_timeout_passed\n 1d3m fire a -> repeat_interval\n"},
	{"unack brings the firing back to the receiver", "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m ack -> ok\n "
                                                     "1m send oncall -> acknowledge 1\n 2m unack -> ok\n"
                                                     "2m send oncall -> update 1\n 2m unack -> not acknowledged\n"},
	{"page_after: pages only if still firing then",
     "0s fire a after=2m -> new\n 0s send oncall -> nothing\n 0s clock -> 2m\n 1m59s tick -> nothing\n"
     "2m tick -> page_after_passed\n 2m send oncall -> trigger 1\n"},
	{"page_after: a resolve before it cancels unsent",
     "0s fire a after=2m -> new\n 1m resolve a -> never_paged\n 2m tick -> nothing\n 2m send oncall -> nothing\n"
     "2m state -> resolved\n"},
	{"page_after: a member that pages at once brings it forward",
     "0s fire a after=10m -> new\n 1m fire b -> member_joined\n 1m send oncall -> trigger 1\n"},
	{"page_after of a raised severity leaves the page that is open",
     "0s fire a sev=1 -> new\n 0s send oncall -> trigger 1\n 1m fire b sev=0 after=5m -> severity_raised\n"
     "1m send oncall -> nothing\n 6m tick -> page_after_passed\n 6m send oncall -> resolve 1\n 6m send oncall -> "
     "trigger 2\n"},
	{"resolve_hold: told after so much quiet",
     "0s fire a hold=10m -> new\n 0s send oncall -> trigger 1\n 1m resolve a hold=10m -> last_member_resolved\n"
     "1m send oncall -> nothing\n 1m state -> firing\n 11m tick -> resolve_hold_passed\n 11m send oncall -> resolve "
     "1\n"},
	{"resolve_hold: a re-fire inside it is flapping, the incident stays open",
     "0s fire a hold=10m -> new\n 0s send oncall -> trigger 1\n 1m resolve a hold=10m -> last_member_resolved\n"
     "5m fire a hold=10m -> flapping\n 5m send oncall -> nothing\n 11m tick -> nothing\n 11m state -> firing\n"
     "2h resolve a hold=10m -> last_member_resolved\n 2h10m tick -> resolve_hold_passed\n 2h10m send oncall -> resolve "
     "1\n"},
	{"resolve_hold: what was not sent by then is not sent any more",
     "0s fire a hold=10m -> new\n 1m resolve a hold=10m -> last_member_resolved\n 1m send oncall -> nothing\n"
     "2m fire a hold=10m -> flapping\n 2m send oncall -> trigger 1\n"},
	{"a raised severity is not hidden by a hold",
     "0s fire a hold=10m -> new\n 0s send oncall -> trigger 1\n 1m resolve a hold=10m -> last_member_resolved\n"
     "2m fire a sev=0 hold=10m -> severity_raised\n 2m send oncall -> resolve 1\n 2m send oncall -> trigger 2\n"},
	{"flap detection holds the resolve by itself",
     "0s fire a -> new\n 1m resolve a -> last_member_resolved\n 1m state -> resolved\n 2m fire a -> reopened\n"
     "3m resolve a -> last_member_resolved\n 3m state -> firing\n 4m fire a -> flapping\n"
     "5m resolve a -> last_member_resolved\n 1h5m tick -> resolve_hold_passed\n 1h5m state -> resolved\n"},
	{"a stale firing after the resolve pages nobody in the lagging case",
     "0s fire a start=0s -> new\n 0s send oncall -> trigger 1\n 1m resolve a -> last_member_resolved\n"
     "1m send oncall -> resolve 1\n 2m fire a start=0s -> late_firing\n 2m send oncall -> nothing\n"
     "4m resolve a end=1m -> never_paged\n 8m tick -> nothing\n 8m send oncall -> nothing\n 8m state -> resolved\n"},
	{"a stale firing that stays pages after the grace",
     "0s fire a start=0s -> new\n 1m resolve a -> last_member_resolved\n 2m fire a start=0s -> late_firing\n"
     "3m fire a start=0s -> repeat\n 7m30s tick -> late_grace_passed\n 7m30s send oncall -> trigger 2\n"},
	{"a resolve that comes before its stale firing leaves nothing open",
     "1m resolve a start=0s end=1m keep -> never_paged\n 2m fire a -> late_firing\n 2m send oncall -> nothing\n"
     "3m resolve a end=1m -> never_paged\n 3m state -> resolved\n 9m send oncall -> nothing\n"},
	{"a genuine member during the grace pages at once",
     "0s fire a start=0s -> new\n 1m resolve a -> last_member_resolved\n 2m fire a start=0s -> late_firing\n"
     "3m fire b -> reopened\n 3m send oncall -> trigger 2\n"},
	{"a lagging peer's resolve of an earlier episode is a duplicate",
     "0s fire a start=0s -> new\n 1m resolve a end=1m -> last_member_resolved\n 10m fire a start=9m -> reopened\n"
     "11m resolve a end=1m keep -> duplicate\n 11m state -> firing\n"},
	{"page: false is recorded and nobody is told",
     "0s fire a nopage -> page_false\n 1m fire a nopage -> page_false\n 1m send oncall -> nothing\n"
     "2m resolve a nopage -> page_false\n 2m state -> resolved\n"},
	{"page: false that becomes true pages",
     "0s fire a nopage -> page_false\n 1m fire a -> new\n 1m send oncall -> trigger 1\n"},
	{"a rule that comes to say page: false takes the page back: nobody is to be told of it any more",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 5h fire a nopage -> page_false\n 5h why -> page_false\n"
     "5h send oncall -> resolve 1\n 6h resolve a nopage -> page_false\n 6h send oncall -> nothing\n"},
	{"a quiet member beside a paging one",
     "0s fire a nopage -> page_false\n 1m fire b -> new\n 1m send oncall -> trigger 1\n 1m firing -> 1 of 1\n"
     "2m resolve b -> last_member_resolved\n 2m send oncall -> resolve 1\n 3m resolve a nopage -> page_false\n"},
	{"closed by hand: the same episode stays closed until it resolves",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 1m close -> ok\n 1m send oncall -> resolve 1\n"
     "2m fire a -> closed_by_hand\n 2m state -> resolved\n 3m resolve a -> closed_by_hand\n 4m fire a -> reopened\n"
     "4m send oncall -> trigger 2\n"},
	{"closed by hand: a newer start, or repeat_interval, opens it again",
     "0s fire a start=0s -> new\n 1m close -> ok\n 2m fire a start=90s -> reopened\n 3m close -> ok\n"
     "4m fire a start=90s -> closed_by_hand\n 4h4m fire a start=90s -> reopened\n"},
	{"closed by hand: another alert of it that began earlier stays closed too",
     "0s fire a -> new\n 5m close -> ok\n 6m fire b start=4m -> closed_by_hand\n 7m fire c start=6m -> reopened\n"},
	{"an incident that nobody has heard of expires, and its return pages",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s clock -> 8d\n 8d tick -> expired\n 8d send oncall -> resolve "
     "1\n"
     "9d fire a start=0s -> reopened\n 9d send oncall -> trigger 2\n"},
	{"expiry adapts to the longest silence so far", "0s fire a -> new\n 5d fire a -> repeat_interval\n 5d send oncall "
                                                    "-> trigger 1\n 13d tick -> nothing\n 20d tick -> expired\n"},
	{"receivers of all members are told, each once",
     "0s fire a to=oncall -> new\n 0s send oncall -> trigger 1\n 1m fire b to=chat -> member_joined\n"
     "1m send oncall -> nothing\n 1m send chat -> trigger 1\n 2m resolve a b -> member_left last_member_resolved\n"
     "2m send oncall -> resolve 1\n 2m send chat -> resolve 1\n"},
	{"the resolve goes to who was paged although the rules have changed",
     "0s fire a to=oncall -> new\n 0s send oncall -> trigger 1\n 1m fire a to=chat -> repeat\n"
     "2m resolve a to=chat -> last_member_resolved\n 2m send oncall -> resolve 1\n 2m send chat -> nothing\n"},
};

int main(void)
{
	struct CMUnitTest tests[sizeof stories / sizeof *stories];
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		tests[i] = (struct CMUnitTest){stories[i][0], run_decide_scenario, NULL, NULL, (void *)(uintptr_t)stories[i]};
	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
