/*
 * What monitoring asks: metrics, healthy, ready; the list of routes; reload.
 */
#include <math.h>
#include <string.h>

#include "api_impl.h"
#include "base/log.h"
#include "replica/failover_store.h"
#include "service/journal.h"
#include "service/reloads.h"
#include "store/behind_store.h"

#define METRICS_MAX (32 * 1024 * 1024)
#define NOTES_MAX 65536

/* Of one that nobody asks, for it is being maintained, nothing is said: an alert on 0 would be a false one. */
static double up_of(const struct store_health *h)
{
	return h->planned && !h->up ? (double)NAN : h->up;
}

static void set_store_gauges(struct router *r)
{
	struct store_health parts[STORE_PARTS_MAX];
	size_t n = r->store->ops->parts(r->store, parts);

	for (size_t i = 0; i < n; i++)
		metrics_set(r->metrics, METRIC_STORE_UP, (struct str[]){str_c(parts[i].name)}, up_of(&parts[i]));
	metrics_set(r->metrics, METRIC_STORE_DURABLE, NULL, r->store->ops->health(r->store).durable);
	if (r->behind)
		metrics_set(r->metrics, METRIC_STORE_BEHIND, NULL, (double)behind_store_keys(r->behind));
}

static void count_up_to(struct metrics *m, size_t id, uint64_t n)
{
	metrics_add(m, id, NULL, (double)n - metrics_value(m, id, NULL));
}

static void set_failover_figures(struct router *r)
{
	if (!r->failover)
		return;
	struct failover_figures f = failover_store_figures(r->failover);
	bool drained = strcmp(f.state, "drained") == 0;
	metrics_set(r->metrics, METRIC_STORE_DRAINED, NULL, drained);
	metrics_set(r->metrics, METRIC_STORE_OWNED, NULL, drained ? 0 : (double)f.owned);
	count_up_to(r->metrics, METRIC_STORE_FAILOVERS, f.failovers);
	count_up_to(r->metrics, METRIC_STORE_MERGED, f.merged);
	count_up_to(r->metrics, METRIC_STORE_PUT_BACK, f.put_back);
	count_up_to(r->metrics, METRIC_STORE_MIRROR_LOST, f.mirror_lost);
}

void api_metrics(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOBUF struct buf text;

	(void)segment;
	buf_init(&text, METRICS_MAX);
	set_store_gauges(api->router);
	set_failover_figures(api->router);
	metrics_set(api->router->metrics, METRIC_HTTP_CONNECTIONS, NULL, http_server_connections(api->http));
	count_up_to(api->router->metrics, METRIC_HTTP_GAVE_WAY, http_server_gave_way(api->http));
	metrics_print(api->router->metrics, &text);
	http_reply(x, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(&text), NULL, 0);
}

void api_healthy(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)api;
	(void)segment;
	api_reply_text(x, 200, "runbookd is healthy.\n");
}

void api_add_without_paths(struct buf *out, struct str text)
{
	while (text.n) {
		ptrdiff_t blank = str_index(text, ' ');
		size_t n = blank < 0 ? text.n : (size_t)blank;
		struct str word = str_slice(text, 0, n);
		struct str end = n && str_index(STR(":,.;)"), word.p[n - 1]) >= 0 ? str_slice(word, n - 1, n) : STR("");
		if (str_index(word, '/') >= 0) {
			buf_add_c(out, "(path)");
			buf_add(out, end);
		} else {
			buf_add(out, word);
		}
		if (blank >= 0)
			buf_add_char(out, ' ');
		text = str_slice(text, n + (blank >= 0), text.n);
	}
}

/* Everybody may ask whether it is ready; where its files lie is for whoever may see the configuration. */
static void add_why(struct buf *out, const struct http_exchange *x, const char *why)
{
	if (api_is_from_here(x))
		buf_add_c(out, why);
	else
		api_add_without_paths(out, str_c(why));
}

/* What an operator should know of each store. */
static void add_notes(struct buf *text, const struct http_exchange *x, const struct router *r)
{
	struct store_health parts[STORE_PARTS_MAX];
	size_t n = r->store->ops->parts(r->store, parts);

	for (size_t i = 0; i < n; i++)
		if (parts[i].why[0] && !parts[i].planned) {
			buf_printf(text, "%s: ", parts[i].name);
			add_why(text, x, parts[i].why);
			buf_add_char(text, '\n');
		}
}

static void say_unready(struct http_exchange *x, const struct router *r, const char *unready)
{
	struct store_health h = r->store->ops->health(r->store);
	AUTOBUF struct buf text;

	buf_init(&text, NOTES_MAX);
	buf_add_c(&text, unready);
	if (!h.up && h.why[0]) {
		buf_add_c(&text, ": ");
		add_why(&text, x, h.why);
	}
	api_reply_error(x, 503, buf_str(&text));
}

static void say_ready(struct http_exchange *x, const struct router *r)
{
	AUTOBUF struct buf text;

	buf_init(&text, NOTES_MAX);
	buf_add_c(&text, "runbookd is ready.\n");
	add_notes(&text, x, r);
	http_reply(x, 200, "text/plain; charset=utf-8", buf_str(&text), NULL, 0);
}

void api_ready(struct api *api, struct http_exchange *x, struct str segment)
{
	const char *unready = router_unready(api->router);

	(void)segment;
	if (unready)
		say_unready(x, api->router, unready);
	else
		say_ready(x, api->router);
}

struct reload_asked {
	struct api *api;
	struct http_exchange *x;
};

static void reload_answered(void *arg, bool whole, const struct err *err)
{
	struct reload_asked *kept = arg, asked = *kept;

	mem_cleanup(&kept);
	if (!whole) {
		api_reply_errors(asked.x, 500, err);
		return;
	}
	json_t *data = json_pack("{s:s}", "config_hash", asked.api->router->config->hash);
	api_reply_data(asked.x, data);
	json_decref(data);
}

void api_reload(struct api *api, struct http_exchange *x, struct str segment)
{
	struct reload_asked *asked = mem_zero(sizeof *asked);

	(void)segment;
	*asked = (struct reload_asked){api, x};
	reloads_ask(api->reloads, reload_answered, asked);
}

void api_index(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOBUF struct buf text;
	const struct api_route *routes;
	size_t count = api_routes(&routes);

	(void)api;
	(void)segment;
	buf_init(&text, METRICS_MAX);
	buf_add_c(&text, "runbookd answers to\n\n");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%-5s %-34s %s\n", routes[i].method == HTTP_POST ? "POST" : "GET", routes[i].path,
		           routes[i].doc);
	http_reply(x, 200, "text/plain; charset=utf-8", buf_str(&text), NULL, 0);
}
