#include "base/time.h"
#include "service/operate.h"

#define NOISE_SINCE (7 * TIME_DAY)
#define NOISE_LIMIT_MOST 1000

struct asking {
	struct router *r;
	struct arena *arena;
	struct noise_query q;
	char *time_zone;
	int64_t now;
	operate_done *done;
	void *arg;
};

static void end(struct asking *a, enum operate_result result, const char *error, json_t *data)
{
	struct operate_reply reply = {result, error, data};

	a->done(a->arg, &reply);
	json_decref(data);
	arena_free(a->arena);
}

static void counted(void *arg, const struct store_counted *reply)
{
	struct asking *a = arg;

	if (reply->result != STORE_OK)
		end(a, OPERATE_UNAVAILABLE, "the store cannot be read, try again", NULL);
	else
		end(a, OPERATE_OK, "", noise_report(reply->rows, reply->count, &a->q, a->now, a->time_zone));
}

/* The counters go by the store's clock: it is asked for the time first. */
static void timed(void *arg, const struct store_stats *reply)
{
	struct asking *a = arg;
	struct store *s = a->r->store;

	if (reply->result != STORE_OK) {
		end(a, OPERATE_UNAVAILABLE, "the store cannot be read, try again", NULL);
		return;
	}
	a->now = reply->now;
	s->ops->counters(s, a->now - a->q.since_ms, a->now, counted, a);
}

static void bad_sort(void *arg)
{
	end(arg, OPERATE_BAD,
	    "sort is one of received, pages, night_pages, reminders, suppressed, flaps, acknowledged, self_resolved", NULL);
}

static void bad_limit(void *arg)
{
	end(arg, OPERATE_BAD, "limit is 1 to 1000", NULL);
}

void operate_noise(struct router *r, const struct noise_query *q, operate_done *done, void *arg)
{
	struct arena *arena = arena_new();
	struct asking *a = arena_alloc(arena, sizeof *a);

	a->r = r;
	a->arena = arena;
	a->q = *q;
	a->q.sort = arena_str(arena, q->sort);
	if (a->q.since_ms <= 0)
		a->q.since_ms = NOISE_SINCE;
	a->time_zone = arena_cstr(arena, r->config->time_zone);
	a->done = done;
	a->arg = arg;
	if (!noise_sort_valid(q->sort))
		loop_defer(r->loop, bad_sort, a);
	else if (q->limit > NOISE_LIMIT_MOST)
		loop_defer(r->loop, bad_limit, a);
	else
		r->store->ops->stats(r->store, NULL, 0, timed, a);
}
