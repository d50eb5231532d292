/*
 * A small world for the simulation: alerts with a truth, an Alertmanager that states whole groups, two routers made of the
 * real pure functions over the real memory store, and providers that remember which keys are open. Everything that happens
 * comes from a tape of steps, so that a failing history can be cut down to the shortest one.
 *
 * A *rough* world loses, repeats, delays, cuts and mixes everything, and its routers part and meet again: what must hold is
 * what is left when it has come to rest. In a *calm* one Alertmanager flushes its groups in time, alerts are muted, change
 * their group, and it restarts once: there every single page and resolve is judged (INTAKE: L1, S1, S2).
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
