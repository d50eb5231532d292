/*
 * Planned maintenance of the shared store: drain and resume.
 */
#include "api_impl.h"
#include "replica/failover_store.h"

#define ONE_STORE "there is one store only: nothing to drain (see store.redis and store.on_redis_failure)"

static void reply_state(struct http_exchange *x, const struct store *s, size_t kept)
{
	json_t *data = json_pack("{s:s, s:I}", "state", failover_store_figures(s).state, "incidents", (json_int_t)kept);

	api_reply_data(x, data);
	json_decref(data);
}

struct draining {
	struct http_exchange *x;
	const struct store *store;
};

static void answer_drained(void *arg, bool ok, size_t kept, const char *why)
{
	struct draining *d = arg;

	if (ok)
		reply_state(d->x, d->store, kept);
	else
		api_reply_error(d->x, 503, str_c(why));
	mem_cleanup(&d);
}

void api_store_drain(struct api *api, struct http_exchange *x, struct str segment)
{
	struct store *s = api->router->failover;

	(void)segment;
	if (!s) {
		api_reply_error(x, 400, STR(ONE_STORE));
		return;
	}
	struct draining *d = mem_zero(sizeof *d);
	*d = (struct draining){x, s};
	failover_store_drain(s, answer_drained, d);
}

void api_store_resume(struct api *api, struct http_exchange *x, struct str segment)
{
	struct store *s = api->router->failover;

	(void)segment;
	if (!s)
		api_reply_error(x, 400, STR(ONE_STORE));
	else if (!failover_store_resume(s))
		api_reply_error(x, 400, STR("it is not drained"));
	else
		reply_state(x, s, failover_store_figures(s).owned);
}
