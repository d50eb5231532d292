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
	for (size_t i = 0; i < m->count; i++)
		m->here[i] = false;
}

/* Missed by this side, and the beats that are known of are not later than that. */
static bool missed(const struct merging *m, size_t side, int64_t beat)
{
	const struct incident *inc = m->side[side];
	return incident_is_missed(inc) && beat <= inc->started_at;
}

static bool ended_by_hand(const struct merging *m, int64_t beat)
{
	for (size_t s = 0; s < SIDES; s++)
		if (!m->side[s]->open && m->side[s]->closed_by_hand.at && m->side[s]->closed_by_hand.at >= beat)
			return true;
	return false;
}

/* While it beats it is closed, unless its resolve is held back on both sides. */
static int64_t held_until(const struct merging *m)
{
	const struct incident *a = m->side[0], *b = m->side[1];
	return a->open && b->open ? merging_later(a->hold_until, b->hold_until) : 0;
}

void merging_heartbeat(struct merging *m)
{
	struct incident *out = m->out;
	int64_t beat = merging_later(m->side[0]->heartbeat.beat_at, m->side[1]->heartbeat.beat_at);
	bool by_hand = ended_by_hand(m, beat);
	bool is_missed = !by_hand && (missed(m, 0, beat) || missed(m, 1, beat));
	out->heartbeat.every = m->every;
	out->heartbeat.beat_at = is_missed || by_hand ? 0 : beat;
	out->hold_until = is_missed || by_hand ? 0 : held_until(m);
	out->open = is_missed || out->hold_until;
}
