/*
 * Who is turned away at the door: a counter by reason, and a line in the log, so that alerts that somebody sends in vain are
 * noticed here and not only in the sender's log.
 */
#include "api_impl.h"
#include "base/log.h"

#define PATH_SHOWN 200 /* bytes of a path in the log */

static const struct {
	const char *name, *message;
} reasons[] = {
	[REFUSED_BODY] = {"body", "Refused a body that is no webhook; its alerts are lost"},
	[REFUSED_CREDENTIALS] = {"credentials", "Refused a webhook without valid credentials"},
	[REFUSED_CALLER] = {"credentials", "Refused a request without valid credentials"},
	[REFUSED_PAGE] = {"page", "Refused what a page of another site posted in somebody's browser"},
	[REFUSED_NAME] = {"page", "Refused what was asked by a name that is not known here: external_url, access.hosts"},
	[REFUSED_PATH] = {"path", "Something was posted to a path that takes nothing; Alertmanager's is /api/v1/webhook"},
	[REFUSED_SIZE] = {"size", "Refused a body beyond webhook.max_body; its alerts are lost"},
	[REFUSED_LONG] = {"size", "Refused a body that is longer than what this path takes"},
	[REFUSED_CALLBACK] = {"callback",
                          "Refused a callback that its sender's secret does not prove, or that is an old one"},
	[REFUSED_HTTP] = {"http", "Refused a request that is no HTTP as it should be"},
};

static void count_refusal(struct api *api, enum api_refusal reason)
{
	struct str name = str_c(reasons[reason].name);
	metrics_add(api->router->metrics, METRIC_REQUESTS_REFUSED, &name, 1);
}

void api_touch_refusals(struct api *api)
{
	for (int i = 0; i < REFUSALS; i++) {
		struct str name = str_c(reasons[i].name);
		metrics_touch(api->router->metrics, METRIC_REQUESTS_REFUSED, &name);
	}
}

/* False while the last line of this reason is too recent. */
static bool is_due(struct api_refusals *r, int64_t now_mono)
{
	if (r->logged_mono && now_mono - r->logged_mono < API_REFUSAL_LOG_MS) {
		r->unlogged++;
		return false;
	}
	r->logged_mono = now_mono;
	return true;
}

void api_turned_away(struct api *api, enum api_refusal reason, const struct http_exchange *x, const char *why)
{
	struct api_refusals *r = &api->refusals[reason];

	count_refusal(api, reason);
	if (!is_due(r, loop_mono_ms()))
		return;
	LOG(LOG_WARN, reasons[reason].message, LOG_S(x ? "from" : NULL, x ? http_peer(x) : ""),
	    LOG_STR(x ? "path" : NULL, x ? str_slice(http_path(x), 0, PATH_SHOWN) : (struct str){0}),
	    LOG_S(why ? "error" : NULL, why ? why : ""), LOG_I(r->unlogged ? "more" : NULL, r->unlogged));
	r->unlogged = 0;
}
