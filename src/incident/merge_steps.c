/* The escalation of two records of one incident: a step that ran on either side has run. */
#include <string.h>

#include "incident/escalation.h"
#include "incident/merging.h"

static int step_order(const struct incident_step *a, const struct incident_step *b)
{
	int order = merging_order(a->after_ms, b->after_ms);
	order = order ? order : merging_order(a->when, b->when);
	order = order ? order : str_cmp(a->notify, b->notify);
	order = order ? order : str_cmp(a->active, b->active);
	return order ? order : str_cmp(a->mute, b->mute);
}

int merging_path_order(const struct incident *a, const struct incident *b)
{
	int order = merging_order((int64_t)a->step_count, (int64_t)b->step_count);
	for (size_t i = 0; !order && i < a->step_count; i++)
		order = step_order(&a->steps[i], &b->steps[i]);
	return order;
}

/* What was told first counts; of two told at once the words that come first. */
static void take_earlier(struct incident_step *step, const struct incident_step *other)
{
	int order = merging_order(step->ran_at, other->ran_at);
	if (!other->ran_at || (step->ran_at && order < 0))
		return;
	if (!step->ran_at || order > 0 || str_cmp(other->told, step->told) < 0) {
		step->ran_at = other->ran_at;
		step->told = other->told;
	}
}

/* Paths that began apart are two walks: what ran of the older one says nothing of the newer. */
void merging_steps(struct merging *m, const struct incident *newer, const struct incident *older)
{
	struct incident *out = m->out;
	bool same = newer->escalation.from == older->escalation.from;
	out->escalation.raised =
		newer->escalation.raised > older->escalation.raised ? newer->escalation.raised : older->escalation.raised;
	out->steps = arena_alloc(out->arena, (newer->step_count + 1) * sizeof *out->steps);
	out->step_count = out->step_capacity = newer->step_count;
	if (newer->step_count)
		memcpy(out->steps, newer->steps, newer->step_count * sizeof *out->steps);
	for (size_t i = 0; same && i < out->step_count; i++)
		for (size_t k = 0; k < older->step_count; k++)
			if (step_order(&out->steps[i], &older->steps[k]) == 0)
				take_earlier(&out->steps[i], &older->steps[k]);
}
