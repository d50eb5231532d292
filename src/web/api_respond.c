/*
 * What responders do beside acknowledging: silence, tell stakeholders, post-mortems, incidents by hand.
 */
#include "api_impl.h"
#include "base/mem.h"
#include "base/time.h"
#include "service/communicating.h"
#include "service/opening.h"
#include "service/postmortems.h"
#include "service/silencing.h"

#define PLACEHOLDERS_MOST 50

/* What a request needs until it is answered. */
struct responding {
	struct http_exchange *x;
	struct arena *arena;
	json_t *object; /* its body; NULL: it was refused */
};

/* As api_read_object(); NULL: it was refused. */
static struct responding *responding_new(struct http_exchange *x, const char *const *texts, const char *const *others)
{
	AUTOERR struct err err = ERR_INIT;
	json_t *object = api_read_object(x, texts, others, &err);
	if (!object) {
		api_reply_errors(x, 400, &err);
		return NULL;
	}
	struct responding *r = mem_zero(sizeof *r);
	*r = (struct responding){x, arena_new(), object};
	return r;
}

static void responding_free(struct responding *r)
{
	json_decref(r->object);
	arena_free(r->arena);
	mem_cleanup(&r);
}

static void responded(void *arg, const struct operate_reply *reply)
{
	struct responding *r = arg;
	api_reply_operated(r->x, reply);
	responding_free(r);
}

static struct str said(const struct responding *r, const char *name)
{
	return api_text_of(r->arena, r->object, name);
}

static void refuse_response(struct responding *r, const char *why)
{
	api_reply_error(r->x, 400, str_c(why));
	responding_free(r);
}

/* Each "name": "text" of "set" fills a placeholder of that name. */
static struct labels placeholders(const struct responding *r, bool *ok)
{
	json_t *set = json_object_get(r->object, "set"), *value;
	const char *name;
	struct labels out = {arena_alloc(r->arena, (json_object_size(set) + 1) * sizeof *out.v), 0};
	*ok = !set || json_is_null(set) || json_is_object(set);
	json_object_foreach(set, name, value)
	{
		*ok = *ok && json_is_string(value);
		if (*ok)
			out.v[out.n++] =
				(struct label){arena_str(r->arena, str_c(name)), arena_str(r->arena, str_c(json_string_value(value)))};
	}
	labels_sort(&out);
	*ok = *ok && out.n <= PLACEHOLDERS_MOST;
	return out;
}

static bool is_communication_status(struct str status)
{
	for (size_t i = 0; communication_statuses[i]; i++)
		if (str_eq_nocase(status, str_c(communication_statuses[i])))
			return true;
	return !status.n;
}

void api_update(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const texts[] = {"status", "impact", "eta", "done", "next", "cause", "by", NULL},
							 *const others[] = {"set", "print", NULL};
	struct responding *r = responding_new(x, texts, others);
	bool ok;
	if (!r)
		return;
	const struct incident_update update = {.by = api_actor(x, r->arena, said(r, "by")),
	                                       .status = said(r, "status"),
	                                       .impact = said(r, "impact"),
	                                       .eta = said(r, "eta"),
	                                       .done = said(r, "done"),
	                                       .next = said(r, "next"),
	                                       .cause = said(r, "cause"),
	                                       .set = placeholders(r, &ok)};
	if (!ok)
		refuse_response(r, "set: an object of at most 50 texts is wanted: {\"PLACEHOLDER\": \"…\"}");
	else if (!is_communication_status(update.status))
		refuse_response(r, "status: one of investigating, identified, fixing, monitoring, resolved is wanted");
	else
		operate_update(api->router, segment, &update, json_is_true(json_object_get(r->object, "print")), responded, r);
}

/* ---- by hand ---- */

