/* What the files of this room share: the catalog while it is being collected, and what finishing adds. */
#ifndef CATALOG_COLLECT_H
#define CATALOG_COLLECT_H

#include "base/map.h"
#include "base/mem.h"
#include "catalog/catalog.h"

struct catalog {
	struct arena *arena; /* every string and entry */
	/* By folded name (runbooks by path), in the order of first mention. */
	struct map *severities, *owners, *contacts, *escalations;
	struct map *declared; /* runbooks that a catalog.yml names */
	struct map *files;    /* runbooks that the folder holds */
	struct map *texts;    /* every file of the folder as it was read, by path: struct catalog_text */

	/* From catalog_finish() on. */
	struct map *runbooks;       /* declared and files, by path */
	struct map *severity_words; /* folded names and aliases */
	struct map *by_filename;    /* letters and digits of file names -> runbook, or &several */
	struct map *by_alert;       /* alert names -> runbook, or &several */
	struct runbook several;
	const struct severity **severity_list;
	const struct owner **owner_list;
	const struct contact **contact_list;
	const struct escalation **escalation_list;
	const struct runbook **runbook_list;
	bool finished;
};

/* Lower-cases ASCII into `room`; the empty view when the name is longer than that. */
struct str catalog_fold(struct str name, char room[CATALOG_NAME_MAX]);
/* Letters and digits only, lower-cased; bytes beyond ASCII count as letters. Empty when nothing or too much is left. */
struct str catalog_fold_letters(struct str name, char room[CATALOG_NAME_MAX]);

/* The rows of an entry of `runbooks` (target: struct runbook); the first is `path`, which front matter has not. */
const struct option *runbook_rows(size_t *count);
/* Relative, '/' separated, without . and .. segments; else an error at `at`. */
bool runbook_path_check(struct str path, struct pos at, struct err *err);
/* Fields that `over` states replace those of `r`. */
void runbook_overlay(struct runbook *r, const struct runbook *over);

/* Ranks, derived fields, built-ins and `severity_words`. False with lines in `err` where words collide. */
bool severities_finish(struct catalog *c, struct err *err);
/* `runbooks`, `by_filename` and `by_alert`. */
void runbooks_finish(struct catalog *c);

#endif
