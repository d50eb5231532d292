/*
 * The incidents' own clock: claims STORE_CLOCK, runs incident_tick(), commits. And once a minute the housekeeping: store
 * sweep (retention), and every few seconds the gauges that come from the store (incidents by state, queues, dead letters).
 */
#ifndef SERVICE_TIMERS_H
#define SERVICE_TIMERS_H

#include "service/router.h"

struct timers *timers_new(struct router *r);
void timers_free(struct timers *t);
/* Some incident has something due at `at` (store clock; 0: nothing). */
void timers_wake(struct timers *t, int64_t at, int64_t now);
/* Another configuration is in force. */
void timers_reconfigure(struct timers *t);
void timers_drain(struct timers *t);
/* The configuration is another one: what waits for a receiver that is defined anew is looked for. NULL is fine. */
void timers_reconfigure(struct timers *t);

#endif
