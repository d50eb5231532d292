/*
 * A config_files from inside: what the disk answered is remembered by question, so that a snapshot can answer the same
 * questions later. Private to config/.
 */
#ifndef CONFIG_FILES_H
#define CONFIG_FILES_H

#include "base/map.h"
#include "config/config.h"

enum files_kind {
	FILES_PATH,  /* dir + path -> where it is */
	FILES_BYTES, /* a file's content */
	FILES_LIST,  /* what a pattern matches, or the files of a folder: names, each followed by NUL */
	FILES_KINDS,
};

struct files_entry {
	enum files_kind kind;
	struct str key, value;
};

struct config_files {
	struct arena *arena; /* everything handed out lives here */
	bool snapshot;
	struct files_entry **entries;
	size_t count, capacity;
	struct map *by_key[FILES_KINDS];
	struct strs names; /* of what was read, in order */
	size_t names_capacity;
	struct map *named;
};

/* Where `path`, written in a file of `dir` ("" or ending in '/'), is. */
struct str files_path(struct config_files *f, struct str dir, struct str path);
/* False with a reason in `why`. */
bool files_read(struct config_files *f, struct str path, size_t most, struct str *out, const char **why);
/* From here on a file's content is this; NULL: it has none. So a snapshot and the hash are of what is in force. */
void files_replace(struct config_files *f, struct str path, const struct str *bytes);
bool files_glob(struct config_files *f, struct str dir, struct str pattern, struct strs *out, const char **why);
bool files_walk(struct config_files *f, struct str folder, struct strs *out, const char **why, struct err *warnings);
/*
 * For each name of a folder the date (2025-12-22) of the last commit that changed it, "" where there is none; false where
 * the folder is in no Git work tree. Bounded: see commits.c.
 */
bool files_commit_dates(struct config_files *f, struct str folder, const struct strs *names, struct strs *out);
/* 64 hex digits over the names (without the prefix `dir`) and bytes of all that was read. */
char *files_hash(const struct config_files *f, struct str dir, char out[HASH_HEX_MAX]);

/* For snapshot.c. */
struct files_entry *files_remember(struct config_files *f, enum files_kind kind, struct str key, struct str value);

#endif
