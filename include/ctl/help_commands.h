/*
 * The help of runbookctl's commands, and the manual pages of both programs: what the rows of commands and flags say, and
 * the topics (help/help.h) around them.
 */
#ifndef CTL_HELP_COMMANDS_H
#define CTL_HELP_COMMANDS_H

#include <stdbool.h>

#include "help/manual.h"

/* `cmd` is a struct cmd; the overview needs none. */
void help_print_command(const struct manual *page, const void *cmd);
void help_print_overview(const struct manual *page, const void *unused);

/* help_man.c: a manual page by its file's name, "runbookd.8"; false where there is none. `date`: YYYY-MM-DD. */
bool help_print_man(const struct manual *page, const char *file, const char *date, const char *version);
/* Their files' names, NULL-terminated. */
const char *const *help_man_files(void);

#endif
