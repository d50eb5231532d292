/*
 * What is loaded and how it stands: rules, runbooks, receivers, status.
 */
#include "api_impl.h"
#include "incident/message.h"
#include "replica/failover_store.h"
#include "service/dispatcher.h"
#include "service/heartbeat.h"
#include "service/intake.h"
#include "version.h"
#include "web/show.h"

static void reply_owned(struct http_exchange *x, json_t *data)
{
	api_reply_data(x, data);
	json_decref(data);
}

void api_receivers(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)segment;
	reply_owned(x, show_receivers(api->router->config));
}

static json_t *stores(struct store *s)
{
	struct store_health parts[STORE_PARTS_MAX];
	size_t n = s->ops->parts(s, parts);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s, s:b, s:b, s:b, s:o}", "name", parts[i].name, "up", parts[i].up,
		                                      "durable", parts[i].durable, "serving", parts[i].serving, "why",
		                                      view_text(str_c(parts[i].why))));
	return list;
}

/* Null where the store is one. */
static json_t *failover(const struct store *s)
{
	if (!s)
		return json_null();
	struct failover_figures f = failover_store_figures(s);
	return json_pack("{s:s, s:I, s:I, s:I, s:I}", "state", f.state, "failovers", (json_int_t)f.failovers, "owned_keys",
	                 (json_int_t)f.owned, "merged_keys", (json_int_t)f.merged, "put_back_keys", (json_int_t)f.put_back);
}

static json_t *unseen_label_list(const struct router *r)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct unseen_label *labels;
	size_t n = intake_unseen_labels(r->intake, arena, &labels);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		                      json_pack("{s:o, s:o, s:i, s:o, s:o}", "rule", view_text(labels[i].rule->name), "file",
		                                view_text(str_c(labels[i].at.file)), "line", labels[i].at.line, "label",
		                                view_text(labels[i].name), "did_you_mean", view_text(labels[i].meant)));
	return list;
}

void api_status(struct api *api, struct http_exchange *x, struct str segment)
{
	const struct config *c = api->router->config;
	const struct rule *const *rules;
	const struct runbook *const *runbooks;

	(void)segment;
	reply_owned(x, json_pack("{s:s, s:s, s:I, s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "version",
	                         RUNBOOKD_VERSION, "revision", RUNBOOKD_REVISION, "uptime_seconds",
	                         (json_int_t)((loop_mono_ms() - api->started_mono) / 1000), "config_hash", c->hash, "mode",
	                         config_mode_name(c), "rules", (json_int_t)ruleset_rules(c->ruleset, &rules), "runbooks",
	                         (json_int_t)catalog_runbooks(c->catalog, &runbooks), "unseen_labels",
	                         unseen_label_list(api->router), "stores", stores(api->router->store), "failover",
	                         failover(api->router->failover), "receivers", dispatcher_status(api->router->dispatcher),
	                         "heartbeat",
	                         api->router->heartbeat ? heartbeat_status(api->router->heartbeat) : json_null()));
}
