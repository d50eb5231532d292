/* One owned key merged into the primary: load what it has, merge, compare-and-set, and the local row is a mirror again. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "incident/delivery.h"
#include "replica/failover_doubt.h"
#include "replica/failover_key.h"
#include "replica/record_commit.h"

/* ---- the branch, kept ---- */

static void keep_branch(struct key_merge *m, const struct local_branch *from)
{
	struct arena *a = m->arena;
	struct local_branch *to = &m->branch;
	struct member *members = arena_alloc(a, (from->member_count + 1) * sizeof *members);
	int64_t *ttls = arena_alloc(a, (from->member_count + 1) * sizeof *ttls);
	bool *changed = arena_alloc(a, (from->member_count + 1) * sizeof *changed);
	struct store_lease *leases = arena_alloc(a, (from->lease_count + 1) * sizeof *leases);
	*to = *from;
	to->record = request_copy_record(a, &from->record);
	for (size_t i = 0; i < from->member_count; i++) {
		members[i] = member_copy(a, &from->members[i]);
		ttls[i] = from->member_ttls[i];
		changed[i] = from->member_changed[i];
	}
	for (size_t i = 0; i < from->lease_count; i++) {
		leases[i] = from->leases[i];
		leases[i].receiver = arena_str(a, from->leases[i].receiver);
	}
	to->members = members;
	to->member_ttls = ttls;
	to->member_changed = changed;
	to->leases = leases;
}

/* ---- the end ---- */

void failover_key_finish(struct key_merge *m, bool merged)
{
	void (*done)(void *, bool) = m->done;
	void *arg = m->arg;
	arena_free(m->try);
	arena_free(m->arena); /* m lives in it */
	done(arg, merged);
}

static void branch_settled(void *arg, bool ok, bool clean)
{
	struct key_merge *m = arg;
	if (ok && clean) {
		m->f->count.merged++;
		failover_doubt_ends(m->f, m->branch.record.key);
	}
	failover_key_finish(m, ok && clean);
}

/* The primary has it: the local row is a mirror again, unless it has changed meanwhile. */
static void settle_branch(struct key_merge *m, const struct store_record *record)
{
	struct store_member_change *changes = arena_alloc(m->try, (m->branch.member_count + 1) * sizeof *changes);
	for (size_t i = 0; i < m->branch.member_count; i++)
		changes[i] = (struct store_member_change){
			.before = m->branch.members[i], .after = m->members[i].merged, .ttl_ms = m->branch.member_ttls[i]};
	struct local_merged merged = {.key = m->branch.record.key,
	                              .taken = m->branch.record.version,
	                              .record = *record,
	                              .as_taken = m->as_taken,
	                              .members = changes,
	                              .member_count = m->branch.member_count};
	local_store_merged(m->f->local, &merged, branch_settled, m);
}

/* ---- what there is to merge ---- */

struct incident *failover_key_read(struct key_merge *m, const struct store_record *record, const char *whose)
{
	AUTOERR struct err err = ERR_INIT;
	if (!record->bytes.n)
		return NULL;
	struct incident *inc = incident_read(m->try, record->bytes, &err);
	if (!inc)
		LOG(LOG_ERROR, "The record of an incident is unreadable: the other one stands", LOG_STR("key", record->key),
		    LOG_S("whose", whose), LOG_S("error", err_first(&err)));
	return inc;
}

static bool from_its_base(const struct key_merge *m)
{
	const struct store_version *trunk = &m->trunk.version, *base = &m->branch.base;
	return trunk->number && trunk->number == base->number && strcmp(trunk->commit_id, base->commit_id) == 0;
}

/* The primary has what it had when the branch began: what was not changed here stands as it has it. */
static bool unchanged_here(const struct key_merge *m, size_t i)
{
	return from_its_base(m) && !m->branch.member_changed[i] && m->members[i].trunk.found;
}

