/* Requests to scripts' arguments. */
#include "store/redis_words.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "store/query.h"
#include "store/redis_pieces.h"

/* How many words stand before the first commit: KEYS[1], the prefix, the not-after, and what holds for all of them. */
#define COMMITS_BEHIND 6

void words_add(struct words *w, struct str s)
{
	if (w->count == w->capacity) {
		size_t capacity = w->capacity ? 2 * w->capacity : 64;
		struct str *items = arena_alloc(w->arena, capacity * sizeof *items);
		if (w->count)
			memcpy(items, w->items, w->count * sizeof *items);
		w->items = items;
		w->capacity = capacity;
	}
	w->items[w->count++] = s;
	w->bytes += s.n;
}

void words_add_c(struct words *w, const char *s)
{
	words_add(w, str_c(s));
}

void words_add_int(struct words *w, int64_t n)
{
	words_add_c(w, arena_printf(w->arena, "%" PRId64, n));
}

void words_add_bool(struct words *w, bool b)
{
	words_add(w, b ? STR("1") : STR("0"));
}

/* SOURCE:FINGERPRINT; a ':' in the source must not pass for the one between them. */
static void add_member_name(struct words *w, const struct member *m)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX / 2);
	for (size_t i = 0; i < m->source.n; i++) {
		if (m->source.p[i] == ':' || m->source.p[i] == '%')
			buf_printf(&b, "%%%02X", (unsigned char)m->source.p[i]);
		else
			buf_add_char(&b, m->source.p[i]);
	}
	buf_add_char(&b, ':');
	buf_add(&b, m->fingerprint);
	words_add(w, arena_str(w->arena, buf_str(&b)));
}

/* What redis_member.lua says, without when it was touched; "" for one that is not there. */
static void add_member_word(struct words *w, const struct member *m)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX / 2);
	if (m->found) {
		buf_printf(&b, "+ %" PRId64 " %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %zu %s", m->mark, m->counted,
		           (int64_t)m->waits, m->starts_at, m->ends_at, (int64_t)m->episode, strlen(m->group), m->group);
		buf_add(&b, m->key);
	}
	words_add(w, arena_str(w->arena, buf_str(&b)));
}

static void add_load(struct words *w, const struct request *r)
{
	const struct redis_piece *p = r->pieces;
	const struct store_load *ask = &r->ask.load;
	words_add_bool(w, ask->versions_only);
	words_add_int(w, REDIS_PIECE_BYTES);
	words_add_int(w, STORE_GROUP_RECORDS_MAX);
	words_add_int(w, (int64_t)p->members);
	for (size_t i = 0; i < p->members; i++)
		add_member_name(w, &ask->members[p->member + i]);
	words_add_int(w, (int64_t)(p->groups_asked ? 0 : ask->group_count));
	for (size_t i = 0; !p->groups_asked && i < ask->group_count; i++)
		words_add(w, ask->groups[i]);
	for (size_t i = 0; i < p->keys; i++)
		words_add(w, p->wanted[p->key + i]);
}

static void say_members(struct words *w, const struct store_commit *ask)
{
	words_add_int(w, (int64_t)ask->member_count);
	for (size_t i = 0; i < ask->member_count; i++) {
		const struct store_member_change *change = &ask->members[i];
		add_member_name(w, &change->before);
		add_member_word(w, &change->before);
		add_member_word(w, &change->after);
		words_add_int(w, change->ttl_ms);
	}
}

static void say_record(struct words *w, const struct store_commit *ask)
{
	words_add(w, ask->key);
	words_add_int(w, (int64_t)ask->expect.number);
	words_add_c(w, ask->expect.commit_id);
	words_add_c(w, ask->id);
	words_add(w, ask->bytes);
	words_add_bool(w, ask->open);
	words_add_int(w, ask->since);
	words_add_bool(w, ask->dead);
	words_add_int(w, ask->clock_at);
	words_add(w, ask->release_receiver);
	words_add_c(w, ask->release_claim);
}

