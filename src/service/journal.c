#include "service/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"

/* What waits for the disk; beyond, lines are lost and counted. */
#define QUEUE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define DAY_MAX 11 /* YYYY-MM-DD and NUL */
#define SUFFIX ".jsonl"

struct line {
	struct line *next;
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
	struct line *first, **last; /* under the lock, as are the next three */
	size_t bytes;
	uint64_t lost;
	bool closing;
	/* of the thread */
	int fd;
	int64_t day;
	bool torn;    /* the last line has no end: the next one begins on a new line */
	bool failing; /* said so already */
};

static char *day_name(int64_t day, char out[DAY_MAX])
{
	time_t seconds = (time_t)(day * (TIME_DAY / TIME_SECOND));
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(out, DAY_MAX, "%Y-%m-%d", &tm);
	return out;
}

/* ---- the thread's part ---- */

static bool is_old(const char *name, int64_t oldest_day)
{
	char oldest[DAY_MAX];
	size_t n = strlen(name);

	if (n != DAY_MAX - 1 + strlen(SUFFIX) || strcmp(name + DAY_MAX - 1, SUFFIX) != 0)
		return false;
	for (size_t i = 0; i < DAY_MAX - 1; i++) {
		bool dash = i == 4 || i == 7;
		if (dash ? name[i] != '-' : name[i] < '0' || name[i] > '9')
			return false;
	}
	return strncmp(name, day_name(oldest_day, oldest), DAY_MAX - 1) < 0;
}

static void delete_old(struct journal *j, int64_t today)
{
	DIR *dir = opendir(j->folder);

	if (!dir)
		return; /* writing fails too, and says so */
	for (struct dirent *e; (e = readdir(dir));) {
		if (is_old(e->d_name, today - j->retention_ms / TIME_DAY))
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	closedir(dir);
}

static void failed(struct journal *j, const char *what)
{
	if (!j->failing)
		LOG(LOG_WARN, "The decision journal cannot be written", LOG_S("folder", j->folder), LOG_S("what", what),
		    LOG_S("error", strerror(errno)));
	j->failing = true;
}

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
	char name[DAY_MAX];

	return mem_printf("%s/%s" SUFFIX, j->folder, day_name(day, name));
}

/* Somebody has moved it away, or removed it: what is written to it would go with it. */
static void leave_moved(struct journal *j)
{
	AUTOFREE char *path = day_path(j, j->day);
	struct stat there, ours;

	if (j->fd < 0 || (stat(path, &there) == 0 && fstat(j->fd, &ours) == 0 && there.st_ino == ours.st_ino &&
	                  there.st_dev == ours.st_dev))
		return;
	close(j->fd);
	j->fd = -1;
}

static bool open_day(struct journal *j, int64_t day)
{
	AUTOFREE char *path = day_path(j, day);

	if (j->fd >= 0 && j->day == day)
		return true;
	if (j->fd >= 0)
		close(j->fd);
	j->fd = open_day_file(j, path);
	if (j->fd < 0) {
		failed(j, "open");
		return false;
	}
	j->torn = ends_torn(j->fd);
	if (day > j->day)
		delete_old(j, day);
	j->day = day;
	return true;
}

static bool write_all(struct journal *j, const char *p, size_t n)
{
	while (n) {
		ssize_t written = write(j->fd, p, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			failed(j, "write");
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
	if (j->torn && !write_all(j, "\n", 1))
		return false;
	j->torn = false;
	if (!write_all(j, l->bytes, l->n))
		return false;
	if (j->failing)
		LOG(LOG_INFO, "The decision journal is written again", LOG_S("folder", j->folder));
	j->failing = false;
	return true;
}

static uint64_t write_lines(struct journal *j, struct line *l)
{
	uint64_t lost = 0;

	leave_moved(j);
	while (l) {
		struct line *next = l->next;
		if (!open_day(j, l->day) || !write_line(j, l))
			lost++;
		free(l);
		l = next;
	}
	return lost;
}

static void *run(void *arg)
{
	struct journal *j = arg;

	pthread_mutex_lock(&j->lock);
	for (;;) {
		while (!j->first && !j->closing)
			pthread_cond_wait(&j->filled, &j->lock);
		struct line *lines = j->first;
		if (!lines)
			break;
		j->first = NULL;
		j->last = &j->first;
		j->bytes = 0;
		pthread_mutex_unlock(&j->lock);
		uint64_t lost = write_lines(j, lines);
		pthread_mutex_lock(&j->lock);
		j->lost += lost;
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* ---- the loop's part ---- */

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
	return true;
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
	pthread_cond_init(&j->filled, NULL);
	int failure = pthread_create(&j->thread, NULL, run, j);
	if (failure) {
		err_add(err, "%s: no thread for the journal: %s", folder, strerror(failure));
		free(j->folder);
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
	if (j->fd >= 0)
		close(j->fd);
	pthread_cond_destroy(&j->filled);
	pthread_mutex_destroy(&j->lock);
	free(j->folder);
	free(j);
}

static struct line *line_new(struct str object, int64_t now_ms)
{
	struct line *l = mem_alloc(sizeof *l + object.n + 1);

	l->next = NULL;
	l->day = now_ms / TIME_DAY;
	l->n = object.n + 1;
	memcpy(l->bytes, object.p, object.n);
	l->bytes[object.n] = '\n';
	return l;
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
