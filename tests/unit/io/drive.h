/* Turning the loop until something is true, bounded by a deadline: for the tests of io/. */
#ifndef TESTS_IO_DRIVE_H
#define TESTS_IO_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "io/loop.h"

#define DRIVE_MS 60000 /* what comes true takes milliseconds; a busy machine gets a minute */

/* Runs the loop until done(arg) or for `at_most_ms`; returns what done(arg) says then. */
bool drive_for(struct loop *l, bool (*done)(void *arg), void *arg, int64_t at_most_ms);
bool drive(struct loop *l, bool (*done)(void *arg), void *arg); /* for DRIVE_MS */
/* Until *n reaches `count`. */
bool drive_count(struct loop *l, int *n, int count);
/* Turns the loop for so long. */
void drive_pass(struct loop *l, int64_t ms);

#endif
