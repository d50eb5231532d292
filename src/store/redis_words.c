#include "store/redis_words.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "store/redis_pieces.h"

/* Rows of counters in one reply. */
#define ROWS_AT_ONCE 5000
/* How many words stand before the first commit: KEYS[1], the prefix, the not-after, and what holds for all of them. */
#define COMMITS_BEHIND 6
/* Leases of a receiver that stats looks at for the longest due: more than routers have on their way. */
#define STATS_LEASES 1000

static void add(struct words *w, struct str s)
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

static void add_c(struct words *w, const char *s)
{
	add(w, str_c(s));
}

static void add_int(struct words *w, int64_t n)
{
	add_c(w, arena_printf(w->arena, "%" PRId64, n));
}

static void add_bool(struct words *w, bool b)
{
	add(w, b ? STR("1") : STR("0"));
}

/* SOURCE:FINGERPRINT; a ':' in the source must not pass for the one between them. */
static void add_name(struct words *w, const struct member *m)
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
	add(w, arena_str(w->arena, buf_str(&b)));
}

/* What redis_member.lua says, without when it was touched; "" for one that is not there. */
static void add_member(struct words *w, const struct member *m)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX / 2);
	if (m->found) {
		buf_printf(&b, "+ %" PRId64 " %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %zu %s", m->mark, m->counted,
		           (int64_t)m->waits, m->starts_at, m->ends_at, (int64_t)m->episode, strlen(m->group), m->group);
		buf_add(&b, m->key);
	}
	add(w, arena_str(w->arena, buf_str(&b)));
}

static void add_load(struct words *w, const struct request *r)
{
	const struct redis_piece *p = r->pieces;
	const struct store_load *ask = &r->ask.load;
	add_bool(w, ask->versions_only);
	add_int(w, REDIS_PIECE_BYTES);
	add_int(w, (int64_t)p->members);
	for (size_t i = 0; i < p->members; i++)
		add_name(w, &ask->members[p->member + i]);
	add_int(w, (int64_t)(p->groups_asked ? 0 : ask->group_count));
	for (size_t i = 0; !p->groups_asked && i < ask->group_count; i++)
		add(w, ask->groups[i]);
	for (size_t i = 0; i < p->keys; i++)
		add(w, p->wanted[p->key + i]);
}

static void say_members(struct words *w, const struct store_commit *ask)
{
	add_int(w, (int64_t)ask->member_count);
	for (size_t i = 0; i < ask->member_count; i++) {
		const struct store_member_change *change = &ask->members[i];
		add_name(w, &change->before);
		add_member(w, &change->before);
		add_member(w, &change->after);
		add_int(w, change->ttl_ms);
	}
}

static void say_record(struct words *w, const struct store_commit *ask)
{
	add(w, ask->key);
	add_int(w, (int64_t)ask->expect.number);
	add_c(w, ask->expect.commit_id);
	add_c(w, ask->id);
	add(w, ask->json);
	add_bool(w, ask->open);
	add_int(w, ask->since);
	add_bool(w, ask->dead);
	add_int(w, ask->clock_at);
	add(w, ask->release_receiver);
	add_c(w, ask->release_claim);
}

static void say_dues(struct words *w, const struct store_commit *ask)
{
	add_int(w, (int64_t)ask->due_count);
	for (size_t i = 0; i < ask->due_count; i++) {
		add(w, ask->dues[i].receiver);
		add_int(w, ask->dues[i].lane);
		add_int(w, ask->dues[i].at);
	}
}

static void say_counts(struct words *w, const struct store_commit *ask)
{
	add_int(w, (int64_t)ask->count_count);
	for (size_t i = 0; i < ask->count_count; i++) {
		add(w, ask->counts[i].field);
		add_int(w, (int64_t)ask->counts[i].add);
		add_int(w, ask->counts[i].hour);
	}
}

static void say_leases(struct words *w, const struct store_commit *ask)
{
	add_int(w, (int64_t)ask->lease_count);
	for (size_t i = 0; i < ask->lease_count; i++) {
		add(w, ask->leases[i].receiver);
		add_c(w, ask->leases[i].claim);
		add_int(w, ask->leases[i].until);
	}
}

