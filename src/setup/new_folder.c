/* Makes a new folder with its secrets, readable for their owner only. */
#include "setup/new_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "setup/file.h"

static bool make_one(const char *path, mode_t mode, struct err *err)
{
	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return true;
	err_add(err, "%s: %s", path, strerror(errno));
	return false;
}

/* Only its owner may read it, from the first byte on. */
static bool put_secret(const char *folder, const struct new_secret *s, struct err *err)
{
	AUTOFREE char *path = mem_printf("%s/%.*s", folder, STR_ARG(s->path));
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool written = fd >= 0 && write(fd, s->value.n ? s->value.p : "", s->value.n) == (ssize_t)s->value.n;

	if (!written)
		err_add(err, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
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

bool new_folder_make(const char *folder, const struct new_secret *secrets, size_t count, struct err *err)
{
	AUTOFREE char *rules = mem_printf("%s/rules", folder);
	AUTOFREE char *hidden = mem_printf("%s/secrets", folder);
	bool ok = make_one(folder, 0755, err) && is_free(folder, err) && make_one(rules, 0755, err) &&
	          (!count || make_one(hidden, 0700, err));

	for (size_t i = 0; ok && i < count; i++)
		ok = put_secret(folder, &secrets[i], err);
	return ok;
}

bool new_folder_put(const char *folder, const char *name, struct str text, struct err *err)
{
	AUTOFREE char *path = mem_printf("%s/%s", folder, name);
	return file_write(path, text, err);
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
