/*
 * The dedup state and what people do to it.
 */
#include "api_impl.h"
#include "base/mem.h"
#include "base/time.h"
#include "service/receiver_test.h"

/* What a question needs until it is answered. */
struct asked {
	struct http_exchange *x;
	struct arena *arena;
	struct api_matchers matchers;
};

static struct asked *asked_new(struct http_exchange *x)
{
	struct asked *a = mem_zero(sizeof *a);
	a->x = x;
	a->arena = arena_new();
	a->matchers.arena = a->arena;
	return a;
}

static void asked_free(struct asked *a)
{
	api_matchers_release(&a->matchers);
	arena_free(a->arena);
	mem_cleanup(&a);
}

static void answer_operated(void *arg, const struct operate_reply *reply)
{
	struct asked *a = arg;
	api_reply_operated(a->x, reply);
	asked_free(a);
}

static void refuse_asked(struct asked *a, const struct err *err)
{
	api_reply_errors(a->x, 400, err);
	asked_free(a);
}

void api_incidents(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct asked *a = asked_new(x);
	struct incident_query q = {
		.state = api_query(x, "state"),
		.owner = api_query(x, "owner"),
		.severity = api_query(x, "severity"),
		.rule = api_query(x, "rule"),
		.limit = 100,
		.cursor = api_query(x, "cursor"),
	};

	(void)segment;
	if (!api_read_limit(x, &q.limit, &err) || !api_known_state(q.state, &err) ||
	    !api_read_matchers(x, &a->matchers, &err)) {
		refuse_asked(a, &err);
		return;
	}
	q.matchers = a->matchers.v;
	q.matcher_count = a->matchers.n;
	operate_list(api->router, &q, answer_operated, a);
}

void api_incident(struct api *api, struct http_exchange *x, struct str segment)
{
	operate_show(api->router, segment, answer_operated, asked_new(x));
}

static bool read_args(struct asked *a, struct command_args *args, struct err *err)
{
	static const char *const known[] = {"by", "note", NULL};
	json_t *object = api_read_object(a->x, known, NULL, err);
	if (object)
		*args = (struct command_args){.by = api_text_of(a->arena, object, "by"),
		                              .note = api_text_of(a->arena, object, "note")};
	json_decref(object);
	return object != NULL;
}

static void order_command(struct api *api, struct http_exchange *x, struct str key, enum command command)
{
	AUTOERR struct err err = ERR_INIT;
	struct asked *a = asked_new(x);
	struct command_args args;

	bool ok = read_args(a, &args, &err);
	args.by = ok ? api_actor(x, a->arena, args.by) : args.by;
	if (!ok)
		refuse_asked(a, &err);
	else
		operate_command(api->router, key, command, &args, answer_operated, a);
}

void api_ack(struct api *api, struct http_exchange *x, struct str segment)
{
	order_command(api, x, segment, COMMAND_ACK);
}

void api_unack(struct api *api, struct http_exchange *x, struct str segment)
{
	order_command(api, x, segment, COMMAND_UNACK);
}

void api_resolve(struct api *api, struct http_exchange *x, struct str segment)
{
	order_command(api, x, segment, COMMAND_RESOLVE);
}

void api_note(struct api *api, struct http_exchange *x, struct str segment)
{
	order_command(api, x, segment, COMMAND_NOTE);
}

void api_retry(struct api *api, struct http_exchange *x, struct str segment)
{
	order_command(api, x, segment, COMMAND_RETRY);
}

/* Filters as for the list. */
void api_retry_all(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct asked *a = asked_new(x);
	struct command_args args;
	struct incident_query q = {.state = STR("dead"),
	                           .owner = api_query(x, "owner"),
	                           .severity = api_query(x, "severity"),
	                           .rule = api_query(x, "rule")};

	(void)segment;
	if (!read_args(a, &args, &err) || !api_read_matchers(x, &a->matchers, &err)) {
		refuse_asked(a, &err);
		return;
	}
	q.matchers = a->matchers.v;
	q.matcher_count = a->matchers.n;
	operate_retry_all(api->router, &q, &args, answer_operated, a);
}

void api_noise(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct asked *a = asked_new(x);
	struct noise_query q;

	(void)segment;
	if (api_read_noise(x, &a->matchers, &q, &err))
		operate_noise(api->router, &q, answer_operated, a);
	else
		refuse_asked(a, &err);
}

/* ---- a receiver's test ---- */

void api_receiver_test(struct api *api, struct http_exchange *x, struct str segment)
{
	receiver_test(api->router, segment, api_query(x, "severity"), answer_operated, asked_new(x));
}
