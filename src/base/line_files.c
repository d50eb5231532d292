/* Which files a pattern leads to: what lines.c reads, as people name it. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/lines.h"
#include "base/mem.h"

struct line_files {
	struct arena *arena;
	struct strs *out;
	size_t capacity;
};

static void keep_line_file(struct line_files *f, const char *path)
{
	f->out->v = arena_room(f->arena, f->out->v, f->out->n, &f->capacity, sizeof *f->out->v);
	f->out->v[f->out->n++] = str_c(arena_cstr(f->arena, str_c(path)));
}

static int is_of_lines(const struct dirent *entry)
{
	struct str name = str_c(entry->d_name);
	return name.p[0] != '.' && (str_ends(name, STR(".jsonl")) || str_ends(name, STR(".jsonl.gz")));
}

/* In the order of their names, which for a journal is that of its days. */
static bool keep_folder(struct line_files *f, const char *path, struct err *err)
{
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, is_of_lines, alphasort);

	if (n < 0) {
		err_add(err, "%s: %s", path, strerror(errno));
		return false;
	}
	for (int i = 0; i < n; i++) {
		keep_line_file(f, arena_printf(f->arena, "%s/%s", path, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	return true;
}

static bool keep_path(struct line_files *f, const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return keep_folder(f, path, err);
	keep_line_file(f, path);
	return true;
}

bool lines_find(struct arena *arena, const char *pattern, struct strs *out, struct err *err)
{
	struct line_files f = {.arena = arena, .out = out};
	struct stat st;
	glob_t found;
	bool good = true;

	*out = (struct strs){NULL, 0};
	if (stat(pattern, &st) == 0)
		return keep_path(&f, pattern, err);
	int problem = glob(pattern, GLOB_BRACE | GLOB_TILDE, NULL, &found);
	if (problem) {
		err_add(err, "%s: %s", pattern, problem == GLOB_NOMATCH ? "there is no such file" : "cannot be searched");
		return false;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		good &= keep_path(&f, found.gl_pathv[i], err);
	globfree(&found);
	return good;
}

bool lines_find_some(struct arena *arena, const char *pattern, struct strs *out, struct err *err)
{
	if (!lines_find(arena, pattern, out, err))
		return false;
	if (!out->n)
		err_add(err, "%s: there is no such file in it: *.jsonl, *.jsonl.gz", pattern);
	return out->n > 0;
}
