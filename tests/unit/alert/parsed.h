/*
 * What the tests of webhooks share.
 */
#ifndef TESTS_PARSED_H
#define TESTS_PARSED_H

#include "alert/webhook.h"

void assert_str(struct str got, const char *want);
/* Of a body that must be taken. */
struct webhook parse_ok(struct arena *arena, const char *body);

#endif
