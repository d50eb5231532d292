/*
 * What is wrong with the on-call schedules within the next two weeks: hours without anybody, several at once, people whom
 * no receiver reaches; calendars that were not understood or have not been heard of.
 */
#ifndef LINT_SCHEDULE_LINT_H
#define LINT_SCHEDULE_LINT_H

#include "catalog/schedule.h"
#include "lint/lint.h"

#define SCHEDULE_LINT_AHEAD (14 * TIME_DAY)

void lint_schedules(const struct catalog *c, int64_t now, struct lint *out);

#endif