/*
 * Nobody but this router has touched it: its record simply goes on where the primary's stopped. Which may be further back
 * than where it began here, when the primary has lost writes; then all members go on with it.
 */
static bool fast_forward(const struct key_merge *m)
{
	const struct local_branch *b = &m->branch;
	if (!b->record.bytes.n || !m->trunk.version.number)
		return false;
	if (!from_its_base(m) && !failover_has_id(b->record.ids, m->trunk.version.commit_id))
		return false;
	for (size_t i = 0; i < b->member_count; i++)
		if (!unchanged_here(m, i) && (m->elsewhere[i] || !member_covers(&b->members[i], &m->members[i].trunk)))
			return false;
	return true;
}

/* The branch's last change arrived there after all. */
static bool primary_has_it(const struct key_merge *m)
{
	return failover_has_id(m->trunk.ids, m->branch.record.version.commit_id) || !m->branch.record.bytes.n;
}

static void take_facts_of_branch(struct key_merge *m)
{
	for (size_t i = 0; i < m->branch.member_count; i++)
		m->members[i].merged = unchanged_here(m, i) ? m->members[i].trunk : m->branch.members[i];
}

static const struct incident *merge_views(struct key_merge *m)
{
	size_t n = m->branch.member_count;
	struct incident *trunk = failover_key_read(m, &m->trunk, "the primary's");
	struct incident *branch = failover_key_read(m, &m->branch.record, "the local file's");
	m->as_taken = branch && fast_forward(m);
	if (m->as_taken) {
		take_facts_of_branch(m);
		return branch;
	}
	if (primary_has_it(m))
		branch = NULL;
	if (!trunk && !branch)
		return NULL; /* members whose record was forgotten */
	if (!trunk)
		trunk = incident_new(m->try, m->branch.record.key);
	incident_merge(trunk, branch, m->members, m->elsewhere, n, m->now);
	return trunk;
}

/* ---- commit ---- */

/* A receiver that only the primary's record named is due no more. */
static void add_dues_of_trunk(struct key_merge *m, const struct incident *result)
{
	AUTOERR struct err err = ERR_INIT;
	const struct incident *trunk = m->trunk.bytes.n ? incident_read(m->try, m->trunk.bytes, &err) : NULL;
	size_t n = m->commit.due_count, most = n + (trunk ? trunk->delivery_count : 0);
	struct store_due *dues = arena_alloc(m->try, (most + 1) * sizeof *dues);
	if (n)
		memcpy(dues, m->commit.dues, n * sizeof *dues);
	for (size_t i = 0; trunk && i < trunk->delivery_count; i++) {
		struct str receiver = trunk->deliveries[i].receiver;
		if (!incident_names_receiver(result, receiver))
			dues[n++] = (struct store_due){.receiver = receiver};
	}
	m->commit.dues = dues;
	m->commit.due_count = n;
}

static void add_merged_members(struct key_merge *m)
{
	struct store_member_change *changes = arena_alloc(m->try, (m->branch.member_count + 1) * sizeof *changes);
	size_t n = 0;
	for (size_t i = 0; i < m->branch.member_count; i++) {
		const struct merge_member *mm = &m->members[i];
		if (!member_same(&mm->trunk, &mm->merged))
			changes[n++] = (struct store_member_change){
				.before = mm->trunk, .after = mm->merged, .ttl_ms = m->branch.member_ttls[i]};
	}
	m->commit.members = changes;
	m->commit.member_count = n;
}

static void merged_committed(void *arg, const struct store_committed *got)
{
	struct key_merge *m = arg;
	if (got->result == STORE_CONFLICT && ++m->tries < FAILOVER_KEY_TRIES && !m->f->closing) {
		failover_key_load(m);
		return;
	}
	/* the primary may have merged it, and counted what was in doubt: the next try asks its record */
	if (got->result == STORE_UNKNOWN && m->commit.count_count)
		failover_doubt_merge(m->f, &m->commit);
	if (got->result != STORE_OK || m->f->closing) {
		failover_key_finish(m, false);
		return;
	}
	char ids[2 * STORE_ID_MAX + 1];
	size_t n = (size_t)snprintf(ids, sizeof ids, "%s%s%s", m->commit.id, m->trunk.version.number ? " " : "",
	                            m->trunk.version.commit_id);
	struct store_record record = {
		.key = m->branch.record.key, .version = got->version, .bytes = m->commit.bytes, .ids = {ids, n}};
	settle_branch(m, &record);
}

