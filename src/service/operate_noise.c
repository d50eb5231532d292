/* Asks for the hours of a period and makes the noise report of them. */
#include "base/time.h"
#include "service/budgets.h"
#include "service/hours_walk.h"
#include "service/noise.h"

#define NOISE_SINCE (7 * TIME_DAY)
#define NOISE_LIMIT_MOST 1000

struct asking {
	struct router *r;
	struct arena *arena;
	struct noise_query q;
	struct noise *noise;
	struct config *config;
	int64_t last; /* the end of the period, store clock */
	operate_noise_done *done;
	void *arg;
};

static void end_noise(struct asking *a, enum operate_result result, const char *error, struct noise *report)
{
	a->done(a->arg, result, error, report, a->last);
	noise_free(a->noise);
	config_unref(a->config);
	arena_free(a->arena);
}

static void add_noise_hours(void *arg, const struct hours_piece *p)
{
	struct asking *a = arg;

	noise_add(a->noise, p->rows, p->count);
}

static void hours_ended(void *arg, bool whole)
{
	struct asking *a = arg;

	if (!whole) {
		end_noise(a, OPERATE_UNAVAILABLE, "the store cannot be read, try again", NULL);
		return;
	}
	end_noise(a, OPERATE_OK, "", a->noise);
}

/* The counters go by the store's clock: it is asked for the time first. */
static void timed(void *arg, const struct store_stats *reply)
{
	struct asking *a = arg;

	if (reply->result != STORE_OK) {
		end_noise(a, OPERATE_UNAVAILABLE, "the store cannot be read, try again", NULL);
		return;
	}
	int64_t since = reply->now - a->q.since_ms;
	a->last = reply->now - a->q.until_ms;
	a->noise = noise_new(&a->q, a->config, since);
	/* the period before is asked for as well */
	hours_walk(a->r->store, since - (a->last - since), a->last, add_noise_hours, hours_ended, a);
}

static void bad_sort(void *arg)
{
	end_noise(
		arg, OPERATE_BAD,
		"sort is a column: pages, night_pages, received, reminders, suppressed, flaps, acknowledged, self_resolved, "
		"pages_before, decided, cancelled, chat, tickets, archived",
		NULL);
}

static void bad_period(void *arg)
{
	end_noise(arg, OPERATE_BAD, "until must be later than since", NULL);
}

static void refuse_noise_limit(void *arg)
{
	end_noise(arg, OPERATE_BAD, "limit is 1 to 1000", NULL);
}

void operate_noise_look(struct router *r, const struct noise_query *q, operate_noise_done *done, void *arg)
{
	struct arena *arena = arena_new();
	struct asking *a = arena_alloc(arena, sizeof *a);

	a->r = r;
	a->arena = arena;
	a->q = *q;
	a->q.sort = arena_str(arena, q->sort);
	if (a->q.since_ms <= 0)
		a->q.since_ms = NOISE_SINCE;
	a->config = config_ref(r->config);
	a->done = done;
	a->arg = arg;
	a->q.owner = arena_str(arena, q->owner);
	if (a->q.until_ms >= a->q.since_ms)
		loop_defer(r->loop, bad_period, a);
	else if (!noise_sort_valid(q->sort))
		loop_defer(r->loop, bad_sort, a);
	else if (q->limit > NOISE_LIMIT_MOST)
		loop_defer(r->loop, refuse_noise_limit, a);
	else
		store_stats(r->store, NULL, 0, timed, a);
}

/* ---- as JSON ---- */

struct reporting {
	struct router *r;
	enum noise_by by;
	char *time_zone;
	operate_done *done;
	void *arg;
};

static void reported(void *arg, enum operate_result result, const char *error, struct noise *report, int64_t until)
{
	struct reporting *g = arg;
	struct operate_reply reply = {.result = result, .error = error};

	if (report)
		reply.data = noise_report(report, until, g->time_zone);
	if (report && g->r->budgets)
		budgets_add_to_noise(g->r->budgets, g->by, reply.data);
	g->done(g->arg, &reply);
	json_decref(reply.data);
	mem_cleanup(&g->time_zone);
	mem_cleanup(&g);
}

void operate_noise(struct router *r, const struct noise_query *q, operate_done *done, void *arg)
{
	struct reporting *g = mem_zero(sizeof *g);

	*g = (struct reporting){r, q->by, mem_str(r->config->time_zone), done, arg};
	operate_noise_look(r, q, reported, g);
}
