/* Fetches the journal files of several daemons, each once, in pieces. */
#include "ctl/journal_fetch.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "service/journal_files.h"

#define DAY_TEXT 10 /* YYYY-MM-DD */

struct fetching {
	struct ctl *ctl;
	const char *url, *folder;
	int64_t from;
	struct err *err;
};

static bool is_wanted_day(const struct fetching *f, struct str name)
{
	int64_t day;

	return journal_file_valid(name) && time_parse_wall(str_slice(name, 0, DAY_TEXT), &day) && day + TIME_DAY > f->from;
}

/* A piece of it; `more`: it is not the last one. */
static bool fetch_piece(struct fetching *f, struct str name, int64_t offset, FILE *to, size_t *got)
{
	AUTOBUF struct buf piece;
	AUTOFREE char *path = mem_printf("/api/v1/journal/%.*s?offset=%" PRId64, STR_ARG(name), offset);

	buf_init(&piece, JOURNAL_PIECE);
	*got = 0;
	if (!remote_fetch(f->ctl, f->url, path, &piece))
		return false;
	*got = piece.n;
	if (!piece.n || fwrite(piece.p, 1, piece.n, to) == piece.n)
		return true;
	err_add(f->err, "%s/%.*s: %s", f->folder, STR_ARG(name), strerror(errno));
	return false;
}

static bool fetch_file(struct fetching *f, struct str name)
{
	AUTOFREE char *path = mem_printf("%s/%.*s", f->folder, STR_ARG(name));
	FILE *to = fopen(path, "wbx");
	int64_t offset = 0;
	size_t got = 1;
	bool good = to != NULL;

	for (; good && got; offset += (int64_t)got)
		good = fetch_piece(f, name, offset, to, &got);
	if (!to || fclose(to) != 0) {
		err_add(f->err, "%s: %s", path, strerror(errno));
		return false;
	}
	return good;
}

static bool lists_file(const json_t *files, struct str name)
{
	const json_t *file;
	size_t i;

	json_array_foreach(files, i, file) if (str_eq(json_text(file, "name"), name)) return true;
	return false;
}

/* Of a day that is there as it is and packed, as between two steps of packing, the first is the whole. */
static bool is_double(const json_t *files, struct str name)
{
	return str_ends(name, STR(".gz")) && lists_file(files, str_slice(name, 0, name.n - 3));
}

static bool fetch_journal(struct fetching *f)
{
	json_t *data = remote_call_at(f->ctl, f->url, "/api/v1/journal", (struct str){NULL, 0});
	const json_t *files = json_object_get(data, "files"), *file;
	bool good = data != NULL;
	size_t i;

	json_array_foreach(files, i, file)
	{
		struct str name = json_text(file, "name");
		if (good && is_wanted_day(f, name) && !is_double(files, name))
			good = fetch_file(f, name);
	}
	json_decref(data);
	return good;
}

bool journal_fetch(struct ctl *c, const char *const *urls, size_t count, int64_t from, struct journal_copies *out,
                   struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	AUTOFREE char *pattern = mem_printf("%s/runbookctl-XXXXXX", tmp && *tmp ? tmp : P_tmpdir);

	*out = (struct journal_copies){0};
	if (!mkdtemp(pattern)) {
		err_add(err, "%s: %s", pattern, strerror(errno));
		return false;
	}
	out->folder = mem_strdup(pattern);
	out->folders.v = arena_alloc(c->arena, (count + 1) * sizeof *out->folders.v);
	for (size_t i = 0; i < count; i++) {
		const char *folder = arena_printf(c->arena, "%s/%zu", pattern, i);
		size_t n = strlen(urls[i]);
		while (n && urls[i][n - 1] == '/')
			n--;
		struct fetching f = {c, arena_cstr(c->arena, (struct str){urls[i], n}), folder, from, err};
		if (mkdir(folder, 0700) < 0) {
			err_add(err, "%s: %s", folder, strerror(errno));
			return false;
		}
		out->folders.v[out->folders.n++] = str_c(folder);
		if (!fetch_journal(&f))
			return false;
	}
	return true;
}

static void remove_files(const char *folder)
{
	DIR *dir = opendir(folder);

	for (struct dirent *d; dir && (d = readdir(dir));)
		if (d->d_name[0] != '.')
			unlinkat(dirfd(dir), d->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(folder);
}

void journal_copies_remove(struct journal_copies *copies)
{
	for (size_t i = 0; i < copies->folders.n; i++)
		remove_files(copies->folders.v[i].p);
	if (copies->folder)
		rmdir(copies->folder);
	free(copies->folder);
	*copies = (struct journal_copies){0};
}
