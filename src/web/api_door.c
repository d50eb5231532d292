/*
 * The door: whether whoever asks may, before the body is there (api_admit) and when the request is whole (api_enter).
 * Nobody learns which part of his credentials is wrong.
 */
#include "api_impl.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/web.h"
#include "web/webhook_auth.h"

/* What alerts need is for alerts; a question or an order is short. */
#define BODY_OF_QUESTION (1024 * 1024)
#define BODY_OF_ORDER (64 * 1024)

struct entering {
	struct api *api;
	struct http_exchange *x;
	const struct api_route *route;
	struct str segment;
};

static unsigned right_for(enum api_who who)
{
	static const unsigned rights[] = {[API_ANYONE] = 0,
	                                  [API_PROVEN] = 0,
	                                  [API_SENDER] = RIGHT_WEBHOOK,
	                                  [API_READER] = RIGHT_READ,
	                                  [API_RESPONDER] = RIGHT_RESPOND,
	                                  [API_OPERATOR] = RIGHT_OPERATE};
	return rights[who];
}

/* Routes without a right are judged by their handler: an acknowledge link and a provider's callback carry their own proof. */
static bool asks_for_right(const struct api_route *route)
{
	return route->who != API_ANYONE && route->who != API_PROVEN;
}

/* ---- saying no ---- */

static void refuse_credentials(const struct entering *e)
{
	bool sender = e->route->who == API_SENDER;

	if (sender)
		api_count_webhook(e->api, 401);
	api_turned_away(e->api, sender ? REFUSED_CREDENTIALS : REFUSED_CALLER, e->x, NULL);
	api_reply_unauthorized(e->api, e->x);
}

static void refuse_with(const struct entering *e, int code, const char *why)
{
	if (e->route->who == API_SENDER)
		api_count_webhook(e->api, code);
	api_reply_error(e->x, code, str_c(why));
}

static void refuse_unreadable(const struct entering *e, const struct err *err)
{
	LOG(LOG_ERROR, "Cannot read a secret", LOG_S("error", err_first(err)));
	refuse_with(e, 503, "cannot check credentials, try again");
}

static void refuse_name(const struct entering *e)
{
	api_turned_away(e->api, REFUSED_NAME, e->x, NULL);
	refuse_with(e, 403,
	            "this machine is not known by that name: ask by address or localhost, or name it in external_url or "
	            "access.hosts");
}

static void refuse_without_right(const struct entering *e, const struct api_caller *caller)
{
	if (caller->user.n)
		refuse_with(e, 403, "this needs a right that you do not have");
	else if (api_asks_for_users(e->api) || e->route->who == API_SENDER)
		refuse_credentials(e);
	else if (e->route->who == API_READER && api_is_named_foreign(e->api, e->x))
		refuse_name(e);
	else
		refuse_with(e, 403, "operating verbs are answered only to this machine's loopback addresses");
}

/* ---- a page in a browser ---- */

/* A browser sends passwords, certificates and its address along for whatever page asks it to. */
static bool is_foreign(const struct entering *e, const struct api_caller *caller)
{
	struct str url = e->api->router->config->external_url;

	if (http_method(e->x) == HTTP_GET || http_method(e->x) == HTTP_HEAD || caller->by_header)
		return false;
	const struct api_peer peer = api_peer_of(e->x);
	return caller->user.n ? api_is_foreign_to_user(&peer, url) : api_is_foreign_page(&peer, url);
}

/* ---- going in ---- */

/* One line for each order, whatever comes of it: who, from where, what. */
static void audit(const struct entering *e, const struct api_caller *caller)
{
	if (e->route->who != API_RESPONDER && e->route->who != API_OPERATOR)
		return;
	LOG(LOG_INFO, "Order", LOG_STR("user", caller->user.n ? caller->user : STR("-")), LOG_S("from", http_peer(e->x)),
	    LOG_STR("path", str_slice(http_path(e->x), 0, 200)));
}

static bool is_signed(const struct entering *e, struct api_caller *caller, struct err *err)
{
	if (e->route->who != API_SENDER ||
	    webhook_auth_signed(e->api->router->config, e->x, loop_wall_ms(), err) != WEBHOOK_AUTH_OK)
		return false;
	caller->by_header = true;
	return true;
}

static void enter_as(const struct entering *e, struct api_caller *caller)
{
	AUTOERR struct err err = ERR_INIT;
	unsigned right = right_for(e->route->who);

	if ((caller->rights & right) != right && !is_signed(e, caller, &err)) {
		if (err_any(&err))
			refuse_unreadable(e, &err);
		else
			refuse_without_right(e, caller);
		return;
	}
	if (is_foreign(e, caller)) {
		api_turned_away(e->api, REFUSED_PAGE, e->x, NULL);
		refuse_with(e, 403, "pages of other sites may not do this");
		return;
	}
	http_set_user(e->x, caller->user);
	http_set_rights(e->x, caller->rights);
	audit(e, caller);
	api_proceed(e->api, e->x, e->route, e->segment);
}

