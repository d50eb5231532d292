/* Writes the journal on a thread, begins a file each day, and packs and deletes old ones. */
#include "service/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "io/loop.h"
#include "service/journal_folder.h"

/* What waits for the disk; beyond, lines are lost and counted. */
#define QUEUE_BYTES_MAX ((size_t)64 * 1024 * 1024)
/* Writes are so far apart: where many lines come, one wake-up and one write are for some of them. */
#define LINGER_MS 1
#define LINES_TOGETHER 64

struct line {
	struct line *next;
	int64_t at;
	int64_t day; /* since 1970 */
	size_t n;
	char bytes[];
};

struct journal {
	char *folder;
	int64_t retention_ms;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct line *first, **last; /* under the lock, as are the next four */
	size_t bytes;
	uint64_t lost;
	bool closing;
	bool sleeps; /* the thread, until somebody wakes it */
	/* of the thread */
	int fd;
	int64_t day;
	char *path;       /* of the file that is open */
	int64_t wrote_at; /* monotonic: last */
	bool torn;        /* the last line has no end: the next one begins on a new line */
	bool failing;     /* said so already */
	uint64_t told;    /* of the lost lines, those that the journal itself tells of */
	struct packing *packing;
	bool packed_all; /* no file of an earlier day is left to be packed */
};

/* ---- the thread's part ---- */

static void note_journal_failure(struct journal *j, const char *what)
{
	if (!j->failing)
		LOG(LOG_WARN, "The decision journal cannot be written", LOG_S("folder", j->folder), LOG_S("what", what),
		    LOG_S("error", strerror(errno)));
	j->failing = true;
}

/* ---- packing ---- */

static void begin_packing(struct journal *j)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = journal_find_closed(j->folder, j->day);

	j->packing = path ? packing_begin(path, &err) : NULL;
	j->packed_all = !j->packing;
	if (err_any(&err))
		LOG(LOG_WARN, "A closed file of the journal stays as it is", LOG_S("error", err_first(&err)));
}

/* A piece at a time: lines that come meanwhile are not kept waiting. */
static void pack_a_piece(struct journal *j)
{
	AUTOERR struct err err = ERR_INIT;

	switch (packing_go_on(j->packing, &err)) {
	case PACKING_MORE: return;
	case PACKING_FAILED:
		LOG(LOG_WARN, "A closed file of the journal stays as it is", LOG_S("error", err_first(&err)));
		j->packed_all = true; /* until the next day */
		break;
	case PACKING_DONE: break;
	}
	packing_end(j->packing);
	j->packing = NULL;
	if (!j->packed_all)
		begin_packing(j);
}

/* ---- writing ---- */

/* A FIFO in its place would take some lines, and then stop whoever writes to it. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* A folder that is not there (yet, or any more) is made. */
static int open_day_file(struct journal *j, const char *path)
{
	AUTOERR struct err err = ERR_INIT;
	int fd = open_regular(path);

	if (fd >= 0 || errno != ENOENT || !journal_prepare(j->folder, &err))
		return fd;
	return open_regular(path);
}

/* A power cut, or a full disk, has left half a line at the end. */
static bool ends_torn(int fd)
{
	char last = '\n';
	off_t n = lseek(fd, 0, SEEK_END);

	return n > 0 && pread(fd, &last, 1, n - 1) == 1 && last != '\n';
}

static char *day_path(const struct journal *j, int64_t day)
{
	char name[JOURNAL_DAY_MAX];

	return mem_printf("%s/%s" JOURNAL_SUFFIX, j->folder, journal_day_name(day, name));
}

/* Somebody has moved it away, or removed it: what is written to it would go with it. */
static void leave_moved(struct journal *j)
{
	struct stat there, ours;

	if (j->fd < 0 || (stat(j->path, &there) == 0 && fstat(j->fd, &ours) == 0 && there.st_ino == ours.st_ino &&
	                  there.st_dev == ours.st_dev))
		return;
	close(j->fd);
	j->fd = -1;
}

/* A later day has begun. What was being packed may be too old by now: it is begun anew, if it is not. */
static void end_day(struct journal *j)
{
	packing_end(j->packing);
	journal_delete_old(j->folder, j->day, j->retention_ms);
	begin_packing(j);
}