static void commit_merged(struct key_merge *m)
{
	struct failover *f = m->f;
	m->commit = (struct store_commit){.key = m->branch.record.key,
	                                  .expect = m->trunk.version,
	                                  .leases = m->branch.leases,
	                                  .lease_count = m->branch.lease_count};
	m->commit.count_count = failover_doubted(f, &m->trunk, m->try, &m->commit.counts);
	hash_random_id(m->commit.id);
	record_commit(m->try, m->result, &f->policy, &m->commit);
	m->commit.groups_changed = true;
	add_dues_of_trunk(m, m->result);
	add_merged_members(m);
	f->primary->ops->commit(f->primary, &m->commit, merged_committed, m);
}

/* Nothing of the branch's is new to the primary: it is a mirror again. */
static void merge_and_commit(struct key_merge *m)
{
	m->result = merge_views(m);
	bool nothing = !m->result || (primary_has_it(m));
	for (size_t i = 0; nothing && m->result && i < m->branch.member_count; i++)
		nothing = member_same(&m->members[i].trunk, &m->members[i].merged);
	if (nothing)
		settle_branch(m, &m->trunk);
	else
		commit_merged(m);
}

/* ---- load ---- */

static void take_primary(struct key_merge *m, const struct store_loaded *got)
{
	struct store_record *holders = arena_alloc(m->try, (got->record_count + 1) * sizeof *holders);
	m->now = got->now;
	m->holders = holders;
	m->holder_count = got->record_count;
	m->trunk = (struct store_record){.key = m->branch.record.key};
	for (size_t i = 0; i < got->record_count; i++) {
		holders[i] = request_copy_record(m->try, &got->records[i]);
		if (str_eq(holders[i].key, m->branch.record.key))
			m->trunk = holders[i];
	}
	m->members = arena_alloc(m->try, (m->branch.member_count + 1) * sizeof *m->members);
	m->elsewhere = arena_alloc(m->try, (m->branch.member_count + 1) * sizeof *m->elsewhere);
	for (size_t i = 0; i < m->branch.member_count; i++) {
		m->members[i].trunk = member_copy(m->try, &got->members[i]);
		m->members[i].branch = m->branch.members[i];
		m->elsewhere[i] = failover_fires_elsewhere(m, &m->members[i].trunk);
	}
}

static void merging_loaded(void *arg, const struct store_loaded *got)
{
	struct key_merge *m = arg;
	if (got->result != STORE_OK || m->f->closing) {
		failover_key_finish(m, false);
		return;
	}
	take_primary(m, got);
	if (!failover_leave_elsewhere(m))
		merge_and_commit(m);
}

void failover_key_load(struct key_merge *m)
{
	struct store *s = m->f->primary;
	struct store_load ask = {.members = m->branch.members,
	                         .member_count = m->branch.member_count,
	                         .keys = &m->branch.record.key,
	                         .key_count = 1};
	arena_free(m->try);
	m->try = arena_new();
	s->ops->load(s, &ask, merging_loaded, m);
}

void failover_merge_key(struct failover *f, const struct local_branch *branch, void (*done)(void *arg, bool merged),
                        void *arg)
{
	struct arena *arena = arena_new();
	struct key_merge *m = arena_alloc(arena, sizeof *m);
	m->f = f;
	m->arena = arena;
	m->done = done;
	m->arg = arg;
	keep_branch(m, branch);
	failover_key_load(m);
}
