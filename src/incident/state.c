/* What follows from an incident's facts: pure, and nowhere stored. */
#include <string.h>

#include "incident/episode.h"
#include "incident/row.h"

uint64_t incident_firing(const struct incident *inc)
{
	uint64_t n = 0;
	for (size_t i = 0; i < inc->row_count; i++)
		n += inc->rows[i].n0 + inc->rows[i].n1;
	return n;
}

uint64_t incident_doubtful(const struct incident *inc)
{
	uint64_t n = 0;
	for (size_t i = 0; i < inc->row_count; i++)
		n += inc->rows[i].n1;
	return n;
}

bool incident_is_paged(const struct incident *inc)
{
	return inc->generation > inc->ended_generation;
}

bool incident_has_paged(const struct incident *inc)
{
	return inc->generation > inc->earlier_generation;
}

bool incident_is_missed(const struct incident *inc)
{
	return inc->heartbeat.missed_at != 0;
}

/* Rows of which nobody is left are dropped as soon as nothing keeps them: whichever is there keeps the incident open. */
bool incident_is_open(const struct incident *inc)
{
	return inc->row_count || inc->quiet_at || incident_is_missed(inc);
}

bool incident_is_waiting(const struct incident *inc)
{
	return inc->due_at != 0;
}

int64_t incident_held_until(const struct incident *inc)
{
	bool acknowledged = incident_acknowledgement(inc);
	bool beyond = acknowledged && (!inc->ack_until || inc->ack_until > inc->due_at);
	if (incident_is_paged(inc) || !inc->due_at)
		return 0;
	return beyond ? inc->ack_until : inc->due_at;
}

bool incident_is_taken(const struct incident *inc)
{
	return incident_is_paged(inc) && incident_acknowledgement(inc) && inc->taken_generation == inc->generation;
}

int64_t incident_hold_until(const struct incident *inc, const struct incident_policy *policy)
{
	return inc->quiet_at ? inc->quiet_at + episode_hold(inc, policy, inc->quiet_at) : 0;
}

/* Of what waits where nothing is paged yet, somebody may say beforehand that he has it. */
const struct incident_person *incident_acknowledgement(const struct incident *inc)
{
	bool holds = inc->ack_generation == inc->generation ||
	             (!incident_is_paged(inc) && inc->ack_generation == inc->generation + 1);
	return inc->acknowledged.at && holds ? &inc->acknowledged : NULL;
}

bool incident_is_drill(const struct incident *inc)
{
	return str_eq_c(labels_get(&inc->labels, STR("drill")), "true");
}

struct member incident_sampled_member(const struct incident *inc, const struct incident_sample *s)
{
	struct member m = {.source = s->source,
	                   .fingerprint = s->fingerprint,
	                   .found = true,
	                   .key = str_c(inc->key),
	                   .mark = s->mark,
	                   .counted = s->counted,
	                   .waits = s->waits,
	                   .starts_at = s->starts_at,
	                   .ends_at = s->ends_at,
	                   .episode = inc->episode,
	                   .touched_at = inc->last_seen_at};
	memcpy(m.group, s->group, sizeof m.group);
	return m;
}

bool incident_sample_fires(const struct incident *inc, const struct incident_sample *s)
{
	struct member m = incident_sampled_member(inc, s);
	return m.counted && row_place(inc, &m) != PLACE_NONE;
}

const struct incident_sample *incident_speaker(const struct incident *inc)
{
	for (size_t i = 0; inc->speaker.fingerprint.n && i < inc->sample_count; i++)
		if (str_eq(inc->sample[i].fingerprint, inc->speaker.fingerprint) &&
		    str_eq(inc->sample[i].source, inc->speaker.source))
			return &inc->sample[i];
	return NULL;
}

bool incident_speaker_left(const struct incident *inc)
{
	const struct incident_sample *speaker = incident_speaker(inc);
	return speaker && incident_firing(inc) && !incident_sample_fires(inc, speaker);
}

const struct labels *incident_annotations(const struct incident *inc)
{
	static const struct labels none = {NULL, 0};
	return incident_speaker_left(inc) ? &none : &inc->annotations;
}

const char *incident_state(const struct incident *inc)
{
	if (!incident_is_open(inc))
		return "resolved";
	return incident_acknowledgement(inc) ? "acknowledged" : "firing";
}
