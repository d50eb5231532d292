/* Polls the calendars of catalog.yml's schedules; catalog/schedule.h says what becomes of them. */
#include "service/calendars.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"

#define FIRST_MS 200
#define TIMEOUT_MS (30 * 1000)

/* One schedule of the configuration in force. */
struct poll {
	struct calendars *owner;
	const struct schedule *schedule;
	struct loop_timer *timer;
	struct http_call *call; /* NULL: none under way */
	char *url;              /* of the request under way */
	char *etag;             /* of what is known; NULL: none */
	char *trouble;          /* what was said in the log last; NULL: all is well */
};

struct calendars {
	struct router *r;
	struct poll *polls;
	size_t count;
};

static int64_t poll_again_ms(const struct poll *p)
{
	return p->schedule->poll < CALENDARS_AGAIN_MS ? p->schedule->poll : CALENDARS_AGAIN_MS;
}

static void count_poll(const struct poll *p, const char *outcome)
{
	struct str labels[] = {p->schedule->name, str_c(outcome)};
	metrics_add(p->owner->r->metrics, METRIC_CALENDAR_POLLS, labels, 1);
}

static void set_age(const struct poll *p)
{
	metrics_set(p->owner->r->metrics, METRIC_CALENDAR_CONFIRMED, &p->schedule->name,
	            (double)p->schedule->calendar->fetched_at / TIME_SECOND);
}

/* ---- what came of it ---- */

/* Each change is one line. */
static void fail_poll(struct poll *p, const char *why)
{
	struct err *trouble = &p->schedule->calendar->trouble;
	count_poll(p, "failed");
	loop_timer_set(p->timer, poll_again_ms(p));
	err_release(trouble);
	*trouble = (struct err)ERR_INIT;
	err_add(trouble, "%s", why);
	if (p->trouble && strcmp(p->trouble, why) == 0)
		return;
	LOG(LOG_WARN, "A calendar cannot be read, what was read before stays in force",
	    LOG_STR("schedule", p->schedule->name), LOG_S("error", why));
	free(p->trouble);
	p->trouble = mem_strdup(why);
}

static void confirmed(struct poll *p)
{
	p->schedule->calendar->fetched_at = loop_wall_ms();
	err_release(&p->schedule->calendar->trouble);
	p->schedule->calendar->trouble = (struct err)ERR_INIT;
	if (p->trouble)
		LOG(LOG_INFO, "A calendar can be read again", LOG_STR("schedule", p->schedule->name));
	free(p->trouble);
	p->trouble = NULL;
	count_poll(p, "ok");
	set_age(p);
	loop_timer_set(p->timer, p->schedule->poll);
}

static void keep_calendar_copy(struct poll *p, const struct http_result *result)
{
	AUTOERR struct err err = ERR_INIT;
	const struct calendar_copy copy = {.etag = result->etag, .text = result->body, .fetched_at = loop_wall_ms()};
	if (!calendar_copy_write(p->owner->r->config, p->schedule, str_c(p->url), &copy, &err))
		LOG(LOG_WARN, "The copy of a calendar was not written", LOG_STR("schedule", p->schedule->name),
		    LOG_S("error", err_first(&err)));
}

static void take_calendar(struct poll *p, const struct http_result *result)
{
	const struct calendar_zones zones = config_zones(p->owner->r->config);
	AUTOFREE char *name = mem_printf("calendar of %.*s", STR_ARG(p->schedule->name));
	if (result->body.n > CALENDAR_BYTES_MAX) {
		fail_poll(p, "the answer is larger than a calendar may be");
		return;
	}
	if (!schedule_take_calendar(p->schedule, name, result->body, &zones)) {
		AUTOFREE char *why = mem_strdup(err_first(&p->schedule->calendar->trouble));
		fail_poll(p, why);
		return;
	}
	keep_calendar_copy(p, result);
	free(p->etag);
	p->etag = result->etag.n ? mem_str(result->etag) : NULL;
	confirmed(p);
}

