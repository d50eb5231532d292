/*
 * POST /api/v1/callbacks/KIND: what PagerDuty, Slack, Opsgenie and GoAlert tell of what people did there.
 */
#include "api_impl.h"
#include "service/callbacks.h"

struct called {
	struct api *api;
	struct http_exchange *x;
	const struct receiver_callback *callback;
	struct arena *arena;
};

static struct str callback_header(void *arg, const char *name)
{
	return http_header(arg, name);
}

static void reply_outcome(const struct called *c, enum callback_outcome outcome)
{
	int code = callback_outcome_code(outcome);
	json_t *data = json_pack("{ss}", "outcome", callback_outcome_name(outcome));
	if (code == 200 && c->callback->silent)
		api_reply_text(c->x, 200, "");
	else if (code == 200)
		api_reply_data(c->x, data);
	else
		api_reply_error(c->x, code, str_c(callback_outcome_name(outcome)));
	json_decref(data);
}

static void callback_done(void *arg, enum callback_outcome outcome)
{
	struct called *c = arg;
	if (outcome == CALLBACK_REFUSED || outcome == CALLBACK_REPLAYED)
		api_turned_away(c->api, REFUSED_CALLBACK, c->x, callback_outcome_name(outcome));
	reply_outcome(c, outcome);
	arena_free(c->arena);
}

void api_callback(struct api *api, struct http_exchange *x, struct str segment)
{
	const struct receiver_kind *kind = callbacks_kind(api->router->config, segment);
	struct str token = {NULL, 0};
	if (!kind) {
		api_reply_error(x, 404, STR("no receiver of this kind has a secret for callbacks"));
		return;
	}
	if (http_body(x).n > CALLBACK_BODY_MAX) {
		api_reply_error(x, 413, STR("a callback is smaller"));
		return;
	}
	struct arena *arena = arena_new();
	struct called *c = arena_alloc(arena, sizeof *c);
	*c = (struct called){api, x, kind->callback, arena};
	http_query(x, "token", 0, &token);
	const struct callback_request request = {.arena = arena,
	                                         .body = http_body(x),
	                                         .token = token,
	                                         .header = callback_header,
	                                         .arg = x,
	                                         .now_ms = loop_wall_ms()};
	callbacks_take(api->router->callbacks, kind, &request, callback_done, c);
}
