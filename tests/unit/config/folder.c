#include "folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void must_or_abort(bool ok, const char *what, const char *path)
{
	if (ok)
		return;
	perror(path);
	fprintf(stderr, "cannot %s\n", what);
	abort();
}

void folder_init(struct folder *f)
{
	const char *base = getenv("TMPDIR");
	f->path = mem_printf("%s/runbookd-test-XXXXXX", base && *base ? base : P_tmpdir);
	must_or_abort(mkdtemp(f->path) != NULL, "make a folder", f->path);
}

static int remove_folder_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void folder_release(struct folder *f)
{
	must_or_abort(nftw(f->path, remove_folder_entry, 16, FTW_DEPTH | FTW_PHYS) == 0, "remove", f->path);
	free(f->path);
}

char *folder_path(const struct folder *f, const char *name)
{
	return mem_printf("%s/%s", f->path, name);
}

static char *prepare_path(const struct folder *f, const char *name)
{
	char *path = folder_path(f, name);
	for (char *slash = path + strlen(f->path) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	return path;
}

void folder_write(const struct folder *f, const char *name, const char *text)
{
	AUTOFREE char *path = prepare_path(f, name);
	FILE *out = fopen(path, "w");
	must_or_abort(out && fputs(text, out) >= 0 && fclose(out) == 0, "write", path);
}

void folder_link(const struct folder *f, const char *name, const char *target)
{
	AUTOFREE char *path = prepare_path(f, name);
	must_or_abort(symlink(target, path) == 0, "link", path);
}
