/* Pings a URL while pages can be delivered. */
#include "service/heartbeat.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "incident/message.h"
#include "service/dispatcher.h"
#include "service/limiter.h"

#define FIRST_MS 1000 /* by then a store that is there has been reached */
#define FAILURE_LOG_MS TIME_MINUTE

struct heartbeat {
	struct router *r;
	struct loop_timer *timer;
	struct http_call *call; /* NULL: none under way */
	char *silent;           /* why it does not ping; NULL: it does */
	struct limiter failures;
	int64_t last_ok_at; /* wall clock; 0: never */
};

static void count_ping(struct heartbeat *h, const char *outcome)
{
	metrics_add(h->r->metrics, METRIC_HEARTBEAT_PINGS, (struct str[]){str_c(outcome)}, 1);
}

static int64_t ping_again_ms(const struct heartbeat *h)
{
	int64_t every = h->r->config->heartbeat.every;
	return every < HEARTBEAT_AGAIN_MS ? every : HEARTBEAT_AGAIN_MS;
}

/* ---- can it take in and deliver ---- */

/* NULL: it can; otherwise why not, for the caller to free. */
static char *unable(const struct router *r)
{
	const char *unready = router_unready(r);
	struct str receiver;

	if (unready)
		return mem_strdup(unready);
	if (r->dispatcher && dispatcher_stuck(r->dispatcher, r->config->policy.fallback_after, &receiver))
		return mem_printf("receiver %.*s does not deliver", STR_ARG(receiver));
	return NULL;
}

/* Each change is one line. */
static void take_state(struct heartbeat *h, char *why)
{
	bool changed = !why != !h->silent || (why && strcmp(why, h->silent) != 0);

	if (changed && why)
		LOG(LOG_WARN, "The heartbeat is silent: this router cannot take in and deliver", LOG_S("why", why));
	else if (changed)
		LOG(LOG_INFO, "The heartbeat goes on");
	free(h->silent);
	h->silent = why;
}

/* ---- one ping ---- */

static void fail_ping(struct heartbeat *h, const char *error)
{
	uint64_t kept_back;

	count_ping(h, "failed");
	loop_timer_set(h->timer, ping_again_ms(h));
	if (limiter_pass(&h->failures, loop_mono_ms(), FAILURE_LOG_MS, &kept_back))
		LOG(LOG_WARN, "A ping of the heartbeat failed", LOG_S("error", error), LOG_I("kept_back", (int64_t)kept_back));
}

static void take_ping_answer(void *arg, const struct http_result *result)
{
	struct heartbeat *h = arg;

	h->call = NULL;
	if (result->outcome == HTTP_ANSWERED && result->status >= 200 && result->status < 300) {
		h->last_ok_at = loop_wall_ms();
		count_ping(h, "ok");
		return;
	}
	AUTOFREE char *status = mem_printf("HTTP %d", result->status);
	fail_ping(h, result->outcome == HTTP_ANSWERED ? status : result->error);
}

static void ping(struct heartbeat *h)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct config *c = h->r->config;
	static const char *const no_headers[] = {NULL};
	struct str url;

	if (!config_heartbeat_url(c, arena, &url, &err)) {
		fail_ping(h, err_first(&err));
		return;
	}
	struct http_client_request request = {.method = c->heartbeat.method,
	                                      .url = arena_cstr(arena, url),
	                                      .headers = no_headers,
	                                      .timeout_ms = c->heartbeat.timeout};
	h->call = http_client_send(h->r->client, &request, take_ping_answer, h);
}

static void beat_or_withhold(void *arg)
{
	struct heartbeat *h = arg;

	take_state(h, unable(h->r));
	loop_timer_set(h->timer, h->silent ? ping_again_ms(h) : h->r->config->heartbeat.every);
	if (h->silent)
		count_ping(h, "withheld");
	else if (!h->call)
		ping(h);
}

/* ---- life ---- */

void heartbeat_reconfigure(struct heartbeat *h)
{
	if (h->call)
		http_call_cancel(h->call);
	h->call = NULL;
	if (h->r->config->heartbeat.given) {
		loop_timer_set(h->timer, ping_again_ms(h) < FIRST_MS ? ping_again_ms(h) : FIRST_MS);
		return;
	}
	loop_timer_stop(h->timer);
	mem_cleanup(&h->silent);
	h->silent = NULL;
}

struct heartbeat *heartbeat_new(struct router *r)
{
	struct heartbeat *h = mem_zero(sizeof *h);

	h->r = r;
	h->timer = loop_timer_new(r->loop, beat_or_withhold, h);
	heartbeat_reconfigure(h);
	return h;
}

void heartbeat_free(struct heartbeat *h)
{
	if (!h)
		return;
	if (h->call)
		http_call_cancel(h->call);
	loop_timer_free(h->timer);
	free(h->silent);
	free(h);
}

json_t *heartbeat_status(const struct heartbeat *h)
{
	if (!h->r->config->heartbeat.given)
		return json_null();
	return json_pack("{so so so}", "every", view_duration(h->r->config->heartbeat.every), "silent_because",
	                 h->silent ? view_text(str_c(h->silent)) : json_null(), "last_ok_at", view_time(h->last_ok_at));
}
