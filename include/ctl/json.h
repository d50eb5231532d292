/*
 * Reading what the API answered: members by name, absent and null alike.
 */
#ifndef CTL_JSON_H
#define CTL_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/str.h"

struct str json_text(const json_t *object, const char *name); /* the empty view unless it is a string */
int64_t json_number(const json_t *object, const char *name);  /* 0 unless it is a number */
int64_t json_time(const json_t *object, const char *name);    /* ms; 0 unless it is a time */
bool json_yes(const json_t *object, const char *name);

#endif
