#include "crooked_store.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/query.h"

static struct crooked *of(struct store *s)
{
	return (struct crooked *)(void *)s;
}

static struct store *inner(struct store *s)
{
	return of(s)->inner;
}

/* ---- answers made up here ---- */

struct refusal {
	void (*loaded)(void *, const struct store_loaded *);
	void (*committed)(void *, const struct store_committed *);
	void (*claimed)(void *, const struct store_claimed *);
	enum store_result result;
	void *arg;
};

static void refuse_now(void *arg)
{
	struct refusal *r = arg;

	if (r->loaded)
		r->loaded(r->arg, &(struct store_loaded){.result = r->result});
	if (r->committed)
		r->committed(r->arg, &(struct store_committed){.result = r->result});
	if (r->claimed)
		r->claimed(r->arg, &(struct store_claimed){.result = r->result});
	free(r);
}

static void refuse(struct crooked *c, struct refusal answer)
{
	struct refusal *r = mem_alloc(sizeof *r);

	*r = answer;
	loop_defer(c->loop, refuse_now, r);
}

/* ---- answers of the inner store, changed or late ---- */

struct pending {
	struct crooked *c;
	bool hide;
	struct store_committed reply;
	struct loop_timer *timer;
	void (*done)(void *, const struct store_committed *);
	void *arg;
};

static void pass_on(void *arg)
{
	struct pending *p = arg;

	p->c->commits_under_way--;
	p->done(p->arg, &p->reply);
	loop_timer_free(p->timer);
	free(p);
}

static void crooked_store_committed(void *arg, const struct store_committed *reply)
{
	struct pending *p = arg;

	p->reply = *reply;
	if (p->hide)
		p->reply.result = STORE_UNKNOWN;
	if (!p->c->commit_delay_ms) {
		pass_on(p);
		return;
	}
	p->timer = loop_timer_new(p->c->loop, pass_on, p);
	loop_timer_set(p->timer, p->c->commit_delay_ms);
}

static enum crook crook_of(struct crooked *c, const struct store_commit *ask)
{
	if (!c->crooked_commits || (c->only_key.n && !str_eq(c->only_key, ask->key)))
		return CROOK_NONE;
	c->crooked_commits--;
	return c->crook;
}

static void crooked_store_commit(struct store *s, const struct store_commit *ask,
                                 void (*done)(void *, const struct store_committed *), void *arg)
{
	struct crooked *c = of(s);
	enum crook crook = crook_of(c, ask);

	c->commits++;
	c->behind_commits += ask->behind > 0;
	c->due_count = ask->due_count;
	c->clock_at = ask->clock_at;
	c->released_by_commit += ask->release_claim[0] != '\0';
	if (ask->member_count > c->largest_batch)
		c->largest_batch = ask->member_count;
	if (c->down || crook == CROOK_CONFLICT || crook == CROOK_UNKNOWN_LOST) {
		enum store_result result = c->down                   ? STORE_UNAVAILABLE
		                           : crook == CROOK_CONFLICT ? STORE_CONFLICT
		                                                     : STORE_UNKNOWN;
		refuse(c, (struct refusal){.committed = done, .result = result, .arg = arg});
		return;
	}
	struct pending *p = mem_zero(sizeof *p);
	*p = (struct pending){.c = c, .hide = crook == CROOK_UNKNOWN_DONE, .done = done, .arg = arg};
	if (++c->commits_under_way > c->most_commits_under_way)
		c->most_commits_under_way = c->commits_under_way;
	c->inner->ops->commit(c->inner, ask, crooked_store_committed, p);
}

struct pending_load {
	struct crooked *c;
	void (*done)(void *, const struct store_loaded *);
	void *arg;
};

static void crooked_store_loaded(void *arg, const struct store_loaded *reply)
{
	struct pending_load p = *(struct pending_load *)arg;

	free(arg);
	p.c->loads_under_way--;
	p.c->records += reply->record_count;
	if (reply->record_count > p.c->largest_load)
		p.c->largest_load = reply->record_count;
	p.done(p.arg, reply);
}

static void crooked_store_load(struct store *s, const struct store_load *ask,
                               void (*done)(void *, const struct store_loaded *), void *arg)
{
	struct crooked *c = of(s);

	c->loads++;
	if (c->down) {
		refuse(c, (struct refusal){.loaded = done, .result = STORE_UNAVAILABLE, .arg = arg});
		return;
	}
	struct pending_load *p = mem_zero(sizeof *p);
	*p = (struct pending_load){c, done, arg};
	if (++c->loads_under_way > c->most_loads_under_way)
		c->most_loads_under_way = c->loads_under_way;
	c->inner->ops->load(c->inner, ask, crooked_store_loaded, p);
}

