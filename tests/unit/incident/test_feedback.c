#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario.h"

static void run_feedback_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

#define TOLD "0s fire a to=oncall+chat -> new\n 0s send oncall -> trigger 1\n 0s send chat -> trigger 1\n"

static const char *const stories[][2] = {
	{"whoever acknowledges at a provider is told to the others, not to it",
     TOLD "1m there oncall ack 1 -> done\n 1m state -> acknowledged\n 1m told oncall -> acknowledged\n"
          "1m send oncall -> nothing\n 1m send chat -> acknowledge 1\n"},
	{"an acknowledge link is told to everybody",
     TOLD "1m there - ack 1 -> done\n 1m send oncall -> acknowledge 1\n 1m send chat -> acknowledge 1\n"},
	{"our own acknowledgement comes back and changes nothing",
     TOLD "1m ack -> ok\n 1m send oncall -> acknowledge 1\n 2m there oncall ack 1 -> unchanged\n"
          "2m send oncall -> nothing\n 2m send chat -> acknowledge 1\n"},
	{"two acknowledge at once: the provider is not told what it shows",
     TOLD "1m ack -> ok\n 1m there oncall ack 1 -> unchanged\n 1m send oncall -> nothing\n"},
	{"the link of an older page does nothing",
     TOLD "1m fire a sev=0 -> severity_raised\n 2m there - ack 1 -> old\n 2m there oncall close 1 -> old\n"
          "2m state -> firing\n 2m there - ack 2 -> done\n"},
	{"a link that was used acts no more once that was taken back; the next message's does",
     TOLD "1m there - ack 1 round=0 -> done\n 1m send oncall -> acknowledge 1\n 2m there - ack 1 round=0 -> unchanged\n"
          "3m unack -> ok\n 4m there - ack 1 round=0 -> used\n 4m state -> firing\n 4m send oncall -> update 1\n"
          "5m there - ack 1 round=1 -> done\n 5m state -> acknowledged\n"},
	{"a link that was used acts no more once the acknowledgement has run out",
     TOLD "1m there - ack 1 round=0 -> done\n 1d2m tick -> ack_timeout_passed\n 1d3m there - ack 1 round=0 -> used\n"
          "1d3m state -> firing\n"},
	{"what a provider says needs no link", TOLD "1m ack -> ok\n 2m unack -> ok\n 3m there oncall ack 1 -> done\n"},
	{"the link of a resolved incident does nothing",
     TOLD "1m resolve a -> last_member_resolved\n 2m there - ack 1 -> over\n 2m there oncall note 1 -> over\n"
          "2m state -> resolved\n"},
	{"the link of an incident that has opened again since does nothing",
     TOLD "1m resolve a -> last_member_resolved\n 10m fire a -> reopened\n 11m there - ack 1 -> old\n"
          "11m state -> firing\n"},
	{"the link of a page that waits again does nothing",
     TOLD "1m resolve a -> last_member_resolved\n 10m fire a after=5m -> reopened\n 11m there - ack 1 -> over\n"},
	{"taken back at a provider: the others hear that it is open, the provider knows",
     TOLD "1m there oncall ack 1 -> done\n 1m send chat -> acknowledge 1\n 2m there oncall unack 1 -> done\n"
          "2m state -> firing\n 2m send oncall -> nothing\n 2m send chat -> update 1\n"},
	{"taken back where nobody has it", TOLD "1m there oncall unack 1 -> unchanged\n"},
	{"resolved at a provider closes, and the others are told",
     TOLD "1m there oncall close 1 -> done\n 1m state -> resolved\n 1m why -> closed_by_hand\n"
          "1m send oncall -> nothing\n 1m send chat -> resolve 1\n 1m there oncall close 1 -> over\n"},
	{"what may still arrive there is resolved all the same",
     "0s fire a -> new\n 0s send oncall unknown -> trigger 1\n 0s there oncall ack 1 -> done\n"
     "1m there oncall close 1 -> done\n 1m send oncall -> resolve 1\n 3m send oncall -> echo 1\n"},
	{"an attempt that was in doubt once: the provider's own resolve does not spare it ours",
     "0s fire a -> new\n 0s send oncall unknown -> trigger 1\n 5m send oncall -> trigger 1\n"
     "6m there oncall close 1 -> done\n 6m send oncall -> resolve 1\n 9m send oncall -> echo 1\n"},
	{"a note is kept and tells nobody anything", TOLD
     "1m there oncall note 1 -> done\n 1m state -> firing\n 1m send oncall -> nothing\n 1m send chat -> nothing\n"},
};

int main(void)
{
	struct CMUnitTest tests[sizeof stories / sizeof *stories];
	const size_t n = sizeof stories / sizeof *stories;
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){stories[i][0], run_feedback_scenario, NULL, NULL, (void *)(uintptr_t)stories[i]};
	return _cmocka_run_group_tests("feedback", tests, n, NULL, NULL);
}
