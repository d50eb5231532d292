/*
 * When each file of a folder was last committed: the history is walked from HEAD backwards, and each commit is compared
 * with its first parent within the folder only. The walk ends when every file has its date, or at COMMITS_MAX: what is
 * older has none. Only what is committed counts, and nothing is fetched or written.
 */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/map.h"
#include "disk.h"
#include "io/confinement.h"

#define COMMITS_MAX 2000
#define DATE_SIZE 11

struct dating {
	struct arena *arena;
	git_repository *repository;
	git_revwalk *walk;
	struct map *open; /* path within the repository -> struct str to fill in */
	char date[DATE_SIZE];
};

static void dating_release(struct dating *d)
{
	map_free(d->open);
	git_revwalk_free(d->walk);
	git_repository_free(d->repository);
	git_libgit2_shutdown();
}

/* "" for the repository's own folder, else "docs/runbooks/"; NULL when the folder is no part of the work tree. */
static char *prefix_of(const struct dating *d, const char *folder)
{
	const char *root = git_repository_workdir(d->repository); /* ends in '/' */
	AUTOFREE char *real = realpath(folder, NULL);
	AUTOFREE char *real_root = root ? realpath(root, NULL) : NULL;
	size_t n = real_root ? strlen(real_root) : 0;
	if (!real || !n || strncmp(real, real_root, n) != 0)
		return NULL;
	if (!real[n])
		return mem_strdup("");
	return real[n] == '/' ? mem_printf("%s/", real + n + 1) : NULL;
}

/* In the author's own time zone, as people read it in the log. */
static void set_date(struct dating *d, const git_commit *commit)
{
	time_t at = (time_t)(git_commit_time(commit) + (int64_t)git_commit_time_offset(commit) * 60);
	struct tm parts;
	if (!gmtime_r(&at, &parts) || !strftime(d->date, sizeof d->date, "%Y-%m-%d", &parts))
		d->date[0] = '\0';
}

static int take_change(const git_diff_delta *delta, float progress, void *arg)
{
	struct dating *d = arg;
	struct str *date = map_remove(d->open, str_c(delta->new_file.path));
	(void)progress;
	if (date)
		*date = arena_str(d->arena, str_c(d->date));
	return 0;
}

static bool compare_trees(struct dating *d, git_tree *before, git_tree *after, const char *prefix)
{
	git_diff_options options;
	AUTOFREE char *spec = mem_strdup(prefix);
	char *specs[] = {spec};
	git_diff *diff = NULL;
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_DISABLE_PATHSPEC_MATCH | GIT_DIFF_SKIP_BINARY_CHECK;
	if (*prefix) {
		options.pathspec.strings = specs;
		options.pathspec.count = 1;
	}
	bool ok = git_diff_tree_to_tree(&diff, d->repository, before, after, &options) == 0 &&
	          git_diff_foreach(diff, take_change, NULL, NULL, NULL, d) == 0;
	git_diff_free(diff);
	return ok;
}

static bool date_by_commit(struct dating *d, const git_oid *id, const char *prefix)
{
	git_commit *commit = NULL, *parent = NULL;
	git_tree *before = NULL, *after = NULL;
	bool ok = git_commit_lookup(&commit, d->repository, id) == 0 && git_commit_tree(&after, commit) == 0;
	if (ok && git_commit_parentcount(commit) > 0)
		ok = git_commit_parent(&parent, commit, 0) == 0 && git_commit_tree(&before, parent) == 0;
	if (ok) {
		set_date(d, commit);
		ok = compare_trees(d, before, after, prefix);
	}
	git_tree_free(before);
	git_tree_free(after);
	git_commit_free(parent);
	git_commit_free(commit);
	return ok;
}

static bool open_repository(struct dating *d, const char *folder)
{
	return git_repository_open_ext(&d->repository, folder, 0, NULL) == 0 &&
	       git_revwalk_new(&d->walk, d->repository) == 0 &&
	       git_revwalk_sorting(d->walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME) == 0 &&
	       git_revwalk_simplify_first_parent(d->walk) == 0 && git_revwalk_push_head(d->walk) == 0;
}

static void ask_for_paths(struct dating *d, const char *prefix, const struct strs *names, struct strs *out)
{
	out->v = arena_alloc(d->arena, (names->n + 1) * sizeof *out->v);
	out->n = names->n;
	for (size_t i = 0; i < names->n; i++) {
		AUTOFREE char *path = mem_printf("%s%.*s", prefix, STR_ARG(names->v[i]));
		map_set(d->open, str_c(path), &out->v[i]);
	}
}

bool disk_commit_dates(struct arena *arena, const char *folder, const struct strs *names, struct strs *out)
{
	struct dating d = {.arena = arena, .open = map_new()};
	git_oid id;
	git_libgit2_init();
	AUTOFREE char *prefix = open_repository(&d, folder) ? prefix_of(&d, folder) : NULL;
	bool ok = prefix != NULL;
	if (ok)
		confinement_note(git_repository_commondir(d.repository));
	if (ok)
		ask_for_paths(&d, prefix, names, out);
	for (int i = 0; ok && i < COMMITS_MAX && map_count(d.open) && git_revwalk_next(&id, d.walk) == 0; i++)
		ok = date_by_commit(&d, &id, prefix);
	dating_release(&d);
	return ok;
}
