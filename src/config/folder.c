/* Walks the runbook folder: Markdown files in byte order, links within it only. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "catalog/pages.h"
#include "disk.h"
#include "io/confinement.h"

struct walk {
	struct arena *arena;
	const char *folder;
	char *real; /* of the folder, without links */
	struct str *v;
	size_t n, capacity;
	bool full;
	struct err *warnings;
};

static int by_entry_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static bool inside(const struct walk *w, const char *target)
{
	size_t n = strlen(w->real);
	return !strncmp(target, w->real, n) && (target[n] == '/' || (n == 1 && *w->real == '/'));
}

/* NULL, or why a link is not followed. */
static const char *link_problem(const struct walk *w, const char *path)
{
	struct stat st;
	AUTOFREE char *target = realpath(path, NULL);
	if (!target)
		return "is a link to nothing";
	if (!inside(w, target))
		return "is a link that leaves the folder";
	if (stat(target, &st) != 0 || S_ISDIR(st.st_mode))
		return "is a link to a folder";
	return NULL;
}

static void take_folder_file(struct walk *w, const char *relative)
{
	if (page_kind_of(str_c(relative)) == PAGE_NONE)
		return;
	if (w->n == FOLDER_FILES_MAX) {
		if (!w->full)
			err_warn(w->warnings, (struct pos){w->folder, 0, 0}, "more than %d files; the others are not read",
			         FOLDER_FILES_MAX);
		w->full = true;
		return;
	}
	MEM_ROOM(w->v, w->n, w->capacity);
	w->v[w->n++] = arena_str(w->arena, str_c(relative));
}

static const char *walk_folder(struct walk *w, const char *relative, int depth);

/* NULL, or why it is passed over. */
static const char *take_folder_entry(struct walk *w, const char *path, const char *relative, mode_t mode, int depth)
{
	const char *problem = S_ISLNK(mode) ? link_problem(w, path) : NULL;
	if (problem)
		return problem;
	if (S_ISDIR(mode))
		return depth == FOLDER_DEPTH_MAX ? "lies too deep" : walk_folder(w, relative, depth + 1);
	take_folder_file(w, relative);
	return NULL;
}

static void visit_folder_entry(struct walk *w, const char *relative, int depth)
{
	struct stat st;
	AUTOFREE char *path = mem_printf("%s/%s", w->folder, relative);
	const char *problem =
		lstat(path, &st) == 0 ? take_folder_entry(w, path, relative, st.st_mode, depth) : strerror(errno);
	if (problem)
		err_warn(w->warnings, (struct pos){path, 0, 0}, "%s; not read", problem);
}

/* NULL, or why it cannot be read. */
static const char *walk_folder(struct walk *w, const char *relative, int depth)
{
	AUTOFREE char *path = mem_printf("%s/%s", w->folder, relative);
	struct dirent **entries;
	int count = scandir(path, &entries, is_visible, by_entry_name);
	if (count < 0)
		return confinement_error(errno);
	for (int i = 0; i < count; i++) {
		AUTOFREE char *inner = mem_printf("%s%s%s", relative, *relative ? "/" : "", entries[i]->d_name);
		if (!w->full)
			visit_folder_entry(w, inner, depth);
		free(entries[i]);
	}
	free(entries);
	return NULL;
}

bool disk_walk(struct arena *arena, const char *folder, struct strs *out, const char **why, struct err *warnings)
{
	struct walk w = {.arena = arena, .folder = folder, .real = realpath(folder, NULL), .warnings = warnings};
	confinement_note(folder);
	*why = w.real ? walk_folder(&w, "", 0) : strerror(errno);
	free(w.real);
	out->v = arena_alloc(arena, (w.n + 1) * sizeof *out->v);
	out->n = w.n;
	if (w.n)
		memcpy(out->v, w.v, w.n * sizeof *w.v);
	free(w.v);
	return !*why;
}
