/* Lists the journal's files and reads pieces of them. */
#include "service/journal_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/mem.h"

#define DAY_FORM "dddd-dd-dd"
#define FILES_MOST 10000

bool journal_file_valid(struct str name)
{
	const size_t day = sizeof DAY_FORM - 1;

	if (name.n < day)
		return false;
	for (size_t i = 0; i < day; i++)
		if (DAY_FORM[i] == 'd' ? name.p[i] < '0' || name.p[i] > '9' : name.p[i] != DAY_FORM[i])
			return false;
	struct str ending = str_slice(name, day, name.n);
	return str_eq_c(ending, ".jsonl") || str_eq_c(ending, ".jsonl.gz");
}

static int is_journal_file(const struct dirent *d)
{
	return journal_file_valid(str_c(d->d_name));
}

static void put_file(struct buf *out, int folder, const char *name)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return; /* it has gone since, or is none */
	json_put_open(out, '{');
	json_put_name(out, STR("name"));
	json_put_text(out, str_c(name));
	json_put_name(out, STR("bytes"));
	json_put_integer(out, (int64_t)st.st_size);
	json_put_close(out, '}');
}

bool journal_files_list(const char *folder, struct buf *out, struct err *err)
{
	struct dirent **found = NULL;
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = dir < 0 ? -1 : scandirat(dir, ".", &found, is_journal_file, alphasort);

	if (n < 0)
		err_add(err, "%s: %s", folder, strerror(errno));
	json_put_open(out, '[');
	for (int i = 0; i < n; i++) {
		if (i >= n - FILES_MOST)
			put_file(out, dir, found[i]->d_name);
		free(found[i]);
	}
	json_put_close(out, ']');
	free(found);
	if (dir >= 0)
		close(dir);
	return n >= 0;
}

static bool read_journal_piece(int fd, int64_t offset, struct buf *out)
{
	AUTOFREE char *bytes = mem_alloc(JOURNAL_PIECE);
	size_t have = 0;

	while (have < JOURNAL_PIECE) {
		ssize_t n = pread(fd, bytes + have, JOURNAL_PIECE - have, (off_t)(offset + (int64_t)have));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	buf_add(out, (struct str){bytes, have});
	return true;
}

bool journal_file_read(const char *folder, struct str name, int64_t offset, struct buf *out, struct err *err)
{
	AUTOFREE char *path = mem_printf("%s/%.*s", folder, STR_ARG(name));
	int fd = journal_file_valid(name) ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
	struct stat st;
	bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read_journal_piece(fd, offset, out);

	if (!good)
		err_add(err, "%.*s: %s", STR_ARG(name),
		        fd < 0 && errno == ENOENT ? "there is no such file" : "it cannot be read");
	if (fd >= 0)
		close(fd);
	return good;
}