static bool open_day(struct journal *j, int64_t day)
{
	if (j->fd >= 0 && j->day == day)
		return true;
	if (j->fd >= 0)
		close(j->fd);
	free(j->path);
	j->path = day_path(j, day);
	j->fd = open_day_file(j, j->path);
	if (j->fd < 0) {
		note_journal_failure(j, "open");
		return false;
	}
	j->torn = ends_torn(j->fd);
	bool later = day > j->day;
	j->day = day;
	if (later)
		end_day(j);
	return true;
}

static bool write_journal_bytes(struct journal *j, const char *p, size_t n)
{
	while (n) {
		ssize_t written = write(j->fd, p, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			note_journal_failure(j, "write");
			j->torn = true; /* or not begun: an empty line hurts nobody */
			return false;
		}
		p += written;
		n -= (size_t)written;
	}
	return true;
}

static bool write_line(struct journal *j, const struct line *l)
{
	if (j->torn && !write_journal_bytes(j, "\n", 1))
		return false;
	j->torn = false;
	if (!write_journal_bytes(j, l->bytes, l->n))
		return false;
	if (j->failing)
		LOG(LOG_INFO, "The decision journal is written again", LOG_S("folder", j->folder));
	j->failing = false;
	return true;
}

static struct line *line_new(struct str object, int64_t now_ms)
{
	struct line *l = mem_alloc(sizeof *l + object.n + 1);

	l->next = NULL;
	l->at = now_ms;
	l->day = now_ms / TIME_DAY;
	l->n = object.n + 1;
	memcpy(l->bytes, object.p, object.n);
	l->bytes[object.n] = '\n';
	return l;
}

/* The gap stands where it is, so that whoever reads the journal knows that it is not whole there. */
static bool write_lost(struct journal *j, int64_t at, uint64_t lost)
{
	char time[TIME_FORMAT_MAX];

	if (lost <= j->told)
		return true;
	AUTOFREE char *text =
		mem_printf("{\"event\":\"lost\",\"at\":\"%s\",\"lines\":%" PRIu64 "}", time_format(at, time), lost - j->told);
	AUTOFREE struct line *gap = line_new(str_c(text), at);
	if (!write_line(j, gap))
		return false;
	j->told = lost;
	return true;
}

/* Of the first line's day, those that are whole in the file afterwards; 0: the first one is not. */
static size_t write_together(struct journal *j, struct line *l)
{
	struct iovec v[LINES_TOGETHER];
	size_t n = 0, whole = 0;

	for (struct line *k = l; k && n < LINES_TOGETHER && k->day == l->day; k = k->next)
		v[n++] = (struct iovec){k->bytes, k->n};
	ssize_t written = writev(j->fd, v, (int)n);
	for (; whole < n && written >= (ssize_t)v[whole].iov_len; whole++)
		written -= (ssize_t)v[whole].iov_len;
	if (whole < n && written > 0) {
		const struct iovec *cut = &v[whole];
		whole += write_journal_bytes(j, (const char *)cut->iov_base + written, cut->iov_len - (size_t)written);
	}
	return whole;
}

static struct line *free_lines(struct line *l, size_t n)
{
	while (n--) {
		struct line *next = l->next;
		free(l);
		l = next;
	}
	return l;
}

/* `lost_before`: how many were lost since it was opened. One that cannot be written together with others says why by itself. */
static uint64_t write_lines(struct journal *j, struct line *l, uint64_t lost_before)
{
	uint64_t lost = 0;

	leave_moved(j);
	while (l) {
		bool open = open_day(j, l->day) && write_lost(j, l->at, lost_before + lost);
		size_t done = open && !j->torn && !j->failing ? write_together(j, l) : 0;
		if (!done) {
			lost += !open || !write_line(j, l);
			done = 1;
		}
		l = free_lines(l, done);
	}
	return lost;
}

static void sleep_without_lines(struct journal *j)
{
	while (!j->first && !j->closing && !j->packing) {
		j->sleeps = true;
		pthread_cond_wait(&j->filled, &j->lock);
		j->sleeps = false;
	}
}

static void linger_with_lines(struct journal *j)
{
	int64_t until = j->wrote_at + LINGER_MS;
	const struct timespec at = {until / TIME_SECOND, (long)(until % TIME_SECOND) * 1000000};

	while (j->first && !j->closing && pthread_cond_timedwait(&j->filled, &j->lock, &at) == 0)
		;
}