static void take_poll_answer(void *arg, const struct http_result *result)
{
	struct poll *p = arg;
	AUTOFREE char *status = mem_printf("HTTP %d", result->status);

	p->call = NULL;
	if (result->outcome != HTTP_ANSWERED) {
		fail_poll(p, result->error);
	} else if (result->status == 304 && p->etag) {
		calendar_copy_confirm(p->owner->r->config, p->schedule, loop_wall_ms());
		confirmed(p);
	} else if (result->status == 200) {
		take_calendar(p, result);
	} else {
		fail_poll(p, status);
	}
}

/* ---- asking ---- */

static bool etag_fits_a_header(const char *etag)
{
	for (; *etag; etag++)
		if ((unsigned char)*etag < ' ')
			return false;
	return true;
}

static void ask_calendar(struct poll *p)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct str url;

	if (!config_calendar_url(p->owner->r->config, p->schedule, arena, &url, &err)) {
		fail_poll(p, err_first(&err));
		return;
	}
	if (!p->url || !str_eq_c(url, p->url)) { /* a secret URL may have changed: what is known is of the other one */
		free(p->url);
		p->url = mem_str(url);
		mem_cleanup(&p->etag);
		p->etag = NULL;
	}
	bool known = p->etag && p->schedule->calendar->calendar && etag_fits_a_header(p->etag);
	const char *condition = known ? arena_printf(arena, "If-None-Match: %s", p->etag) : NULL;
	const char *const headers[] = {"Accept: text/calendar", condition, NULL};
	const struct http_client_request request = {.method = "GET",
	                                            .url = p->url,
	                                            .headers = headers,
	                                            .timeout_ms = TIMEOUT_MS,
	                                            .response_max = CALENDAR_BYTES_MAX + 1};
	p->call = http_client_send(p->owner->r->client, &request, take_poll_answer, p);
}

static void on_time(void *arg)
{
	struct poll *p = arg;
	if (!p->call)
		ask_calendar(p);
}

/* ---- life ---- */

/* What the configuration read from the copy is what the ETag is of. */
static void know_etag(struct poll *p)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct config *c = p->owner->r->config;
	struct calendar_copy copy;
	struct str url;
	if (p->schedule->calendar->calendar && config_calendar_url(c, p->schedule, arena, &url, &err) &&
	    calendar_copy_read(c, p->schedule, url, arena, &copy) && copy.etag.n) {
		p->etag = mem_str(copy.etag);
		p->url = mem_str(url);
	}
}

static void begin_poll(struct calendars *c, const struct schedule *s)
{
	struct poll *p = &c->polls[c->count++];
	*p = (struct poll){.owner = c, .schedule = s};
	p->timer = loop_timer_new(c->r->loop, on_time, p);
	know_etag(p);
	set_age(p);
	loop_timer_set(p->timer, FIRST_MS);
}

static void end_poll(struct poll *p)
{
	if (p->call)
		http_call_cancel(p->call);
	loop_timer_free(p->timer);
	free(p->url);
	free(p->etag);
	free(p->trouble);
}

static void end_polls(struct calendars *c)
{
	for (size_t i = 0; i < c->count; i++)
		end_poll(&c->polls[i]);
	free(c->polls);
	c->polls = NULL;
	c->count = 0;
}

void calendars_reconfigure(struct calendars *c)
{
	const struct schedule *const *list;
	size_t n = catalog_schedules(c->r->config->catalog, &list);
	end_polls(c);
	metrics_clear(c->r->metrics, METRIC_CALENDAR_CONFIRMED);
	c->polls = mem_zero((n + 1) * sizeof *c->polls);
	for (size_t i = 0; i < n; i++)
		if (schedule_is_polled(list[i]))
			begin_poll(c, list[i]);
}

struct calendars *calendars_new(struct router *r)
{
	struct calendars *c = mem_zero(sizeof *c);
	c->r = r;
	calendars_reconfigure(c);
	return c;
}

void calendars_free(struct calendars *c)
{
	if (!c)
		return;
	end_polls(c);
	free(c);
}
