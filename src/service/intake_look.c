/*
 * Whether a body has to look at the incidents of its group that it does not list. They change when late_grace has passed
 * since their row was counted (INTAKE.md, step 2), and not before: so when all of them were looked at, it is known until
 * when nobody need do so again. Without it two thousand bodies of one alert each, all of one group, would load each other's
 * incidents two thousand times.
 */
#include <string.h>

#include "service/intake_request.h"

/* NULL: of no group. */
static struct intake_group_seen *seen_of(struct intake *in, const char *group)
{
	size_t at = 0;

	for (size_t i = 0; i < 8 && group[i]; i++)
		at = at * 31 + (unsigned char)group[i];
	return *group ? &in->groups[at % INTAKE_GROUPS] : NULL;
}

/* Not one that says that nothing fires any more, or that members were left out: those change each of them. */
static bool only_counts(const struct request *q)
{
	return q->body.whole && !q->body.none_fires && !q->body.parts;
}

bool intake_must_look(const struct request *q, int64_t now)
{
	const struct intake_group_seen *seen = seen_of(q->in, q->body.group);

	if (!only_counts(q) || !seen || strcmp(seen->group, q->body.group) != 0)
		return true;
	int64_t ago = now - seen->oldest, grace = q->config->policy.late_grace;
	return ago >= grace || ago < -grace;
}

void intake_looked_at(struct request *q, const struct incident *inc)
{
	const struct incident_row *row = row_find(inc, q->body.group);

	if (row && row->truncated)
		q->oldest = 0;
	else if (row && row->counted_at < q->oldest)
		q->oldest = row->counted_at;
}

void intake_looked(struct request *q)
{
	struct intake_group_seen *seen = seen_of(q->in, q->body.group);

	if (!seen || !q->looks || !only_counts(q))
		return;
	memcpy(seen->group, q->body.group, sizeof seen->group);
	seen->oldest = q->oldest;
}
