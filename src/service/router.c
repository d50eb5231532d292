/* What a router shares, and the metrics that begin at zero. */
#include "service/router.h"

#include <string.h>

#include "base/hash.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/silence.h"
#include "incident/tick.h"
#include "service/callbacks.h"
#include "service/journal_lines.h"

static const double webhook_buckets[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                         0.1,    0.25,  0.5,    1,     2.5,  5,     10};
static const double delivery_buckets[] = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30};
static const double commit_buckets[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

#define BREACHES_AHEAD 500 /* pairs of a severity and an owner, whose series begin at zero before anybody pages */

/* name, help, labels (NULL: none) */
#define COUNTER(n, h, ...)                                                                                             \
	{                                                                                                                  \
		.name = (n), .type = METRIC_COUNTER, .help = (h), .labels = { __VA_ARGS__ }                                    \
	}
#define GAUGE(n, h, ...)                                                                                               \
	{                                                                                                                  \
		.name = (n), .type = METRIC_GAUGE, .help = (h), .labels = { __VA_ARGS__ }                                      \
	}
#define HISTOGRAM(n, h, b, ...)                                                                                        \
	{                                                                                                                  \
		.name = (n), .type = METRIC_HISTOGRAM, .help = (h), .labels = {__VA_ARGS__}, .buckets = (b),                   \
		.bucket_count = sizeof(b) / sizeof *(b)                                                                        \
	}

const struct metric_row router_metrics[ROUTER_METRICS] = {
	[METRIC_ALERTS_RECEIVED] =
		COUNTER("alerts_received_total",
                "Alerts in webhooks that were answered 200. Equal to the sum of alerts_decided_total.", "source"),
	[METRIC_ALERTS_DECIDED] = COUNTER("alerts_decided_total", "What became of received alerts.", "verdict", "reason"),
	[METRIC_MEMBERS_ABSENT] = COUNTER("members_absent_total",
                                      "Alerts that ended without a resolve: Alertmanager no longer lists them.", NULL),
	[METRIC_TIMER_DECISIONS] = COUNTER("timer_decisions_total", "Events of the incidents' own timers.", "reason"),
	[METRIC_SOURCE_LAST_RECEIVED] =
		GAUGE("source_last_received_timestamp_seconds", "When a source's webhook was last answered 200.", "source"),
	[METRIC_ALERTS_TRUNCATED] = COUNTER(
		"alerts_truncated_total",
		"Alerts that Alertmanager left out of its webhooks (max_alerts) and that were never seen here.", "source"),
	[METRIC_ALERTS_DEGRADED] = COUNTER(
		"alerts_degraded_total",
		"Alerts that could not be read whole and were handled as far as they could, by what was wrong.", "reason"),
	[METRIC_RULE_MATCHES] = COUNTER("rule_matches_total", "Received alerts that a rule matched.", "rule"),
	[METRIC_MATCH_ERRORS] = COUNTER(
		"match_errors_total", "Alerts for which a rule was skipped because a pattern hit its match limit.", "rule"),
	[METRIC_TEMPLATE_ERRORS] = COUNTER("template_errors_total", "Templates that fell back to plain text.", NULL),
	[METRIC_RECEIVERS_UNKNOWN] =
		COUNTER("receivers_unknown_total",
                "Alerts whose label chose a receiver that is not configured: the default was told.", NULL),
	[METRIC_REQUESTS_REFUSED] =
		COUNTER("requests_refused_total", "Requests with alerts, or meant to be, that can never be taken.", "reason"),
	[METRIC_WEBHOOK_REQUESTS] = COUNTER("webhook_requests_total", "Webhooks by status code of the answer.", "code"),
	[METRIC_WEBHOOK_DURATION] =
		HISTOGRAM("webhook_duration_seconds", "From a webhook's body to its answer, the store's commit included.",
                  webhook_buckets, NULL),
	[METRIC_INCIDENTS] = GAUGE("incidents", "Incidents in the store.", "state"),
	[METRIC_DELIVERIES] = COUNTER("deliveries_total", "Attempts to tell a receiver something.", "receiver", "outcome"),
	[METRIC_DELIVERY_DURATION] =
		HISTOGRAM("delivery_duration_seconds", "Duration of requests to receivers.", delivery_buckets, "receiver"),
	[METRIC_DELIVERY_QUEUE] = GAUGE(
		"delivery_queue", "Incidents of which a receiver is to be told something, now or after a pause.", "receiver"),
	[METRIC_DELIVERY_OLDEST] =
		GAUGE("delivery_oldest_seconds", "For how long the longest due one has been due.", "receiver"),
	[METRIC_DEAD_LETTERS] = GAUGE(
		"dead_letters", "Incidents whose delivery to this receiver was given up, and would still be sent.", "receiver"),
	[METRIC_STORE_UP] = GAUGE("store_up", "1 when the store can take a write.", "store"),
	[METRIC_STORE_DURABLE] =
		GAUGE("store_durable", "1 when what the store acknowledges survives a crash of its machine.", NULL),
	[METRIC_STORE_COMMIT_DURATION] =
		HISTOGRAM("store_commit_duration_seconds", "Duration of commits.", commit_buckets, "store"),
	[METRIC_STORE_CONFLICTS] = COUNTER("store_conflicts_total", "Commits that another router was faster than.", NULL),
	[METRIC_STORE_BEHIND] =
		GAUGE("store_behind_keys", "Incidents whose repeats are counted and not written yet; within a second they are.",
              NULL),
	[METRIC_STORE_FAILOVERS] =
		COUNTER("store_failovers_total", "How often the local file took over from the shared store.", NULL),
	[METRIC_STORE_OWNED] =
		GAUGE("store_owned_keys", "Incidents in the local file that the shared store does not have yet.", NULL),
	[METRIC_STORE_DRAINED] = GAUGE("store_drained", "1 while the local file serves on purpose.", NULL),
	[METRIC_STORE_MERGED] =
		COUNTER("store_merged_keys_total", "Incidents that were merged into the shared store.", NULL),
	[METRIC_STORE_PUT_BACK] = COUNTER(
		"store_put_back_keys_total", "Incidents that the shared store had lost, and that were put back into it.", NULL),
	[METRIC_STORE_MIRROR_LOST] =
		COUNTER("store_mirror_lost_total", "Records that the local mirror of the shared store did not take.", NULL),
	[METRIC_CONFIG_SUCCESSFUL] =
		GAUGE("config_last_reload_successful", "1 when the last load of the configuration succeeded.", NULL),
	[METRIC_CONFIG_SUCCESS_TIME] =
		GAUGE("config_last_reload_success_timestamp_seconds", "When the configuration in force was loaded.", NULL),
	[METRIC_CONFIG_HASH] = GAUGE("config_hash", "Hash of every byte of the configuration in force.", NULL),
	[METRIC_HTTP_CONNECTIONS] = GAUGE("http_connections", "Open connections.", NULL),
	[METRIC_HTTP_GAVE_WAY] = COUNTER("http_connections_gave_way_total",
                                     "Idle or slow connections closed because others needed the room.", NULL),
	[METRIC_HEARTBEAT_PINGS] =
		COUNTER("heartbeat_pings_total",
                "Pings of heartbeat.url; withheld while nothing could be taken in or delivered.", "outcome"),
	[METRIC_ACK_LINKS] =
		COUNTER("acknowledge_links_total", "Requests by acknowledge links, by what became of them.", "outcome"),
	[METRIC_CALLBACKS] =
		COUNTER("callbacks_total", "Events that providers sent, by what became of them.", "provider", "outcome"),
	[METRIC_SLA_BREACHES] =
		COUNTER("sla_breaches_total", "Deadlines that passed: nobody had acknowledged, or it was not over.", "severity",
                "owner", "kind"),
	[METRIC_CALENDAR_POLLS] =
		COUNTER("calendar_polls_total", "Requests for calendars of schedules.", "schedule", "outcome"),
	[METRIC_CALENDAR_CONFIRMED] = GAUGE("calendar_last_confirmed_timestamp_seconds",
                                        "When a calendar's URL last said what is in force; 0: never.", "schedule"),
	[METRIC_SILENCE_QUESTIONS] =
		COUNTER("silence_questions_total",
                "Questions to a source's Alertmanagers about an incident, by what they said.", "source", "answer"),
	[METRIC_SHADOW_ALERTS] =
		COUNTER("shadow_alerts_total", "Alerts that the shadow rules were asked about, too.", NULL),
	[METRIC_SHADOW_DIFFERENCES] =
		COUNTER("shadow_differences_total", "What the shadow rules would have decided otherwise, by field.", "field"),
	[METRIC_BUDGET_USED] =
		GAUGE("page_budget_used", "Pages within the period of a page_budget.", "kind", "name", "what"),
	[METRIC_BUDGET_LIMIT] = GAUGE("page_budget_limit", "What the page_budget allows.", "kind", "name", "what"),
	[METRIC_JOURNAL_LOST] = COUNTER("journal_lost_total", "Lines that the decision journal did not take.", NULL),
	[METRIC_LOG_LOST] = COUNTER("log_lost_total", "Log lines that stderr did not take.", NULL),
	[METRIC_BUILD_INFO] = GAUGE("build_info", "Always 1.", "version", "revision"),
};

static void touch_decisions(struct metrics *m)
{
	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		struct str labels[] = {str_c(verdict_name(reason_verdict(reason))), str_c(reason_name(reason))};
		metrics_touch(m, METRIC_ALERTS_DECIDED, labels);
	}
	metrics_touch(m, METRIC_MEMBERS_ABSENT, NULL);
	for (int i = 0; i < TICK_REASONS; i++)
		metrics_touch(m, METRIC_TIMER_DECISIONS, (struct str[]){str_c(tick_reason_name((enum tick_reason)i))});
	for (int i = ALERT_SOUND + 1; i < ALERT_FLAWS; i++)
		metrics_touch(m, METRIC_ALERTS_DEGRADED, (struct str[]){str_c(alert_flaw_name((enum alert_flaw)i))});
}

