/* Reads and writes small files. */
#include "setup/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void close_file(FILE **f)
{
	if (*f && *f != stdin)
		fclose(*f);
}

bool file_read(const char *path, struct buf *out, struct err *err)
{
	__attribute__((cleanup(close_file))) FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char chunk[16 * 1024];
	size_t n;

	if (!f) {
		err_add(err, "%s: %s", path, strerror(errno));
		return false;
	}
	while (buf_ok(out) && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, (struct str){chunk, n});
	if (ferror(f))
		err_add(err, "%s: %s", path, strerror(errno));
	else if (!buf_ok(out))
		err_add(err, "%s: more than %zu bytes", path, out->ceiling);
	return !ferror(f) && buf_ok(out);
}

bool file_write(const char *path, struct str text, struct err *err)
{
	FILE *f = fopen(path, "wb");
	bool written = f && fwrite(text.p, 1, text.n, f) == text.n;

	if (f && fclose(f) != 0)
		written = false;
	if (!written)
		err_add(err, "%s: %s", path, strerror(errno));
	return written;
}

const char *file_config_default(void)
{
	static const char *const places[] = {"config/runbookd.yml", "runbookd.yml", "/etc/runbookd/runbookd.yml"};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (access(places[i], F_OK) == 0)
			return places[i];
	return places[0];
}
