/*
 * Any bytes as the webhooks of one group, on the whole way: parsed, planned, decided, committed (to a store in memory), timers
 * and receivers served between them. Nothing that a client sends may reach an assert, and the promises hold: each body is
 * answered once, with 200 or 400; received equals decided; a record that was written can be read.
 *
 * The input is bodies with a NUL between them. The byte behind a NUL says how much time passes, and how receivers fare.
 */
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/tick.h"
#include "parts.h"
#include "service/intake.h"
#include "service/transaction.h"
#include "store/memory_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BEGINNING INT64_C(1767603600000)
#define BODIES_MAX 8
#define CLAIMED_MAX 50
#define LEASE_MS TIME_MINUTE

/* ---- a router ---- */

static const char rule_file[] =
	"rules:\n"
	"  - {name: alive, matchers: ['alertname=~\"W.*\"'], heartbeat: {every: 5m}}\n"
	"  - {name: quiet, matchers: ['alertname=~\"Q.*\"'], page: false}\n"
	"  - {name: slow, matchers: ['alertname=~\"(?P<what>S.*)\"'], page_after: 2m, resolve_hold: 3m,\n"
	"     summary: '{{what}} {{labels.a}}'}\n"
	"  - {name: own, matchers: ['alertname=~\"O.*\"'], group_by: ['...'], receivers: [chat]}\n"
	"  - {name: all, matchers: []}\n";

struct house {
	struct router router;
	struct config config;
	int64_t now;
	unsigned char chance; /* of this turn */
	char claim_id[STORE_ID_MAX];
	struct str receiver;
	size_t waiting;
	unsigned answers, received;
	int code;
};

/* Once for all inputs. */
static struct ruleset *rules(void)
{
	static struct ruleset *ruleset;
	static struct str one[] = {STR_INIT("pager")};
	static const struct plan_defaults defaults = {.severity = STR_INIT("P2"),
	                                              .receivers = {one, 1},
	                                              .severity_order = {SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG},
	                                              .repeat_interval = TIME_HOUR};
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;

	if (ruleset)
		return ruleset;
	struct catalog *catalog = catalog_new();
	must(catalog_finish(catalog, &err));
	ruleset = ruleset_new(catalog, &defaults);
	must(ruleset_add_file(ruleset, "r.yml", str_c(rule_file), &err));
	must(ruleset_finish(ruleset, NULL, NULL, &err, &warnings));
	err_release(&warnings);
	return ruleset;
}

static void open_house(struct house *h)
{
	struct router *r = &h->router;

	*h = (struct house){.now = BEGINNING};
	h->config.ruleset = rules();
	h->config.references = 1;
	h->config.policy = fuzz_policy;
	r->config = &h->config;
	r->loop = loop_new();
	r->store = memory_store_open(r->loop);
	r->metrics = metrics_new("runbookd_", router_metrics, ROUTER_METRICS);
	r->transactions = transactions_new(r);
	r->intake = intake_new(r);
	memory_store_set_now(r->store, h->now);
}

static void stop_house(void *arg)
{
	struct house *h = arg;
	loop_stop(h->router.loop);
}

static void close_house(struct house *h)
{
	struct router *r = &h->router;

	loop_defer(r->loop, stop_house, h); /* what was put off to the next turn runs now */
	loop_run(r->loop);
	intake_free(r->intake);
	transactions_free(r->transactions);
	r->store->ops->close(r->store);
	metrics_free(r->metrics);
	loop_free(r->loop);
}

static void ended(struct house *h)
{
	if (--h->waiting == 0)
		loop_stop(h->router.loop);
}

/* ---- a webhook ---- */

static void note_answer(void *arg, const struct intake_result *result)
{
	struct house *h = arg;

	h->answers++;
	h->code = result->code;
	must(result->code == 200 || (result->code == 400 && result->error[0]));
	if (result->code == 200) {
		json_t *data = json_loadb(result->data.p, result->data.n, JSON_ALLOW_NUL, NULL);
		size_t n = json_array_size(json_object_get(data, "decisions"));
		must((size_t)json_integer_value(json_object_get(data, "received")) == n);
		h->received += (unsigned)n;
		json_decref(data);
	}
	ended(h);
}

