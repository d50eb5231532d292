/* The walk of the board through the store's list of open incidents, a page at a time, and who waits for its end. */
#include <stdlib.h>
#include <string.h>

#include "service/board_impl.h"

#define WALK_PAGE 32       /* records a turn: between two the loop turns */
#define WALK_RETRY_MS 1000 /* after the store could not be read */

/* ---- who waits ---- */

static void answer_waiters(struct board *b)
{
	struct board_waiter *waiters = b->waiters;
	size_t n = b->waiter_count;

	b->waiters = NULL;
	b->waiter_count = b->waiter_capacity = 0;
	for (size_t i = 0; i < n; i++)
		waiters[i].ready(waiters[i].arg);
	free(waiters);
}

static bool is_shared(const struct board *b)
{
	struct store_health parts[STORE_PARTS_MAX];
	size_t n = b->r->store->ops->parts(b->r->store, parts);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(parts[i].name, "redis"))
			return true;
	return false;
}

static int64_t walk_every(const struct board *b)
{
	return is_shared(b) ? BOARD_WALK_SHARED_MS : BOARD_WALK_OWN_MS;
}

/* Of a store of our own nothing changes behind our back. */
static bool is_stale(const struct board *b)
{
	return !b->whole || (is_shared(b) && loop_mono_ms() - b->walked_at > 2 * BOARD_WALK_SHARED_MS);
}

/* ---- the walk ---- */

static void walk_on(struct board *b);

static void rest_after_walk(struct board *b)
{
	int64_t now = loop_mono_ms();
	bool watched = b->watched_at && now - b->watched_at < BOARD_WATCHED_MS;

	if (b->waiter_count)
		loop_timer_set(b->timer, 0);
	else if (b->failed || !b->whole)
		loop_timer_set(b->timer, WALK_RETRY_MS);
	else if (watched)
		loop_timer_set(b->timer, is_shared(b) ? BOARD_HEAD_MS : BOARD_WALK_OWN_MS);
}

static void walk_ended(struct board *b, bool fine)
{
	b->walking = false;
	b->failed = !fine;
	if (fine && !b->head_only) {
		board_drop_unseen(b);
		b->whole = true;
		b->leaves_out = b->left_out;
		b->walked_at = loop_mono_ms();
	}
	if (!b->head_only)
		answer_waiters(b);
	rest_after_walk(b);
}

static void walked(void *arg, const struct store_listed *reply)
{
	struct board *b = arg;

	if (b->gone) {
		free(b);
		return;
	}
	for (size_t i = 0; reply->result == STORE_OK && i < reply->count; i++)
		board_take_record(b, reply->records[i].key, reply->records[i].bytes, reply->records[i].version.number);
	bool more = reply->result == STORE_OK && reply->cursor.n && reply->cursor.n < sizeof b->cursor && !b->head_only;
	if (!more) {
		walk_ended(b, reply->result == STORE_OK);
		return;
	}
	memcpy(b->cursor, reply->cursor.p, reply->cursor.n);
	b->cursor[reply->cursor.n] = '\0';
	walk_on(b);
}

static void walk_on(struct board *b)
{
	store_list(b->r->store, STORE_LIST_OPEN, str_c(b->cursor), WALK_PAGE, walked, b);
}

static void walk_begin(struct board *b, bool head_only)
{
	b->walking = true;
	b->head_only = head_only;
	b->cursor[0] = '\0';
	if (!head_only) {
		b->walk++;
		b->left_out = false;
	}
	walk_on(b);
}

static void timer_rang(void *arg)
{
	struct board *b = arg;

	if (!b->walking)
		walk_begin(b, b->whole && !b->failed && !b->waiter_count && loop_mono_ms() - b->walked_at < walk_every(b));
}

void board_walk_start(struct board *b)
{
	b->timer = loop_timer_new(b->r->loop, timer_rang, b);
	loop_timer_set(b->timer, 0);
}

void board_walk_stop(struct board *b)
{
	b->gone = true;
	loop_timer_free(b->timer);
	answer_waiters(b);
}

/* ---- watching ---- */

void board_watch(struct board *b, void (*ready)(void *arg), void *arg)
{
	b->watched_at = loop_mono_ms();
	if (!is_stale(b)) {
		loop_defer(b->r->loop, ready, arg);
		if (!b->walking && !loop_timer_running(b->timer))
			loop_timer_set(b->timer, 0);
		return;
	}
	MEM_ROOM(b->waiters, b->waiter_count, b->waiter_capacity); /* as many as there are readers at once */
	b->waiters[b->waiter_count++] = (struct board_waiter){ready, arg};
	if (!b->walking || b->head_only)
		loop_timer_set(b->timer, 0);
}
