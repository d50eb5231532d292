/* A temporary folder with files for one test. */
#ifndef TESTS_CONFIG_FOLDER_H
#define TESTS_CONFIG_FOLDER_H

#include "base/mem.h"

struct folder {
	char *path; /* ends without '/' */
};

void folder_init(struct folder *f);
/* Removes it with everything in it. */
void folder_release(struct folder *f);
#define AUTOFOLDER __attribute__((cleanup(folder_release)))

/* "config/runbookd.yml" below the folder; folders in between are made. */
void folder_write(const struct folder *f, const char *name, const char *text);
void folder_link(const struct folder *f, const char *name, const char *target);
/* A path below it; the caller frees. */
char *folder_path(const struct folder *f, const char *name);

#endif
