/*
 * The routes and what stands before a handler: path, method, who asks.
 */
#include "app/api.h"

#include "api_impl.h"
#include "app/webhook_auth.h"
#include "base/log.h"

#define V1 "/api/v1/"

static const struct api_route routes[] = {
	{HTTP_POST, V1 "webhook", api_webhook, API_SENDER, "Alertmanager's webhook"},
	{HTTP_POST, V1 "webhook/*", api_webhook, API_SENDER,
     "the same, from a named source (an Alertmanager installation)"},
	{HTTP_GET, V1 "incidents", api_incidents, API_ANYONE,
     "the dedup state: ?state= owner= severity= rule= matcher= limit= cursor="},
	{HTTP_GET, V1 "incidents/*", api_incident, API_ANYONE, "one incident with members, deliveries and timeline"},
	{HTTP_POST, V1 "incidents/*/ack", api_ack, API_LOCAL, "acknowledges: {\"by\", \"note\"}"},
	{HTTP_POST, V1 "incidents/*/unack", api_unack, API_LOCAL, "takes an acknowledgement back"},
	{HTTP_POST, V1 "incidents/*/resolve", api_resolve, API_LOCAL, "closes by hand"},
	{HTTP_POST, V1 "incidents/*/retry", api_retry, API_LOCAL, "tries dead deliveries again"},
	{HTTP_GET, V1 "noise", api_noise, API_ANYONE, "the noise report: ?since= by= sort= limit="},
	{HTTP_GET, V1 "oncall", api_oncall, API_ANYONE, "who is on call: ?schedule= at= until="},
	{HTTP_POST, V1 "explain", api_explain, API_ANYONE,
     "the plan for an alert or a webhook body, without effects: ?source= all= at="},
	{HTTP_GET, V1 "rules", api_rules, API_ANYONE, "the rules in force"},
	{HTTP_GET, V1 "runbooks", api_runbooks, API_ANYONE, "the runbooks of the catalog"},
	{HTTP_GET, V1 "receivers", api_receivers, API_ANYONE, "the receivers, without their secrets"},
	{HTTP_POST, V1 "receivers/*/test", api_receiver_test, API_LOCAL,
     "sends a marked test page and its resolve; says what the provider answered: ?severity="},
	{HTTP_GET, V1 "status", api_status, API_ANYONE, "version, configuration, stores, queues"},
	{HTTP_POST, V1 "store/drain", api_store_drain, API_LOCAL,
     "planned maintenance of Redis: copies what is open into the local file and serves from there"},
	{HTTP_POST, V1 "store/resume", api_store_resume, API_LOCAL, "back to Redis, and merges into it"},
	{HTTP_GET, "/runbooks", api_runbooks_slash, API_ANYONE, "the same as /runbooks/"},
	{HTTP_GET, "/runbooks/", api_runbook_page, API_ANYONE, "all runbooks, as a page: ?by= incident="},
	{HTTP_POST, "/runbooks/-/ack", api_runbook_ack, API_LOCAL, "the acknowledge button of the pages"},
	{HTTP_GET, "/runbooks/**", api_runbook_page, API_ANYONE,
     "a runbook as a page; ?incident=KEY puts the incident beside it"},
	{HTTP_GET, "/metrics", api_metrics, API_ANYONE, "Prometheus metrics"},
	{HTTP_GET, "/-/healthy", api_healthy, API_ANYONE, "200 while the process runs"},
	{HTTP_GET, "/-/ready", api_ready, API_ANYONE, "200 while the store takes writes"},
	{HTTP_POST, "/-/reload", api_reload, API_LOCAL, "loads the configuration anew, completely or not at all"},
	{HTTP_GET, "/", api_index, API_ANYONE, "this list"},
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

/* "http://localhost:9195" -> "localhost:9195" */
static struct str authority(struct str origin)
{
	ptrdiff_t at = str_find(origin, STR("://"));
	return at < 0 ? origin : str_slice(origin, (size_t)at + 3, origin.n);
}

/* The host without its port. */
static struct str host_name(struct str host)
{
	ptrdiff_t bracket = str_index(host, ']'), colon = str_index(host, ':');

	if (str_starts(host, STR("[")) && bracket > 0)
		return str_slice(host, 1, (size_t)bracket);
	return colon < 0 ? host : str_slice(host, 0, (size_t)colon);
}

static bool is_loopback_name(struct str host)
{
	struct str name = host_name(host);
	return str_eq_nocase(name, STR("localhost")) || str_starts(name, STR("127.")) || str_eq_c(name, "::1");
}

bool api_is_local(const struct api_peer *peer)
{
	if (!peer->from_loopback || peer->forwarded)
		return false;
	if (peer->host.n && !is_loopback_name(peer->host))
		return false;
	return !peer->origin.n || str_eq_nocase(authority(peer->origin), peer->host);
}

bool api_is_from_here(const struct http_exchange *x)
{
	const struct api_peer peer = {
		.from_loopback = http_from_loopback(x),
		.forwarded = http_header(x, "X-Forwarded-For").n || http_header(x, "Forwarded").n,
		.origin = http_header(x, "Origin"),
		.host = http_header(x, "Host"),
	};
	return api_is_local(&peer);
}

/* False when it has been answered. */
static bool sender_may(struct api *api, struct http_exchange *x)
{
	AUTOERR struct err err = ERR_INIT;

	switch (webhook_auth_check(api->router->config, x, loop_wall_ms(), &err)) {
	case WEBHOOK_AUTH_OK: return true;
	case WEBHOOK_AUTH_BROKEN:
		LOG(LOG_ERROR, "Cannot read a secret of webhook.auth", LOG_S("error", err_first(&err)));
		api_webhook_refused(api, x, 503, "cannot check credentials, try again");
		return false;
	case WEBHOOK_AUTH_REFUSED: break;
	}
	api_webhook_refused(api, x, 401, "bearer token or signature missing or wrong");
	return false;
}

static bool may(struct api *api, struct http_exchange *x, enum api_who who)
{
	switch (who) {
	case API_ANYONE: return true;
	case API_SENDER: return sender_may(api, x);
	case API_LOCAL: break;
	}
	if (api_is_from_here(x))
		return true;
	api_reply_error(x, 403, STR("operating verbs are answered only to this machine's loopback addresses"));
	return false;
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
		api_reply_error(x, 404, post ? STR("no such path: " RIGHT_PATH) : STR("no such path; GET / lists them"));
}

void api_handle(void *arg, struct http_exchange *x)
{
	struct api *api = arg;
	enum http_method method = http_method(x) == HTTP_HEAD ? HTTP_GET : http_method(x);
	const char *allow = NULL;

	for (size_t i = 0; i < ROUTES; i++) {
		struct str segment;
		if (!api_path_matches(routes[i].path, http_path(x), &segment))
			continue;
		allow = method_names[routes[i].method];
		if (routes[i].method != method)
			continue;
		if (may(api, x, routes[i].who))
			routes[i].handle(api, x, segment);
		return;
	}
	nothing_there(api, x, allow);
}

void api_refused(void *arg, int code)
{
	struct api *api = arg;
	api_count_webhook(api, code);
	if (code == 413)
		api_turned_away(api, REFUSED_SIZE, NULL, NULL);
	else if (code != 503)
		api_turned_away(api, REFUSED_HTTP, NULL, NULL);
}