static void post_body(struct house *h, struct str body)
{
	unsigned before = h->answers;

	h->waiting = 1;
	intake_webhook(h->router.intake, STR("eu1"), body, note_answer, h);
	loop_run(h->router.loop);
	must(h->answers == before + 1);
}

/* ---- timers and receivers ---- */

static enum tx_apply tick_house(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                struct counts *counts)
{
	struct house *h = arg;
	enum tick_reason reasons[TICK_REASONS];

	(void)members;
	incident_tick(inc, &h->config.policy, now, reasons, counts);
	return TX_WRITE_RELEASE;
}

/* An attempt from its beginning to its end in one change. */
static enum tx_apply attempt(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                             struct counts *counts)
{
	static const enum outcome outcomes[] = {OUTCOME_DELIVERED, OUTCOME_RETRY, OUTCOME_UNKNOWN, OUTCOME_REJECTED,
	                                        OUTCOME_NOT_SENT};
	struct house *h = arg;
	struct delivery *d = incident_delivery(inc, h->receiver);
	struct settlement s = {.receiver = h->receiver,
	                       .outcome = outcomes[h->chance % (sizeof outcomes / sizeof *outcomes)],
	                       .error = h->chance % 5 ? STR("no") : (struct str){0},
	                       .dice = h->chance};

	(void)members;
	(void)counts;
	must(d != NULL);
	s.attempt = delivery_begin(inc, d, now, now + LEASE_MS);
	incident_settle(inc, &s, &h->config.policy, now);
	return TX_WRITE_RELEASE;
}

static void end_change(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	(void)now;
	must(result == TX_DONE && inc);
	ended(arg);
}

static void settle_claims(void *arg, const struct store_claimed *reply)
{
	struct house *h = arg;

	h->waiting = reply->count + 1;
	for (size_t i = 0; i < reply->count; i++) {
		struct tx_change change = {.key = reply->records[i].key,
		                           .apply = h->receiver.n ? attempt : tick_house,
		                           .done = end_change,
		                           .arg = h,
		                           .release_receiver = h->receiver};
		AUTOERR struct err err = ERR_INIT;
		AUTOARENA struct arena *arena = arena_new();
		must(incident_read(arena, reply->records[i].bytes, &err) != NULL);
		memcpy(change.release_claim, h->claim_id, sizeof change.release_claim);
		transaction_run(h->router.transactions, &change);
	}
	ended(h);
}

static void serve_receiver(struct house *h, struct str receiver)
{
	struct store *s = h->router.store;
	struct store_claim claim = {.receiver = receiver, .max = CLAIMED_MAX, .lease_ms = LEASE_MS};

	h->receiver = receiver;
	hash_random_id(h->claim_id);
	memcpy(claim.id, h->claim_id, sizeof claim.id);
	s->ops->claim(s, &claim, settle_claims, h);
	loop_run(h->router.loop);
}

static void pass_by_chance(struct house *h, unsigned char chance)
{
	h->chance = chance;
	h->now += (int64_t)(chance & 15) * TIME_MINUTE;
	memory_store_set_now(h->router.store, h->now);
	router_heard_store(&h->router, h->now);
	serve_receiver(h, (struct str){STORE_CLOCK, 0});
	serve_receiver(h, STR("pager"));
	serve_receiver(h, STR("chat"));
}

/* Promise 2: nothing vanishes. */
static void check_counts(const struct house *h)
{
	struct str source = STR("eu1");
	double decided = 0;

	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		struct str names[] = {str_c(verdict_name(reason_verdict(reason))), str_c(reason_name(reason))};
		decided += metrics_value(h->router.metrics, METRIC_ALERTS_DECIDED, names);
	}
	must(decided == h->received);
	must(metrics_value(h->router.metrics, METRIC_ALERTS_RECEIVED, &source) == h->received);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct house h;
	struct str rest = {(const char *)data, size};

	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	open_house(&h);
	for (int i = 0; i < BODIES_MAX && rest.n; i++) {
		ptrdiff_t end = str_index(rest, '\0');
		struct str body = end < 0 ? rest : str_slice(rest, 0, (size_t)end);
		rest = str_slice(rest, body.n + 1, rest.n);
		post_body(&h, body);
		pass_by_chance(&h, rest.n ? (unsigned char)rest.p[0] : 0);
		rest = str_slice(rest, 1, rest.n);
	}
	check_counts(&h);
	close_house(&h);
	return 0;
}