static void *run_journal_writer(void *arg)
{
	struct journal *j = arg;

	pthread_mutex_lock(&j->lock);
	for (;;) {
		sleep_without_lines(j);
		linger_with_lines(j);
		struct line *lines = j->first;
		if (!lines && j->closing)
			break;
		if (!lines) {
			pthread_mutex_unlock(&j->lock);
			pack_a_piece(j);
			pthread_mutex_lock(&j->lock);
			continue;
		}
		uint64_t lost_before = j->lost;
		j->first = NULL;
		j->last = &j->first;
		j->bytes = 0;
		pthread_mutex_unlock(&j->lock);
		uint64_t lost = write_lines(j, lines, lost_before);
		j->wrote_at = loop_mono_ms();
		pthread_mutex_lock(&j->lock);
		j->lost += lost;
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* ---- the loop's part ---- */

/* A full disk still lets a file be made, and takes nothing into it. */
static bool takes_a_page(const char *path, struct err *err)
{
	static const char page[4096];
	AUTOFREE char *name = mem_printf("%s/.probe", path);
	unlink(name); /* of one that was killed in between */
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	errno = fd < 0 ? errno : ENOSPC; /* a part is too little */
	bool taken = fd >= 0 && write(fd, page, sizeof page) == sizeof page && fsync(fd) == 0;

	if (!taken)
		err_add(err, "%s: the journal's folder takes no lines: %s", path, strerror(errno));
	if (fd >= 0) {
		close(fd);
		unlink(name);
	}
	return taken;
}

bool journal_prepare(const char *path, struct err *err)
{
	AUTOFREE char *copy = mem_strdup(path);

	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(copy, 0750); /* one that cannot be made shows below */
		*p = '/';
	}
	if (mkdir(copy, 0750) < 0 && errno != EEXIST) {
		err_add(err, "%s: cannot make the journal's folder: %s", path, strerror(errno));
		return false;
	}
	if (access(path, W_OK | X_OK) < 0) {
		err_add(err, "%s: the journal's folder cannot be written: %s", path, strerror(errno));
		return false;
	}
	return takes_a_page(path, err);
}

struct journal *journal_open(const char *folder, int64_t retention_ms, struct err *err)
{
	if (!*folder) {
		err_add(err, "the journal's folder has no name");
		return NULL;
	}
	struct journal *j = mem_zero(sizeof *j);
	j->folder = mem_strdup(folder);
	j->retention_ms = retention_ms;
	j->last = &j->first;
	j->fd = -1;
	pthread_mutex_init(&j->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&j->filled, &monotonic);
	pthread_condattr_destroy(&monotonic);
	int failure = pthread_create(&j->thread, NULL, run_journal_writer, j);
	if (failure) {
		err_add(err, "%s: no thread for the journal: %s", folder, strerror(failure));
		free(j->folder);
		free(j->path);
		free(j);
		return NULL;
	}
	return j;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->closing = true;
	pthread_cond_signal(&j->filled);
	pthread_mutex_unlock(&j->lock);
	pthread_join(j->thread, NULL);
	packing_end(j->packing);
	if (j->fd >= 0)
		close(j->fd);
	pthread_cond_destroy(&j->filled);
	pthread_mutex_destroy(&j->lock);
	free(j->folder);
	free(j->path);
	free(j);
}

void journal_write(struct journal *j, struct str object, int64_t now_ms)
{
	struct line *l = line_new(object, now_ms);

	pthread_mutex_lock(&j->lock);
	if (j->bytes + l->n > QUEUE_BYTES_MAX) {
		j->lost++;
		free(l);
	} else {
		*j->last = l;
		j->last = &l->next;
		j->bytes += l->n;
		if (j->sleeps)
			pthread_cond_signal(&j->filled);
	}
	pthread_mutex_unlock(&j->lock);
}

uint64_t journal_lost(const struct journal *j)
{
	struct journal *own;

	memcpy(&own, &j, sizeof own); /* the lock is not part of what a reader sees */
	pthread_mutex_lock(&own->lock);
	uint64_t lost = own->lost;
	pthread_mutex_unlock(&own->lock);
	return lost;
}
