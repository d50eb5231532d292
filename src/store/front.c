/* Verbs to requests, and answers back on the loop. */
#include "store/front.h"

#include <assert.h>

#include "store/outbox.h"

struct front *front_of(struct store *s)
{
	struct front *f = (struct front *)(void *)s;
	assert(f->magic == FRONT_MAGIC);
	return f;
}

static void front_submit(struct store *s, struct request *r)
{
	struct front *f = front_of(s);
	f->submit(f, r);
}

static void front_load(struct store *s, const struct store_load *ask, void (*done)(void *, const struct store_loaded *),
                       void *arg)
{
	struct request *r = request_new(VERB_LOAD, arg);
	r->done.load = done;
	request_copy_load(r, ask);
	front_submit(s, r);
}

static void front_commit(struct store *s, const struct store_commit *ask,
                         void (*done)(void *, const struct store_committed *), void *arg)
{
	struct request *r = request_new(VERB_COMMIT, arg);
	r->done.commit = done;
	request_copy_commit(r, ask);
	front_submit(s, r);
}

static void front_claim(struct store *s, const struct store_claim *ask,
                        void (*done)(void *, const struct store_claimed *), void *arg)
{
	struct request *r = request_new(VERB_CLAIM, arg);
	r->done.claim = done;
	request_copy_claim(r, ask);
	front_submit(s, r);
}

static void front_release_pair(struct store *s, const struct store_release *ask,
                               void (*done)(void *, enum store_result), void *arg)
{
	struct request *r = request_new(VERB_RELEASE, arg);
	r->done.release = done;
	request_copy_release(r, ask);
	front_submit(s, r);
}

static void front_sweep(struct store *s, int64_t retention_ms, void (*done)(void *, enum store_result, bool), void *arg)
{
	struct request *r = request_new(VERB_SWEEP, arg);
	r->done.sweep = done;
	r->ask.retention_ms = retention_ms;
	front_submit(s, r);
}

static struct store_health front_health(struct store *s)
{
	struct front *f = front_of(s);
	return f->health(f);
}

static int64_t front_now(struct store *s)
{
	struct front *f = front_of(s);
	return f->now(f);
}

static size_t front_parts(struct store *s, struct store_health *out)
{
	struct front *f = front_of(s);
	if (f->parts)
		return f->parts(f, out);
	*out = f->health(f);
	return 1;
}

static void front_on_change(struct store *s, void (*changed)(void *), void *arg)
{
	struct front *f = front_of(s);
	f->changed = changed;
	f->changed_arg = arg;
}

static void front_close(struct store *s)
{
	struct front *f = front_of(s);
	f->close(f);
}

static const struct store_ops OPS = {
	.load = front_load,
	.commit = front_commit,
	.claim = front_claim,
	.release = front_release_pair,
	.query = front_submit,
	.sweep = front_sweep,
	.health = front_health,
	.now = front_now,
	.parts = front_parts,
	.on_change = front_on_change,
	.close = front_close,
};

void front_init(struct front *f, struct loop *l)
{
	f->store.ops = &OPS;
	f->magic = FRONT_MAGIC;
	f->outbox = outbox_new(l);
}

void front_release(struct front *f)
{
	outbox_close(f->outbox);
	f->magic = 0;
}

static void deliver_answer(void *arg)
{
	request_deliver(arg);
}

void front_answer(struct front *f, struct request *r)
{
	outbox_put(f->outbox, deliver_answer, r);
}

void front_post(struct front *f, void (*run)(void *arg), void *arg)
{
	outbox_put(f->outbox, run, arg);
}

void front_changed(struct front *f)
{
	if (f->changed)
		f->changed(f->changed_arg);
}
