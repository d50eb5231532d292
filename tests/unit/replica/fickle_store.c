#include "fickle_store.h"

#include <assert.h>

#include "store/memory_tables.h"
#include "store/query.h"

/* Not the machine's time of day: who mixes the two up shows. */
#define CLOCK_AHEAD INT64_C(1000000)

struct fickle {
	struct front front;
	struct tables tables;
	struct tables kept; /* the same until fickle_remember() */
	bool remembers;
	enum { UP, DOWN, FROZEN } mode;
	bool (*freezes_at)(const struct request *); /* the first such one; NULL: none */
	struct request *first, **last;              /* taken, not answered */
};

static struct fickle *fickle_of(struct store *s)
{
	return (struct fickle *)(void *)front_of(s);
}

static void run_fickle(struct fickle *f, struct request *r)
{
	f->tables.now = loop_wall_ms() + CLOCK_AHEAD;
	if (!f->remembers && request_writes(r)) {
		f->kept.now = f->tables.now;
		tables_run(&f->kept, r);
		request_fail(r, STORE_OK);
	}
	tables_run(&f->tables, r);
}

static void submit(struct front *front, struct request *r)
{
	struct fickle *f = (struct fickle *)(void *)front;
	if (f->mode == UP && f->freezes_at && f->freezes_at(r)) {
		f->mode = FROZEN;
		f->freezes_at = NULL;
	}
	switch (f->mode) {
	case UP:
		run_fickle(f, r);
		front_answer(front, r);
		break;
	case DOWN:
		request_fail(r, STORE_UNAVAILABLE);
		front_answer(front, r);
		break;
	case FROZEN:
		r->next = NULL;
		*f->last = r;
		f->last = &r->next;
		break;
	}
}

static struct store_health fickle_health(struct front *front)
{
	const struct fickle *f = (struct fickle *)(void *)front;
	return (struct store_health){.name = "fickle",
	                             .up = f->mode != DOWN,
	                             .durable = true,
	                             .why = f->mode == DOWN ? "fickle" : "",
	                             .serving = true};
}

void fickle_down(struct store *s)
{
	struct fickle *f = fickle_of(s);
	f->mode = DOWN;
	front_changed(&f->front);
}

void fickle_freeze(struct store *s)
{
	fickle_of(s)->mode = FROZEN;
}

static bool is_commit(const struct request *r)
{
	return r->verb == VERB_COMMIT;
}

static bool is_tally(const struct request *r)
{
	return r->verb == VERB_QUERY && r->query.is == &query_tally;
}

void fickle_freeze_at_commit(struct store *s)
{
	fickle_of(s)->freezes_at = is_commit;
}

void fickle_freeze_at_tally(struct store *s)
{
	fickle_of(s)->freezes_at = is_tally;
}

void fickle_lose(struct store *s, bool done)
{
	struct fickle *f = fickle_of(s);
	struct request *r = f->first;
	assert(f->mode == FROZEN);
	f->first = NULL;
	f->last = &f->first;
	f->mode = DOWN;
	front_changed(&f->front);
	for (struct request *next; r; r = next) {
		next = r->next;
		if (done)
			run_fickle(f, r);
		request_fail(r, STORE_UNKNOWN);
		front_answer(&f->front, r);
	}
}

bool fickle_holds(struct store *s)
{
	return fickle_of(s)->first != NULL;
}

void fickle_give_up(struct store *s)
{
	struct fickle *f = fickle_of(s);
	struct request *r = f->first;
	f->first = NULL;
	f->last = &f->first;
	for (struct request *next; r; r = next) {
		next = r->next;
		request_fail(r, STORE_UNKNOWN);
		front_answer(&f->front, r);
	}
}

void fickle_up(struct store *s)
{
	struct fickle *f = fickle_of(s);
	f->mode = UP;
	front_changed(&f->front);
}

void fickle_forget_all(struct store *s)
{
	struct fickle *f = fickle_of(s);
	tables_release(&f->tables);
	f->tables = (struct tables){.now = 0};
	tables_init(&f->tables);
}

void fickle_remember(struct store *s)
{
	fickle_of(s)->remembers = true;
}

void fickle_recall(struct store *s)
{
	struct fickle *f = fickle_of(s);
	assert(f->remembers);
	tables_release(&f->tables);
	f->tables = f->kept;
	f->kept = (struct tables){.now = 0};
	tables_init(&f->kept);
}

static void fickle_end(struct front *front)
{
	struct fickle *f = (struct fickle *)(void *)front;
	if (f->mode == FROZEN)
		fickle_lose(&front->store, false);
	front_release(front);
	tables_release(&f->tables);
	tables_release(&f->kept);
	mem_cleanup(&f);
}

struct store *fickle_open(struct loop *l)
{
	struct fickle *f = mem_zero(sizeof *f);
	front_init(&f->front, l);
	f->front.submit = submit;
	f->front.health = fickle_health;
	f->front.close = fickle_end;
	f->last = &f->first;
	tables_init(&f->tables);
	tables_init(&f->kept);
	return &f->front.store;
}
