/*
 * GET /api/v1/events: what changes, as server-sent events. What happens within EVENTS_GATHER_MS is told at once, each
 * incident with its latest state; of more than EVENTS_MOST only how many. A client that does not take them is let go, and
 * asks again: it reads what is there now anyway.
 */
#include <stdlib.h>
#include <string.h>

#include "api_impl.h"
#include "base/json_writer.h"
#include "base/map.h"
#include "base/mem.h"
#include "service/board.h"

#define EVENTS_CLIENTS_MOST 64
#define EVENTS_MOST 256 /* incidents in one telling */
#define EVENTS_GATHER_MS 200
#define EVENTS_PULSE_MS 15000 /* a comment so often: proxies cut what is silent */
#define EVENTS_BYTES_MOST (128 * 1024)

struct client {
	struct api_events *events;
	struct http_stream *stream;
	struct client *next;
};

struct api_events {
	struct api *api;
	struct client *clients;
	size_t client_count;
	struct map *pending; /* key -> the event's data, NUL-terminated */
	size_t beyond;       /* changes that had no room */
	uint64_t number;
	struct loop_timer *gather, *pulse;
};

/* ---- telling ---- */

static void client_free(struct client *c)
{
	struct client **at = &c->events->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->events->client_count--;
	free(c);
}

static void client_gone(void *arg)
{
	client_free(arg);
}

static void tell_all(struct api_events *e, struct str bytes)
{
	struct client *next;

	for (struct client *c = e->clients; c; c = next) {
		next = c->next;
		if (http_stream_write(c->stream, bytes))
			continue;
		http_stream_end(c->stream);
		client_free(c);
	}
}

static void forget_pending(struct api_events *e)
{
	map_free_with(e->pending, free);
	e->pending = map_new();
	e->beyond = 0;
}

static void tell_pending(void *arg)
{
	struct api_events *e = arg;
	AUTOBUF struct buf out;
	struct str key;
	void *data;

	buf_init(&out, EVENTS_BYTES_MOST);
	for (size_t i = 0; map_next(e->pending, &i, &key, &data);)
		buf_printf(&out, "id: %llu\nevent: incident\ndata: %s\n\n", (unsigned long long)++e->number,
		           (const char *)data);
	if (e->beyond || !buf_ok(&out)) {
		size_t changed = map_count(e->pending) + e->beyond;
		buf_reset(&out);
		buf_printf(&out, "id: %llu\nevent: many\ndata: {\"changed\":%zu}\n\n", (unsigned long long)++e->number,
		           changed);
	}
	forget_pending(e);
	tell_all(e, buf_str(&out));
}

/* While somebody listens the board is watched. */
static void nothing_to_do(void *arg)
{
	(void)arg;
}

static void pulse(void *arg)
{
	struct api_events *e = arg;

	tell_all(e, STR(": still here\n\n"));
	if (!e->clients)
		return;
	board_watch(e->api->router->board, nothing_to_do, NULL);
	loop_timer_set(e->pulse, EVENTS_PULSE_MS);
}

/* ---- what changes ---- */

static char *event_data(const struct board_row *row, enum board_change what)
{
	static const char *const words[] = {
		[BOARD_OPENED] = "opened", [BOARD_CHANGED] = "changed", [BOARD_CLOSED] = "closed"};
	AUTOBUF struct buf out;

	buf_init(&out, EVENTS_BYTES_MOST);
	json_put_open(&out, '{');
	json_put_name(&out, STR("key"));
	json_put_text(&out, row->key);
	json_put_name(&out, STR("change"));
	json_put_text(&out, str_c(words[what]));
	json_put_name(&out, STR("state"));
	json_put_text(&out, what == BOARD_CLOSED ? STR("resolved")
	                    : row->acknowledged  ? STR("acknowledged")
	                                         : STR("firing"));
	json_put_name(&out, STR("severity"));
	json_put_known(&out, row->severity);
	json_put_name(&out, STR("owner"));
	json_put_known(&out, row->owner);
	json_put_name(&out, STR("summary"));
	json_put_known(&out, str_slice(row->summary, 0, 1024));
	json_put_close(&out, '}');
	return buf_take(&out);
}

static void incident_changed(void *arg, const struct board_row *row, enum board_change what)
{
	struct api_events *e = arg;

	if (!e->clients)
		return;
	if (map_count(e->pending) >= EVENTS_MOST && !map_get(e->pending, row->key))
		e->beyond++;
	else
		free(map_set(e->pending, row->key, event_data(row, what)));
	if (!loop_timer_running(e->gather))
		loop_timer_set(e->gather, EVENTS_GATHER_MS);
}

/* ---- who listens ---- */

static void welcome_client(struct api_events *e, struct client *c)
{
	board_watch(e->api->router->board, nothing_to_do, NULL);
	c->next = e->clients;
	e->clients = c;
	e->client_count++;
	http_stream_write(c->stream, STR("retry: 3000\n: welcome\n\n"));
	if (!loop_timer_running(e->pulse))
		loop_timer_set(e->pulse, EVENTS_PULSE_MS);
}

void api_events(struct api *api, struct http_exchange *x, struct str segment)
{
	static const struct http_reply_header headers[] = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
	struct api_events *e = api->events;

	(void)segment;
	if (http_method(x) == HTTP_HEAD) {
		http_reply(x, 200, "text/event-stream", STR(""), headers, 2);
		return;
	}
	if (e->client_count >= EVENTS_CLIENTS_MOST) {
		api_reply_error(x, 503, STR("too many are listening already, ask again now and then instead"));
		return;
	}
	struct client *c = mem_zero(sizeof *c);
	c->events = e;
	c->stream = http_stream_begin(x, "text/event-stream", headers, 2, client_gone, c);
	if (c->stream)
		welcome_client(e, c);
	else
		free(c);
}

struct api_events *api_events_new(struct api *api)
{
	struct api_events *e = mem_zero(sizeof *e);

	e->api = api;
	e->pending = map_new();
	e->gather = loop_timer_new(api->router->loop, tell_pending, e);
	e->pulse = loop_timer_new(api->router->loop, pulse, e);
	board_listen(api->router->board, incident_changed, e);
	return e;
}

void api_events_free(struct api_events *e)
{
	if (!e)
		return;
	while (e->clients) {
		http_stream_end(e->clients->stream);
		client_free(e->clients);
	}
	board_listen(e->api->router->board, NULL, NULL);
	map_free_with(e->pending, free);
	loop_timer_free(e->gather);
	loop_timer_free(e->pulse);
	free(e);
}
