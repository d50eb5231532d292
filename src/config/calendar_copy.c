/* The last good copies of calendars that are polled: one file each, beside the store's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "disk.h"
#include "load.h"

#define HEADER "runbookd calendar 1"

static const char *calendar_copy_path(const struct config *c, const struct schedule *s, struct arena *arena)
{
	char hex[HASH_HEX_MAX];
	struct str folder = c->store.sqlite_path;
	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	return arena_printf(arena, "%.*scalendar-%.16s.ics", STR_ARG(folder), hash_sha256(s->name, hex));
}

static struct str take_copy_line(struct str *s)
{
	ptrdiff_t end = str_index(*s, '\n');
	struct str line = str_slice(*s, 0, end < 0 ? s->n : (size_t)end);
	*s = str_slice(*s, end < 0 ? s->n : (size_t)end + 1, s->n);
	return line;
}

/* A file that was cut off by a crash does not have the digest that it says. */
static bool read_copy(struct str bytes, struct str url, struct calendar_copy *out)
{
	char of_url[HASH_HEX_MAX], of_text[HASH_HEX_MAX];
	if (!str_eq_c(take_copy_line(&bytes), HEADER))
		return false;
	struct str said_url = take_copy_line(&bytes), said_text = take_copy_line(&bytes);
	out->etag = take_copy_line(&bytes);
	out->text = bytes;
	return str_eq_c(said_url, hash_sha256(url, of_url)) && str_eq_c(said_text, hash_sha256(out->text, of_text));
}

bool calendar_copy_read(const struct config *c, const struct schedule *s, struct str url, struct arena *arena,
                        struct calendar_copy *out)
{
	const char *path = calendar_copy_path(c, s, arena), *why;
	struct stat st;
	struct str bytes;
	*out = (struct calendar_copy){0};
	if (stat(path, &st) != 0 || !disk_read(arena, path, CALENDAR_BYTES_MAX + 64 * 1024, &bytes, &why))
		return false;
	out->fetched_at = st.st_mtim.tv_sec * TIME_SECOND + st.st_mtim.tv_nsec / 1000000;
	return read_copy(bytes, url, out);
}

/* Not synced: whoever is on call is not lost with it, the URL says it again. */
static bool write_file(const char *path, struct str head, struct str text)
{
	AUTOFREE char *temporary = mem_printf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return false;
	bool ok = fwrite(head.p, 1, head.n, f) == head.n && fwrite(text.p, 1, text.n, f) == text.n;
	ok = fclose(f) == 0 && ok && rename(temporary, path) == 0;
	if (!ok)
		unlink(temporary);
	return ok;
}

bool calendar_copy_write(const struct config *c, const struct schedule *s, struct str url,
                         const struct calendar_copy *copy, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	const char *path = calendar_copy_path(c, s, arena);
	char of_url[HASH_HEX_MAX], of_text[HASH_HEX_MAX];
	bool plain = str_index(copy->etag, '\n') < 0;
	const char *head =
		arena_printf(arena, HEADER "\n%s\n%s\n%.*s\n", hash_sha256(url, of_url), hash_sha256(copy->text, of_text),
	                 (int)(plain ? copy->etag.n : 0), plain && copy->etag.n ? copy->etag.p : "");
	if (write_file(path, str_c(head), copy->text))
		return true;
	err_add(err, "%s: cannot be written: %s", path, strerror(errno));
	return false;
}

void calendar_copy_confirm(const struct config *c, const struct schedule *s, int64_t now)
{
	AUTOARENA struct arena *arena = arena_new();
	struct timespec at = {.tv_sec = now / TIME_SECOND, .tv_nsec = now % TIME_SECOND * 1000000};
	const struct timespec times[] = {at, at};
	utimensat(AT_FDCWD, calendar_copy_path(c, s, arena), times, 0);
}