static void say_dues(struct words *w, const struct store_commit *ask)
{
	words_add_int(w, (int64_t)ask->due_count);
	for (size_t i = 0; i < ask->due_count; i++) {
		words_add(w, ask->dues[i].receiver);
		words_add_int(w, ask->dues[i].lane);
		words_add_int(w, ask->dues[i].at);
	}
}

void words_add_counts(struct words *w, const struct store_count *counts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		words_add(w, counts[i].field);
		words_add_int(w, (int64_t)counts[i].add);
		words_add_int(w, counts[i].hour);
	}
}

static void say_counts(struct words *w, const struct store_commit *ask)
{
	words_add_int(w, (int64_t)ask->count_count);
	words_add_counts(w, ask->counts, ask->count_count);
}

static void say_leases(struct words *w, const struct store_commit *ask)
{
	words_add_bool(w, ask->must_lease);
	words_add_int(w, (int64_t)ask->lease_count);
	for (size_t i = 0; i < ask->lease_count; i++) {
		words_add(w, ask->leases[i].receiver);
		words_add_c(w, ask->leases[i].claim);
		words_add_int(w, ask->leases[i].until);
	}
}

static void say_groups(struct words *w, const struct store_commit *ask)
{
	words_add_int(w, ask->groups_changed ? (int64_t)ask->group_count : -1);
	for (size_t i = 0; ask->groups_changed && i < ask->group_count; i++)
		words_add(w, ask->groups[i]);
}

static void add_commit(struct words *w, const struct request *r)
{
	const struct store_commit *ask = &r->ask.commit;
	words_add_int(w, STORE_COUNTS_PER_HOUR);
	words_add_int(w, STORE_HISTORY);
	words_add_int(w, STORE_GROUP_KEYS_MAX);
	assert(w->count == COMMITS_BEHIND);
	words_add(w, (struct str){NULL, 0}); /* how many words follow */
	say_record(w, ask);
	say_leases(w, ask);
	say_members(w, ask);
	say_dues(w, ask);
	say_counts(w, ask);
	say_groups(w, ask);
	w->items[COMMITS_BEHIND] = str_c(arena_printf(w->arena, "%zu", w->count - COMMITS_BEHIND - 1));
}

void redis_words_join(struct words *to, const struct words *commit)
{
	for (size_t i = COMMITS_BEHIND; i < commit->count; i++)
		words_add(to, commit->items[i]);
}

static void add_claim(struct words *w, const struct request *r)
{
	const struct store_claim *ask = &r->ask.claim;
	words_add(w, ask->receiver);
	words_add_c(w, ask->id);
	words_add_int(w, ask->max);
	words_add_int(w, ask->lease_ms);
	words_add_int(w, STORE_LANES);
}

static void add_release(struct words *w, const struct request *r)
{
	const struct store_release *ask = &r->ask.release;
	words_add(w, ask->receiver);
	words_add(w, ask->key);
	words_add_c(w, ask->claim_id);
	words_add_int(w, ask->due_at);
}

static void add_sweep(struct words *w, const struct request *r)
{
	words_add_int(w, r->ask.retention_ms);
	words_add_int(w, STORE_SWEEP_MAX);
	words_add_int(w, store_hours_kept(r->ask.retention_ms));
}

static void add_query(struct words *w, const struct request *r)
{
	r->query.is->words(w, r);
}

struct words redis_words(struct request *r, struct str prefix)
{
	static void (*const add_verb[VERBS])(struct words *, const struct request *) = {
		[VERB_LOAD] = add_load,       [VERB_COMMIT] = add_commit, [VERB_CLAIM] = add_claim,
		[VERB_RELEASE] = add_release, [VERB_QUERY] = add_query,   [VERB_SWEEP] = add_sweep,
	};
	struct words w = {.arena = r->arena};
	if (r->verb == VERB_LOAD && !r->pieces)
		redis_pieces_begin(r);
	words_add_c(&w, arena_printf(r->arena, "%.*sopen", STR_ARG(prefix)));
	words_add(&w, prefix);
	words_add_int(&w, 0);
	add_verb[r->verb](&w, r);
	return w;
}
