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

static void answered(void *arg, const struct operate_reply *reply)
{
	struct asked *a = arg;
	api_reply_operated(a->x, reply);
	asked_free(a);
}

static void refuse(struct asked *a, const struct err *err)
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
	if (!api_read_limit(x, &q.limit, &err) || !api_known_state(q.state, &err) || !api_read_matchers(x, &a->matchers, &err)) {
		refuse(a, &err);
		return;
	}
	q.matchers = a->matchers.v;
	q.matcher_count = a->matchers.n;
	operate_list(api->router, &q, answered, a);
}

void api_incident(struct api *api, struct http_exchange *x, struct str segment)
{
	operate_show(api->router, segment, answered, asked_new(x));
}

static struct str text_of(struct arena *arena, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_string(value))
		return (struct str){NULL, 0};
	return arena_str(arena, (struct str){json_string_value(value), json_string_length(value)});
}

static bool is_text(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return !value || json_is_null(value) || json_is_string(value);
}

/* An empty body says nothing, and that is fine. */
static bool read_args(struct asked *a, struct command_args *args, struct err *err)
{
	struct str body = str_trim(http_body(a->x));
	json_error_t where;
	json_t *object = body.n ? json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &where) : json_object();
	bool ok = json_is_object(object) && is_text(object, "by") && is_text(object, "note");

	if (ok)
		*args = (struct command_args){text_of(a->arena, object, "by"), text_of(a->arena, object, "note")};
	else
		err_add(err, "the body is to be {\"by\": \"…\", \"note\": \"…\"} or empty");
	json_decref(object);
	return ok;
}

static void operate(struct api *api, struct http_exchange *x, struct str key, enum command command)
{
	AUTOERR struct err err = ERR_INIT;
	struct asked *a = asked_new(x);
	struct command_args args;

	bool ok = read_args(a, &args, &err);
	if (ok && http_user(x).n)
		args.by = arena_str(a->arena, http_user(x)); /* who it is counts, not who he says he is */
	if (!ok)
		refuse(a, &err);
	else
		operate_command(api->router, key, command, &args, answered, a);
}

void api_ack(struct api *api, struct http_exchange *x, struct str segment)
{
	operate(api, x, segment, COMMAND_ACK);
}

void api_unack(struct api *api, struct http_exchange *x, struct str segment)
{
	operate(api, x, segment, COMMAND_UNACK);
}

void api_resolve(struct api *api, struct http_exchange *x, struct str segment)
{
	operate(api, x, segment, COMMAND_RESOLVE);
}

void api_note(struct api *api, struct http_exchange *x, struct str segment)
{
	operate(api, x, segment, COMMAND_NOTE);
}

void api_retry(struct api *api, struct http_exchange *x, struct str segment)
{
	operate(api, x, segment, COMMAND_RETRY);
}

/* Filters as for the list. */
void api_retry_all(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct asked *a = asked_new(x);
	struct command_args args;
	struct incident_query q = {
		.state = STR("dead"), .owner = api_query(x, "owner"), .severity = api_query(x, "severity"), .rule = api_query(x, "rule")};

	(void)segment;
	if (!read_args(a, &args, &err) || !api_read_matchers(x, &a->matchers, &err)) {
		refuse(a, &err);
		return;
	}
	q.matchers = a->matchers.v;
	q.matcher_count = a->matchers.n;
	operate_retry_all(api->router, &q, &args, answered, a);
}

static bool read_ago(struct http_exchange *x, const char *name, int64_t *ago, struct err *err)
{
	struct str text;

	if (!http_query(x, name, 0, &text) || (time_duration_parse(text, ago) && *ago > 0))
		return true;
	err_add(err, "%s: '%.*s' is no duration such as 7d or 12h", name, STR_ARG(text));
	return false;
}

/* A matcher over anything else would never match, and say nothing of it. */
static bool counters_know(const struct asked *a, struct err *err)
{
	static const char *const known[] = {"alertname", "owner", "rule", "severity"};

	for (size_t i = 0; i < a->matchers.n; i++) {
		size_t k = 0;
		while (k < sizeof known / sizeof *known && !str_eq_c(a->matchers.v[i].name, known[k]))
			k++;
		if (k == sizeof known / sizeof *known)
			err_add(err, "matcher: the counters know alertname, owner, rule and severity, not '%.*s'",
			        STR_ARG(a->matchers.v[i].name));
	}
	return !err_any(err);
}

static bool read_by(struct http_exchange *x, enum noise_by *by, struct err *err)
{
	static const struct {
		const char *name;
		enum noise_by by;
	} names[] = {{"alertname", NOISE_ALERTNAME}, {"rule", NOISE_RULE},         {"owner", NOISE_OWNER},
	             {"severity", NOISE_SEVERITY},   {"receiver", NOISE_RECEIVER}, {"person", NOISE_PERSON}};
	struct str text;

	if (!http_query(x, "by", 0, &text))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_c(text, names[i].name)) {
			*by = names[i].by;
			return true;
		}
	err_add(err, "by: '%.*s' is none of alertname, rule, owner, severity, receiver, person", STR_ARG(text));
	return false;
}

void api_noise(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct asked *a = asked_new(x);
	struct noise_query q = {.since_ms = 7 * TIME_DAY,
	                        .by = NOISE_ALERTNAME,
	                        .sort = api_query(x, "sort"),
	                        .owner = api_query(x, "owner"),
	                        .limit = 20};

	(void)segment;
	if (!read_ago(x, "since", &q.since_ms, &err) || !read_ago(x, "until", &q.until_ms, &err) ||
	    !read_by(x, &q.by, &err) || !api_read_limit(x, &q.limit, &err) || !api_read_matchers(x, &a->matchers, &err) ||
	    !counters_know(a, &err)) {
		refuse(a, &err);
		return;
	}
	q.matchers = a->matchers.v;
	q.matcher_count = a->matchers.n;
	operate_noise(api->router, &q, answered, a);
}

/* ---- a receiver's test ---- */

void api_receiver_test(struct api *api, struct http_exchange *x, struct str segment)
{
	receiver_test(api->router, segment, api_query(x, "severity"), answered, asked_new(x));
}
