/*
 * Files of alert definitions: everything that a pattern, a path or a folder leads to. What looks as if it defined alerts and
 * is in no form that is read is an error, never passed over.
 */
#ifndef CTL_RULE_FILES_H
#define CTL_RULE_FILES_H

#include "base/options.h"
#include "lint/promrules.h"

struct rule_files {
	struct arena *arena;
	const char *const *skip; /* patterns of files to leave out: of the path below the folder, or of the name */
	size_t skip_count;
	struct promrules rules;
	struct strs without; /* files that a folder or pattern led to and that define no alert */
	struct err *err;     /* what cannot be read */
	struct err *notes;   /* what is worth a word */
};
#define RULE_FILES_MAX 100000   /* below one folder */
#define RULE_FILES_DEPTH_MAX 32 /* folders within each other */

/* A pattern that leads nowhere is an error. Folders are read with those below them; hidden ones are only looked into. */
void rule_files_read(struct rule_files *f, const char *pattern);

#endif
