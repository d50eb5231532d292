/* getaddrinfo on a thread. */
#include "io/resolve.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

/* Two hold it: the one who asked (until told, or until it cancels) and the thread. */
struct resolve {
	pthread_mutex_t lock;
	int holders;
	bool posted, cancelled;
	struct loop *loop;
	char *host;
	struct resolved result;
	void (*done)(void *arg, const struct resolved *r);
	void *arg;
};

static void let_go(struct resolve *job)
{
	pthread_mutex_lock(&job->lock);
	bool last = --job->holders == 0;
	pthread_mutex_unlock(&job->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&job->lock);
	free(job->host);
	free(job);
}

static void look_up_host(const char *host, struct resolved *out)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
	int rc = getaddrinfo(host, NULL, &hints, &list);
	out->error = rc == 0 ? "" : gai_strerror(rc);
	for (struct addrinfo *ai = list; ai && out->count < RESOLVE_ADDRESSES_MAX; ai = ai->ai_next)
		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, out->addresses[out->count], RESOLVE_ADDRESS_MAX, NULL, 0,
		                NI_NUMERICHOST) == 0)
			out->count++;
	if (list)
		freeaddrinfo(list);
}

/* On the loop. */
static void tell_resolved(void *arg)
{
	struct resolve *job = arg;
	if (!job->cancelled)
		job->done(job->arg, &job->result);
	let_go(job);
}

static void *run_look_up(void *arg)
{
	struct resolve *job = arg;
	look_up_host(job->host, &job->result);
	pthread_mutex_lock(&job->lock);
	/* Under the lock: who has cancelled may free the loop next. */
	if (!job->cancelled) {
		job->posted = true;
		loop_post(job->loop, tell_resolved, job);
	}
	pthread_mutex_unlock(&job->lock);
	let_go(job);
	return NULL;
}

/* With every signal blocked: they are the loop's. */
static bool start_thread(struct resolve *job)
{
	sigset_t all, before;
	pthread_t thread;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool started = pthread_create(&thread, NULL, run_look_up, job) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (started)
		pthread_detach(thread);
	return started;
}

struct resolve *resolve_start(struct loop *l, struct str host, void (*done)(void *arg, const struct resolved *r),
                              void *arg)
{
	struct resolve *job = mem_zero(sizeof *job);
	*job = (struct resolve){.holders = 2, .loop = l, .done = done, .arg = arg};
	pthread_mutex_init(&job->lock, NULL);
	job->host = mem_str(host);
	if (!start_thread(job)) {
		job->holders = 1;
		job->posted = true;
		job->result.error = "no thread to resolve the name";
		loop_post(l, tell_resolved, job);
	}
	return job;
}

void resolve_cancel(struct resolve *job)
{
	if (!job)
		return;
	pthread_mutex_lock(&job->lock);
	job->cancelled = true;
	bool posted = job->posted;
	pthread_mutex_unlock(&job->lock);
	if (!posted)
		let_go(job); /* else tell_resolved() does */
}
