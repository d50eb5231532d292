/* Merges two views of a watch: a beat that either side has heard counts. */
#include <string.h>

#include "incident/merging.h"

/* Who heard of it last knows how often it must come; and whether it is watched at all. */
static int64_t watched_every(const struct merging *m)
{
	const struct incident *a = m->side[0], *b = m->side[1];
	if (a->last_seen_at == b->last_seen_at)
		return merging_later(a->heartbeat.every, b->heartbeat.every);
	return (a->last_seen_at > b->last_seen_at ? a : b)->heartbeat.every;
}

/* A watch has members that beat, and none that fires: who is heard of is not who is in trouble. */
void merging_watch(struct merging *m)
{
	m->every = watched_every(m);
	if (!m->every)
		return;
	m->rest = m->firing = m->fires[0] = m->fires[1] = 0;
	memset(m->at, 0, m->count * sizeof *m->at);
}

/* Missed by this side, and the beats that are known of are not later than that. */
static bool missed(const struct merging *m, size_t side, int64_t beat)
{
	const struct incident *inc = m->side[side];
	return incident_is_missed(inc) && beat <= inc->heartbeat.missed_at;
}

static bool ended_by_hand(const struct merging *m, int64_t beat)
{
	for (size_t s = 0; s < SIDES; s++)
		if (!incident_is_open(m->side[s]) && m->side[s]->closed_by_hand.at && m->side[s]->closed_by_hand.at >= beat)
			return true;
	return false;
}

/* While it beats it is closed, unless its resolve is held back on both sides. */
static int64_t beats_held_since(const struct merging *m)
{
	const struct incident *a = m->side[0], *b = m->side[1];
	return incident_is_open(a) && incident_is_open(b) ? merging_later(a->quiet_at, b->quiet_at) : 0;
}

void merging_heartbeat(struct merging *m)
{
	struct incident *out = m->out;
	int64_t beat = merging_later(m->side[0]->heartbeat.beat_at, m->side[1]->heartbeat.beat_at);
	int64_t missed_at = 0;
	bool by_hand = ended_by_hand(m, beat);
	for (size_t s = 0; s < SIDES && !by_hand; s++)
		if (missed(m, s, beat))
			missed_at = merging_earlier(missed_at, m->side[s]->heartbeat.missed_at);
	out->heartbeat.every = m->every;
	out->heartbeat.missed_at = missed_at;
	out->heartbeat.beat_at = missed_at || by_hand ? 0 : beat;
	out->quiet_at = missed_at || by_hand ? 0 : beats_held_since(m);
}
