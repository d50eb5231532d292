#include "scenario_step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/command.h"
#include "incident/feedback.h"
#include "incident/followup.h"

int64_t step_duration(const char *text)
{
	int64_t ms = 0;
	if (!time_duration_parse(str_c(text), &ms))
		fail_msg("not a duration: %s", text);
	return ms;
}

const char *step_option(const struct step *step, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < step->n; i++)
		if (!strncmp(step->words[i], name, len) && (step->words[i][len] == '=' || !step->words[i][len]))
			return step->words[i][len] ? step->words[i] + len + 1 : "";
	return NULL;
}

int64_t step_option_ms(const struct step *step, const char *name, int64_t otherwise)
{
	const char *text = step_option(step, name);
	return text ? step_duration(text) : otherwise;
}

const char *step_feedback(const struct step *step, struct incident *inc, const struct incident_policy *policy,
                          int64_t now, struct counts *counts)
{
	static const char *const verbs[] = {"ack", "unack", "close", "note"};
	static const char *const results[] = {"done", "unchanged", "old", "over", "used"};
	struct feedback f = {.generation = strtoull(step->words[4], NULL, 10), .args = {STR("ana"), STR("there")}};
	const char *round = step_option(step, "round"); /* of the acknowledge link */
	uint64_t number = round ? strtoull(round, NULL, 10) : 0;
	bool changed;
	f.round = round ? &number : NULL;
	f.receiver = str_c(strcmp(step->words[2], "-") ? step->words[2] : "");
	while (strcmp(verbs[f.verb], step->words[3]) != 0)
		assert_true(++f.verb <= FEEDBACK_NOTE);
	enum feedback_result result = incident_feedback(inc, &f, policy, now, counts, &changed);
	assert_true(changed || result != FEEDBACK_DONE);
	return results[result];
}

struct incident_policy step_policy(void)
{
	static struct str mail = {"mail", 4};
	static const struct incident_terms room = {
		.receiver = {"room", 4}, .updates = true, .update_interval = 5 * TIME_MINUTE};
	return (struct incident_policy){.late_grace = 330 * TIME_SECOND,
	                                .expire_after = 8 * TIME_DAY,
	                                .fresh = 5 * TIME_HOUR,
	                                .ack_timeout = TIME_DAY,
	                                .start_skew = INCIDENT_START_SKEW,
	                                .flap_window = TIME_HOUR,
	                                .flap_changes = 4,
	                                .delivery_timeout = 15 * TIME_SECOND,
	                                .delivery_expire = TIME_DAY,
	                                .fallback_after = 5 * TIME_MINUTE,
	                                .terms = &room,
	                                .term_count = 1,
	                                .unknown_terms = {.fallback = {&mail, 1}},
	                                .retention = 30 * TIME_DAY};
}

static struct str note_of[] = {STR_INIT("P0"), STR_INIT("P1")}, review_of[] = {STR_INIT("P0")};
static struct fact_policy policies[] = {
	{.kind = POLICY_POST_INCIDENT, .name = STR_INIT("note"), .within = {.ms = TIME_HOUR}, .severities = {note_of, 2}},
	{.kind = POLICY_POST_INCIDENT,
     .name = STR_INIT("review"),
     .within = {.ms = 2 * TIME_DAY},
     .severities = {review_of, 1}},
};
const struct facts step_stated = {.policies = policies, .policies_count = 2};

const char *step_owed(const struct incident *inc, int64_t base)
{
	struct followup *list;
	AUTOBUF struct buf out;
	char began[TIME_DURATION_MAX];
	size_t n = incident_followups(inc, &step_stated, inc->arena, &list);
	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%.*s:%s:%s", i ? " " : "", STR_ARG(list[i].name),
		           time_duration_format(list[i].started_at - base, began), list[i].done.at ? "done" : "open");
	return n ? arena_cstr(inc->arena, buf_str(&out)) : "nothing";
}

const char *story_done(const struct step *step, struct incident *inc, int64_t now, int64_t base)
{
	const char *episode = step_option(step, "episode"), *task = step->words[2];
	bool all = episode && !strcmp(episode, "all");
	const struct command_args args = {.by = STR("ana"),
	                                  .note = STR("told"),
	                                  .what = strcmp(task, "-") ? str_c(task) : STR(""),
	                                  .stated = &step_stated,
	                                  .episode = episode && !all ? base + step_duration(episode) : 0,
	                                  .all_episodes = all};
	const struct incident_policy policy = step_policy();
	struct counts counts = {.arena = inc->arena};
	const char *why = incident_command(inc, COMMAND_FOLLOW_UP, &args, &policy, now, &counts);
	counts_release(&counts);
	return why ? why : "ok";
}
