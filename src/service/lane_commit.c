/* Makes the store's commit of what a batch has changed. */
#include <string.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "replica/record_commit.h"
#include "service/attempts.h"
#include "service/lane.h"

/* Nothing but expiry is so far off. */
#define CLOCK_FAR TIME_HOUR

/* A receiver that the record names no more is due no more, or its pair would be claimed for ever. */
static size_t dues_of_others(const struct attempted *try, struct store_due *dues)
{
	size_t n = 0;

	for (size_t i = 0; i < try->receivers.n; i++) {
		if (!incident_names_receiver(try->inc, try->receivers.v[i]))
			dues[n++] = (struct store_due){.receiver = try->receivers.v[i]};
	}
	if (try->releases && try->releases->change.release_receiver.n) {
		struct str receiver = try->releases->change.release_receiver;
		bool listed = incident_names_receiver(try->inc, receiver);
		for (size_t i = 0; i < n && !listed; i++)
			listed = str_eq(dues[i].receiver, receiver);
		if (!listed)
			dues[n++] = (struct store_due){.receiver = receiver};
	}
	return n;
}

static bool was_due_so(const struct attempted *try, const struct store_due *due)
{
	for (size_t i = 0; i < try->receivers.n; i++)
		if (str_eq(try->receivers.v[i], due->receiver))
			return try->before.due_at[i] == due->at && (!due->at || try->before.lane == due->lane);
	return false;
}

/*
 * An expiry moves on with each repeat: the clock that stands rings early, and is set anew then. Only where it was set by what
 * holds now: the record was written since this router reads its configuration, and listens.
 */
static bool clock_may_stay(const struct lane *l)
{
	const struct queued *before = &l->try.before;
	const struct router *r = lane_router(l);
	int64_t far = l->try.now + CLOCK_FAR,
			by_now = r->attentive_since > r->configured_at ? r->attentive_since : r->configured_at;

	return before->clock_at >= far && l->try.commit.clock_at >= before->clock_at && before->seen_at > by_now;
}

static void leave_what_stays(struct lane *l)
{
	struct attempted *try = &l->try;
	struct store_due *dues = arena_alloc(try->arena, (try->commit.due_count + 1) * sizeof *dues);
	size_t n = 0;

	if (!try->before.keeps || !try->commit.expect.number)
		return;
	for (size_t i = 0; i < try->commit.due_count; i++)
		if (!was_due_so(try, &try->commit.dues[i]))
			dues[n++] = try->commit.dues[i];
	try->commit.dues = dues;
	try->commit.due_count = n;
	if (clock_may_stay(l))
		try->commit.clock_at = STORE_STAYS;
}

static void add_other_dues(struct attempted *try)
{
	size_t own = try->commit.due_count, most = own + try->receivers.n + 1;
	struct store_due *dues = arena_alloc(try->arena, most * sizeof *dues);
	size_t n = dues_of_others(try, dues);

	if (own)
		memcpy(dues + n, try->commit.dues, own * sizeof *dues);
	try->commit.dues = dues;
	try->commit.due_count = n + own;
}

static void fill_members(struct lane *l)
{
	struct store_member_change *changes = arena_alloc(l->try.arena, (l->known_count + 1) * sizeof *changes);
	size_t n = 0;

	for (size_t i = 0; i < l->known_count; i++) {
		const struct known *k = &l->known[i];
		if (!k->changed)
			continue;
		changes[n++] = (struct store_member_change){.before = k->loaded, .after = k->now, .ttl_ms = k->ttl_ms};
	}
	l->try.commit.members = changes;
	l->try.commit.member_count = n;
}

static void fill_counts(struct attempted *try)
{
	struct store_count *counts = arena_alloc(try->arena, (try->counts.n + 1) * sizeof *counts);

	for (size_t i = 0; i < try->counts.n; i++) {
		counts[i].field = count_field(try->arena, &try->counts.v[i]);
		counts[i].add = try->counts.v[i].n;
	}
	try->commit.counts = counts;
	try->commit.count_count = try->counts.n;
}

/* The index of groups is written only then: most bodies find each group where it was. Rows keep their order while they stay; where one has gone and another has come, the index learns of it. */
static bool same_groups(const struct strs *before, const struct store_commit *commit)
{
	if (before->n != commit->group_count)
		return false;
	for (size_t i = 0; i < before->n; i++) {
		if (!str_eq(before->v[i], commit->groups[i]))
			return false;
	}
	return true;
}

/* Nothing is due sooner than it was. */
static bool clock_waits(const struct attempted *try)
{
	int64_t at = try->commit.clock_at, before = try->before.clock_at;

	return at == STORE_STAYS || (before && at >= before);
}

/* How many alerts a commit counts that does nothing else, which nobody has to wait for; 0: it does more. */
static uint64_t counts_only(const struct lane *l, const struct store_record *record)
{
	const struct attempted *try = &l->try;
	const struct store_commit *c = &try->commit;
	bool plain = record && record->version.number && !try->attempts && !try->releases && !c->member_count &&
	             !c->groups_changed && !c->due_count && clock_waits(try);

	if (!plain || !incident_only_counted(record->bytes, c->bytes))
		return 0;
	return try->inc->count.received - try->before.received;
}

/* What begins an attempt is sent when it is on record, and what is due soon is waited for. */
static bool all_are_patient(const struct lane *l)
{
	for (const struct waiting *w = l->batch; w; w = w->next)
		if (!w->change.patient)
			return false;
	return !l->try.attempts;
}

void lane_fill_commit(struct lane *l, const struct store_record *record)
{
	struct attempted *try = &l->try;
	const struct router *r = lane_router(l);
	struct incident_policy policy = router_policy(r, r->config);

	try->commit = (struct store_commit){.key = l->key};
	if (record)
		try->commit.expect = record->version;
	record_commit(try->arena, try->inc, &policy, &try->commit);
	try->commit.groups_changed = !same_groups(&try->groups, &try->commit);
	leave_what_stays(l);
	add_other_dues(try);
	fill_members(l);
	if (!r->replays)
		fill_counts(try);
	memcpy(try->commit.id, try->id, sizeof try->commit.id);
	try->commit.must_lease = try->attempts;
	if (try->attempts)
		try->commit.lease_count = attempts_leases(try->attempts, try->arena, &try->commit.leases);
	if (try->releases) {
		const struct tx_change *c = &try->releases->change;
		try->commit.release_receiver = c->release_receiver;
		memcpy(try->commit.release_claim, c->release_claim, sizeof try->commit.release_claim);
	}
	try->commit.behind = counts_only(l, record);
	try->commit.patient = all_are_patient(l);
}