static void touch_receiver(struct metrics *m, struct str name)
{
	static const enum outcome outcomes[] = {OUTCOME_DELIVERED, OUTCOME_RETRY, OUTCOME_UNKNOWN, OUTCOME_REJECTED,
	                                        OUTCOME_NOT_SENT};

	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		metrics_touch(m, METRIC_DELIVERIES, (struct str[]){name, str_c(outcome_name(outcomes[i]))});
	metrics_touch(m, METRIC_DELIVERY_DURATION, &name);
	metrics_touch(m, METRIC_DELIVERY_QUEUE, &name);
	metrics_touch(m, METRIC_DELIVERY_OLDEST, &name);
	metrics_touch(m, METRIC_DEAD_LETTERS, &name);
}

static void touch_rules(struct metrics *m, const struct ruleset *rs)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(rs, &rules);

	for (size_t i = 0; i < n; i++) {
		metrics_touch(m, METRIC_RULE_MATCHES, &rules[i]->name);
		metrics_touch(m, METRIC_MATCH_ERRORS, &rules[i]->name);
	}
}

static void touch_sources(struct metrics *m, const struct config *c)
{
	struct str none = STR("");

	metrics_touch(m, METRIC_ALERTS_RECEIVED, &none);
	metrics_touch(m, METRIC_ALERTS_TRUNCATED, &none);
	for (size_t i = 0; i < c->source_count; i++) {
		metrics_touch(m, METRIC_ALERTS_RECEIVED, &c->sources[i].name);
		metrics_touch(m, METRIC_ALERTS_TRUNCATED, &c->sources[i].name);
		for (int k = 0; c->sources[i].alertmanagers.n && k <= SILENCE_GONE; k++)
			metrics_touch(m, METRIC_SILENCE_QUESTIONS,
			              (struct str[]){c->sources[i].name, str_c(silence_answer_name((enum silence_answer)k))});
	}
}

