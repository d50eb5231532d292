/* Asks Sentinels in turn who the master is, and again when the answer is in doubt. */
#include <stdio.h>
#include <string.h>

#include "io/redis_impl.h"

#define ASK_EVERY_MS 1000

struct redis_sentinel {
	struct loop *loop;
	const struct redis_options *options; /* the owner's */
	void (*found)(void *arg, const char *address);
	void *arg;
	size_t current;     /* who is asked */
	size_t failed;      /* in a row */
	struct redis *link; /* to the current one; NULL: none yet */
	bool asked;         /* and not answered yet */
	struct loop_timer *timer;
	char why[REDIS_WHY_MAX];
};

static void on_link(void *arg, bool up, const char *why);

/* ---- from one to the next ---- */

static void leave_sentinel(struct redis_sentinel *s)
{
	struct redis *link = s->link;
	s->link = NULL;
	s->current = (s->current + 1) % s->options->sentinel.count;
	redis_free(link);
}

/* The next at once; when all have failed, after a while. */
static void fail_sentinel(struct redis_sentinel *s, const char *why)
{
	snprintf(s->why, sizeof s->why, "Sentinel %.*s: %s", STR_ARG(s->options->sentinel.addresses[s->current]), why);
	leave_sentinel(s);
	bool all = ++s->failed >= s->options->sentinel.count;
	if (all)
		s->failed = 0;
	loop_timer_set(s->timer, all ? (int64_t)(loop_dice() % ASK_EVERY_MS) : 0);
}

/* ---- question and answer ---- */

static void take_address(struct redis_sentinel *s, struct str host, struct str port)
{
	bool v6 = str_index(host, ':') >= 0;
	AUTOFREE char *address = mem_printf(v6 ? "[%.*s]:%.*s" : "%.*s:%.*s", STR_ARG(host), STR_ARG(port));
	s->failed = 0;
	loop_timer_set(s->timer, ASK_EVERY_MS);
	s->found(s->arg, address); /* `s` may be gone */
}

static void on_answer(void *arg, const struct redis_value *reply)
{
	struct redis_sentinel *s = arg;
	s->asked = false;
	if (!reply)
		return; /* the link is lost or left */
	if (reply->type == REDIS_ARRAY && reply->count == 2) {
		take_address(s, reply->items[0].text, reply->items[1].text);
	} else if (reply->type == REDIS_ERROR) {
		AUTOFREE char *why = mem_str(reply->text);
		fail_sentinel(s, why);
	} else {
		AUTOFREE char *why = mem_printf("knows no master \"%.*s\"", STR_ARG(s->options->sentinel.master));
		fail_sentinel(s, why);
	}
}

static void ask_for_master(struct redis_sentinel *s)
{
	const struct str words[] = {STR("SENTINEL"), STR("get-master-addr-by-name"), s->options->sentinel.master};
	if (s->asked)
		return;
	s->asked = true;
	if (!redis_command(s->link, words, sizeof words / sizeof *words, on_answer, s)) {
		s->asked = false;
		fail_sentinel(s, "the connection is lost");
	}
}

static void on_link(void *arg, bool up, const char *why)
{
	struct redis_sentinel *s = arg;
	if (up)
		ask_for_master(s);
	else
		fail_sentinel(s, why);
}

static void open_sentinel_link(struct redis_sentinel *s)
{
	const struct redis_sentinels *all = &s->options->sentinel;
	const struct redis_options options = {.address = all->addresses[s->current],
	                                      .username = all->username,
	                                      .password = all->password,
	                                      .password_file = all->password_file,
	                                      .timeout_ms = s->options->timeout_ms,
	                                      .tls = s->options->tls};
	s->link = redis_new(s->loop, &options, on_link, s);
}

static void on_sentinel_timer(void *arg)
{
	struct redis_sentinel *s = arg;
	if (!s->link)
		open_sentinel_link(s);
	else if (redis_up(s->link))
		ask_for_master(s);
}

/* ---- for the owner ---- */

void redis_sentinel_ask(struct redis_sentinel *s)
{
	loop_timer_set(s->timer, 0);
}

void redis_sentinel_doubt(struct redis_sentinel *s)
{
	leave_sentinel(s);
}

const char *redis_sentinel_why(const struct redis_sentinel *s)
{
	return s->why;
}

struct redis_sentinel *redis_sentinel_new(struct loop *l, const struct redis_options *options,
                                          void (*found)(void *arg, const char *address), void *arg)
{
	struct redis_sentinel *s = mem_zero(sizeof *s);
	*s = (struct redis_sentinel){.loop = l, .options = options, .found = found, .arg = arg};
	snprintf(s->why, sizeof s->why, "no Sentinel has answered yet");
	/* Routers do not all ask the first one. */
	s->current = options->sentinel.count ? loop_dice() % options->sentinel.count : 0;
	s->timer = loop_timer_new(l, on_sentinel_timer, s);
	return s;
}

void redis_sentinel_free(struct redis_sentinel *s)
{
	if (!s)
		return;
	loop_timer_free(s->timer);
	redis_free(s->link);
	mem_cleanup(&s);
}
