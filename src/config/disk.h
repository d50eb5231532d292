/*
 * The disk as the configuration sees it: bounded reads, globs, folders of Markdown. Private to config/.
 */
#ifndef CONFIG_DISK_H
#define CONFIG_DISK_H

#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"

#define FOLDER_DEPTH_MAX 8
#define FOLDER_FILES_MAX 10000

/* A regular file of at most `most` bytes; false with a reason ("No such file or directory") in `why`. */
bool disk_read(struct arena *arena, const char *path, size_t most, struct str *out, const char **why);

/*
 * The shortest form of a path that means the same: no ".", and no "x/.." where x is a folder (not where it is a link:
 * then ".." is somewhere else).
 */
struct str disk_tidy(struct arena *arena, const char *path);

/* What a pattern matches below `dir` ("" or ending in '/'), sorted, none is fine. False with a reason. */
bool disk_glob(struct arena *arena, struct str dir, struct str pattern, struct strs *out, const char **why);
bool disk_is_pattern(struct str path);

/*
 * The pages (catalog/pages.h, also those that are not read) of a folder and its folders, relative to it, sorted. Hidden names are passed over. Links that leave the
 * folder, links to folders and what lies beyond the ceilings are passed over with a line in `warnings`.
 */
bool disk_walk(struct arena *arena, const char *folder, struct strs *out, const char **why, struct err *warnings);

/* commits.c: see files_commit_dates(). False where there is no work tree, or it cannot be read. */
bool disk_commit_dates(struct arena *arena, const char *folder, const struct strs *names, struct strs *out);

/* Temporary file beside it, fsync, rename; mode 0600. */
bool disk_write(const char *path, struct str bytes, struct err *err);

#endif
