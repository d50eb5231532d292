/* Opens an incident by hand; the header says how it is one. */
#include "service/opening.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "incident/message.h"
#include "service/intake.h"

#define SUMMARY_MAX 500

struct opening {
	struct router *r;
	struct arena *arena;
	struct config *config;
	struct ruleset *rules; /* of the one rule */
	struct opening_order order;
	struct alert alert;
	struct labels group;
	struct plan plan;
	struct plan *plans[1];
	struct webhook hook;
	const char *refusal;
	operate_done *done;
	void *arg;
};

static void opening_free(void *arg)
{
	struct opening *o = arg;
	ruleset_free(o->rules);
	config_unref(o->config);
	arena_free(o->arena);
}

/* What was planned is borrowed for one more turn of the loop. */
static void opening_end(struct opening *o, enum operate_result result, const char *error, json_t *data)
{
	struct operate_reply reply = {.result = result, .error = error, .data = data};
	o->done(o->arg, &reply);
	json_decref(data);
	loop_defer(o->r->loop, opening_free, o);
}

/* ---- the rule ---- */

static json_t *rule_of(const struct opening_order *order)
{
	json_t *rule = json_pack("{ss s[s] so ss s[s]}", "name", "by hand", "matchers", "opened_at=~\".+\"", "runbook",
	                         view_text(order->runbook), "resolve_hold", "0s", "group_by", "...");
	if (order->severity.n)
		json_object_set_new(rule, "severity", view_text(order->severity));
	if (order->owner.n)
		json_object_set_new(rule, "owner", view_text(order->owner));
	return json_pack("{s[o]}", "rules", rule);
}

static bool opening_receiver_known(void *arg, struct str name)
{
	return config_receiver(arg, name) != NULL;
}

/* Receivers, escalation and times follow from owner and severity, as for any alert. */
static bool opening_rules(struct opening *o, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	json_t *rule = rule_of(&o->order);
	AUTOFREE char *text = json_dumps(rule, JSON_COMPACT);
	json_decref(rule);
	o->rules = ruleset_new(o->config->catalog, &o->config->defaults);
	return ruleset_add_file(o->rules, "by hand", arena_str(o->arena, str_c(text)), err) &&
	       ruleset_finish(o->rules, opening_receiver_known, o->config, err, &warnings);
}

/* ---- the alert ---- */

static struct str summary_of(const struct opening *o)
{
	const struct opening_order *order = &o->order;
	struct str said = order->summary.n ? order->summary : order->runbook;
	said = str_slice(said, 0, said.n < SUMMARY_MAX ? said.n : SUMMARY_MAX);
	return str_c(arena_printf(o->arena, "%s%.*s", order->drill ? "DRILL: " : "", STR_ARG(said)));
}

/* `opened_at` tells it from every other one. */
static void opening_alert(struct opening *o)
{
	char when[TIME_FORMAT_MAX], id[STORE_ID_MAX];
	const struct opening_order *order = &o->order;
	struct label *v = arena_alloc(o->arena, 6 * sizeof *v), *notes = arena_alloc(o->arena, 2 * sizeof *notes);
	struct labels *labels = &o->alert.labels;
	int64_t now = loop_wall_ms();
	hash_random_id(id);
	*labels = (struct labels){v, 0};
	v[labels->n++] = (struct label){STR("alertname"), order->drill ? STR(OPENING_DRILL) : STR(OPENING_ALERTNAME)};
	v[labels->n++] =
		(struct label){STR("opened_at"), str_c(arena_printf(o->arena, "%s %.8s", time_format(now, when), id))};
	if (order->by.n)
		v[labels->n++] = (struct label){STR("opened_by"), order->by};
	if (order->drill)
		v[labels->n++] = (struct label){STR("drill"), STR("true")};
	labels_sort(labels);
	notes[0] = (struct label){STR("summary"), summary_of(o)};
	o->alert.annotations = (struct labels){notes, 1};
	o->alert.starts_at = now;
	labels_fingerprint(labels, o->alert.identity);
	o->alert.fingerprint = str_c(o->alert.identity);
}

/* ---- it is decided ---- */

static void opening_shown(void *arg, const struct operate_reply *reply)
{
	struct opening *o = arg;
	opening_end(o, reply->result, reply->error, json_incref(reply->data));
}

static void opening_decided(void *arg, const struct intake_result *result)
{
	struct opening *o = arg;
	if (result->code != 200) {
		opening_end(o, OPERATE_UNAVAILABLE, result->error, NULL);
		return;
	}
	LOG(LOG_INFO, "Opened by hand", LOG_S("key", o->plan.key), LOG_STR("by", o->order.by),
	    LOG_STR("runbook", o->order.runbook), LOG_S("drill", o->order.drill ? "yes" : "no"));
	operate_show(o->r, str_c(o->plan.key), opening_shown, o);
}

static void opening_refused(void *arg)
{
	struct opening *o = arg;
	opening_end(o, OPERATE_BAD, o->refusal, NULL);
}

void operate_open(struct router *r, const struct opening_order *order, operate_done *done, void *arg)
{
	AUTOERR struct err err = ERR_INIT;
	struct arena *arena = arena_new();
	struct opening *o = arena_alloc(arena, sizeof *o);
	*o = (struct opening){
		.r = r, .arena = arena, .config = config_ref(r->config), .order = *order, .done = done, .arg = arg};
	struct str *const texts[] = {&o->order.runbook, &o->order.severity, &o->order.owner, &o->order.summary,
	                             &o->order.by};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = arena_str(arena, *texts[i]);
	if (!opening_rules(o, &err)) {
		o->refusal = arena_cstr(arena, str_c(err_first(&err)));
		loop_defer(r->loop, opening_refused, o);
		return;
	}
	opening_alert(o);
	o->group = o->alert.labels;
	ruleset_evaluate(o->rules, &o->alert, &o->group, arena, &o->plan);
	o->plans[0] = &o->plan;
	o->hook = (struct webhook){.alerts = &o->alert,
	                           .count = 1,
	                           .group_labels = o->group,
	                           .receiver = STR("by hand"),
	                           .version = STR("4"),
	                           .group_key = str_c(o->plan.key)};
	intake_planned(r->intake, STR(""), &o->hook, o->plans, opening_decided, o);
}
