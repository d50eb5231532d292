/* Applies a batch of changes to the record that was loaded. */
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "replica/record_commit.h"
#include "service/attempts.h"
#include "service/lane.h"

static const struct store_record *find_record(const struct loaded *from, struct str key)
{
	for (size_t i = 0; i < from->count; i++) {
		if (str_eq(from->records[i].key, key))
			return &from->records[i];
	}
	return NULL;
}

static bool exists(const struct store_record *r)
{
	return r && r->bytes.n;
}

/* NULL: there is a record, but it cannot be read. */
static struct incident *read_record(struct arena *arena, struct str key, const struct store_record *record)
{
	AUTOERR struct err err = ERR_INIT;

	if (!exists(record))
		return incident_new(arena, key);
	struct incident *inc = incident_read(arena, record->bytes, &err);
	if (!inc)
		LOG(LOG_ERROR, "The record of an incident is unreadable", LOG_STR("key", key), LOG_S("error", err_first(&err)));
	return inc;
}

/* ---- members ---- */

struct holders { /* of members that belong elsewhere; most often they all belong to one incident */
	const struct loaded *from;
	const struct lane *lane;
	struct str key;
	const struct incident *inc;
};

static const struct incident *holder_of(struct holders *h, const struct member *m)
{
	if (!m->found)
		return NULL;
	if (str_eq(m->key, h->lane->key))
		return h->lane->try.inc;
	if (!str_eq(m->key, h->key)) {
		const struct store_record *record = find_record(h->from, m->key);
		h->key = m->key;
		h->inc = exists(record) ? read_record(h->lane->try.arena, m->key, record) : NULL;
	}
	return h->inc;
}

static bool has_moved(struct holders *h, const struct waiting *w)
{
	for (size_t i = 0; w->change.moved && i < w->change.member_count; i++) {
		const struct member *m = &h->lane->known[w->known[i]].now;
		/* Who loaded the record has looked at the others already. */
		if (h->from->given && m->found && !str_eq(m->key, h->lane->key))
			continue;
		if (w->change.moved(w->change.arg, i, m, holder_of(h, m)))
			return true;
	}
	return false;
}

static struct tx_member *members_for(const struct lane *l, const struct waiting *w)
{
	struct tx_member *members = arena_alloc(l->try.arena, (w->change.member_count + 1) * sizeof *members);

	for (size_t i = 0; i < w->change.member_count; i++) {
		members[i].before = l->known[w->known[i]].now;
		members[i].after = members[i].before;
	}
	return members;
}

static void keep_members(struct lane *l, const struct waiting *w, const struct tx_member *members)
{
	for (size_t i = 0; i < w->change.member_count; i++) {
		struct known *k = &l->known[w->known[i]];
		if (!members[i].changed)
			continue;
		k->now = members[i].after;
		k->ttl_ms = members[i].ttl_ms;
		k->changed = true;
	}
}

/* ---- changes ---- */

/* Is the commit that this change asks about among the record's last ones? */
static void answer_asked(const struct lane *l, const struct loaded *from, const struct tx_change *c)
{
	const struct store_record *record = find_record(from, l->key);

	if (c->asked_id)
		*c->asked_is_part = record && c->asked_id[0] && str_find(record->ids, str_c(c->asked_id)) >= 0;
}

static void apply_one(struct lane *l, const struct loaded *from, struct waiting *w)
{
	struct tx_member *members = members_for(l, w);
	struct attempted *try = &l->try;

	answer_asked(l, from, &w->change);
	enum tx_apply what = w->change.apply(w->change.arg, try->inc, members, try->now, &try->counts);

	if (what == TX_NOTHING)
		return;
	try->write = true;
	if (what == TX_WRITE_RELEASE && w->change.release_claim[0])
		try->releases = w;
	keep_members(l, w, members);
}

static void leave_change_out(struct waiting *w, enum tx_result result)
{
	w->left_out = true;
	w->result = result;
}

