/* The database file as a file: owner, whereabouts, and aside with it. */
#include "store/sqlite_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/time.h"
#include "io/loop.h"

#define FOLDER_MODE 0750
#define FILE_MODE 0600
#define STAMP_MAX 32
#define SAME_SECOND_MAX 100
#define OWNER_LINE_MAX 64
#define LINKS_MAX 40 /* as the kernel */

/* Watched are the first three. A journal lies there only after a crash of somebody's shell, or of the making of the file. */
#define NAMES (SQLITE_FILE_PARTS + 1)
static const char *const suffixes[NAMES] = {"", "-wal", "-shm", "-journal"};
#define IN_THE_WAY ".in-the-way" /* what SQLite could take for the log of a file that was set aside */

/* ---- one owner ---- */

static enum sqlite_refusal refusal_of_errno(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOMEM: return SQLITE_PASSING;
	default: return SQLITE_UNREACHABLE;
	}
}

/* Each folder above the file, from the top. */
bool sqlite_file_make_folders(const char *path, enum sqlite_refusal *why, struct err *err)
{
	AUTOFREE char *folder = mem_strdup(path);
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, FOLDER_MODE) != 0 && errno != EEXIST) {
			*why = refusal_of_errno(errno);
			err_add(err, "%s: cannot create the folder %s: %s", path, folder, strerror(errno));
			return false;
		}
		*slash = '/';
	}
	return true;
}

/* An open and locked file; -1 with a line in `err`. `path` is what people call it. */
static int open_locked(const char *name, const char *path, enum sqlite_refusal *why, struct err *err)
{
	struct stat st;
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, FILE_MODE);
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) { /* a FIFO would stop whoever reads it */
		close(fd);
		*why = refusal_of_errno(EINVAL);
		err_add(err, "%s: cannot open: not a regular file", name);
		return -1;
	}
	if (fd < 0) {
		*why = refusal_of_errno(errno);
		err_add(err, "%s: cannot open: %s", name, strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	*why = errno == EWOULDBLOCK ? SQLITE_REFUSED : refusal_of_errno(errno);
	if (errno == EWOULDBLOCK)
		err_add(err, "%s: held by another process (it locks %s)", path, name);
	else
		err_add(err, "%s: cannot lock: %s", name, strerror(errno));
	close(fd);
	return -1;
}

/* Where a link points to, seen from where it stands. */
static char *symlink_target(const char *path)
{
	char text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof text - 1);
	if (n <= 0)
		return NULL;
	text[n] = '\0';
	const char *slash = strrchr(path, '/');
	if (text[0] == '/' || !slash)
		return mem_strdup(text);
	return mem_printf("%.*s/%s", (int)(slash - path), path, text);
}

char *sqlite_file_resolve(const char *path)
{
	char *name = mem_strdup(path);
	for (int i = 0; i < LINKS_MAX; i++) {
		char *next = symlink_target(name);
		if (!next)
			break;
		mem_cleanup(&name);
		name = next;
	}
	return name;
}

/* One that was made in the place of a lost file, when that was all that could be done any more. */
static bool take_fresh(const char *real, struct err *err)
{
	AUTOFREE char *fresh = mem_printf("%s" SQLITE_FILE_FRESH, real), *moved = NULL;
	return access(fresh, F_OK) != 0 || sqlite_file_renew(real, loop_wall_ms(), &moved, err);
}

static bool is_irregular(const char *name)
{
	struct stat st;
	return stat(name, &st) == 0 && !S_ISREG(st.st_mode);
}

/* A folder where SQLite wants a log is never gone by itself, and a FIFO would stop whoever opens it. */
static bool check_beside(const char *real, enum sqlite_refusal *why, struct err *err)
{
	for (int i = 1; i < NAMES; i++) {
		AUTOFREE char *name = mem_printf("%s%s", real, suffixes[i]);
		if (!is_irregular(name))
			continue;
		*why = SQLITE_DAMAGED;
		err_add(err, "%s: not a regular file", name);
		return false;
	}
	return true;
}

/* Somebody emptied it: SQLite would take it for a new one, and remove the log beside it, which may hold all. */
static bool check_filled(const struct sqlite_file *f, enum sqlite_refusal *why, struct err *err)
{
	struct stat st;
	if (f->made || fstat(f->fd, &st) != 0 || st.st_size > 0)
		return true;
	*why = SQLITE_DAMAGED;
	err_add(err, "%s: is there, and empty: no store leaves its file so (remove it to begin anew)", f->path);
	return false;
}

/*
 * The lock file has one line, "OWNER INODE". The owner is drawn by whoever is the first to hold it. In a copy of the folder
 * the inode is another one: the copy draws an owner of its own.
 */