void router_touch_breaches(const struct router *r, const struct severity *severity, struct str owner)
{
	if (severity->response_ms || fact_duration_end(&severity->response, 1))
		metrics_touch(r->metrics, METRIC_SLA_BREACHES, (struct str[]){severity->name, owner, STR("response")});
	if (severity->resolution_ms || fact_duration_end(&severity->resolution, 1))
		metrics_touch(r->metrics, METRIC_SLA_BREACHES, (struct str[]){severity->name, owner, STR("resolution")});
}

/* Of many owners only who pages has series of his own. */
static void touch_breaches(const struct router *r)
{
	const struct severity *const *severities;
	const struct owner *const *owners;
	size_t n = catalog_severities(r->config->catalog, &severities), of = catalog_owners(r->config->catalog, &owners);

	for (size_t i = 0; i < n; i++) {
		router_touch_breaches(r, severities[i], STR(""));
		for (size_t k = 0; n * of <= BREACHES_AHEAD && k < of; k++)
			router_touch_breaches(r, severities[i], owners[k]->name);
	}
}

static void touch_stores(struct router *r)
{
	struct store_health parts[STORE_PARTS_MAX];
	size_t n = r->store ? r->store->ops->parts(r->store, parts) : 0;

	for (size_t i = 0; i < n; i++)
		metrics_touch(r->metrics, METRIC_STORE_COMMIT_DURATION, (struct str[]){str_c(parts[i].name)});
}

