/*
 * The store around the file: a queue, a thread that works it off in batches, and the way back to the loop. Shared by
 * sqlite_store.c and local_store.c.
 */
#ifndef STORE_SQLITE_IMPL_H
#define STORE_SQLITE_IMPL_H

#include <limits.h>
#include <pthread.h>

#include "store/front.h"
#include "store/sqlite_clock.h"
#include "store/sqlite_db.h"

#define SQLITE_WHY_MAX (PATH_MAX + 256) /* names files */
/* Requests waiting for the disk: some seconds' worth. Beyond it they are refused, and Alertmanager comes again. */
#define SQLITE_QUEUE_MAX 10000
/* So long a commit that nobody waits for may wait for others: one write, and one fsync, then is all of theirs. */
#define SQLITE_PATIENT_MS 5
/* …while so many others have come within so long: where few come it is written at once. */
#define SQLITE_COMPANY 3
#define SQLITE_COMPANY_MS 10
/* How often the file is looked after: whether it is there, whether it can be written again. */
#define SQLITE_LOOK_MS 1000
/* Of what was seen of a primary, records and bytes. Beyond it they are dropped: a verb stands behind all of them. */
#define SQLITE_SEEN_MAX 5000
#define SQLITE_SEEN_BYTES_MAX ((size_t)64 << 20)

struct sqlite_store {
	struct front front;
	/* the thread's, once it runs */
	struct sqlite_db db;
	char *path;
	bool stand_in, forgiving;
	bool astray;                 /* what is open is not what lies at that name: it is read, and not written */
	bool held;                   /* it was open before: leases in it are this process' own */
	bool writable;               /* the last write went well */
	int rescues;                 /* so often it was lost and went on in a fresh file */
	int64_t tried;               /* when that was tried last (monotonic) */
	const char *what;            /* what became of it, while it is astray */
	int64_t found_at;            /* when it was seen to be there (monotonic) */
	int64_t looked;              /* when it was looked after (monotonic) */
	char owner[STORE_OWNER_MAX]; /* of the file, as it was at opening */
	int64_t clock;               /* a stand-in's clock, less the monotonic one */
	struct sqlite_clock ticking; /* the clock of one that is none */
	int64_t noted;               /* the file knows that the clock may come so far */
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;
	struct request *first, **last;
	size_t urgent, urgent_writes;       /* of those that wait: the others are patient (struct store_commit) */
	int64_t commits_at[SQLITE_COMPANY]; /* when the last ones came that are not patient (monotonic) */
	unsigned commits;
	int64_t patient_until; /* the first patient one waits no longer (monotonic); 0: there is none */
	size_t waiting;        /* under way ones too */
	size_t seen, seen_bytes;
	bool stop;
	int64_t said, said_mono; /* the clock as the last answers had it, and when that was; 0: there were none */
	/* a stand-in's */
	int64_t clock_set;
	size_t owned;
	/* the loop's */
	void *beside; /* a stand-in's: what its opener keeps with it */
	uint64_t lost;
	bool up;
	char why[SQLITE_WHY_MAX];
};

struct sqlite_store *sqlite_of(struct front *f);
/* `stand_in`: the file stands in for a primary, and this is what whoever opens it keeps beside it (freed with it); NULL: the file
 * has no primary. `forgiving`: as sqlite_store_open_anyway(). */
struct store *sqlite_open(struct loop *l, const char *path, void *stand_in, bool forgiving, struct err *err);
void sqlite_see_figures(struct sqlite_store *s);
int64_t sqlite_now(struct sqlite_store *s); /* the store's clock; of the thread */
/* The thread tells the loop how it is; `why` is kept while it is not writable, and as a note where it is. */
void sqlite_set_writable(struct sqlite_store *s, bool writable, const char *why);

/*
 * sqlite_tend.c: looking after the file. Of the thread.
 */
/* At the start, before there is a thread. False with a line in `err`: it is not open, and need not be waited for. */
bool sqlite_tend_begin(struct sqlite_store *s, struct err *err);
/* Every SQLITE_LOOK_MS, between batches: is it still there, can it be opened by now, can it be written again? */
void sqlite_tend(struct sqlite_store *s);
/* Before what is to be durable, and after it. False: it would not be, or is not, where it would be looked for. */
bool sqlite_tend_writing(struct sqlite_store *s);
bool sqlite_tend_written(struct sqlite_store *s);
/* After a batch that failed. True: the reason is out of the way, and it is worth another try. */
bool sqlite_tend_failed(struct sqlite_store *s);
/* The end: what is lost is not let go without a try. */
void sqlite_tend_end(struct sqlite_store *s);

#endif
