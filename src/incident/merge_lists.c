/* Merges lists in which order is time: timeline, changes of state, earlier episodes, label pairs. */
#include <stdlib.h>
#include <string.h>

#include "incident/merging.h"

static void sort_pairs(const struct merging *m, struct merging_pair *pairs, size_t n, merging_row_order *order)
{
	for (size_t i = 1; i < n; i++) {
		struct merging_pair one = pairs[i];
		size_t at = i;
		size_t s = one.in[0] ? 0 : 1;
		for (; at > 0; at--) {
			const struct merging_pair *before = &pairs[at - 1];
			size_t t = before->in[0] ? 0 : 1;
			if (order(m->side[t], before->row[t], m->side[s], one.row[s]) <= 0)
				break;
			pairs[at] = *before;
		}
		pairs[at] = one;
	}
}

size_t merging_pairs(const struct merging *m, size_t a_count, size_t b_count, merging_row_order *order,
                     struct merging_pair *out)
{
	size_t n = 0;
	bool as_it_is = !a_count || !b_count || a_count == b_count;
	for (size_t i = 0; i < a_count; i++) {
		size_t j = 0;
		while (j < b_count && order(m->side[0], i, m->side[1], j))
			j++;
		out[n++] = (struct merging_pair){{true, j < b_count}, {i, j}};
		as_it_is = as_it_is && (!b_count || i == j);
	}
	for (size_t j = 0; j < b_count; j++) {
		size_t i = 0;
		while (i < a_count && order(m->side[0], i, m->side[1], j))
			i++;
		if (i == a_count)
			out[n++] = (struct merging_pair){{false, true}, {0, j}};
	}
	if (!as_it_is)
		sort_pairs(m, out, n, order);
	return n;
}

static int by_at(const struct incident_event *a, const struct incident_event *b)
{
	return merging_order(a->at, b->at);
}

static int by_content(const void *a, const void *b)
{
	const struct incident_event *x = a, *y = b;
	int order = by_at(x, y);
	order = order ? order : str_cmp(x->what, y->what);
	return order ? order : str_cmp(x->detail, y->detail);
}

/* Stable: what was noted in one moment keeps its order. Nearly sorted already. */
static struct incident_event *chronicle(struct arena *arena, const struct incident *inc)
{
	struct incident_event *out = arena_alloc(arena, (inc->timeline_count + 1) * sizeof *out);
	for (size_t i = 0; i < inc->timeline_count; i++) {
		size_t at = i;
		for (; at > 0 && by_at(&out[at - 1], &inc->timeline[i]) > 0; at--)
			out[at] = out[at - 1];
		out[at] = inc->timeline[i];
	}
	return out;
}

static size_t moment(const struct incident_event *events, size_t n, int64_t at)
{
	size_t i = 0;
	while (i < n && events[i].at == at)
		i++;
	return i;
}

static bool same_events(const struct incident_event *a, const struct incident_event *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (by_content(&a[i], &b[i]))
			return false;
	return true;
}

/* What both sides noted in one moment: as they have it where they agree, else sorted and each once. */
static size_t merge_moment(const struct incident_event *a, size_t a_count, const struct incident_event *b,
                           size_t b_count, struct incident_event *out)
{
	bool agree = a_count == b_count && same_events(a, b, a_count);
	memcpy(out, a, a_count * sizeof *out);
	if (agree || !b_count)
		return a_count;
	memcpy(out + a_count, b, b_count * sizeof *out);
	if (!a_count)
		return b_count;
	qsort(out, a_count + b_count, sizeof *out, by_content);
	size_t n = 1;
	for (size_t i = 1; i < a_count + b_count; i++)
		if (by_content(&out[n - 1], &out[i]))
			out[n++] = out[i];
	return n;
}

static size_t merge_events(const struct merging *m, struct incident_event *out)
{
	struct arena *arena = m->out->arena;
	const struct incident_event *a = chronicle(arena, m->side[0]), *b = chronicle(arena, m->side[1]);
	size_t a_left = m->side[0]->timeline_count, b_left = m->side[1]->timeline_count, n = 0;
	while (a_left || b_left) {
		int64_t at = !b_left || (a_left && a->at < b->at) ? a->at : b->at;
		size_t in_a = moment(a, a_left, at), in_b = moment(b, b_left, at);
		n += merge_moment(a, in_a, b, in_b, out + n);
		a += in_a;
		b += in_b;
		a_left -= in_a;
		b_left -= in_b;
	}
	return n;
}

