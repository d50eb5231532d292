/*
 * A folder with a new configuration, as `import` and `init` write it: never over a file that is there, and nothing of it
 * stays when it cannot be finished.
 */
#ifndef SETUP_NEW_FOLDER_H
#define SETUP_NEW_FOLDER_H

#include "base/buf.h"
#include "base/err.h"

#define NEW_CONFIG "runbookd.yml"
#define NEW_FOLDER_TEXT_MAX (64 * 1024 * 1024)

struct new_secret {  /* a file that only its owner may read */
	struct str path; /* below the folder: secrets/pager.routing_key */
	struct str value;
};

struct new_folder {
	const char *folder; /* borrowed */
	char **made;        /* folders and files, in the order in which they were made */
	size_t count, capacity;
};

/* The folder, with rules/ and, where there are secrets, secrets/ in it. False with lines in `err`. */
bool new_folder_make(struct new_folder *f, const char *folder, const struct new_secret *secrets, size_t count,
                     struct err *err);
bool new_folder_put(struct new_folder *f, const char *name, struct str text, struct err *err);
/* Removes what was made, unless all went well; releases `f` in both cases. */
void new_folder_end(struct new_folder *f, bool keep);

/* "secrets/NAME.OPTION" in letters that every file system has; the caller frees. */
char *new_secret_path(struct str name, struct str option);

#endif
