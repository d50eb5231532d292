/*
 * POST /api/v1/webhook and /api/v1/webhook/SOURCE.
 */
#include "api_impl.h"
#include "base/mem.h"
#include "service/intake.h"

struct waiting {
	struct api *api;
	struct http_exchange *x;
};

/* What can be tried again is no loss, and is counted with the stores. */
static void reply_refused(const struct waiting *w, const struct intake_result *result)
{
	if (result->code == 400)
		api_turned_away(w->api, REFUSED_BODY, w->x, result->error);
	api_reply_error(w->x, result->code, str_c(result->error));
}

static void taken_in(void *arg, const struct intake_result *result)
{
	struct waiting *w = arg;

	if (result->code == 200)
		api_reply_written(w->x, result->data);
	else
		reply_refused(w, result);
	mem_cleanup(&w);
}

void api_webhook(struct api *api, struct http_exchange *x, struct str source)
{
	struct waiting *w;

	if (api->router->draining) {
		api_webhook_refused(api, x, 503, "shutting down");
		return;
	}
	w = mem_zero(sizeof *w);
	w->api = api;
	w->x = x;
	intake_webhook(api->router->intake, source, http_body(x), taken_in, w);
}

void api_count_webhook(struct api *api, int code)
{
	AUTOFREE char *text = mem_printf("%d", code);
	struct str value = str_c(text);
	metrics_add(api->router->metrics, METRIC_WEBHOOK_REQUESTS, &value, 1);
}

void api_webhook_refused(struct api *api, struct http_exchange *x, int code, const char *error)
{
	api_count_webhook(api, code);
	api_reply_error(x, code, str_c(error));
}
