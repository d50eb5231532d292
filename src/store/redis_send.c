/* Sends requests as script calls, several commits at once, and takes their replies. */
#include "base/log.h"
#include "base/time.h"
#include "store/query.h"
#include "store/redis_impl.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"

/*
 * On their way to Redis at once. A command's not-after is set when it goes out, so what is on its way must run well
 * within the timeout: half a thousand small commits take some 60 ms, a few with a thousand members as long.
 */
#define IN_FLIGHT_MAX 500
#define WORDS_IN_FLIGHT_MAX 50000
#define BYTES_IN_FLIGHT_MAX ((size_t)16 << 20)
/*
 * Commits go out as one script, at most so many and so large: some milliseconds in which nobody else is served. Those of one
 * turn of the loop go together, and so do those that come while a script of commits is on its way: Redis waits for its disk
 * before it answers and reads nothing meanwhile, so that they lose no time, and a script costs Redis as much by itself as one
 * or two commits do. Where as many wait as one script takes they go at once.
 */
#define COMMITS_AT_ONCE 100
#define BYTES_AT_ONCE ((size_t)256 << 10)
/* Waiting behind them: some seconds' worth. Beyond it they are refused, and Alertmanager comes again. */
#define WAITING_MAX 20000
/* The place of the not-after among a script's words. */
#define NOT_AFTER 2

