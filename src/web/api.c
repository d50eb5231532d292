/*
 * The routes and what stands before a handler: path, method, who asks.
 */
#include "web/api.h"

#include "api_impl.h"
#include "base/mem.h"
#include "service/readers.h"

#define V1 "/api/v1/"
#define UNSENT_MOST                                                                                                    \
	((size_t)128 * 1024 * 1024) /* bytes of replies that clients have not taken yet; no more questions then */

static const struct api_route routes[] = {
	{HTTP_POST, V1 "webhook", api_webhook, API_SENDER, "Alertmanager's webhook"},
	{HTTP_POST, V1 "webhook/*", api_webhook, API_SENDER,
     "the same, from a named source (an Alertmanager installation)"},
	{HTTP_GET, V1 "incidents", api_incidents, API_READER,
     "the dedup state: ?state= owner= severity= rule= matcher= limit= cursor="},
	{HTTP_GET, V1 "incidents/records", api_records, API_READER,
     "the open incidents as they are kept, for runbookctl diff: ?cursor="},
	{HTTP_GET, V1 "incidents/*", api_incident, API_READER, "one incident with members, deliveries and timeline"},
	{HTTP_POST, V1 "incidents/*/ack", api_ack, API_RESPONDER, "acknowledges: {\"by\", \"note\"}"},
	{HTTP_POST, V1 "incidents/*/note", api_note, API_RESPONDER, "a line for the timeline: {\"by\", \"note\"}"},
	{HTTP_POST, V1 "incidents/*/unack", api_unack, API_RESPONDER, "takes an acknowledgement back"},
	{HTTP_POST, V1 "incidents/*/update", api_update, API_RESPONDER,
     "tells stakeholders: {\"status\", \"impact\", \"eta\", \"done\", \"next\", \"cause\", \"set\": {}, \"print\": "
     "true}"},
	{HTTP_GET, V1 "incidents/*/postmortem", api_postmortem, API_READER,
     "a draft of its post-mortem, and what is owed: ?format=markdown &episode="},
	{HTTP_POST, V1 "incidents/*/postmortem", api_postmortem_done, API_RESPONDER,
     "marks what is owed as done: {\"task\", \"note\", \"episode\", \"by\"}"},
	{HTTP_GET, V1 "postmortems", api_postmortems, API_READER, "what is owed after incidents, open and overdue: ?all="},
	{HTTP_POST, V1 "incidents", api_open, API_RESPONDER,
     "opens one by hand: {\"runbook\", \"severity\", \"owner\", \"summary\", \"by\", \"drill\": true}"},
	{HTTP_POST, V1 "incidents/*/approve", api_approve, API_RESPONDER,
     "writes down who approved what its runbook asks for: {\"by\", \"note\"}"},
	{HTTP_POST, V1 "incidents/*/feedback", api_feedback, API_RESPONDER,
     "what its runbook was worth: {\"runbook\": \"helped|outdated|missing\", \"by\", \"note\"}"},
	{HTTP_POST, V1 "incidents/*/silence", api_silence, API_RESPONDER,
     "makes a silence in its source's Alertmanager: {\"for\", \"comment\", \"by\"}"},
	{HTTP_POST, V1 "incidents/*/resolve", api_resolve, API_OPERATOR, "closes by hand"},
	{HTTP_POST, V1 "incidents/*/retry", api_retry, API_OPERATOR, "tries dead deliveries again"},
	{HTTP_POST, V1 "incidents/retry", api_retry_all, API_OPERATOR,
     "tries all dead letters again, the gravest first: ?owner= severity= rule= matcher="},
	{HTTP_GET, V1 "events", api_events, API_READER, "what changes, as server-sent events"},
	{HTTP_POST, V1 "callbacks/*", api_callback, API_PROVEN,
     "what pagerduty, slack, opsgenie or goalert tell of what people did there; signed"},
	{HTTP_GET, V1 "noise", api_noise, API_READER, "the noise report: ?since= until= by= sort= owner= matcher= limit="},
	{HTTP_GET, V1 "shadow", api_shadow, API_READER, "what the shadow rules would have decided otherwise"},
	{HTTP_GET, V1 "why", api_why, API_READER,
     "everything that the journal knows of some alerts: ?matcher= since= key="},
	{HTTP_GET, V1 "journal", api_journal, API_READER, "the files of the decision journal"},
	{HTTP_GET, V1 "journal/*", api_journal_file, API_READER, "a piece of one of them, as it lies there: ?offset="},
	{HTTP_GET, V1 "oncall", api_oncall, API_READER, "who is on call: ?schedule= at= until="},
	{HTTP_POST, V1 "explain", api_explain, API_READER,
     "the plan for an alert or a webhook body, without effects: ?source= all= at="},
	{HTTP_GET, V1 "rules", api_rules, API_READER, "the rules in force"},
	{HTTP_GET, V1 "runbooks", api_runbooks, API_READER, "the runbooks of the catalog"},
	{HTTP_GET, V1 "receivers", api_receivers, API_READER, "the receivers, without their secrets"},
	{HTTP_POST, V1 "receivers/*/test", api_receiver_test, API_OPERATOR,
     "sends a marked test page and its resolve; says what the provider answered: ?severity="},
	{HTTP_GET, V1 "status", api_status, API_READER, "version, configuration, stores, queues"},
	{HTTP_POST, V1 "store/drain", api_store_drain, API_OPERATOR,
     "planned maintenance of Redis: copies what is open into the local file and serves from there"},
	{HTTP_POST, V1 "store/resume", api_store_resume, API_OPERATOR, "back to Redis, and merges into it"},
	{HTTP_GET, "/runbooks", api_runbooks_slash, API_READER, "the same as /runbooks/"},
	{HTTP_GET, "/runbooks/", api_runbook_page, API_READER, "all runbooks, as a page: ?by= incident="},
	{HTTP_POST, "/runbooks/-/ack", api_runbook_ack, API_RESPONDER, "the acknowledge button of the pages"},
	{HTTP_GET, "/runbooks/**", api_runbook_page, API_READER,
     "a runbook as a page; ?incident=KEY puts the incident beside it"},
	{HTTP_GET, "/ack/**", api_ack_page, API_ANYONE, "a page's acknowledge link: asks, and changes nothing"},
	{HTTP_POST, "/ack/**", api_ack_by_link, API_PROVEN, "its button: by="},
	{HTTP_GET, "/metrics", api_metrics, API_READER, "Prometheus metrics"},
	{HTTP_GET, "/-/healthy", api_healthy, API_ANYONE, "200 while the process runs"},
	{HTTP_GET, "/-/ready", api_ready, API_ANYONE, "200 while the store takes writes"},
	{HTTP_POST, "/-/reload", api_reload, API_OPERATOR, "loads the configuration anew, completely or not at all"},
	{HTTP_GET, V1, api_index, API_READER, "this list"},
	{HTTP_GET, "/", api_open_page, API_READER,
     "what is open, as a page, the gravest first: ?state= owner= severity= rule= matcher= cursor="},
	{HTTP_GET, "/noise", api_noise_page, API_READER,
     "which alerts are noise, as a page: ?since= by= sort= owner= matcher="},
	{HTTP_GET, "/rules", api_rules_page, API_READER, "the rules, and what they make of an alert: ?labels= from="},
	{HTTP_GET, "/oncall", api_oncall_page, API_READER, "who is on call, this week"},
	{HTTP_GET, "/incidents/*", api_incident_page, API_READER, "an incident as a page"},
	{HTTP_POST, "/incidents/*/ack", api_form_ack, API_RESPONDER, "the acknowledge button of the pages: by="},
	{HTTP_POST, "/incidents/*/unack", api_form_unack, API_RESPONDER, "takes it back"},
	{HTTP_POST, "/incidents/*/note", api_form_note, API_RESPONDER, "a line for the timeline: by= note="},
	{HTTP_POST, "/incidents/*/silence", api_form_silence, API_RESPONDER, "a silence: for= comment="},
	{HTTP_POST, "/incidents/*/update", api_form_update, API_RESPONDER,
     "a word to stakeholders: status= impact= eta= done= next="},
	{HTTP_POST, "/incidents/*/feedback", api_form_feedback, API_RESPONDER,
     "what the runbook was worth: runbook= note="},
	{HTTP_POST, "/incidents/*/resolve", api_form_resolve, API_OPERATOR, "closes by hand"},
	{HTTP_POST, "/incidents/*/retry", api_form_retry, API_OPERATOR, "tries dead deliveries again"},
	{HTTP_GET, "/-/page.css", api_asset_css, API_ANYONE, "what pages look like"},
	{HTTP_GET, "/-/page.js", api_asset_js, API_ANYONE, "what pages do beyond HTML"},
};
#define ROUTES (sizeof routes / sizeof *routes)

