/* Makes a silence in Alertmanager; the header says which. */
#include "service/silencing.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "incident/message.h"
#include "service/alertmanagers.h"
#include "service/lookup.h"

struct silencings { /* those under way */
	struct silencing *first;
	bool closing;
};

struct silencing {
	struct silencing *next, **link;
	struct http_call *call; /* NULL: none under way */
	struct router *r;
	struct arena *arena;
	struct config *config;
	const struct config_source *source;
	struct silence_order order;
	struct str key, id;
	struct incident *inc; /* while Alertmanager is asked for its alerts */
	char *body;
	const char *trouble; /* the last peer's */
	json_t *matchers;
	int64_t until;
	size_t peer; /* that is asked */
	operate_done *done;
	void *arg;
};

static void silencing_end(struct silencing *s, enum operate_result result, const char *error, json_t *data)
{
	struct operate_reply reply = {.result = result, .error = error, .data = data};
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	s->done(s->arg, &reply);
	json_decref(data);
	json_decref(s->matchers);
	free(s->body);
	config_unref(s->config);
	arena_free(s->arena);
}

static const char stopping[] = "the daemon stops: whether the silence was made is not known, see Alertmanager";

/* ---- it is made ---- */

static void silencing_noted(void *arg, const struct operate_reply *reply)
{
	struct silencing *s = arg;
	(void)reply; /* the silence is in force, whether it could be written down or not: that is in the log */
	json_t *data = json_pack("{ss s{so so so sO}}", "key", s->key.p, "silence", "id", view_text(s->id), "until",
	                         view_time(s->until), "alertmanager", view_text(s->source->alertmanagers.v[s->peer]),
	                         "matchers", s->matchers);
	silencing_end(s, OPERATE_OK, "", data);
}

static void silencing_made(struct silencing *s, const struct http_result *result)
{
	json_error_t where;
	char lasts[TIME_DURATION_MAX];
	json_t *answer = json_loadb(result->body.p, result->body.n, 0, &where);
	const char *id = json_string_value(json_object_get(answer, "silenceID"));
	s->id = arena_str(s->arena, str_c(id));
	json_decref(answer);
	struct command_args args = {.by = s->order.by};
	args.note =
		str_c(arena_printf(s->arena, "for %s%s%.*s (silence %.*s)", time_duration_format(s->order.lasts_ms, lasts),
	                       s->order.comment.n ? ": " : "", STR_ARG(s->order.comment), STR_ARG(s->id)));
	operate_command(s->r, s->key, COMMAND_SILENCE, &args, silencing_noted, s);
}

/* ---- asking ---- */

static void silencing_ask(struct silencing *s);

static void silencing_answered(void *arg, const struct http_result *result)
{
	struct silencing *s = arg;
	s->call = NULL;
	if (result->outcome == HTTP_ANSWERED && result->status == 200) {
		silencing_made(s, result);
		return;
	}
	s->trouble =
		result->outcome == HTTP_ANSWERED
			? arena_printf(s->arena, "Alertmanager answered %d: %.*s", result->status,
	                       (int)(result->body.n < 300 ? result->body.n : 300), result->body.n ? result->body.p : "")
			: arena_printf(s->arena, "Alertmanager could not be asked: %s", result->error);
	bool refused = result->outcome == HTTP_ANSWERED && result->status >= 400 && result->status < 500;
	if (!refused && ++s->peer < s->source->alertmanagers.n)
		silencing_ask(s);
	else
		silencing_end(s, refused ? OPERATE_BAD : OPERATE_UNAVAILABLE, s->trouble, NULL);
}

static void silencing_ask(struct silencing *s)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	const char *url = arena_printf(s->arena, "%.*s/api/v2/silences", STR_ARG(s->source->alertmanagers.v[s->peer]));
	const struct http_client_request request = {.method = "POST",
	                                            .url = url,
	                                            .headers = headers,
	                                            .body = str_c(s->body),
	                                            .timeout_ms = ALERTMANAGERS_TIMEOUT_MS};
	s->call = http_client_send(s->r->client, &request, silencing_answered, s);
}

static json_t *matchers_of(const struct labels *labels)
{
	json_t *list = json_array();
	for (size_t i = 0; i < labels->n; i++)
		json_array_append_new(list, json_pack("{so so sb sb}", "name", view_text(labels->v[i].name), "value",
		                                      view_text(labels->v[i].value), "isRegex", 0, "isEqual", 1));
	return list;
}

