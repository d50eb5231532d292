/* What the primary said is kept in mind: the mirror knows in an outage whatever this router knew. */
#include <string.h>

#include "replica/failover_impl.h"
#include "store/query.h"
#include "store/store_keep.h"

/* ---- what is on its way already ---- */

static uint64_t *mirrored_slot(struct failover *f, struct str key)
{
	return &f->mirrored[str_fnv1a(key, STR_FNV_SEED) % FAILOVER_MIRRORED];
}

static uint64_t version_word(struct str key, const struct store_version *v)
{
	return str_fnv1a(str_c(v->commit_id), str_fnv1a(key, STR_FNV_SEED));
}

/* A router that is alone reads what it wrote: the file is not asked about each of these. */
static bool is_unmirrored(struct failover *f, const struct store_record *record)
{
	return record->bytes.n && record->version.number &&
	       *mirrored_slot(f, record->key) != version_word(record->key, &record->version);
}

static void mirror_records(struct failover *f, const struct local_seen *seen)
{
	for (size_t i = 0; i < seen->record_count; i++)
		*mirrored_slot(f, seen->records[i].key) = version_word(seen->records[i].key, &seen->records[i].version);
	local_store_saw(f->local, seen);
}

/* ---- what was said ---- */

static void ignore_kept(void *arg, const struct store_kept *got)
{
	(void)arg; /* what is not kept here is asked of the primary when it is back */
	(void)got;
}

/* Whoever starts while the primary is away finds it here. */
static void saw_kept(struct failover *f, const struct request *r)
{
	const struct keep_ask *ask = r->query.ask;
	const struct store_kept *got = r->query.answer;
	store_keep(f->local, &(struct store_keep){ask->name, got->value, true}, ignore_kept, NULL);
}

/*
 * What another router has written: whoever answers a webhook by it must know as much in an outage. Not while the file is behind,
 * which is for the commits then.
 */
void failover_saw_load(struct failover *f, const struct store_loaded *got)
{
	if (local_store_backlog(f->local) > FAILOVER_BACKLOG)
		return;
	AUTOARENA struct arena *arena = arena_new();
	struct store_record *news = arena_alloc(arena, (got->record_count + 1) * sizeof *news);
	size_t n = 0;
	for (size_t i = 0; i < got->record_count; i++)
		if (is_unmirrored(f, &got->records[i]))
			news[n++] = got->records[i];
	if (n)
		mirror_records(
			f, &(struct local_seen){.records = news, .record_count = n, .loaded = {got->members, got->member_count}});
}

/* Of what is only read, records are. */
void failover_saw_query(struct failover *f, const struct request *r)
{
	if (r->query.is == &query_keep) {
		saw_kept(f, r);
		return;
	}
	const struct store_listed *got = r->query.is == &query_list ? r->query.answer : NULL;
	if (got && got->count)
		mirror_records(f, &(struct local_seen){.records = got->records, .record_count = got->count});
}

void failover_saw_commit(struct failover *f, const struct store_commit *ask, const struct store_committed *got)
{
	char ids[2 * STORE_ID_MAX];
	size_t n = strlen(ask->id), m = strlen(ask->expect.commit_id);
	memcpy(ids, ask->id, n);
	if (m) {
		ids[n++] = ' ';
		memcpy(ids + n, ask->expect.commit_id, m);
	}
	struct store_record record = {
		.key = ask->key, .version = got->version, .bytes = ask->bytes, .ids = (struct str){ids, n + m}};
	struct local_seen seen = {.records = &record,
	                          .record_count = 1,
	                          .members = ask->members,
	                          .member_count = ask->member_count,
	                          .leases = ask->leases,
	                          .lease_count = ask->lease_count,
	                          .release_receiver = ask->release_receiver};
	memcpy(seen.release_claim, ask->release_claim, sizeof seen.release_claim);
	mirror_records(f, &seen);
}

void failover_saw_claim(struct failover *f, const struct store_claim *ask, const struct store_claimed *got)
{
	struct store_lease lease = {.receiver = ask->receiver, .until = got->lease_until};
	struct local_seen seen = {.records = got->records, .record_count = got->count, .leases = &lease, .lease_count = 1};
	memcpy(lease.claim, ask->id, sizeof lease.claim);
	if (got->count)
		mirror_records(f, &seen);
}
