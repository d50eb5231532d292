/*
 * Threads beside the one that reads: each replays every batch through its share of the variants. Batches stand in a ring; the
 * reader waits where the one in its way is not done with, and frees them, since what they hold is counted by its thread alone.
 */
#include <pthread.h>
#include <stdlib.h>

#include "batch.h"

#define RING 8

struct worker {
	struct workers *of;
	size_t number;
	pthread_t thread;
	uint64_t next; /* batch */
	struct err err;
};

struct workers {
	struct variant **variants;
	size_t variant_count;
	struct worker *v;
	size_t count;
	pthread_mutex_t lock;
	pthread_cond_t given, done;
	/* under the lock */
	struct batch *ring[RING];
	uint64_t put;
	bool ended, failed;
	int64_t until, end_at;
};

/* NULL: there are no more. */
static struct batch *next_given(struct worker *me)
{
	struct workers *w = me->of;

	pthread_mutex_lock(&w->lock);
	while (me->next == w->put && !w->ended)
		pthread_cond_wait(&w->given, &w->lock);
	struct batch *b = me->next < w->put ? w->ring[me->next++ % RING] : NULL;
	pthread_mutex_unlock(&w->lock);
	return b;
}

static void batch_done(struct workers *w, struct batch *b, bool good)
{
	pthread_mutex_lock(&w->lock);
	w->failed |= !good;
	if (--b->left == 0)
		pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->lock);
}

static bool replay_share(struct worker *me, const struct batch *b)
{
	const struct workers *w = me->of;

	for (size_t i = me->number; i < w->variant_count; i += w->count)
		if (!batch_replay(b, w->variants[i], &me->err))
			return false;
	return true;
}

static void *work(void *arg)
{
	struct worker *me = arg;
	struct workers *w = me->of;
	bool good = true;

	for (struct batch *b; (b = next_given(me));) {
		good = good && replay_share(me, b);
		batch_done(w, b, good);
	}
	for (size_t i = me->number; good && w->put && i < w->variant_count; i += w->count)
		variant_end(w->variants[i], w->until, w->end_at);
	return NULL;
}

static void workers_free(struct workers *w)
{
	for (size_t i = 0; i < RING; i++)
		batch_free(w->ring[i]);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->given);
	pthread_cond_destroy(&w->done);
	free(w->v);
	free(w);
}

/* Of fewer threads than were asked for each has more to do; how many they are is read with the first batch. */
static void start(struct workers *w, size_t threads)
{
	while (w->count < threads) {
		struct worker *me = &w->v[w->count];
		*me = (struct worker){.of = w, .number = w->count, .err = ERR_INIT};
		if (pthread_create(&me->thread, NULL, work, me) != 0)
			break;
		w->count++;
	}
}

struct workers *workers_new(struct variant **variants, size_t count, size_t threads)
{
	struct workers *w = mem_zero(sizeof *w);

	w->variants = variants;
	w->variant_count = count;
	w->v = mem_zero((threads + 1) * sizeof *w->v);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->given, NULL);
	pthread_cond_init(&w->done, NULL);
	start(w, threads);
	if (w->count)
		return w;
	workers_free(w);
	return NULL;
}

bool workers_give(struct workers *w, struct batch *b)
{
	pthread_mutex_lock(&w->lock);
	struct batch **place = &w->ring[w->put % RING], *old = *place;
	while (old && old->left)
		pthread_cond_wait(&w->done, &w->lock);
	*place = b;
	b->left = w->count;
	w->put++;
	bool good = !w->failed;
	pthread_cond_broadcast(&w->given);
	pthread_mutex_unlock(&w->lock);
	batch_free(old);
	return good;
}

static void join_all(struct workers *w, struct err *err)
{
	for (size_t i = 0; i < w->count; i++) {
		pthread_join(w->v[i].thread, NULL);
		err_move(err, &w->v[i].err);
	}
}

bool workers_end(struct workers *w, int64_t until, int64_t at, struct err *err)
{
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	w->until = until;
	w->end_at = at;
	pthread_cond_broadcast(&w->given);
	pthread_mutex_unlock(&w->lock);
	join_all(w, err);
	bool good = !w->failed;
	workers_free(w);
	return good;
}