static const char *const method_names[] = {
	[HTTP_GET] = "GET",       [HTTP_HEAD] = "HEAD",       [HTTP_POST] = "POST",   [HTTP_PUT] = "PUT",
	[HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS", [HTTP_OTHER] = "OTHER",
};

size_t api_routes(const struct api_route **out)
{
	*out = routes;
	return ROUTES;
}

static struct str cut_segment(struct str *path)
{
	ptrdiff_t slash = str_index(*path, '/');
	struct str segment = str_slice(*path, 0, slash < 0 ? path->n : (size_t)slash);

	*path = str_slice(*path, slash < 0 ? path->n : (size_t)slash + 1, path->n);
	return segment;
}

static bool ends_alike(struct str pattern, struct str path)
{
	return str_ends(pattern, STR("/")) == str_ends(path, STR("/"));
}

bool api_path_matches(const char *pattern_text, struct str path, struct str *segment)
{
	struct str pattern = str_c(pattern_text);

	*segment = (struct str){NULL, 0};
	if (!str_ends(pattern, STR("**")) && !ends_alike(pattern, path))
		return false;
	while (pattern.n && path.n) {
		if (str_eq_c(pattern, "**")) {
			*segment = path;
			return true;
		}
		struct str want = cut_segment(&pattern), have = cut_segment(&path);
		if (str_eq_c(want, "*") && have.n)
			*segment = have;
		else if (!str_eq(want, have))
			return false;
	}
	return pattern.n == 0 && path.n == 0;
}

/* What is posted to the wrong place are alerts, most often: the answer lands in the log of whoever sends them. */
#define RIGHT_PATH "Alertmanager posts to /api/v1/webhook, or /api/v1/webhook/SOURCE"

static void method_not_allowed(struct http_exchange *x, const char *allow)
{
	struct http_reply_header header = {"Allow", allow};
	http_reply(x, 405, "application/json",
	           http_method(x) == HTTP_POST
	               ? STR("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"method not allowed: " RIGHT_PATH
	                     "\"}\n")
	               : STR("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"method not allowed\"}\n"),
	           &header, 1);
}

/* `allow` is the method that the path has, NULL for a path that is none. */
static void nothing_there(struct api *api, struct http_exchange *x, const char *allow)
{
	bool post = http_method(x) == HTTP_POST;

	if (post)
		api_turned_away(api, REFUSED_PATH, x, NULL);
	if (allow)
		method_not_allowed(x, allow);
	else
		api_reply_error(x, 404, post ? STR("no such path: " RIGHT_PATH) : STR("no such path; GET /api/v1/ lists them"));
}

/* "**" stands for a path, whose slashes are slashes: a segment of it that has one written %2F stays as it came. */
static bool finds(struct http_exchange *x, const char *pattern, struct str *segment)
{
	if (!api_path_matches(pattern, http_path(x), segment))
		return false;
	bool slash = str_find(*segment, STR("%2F")) >= 0 || str_find(*segment, STR("%2f")) >= 0;
	if (!slash || !str_ends(str_c(pattern), STR("**")))
		*segment = http_segment(x, *segment);
	return true;
}

const struct api_route *api_route_of(struct http_exchange *x, struct str *segment, const char **allow)
{
	enum http_method method = http_method(x) == HTTP_HEAD ? HTTP_GET : http_method(x);

	*allow = NULL;
	for (size_t i = 0; i < ROUTES; i++) {
		if (!finds(x, routes[i].path, segment))
			continue;
		*allow = method_names[routes[i].method];
		if (routes[i].method == method)
			return &routes[i];
	}
	return NULL;
}

/* ---- readers ---- */

struct asking {
	struct api *api;
	struct http_exchange *x;
	const struct api_route *route;
	struct str segment; /* lives as long as x */
};

static void reader_done(void *arg)
{
	struct api *api = arg;
	readers_leave(api->readers);
}

static void reader_starts(void *arg)
{
	struct asking *a = arg, now = *a;

	mem_cleanup(&a);
	http_on_end(now.x, reader_done, now.api);
	now.route->handle(now.api, now.x, now.segment);
}

static void reader_turned_away(void *arg)
{
	struct asking *a = arg;

	api_reply_error(a->x, 503, STR("shutting down"));
	mem_cleanup(&a);
}

static void wait_in_line(struct api *api, struct http_exchange *x, const struct api_route *route, struct str segment)
{
	struct asking *a = mem_zero(sizeof *a);

	*a = (struct asking){api, x, route, segment};
	const struct reader reader = {reader_starts, reader_turned_away, a,
	                              route->handle == api_metrics /* what watches this program comes first */};
	if (http_server_unsent(api->http) < UNSENT_MOST && readers_enter(api->readers, &reader))
		return;
	mem_cleanup(&a);
	api_reply_error(x, 503, STR("too many questions at once, try again"));
}

void api_proceed(struct api *api, struct http_exchange *x, const struct api_route *route, struct str segment)
{
	if (route->who == API_READER)
		wait_in_line(api, x, route, segment);
	else
		route->handle(api, x, segment);
}

void api_handle(void *arg, struct http_exchange *x)
{
	struct api *api = arg;
	const char *allow;
	struct str segment;
	const struct api_route *route = api_route_of(x, &segment, &allow);

	if (!route)
		nothing_there(api, x, allow);
	else
		api_enter(api, x, route, segment); /* -> api_door.c, and back to api_proceed() */
}