static void say_groups(struct words *w, const struct store_commit *ask)
{
	add_int(w, ask->groups_changed ? (int64_t)ask->group_count : -1);
	for (size_t i = 0; ask->groups_changed && i < ask->group_count; i++)
		add(w, ask->groups[i]);
}

static void add_commit(struct words *w, const struct request *r)
{
	const struct store_commit *ask = &r->ask.commit;
	add_int(w, STORE_COUNTS_PER_HOUR);
	add_int(w, STORE_HISTORY);
	add_int(w, STORE_GROUP_KEYS_MAX);
	assert(w->count == COMMITS_BEHIND);
	add(w, (struct str){NULL, 0}); /* how many words follow */
	say_record(w, ask);
	say_members(w, ask);
	say_dues(w, ask);
	say_counts(w, ask);
	say_leases(w, ask);
	say_groups(w, ask);
	w->items[COMMITS_BEHIND] = str_c(arena_printf(w->arena, "%zu", w->count - COMMITS_BEHIND - 1));
}

void redis_words_join(struct words *to, const struct words *commit)
{
	for (size_t i = COMMITS_BEHIND; i < commit->count; i++)
		add(to, commit->items[i]);
}

static void add_claim(struct words *w, const struct request *r)
{
	const struct store_claim *ask = &r->ask.claim;
	add(w, ask->receiver);
	add_c(w, ask->id);
	add_int(w, ask->max);
	add_int(w, ask->lease_ms);
	add_int(w, STORE_LANES);
}

static void add_release(struct words *w, const struct request *r)
{
	const struct store_release *ask = &r->ask.release;
	add(w, ask->receiver);
	add(w, ask->key);
	add_c(w, ask->claim_id);
	add_int(w, ask->due_at);
}

static void add_list(struct words *w, const struct request *r)
{
	static const char *const names[] = {"open", "closed", "dead"};
	const struct request_list *ask = &r->ask.list;
	add_c(w, names[ask->which]);
	add_int(w, (int64_t)ask->limit);
	add_bool(w, ask->has_cursor);
	add_int(w, ask->since);
	add(w, ask->key);
}

static void add_page_of_members(struct words *w, const struct request *r)
{
	add(w, r->ask.members.cursor.n ? r->ask.members.cursor : STR("0"));
	add_int(w, (int64_t)r->ask.members.limit);
}

static void add_counters(struct words *w, const struct request *r)
{
	add_int(w, r->ask.counters.since);
	add_int(w, r->ask.counters.until);
	add_int(w, ROWS_AT_ONCE);
}

static void add_stats(struct words *w, const struct request *r)
{
	add_int(w, STORE_LANES);
	add_int(w, STATS_LEASES);
	for (size_t i = 0; i < r->ask.stats.count; i++)
		add(w, r->ask.stats.receivers[i]);
}

static void add_sweep(struct words *w, const struct request *r)
{
	add_int(w, r->ask.retention_ms);
	add_int(w, STORE_SWEEP_MAX);
}

struct words redis_words(struct request *r, struct str prefix)
{
	static void (*const add_verb[VERBS])(struct words *, const struct request *) = {
		[VERB_LOAD] = add_load,       [VERB_COMMIT] = add_commit, [VERB_CLAIM] = add_claim,
		[VERB_RELEASE] = add_release, [VERB_LIST] = add_list,     [VERB_COUNTERS] = add_counters,
		[VERB_STATS] = add_stats,     [VERB_SWEEP] = add_sweep,   [VERB_MEMBERS] = add_page_of_members,
	};
	struct words w = {.arena = r->arena};
	if (r->verb == VERB_LOAD && !r->pieces)
		redis_pieces_begin(r);
	add_c(&w, arena_printf(r->arena, "%.*sopen", STR_ARG(prefix)));
	add(&w, prefix);
	add_int(&w, 0);
	add_verb[r->verb](&w, r);
	return w;
}
