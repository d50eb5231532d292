/*
 * The event loop (libevent): the only place that reads a clock or rolls dice. One loop, one thread; loop_post() is the
 * only function that other threads may call. Callbacks never run inside the call that set them up.
 */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct loop;
struct loop_timer;

struct loop *loop_new(void);    /* from here on the program ignores SIGPIPE: a peer that left is an error code */
void loop_free(struct loop *l); /* timers are to be freed before; what is deferred or posted does not run any more */
struct event_base *loop_base(struct loop *l); /* for the rooms of io/ only */
void loop_run(struct loop *l);                /* until loop_stop() */
/*
 * From here on whoever turns it does so from one call to the next, as a replay does: what was deferred, and timers that are due
 * at once, go first and without a word to the kernel, before what was posted and before the sockets.
 */
void loop_turn_by_hand(struct loop *l);
void loop_stop(struct loop *l);

int64_t loop_mono_ms(void); /* for durations */
int64_t loop_wall_ms(void); /* for what people read and what is stored */
uint64_t loop_dice(void);   /* uniform random bits, for jitter */

struct loop_timer *loop_timer_new(struct loop *l, void (*run)(void *arg), void *arg);
void loop_timer_free(struct loop_timer *t);               /* NULL is fine; also from inside its own callback */
void loop_timer_set(struct loop_timer *t, int64_t in_ms); /* once; sets it anew when it is running */
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_running(const struct loop_timer *t);

/* Runs on every delivery of the signal, on the loop. */
void loop_on_signal(struct loop *l, int signal_number, void (*run)(void *arg), void *arg);
/* On the next turn of the loop: "nothing is freed inside its own callback". */
void loop_defer(struct loop *l, void (*run)(void *arg), void *arg);
/* From any thread: runs on the loop, in the order posted. After loop_stop() nothing more runs until the next loop_run(). */
void loop_post(struct loop *l, void (*run)(void *arg), void *arg);

#endif
