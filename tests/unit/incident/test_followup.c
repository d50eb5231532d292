/*
 * What is owed after an incident: of each episode by itself, also once the incident fires again, on either side of a merge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/decide.h"
#include "incident/followup.h"
#include "incident/postmortem.h"
#include "incident/row.h"
#include "scenario.h"
#include "scenario_step.h"

static const char *const stories[][2] = {
	{"it is owed once it is over",
     "0s fire a sev=0 -> new\n1m owed -> nothing\n1m done - -> it is not over yet\n"
     "2m resolve a sev=0 -> last_member_resolved\n3m owed -> note:0s:open review:0s:open\n3m done note -> ok\n"
     "4m done note -> already done\n4m owed -> note:0s:done review:0s:open\n"},
	{"it stays owed when it fires again",
     "0s fire a sev=0 -> new\n2m resolve a sev=0 -> last_member_resolved\n3m done note -> ok\n"
     "1h fire a sev=1 -> reopened\n1h owed -> note:0s:done review:0s:open\n1h done review -> ok\n"
     "1h1m owed -> note:0s:done review:0s:done\n"
     "2h resolve a sev=1 -> last_member_resolved\n2h owed -> note:1h:open note:0s:done review:0s:done\n"},
	{"of several episodes one says which",
     "0s fire a sev=1 -> new\n2m resolve a -> last_member_resolved\n1h fire a sev=1 -> reopened\n"
     "2h resolve a -> last_member_resolved\n2h done note -> it is owed after several episodes: say which, by when it "
     "began (episode), or all\n2h owed -> note:1h:open note:0s:open\n2h done - episode=30m -> nothing of this is owed "
     "after an episode that began then\n2h done note episode=1h -> ok\n2h owed -> note:1h:done note:0s:open\n"
     "2h done note -> ok\n2h owed -> note:1h:done note:0s:done\n3h fire a -> reopened\n"
     "4h resolve a -> last_member_resolved\n5h fire a -> reopened\n6h resolve a -> last_member_resolved\n"
     "6h done - episode=all -> ok\n6h owed -> note:5h:done note:3h:done note:1h:done note:0s:done\n"},
	{"an episode that nobody was paged for owes nothing",
     "0s fire a sev=0 -> new\n2m resolve a sev=0 -> last_member_resolved\n2m done - -> ok\n"
     "1h fire a sev=0 after=10m -> reopened\n1h1m resolve a sev=0 -> never_paged\n"
     "1h2m owed -> note:0s:done review:0s:done\n2h fire a sev=0 after=10m -> reopened\n"
     "2h1m owed -> note:0s:done review:0s:done\n"},
	{"a store that went on alone knows of the later episode, the other of what was done",
     "0s fire a sev=1 -> new\n2m resolve a -> last_member_resolved\n3m part -> ok\n"
     "1h branch fire a -> reopened\n1h branch resolve a -> last_member_resolved\n1h done note -> ok\n"
     "2h merge -> ok\n2h owed -> note:1h:open note:0s:done\n"},
	{"both know of what was done of earlier ones",
     "0s fire a sev=0 -> new\n2m resolve a sev=0 -> last_member_resolved\n1h fire a sev=1 -> reopened\n1h part -> ok\n"
     "2h done note -> ok\n2h branch done review -> ok\n3h merge -> ok\n3h owed -> note:0s:done review:0s:done\n"},
	{"whoever was paged for an episode is told its end, although it fires again before that arrives",
     "0s fire a path=5m:lead -> new\n0s send oncall -> trigger 1\n5m tick -> escalated\n"
     "5m send lead-phone -> trigger 1 for lead\n6m resolve a -> last_member_resolved\n"
     "6m send lead-phone retry -> resolve 1 for lead\n7m fire a -> reopened\n"
     "9m send lead-phone -> resolve 1 for lead\n9m send lead-phone -> nothing\n"},
};
#define STORIES (sizeof stories / sizeof *stories)

static void run(void **state)
{
	const char *const *story = *state;
	scenario_run(story[0], story[1]);
}

static void close_at(struct incident *inc, int64_t now)
{
	struct counts counts = {.arena = inc->arena};
	inc->row_count = 0;
	incident_close(inc, now, "last_member_resolved", &counts);
	counts_release(&counts);
}

/* An episode of a minute that pages. */
static void live(struct incident *inc, int64_t now, int rank)
{
	struct labels none = {NULL, 0};
	struct plan plan = {.alertname = STR("Silo"), .page = true};
	struct alert alert = {.labels = none, .fingerprint = STR("f1"), .starts_at = now};
	struct arrival a = {&alert, &plan, {.source = STR("am"), .fingerprint = STR("f1")}};
	struct body body = {.whole = true};
	struct decision out;
	struct counts counts = {.arena = inc->arena};
	const struct incident_policy policy = step_policy();
	plan.severity.rank = rank;
	plan.severity.name = rank ? STR("P1") : STR("P0");
	row_group(STR("am"), STR("page"), STR("g1"), body.group);
	incident_decide(inc, &body, &a, 1, &policy, now, &out, &counts);
	counts_release(&counts);
	close_at(inc, now + TIME_MINUTE);
}

