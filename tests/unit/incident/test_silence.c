/*
 * Silences, minute by minute: when Alertmanager is asked, and what its answer holds back (incident/silence.h); and who of its
 * list is who of the incident.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/row.h"
#include "incident/silence.h"
#include "scenario.h"

static void run_silence_scenario(void **state)
{
	const char *const *row = *state;
	scenario_run(row[0], row[1]);
}

#define BEGIN                                                                                                          \
	"0s fire a path=0s:crew,15m:lead,30m:boss -> new\n 0s front -> ok\n 0s send oncall -> trigger 1\n"                 \
	"0s send crew-phone -> trigger 1 for crew\n 1m tick says=fires -> nothing\n"

static const char *const stories[][2] = {
	{"a silence set at 5m stops the step of 15m; when it is over the step comes, and the path goes on",
     BEGIN "14m asks -> no\n 15m asks -> yes\n 15m tick says=silenced -> nothing\n 15m ran -> 0s - -\n"
           "15m clock -> 15m30s\n 15m10s asks -> no\n 15m30s asks -> yes\n 15m30s tick says=silenced -> nothing\n"
           "16m tick says=fires -> escalated\n 16m ran -> 0s 16m -\n 16m send lead-phone -> trigger 1 for lead\n"
           "16m next -> 30m boss\n"},
	{"nobody can tell: the step happens", BEGIN "15m tick says=cannot_tell -> escalated\n 15m ran -> 0s 15m -\n"},
	{"nobody was asked: the step waits for the answer, and only so long",
     BEGIN "15m tick -> nothing\n 15m clock -> 15m\n 15m tick says=cannot_tell -> escalated\n"},
	{"a webhook that comes at the time of a step does not run it unasked",
     BEGIN "15m fire a path=0s:crew,15m:lead,30m:boss -> repeat\n 15m ran -> 0s - -\n 15m asks -> yes\n"},
	{"taking an acknowledgement back does not run a step unasked either",
     BEGIN "5m ack -> ok\n 20m unack -> ok\n 20m ran -> 0s - -\n 20m asks -> yes\n 20m clock -> 15m\n"
           "20m tick says=fires -> escalated\n"},
	{"what was said of others holds nothing back", BEGIN "15m tick says=silenced others -> escalated\n"},
	{"what Alertmanager lists as firing is not silenced: the next question comes at once",
     BEGIN "15m tick says=silenced -> nothing\n 15m10s fire a path=0s:crew,15m:lead,30m:boss -> repeat\n"
           "15m10s asks -> yes\n 15m10s tick says=fires -> escalated\n"},
	{"a page that waits is held while it is silenced, and told when it fires afterwards",
     "0s fire a after=10m -> new\n 0s front -> ok\n 10m asks -> yes\n 10m tick says=silenced -> nothing\n"
     "10m due oncall -> never\n 10m clock -> 10m30s\n 10m30s tick says=fires -> page_after_passed\n"},
	{"whom Alertmanager still lists does not expire",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s front -> ok\n 8d asks -> yes\n 8d tick says=silenced -> "
     "nothing\n 8d state -> firing\n"
     "8d1m tick says=cannot_tell -> nothing\n 17d tick says=cannot_tell -> expired\n"},
	{"of an incident that nothing is heard of Alertmanager is asked, ever more rarely",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s front -> ok\n 59s asks -> no\n 1m asks -> yes\n"
     "1m tick says=fires -> nothing\n 1m clock -> 17m30s\n 17m30s asks -> yes\n 17m30s tick says=fires -> nothing\n"
     "17m30s clock -> 35m\n"},
	{"what is silenced is asked about all the time, so that its end is known",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s front -> ok\n 1m tick says=fires -> nothing\n"
     "17m30s tick says=silenced -> nothing\n 17m30s clock -> 34m\n 34m tick says=silenced -> nothing\n"
     "34m clock -> 50m30s\n 50m30s tick says=fires -> nothing\n 50m30s clock -> 1h41m\n"},
	{"who is gone for longer than late_grace is over: nobody waits eight days",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s front -> ok\n 1m tick says=fires -> nothing\n"
     "20m tick says=gone -> nothing\n 20m state -> firing\n 20m clock -> 25m30s\n 25m30s asks -> yes\n"
     "25m30s tick says=gone -> expired\n 25m30s state -> resolved\n 25m30s why -> no_longer_reported\n"
     "25m30s send oncall -> resolve 1\n"},
	{"whom Alertmanager never knew is not gone",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s front -> ok\n 1m tick says=gone -> nothing\n"
     "17m30s tick says=gone -> nothing\n 1h tick says=gone -> nothing\n 1h state -> firing\n"},
	{"gone once and back is not over",
     "0s fire a -> new\n 0s send oncall -> trigger 1\n 0s front -> ok\n 1m tick says=fires -> nothing\n"
     "20m tick says=gone -> nothing\n 25m30s tick says=fires -> nothing\n 50m tick says=gone -> nothing\n"
     "50m state -> firing\n"},
	{"a step waits for whether it is gone for good", BEGIN "15m tick says=gone -> nothing\n 15m ran -> 0s - -\n"
                                                           "15m30s tick says=fires -> escalated\n"},
	{"whoever has no Alertmanager is not asked about",
     "0s fire a path=0s:crew,15m:lead -> new\n 0s send oncall -> trigger 1\n"
     "0s send crew-phone -> trigger 1 for crew\n 15m asks -> no\n"
     "15m tick -> escalated\n 15m send lead-phone -> trigger 1 for lead\n"
     "20m clock -> 8d\n"},
};
#define STORIES (sizeof stories / sizeof *stories)

/* ---- who is who ---- */

