/*
 * Validates a configuration with every file it names and says so: runbookctl check and runbookd --check.
 */
#ifndef SETUP_CHECK_H
#define SETUP_CHECK_H

#include "config/config.h"

/* What is wrong goes to stderr, "SUCCESS FILE" or "FAILED FILE" for each file to stdout. True when all is well.
 * `alertmanager`: an alertmanager.yml, looked at for what hurts us; NULL: none. */
bool check_run(const struct config_options *options, const char *alertmanager);
/* The same as JSON: {"ok", "files": [{"file", "ok"}], "errors": […], "warnings": […]}. */
bool check_run_json(const struct config_options *options, const char *alertmanager);

#endif
