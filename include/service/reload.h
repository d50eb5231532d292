/*
 * Loading and swapping the configuration: complete or not at all. The first load may fall back to the last good set
 * (a snapshot kept beside the data), a later one keeps what is in force.
 */
#ifndef SERVICE_RELOAD_H
#define SERVICE_RELOAD_H

#include "service/router.h"

/*
 * At start: the configuration, or (unless `strict`) the last good set with the reasons logged; NULL: neither. With
 * rule_files_isolation a rule file with errors falls back by itself (unless `strict`). `*fell_back`: either happened.
 */
struct config *reload_first(const struct config_options *options, bool strict, struct err *err, bool *fell_back);
/* Where the snapshot is kept: `.NAME.last-good` beside the configuration file, or under STATE_DIRECTORY, XDG_STATE_HOME or
 * ~/.local/state where that folder is not writable. The caller frees. */
char *reload_snapshot_path(const char *config_file);
/*
 * False with lines in `err` (all of them; the first is logged): nothing has changed, or, with rule_files_isolation, all but
 * the rule files with errors, and the last line says so. Sets the config_* metrics either way.
 */
bool reload_now(struct router *r, const struct config_options *options, struct err *err);

/* The two halves of it: from the disk, which may be on a thread of its own (NULL with lines in `why`), and into force. */
struct config *reload_build(const struct config_options *options, const struct config *running, struct err *why);
bool reload_take(struct router *r, const struct config_options *options, struct config *fresh, struct err *why,
                 struct err *err);

/* Sets the config_* metrics from r->config. After reload_first(): `success` where it did not fall back. */
void reload_metrics(struct router *r, bool success);

#endif
