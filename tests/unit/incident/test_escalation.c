/*
 * Escalation, minute by minute: who is told when, what stops it and what makes it go on (incident/escalation.h). The roles of
 * a story: crew, lead, boss; each is told by ROLE-phone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario.h"

static void run_escalation_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

#define PATH "path=0s:crew,15m:lead,30m:lead+boss"
/* The page and its first step arrive: nobody falls back for them. */
#define TOLD "0s send oncall -> trigger 1\n 0s send crew-phone -> trigger 1 for crew\n"

static const char *const stories[][2] = {
	{"left alone, the path is walked to the minute, and everybody who was told hears the end",
     "0s fire a " PATH " -> new\n 0s receivers -> oncall crew-phone\n 0s send oncall -> trigger 1\n"
     "0s send crew-phone -> trigger 1 for crew\n 0s next -> 15m lead\n 0s clock -> 15m\n 14m59s tick -> nothing\n"
     "15m tick -> escalated\n 15m send lead-phone -> trigger 1 for lead\n 15m next -> 30m lead boss\n"
     "30m tick -> escalated\n 30m send boss-phone -> trigger 1 for boss\n 30m send lead-phone -> trigger 1 for lead "
     "(2)\n"
     "30m next -> never\n 30m ran -> 0s 15m 30m\n 40m resolve a -> last_member_resolved\n"
     "40m send oncall -> resolve 1\n 40m send crew-phone -> resolve 1 for crew\n"
     "40m send lead-phone -> resolve 1 for lead\n 40m send lead-phone -> resolve 1 for lead (2)\n"
     "40m send boss-phone -> resolve 1 for boss\n 41m tick -> nothing\n"},
	{"an acknowledgement stops it, taking it back lets it go on from the incident's start",
     "0s fire a " PATH " -> new\n" TOLD " 10m ack -> ok\n 10m next -> never\n 16m tick -> nothing\n 16m ran -> 0s - -\n"
     "20m unack -> ok\n 20m ran -> 0s 20m -\n 20m send lead-phone -> trigger 1 for lead\n 20m next -> 30m lead boss\n"},
	{"ack_timeout lets it go on too",
     "0s fire a " PATH " repeat=9d -> new\n" TOLD
     " 5m ack -> ok\n 5m send oncall -> acknowledge 1\n 5m send crew-phone -> acknowledge 1 for crew\n 6m mute a -> "
     "ok\n 1d5m tick -> ack_timeout_passed escalated\n"
     "1d5m ran -> 0s 1d5m 1d5m\n"},
	{"a resolve stops it", "0s fire a " PATH " -> new\n" TOLD
                           " 10m resolve a -> last_member_resolved\n 15m tick -> nothing\n 15m next -> never\n"},
	{"a resolve that is held back stops it, and a re-fire lets it go on",
     "0s fire a hold=20m " PATH " -> new\n 10m resolve a hold=20m -> last_member_resolved\n 16m tick -> nothing\n"
     "16m ran -> 0s - -\n 17m fire a hold=20m " PATH " -> flapping\n 17m ran -> 0s 17m -\n"},
	{"closed by hand stops it", "0s fire a " PATH " -> new\n" TOLD " 10m close -> ok\n 30m tick -> nothing\n"},
	{"it counts from when the incident began, not from the page that waited",
     "0s fire a after=10m " PATH " -> new\n 0s ran -> - - -\n 10m tick -> page_after_passed escalated\n"
     "10m ran -> 10m - -\n 10m next -> 15m lead\n"},
	{"a raised severity goes on by its own path, from the incident's start, although somebody had it",
     "0s fire a sev=1 path=0s:crew,1h:lead -> new\n 5m ack -> ok\n 40m fire a sev=0 path=0s:crew,15m:lead,45m:boss -> "
     "severity_raised\n 40m ran -> 0s 40m -\n 40m send lead-phone -> trigger 2 for lead\n 40m next -> 45m boss\n"
     "40m send crew-phone -> trigger 2 for crew\n"},
	{"who begins to fire while somebody has it begins a path of his own",
     "0s fire a " PATH " -> new\n" TOLD
     " 15m tick -> escalated\n 15m send lead-phone -> trigger 1 for lead\n 16m ack -> ok\n"
     "16m send lead-phone -> acknowledge 1 for lead\n 2h mute a -> ok\n 2h fire b " PATH " -> reopened\n"
     "2h ran -> 2h - -\n 2h send lead-phone -> resolve 1 for lead\n 2h send lead-phone -> nothing\n"
     "2h15m tick -> escalated\n 2h15m send lead-phone -> trigger 2 for lead\n"},
	{"the next episode walks its path from the beginning",
     "0s fire a " PATH " -> new\n" TOLD " 15m tick -> escalated\n 15m send lead-phone -> trigger 1 for lead\n"
     "20m resolve a -> last_member_resolved\n 20m send lead-phone -> resolve 1 for lead\n 1h fire a " PATH
     " -> reopened\n 1h send lead-phone -> nothing\n 1h ran -> 1h - -\n 1h15m tick -> escalated\n"
     "1h15m send lead-phone -> trigger 2 for lead\n"},
	{"the end goes to whoever was told, also after a handover",
     "0s fire a " PATH " -> new\n" TOLD
     " 15m tick -> escalated\n 15m send lead-phone -> trigger 1 for lead\n 20m handover -> ok\n"
     "30m tick -> escalated\n 30m send lead-pager -> trigger 1 for lead (2)\n 40m resolve a -> last_member_resolved\n"
     "40m send lead-phone -> resolve 1 for lead\n 40m send lead-pager -> resolve 1 for lead (2)\n"},
	{"a role that nobody reaches pages the default receivers anew, later; at once it is the page itself",
     "0s fire a path=0s:ghost,15m:ghost -> new\n 0s receivers -> oncall\n 0s send oncall -> trigger 1\n"
     "15m tick -> escalated\n 15m receivers -> oncall oncall\n 15m send oncall -> trigger 1 for ghost (2)\n"
     "20m resolve a -> last_member_resolved\n 20m send oncall -> resolve 1\n"
     "20m send oncall -> resolve 1 for ghost (2)\n"},
	{"a role at once whom the page reaches anyway is not told twice",
     "0s fire a path=0s:oncall,5m:oncall -> new\n 0s receivers -> oncall\n 0s send oncall -> trigger 1\n"
     "0s send oncall -> nothing\n 5m tick -> escalated\n 5m send oncall -> trigger 1 for oncall (2)\n"},
	{"a step without a time is nobody's: the first one is the page",
     "0s fire a path=?:crew,?:lead,1h:boss -> new\n" TOLD
     " 0s ran -> 0s - -\n 0s next -> 1h boss\n 1h tick -> escalated\n"
     "1h ran -> 0s - 1h\n 1h next -> never\n"},
	{"steps that came due while nobody looked all run, each once",
     "0s fire a " PATH " -> new\n" TOLD " 3h tick -> escalated\n 3h ran -> 0s 3h 3h\n 3h tick -> nothing\n"},
	{"page: false has no path", "0s fire a nopage " PATH " -> page_false\n 20m tick -> nothing\n 20m receivers -> \n"},
	{"a delivery of a step that fails falls back for that role",
     "0s fire a " PATH " -> new\n" TOLD " 15m tick -> escalated\n 15m send lead-phone rejected -> trigger 1 for lead\n"
     "15m send mail -> trigger 1 for lead\n"},
	{"a lost answer of a step is resolved twice, as a page's is",
     "0s fire a " PATH " -> new\n" TOLD " 15m tick -> escalated\n 15m send lead-phone unknown -> trigger 1 for lead\n"
     "16m send lead-phone -> trigger 1 for lead\n 17m resolve a -> last_member_resolved\n"
     "17m send lead-phone -> resolve 1 for lead\n 19m send lead-phone -> echo 1 for lead\n"},
	{"what ran on one side of a split has run",
     "0s fire a " PATH " -> new\n" TOLD
     " 1m part -> ok\n 15m tick -> escalated\n 15m send lead-phone -> trigger 1 for lead\n"
     "16m branch tick -> escalated\n 20m merge -> ok\n 20m ran -> 0s 15m -\n 20m next -> 30m lead boss\n"
     "30m tick -> escalated\n 30m send boss-phone -> trigger 1 for boss\n"},
	{"an acknowledgement on one side of a split stops both",
     "0s fire a " PATH " -> new\n" TOLD
     " 1m part -> ok\n 10m branch ack -> ok\n 14m merge -> ok\n 15m tick -> nothing\n"
     "15m next -> never\n"},
	/* ---- deadlines ---- */
	{"nobody acknowledges within the response time, and it is not over within the other: each is missed once",
     "0s fire a respond=15m over=4h -> new\n0s send oncall -> trigger 1\n  0s clock -> 15m\n 14m tick -> nothing\n 15m "
     "tick -> response_missed\n"
     "16m tick -> nothing\n 16m clock -> 4h\n 20m ack -> ok\n 4h tick -> resolution_missed\n 5h tick -> nothing\n"},
	{"an acknowledgement in time keeps the first promise, also when it is taken back",
     "0s fire a respond=15m over=4h -> new\n0s send oncall -> trigger 1\n  5m ack -> ok\n 5m send oncall -> "
     "acknowledge 1\n 6m unack -> ok\n 6m send oncall -> update 1\n 20m tick -> "
     "nothing\n 20m clock -> 4h\n"},
	{"what is over in time has missed nothing", "0s fire a respond=15m over=4h -> new\n 5m ack -> ok\n 3h resolve a -> "
                                                "last_member_resolved\n 5h tick -> nothing\n"},
	{"a page that waits promises nothing, but is counted from the beginning",
     "0s fire a respond=15m after=20m -> new\n 15m tick -> nothing\n 20m tick -> page_after_passed response_missed\n"},
	{"the next episode has its own deadlines", "0s fire a respond=15m -> new\n0s send oncall -> trigger 1\n  15m tick "
                                               "-> response_missed\n 20m resolve a -> last_member_resolved\n"
                                               "1h fire a respond=15m -> reopened\n1h send oncall -> resolve 1\n 1h "
                                               "send oncall -> trigger 2\n  1h15m tick -> response_missed\n"},
	{"what both sides of a split missed was missed once",
     "0s fire a respond=15m -> new\n0s send oncall -> trigger 1\n  1m part -> ok\n 15m tick -> response_missed\n 16m "
     "branch tick -> response_missed\n"
     "20m merge -> ok\n 20m tick -> nothing\n"},
	/* ---- hours ---- */
	{"what is muted is held, and paged once when that ends",
     "0s fire a quiet=22:43 -> new\n 0s send oncall -> nothing\n 0s clock -> 29m40s\n 5m fire a quiet=22:43 -> repeat\n"
     "29m39s tick -> nothing\n 29m40s tick -> page_after_passed\n 29m40s send oncall -> trigger 1\n"
     "30m tick -> nothing\n 31m fire a quiet=22:43 -> repeat\n 31m send oncall -> nothing\n"},
	{"what is promised of what is held is counted from its page",
     "0s fire a quiet=22:43 respond=15m over=1h -> new\n 15m tick -> nothing\n 29m40s tick -> page_after_passed\n"
     "29m40s send oncall -> trigger 1\n 29m40s clock -> 44m40s\n 44m40s tick -> response_missed\n 1h29m40s tick -> "
     "resolution_missed\n"},
	{"…and from the page that hours do not hold, where that comes sooner",
     "0s fire a quiet=22:43 respond=15m -> new\n 5m fire b respond=15m -> member_joined\n 5m send oncall -> trigger 1\n"
     "20m tick -> response_missed\n"},
	{"what somebody has when its hours end wakes nobody, and nobody else while he has it",
     "0s fire a quiet=22:43 path=0s:crew,15m:lead -> new\n 5m ack -> ok\n 29m40s tick -> page_after_passed\n"
     "29m40s state -> acknowledged\n 29m40s send oncall -> nothing\n 29m40s ran -> - -\n 29m40s next -> never\n"
     "31m fire b path=0s:crew,15m:lead -> member_joined\n 31m send oncall -> nothing\n"
     "40m resolve b -> member_left\n 50m resolve a -> last_member_resolved\n 50m send oncall -> nothing\n"},
	{"…and is paged, with its path from then on, when he gives it back",
     "0s fire a quiet=22:43 path=0s:crew,15m:lead -> new\n 5m ack -> ok\n 29m40s tick -> page_after_passed\n"
     "1h unack -> ok\n 1h send oncall -> trigger 1\n 1h send crew-phone -> trigger 1 for crew\n 1h ran -> 1h -\n"
     "1h next -> 1h15m lead\n 1h2m ack -> ok\n 1h2m send oncall -> acknowledge 1\n"},
	{"…or his time is over: a day after he took it, also where the hours end later",
     "0s fire a quiet=22:43 -> new\n 5m ack -> ok\n 29m40s tick -> page_after_passed\n 29m40s clock -> 1d5m\n"
     "24h5m tick -> ack_timeout_passed\n 24h5m send oncall -> trigger 1\n"},
	{"…or what is graver begins, of which he knew nothing",
     "0s fire a sev=2 quiet=22:43 -> new\n 5m ack -> ok\n 10m fire b sev=1 quiet=22:43 -> severity_raised\n"
     "10m state -> firing\n 29m40s tick -> page_after_passed\n 29m40s send oncall -> trigger 1\n"},
	{"who gives back what is not due yet moves nothing: the path is from when its hours end",
     "0s fire a quiet=22:43 path=0s:crew,15m:lead -> new\n 5m ack -> ok\n 9m unack -> ok\n"
     "29m40s tick -> page_after_passed escalated\n 29m40s next -> 44m40s lead\n"},
	{"…nor where page_after waits", "0s fire a after=10m path=0s:crew,13m:lead -> new\n 0s ack -> ok\n 7m unack -> ok\n"
                                    "10m tick -> page_after_passed escalated\n 10m next -> 13m lead\n"},
	{"a page that waits for page_after is nobody's else's either",
     "0s fire a after=5m -> new\n 1m ack -> ok\n 5m tick -> page_after_passed\n 5m send oncall -> nothing\n"},
	{"what ends while it is held is never paged", "0s fire a quiet=22:43 -> new\n 10m resolve a -> never_paged\n "
                                                  "29m40s tick -> nothing\n 29m40s send oncall -> nothing\n"},
	{"page_after and hours: the later one",
     "0s fire a quiet=22:43 after=5m -> new\n 0s clock -> 29m40s\n 29m40s tick -> page_after_passed\n"},
	{"who is not muted is paged at once, and takes the one that was held along",
     "0s fire a quiet=22:43 path=0s:crew,15m:lead -> new\n 1m fire b path=0s:crew,15m:lead -> member_joined\n 1m ran "
     "-> 1m -\n 1m next -> 16m lead\n 1m send oncall -> trigger 1\n 1m send crew-phone -> trigger 1 for crew\n 16m "
     "tick -> escalated\n 16m send lead-phone -> trigger 1 for lead\n 29m40s tick -> nothing\n"},
	{"a reminder waits for its hours",
     "0s fire a repeat=10m -> new\n 0s send oncall -> trigger 1\n 11m fire a repeat=10m quiet=22:43 -> repeat\n"
     "11m send oncall -> nothing\n 30m fire a repeat=10m quiet=22:43 -> repeat_interval\n 30m send oncall -> update "
     "1\n"},
	{"the path of what was held begins with its page",
     "0s fire a quiet=22:43 path=0s:crew,15m:lead -> new\n 15m tick -> nothing\n"
     "29m40s tick -> page_after_passed escalated\n 29m40s ran -> 29m40s -\n 29m40s next -> 44m40s lead\n"},
};
#define STORIES (sizeof stories / sizeof *stories)

int main(void)
{
	struct CMUnitTest tests[STORIES];
	for (size_t i = 0; i < STORIES; i++)
		tests[i] = (struct CMUnitTest){.name = stories[i][0],
		                               .test_func = run_escalation_scenario,
		                               .initial_state = (void *)(uintptr_t)stories[i]};
	return cmocka_run_group_tests_name("escalation", tests, NULL, NULL);
}
