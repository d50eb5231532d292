/*
 * Counters that the primary may have added, or not: it was asked to, did not answer, and the local file went on with the
 * verb. They are kept out of the local file, which would owe them to the primary a second time. When the verb's incident is
 * merged, the primary's record says whether that commit was done: where it was not, the merge adds them. So it is with a merge
 * that is not answered, and the next one. A tally is asked of the primary again, under its id. They are kept in memory: of a
 * router that dies in the outage, a few alerts are not counted.
 */
#include <string.h>

#include "replica/failover_doubt.h"
#include "replica/failover_impl.h"
#include "store/query.h"

#define DOUBTS_MAX 20000 /* as many verbs as may be on their way; beyond, what is in doubt may count twice */

struct failover_doubt {
	struct failover_doubt *next;
	struct arena *arena;
	struct failover *f;
	struct str key; /* of a commit; empty: a tally */
	struct store_tally what;
	bool asked; /* a tally on its way */
};

static void forget_failover_doubt(struct failover *f, struct failover_doubt **at)
{
	struct failover_doubt *d = *at;
	*at = d->next;
	f->doubt_count--;
	arena_free(d->arena);
}

static struct failover_doubt *add_failover_doubt(struct failover *f, struct str key, const char *id,
                                                 const struct store_count *counts, size_t n)
{
	struct arena *arena = arena_new();
	struct failover_doubt *d = arena_alloc(arena, sizeof *d);
	d->arena = arena;
	d->f = f;
	d->key = arena_str(arena, key);
	d->what.counts = request_copy_counts(arena, counts, n);
	d->what.count = n;
	memcpy(d->what.id, id, STORE_ID_MAX);
	d->next = f->doubts;
	f->doubts = d;
	f->doubt_count++;
	return d;
}

bool failover_doubt_counts(struct failover *f, struct request *r)
{
	if (f->doubt_count >= DOUBTS_MAX)
		return false;
	if (r->verb == VERB_COMMIT && r->ask.commit.count_count) {
		struct store_commit *ask = &r->ask.commit;
		add_failover_doubt(f, ask->key, ask->id, ask->counts, ask->count_count);
		ask->count_count = 0;
		return true;
	}
	if (r->verb == VERB_QUERY && r->query.is == &query_tally) {
		struct store_tally *ask = r->query.ask;
		add_failover_doubt(f, STR(""), ask->id, ask->counts, ask->count);
		ask->count = 0;
		return true;
	}
	return false;
}

void failover_doubt_refused(struct failover *f, const struct request *r)
{
	const char *id = r->verb == VERB_COMMIT ? r->ask.commit.id : ((const struct store_tally *)r->query.ask)->id;
	for (struct failover_doubt **at = &f->doubts; *at; at = &(*at)->next)
		if (!strcmp((*at)->what.id, id)) {
			forget_failover_doubt(f, at);
			return;
		}
}

/* ---- commits ---- */

size_t failover_doubted(const struct failover *f, const struct store_record *trunk, struct arena *arena,
                        const struct store_count **out)
{
	struct store_count *counts = NULL;
	size_t n = 0, room = 0;
	for (const struct failover_doubt *d = f->doubts; d; d = d->next) {
		if (!d->key.n || !str_eq(d->key, trunk->key) || failover_has_id(trunk->ids, d->what.id))
			continue;
		for (size_t i = 0; i < d->what.count; i++) {
			counts = arena_room(arena, counts, n, &room, sizeof *counts);
			counts[n++] = d->what.counts[i];
		}
	}
	*out = counts;
	return n;
}

static void forget_doubts_from(struct failover *f, struct failover_doubt **at, struct str key)
{
	while (*at)
		if ((*at)->key.n && str_eq((*at)->key, key))
			forget_failover_doubt(f, at);
		else
			at = &(*at)->next;
}

void failover_doubt_ends(struct failover *f, struct str key)
{
	forget_doubts_from(f, &f->doubts, key);
}

void failover_doubt_merge(struct failover *f, const struct store_commit *merge)
{
	if (f->doubt_count >= DOUBTS_MAX)
		return;
	/* what is added names fields of those that go */
	struct failover_doubt *kept = add_failover_doubt(f, merge->key, merge->id, merge->counts, merge->count_count);
	forget_doubts_from(f, &kept->next, merge->key);
}

/* ---- tallies ---- */

static void tally_known(void *arg, const struct store_tallied *got)
{
	struct failover_doubt *d = arg, **at = &d->f->doubts;
	d->asked = false;
	if (got->result != STORE_OK)
		return; /* when the primary is back the next time */
	while (*at != d)
		at = &(*at)->next;
	forget_failover_doubt(d->f, at);
}

void failover_doubts_ask(struct failover *f)
{
	for (struct failover_doubt *d = f->doubts; d; d = d->next) {
		if (d->key.n || d->asked)
			continue;
		d->asked = true;
		store_tally(f->primary, &d->what, tally_known, d);
	}
}

void failover_doubts_free(struct failover *f)
{
	while (f->doubts)
		forget_failover_doubt(f, &f->doubts);
}
