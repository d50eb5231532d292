/*
 * Stops asking a receiver that fails: opens after BREAKER_FAILURES failures in a row, lets one attempt through when its
 * pause is over (half-open), closes at a success; each failed probe doubles the pause, 1 s to 30 s. Pure.
 */
#ifndef SERVICE_BREAKER_H
#define SERVICE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_FAILURES 5
#define BREAKER_PAUSE_LEAST_MS 1000
#define BREAKER_PAUSE_MOST_MS 30000

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };
const char *breaker_state_name(enum breaker_state s); /* closed, open, half-open */

struct breaker { /* all zero: closed */
	enum breaker_state state;
	int failures;     /* in a row */
	int64_t pause_ms; /* of the present or next opening; 0: the least */
	int64_t open_until;
};

/* How many attempts may begin now, at most `want`; an open breaker whose pause is over becomes half-open. */
int breaker_room(struct breaker *b, int want, int under_way, int64_t now);
void breaker_result(struct breaker *b, bool failed, int64_t now);
/* Milliseconds until it is worth asking again; 0 when not open. */
int64_t breaker_wait(const struct breaker *b, int64_t now);

#endif