/* Of a key that fires for ever the gravest episodes are kept, of these the newest; what is done of one goes with it. */
static void the_gravest_are_kept_within_a_ceiling(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR("0123456789abcdef"));
	struct followup *list;
	const int64_t base = 1700000000 * TIME_SECOND;
	for (int i = 0; i < 3 * INCIDENT_AFTERMATHS_MAX; i++)
		live(inc, base + i * TIME_DAY, i ? 1 : 0);
	assert_int_equal(inc->aftermath_count, INCIDENT_AFTERMATHS_MAX);
	size_t n = incident_followups(inc, &step_stated, arena, &list);
	assert_int_equal(n, 1 + (INCIDENT_AFTERMATHS_MAX - 1) + 2); /* the last, as many P1 before it, and both of the P0 */
	assert_int_equal(list[n - 1].started_at, base);
	assert_true(str_eq_c(list[n - 1].name, "review"));
	assert_int_equal(list[0].started_at, base + (3 * INCIDENT_AFTERMATHS_MAX - 1) * TIME_DAY);
	assert_int_equal(list[n - 3].started_at, base + 2 * INCIDENT_AFTERMATHS_MAX * TIME_DAY);
}

/* Words that do not fit into a record go, the least grave first; nothing else is lost for them. */
static void a_record_stays_within_its_size(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR("0123456789abcdef"));
	AUTOERR struct err err = ERR_INIT;
	char *words = arena_alloc(arena, 5000);
	memset(words, 'w', 5000);
	for (int i = 0; i < INCIDENT_AFTERMATHS_MAX; i++) {
		live(inc, (1700000000 + i * 86400) * TIME_SECOND, i % 2);
		const struct followup_done done = {.note = {words, 5000}, .all_episodes = true};
		assert_null(followup_mark(inc, &step_stated, &done, inc->resolved_at + 1));
	}
	struct str bytes = incident_write(arena, inc);
	assert_true(bytes.n <= INCIDENT_RECORD_MAX);
	struct incident *back = incident_read(arena, bytes, &err);
	assert_non_null(back);
	assert_true(back->aftermath_count >= 2 && back->aftermath_count < INCIDENT_AFTERMATHS_MAX);
	assert_int_equal(back->aftermaths[0].rank, 0);
}

/* Of an earlier episode: its own times and severity, what was noted then, and no word of the one that goes on. */
static void an_earlier_episode_has_a_draft_of_its_own(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR("0123456789abcdef")), was;
	const int64_t base = INT64_C(1700000000000);
	struct strs missing;
	const struct postmortem_context context = {.stated = &step_stated, .now = base + 3 * TIME_DAY};
	live(inc, base, 0);
	incident_note(inc, base + TIME_HOUR, "note", "the first one");
	live(inc, base + TIME_DAY, 1);
	incident_note(inc, base + 2 * TIME_DAY, "note", "the second one");
	assert_false(followup_episode(inc, base + TIME_HOUR, &was));
	assert_true(followup_episode(inc, base, &was));
	char *text = arena_cstr(arena, postmortem_write(arena, &was, &context, &missing));
	assert_non_null(strstr(text, "| Severity | P0 |"));
	assert_non_null(strstr(text, "| Duration | 1m |"));
	assert_non_null(strstr(text, "the first one"));
	assert_null(strstr(text, "the second one"));
	assert_non_null(strstr(text, "- [ ] review, due "));
	text = arena_cstr(arena, postmortem_write(arena, inc, &context, &missing));
	assert_null(strstr(text, "the first one"));
	assert_null(strstr(text, "review"));
}

int main(void)
{
	struct CMUnitTest tests[STORIES + 3] = {
		[STORIES] = cmocka_unit_test(the_gravest_are_kept_within_a_ceiling),
		[STORIES + 1] = cmocka_unit_test(a_record_stays_within_its_size),
		[STORIES + 2] = cmocka_unit_test(an_earlier_episode_has_a_draft_of_its_own),
	};
	for (size_t i = 0; i < STORIES; i++)
		tests[i] = (struct CMUnitTest){stories[i][0], run, NULL, NULL, (void *)(uintptr_t)stories[i]};
	return cmocka_run_group_tests_name("followup", tests, NULL, NULL);
}