static struct label one_label[3][2];

static struct labels labels_of_instance(int i, const char *instance)
{
	one_label[i][0] = (struct label){STR("alertname"), STR("Silo")};
	one_label[i][1] = (struct label){STR("instance"), str_c(instance)};
	return (struct labels){one_label[i], 2};
}

static void stand_sample(struct incident *inc, int i, const char *instance)
{
	struct incident_row *row = row_make(inc, "g1", 1000);
	struct incident_sample *s =
		INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
	*s = (struct incident_sample){.counted = true, .mark = row->mark, .labels = labels_of_instance(i, instance)};
	memcpy(s->group, row->group, sizeof s->group);
	row->n0++;
}

/* Two members, a and b, and what peers list: a word of state for each of a, b, x; '-' is not listed. */
static enum silence_answer judged(const char *const *peers, size_t count, bool exact, uint64_t more)
{
	static const char *const instances[] = {"a", "b", "x"};
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR("0123456789abcdef"));
	struct alert_list lists[3] = {{NULL, 0}};
	stand_sample(inc, 0, "a");
	stand_sample(inc, 1, "b");
	inc->rows[0].n0 += more;
	for (size_t p = 0; p < count; p++) {
		lists[p].v = arena_alloc(arena, 3 * sizeof *lists[p].v);
		for (int i = 0; i < 3; i++) {
			struct labels labels = labels_of_instance(2, instances[i]);
			struct alert_listed *to = &lists[p].v[lists[p].n];
			to->suppressed = peers[p][i] == 's';
			labels_fingerprint(&labels, to->fingerprint);
			lists[p].n += peers[p][i] != '-';
		}
	}
	return silence_judge(inc, lists, count, exact).answer;
}