struct redis_call {
	struct redis_call *next;
	uint64_t number; /* the how-manieth that waits: which came first */
	struct redis_store *store;
	struct request *request;
	struct words words;
	struct redis_call *also; /* the next commit of the same script */
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

static void answer_unsent(struct redis_store *s, struct request *r, enum store_result result)
{
	request_fail(r, result == STORE_UNAVAILABLE && r->partly_done ? STORE_UNKNOWN : result);
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

static struct redis_script *script_of(const struct request *r)
{
	return r->verb == VERB_QUERY ? r->query.is->script : &redis_scripts[r->verb];
}

static enum store_result take_error(struct redis_store *s, const struct redis_call *c, struct str error)
{
	enum store_result result = redis_judge(error);
	learn_clock(s, error);
	if (result == STORE_UNKNOWN)
		LOG(LOG_ERROR, "A redis script failed", LOG_S("verb", script_of(c->request)->name), LOG_STR("error", error));
	else if (str_find(error, STR("NOTAFTER")) < 0)
		redis_store_refused(s, error);
	return result;
}

static void answer_call(struct redis_store *s, struct redis_call *c, enum store_result result)
{
	for (; c; c = c->also)
		answer_unsent(s, c->request, result);
}

static void take_reply(struct redis_store *s, const struct redis_call *c, const struct redis_value *reply)
{
	struct request *r = c->request;
	if (reply->type == REDIS_ERROR) {
		answer_unsent(s, r, take_error(s, c, reply->text));
	} else if (!redis_take(r, reply)) {
		LOG(LOG_ERROR, "A redis script answered nonsense", LOG_S("verb", script_of(r)->name));
		answer_unsent(s, r, STORE_UNKNOWN);
	} else {
		redis_store_see_clock(s, r->now);
		if (!redis_more(r, reply)) {
			front_answer(&s->front, r);
			return;
		}
		r->partly_done = request_writes(r);
		redis_store_send(s, r);
	}
}

/* Each commit's own: the clock and what became of it, or its error. */
static void take_commits(struct redis_store *s, const struct redis_call *c, const struct redis_value *reply)
{
	static const struct redis_value missing = {.type = REDIS_NIL};
	for (size_t i = 1; c; c = c->also, i++) {
		const struct redis_value *made = i < reply->count ? &reply->items[i] : &missing;
		const struct redis_value both[] = {reply->count ? reply->items[0] : missing, *made};
		const struct redis_value own = {.type = REDIS_ARRAY, .items = both, .count = 2};
		take_reply(s, c, made->type == REDIS_ERROR ? made : &own);
	}
}

static bool carries_commit(const struct redis_call *c)
{
	return c->request->verb == VERB_COMMIT;
}

static void count_flight(struct redis_store *s, const struct redis_call *c, bool leaves)
{
	size_t sign = leaves ? 1 : (size_t)-1;
	s->in_flight += sign;
	s->commits_in_flight += carries_commit(c) ? sign : 0;
	s->words_in_flight += sign * c->words.count;
	s->bytes_in_flight += sign * c->words.bytes;
}

static void replied(void *arg, const struct redis_value *reply)
{
	struct redis_call *c = arg;
	struct redis_store *s = c->store;
	count_flight(s, c, false);
	if (!reply)
		answer_call(s, c, STORE_UNKNOWN);
	else if (reply->type == REDIS_ERROR)
		answer_call(s, c, take_error(s, c, reply->text));
	else if (carries_commit(c))
		take_commits(s, c, reply);
	else
		take_reply(s, c, reply);
	redis_store_send_more(s);
}

/*
 * A server that refuses to write is still good for reading. What would write is not even sent: the first command of a
 * script may be allowed and the second not, and half a commit would pass for a whole one when it is repeated.
 */
static bool serves(const struct redis_store *s, const struct request *r)
{
	return s->ready && !(s->refused && request_writes(r));
}

static void send_call(struct redis_store *s, struct redis_call *c)
{
	if (request_writes(c->request))
		c->words.items[NOT_AFTER] = str_c(arena_printf(c->request->arena, "%lld", (long long)not_after(s)));
	struct redis_script *script = script_of(c->request);
	count_flight(s, c, true); /* first: the answer may be quick */
	if (serves(s, c->request) && redis_eval(s->redis, script, c->words.items, c->words.count, 1, replied, c))
		return;
	count_flight(s, c, false);
	answer_call(s, c, STORE_UNAVAILABLE);
}

static bool has_flight_room(const struct redis_store *s, const struct redis_call *c)
{
	return !serves(s, c->request) || s->in_flight == 0 ||
	       (s->in_flight < IN_FLIGHT_MAX && s->words_in_flight + c->words.count <= WORDS_IN_FLIGHT_MAX &&
	        s->bytes_in_flight + c->words.bytes <= BYTES_IN_FLIGHT_MAX);
}

/* ---- waiting ---- */

static void add_waiting(struct redis_store *s, struct redis_calls *to, struct redis_call *c)
{
	c->number = s->calls++;
	*to->last = c;
	to->last = &c->next;
	to->count++;
	to->bytes += c->words.bytes;
}

static struct redis_call *next_waiting(struct redis_calls *from)
{
	struct redis_call *c = from->first;
	from->first = c->next;
	if (!from->first)
		from->last = &from->first;
	from->count--;
	from->bytes -= c->words.bytes;
	return c;
}

/* The commits that wait right behind this one go with it. */
static void join_commits(struct redis_store *s, struct redis_call *c)
{
	struct redis_call *last = c;
	for (int n = 1; n < COMMITS_AT_ONCE && s->commits.first; n++) {
		if (c->words.bytes + s->commits.first->words.bytes > BYTES_AT_ONCE)
			return;
		last->also = next_waiting(&s->commits);
		last = last->also;
		redis_words_join(&c->words, &last->words);
	}
}

static bool commits_may_go(const struct redis_store *s)
{
	const struct redis_call *c = s->commits.first;
	if (!c || !has_flight_room(s, c))
		return false;
	return !s->commits_in_flight || s->commits.count >= COMMITS_AT_ONCE || s->commits.bytes >= BYTES_AT_ONCE ||
	       !serves(s, c->request);
}

/* What was committed before a query was asked is in its answer. A load or a claim need not wait for commits: whoever decides by
 * what they have changed meanwhile conflicts, as with those of another router. */
static bool other_may_go(const struct redis_store *s)
{
	const struct redis_call *c = s->others.first;
	if (!c || !has_flight_room(s, c))
		return false;
	return c->request->verb == VERB_LOAD || c->request->verb == VERB_CLAIM || !s->commits.first ||
	       s->commits.first->number > c->number;
}

void redis_store_send_more(struct redis_store *s)
{
	while (commits_may_go(s)) {
		struct redis_call *c = next_waiting(&s->commits);
		join_commits(s, c);
		send_call(s, c);
	}
	while (other_may_go(s))
		send_call(s, next_waiting(&s->others));
}

void redis_store_send(struct redis_store *s, struct request *r)
{
	if (!serves(s, r) || s->commits.count + s->others.count == WAITING_MAX) {
		answer_unsent(s, r, STORE_UNAVAILABLE);
		return;
	}
	struct redis_call *c = arena_alloc(r->arena, sizeof *c);
	*c = (struct redis_call){.store = s, .request = r, .words = redis_words(r, s->prefix)};
	add_waiting(s, carries_commit(c) ? &s->commits : &s->others, c);
	if (loop_timer_running(s->turn))
		return;
	if (carries_commit(c))
		loop_timer_set(s->turn, 0); /* -> redis_store_send_more(), when all of this turn are here */
	else
		redis_store_send_more(s);
}
