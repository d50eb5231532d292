/*
 * Stands before another store and writes behind what nobody waits for: a commit that only counts alerts (`behind` in struct
 * store_commit), and the hourly counters (struct store_tally likewise). They are answered at once, held in memory, and
 * written within BEHIND_MS; several of one record become one. Every other commit is passed on, and what it counts is held
 * once it stands: hundreds of commits count the same few fields. Everything else is passed on as it is.
 *
 * Nobody sees the difference, unless the program is killed: what is held of a record is written before anything else is
 * committed to it, shows in whatever is loaded or claimed, and is written before a query is asked. So a kill -9 loses counts
 * of about a second and nothing else.
 *
 * Where the store behind is down, or does not take what is held, or BEHIND_KEYS_MAX or BEHIND_BYTES_MAX are reached, nothing
 * more is held: then a commit is answered when it is done, like any other.
 */
#ifndef STORE_BEHIND_STORE_H
#define STORE_BEHIND_STORE_H

#include "io/loop.h"
#include "store/store.h"

#define BEHIND_MS 500
#define BEHIND_AT_ONCE 256 /* records: so many do not wait for the time */
#define BEHIND_KEYS_MAX 1024
#define BEHIND_BYTES_MAX ((size_t)4 << 20)

/* `inner` is owned from here on. */
struct store *behind_store_open(struct loop *l, struct store *inner);
/* Another router has changed the record meanwhile: `alerts` that were held are not counted in it. Nothing is said of it when
 * nobody listens. */
void behind_store_on_lost(struct store *s, void (*lost)(void *arg, struct str key, uint64_t alerts), void *arg);
/* Sends what is held now, without waiting. */
void behind_store_flush(struct store *s);
/* Records and batches of counters that are held, or were sent and not answered yet. */
size_t behind_store_pending(const struct store *s);
size_t behind_store_keys(const struct store *s); /* the records among them */

#endif
