/* Copies of what was asked, and of what was answered. */
#include "store/request.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "store/query.h"

struct request *request_new(enum verb verb, void *arg)
{
	struct arena *arena = arena_new();
	struct request *r = arena_alloc(arena, sizeof *r);
	r->arena = arena;
	r->verb = verb;
	r->arg = arg;
	return r;
}

struct str *request_copy_strs(struct arena *a, const struct str *from, size_t count)
{
	struct str *to = arena_alloc(a, count * sizeof *to);
	for (size_t i = 0; i < count; i++)
		to[i] = arena_str(a, from[i]);
	return to;
}

struct member *request_copy_members(struct arena *a, const struct member *from, size_t count)
{
	struct member *to = arena_alloc(a, count * sizeof *to);
	for (size_t i = 0; i < count; i++)
		to[i] = member_copy(a, &from[i]);
	return to;
}

void request_copy_load(struct request *r, const struct store_load *ask)
{
	r->ask.load = *ask;
	r->ask.load.members = request_copy_members(r->arena, ask->members, ask->member_count);
	r->ask.load.keys = request_copy_strs(r->arena, ask->keys, ask->key_count);
	r->ask.load.groups = request_copy_strs(r->arena, ask->groups, ask->group_count);
}

struct store_member_change *request_copy_changes(struct arena *a, const struct store_member_change *from, size_t count)
{
	struct store_member_change *to = arena_alloc(a, count * sizeof *to);
	for (size_t i = 0; i < count; i++) {
		to[i].before = member_copy(a, &from[i].before);
		to[i].after = member_copy(a, &from[i].after);
		to[i].ttl_ms = from[i].ttl_ms;
		assert(to[i].ttl_ms > 0 || !to[i].after.found);
	}
	return to;
}

static struct store_due *copy_dues(struct arena *a, const struct store_commit *ask)
{
	struct store_due *to = arena_alloc(a, ask->due_count * sizeof *to);
	for (size_t i = 0; i < ask->due_count; i++) {
		to[i] = ask->dues[i];
		to[i].receiver = arena_str(a, ask->dues[i].receiver);
		assert(to[i].receiver.n && to[i].lane >= 0 && to[i].lane < STORE_LANES);
	}
	return to;
}

struct store_count *request_copy_counts(struct arena *a, const struct store_count *from, size_t count)
{
	struct store_count *to = arena_alloc(a, count * sizeof *to);
	for (size_t i = 0; i < count; i++) {
		to[i] = from[i];
		to[i].field = arena_str(a, from[i].field);
	}
	return to;
}

struct store_record request_copy_record(struct arena *a, const struct store_record *from)
{
	struct store_record to = *from;
	to.key = arena_str(a, from->key);
	to.bytes = arena_str(a, from->bytes);
	to.ids = arena_str(a, from->ids);
	return to;
}

struct store_lease *request_copy_leases(struct arena *a, const struct store_lease *from, size_t count)
{
	struct store_lease *to = arena_alloc(a, count * sizeof *to);
	for (size_t i = 0; i < count; i++) {
		to[i] = from[i];
		to[i].receiver = arena_str(a, from[i].receiver);
		assert(to[i].claim[0]);
	}
	return to;
}

void request_copy_commit(struct request *r, const struct store_commit *ask)
{
	assert(ask->id[0] && ask->bytes.n && ask->bytes.n <= STORE_RECORD_MAX);
	struct store_commit *to = &r->ask.commit;
	*to = *ask;
	to->key = arena_str(r->arena, ask->key);
	to->bytes = arena_str(r->arena, ask->bytes);
	to->members = request_copy_changes(r->arena, ask->members, ask->member_count);
	to->groups = request_copy_strs(r->arena, ask->groups, ask->group_count);
	to->dues = copy_dues(r->arena, ask);
	to->counts = request_copy_counts(r->arena, ask->counts, ask->count_count);
	to->leases = request_copy_leases(r->arena, ask->leases, ask->lease_count);
	to->release_receiver = arena_str(r->arena, ask->release_receiver);
}

void request_copy_claim(struct request *r, const struct store_claim *ask)
{
	assert(ask->id[0] && ask->lease_ms > 0);
	r->ask.claim = *ask;
	r->ask.claim.receiver = arena_str(r->arena, ask->receiver);
	if (ask->max > STORE_BATCH_MAX)
		r->ask.claim.max = STORE_BATCH_MAX;
	if (ask->max < 0)
		r->ask.claim.max = 0;
}