void api_open(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const names[] = {"runbook", "severity", "owner", "summary", "by", NULL}, *const others[] = {
																									"drill", NULL};
	struct responding *r = responding_new(x, names, others);
	(void)segment;
	if (!r)
		return;
	const struct opening_order order = {.runbook = said(r, "runbook"),
	                                    .severity = said(r, "severity"),
	                                    .owner = said(r, "owner"),
	                                    .summary = said(r, "summary"),
	                                    .by = api_actor(x, r->arena, said(r, "by")),
	                                    .drill = json_is_true(json_object_get(r->object, "drill"))};
	if (!order.runbook.n)
		refuse_response(r, "runbook: a path of the catalog, or a URL, is wanted");
	else
		operate_open(api->router, &order, responded, r);
}

static void order_response(struct api *api, struct http_exchange *x, struct str key, enum command command,
                           const char *const *names)
{
	struct responding *r = responding_new(x, names, NULL);
	if (!r)
		return;
	const struct command_args args = {
		.by = api_actor(x, r->arena, said(r, "by")), .note = said(r, "note"), .what = said(r, "runbook")};
	operate_command(api->router, key, command, &args, responded, r);
}

void api_approve(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const names[] = {"note", "by", NULL};
	order_response(api, x, segment, COMMAND_APPROVE, names);
}

void api_feedback(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const names[] = {"runbook", "note", "by", NULL};
	order_response(api, x, segment, COMMAND_FEEDBACK, names);
}

/* ---- post-mortems ---- */

#define EPISODE_WANTED "episode: when it began is wanted, such as 2026-01-05T09:00:00Z"

static bool read_episode(struct str text, int64_t *at)
{
	return !text.n || (time_parse(text, at) && *at > 0);
}

static void drafted(void *arg, const struct operate_reply *reply)
{
	struct responding *r = arg;
	struct str format;
	bool text = http_query(r->x, "format", 0, &format) && str_eq_c(format, "markdown");
	if (!text || reply->result != OPERATE_OK) {
		responded(r, reply);
		return;
	}
	http_reply(r->x, 200, "text/markdown; charset=utf-8",
	           str_c(json_string_value(json_object_get(reply->data, "markdown"))), NULL, 0);
	responding_free(r);
}

void api_postmortem(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const nothing[] = {NULL};
	struct responding *r = responding_new(x, nothing, NULL);
	int64_t episode = 0;
	if (!r)
		return;
	if (!read_episode(api_query(x, "episode"), &episode))
		refuse_response(r, EPISODE_WANTED);
	else
		operate_postmortem(api->router, segment, episode, drafted, r);
}

void api_postmortem_done(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const names[] = {"task", "note", "episode", "by", NULL};
	struct responding *r = responding_new(x, names, NULL);
	if (!r)
		return;
	struct command_args args = {
		.by = api_actor(x, r->arena, said(r, "by")), .note = said(r, "note"), .what = said(r, "task")};
	args.all_episodes = str_eq_c(said(r, "episode"), "all");
	if (!args.all_episodes && !read_episode(said(r, "episode"), &args.episode))
		refuse_response(r, EPISODE_WANTED ", or all");
	else
		operate_command(api->router, segment, COMMAND_FOLLOW_UP, &args, responded, r);
}

void api_postmortems(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const nothing[] = {NULL};
	struct responding *r = responding_new(x, nothing, NULL);
	struct str all;
	(void)segment;
	if (r)
		operate_postmortems(api->router, http_query(x, "all", 0, &all) && str_eq_c(all, "true"), responded, r);
}

/* ---- silences ---- */

void api_silence(struct api *api, struct http_exchange *x, struct str segment)
{
	static const char *const names[] = {"for", "comment", "by", NULL};
	struct responding *r = responding_new(x, names, NULL);
	if (!r)
		return;
	struct silence_order order = {.comment = said(r, "comment"), .by = api_actor(x, r->arena, said(r, "by"))};
	if (!time_duration_parse(said(r, "for"), &order.lasts_ms) || order.lasts_ms <= 0 ||
	    order.lasts_ms > SILENCE_LONGEST_MS)
		refuse_response(r, "for: a duration such as 2h is wanted, at most a year");
	else
		operate_silence(api->router, segment, &order, responded, r);
}
