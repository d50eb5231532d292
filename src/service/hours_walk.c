/* Asks for hours of counters one after the other. */
#include "service/hours_walk.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/time.h"

#define ROWS_FEW 1000
#define ROWS_MANY 5000
#define HOURS_MOST 1024

struct hours_walk {
	struct store *store;
	int64_t from, until, last, hours;
	void (*piece)(void *arg, const struct hours_piece *p);
	void (*done)(void *arg, bool whole);
	void *arg;
};

static void ask_hours(struct hours_walk *w);

static void end_walk(struct hours_walk *w, bool whole)
{
	struct hours_walk ended = *w;

	free(w);
	ended.done(ended.arg, whole);
}

static void hours_counted(void *arg, const struct store_counted *reply)
{
	struct hours_walk *w = arg;

	if (reply->result != STORE_OK) {
		end_walk(w, false);
		return;
	}
	w->piece(w->arg, &(struct hours_piece){w->from, w->until, reply->rows, reply->count});
	if (reply->count < ROWS_FEW && w->hours < HOURS_MOST)
		w->hours *= 2;
	else if (reply->count > ROWS_MANY && w->hours > 1)
		w->hours /= 2;
	w->from = w->until + 1;
	if (w->from <= w->last)
		ask_hours(w);
	else
		end_walk(w, true);
}

static void ask_hours(struct hours_walk *w)
{
	w->until = w->from + w->hours * TIME_HOUR - 1;
	if (w->until > w->last)
		w->until = w->last;
	store_counters(w->store, w->from, w->until, hours_counted, w);
}

void hours_walk(struct store *s, int64_t from, int64_t last, void (*piece)(void *arg, const struct hours_piece *p),
                void (*done)(void *arg, bool whole), void *arg)
{
	struct hours_walk *w = mem_zero(sizeof *w);

	*w = (struct hours_walk){
		.store = s, .from = from, .last = last, .hours = 1, .piece = piece, .done = done, .arg = arg};
	ask_hours(w);
}
