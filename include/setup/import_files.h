/*
 * The folder that an import writes: configuration, rules, secrets, a test for each rule, and a report.
 */
#ifndef SETUP_IMPORT_FILES_H
#define SETUP_IMPORT_FILES_H

#include "config/config.h"
#include "setup/import.h"
#include "setup/new_folder.h"

#define IMPORT_RULES "rules/10-imported.yml"
#define IMPORT_TESTS "rules/10-imported_test.yml"
#define IMPORT_REPORT "import-report.md"

/*
 * Into a new folder; one that holds a configuration already is refused. False with lines in `err`. new_folder_end() follows
 * in both cases.
 */
bool import_write(struct new_folder *f, const struct import *i, const char *folder, const char *from, struct err *err);
/* Tests of the rules just written: `config` is that folder's. Returns how many rules have one. */
size_t import_write_tests(struct new_folder *f, const struct config *config, struct err *err);
bool import_write_report(struct new_folder *f, const struct import *i, const char *from, size_t tested,
                         struct err *err);

#endif
