/*
 * A folder with a new configuration, as `import` and `init` write it: never over one that is there.
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

/* The folder, with rules/ and, where there are secrets, secrets/ in it. False with lines in `err`. */
bool new_folder_make(const char *folder, const struct new_secret *secrets, size_t count, struct err *err);
bool new_folder_put(const char *folder, const char *name, struct str text, struct err *err);

/* "secrets/NAME.OPTION" in letters that every file system has; the caller frees. */
char *new_secret_path(struct str name, struct str option);

#endif