/* A commit releases one lease: the next change that may release one waits for the next batch. */
static void apply_all(struct lane *l, const struct loaded *from, bool unreadable)
{
	struct holders holders = {.from = from, .lane = l};

	for (struct waiting *w = l->batch; w; w = w->next) {
		if (l->try.releases && w->change.release_claim[0]) {
			lane_put_back(l, w);
			return;
		}
		if (unreadable && !w->change.start_anew)
			leave_change_out(w, TX_UNAVAILABLE);
		else if (has_moved(&holders, w))
			leave_change_out(w, TX_MOVED);
		else
			apply_one(l, from, w);
	}
}

static void begin_try(struct lane *l, const struct loaded *from)
{
	attempts_drop(l->try.attempts);
	counts_release(&l->try.counts);
	arena_free(l->try.arena);
	l->try = (struct attempted){.arena = arena_new(), .now = from->now};
	l->try.counts.arena = l->try.arena;
	for (size_t i = 0; i < l->known_count; i++) {
		l->known[i].loaded = member_copy(l->try.arena, &l->known[i].loaded);
		l->known[i].now = l->known[i].loaded;
		l->known[i].changed = false;
	}
	for (struct waiting *w = l->batch; w; w = w->next)
		w->left_out = false;
}

static struct strs receivers_of(const struct incident *inc, struct arena *arena)
{
	struct strs names = {arena_alloc(arena, (inc->delivery_count + 1) * sizeof *names.v), inc->delivery_count};

	for (size_t i = 0; i < names.n; i++)
		names.v[i] = arena_str(arena, inc->deliveries[i].receiver);
	return names;
}

static bool keeps_queue(const struct lane *l)
{
	for (const struct waiting *w = l->batch; w; w = w->next)
		if (!w->change.keeps_queue)
			return false;
	return true;
}

static void note_queue(struct lane *l)
{
	struct attempted *try = &l->try;
	const struct incident *inc = try->inc;
	const struct router *r = lane_router(l);
	struct incident_policy policy = router_policy(r, r->config);
	int64_t *due_at = arena_alloc(try->arena, (inc->delivery_count + 1) * sizeof *due_at);

	for (size_t i = 0; i < inc->delivery_count; i++)
		due_at[i] = inc->deliveries[i].due_at;
	try->before = (struct queued){.keeps = keeps_queue(l),
	                              .lane = incident_lane(inc),
	                              .due_at = due_at,
	                              .clock_at = incident_clock(inc, &policy),
	                              .seen_at = inc->last_seen_at,
	                              .received = inc->count.received};
}

/* Who was told may have set a deadline that is gone with it: the queue is written anew. */
static void tell_at_once(struct lane *l)
{
	const struct router *r = lane_router(l);

	if (r->tell && r->tell(r->due_arg, l->try.inc, l->try.now))
		l->try.before.keeps = false;
}

bool lane_apply(struct lane *l, const struct loaded *from)
{
	const struct store_record *record = find_record(from, l->key);

	begin_try(l, from);
	struct incident *inc = read_record(l->try.arena, l->key, record);
	l->try.inc = inc ? inc : incident_new(l->try.arena, l->key);
	l->try.receivers = receivers_of(l->try.inc, l->try.arena);
	note_queue(l);
	l->try.groups = record_groups(l->try.arena, l->try.inc);
	apply_all(l, from, !inc);
	if (!l->try.write)
		return false;
	hash_random_id(l->try.id);
	tell_at_once(l);
	/* What has met with a conflict once may have met with a lease: who claims the pair is told. */
	if (!l->tries && from->asked_mono) {
		char claim[STORE_ID_MAX];
		router_claim_id(lane_router(l), claim);
		l->try.attempts = attempts_begin(lane_router(l), l->try.inc, from->now, from->asked_mono, claim);
	}
	lane_fill_commit(l, record);
	return true;
}
