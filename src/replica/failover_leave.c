/*
 * Members that another incident counts at the primary: an alert that was regrouped while the primary was away. Where it is
 * over there, that incident is told first, in a commit of its own.
 */
#include "base/hash.h"
#include "incident/decide.h"
#include "replica/failover_key.h"
#include "replica/record_commit.h"

static const struct store_record *holder_at_primary(const struct key_merge *m, struct str key)
{
	for (size_t i = 0; i < m->holder_count; i++)
		if (str_eq(m->holders[i].key, key))
			return &m->holders[i];
	return NULL;
}

bool failover_fires_elsewhere(struct key_merge *m, const struct member *there)
{
	if (!there->found || str_eq(there->key, m->branch.record.key))
		return false;
	const struct store_record *record = holder_at_primary(m, there->key);
	const struct incident *holder = record ? failover_key_read(m, record, "the primary's") : NULL;
	return arrival_sticks(there, holder);
}

struct leaving {
	struct key_merge *m;
	struct store_commit commit;
	struct merge_member member;
};

static void holder_left(void *arg, const struct store_committed *got)
{
	struct leaving *l = arg;
	struct key_merge *m = l->m;
	m->leaves--;
	if (got->result != STORE_OK)
		m->tries = FAILOVER_KEY_TRIES; /* tried again from the beginning, with everything loaded anew */
	if (m->leaves)
		return;
	if (m->tries >= FAILOVER_KEY_TRIES || m->f->closing)
		failover_key_finish(m, false);
	else
		failover_key_load(m);
}

/* True when a commit is under way that takes this member out of the incident that counts it. */
static bool leave_holder(struct key_merge *m, size_t i)
{
	const struct member *there = &m->members[i].trunk;
	struct member later = member_merge(there, &m->branch.members[i]);
	const struct store_record *record = holder_at_primary(m, there->key);
	struct incident *holder = record ? failover_key_read(m, record, "the primary's") : NULL;
	if (!holder || member_is_listed(&later))
		return false;
	struct leaving *l = arena_alloc(m->try, sizeof *l);
	l->m = m;
	l->member = m->members[i];
	incident_merge(holder, NULL, &l->member, NULL, 1, m->now);
	struct store_member_change *change = arena_alloc(m->try, sizeof *change);
	*change =
		(struct store_member_change){.before = *there, .after = l->member.merged, .ttl_ms = m->branch.member_ttls[i]};
	l->commit =
		(struct store_commit){.key = record->key, .expect = record->version, .members = change, .member_count = 1};
	hash_random_id(l->commit.id);
	record_commit(m->try, holder, &m->f->policy, &l->commit);
	l->commit.groups_changed = true;
	m->f->primary->ops->commit(m->f->primary, &l->commit, holder_left, l);
	return true;
}

/* One of each incident at a time: the next has its place in the next load. */
bool failover_leave_elsewhere(struct key_merge *m)
{
	for (size_t i = 0; i < m->branch.member_count; i++) {
		bool first = m->elsewhere[i];
		for (size_t j = 0; j < i && first; j++)
			first = !m->elsewhere[j] || !str_eq(m->members[i].trunk.key, m->members[j].trunk.key);
		if (first && leave_holder(m, i))
			m->leaves++;
	}
	return m->leaves > 0;
}
