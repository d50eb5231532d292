/* Writes the journal on a thread, begins a file each day, and packs and deletes old ones. */
#include "service/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"

/* What waits for the disk; beyond, lines are lost and counted. */
#define QUEUE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define DAY_MAX 11 /* YYYY-MM-DD and NUL */
#define SUFFIX ".jsonl"
#define PACKED ".gz"

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
	struct line *first, **last; /* under the lock, as are the next three */
	size_t bytes;
	uint64_t lost;
	bool closing;
	/* of the thread */
	int fd;
	int64_t day;
	char *path;    /* of the file that is open */
	bool torn;     /* the last line has no end: the next one begins on a new line */
	bool failing;  /* said so already */
	uint64_t told; /* of the lost lines, those that the journal itself tells of */
	struct packing *packing;
	bool packed_all; /* no file of an earlier day is left to be packed */
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

static bool is_day_file(const char *name)
{
	for (size_t i = 0; i < DAY_MAX - 1; i++) {
		bool dash = i == 4 || i == 7;
		if (dash ? name[i] != '-' : name[i] < '0' || name[i] > '9')
			return false;
	}
	return true;
}

static bool is_before(const char *name, int64_t day)
{
	char text[DAY_MAX];
	return strncmp(name, day_name(day, text), DAY_MAX - 1) < 0;
}

static bool is_plain_file(const char *name)
{
	return is_day_file(name) && !strcmp(name + DAY_MAX - 1, SUFFIX);
}

static bool is_old(const char *name, int64_t oldest_day)
{
	return (is_plain_file(name) || (is_day_file(name) && !strcmp(name + DAY_MAX - 1, SUFFIX PACKED))) &&
	       is_before(name, oldest_day);
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

static void note_journal_failure(struct journal *j, const char *what)
{
	if (!j->failing)
		LOG(LOG_WARN, "The decision journal cannot be written", LOG_S("folder", j->folder), LOG_S("what", what),
		    LOG_S("error", strerror(errno)));
	j->failing = true;
}

/* ---- packing ---- */

/* A file of an earlier day that is not packed yet; NULL: none. */
static char *find_closed(struct journal *j)
{
	DIR *dir = opendir(j->folder);
	char *found = NULL;

	for (struct dirent *e; dir && !found && (e = readdir(dir));) {
		if (!is_plain_file(e->d_name) || !is_before(e->d_name, j->day))
			continue;
		AUTOFREE char *packed = mem_printf("%s/%s" PACKED, j->folder, e->d_name);
		if (access(packed, F_OK) < 0)
			found = mem_printf("%s/%s", j->folder, e->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void begin_packing(struct journal *j)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = find_closed(j);

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
	char name[DAY_MAX];

	return mem_printf("%s/%s" SUFFIX, j->folder, day_name(day, name));
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
	delete_old(j, j->day);
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

/* `lost_before`: how many were lost since it was opened. */
static uint64_t write_lines(struct journal *j, struct line *l, uint64_t lost_before)
{
	uint64_t lost = 0;

	leave_moved(j);
	while (l) {
		struct line *next = l->next;
		if (!open_day(j, l->day) || !write_lost(j, l->at, lost_before + lost) || !write_line(j, l))
			lost++;
		free(l);
		l = next;
	}
	return lost;
}

static void *run_journal_writer(void *arg)
{
	struct journal *j = arg;

	pthread_mutex_lock(&j->lock);
	for (;;) {
		while (!j->first && !j->closing && !j->packing)
			pthread_cond_wait(&j->filled, &j->lock);
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
