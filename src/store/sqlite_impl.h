/*
 * The store around the file: a queue, a thread that works it off in batches, and the way back to the loop. Shared by
 * sqlite_store.c and local_store.c.
 */
#ifndef STORE_SQLITE_IMPL_H
#define STORE_SQLITE_IMPL_H

#include <pthread.h>

#include "store/front.h"
#include "store/sqlite_db.h"

/* Requests waiting for the disk: some seconds' worth. Beyond it they are refused, and Alertmanager comes again. */
#define SQLITE_QUEUE_MAX 10000
/* Of what was seen of a primary, records and bytes. Beyond it they are dropped: a verb stands behind all of them. */
#define SQLITE_SEEN_MAX 5000
#define SQLITE_SEEN_BYTES_MAX ((size_t)64 << 20)

struct sqlite_store {
	struct front front;
	struct sqlite_db db; /* the thread's, once it runs */
	bool writable;       /* the thread's: the last write went well */
	int64_t clock;       /* the thread's: a stand-in's clock, less the monotonic one */
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;
	struct request *first, **last;
	size_t waiting; /* under way ones too */
	size_t seen, seen_bytes;
	bool stop;
	/* a stand-in's */
	struct incident_policy policy;
	int64_t clock_set;
	size_t owned;
	/* the loop's */
	uint64_t lost;
	bool up;
	char why[sizeof((struct sqlite_db *)NULL)->why];
};

struct sqlite_store *sqlite_of(struct front *f);
/* `stand_in`: the policy of a stand-in; NULL: the file has no primary. */
struct store *sqlite_open(struct loop *l, const char *path, const struct incident_policy *stand_in, struct err *err);

#endif
