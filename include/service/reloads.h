/*
 * Reloads on a thread of their own: building a configuration of ten thousand rules takes a second, and alerts do not wait
 * for it. One is built at a time; who asks meanwhile gets one that begins after he has asked. The swap is on the loop.
 */
#ifndef SERVICE_RELOADS_H
#define SERVICE_RELOADS_H

#include "service/router.h"

struct reloads;
/* `options` is borrowed. `swapped` (on the loop) when a configuration has come in force, before anybody is told. */
struct reloads *reloads_new(struct router *r, const struct config_options *options, void (*swapped)(void *arg),
                            void *arg);
/* Waits for a thread that is building, and tells who waits that nothing has changed; nobody may ask any more. NULL is fine. */
void reloads_stop(struct reloads *s);
void reloads_free(struct reloads *s); /* likewise; the loop must not run after it */
/* `done` on the loop, never inside this call; may be NULL. As reload_now() has it: `whole`, and lines in `err`. */
void reloads_ask(struct reloads *s, void (*done)(void *arg, bool whole, const struct err *err), void *arg);
bool reloads_busy(const struct reloads *s);

#endif
