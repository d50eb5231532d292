/* A queue and a thread. */
#include "service/background.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"

struct work {
	TAILQ_ENTRY(work) in_all;  /* the loop's */
	TAILQ_ENTRY(work) in_line; /* the thread's, under the lock */
	struct background *owner;
	void (*run)(void *arg);
	void (*done)(void *arg, bool ran);
	void *arg;
	bool told;
};

struct background {
	struct loop *loop;
	TAILQ_HEAD(all_work, work) all;
	int waiting;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	TAILQ_HEAD(work_line, work) line;
	bool stop;
};

static void tell_work(struct work *w, bool ran)
{
	if (w->told)
		return;
	w->told = true;
	w->done(w->arg, ran);
}

static void drop_work(struct work *w)
{
	TAILQ_REMOVE(&w->owner->all, w, in_all);
	w->owner->waiting--;
	free(w);
}

static void work_ended(void *arg)
{
	struct work *w = arg;

	tell_work(w, true);
	drop_work(w);
}

static void *work_on(void *arg)
{
	struct background *b = arg;

	pthread_mutex_lock(&b->lock);
	while (!b->stop) {
		struct work *w = TAILQ_FIRST(&b->line);
		if (!w) {
			pthread_cond_wait(&b->wake, &b->lock);
			continue;
		}
		TAILQ_REMOVE(&b->line, w, in_line);
		pthread_mutex_unlock(&b->lock);
		w->run(w->arg);
		loop_post(b->loop, work_ended, w);
		pthread_mutex_lock(&b->lock);
	}
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

bool background_do(struct background *b, void (*run)(void *arg), void (*done)(void *arg, bool ran), void *arg)
{
	if (b->stop || b->waiting >= BACKGROUND_WAITING_MOST)
		return false;
	struct work *w = mem_zero(sizeof *w);
	*w = (struct work){.owner = b, .run = run, .done = done, .arg = arg};
	TAILQ_INSERT_TAIL(&b->all, w, in_all);
	b->waiting++;
	pthread_mutex_lock(&b->lock);
	TAILQ_INSERT_TAIL(&b->line, w, in_line);
	pthread_cond_signal(&b->wake);
	pthread_mutex_unlock(&b->lock);
	return true;
}

struct background *background_new(struct loop *l)
{
	struct background *b = mem_zero(sizeof *b);

	b->loop = l;
	TAILQ_INIT(&b->all);
	TAILQ_INIT(&b->line);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->wake, NULL);
	if (pthread_create(&b->thread, NULL, work_on, b) != 0)
		abort();
	return b;
}

void background_stop(struct background *b)
{
	struct work *w;

	if (!b || b->stop)
		return;
	pthread_mutex_lock(&b->lock);
	b->stop = true;
	pthread_cond_signal(&b->wake);
	pthread_mutex_unlock(&b->lock);
	pthread_join(b->thread, NULL);
	TAILQ_FOREACH(w, &b->all, in_all)
	tell_work(w, false);
}

void background_free(struct background *b)
{
	if (!b)
		return;
	background_stop(b);
	while (!TAILQ_EMPTY(&b->all))
		drop_work(TAILQ_FIRST(&b->all));
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->wake);
	free(b);
}