struct hidden_claim {
	void (*done)(void *, const struct store_claimed *);
	void *arg;
};

static void hide_claim(void *arg, const struct store_claimed *reply)
{
	struct hidden_claim *h = arg;

	(void)reply;
	h->done(h->arg, &(struct store_claimed){.result = STORE_UNKNOWN});
	free(h);
}

struct counted_claim {
	struct crooked *c;
	bool of_clock;
	void (*done)(void *, const struct store_claimed *);
	void *arg;
};

static void count_claim(void *arg, const struct store_claimed *reply)
{
	struct counted_claim c = *(struct counted_claim *)arg;

	free(arg);
	c.c->claimed += c.of_clock ? 0 : reply->count;
	if (!c.of_clock && reply->count > c.c->largest_claim)
		c.c->largest_claim = reply->count;
	c.done(c.arg, reply);
}

static void crooked_store_claim(struct store *s, const struct store_claim *ask,
                                void (*done)(void *, const struct store_claimed *), void *arg)
{
	of(s)->claims++;
	if (of(s)->down) {
		refuse(of(s), (struct refusal){.claimed = done, .result = STORE_UNAVAILABLE, .arg = arg});
		return;
	}
	bool of_clock = str_eq_c(ask->receiver, STORE_CLOCK);
	if (of(s)->unknown_claims > 0 && (of_clock || of(s)->good_claims-- <= 0)) {
		struct hidden_claim *h = mem_alloc(sizeof *h);
		*h = (struct hidden_claim){done, arg};
		of(s)->unknown_claims--;
		inner(s)->ops->claim(inner(s), ask, hide_claim, h);
		return;
	}
	struct counted_claim *c = mem_zero(sizeof *c);
	*c = (struct counted_claim){of(s), of_clock, done, arg};
	inner(s)->ops->claim(inner(s), ask, count_claim, c);
}

/* ---- the rest is the inner store's ---- */

static void crooked_store_release(struct store *s, const struct store_release *ask,
                                  void (*done)(void *, enum store_result), void *arg)
{
	inner(s)->ops->release(inner(s), ask, done, arg);
}

static void lose(void *arg)
{
	struct request *r = arg;

	request_fail(r, r->result);
	request_deliver(r);
}

static void hide_query(void *arg, const struct request *answered)
{
	struct request *r = arg;

	(void)answered;
	request_fail(r, STORE_UNKNOWN);
	request_deliver(r);
}

static void crooked_store_query(struct store *s, struct request *r)
{
	struct crooked *c = of(s);

	c->tallies += r->query.is == &query_tally;
	if (r->query.is == &query_tally && c->crooked_tallies) {
		c->crooked_tallies--;
		r->result = c->crook == CROOK_CONFLICT ? STORE_UNAVAILABLE : STORE_UNKNOWN;
		if (c->crook == CROOK_UNKNOWN_DONE)
			query_send(inner(s), query_again(r, hide_query, r));
		else
			loop_defer(c->loop, lose, r);
		return;
	}
	of(s)->lists += r->query.is == &query_list;
	query_send(inner(s), r);
}

static void crooked_store_sweep(struct store *s, int64_t retention_ms,
                                void (*done)(void *, enum store_result, bool more), void *arg)
{
	inner(s)->ops->sweep(inner(s), retention_ms, done, arg);
}

static struct store_health crooked_store_health(struct store *s)
{
	struct store_health h = inner(s)->ops->health(inner(s));

	h.sole = of(s)->sole;
	h.behind = of(s)->behind != 0;
	of(s)->behind -= of(s)->behind > 0;
	return h;
}

static int64_t now(struct store *s)
{
	return inner(s)->ops->now(inner(s));
}

static size_t parts(struct store *s, struct store_health *out)
{
	return inner(s)->ops->parts(inner(s), out);
}

static const struct store_ops ops = {.load = crooked_store_load,
                                     .commit = crooked_store_commit,
                                     .claim = crooked_store_claim,
                                     .release = crooked_store_release,
                                     .query = crooked_store_query,
                                     .sweep = crooked_store_sweep,
                                     .health = crooked_store_health,
                                     .now = now,
                                     .parts = parts};

struct crooked *crooked_open(struct store *store, struct loop *loop)
{
	struct crooked *c = mem_zero(sizeof *c);

	c->store.ops = &ops;
	c->inner = store;
	c->loop = loop;
	return c;
}

void crooked_close(struct crooked *c)
{
	c->inner->ops->close(c->inner);
	free(c);
}