static bool read_file_owner(int fd, unsigned long long inode, char owner[STORE_OWNER_MAX])
{
	char text[OWNER_LINE_MAX] = "";
	unsigned long long of;
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	return n > 0 && sscanf(text, "%12[0-9a-f] %llu", owner, &of) == 2 && strlen(owner) == STORE_OWNER_MAX - 1 &&
	       of == inode;
}

static bool write_file_owner(int fd, unsigned long long inode, char owner[STORE_OWNER_MAX])
{
	char drawn[HASH_ID_MAX], line[OWNER_LINE_MAX];
	memcpy(owner, hash_random_id(drawn), STORE_OWNER_MAX - 1);
	owner[STORE_OWNER_MAX - 1] = '\0';
	int n = snprintf(line, sizeof line, "%s %llu\n", owner, inode);
	return ftruncate(fd, 0) == 0 && pwrite(fd, line, (size_t)n, 0) == n && fsync(fd) == 0;
}

static void learn_owner(struct sqlite_file *f)
{
	struct stat st;
	if (fstat(f->path_lock, &st) != 0 ||
	    (!read_file_owner(f->path_lock, st.st_ino, f->owner) && !write_file_owner(f->path_lock, st.st_ino, f->owner)))
		f->owner[0] = '\0';
}

bool sqlite_file_claim(struct sqlite_file *f, const char *path, enum sqlite_refusal *why, struct err *err)
{
	char *real = sqlite_file_resolve(path);
	*f = (struct sqlite_file){.path = mem_strdup(path), .real = real, .fd = -1, .path_lock = -1};
	AUTOFREE char *lock = mem_printf("%s.lock", path);
	if (!sqlite_file_make_folders(path, why, err) || !sqlite_file_make_folders(real, why, err) ||
	    (f->path_lock = open_locked(lock, path, why, err)) < 0)
		return false;
	learn_owner(f);
	*why = SQLITE_PASSING;
	if (!take_fresh(real, err))
		return false;
	f->made = access(real, F_OK) != 0;
	if ((f->fd = open_locked(real, path, why, err)) < 0 || !check_filled(f, why, err) || !check_beside(real, why, err))
		return false;
	*why = SQLITE_NOT_REFUSED;
	return true;
}

/* Made, and never filled: the next one who comes is not to take it for one that was emptied. */
static void take_back_unfilled(const struct sqlite_file *f)
{
	struct stat ours, there;
	if (f->made && fstat(f->fd, &ours) == 0 && !ours.st_size && stat(f->real, &there) == 0 &&
	    there.st_ino == ours.st_ino && there.st_dev == ours.st_dev)
		unlink(f->real);
}

void sqlite_file_release(struct sqlite_file *f)
{
	take_back_unfilled(f);
	if (f->fd >= 0)
		close(f->fd);
	if (f->path_lock >= 0)
		close(f->path_lock);
	mem_cleanup(&f->path);
	mem_cleanup(&f->real);
	*f = (struct sqlite_file){.fd = -1, .path_lock = -1};
}

/* ---- whether it is still there ---- */

/* The database is looked for where it will be opened again, the others where SQLite has them. */
static int stat_part(const struct sqlite_file *f, int part, struct stat *st)
{
	char name[PATH_MAX];
	const char *base = part ? f->real : f->path;
	size_t n = strlen(base), m = strlen(suffixes[part]);
	if (n + m >= sizeof name) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, base, n);
	memcpy(name + n, suffixes[part], m + 1);
	return stat(name, st);
}

void sqlite_file_watch(struct sqlite_file *f)
{
	for (int i = 0; i < SQLITE_FILE_PARTS; i++) {
		struct stat st;
		bool there = stat_part(f, i, &st) == 0;
		f->device[i] = there ? st.st_dev : 0;
		f->inode[i] = there ? st.st_ino : 0;
		if (i == 0)
			f->size = there ? st.st_size : 0;
	}
	f->watched = true;
}

const char *sqlite_file_lost(struct sqlite_file *f)
{
	static const char *const gone[SQLITE_FILE_PARTS] = {"is gone", "has lost its write-ahead log (-wal)",
	                                                    "has lost its log's index (-shm)"};
	static const char *const other[SQLITE_FILE_PARTS] = {"has been replaced by another file",
	                                                     "has another file in the place of its write-ahead log (-wal)",
	                                                     "has another file in the place of its log's index (-shm)"};
	for (int i = 0; f->watched && i < SQLITE_FILE_PARTS; i++) {
		struct stat st;
		if (!f->inode[i])
			continue;
		if (stat_part(f, i, &st) != 0)
			return errno == ENOENT || errno == ENOTDIR ? gone[i] : NULL; /* else nobody can say */
		if (st.st_ino != f->inode[i] || st.st_dev != f->device[i])
			return other[i];
	}
	return NULL;
}

