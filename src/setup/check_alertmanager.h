/*
 * What in an Alertmanager's configuration hurts a router behind it: bodies that are cut, resolves that are not sent, beats
 * that come too seldom, paths that nobody answers.
 */
#ifndef SETUP_CHECK_ALERTMANAGER_H
#define SETUP_CHECK_ALERTMANAGER_H

#include "config/config.h"

/* `file` is an alertmanager.yml, read for the routes that end here. Lines name it. */
void check_alertmanager(const struct config *config, const char *file, struct err *errors, struct err *warnings);

#endif
