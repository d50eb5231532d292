/* Makes a new folder with its secrets, readable for their owner only. */
#include "setup/new_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static void remember(struct new_folder *f, const char *path)
{
	MEM_ROOM(f->made, f->count, f->capacity);
	f->made[f->count++] = mem_strdup(path);
}

static bool make_one(struct new_folder *f, const char *path, mode_t mode, struct err *err)
{
	if (mkdir(path, mode) == 0)
		remember(f, path);
	else if (errno != EEXIST) {
		err_add(err, "%s: %s", path, strerror(errno));
		return false;
	}
	return true;
}

static bool write_every_byte(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = str_slice(text, (size_t)n, text.n);
	}
	return true;
}

/* Of one that only its owner may read no byte is there before that holds. */
static bool put_one(struct new_folder *f, struct str name, struct str text, mode_t mode, struct err *err)
{
	AUTOFREE char *path = mem_printf("%s/%.*s", f->folder, STR_ARG(name));
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	bool made = fd >= 0;

	if (made)
		remember(f, path);
	bool written = made && write_every_byte(fd, text);
	if (made && close(fd) != 0)
		written = false;
	if (!made && errno == EEXIST)
		err_add(err, "%s is there already: name an empty folder", path);
	else if (!written)
		err_add(err, "%s: %s", path, strerror(errno));
	return written;
}

static bool is_free(const char *folder, struct err *err)
{
	AUTOFREE char *path = mem_printf("%s/" NEW_CONFIG, folder);
	if (access(path, F_OK) != 0)
		return true;
	err_add(err, "%s is there already: name an empty folder", path);
	return false;
}

bool new_folder_make(struct new_folder *f, const char *folder, const struct new_secret *secrets, size_t count,
                     struct err *err)
{
	AUTOFREE char *rules = mem_printf("%s/rules", folder);
	AUTOFREE char *hidden = mem_printf("%s/secrets", folder);

	*f = (struct new_folder){.folder = folder};
	bool ok = make_one(f, folder, 0755, err) && is_free(folder, err) && make_one(f, rules, 0755, err) &&
	          (!count || make_one(f, hidden, 0700, err));

	for (size_t i = 0; ok && i < count; i++)
		ok = put_one(f, secrets[i].path, secrets[i].value, 0600, err);
	return ok;
}

bool new_folder_put(struct new_folder *f, const char *name, struct str text, struct err *err)
{
	return put_one(f, str_c(name), text, 0666, err);
}

void new_folder_end(struct new_folder *f, bool keep)
{
	for (size_t i = f->count; i-- > 0;) {
		if (!keep)
			remove(f->made[i]); /* a folder that somebody else has put something into stays */
		free(f->made[i]);
	}
	mem_cleanup(&f->made);
}

char *new_secret_path(struct str name, struct str option)
{
	char *path = mem_printf("secrets/%.*s.%.*s", STR_ARG(name), STR_ARG(option));

	for (char *p = path + sizeof "secrets/" - 1; *p; p++) {
		bool plain =
			(*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '.' || *p == '_';
		if (!plain)
			*p = '-';
	}
	return path;
}