static void test_all_that_is_known_must_be_silenced(void **state)
{
	static const struct {
		const char *peers[2];
		size_t count;
		bool exact;
		uint64_t more; /* members beyond the sample */
		enum silence_answer answer;
	} rows[] = {
		{{"ss-"}, 1, true, 0, SILENCE_SILENCED},
		{{"sa-"}, 1, true, 0, SILENCE_FIRES},
		{{"s--"}, 1, true, 0, SILENCE_SILENCED},
		{{"---"}, 1, true, 0, SILENCE_GONE},
		{{"---"}, 1, false, 0, SILENCE_CANNOT_TELL},
		{{"--a"}, 1, true, 0, SILENCE_CANNOT_TELL}, /* others are listed: perhaps the labels are not what we think */
		{{"ss-", "aa-"}, 2, true, 0, SILENCE_FIRES},
		{{"ss-", "---"}, 2, true, 0, SILENCE_SILENCED},
		{{"ssa"}, 1, true, 0, SILENCE_SILENCED}, /* x is another incident's */
		{{"ssa"}, 1, true, 5, SILENCE_FIRES},    /* x may be one of those that are not sampled */
		{{"---"}, 1, true, 5, SILENCE_CANNOT_TELL},
		{{NULL}, 0, false, 0, SILENCE_CANNOT_TELL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum silence_answer answer = judged(rows[i].peers, rows[i].count, rows[i].exact, rows[i].more);
		if (answer != rows[i].answer)
			fail_msg("row %zu: %s instead of %s", i, silence_answer_name(answer), silence_answer_name(rows[i].answer));
	}
}

/* ---- what a silence says, where labels are rewritten ---- */

static struct labels sorted_labels(struct arena *arena, const char *const *pairs)
{
	struct labels out = {arena_alloc(arena, 8 * sizeof *out.v), 0};
	for (size_t i = 0; pairs[i]; i += 2)
		out.v[out.n++] = (struct label){str_c(pairs[i]), str_c(pairs[i + 1])};
	labels_sort(&out);
	return out;
}

struct listed_row {
	const char *sent[8], *here[8];
};

/* The matchers as text, or "refused: " and how the reason ends. */
static const char *original(struct arena *arena, const struct listed_row *rows, size_t n)
{
	static const char *const own[] = {"alertname", "Silo", "service", "a", NULL};
	struct incident *inc = incident_new(arena, STR("0123456789abcdef"));
	struct alert_list list = {arena_alloc(arena, (n + 1) * sizeof *list.v), n};
	struct labels out;
	inc->alertname = STR("Silo");
	inc->labels = sorted_labels(arena, own);
	for (size_t i = 0; i < n; i++) {
		list.v[i] = (struct alert_listed){.sent = sorted_labels(arena, rows[i].sent),
		                                  .here = sorted_labels(arena, rows[i].here)};
		labels_fingerprint(&list.v[i].here, list.v[i].fingerprint);
	}
	stand_sample(inc, 0, "-");
	inc->sample[0].labels = list.v[0].here;
	const char *why = silence_original(inc, &list, 1, arena, &out);
	if (!why)
		return arena_cstr(arena, labels_format(arena, &out));
	return strstr(why, "others have too") ? "refused: others have them" : "refused: not listed";
}

static void a_silence_says_what_the_alerts_are_called_there(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	static const struct listed_row two[] = {
		{{"alertname", "Silo", "job", "a-prod", "pod", "1"}, {"alertname", "Silo", "service", "a", "pod", "1"}},
		{{"alertname", "Silo", "job", "a-prod", "pod", "2"}, {"alertname", "Silo", "service", "a", "pod", "2"}},
		{{"alertname", "Silo", "job", "b-prod", "pod", "1"}, {"alertname", "Silo", "service", "b", "pod", "1"}}};
	assert_string_equal(original(arena, two, 3), "{alertname=\"Silo\", job=\"a-prod\"}");
	static const struct listed_row several[] = {
		{{"alertname", "Silo", "job", "a-prod"}, {"alertname", "Silo", "service", "a"}},
		{{"alertname", "Silo", "job", "a-test"}, {"alertname", "Silo", "service", "a", "pod", "2"}},
		{{"alertname", "Silo", "job", "b-prod"}, {"alertname", "Silo", "service", "b"}}};
	assert_string_equal(original(arena, several, 3), "refused: others have them");
	assert_string_equal(original(arena, several, 2), "{alertname=\"Silo\"}");
	static const struct listed_row none[] = {
		{{"alertname", "Silo", "job", "b-prod"}, {"alertname", "Silo", "service", "b"}}};
	assert_string_equal(original(arena, none, 1), "refused: not listed");
}

int main(void)
{
	struct CMUnitTest tests[STORIES + 2];
	for (size_t i = 0; i < STORIES; i++)
		tests[i] = (struct CMUnitTest){
			.name = stories[i][0], .test_func = run_silence_scenario, .initial_state = (void *)(uintptr_t)stories[i]};
	tests[STORIES] = (struct CMUnitTest)cmocka_unit_test(test_all_that_is_known_must_be_silenced);
	tests[STORIES + 1] = (struct CMUnitTest)cmocka_unit_test(a_silence_says_what_the_alerts_are_called_there);
	return cmocka_run_group_tests_name("silence", tests, NULL, NULL);
}
