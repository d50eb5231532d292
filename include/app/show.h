/*
 * What is loaded, as JSON for people: rules, runbooks, receivers. A secret is shown as "<secret>". The caller owns the
 * results.
 */
#ifndef APP_SHOW_H
#define APP_SHOW_H

#include <jansson.h>

#include "config/config.h"

json_t *show_rules(const struct config *c);
json_t *show_runbooks(const struct config *c);
json_t *show_receivers(const struct config *c);

#endif
