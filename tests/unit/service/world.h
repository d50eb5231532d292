/*
 * A small world for the simulation: alerts with a truth, an Alertmanager that lags and repeats itself, two routers made of
 * the real pure functions over the real memory store, and providers that remember which keys are open. Everything that
 * happens comes from a tape of steps, so that a failing history can be cut down to the shortest one.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct step {
	uint8_t what, who, how;
};

/* Replays the tape, then lets everything come to rest. NULL when every promise held, else which one broke (static). */
const char *world_run(const struct step *tape, size_t length, bool tell);

#endif