void request_copy_release(struct request *r, const struct store_release *ask)
{
	r->ask.release = *ask;
	r->ask.release.receiver = arena_str(r->arena, ask->receiver);
	r->ask.release.key = arena_str(r->arena, ask->key);
}

/* Every answer begins with the result and the store's clock. */
#define ANSWER(r, name) ((r)->answer.name.result = (r)->result, (r)->answer.name.now = (r)->now, &(r)->answer.name)

static void call_back(struct request *r)
{
	switch (r->verb) {
	case VERB_LOAD: r->done.load(r->arg, ANSWER(r, load)); break;
	case VERB_COMMIT: r->done.commit(r->arg, ANSWER(r, commit)); break;
	case VERB_CLAIM: r->done.claim(r->arg, ANSWER(r, claim)); break;
	case VERB_RELEASE: r->done.release(r->arg, r->result); break;
	case VERB_QUERY: query_tell(r); break;
	case VERB_SWEEP: r->done.sweep(r->arg, r->result, r->answer.more); break;
	case VERB_WORK: r->done.work(r); break;
	}
}

void request_free(struct request *r)
{
	mem_cleanup(&r->owned);
	arena_free(r->arena);
}

void request_deliver(struct request *r)
{
	call_back(r);
	request_free(r);
}

void request_fail(struct request *r, enum store_result result)
{
	memset(&r->answer, 0, sizeof r->answer);
	if (r->verb == VERB_QUERY)
		memset(r->query.answer, 0, r->query.is->answer_size);
	r->result = result;
}

bool request_writes(const struct request *r)
{
	if (r->verb == VERB_WORK)
		return r->ask.work.writes;
	if (r->verb == VERB_QUERY)
		return r->query.is->writes;
	return r->verb == VERB_COMMIT || r->verb == VERB_CLAIM || r->verb == VERB_RELEASE || r->verb == VERB_SWEEP;
}

bool request_durable(const struct request *r)
{
	return request_writes(r) && !(r->verb == VERB_WORK && r->ask.work.lazy);
}

struct store_record *request_records(struct request *r, size_t most)
{
	return arena_alloc(r->arena, most * sizeof(struct store_record));
}

struct member *request_members(struct request *r)
{
	const struct store_load *ask = &r->ask.load;
	struct member *members = arena_alloc(r->arena, ask->member_count * sizeof *members);
	for (size_t i = 0; i < ask->member_count; i++) {
		members[i].source = ask->members[i].source;
		members[i].fingerprint = ask->members[i].fingerprint;
	}
	r->answer.load.members = members;
	r->answer.load.member_count = ask->member_count;
	return members;
}

void request_set_id(char out[STORE_ID_MAX], struct str id)
{
	size_t n = id.n < STORE_ID_MAX ? id.n : STORE_ID_MAX - 1;
	if (n)
		memcpy(out, id.p, n);
	out[n] = '\0';
}

bool request_same_version(const struct store_version *known, const struct store_version *expected)
{
	return known->number == expected->number && strcmp(known->commit_id, expected->commit_id) == 0;
}

struct str request_join_ids(struct arena *a, char (*ids)[STORE_ID_MAX])
{
	AUTOBUF struct buf b;
	buf_init(&b, STORE_HISTORY * STORE_ID_MAX);
	buf_expect(&b, STORE_HISTORY * STORE_ID_MAX - 1);
	for (size_t i = 0; i < STORE_HISTORY && ids[i][0]; i++) {
		buf_add_c(&b, i ? " " : "");
		buf_add_c(&b, ids[i]);
	}
	return arena_str(a, buf_str(&b));
}

void request_split_ids(struct str text, char (*ids)[STORE_ID_MAX])
{
	memset(ids, 0, STORE_HISTORY * sizeof *ids);
	for (size_t i = 0; i < STORE_HISTORY && text.n; i++) {
		ptrdiff_t blank = str_index(text, ' ');
		size_t n = blank < 0 ? text.n : (size_t)blank;
		request_set_id(ids[i], str_slice(text, 0, n));
		text = str_slice(text, n + (n < text.n), text.n);
	}
}

uint64_t request_version_of(const char *id, uint64_t number, char (*ids)[STORE_ID_MAX])
{
	for (size_t i = 0; i < STORE_HISTORY && i < number; i++)
		if (strcmp(ids[i], id) == 0)
			return number - i;
	return 0;
}
