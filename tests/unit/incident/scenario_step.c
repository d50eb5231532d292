#include "scenario_step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/feedback.h"

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
	static const char *const results[] = {"done", "unchanged", "old", "over"};
	struct feedback f = {.generation = strtoull(step->words[4], NULL, 10), .args = {STR("ana"), STR("there")}};
	bool changed;
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