static void silencing_say(struct silencing *s, const struct incident *inc, const struct labels *labels)
{
	int64_t now = loop_wall_ms();
	struct str comment =
		s->order.comment.n ? s->order.comment : str_c(arena_printf(s->arena, "incident %s, by runbookd", inc->key));
	s->key = arena_str(s->arena, str_c(inc->key));
	s->until = now + s->order.lasts_ms;
	s->matchers = matchers_of(labels);
	json_t *body = json_pack("{sO so so so so}", "matchers", s->matchers, "startsAt", view_time(now), "endsAt",
	                         view_time(s->until), "createdBy", view_text(s->order.by.n ? s->order.by : STR("runbookd")),
	                         "comment", view_text(comment));
	s->body = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	silencing_ask(s);
}

/* Why it cannot be silenced from here; NULL: it can. */
static const char *silencing_hindered(const struct silencing *s, const struct incident *inc)
{
	if (!incident_is_open(inc))
		return "already resolved";
	if (!s->source || !s->source->alertmanagers.n)
		return inc->source.n
		           ? arena_printf(s->arena, "source %.*s names no alertmanagers: in its entry of sources",
		                          STR_ARG(inc->source))
		           : "it came by no named source (POST /api/v1/webhook/SOURCE), so no Alertmanager is known for it";
	return NULL;
}

/* What was rewritten is not known here: Alertmanager has it. */
static void silencing_listed(void *arg, const struct alert_list *lists, size_t n, bool all)
{
	struct silencing *s = arg;
	struct labels labels;
	(void)all; /* its peers tell each other: the list of one is enough to know what the alerts are called */
	if (!n) {
		silencing_end(s, OPERATE_UNAVAILABLE, "Alertmanager could not be asked what the alerts are called there", NULL);
		return;
	}
	const char *hindered = silence_original(s->inc, lists, n, s->arena, &labels);
	if (hindered)
		silencing_end(s, OPERATE_BAD, hindered, NULL);
	else
		silencing_say(s, s->inc, &labels);
}

static void silencing_go_on(struct silencing *s, const struct incident *inc)
{
	if (s->source->labels.rewrite) {
		AUTOERR struct err err = ERR_INIT;
		s->inc = incident_read(s->arena, incident_write(s->arena, inc), &err);
		alertmanagers_list(s->r->alertmanagers, s->inc, silencing_listed, s);
		return;
	}
	struct labels labels = alertmanagers_labels(s->source, inc, s->arena);
	silencing_say(s, inc, &labels);
}

static void silencing_found(void *arg, const struct lookup_result *found)
{
	struct silencing *s = arg;
	if (found->result != OPERATE_OK) {
		silencing_end(s, found->result, found->error, NULL);
		return;
	}
	s->source = config_source(s->config, found->inc->source);
	const char *hindered = silencing_hindered(s, found->inc);
	if (s->r->silencings->closing)
		silencing_end(s, OPERATE_UNAVAILABLE, stopping, NULL);
	else if (hindered)
		silencing_end(s, OPERATE_BAD, hindered, NULL);
	else
		silencing_go_on(s, found->inc);
}

void operate_silence(struct router *r, struct str key, const struct silence_order *order, operate_done *done, void *arg)
{
	struct arena *arena = arena_new();
	struct silencing *s = arena_alloc(arena, sizeof *s);
	*s = (struct silencing){
		.r = r, .arena = arena, .config = config_ref(r->config), .order = *order, .done = done, .arg = arg};
	s->link = &r->silencings->first;
	s->next = *s->link;
	if (s->next)
		s->next->link = &s->next;
	*s->link = s;
	s->order.comment = arena_str(arena, order->comment);
	s->order.by = arena_str(arena, order->by);
	lookup_incident(r, key, silencing_found, s);
}

/* ---- life ---- */

struct silencings *silencings_new(void)
{
	return mem_zero(sizeof(struct silencings));
}

/* Those that wait for the store end with it. */
void silencings_stop(struct silencings *all)
{
	if (!all)
		return;
	all->closing = true;
	for (struct silencing *s = all->first, *next; s; s = next) {
		next = s->next;
		if (!s->call)
			continue;
		http_call_cancel(s->call);
		s->call = NULL;
		silencing_end(s, OPERATE_UNAVAILABLE, stopping, NULL);
	}
}

void silencings_free(struct silencings *all)
{
	free(all);
}
