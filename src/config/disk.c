/* Files, globs and writes on the disk, each bounded. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/confinement.h"

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define AUTOFD __attribute__((cleanup(close_fd)))

static bool read_descriptor(int fd, struct buf *b)
{
	char block[16384];
	for (;;) {
		ssize_t n = read(fd, block, sizeof block);
		if (n > 0)
			buf_add(b, (struct str){block, (size_t)n});
		else if (n == 0 || errno != EINTR)
			return n == 0;
		if (!buf_ok(b))
			return true;
	}
}

bool disk_read(struct arena *arena, const char *path, size_t most, struct str *out, const char **why)
{
	/* O_NONBLOCK: opening a FIFO that nobody writes to must not hang a reload */
	AUTOFD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int failed = errno;
	struct stat st;
	confinement_note(path);
	AUTOBUF struct buf b;
	buf_init(&b, most);
	*why = NULL;
	if (fd < 0)
		*why = confinement_error(failed);
	else if (fstat(fd, &st) != 0)
		*why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "not a regular file";
	else if (!read_descriptor(fd, &b))
		*why = strerror(errno);
	else if (!buf_ok(&b))
		*why = arena_printf(arena, "larger than %zu bytes", most);
	if (*why)
		return false;
	*out = arena_str(arena, buf_str(&b));
	return true;
}

static bool is_folder(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Takes the last component off "a/b"; false where that would change the meaning. */
static bool go_to_parent(struct buf *b)
{
	ptrdiff_t slash = (ptrdiff_t)b->n - 1;
	while (slash >= 0 && b->p[slash] != '/')
		slash--;
	const char *last = b->p + slash + 1;
	if (b->n == 0 || !*last || !strcmp(last, "..") || !is_folder(b->p))
		return false;
	b->n = slash > 0 ? (size_t)slash : slash == 0 ? 1 : 0;
	b->p[b->n] = '\0';
	return true;
}

struct str disk_tidy(struct arena *arena, const char *path)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	if (*path == '/')
		buf_add_char(&b, '/');
	while (*path) {
		size_t n = strcspn(path, "/");
		struct str part = {path, n};
		path += n + (path[n] == '/');
		if (n == 0 || str_eq_c(part, ".") || (str_eq_c(part, "..") && go_to_parent(&b)))
			continue;
		if (b.n && b.p[b.n - 1] != '/')
			buf_add_char(&b, '/');
		buf_add(&b, part);
	}
	if (!b.n)
		buf_add_char(&b, '.');
	return arena_str(arena, buf_str(&b));
}

bool disk_is_pattern(struct str path)
{
	return str_index(path, '*') >= 0 || str_index(path, '?') >= 0 || str_index(path, '[') >= 0;
}

static int glob_error(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

bool disk_glob(struct arena *arena, struct str dir, struct str pattern, struct strs *out, const char **why)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < dir.n; i++) {
		if (strchr("*?[\\", dir.p[i]))
			buf_add_char(&b, '\\');
		buf_add_char(&b, dir.p[i]);
	}
	buf_add(&b, pattern);
	glob_t found;
	errno = 0;
	int result = glob(b.p, 0, glob_error, &found);
	*out = (struct strs){NULL, 0};
	confinement_note(b.p);
	if (result == GLOB_NOMATCH)
		return true;
	if (result != 0) {
		*why = errno ? confinement_error(errno) : "cannot be searched";
		return false;
	}
	out->v = arena_alloc(arena, found.gl_pathc * sizeof *out->v);
	for (size_t i = 0; i < found.gl_pathc; i++)
		out->v[out->n++] = disk_tidy(arena, found.gl_pathv[i]);
	globfree(&found);
	return true;
}

static bool write_bytes(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno != EINTR)
			return false;
		bytes = str_slice(bytes, n > 0 ? (size_t)n : 0, bytes.n);
	}
	return true;
}

/* The new name is durable only once the folder is. */
static bool sync_folder(const char *path)
{
	AUTOFREE char *folder = mem_strdup(path);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	AUTOFD int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0;
}

bool disk_write(const char *path, struct str bytes, struct err *err)
{
	AUTOFREE char *temporary = mem_printf("%s.XXXXXX", path);
	AUTOFD int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
	if (fd < 0) {
		err_add(err, "%s: cannot be written: %s", path, strerror(errno));
		return false;
	}
	if (write_bytes(fd, bytes) && fsync(fd) == 0 && rename(temporary, path) == 0 && sync_folder(path))
		return true;
	err_add(err, "%s: cannot be written: %s", path, strerror(errno));
	unlink(temporary); /* gone already where only the last step failed */
	return false;
}
