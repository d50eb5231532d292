/*
 * The daemon's way of deciding without a daemon: a router over a store in memory, its loop turned by hand.
 */
#include <assert.h>
#include <string.h>

#include "base/buf_json.h"
#include "base/digest.h"
#include "base/time.h"
#include "incident/tick.h"
#include "rule_test_impl.h"
#include "service/intake.h"
#include "service/transaction.h"
#include "store/memory_store.h"

#define BEGINNING INT64_C(1767603600000) /* 2026-01-05T09:00:00Z, a Monday: some time there must be */
#define LEASE_MS TIME_MINUTE
#define BODY_MAX (1024 * 1024)

struct rule_engine {
	struct router router;
	struct config config; /* the configuration with the rules under test in place of its own */
	json_t *started;      /* when each label set began to fire */
	int64_t now;
	/* what the loop is waiting for */
	char claim_id[STORE_ID_MAX];
	size_t claimed, ticking;
	int64_t next_due_at;
	json_t *decision;
	char *error;
};

struct rule_engine *rule_engine_new(const struct config *c, struct ruleset *ruleset)
{
	struct rule_engine *e = mem_zero(sizeof *e);
	struct router *r = &e->router;

	e->config = *c;
	e->config.references = 1;
	e->config.ruleset = ruleset;
	e->started = json_object();
	r->config = &e->config;
	r->loop = loop_new();
	r->store = memory_store_open(r->loop);
	r->metrics = metrics_new("runbookd_", router_metrics, ROUTER_METRICS);
	r->transactions = transactions_new(r);
	r->intake = intake_new(r);
	e->now = BEGINNING;
	memory_store_set_now(r->store, e->now);
	return e;
}

static void stop(void *arg)
{
	struct rule_engine *e = arg;
	loop_stop(e->router.loop);
}

/* What was put off to the next turn of the loop runs now. */
static void turn(struct rule_engine *e)
{
	loop_defer(e->router.loop, stop, e);
	loop_run(e->router.loop);
}

void rule_engine_free(struct rule_engine *e)
{
	struct router *r = &e->router;

	turn(e);
	intake_free(r->intake);
	transactions_free(r->transactions);
	r->store->ops->close(r->store);
	metrics_free(r->metrics);
	loop_free(r->loop);
	json_decref(e->started);
	mem_cleanup(&e->error);
	mem_cleanup(&e);
}

/* ---- time passes ---- */

static enum tx_apply tick(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                          struct counts *counts)
{
	struct rule_engine *e = arg;
	enum tick_reason reasons[TICK_REASONS];

	(void)members;
	incident_tick(inc, &e->config.policy, now, reasons, counts);
	return TX_WRITE_RELEASE;
}

static void ticked(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct rule_engine *e = arg;

	assert(result == TX_DONE); /* a memory store of one router neither conflicts nor fails */
	(void)inc;
	(void)now;
	if (--e->ticking == 0)
		loop_stop(e->router.loop);
}

static void claimed(void *arg, const struct store_claimed *reply)
{
	struct rule_engine *e = arg;

	e->next_due_at = reply->next_due_at;
	e->claimed = e->ticking = reply->count;
	for (size_t i = 0; i < reply->count; i++) {
		struct tx_change change = {.key = reply->records[i].key,
		                           .apply = tick,
		                           .done = ticked,
		                           .arg = e,
		                           .release_receiver = STR(STORE_CLOCK)};
		memcpy(change.release_claim, e->claim_id, sizeof change.release_claim);
		transaction_run(e->router.transactions, &change);
	}
	if (!reply->count)
		loop_stop(e->router.loop);
}

/* Runs what is due now. */
static void tick_all(struct rule_engine *e)
{
	struct store *s = e->router.store;
	struct store_claim claim = {.receiver = STR(STORE_CLOCK), .max = 1000, .lease_ms = LEASE_MS};

	do {
		digest_random_id(e->claim_id);
		memcpy(claim.id, e->claim_id, sizeof claim.id);
		s->ops->claim(s, &claim, claimed, e);
		loop_run(e->router.loop);
	} while (e->claimed);
}

void rule_engine_advance(struct rule_engine *e, int64_t at)
{
	int64_t until = BEGINNING + at;

	tick_all(e);
	while (e->now < until) {
		int64_t due = e->next_due_at;
		e->now = due > e->now && due < until ? due : until;
		memory_store_set_now(e->router.store, e->now);
		tick_all(e);
	}
}

/* ---- an alert arrives ---- */

/* The time its episode began: a resolve keeps it, what fires afterwards begins anew. */
static int64_t started_at(struct rule_engine *e, const struct rule_test_step *step)
{
	char *name = json_dumps(step->labels, JSON_COMPACT | JSON_SORT_KEYS);
	const json_t *known = json_object_get(e->started, name);
	int64_t at = known ? json_integer_value(known) : e->now;

	if (step->resolved)
		json_object_del(e->started, name);
	else
		json_object_set_new(e->started, name, json_integer(at));
	mem_cleanup(&name);
	return at;
}

static void write_body(struct rule_engine *e, const struct rule_test_step *step, struct buf *out)
{
	char starts[TIME_FORMAT_MAX], ends[TIME_FORMAT_MAX];
	json_t *name = json_object_get(step->labels, "alertname");
	json_t *group = name ? json_pack("{s:O}", "alertname", name) : json_object();

	time_format(started_at(e, step), starts);
	time_format(e->now, ends);
	json_t *body =
		json_pack("{s:s, s:o, s:[{s:s, s:O, s:O, s:s, s:s}]}", "version", "4", "groupLabels", group, "alerts", "status",
	              step->resolved ? "resolved" : "firing", "labels", step->labels, "annotations", step->annotations,
	              "startsAt", starts, "endsAt", step->resolved ? ends : "0001-01-01T00:00:00Z");
	buf_add_json(out, body);
	json_decref(body);
}

static void taken_in(void *arg, const struct intake_result *result)
{
	struct rule_engine *e = arg;

	if (result->code == 200) {
		json_t *data = json_loadb(result->data.p, result->data.n, JSON_ALLOW_NUL, NULL);
		e->decision = json_incref(json_array_get(json_object_get(data, "decisions"), 0));
		json_decref(data);
	} else {
		e->error = mem_strdup(result->error);
	}
	loop_stop(e->router.loop);
}

json_t *rule_engine_alert(struct rule_engine *e, const struct rule_test_step *step, struct err *err)
{
	AUTOBUF struct buf body;

	buf_init(&body, BODY_MAX);
	mem_cleanup(&e->error);
	e->error = NULL;
	e->decision = NULL;
	write_body(e, step, &body);
	intake_webhook(e->router.intake, (struct str){NULL, 0}, buf_str(&body), taken_in, e);
	loop_run(e->router.loop);
	if (!e->decision)
		err_add(err, "%s", e->error ? e->error : "no decision");
	return e->decision;
}
