#include "base/log.h"
#include "base/time.h"
#include "store/redis_impl.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"

/*
 * On their way to Redis at once. A command's not-after is set when it goes out, so what is on its way must run well
 * within the timeout: half a thousand small commits take some 60 ms, a few with a thousand members as long.
 */
#define IN_FLIGHT_MAX 500
#define WORDS_IN_FLIGHT_MAX 50000
/* Waiting behind them: some seconds' worth. Beyond it they are refused, and Alertmanager comes again. */
#define WAITING_MAX 20000
/* The place of the not-after among a script's words. */
#define NOT_AFTER 2

struct redis_call {
	struct redis_call *next;
	struct redis_store *store;
	struct request *request;
	struct words words;
};

void redis_store_see_clock(struct redis_store *s, int64_t now)
{
	s->seen_now = now;
	s->seen_mono = loop_mono_ms();
}

int64_t redis_store_clock(const struct redis_store *s)
{
	return s->seen_now ? s->seen_now + (loop_mono_ms() - s->seen_mono) : 0;
}

/* In Redis' clock: nobody waits any longer for a command that has not run by then. */
static int64_t not_after(const struct redis_store *s)
{
	return redis_store_clock(s) + s->timeout_ms;
}

static void answer(struct redis_store *s, struct request *r, enum store_result result)
{
	request_fail(r, result);
	front_answer(&s->front, r);
}

/* NOTAFTER carries the clock: our idea of it had gone astray (it was set, or another master took over). */
static void learn_clock(struct redis_store *s, struct str error)
{
	const struct str word = STR("NOTAFTER ");
	ptrdiff_t at = str_find(error, word);
	struct str rest = at < 0 ? error : str_slice(error, (size_t)at + word.n, error.n);
	size_t digits = 0;
	while (digits < rest.n && rest.p[digits] >= '0' && rest.p[digits] <= '9')
		digits++;
	int64_t now;
	if (at >= 0 && str_to_i64(str_slice(rest, 0, digits), &now))
		redis_store_see_clock(s, now);
}

static void take_error(struct redis_store *s, struct request *r, struct str error)
{
	enum store_result result = redis_judge(error);
	learn_clock(s, error);
	if (result == STORE_UNKNOWN)
		LOG(LOG_ERROR, "A redis script failed", LOG_S("verb", redis_scripts[r->verb].name), LOG_STR("error", error));
	else if (str_find(error, STR("NOTAFTER")) < 0)
		redis_store_refused(s, error);
	answer(s, r, result);
}

static void take_reply(struct redis_store *s, struct request *r, const struct redis_value *reply)
{
	if (!reply) {
		answer(s, r, STORE_UNKNOWN);
	} else if (reply->type == REDIS_ERROR) {
		take_error(s, r, reply->text);
	} else if (!redis_take(r, reply)) {
		LOG(LOG_ERROR, "A redis script answered nonsense", LOG_S("verb", redis_scripts[r->verb].name));
		answer(s, r, STORE_UNKNOWN);
	} else {
		redis_store_see_clock(s, r->now);
		if (redis_more(r, reply))
			redis_store_send(s, r);
		else
			front_answer(&s->front, r);
	}
}

static void replied(void *arg, const struct redis_value *reply)
{
	struct redis_call *c = arg;
	struct redis_store *s = c->store;
	s->in_flight--;
	s->words_in_flight -= c->words.count;
	take_reply(s, c->request, reply);
	redis_store_send_more(s);
}

static void send_call(struct redis_store *s, struct redis_call *c)
{
	if (request_writes(c->request))
		c->words.items[NOT_AFTER] = str_c(arena_printf(c->request->arena, "%lld", (long long)not_after(s)));
	struct redis_script *script = &redis_scripts[c->request->verb];
	/* counted first: the answer may be quick */
	s->in_flight++;
	s->words_in_flight += c->words.count;
	if (s->ready && redis_eval(s->redis, script, c->words.items, c->words.count, 1, replied, c))
		return;
	s->in_flight--;
	s->words_in_flight -= c->words.count;
	answer(s, c->request, STORE_UNAVAILABLE);
}

static bool room_for(const struct redis_store *s, const struct redis_call *c)
{
	return !s->ready || s->in_flight == 0 ||
	       (s->in_flight < IN_FLIGHT_MAX && s->words_in_flight + c->words.count <= WORDS_IN_FLIGHT_MAX);
}

void redis_store_send_more(struct redis_store *s)
{
	for (struct redis_call *c; (c = s->first) && room_for(s, c);) {
		s->first = c->next;
		if (!s->first)
			s->last = &s->first;
		s->waiting--;
		send_call(s, c);
	}
}

void redis_store_send(struct redis_store *s, struct request *r)
{
	if (!s->ready || s->waiting == WAITING_MAX) {
		answer(s, r, STORE_UNAVAILABLE);
		return;
	}
	struct redis_call *c = arena_alloc(r->arena, sizeof *c);
	*c = (struct redis_call){NULL, s, r, redis_words(r, s->prefix)};
	*s->last = c;
	s->last = &c->next;
	s->waiting++;
	redis_store_send_more(s);
}