/* An end that the merge has found out is noted like any other, among what happened in that moment. */
static size_t note_end(const struct merging *m, struct incident_event *events, size_t n)
{
	const struct incident *out = m->out;
	if (incident_is_open(out) || m->closed_before)
		return n;
	struct incident_event end = {.at = out->resolved_at, .what = STR("resolved"), .detail = out->resolved_why};
	size_t at = 0;
	while (at < n && by_at(&events[at], &end) < 0)
		at++;
	size_t same = moment(events + at, n - at, end.at);
	for (size_t i = at; i < at + same; i++)
		if (!by_content(&events[i], &end))
			return n;
	memmove(&events[at + 1], &events[at], (n - at) * sizeof *events);
	events[at] = end;
	qsort(events + at, same + 1, sizeof *events, by_content);
	return n + 1;
}

void merging_timeline(struct merging *m)
{
	struct incident *out = m->out;
	size_t most = m->side[0]->timeline_count + m->side[1]->timeline_count + 1;
	struct incident_event *events = arena_alloc(out->arena, most * sizeof *events);
	size_t n = note_end(m, events, merge_events(m, events));
	size_t cut = n > INCIDENT_TIMELINE_MAX ? n - INCIDENT_TIMELINE_MAX : 0;
	if (cut)
		memmove(events + INCIDENT_TIMELINE_BEGINNING, events + INCIDENT_TIMELINE_BEGINNING + cut,
		        (INCIDENT_TIMELINE_MAX - INCIDENT_TIMELINE_BEGINNING) * sizeof *events);
	out->timeline = arena_alloc(out->arena, INCIDENT_TIMELINE_MAX * sizeof *events);
	out->timeline_count = n - cut;
	out->timeline_capacity = INCIDENT_TIMELINE_MAX;
	memcpy(out->timeline, events, out->timeline_count * sizeof *events);
	size_t dropped[] = {m->side[0]->timeline_dropped, m->side[1]->timeline_dropped};
	out->timeline_dropped = dropped[0] > dropped[1] ? dropped[0] : dropped[1];
	if (cut > out->timeline_dropped)
		out->timeline_dropped = cut;
}

void merging_changes(struct merging *m)
{
	const struct incident *a = m->side[0], *b = m->side[1];
	int64_t all[2 * INCIDENT_CHANGES_MAX];
	size_t n = 0, i = 0, j = 0;
	while (i < a->change_count || j < b->change_count) {
		bool from_a = j == b->change_count || (i < a->change_count && a->changes[i] <= b->changes[j]);
		bool from_b = i == a->change_count || (j < b->change_count && b->changes[j] <= a->changes[i]);
		all[n++] = from_a ? a->changes[i] : b->changes[j];
		i += from_a;
		j += from_b;
	}
	size_t skip = n > INCIDENT_CHANGES_MAX ? n - INCIDENT_CHANGES_MAX : 0;
	m->out->change_count = n - skip;
	memcpy(m->out->changes, all + skip, (n - skip) * sizeof *all);
}

/* One that both know (by its start) ended when the later one says. Newest first. */
static void add_previous(struct incident *inc, struct incident_episode one)
{
	size_t at = 0;
	while (at < inc->previous_count && inc->previous[at].started_at > one.started_at)
		at++;
	struct incident_episode *there = &inc->previous[at];
	if (at < inc->previous_count && there->started_at == one.started_at) {
		there->resolved_at = merging_later(there->resolved_at, one.resolved_at);
		if (merging_person_order(&one.acknowledged, &there->acknowledged) > 0)
			there->acknowledged = one.acknowledged;
		return;
	}
	if (at == INCIDENT_PREVIOUS_MAX)
		return;
	if (inc->previous_count < INCIDENT_PREVIOUS_MAX)
		inc->previous_count++;
	memmove(there + 1, there, (inc->previous_count - at - 1) * sizeof *there);
	*there = one;
}

void merging_previous(struct merging *m)
{
	struct incident *out = m->out;
	out->previous_count = 0;
	for (size_t s = 0; s < SIDES; s++)
		for (size_t i = 0; i < m->side[s]->previous_count; i++)
			add_previous(out, m->side[s]->previous[i]);
	if (!incident_is_open(out) && !m->closed_before)
		add_previous(out, (struct incident_episode){out->started_at, out->resolved_at, out->acknowledged});
}