static void password_answered(void *arg, enum password_answer answer)
{
	struct entering *kept = arg, e = *kept;

	mem_cleanup(&kept);
	switch (answer) {
	case PASSWORD_RIGHT: api_enter(e.api, e.x, e.route, e.segment); break; /* it is known now */
	case PASSWORD_WRONG: refuse_credentials(&e); break;
	case PASSWORD_UNKNOWN: refuse_with(&e, 503, "shutting down"); break;
	case PASSWORD_CROWDED: refuse_with(&e, 503, "too many passwords are being checked, try again"); break;
	}
}

static void ask_password(const struct entering *e, const struct password_question *q)
{
	struct entering *kept = mem_zero(sizeof *kept);

	*kept = *e;
	if (passwords_ask(e->api->passwords, q, password_answered, kept))
		return;
	mem_cleanup(&kept);
	refuse_with(e, 503, "shutting down");
}

void api_enter(struct api *api, struct http_exchange *x, const struct api_route *route, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	const struct entering e = {api, x, route, segment};
	struct api_caller caller = {.user = {"", 0}};
	struct password_question question;

	if (!asks_for_right(route)) {
		api_proceed(api, x, route, segment);
		return;
	}
	switch (api_identify(api, x, &caller, &question, &err)) {
	case API_IDENTIFIED: enter_as(&e, &caller); break;
	case API_WRONG: refuse_credentials(&e); break;
	case API_TO_ASK: ask_password(&e, &question); break;
	case API_UNREADABLE: refuse_unreadable(&e, &err); break;
	}
}

/* ---- before the body ---- */

/* 0, or the status that refuses a head. */
static int admit_to(struct api *api, struct http_exchange *x, const struct api_route *route)
{
	AUTOERR struct err err = ERR_INIT;
	struct api_caller caller;
	struct password_question question;
	unsigned right = right_for(route->who);
	bool sender = route->who == API_SENDER;

	switch (api_identify(api, x, &caller, &question, &err)) {
	case API_TO_ASK: return 0;
	case API_UNREADABLE: return 503;
	case API_WRONG: return 401;
	case API_IDENTIFIED: break;
	}
	if ((caller.rights & right) == right)
		http_admit(x);
	else if (sender && webhook_auth_may_be_signed(api->router->config, x, loop_wall_ms()))
		return 0;
	else if (!caller.user.n && (sender || api_asks_for_users(api)))
		return 401;
	return 0;
}

static size_t body_limit(const struct api_route *route)
{
	if (route && route->handle == api_explain)
		return BODY_OF_QUESTION;
	return route && route->handle == api_callback ? CALLBACK_BODY_MAX : BODY_OF_ORDER;
}

int api_admit(void *arg, struct http_exchange *x)
{
	struct api *api = arg;
	const struct web_config *web = web_current(api->web);
	const char *allow;
	struct str segment;
	const struct api_route *route = api_route_of(x, &segment, &allow);

	http_server_set_headers(api->http, web->headers, web->header_count);
	if (!route || route->who != API_SENDER)
		http_limit_body(x, body_limit(route));
	return route && asks_for_right(route) ? admit_to(api, x, route) : 0;
}

void api_refusal_words(void *arg, int code, struct http_words *out)
{
	struct api *api = arg;

	*out = (struct http_words){.json = {NULL, 0}};
	if (code != 401)
		return;
	out->json =
		STR("{\"status\":\"error\",\"errorType\":\"unauthorized\",\"error\":\"credentials are missing or wrong\"}\n");
	out->challenge =
		web_current(api->web)->user_count ? "Basic realm=\"runbookd\", charset=\"UTF-8\"" : "Bearer realm=\"runbookd\"";
}

void api_refused(void *arg, int code, struct http_exchange *x)
{
	struct api *api = arg;
	const char *allow;
	struct str segment;
	const struct api_route *route = x ? api_route_of(x, &segment, &allow) : NULL;
	bool sender = !route || route->who == API_SENDER;

	if (sender)
		api_count_webhook(api, code);
	if (code == 401)
		api_turned_away(api, sender ? REFUSED_CREDENTIALS : REFUSED_CALLER, x, NULL);
	else if (code == 413)
		api_turned_away(api, sender ? REFUSED_SIZE : REFUSED_LONG, x, NULL);
	else if (code != 503)
		api_turned_away(api, REFUSED_HTTP, x, NULL);
}
