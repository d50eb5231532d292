/*
 * What is loaded, as JSON for people: rules, runbooks, receivers. A secret is shown as "<secret>". The caller owns the
 * results.
 */
#ifndef WEB_SHOW_H
#define WEB_SHOW_H

#include <jansson.h>

#include "config/config.h"

json_t *show_rule(const struct config *c, size_t i); /* the i-th; NULL: there are no more */
json_t *show_runbook(const struct config *c, size_t i);
json_t *show_receivers(const struct config *c);

#endif
