/* Merges the samples of alerts that are kept to be named on a page. */
#include <string.h>

#include "incident/merging.h"

static int by_identity(const struct incident *x, size_t i, const struct incident *y, size_t j)
{
	int order = str_cmp(x->sample[i].source, y->sample[j].source);
	return order ? order : str_cmp(x->sample[i].fingerprint, y->sample[j].fingerprint);
}

static const struct member *named_member(const struct merging *m, const struct incident_sample *s)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct member *merged = &m->members[i].merged;
		if (str_eq(merged->fingerprint, s->fingerprint) && str_eq(merged->source, s->source))
			return merged;
	}
	return NULL;
}

/* What is merged of the member; one that is not named stands as the trunk has it. */
static void take_fact(const struct merging *m, struct incident_sample *s, bool in_trunk)
{
	const struct member *merged = named_member(m, s);
	if (!merged) {
		s->mark = in_trunk ? s->mark : 0;
		return;
	}
	memcpy(s->group, merged->group, sizeof s->group);
	s->mark = str_eq_c(merged->key, m->out->key) ? merged->mark : 0;
	s->counted = merged->counted;
	s->waits = merged->waits;
	s->starts_at = merging_later(s->starts_at, merged->starts_at);
	s->ends_at = member_is_listed(merged) ? s->ends_at : merging_later(s->ends_at, merged->ends_at);
}

static struct incident_sample merge_sampled(const struct merging *m, const struct merging_pair *pair)
{
	const struct incident_sample *a = pair->in[0] ? &m->side[0]->sample[pair->row[0]] : NULL;
	const struct incident_sample *b = pair->in[1] ? &m->side[1]->sample[pair->row[1]] : NULL;
	struct incident_sample out = a ? *a : *b;
	if (a && b && merging_labels_order(&b->labels, &a->labels) > 0)
		out.labels = b->labels;
	if (a && b)
		out.starts_at = merging_later(a->starts_at, b->starts_at);
	if (a && b)
		out.ends_at = merging_later(a->ends_at, b->ends_at);
	take_fact(m, &out, a != NULL);
	return out;
}

/* Those that fire come first where not all have room. */
static void keep_samples(struct incident *out, const struct incident_sample *all, size_t n)
{
	size_t firing = 0;
	for (size_t i = 0; i < n; i++)
		firing += incident_sample_fires(out, &all[i]);
	size_t quiet = firing < INCIDENT_SAMPLE_MAX ? INCIDENT_SAMPLE_MAX - firing : 0;
	out->sample = arena_alloc(out->arena, INCIDENT_SAMPLE_MAX * sizeof *out->sample);
	out->sample_capacity = INCIDENT_SAMPLE_MAX;
	out->sample_count = 0;
	for (size_t i = 0; i < n && out->sample_count < INCIDENT_SAMPLE_MAX; i++) {
		bool fires = incident_sample_fires(out, &all[i]);
		if (!fires && !quiet)
			continue;
		quiet -= !fires;
		out->sample[out->sample_count++] = all[i];
	}
}

void merging_sample(struct merging *m)
{
	size_t a = m->side[0]->sample_count, b = m->side[1]->sample_count;
	struct arena *arena = m->out->arena;
	struct merging_pair *pairs = arena_alloc(arena, (a + b + 1) * sizeof *pairs);
	struct incident_sample *all = arena_alloc(arena, (a + b + 1) * sizeof *all);
	size_t n = merging_pairs(m, a, b, by_identity, pairs);
	for (size_t i = 0; i < n; i++)
		all[i] = merge_sampled(m, &pairs[i]);
	keep_samples(m->out, all, n);
}