bool sqlite_file_taken(const struct sqlite_file *f)
{
	struct stat there, ours;
	int fd = -1;
	if (stat(f->path, &there) == 0 && fstat(f->fd, &ours) == 0 &&
	    (there.st_ino != ours.st_ino || there.st_dev != ours.st_dev))
		fd = open(f->path, O_RDWR | O_CLOEXEC);
	bool taken = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	if (fd >= 0)
		close(fd);
	return taken;
}

bool sqlite_file_shrunk(struct sqlite_file *f)
{
	struct stat st;
	if (!f->watched || fstat(f->fd, &st) != 0)
		return false;
	bool shrunk = st.st_size < f->size;
	f->size = st.st_size;
	return shrunk;
}

/* ---- aside ---- */

static void sync_folder_of(const char *path)
{
	AUTOFREE char *folder = mem_strdup(path);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return; /* the file has its name all the same; a power cut may take that back */
	fsync(fd);
	close(fd);
}

/* How many were put aside before and are still there. */
static size_t count_aside(const char *path, const char *why)
{
	AUTOFREE char *folder = mem_strdup(path), *prefix = NULL;
	char *slash = strrchr(folder, '/');
	prefix = mem_printf("%s.%s-", slash ? slash + 1 : folder, why);
	if (slash)
		slash[slash == folder] = '\0';
	DIR *dir = opendir(slash ? folder : ".");
	size_t n = 0;
	for (struct dirent *e; dir && (e = readdir(dir));)
		n += strncmp(e->d_name, prefix, strlen(prefix)) == 0 && !strstr(e->d_name, "-wal") &&
		     !strstr(e->d_name, "-shm") && !strstr(e->d_name, "-journal");
	if (dir)
		closedir(dir);
	return n;
}

/* A name that nothing has yet. */
static char *name_aside(const char *path, const char *why, int64_t now)
{
	char stamp[STAMP_MAX];
	time_t seconds = (time_t)(now / TIME_SECOND);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H%M%SZ", &tm);
	char *name = mem_printf("%s.%s-%s", path, why, stamp);
	for (int i = 2; access(name, F_OK) == 0 && i < SAME_SECOND_MAX; i++) {
		mem_cleanup(&name);
		name = mem_printf("%s.%s-%s.%d", path, why, stamp, i);
	}
	return name;
}

static bool move_part(const char *path, const char *to, int part, bool *any, struct err *err)
{
	AUTOFREE char *old = mem_printf("%s%s", path, suffixes[part]);
	const char *end = part && is_irregular(old) ? IN_THE_WAY : "";
	AUTOFREE char *new = mem_printf("%s%s%s", to, suffixes[part], end);
	if (rename(old, new) == 0)
		*any = true;
	else if (errno != ENOENT && errno != ENOTDIR)
		err_add(err, "%s: cannot be set aside as %s: %s", old, new, strerror(errno));
	return !err_any(err);
}

/* The log first: a database without its log is an older one, a log without its database would be taken for the next one's. */
bool sqlite_file_set_aside(const char *real, const char *why, int64_t now, char **moved, struct err *err)
{
	bool any = false;
	*moved = NULL;
	if (count_aside(real, why) >= SQLITE_FILES_ASIDE_MAX) {
		err_add(err, "%s: %d files were set aside already (%s.%s-…); look at the disk, and remove them", real,
		        SQLITE_FILES_ASIDE_MAX, real, why);
		return false;
	}
	char *to = name_aside(real, why, now);
	for (int i = NAMES - 1; i >= 0; i--)
		if (!move_part(real, to, i, &any, err))
			break;
	if (any && !err_any(err)) {
		sync_folder_of(real);
		*moved = to;
	} else {
		mem_cleanup(&to);
	}
	return !err_any(err);
}

bool sqlite_file_put_in_place(const char *from, const char *to, struct err *err)
{
	int fd = open(from, O_RDWR | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0 && rename(from, to) == 0;
	if (!done)
		err_add(err, "%s: cannot take the place of %s: %s", from, to, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (done)
		sync_folder_of(to);
	return done;
}

bool sqlite_file_renew(const char *real, int64_t now, char **moved, struct err *err)
{
	AUTOFREE char *fresh = mem_printf("%s" SQLITE_FILE_FRESH, real);
	return sqlite_file_set_aside(real, "lost", now, moved, err) && sqlite_file_put_in_place(fresh, real, err);
}