struct incident_policy router_policy(const struct router *r, const struct config *c)
{
	struct incident_policy policy = c->policy;

	policy.partial_since = r->store->ops->health(r->store).partial_since;
	policy.attentive_since = r->attentive_since;
	if (r->alertmanagers)
		policy.asked_sources = c->asked_sources;
	return policy;
}

void router_heard_store(struct router *r, int64_t now)
{
	if (!r->attentive_at || now - r->attentive_at > ROUTER_ATTENTION_GAP_MS) {
		r->attentive_since = now;
		journal_listening(r, now);
	}
	if (now > r->attentive_at)
		r->attentive_at = now;
}

void router_claim_id(const struct router *r, char out[STORE_ID_MAX])
{
	hash_random_id(out);
	memcpy(out, r->node, strlen(r->node));
}

const char *router_unready(const struct router *r)
{
	if (r->draining)
		return "shutting down";
	return r->store->ops->health(r->store).up ? NULL : "the store cannot take a write";
}

void router_touch_metrics(struct router *r)
{
	static const char *const pings[] = {"ok", "failed", "withheld"};
	static const char *const codes[] = {"200", "400", "401", "413", "503"};
	static const char *const states[] = {"firing", "acknowledged", "resolved"};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		metrics_touch(r->metrics, METRIC_WEBHOOK_REQUESTS, (struct str[]){str_c(codes[i])});
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		metrics_touch(r->metrics, METRIC_INCIDENTS, (struct str[]){str_c(states[i])});
	touch_stores(r);
	for (size_t i = 0; i < sizeof pings / sizeof *pings; i++)
		metrics_touch(r->metrics, METRIC_HEARTBEAT_PINGS, (struct str[]){str_c(pings[i])});
	touch_decisions(r->metrics);
	touch_sources(r->metrics, r->config);
	touch_rules(r->metrics, r->config->ruleset);
	touch_breaches(r);
	for (size_t i = 0; i < r->config->receiver_count; i++)
		touch_receiver(r->metrics, r->config->receivers[i].name);
	callbacks_touch_metrics(r);
}
