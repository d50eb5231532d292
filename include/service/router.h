/*
 * What the services of one router share: the loop, the store, the current configuration, the metrics. Created and wired
 * by app/server; services borrow it. The configuration changes only between two turns of the loop (reload), and whoever
 * keeps one across a callback takes a reference.
 */
#ifndef SERVICE_ROUTER_H
#define SERVICE_ROUTER_H

#include "base/metrics.h"
#include "config/config.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "store/store.h"

/* Rows of router_metrics[], in this order (INTERFACE section 6). */
enum router_metric {
	METRIC_ALERTS_RECEIVED, /* source */
	METRIC_ALERTS_DECIDED,  /* verdict, reason */
	METRIC_TIMER_DECISIONS, /* reason */
	METRIC_MEMBERS_ABSENT,
	METRIC_SOURCE_LAST_RECEIVED, /* source */
	METRIC_ALERTS_TRUNCATED,     /* source: alerts that Alertmanager left out (max_alerts) */
	METRIC_ALERTS_DEGRADED,      /* reason: what was wrong with them */
	METRIC_RULE_MATCHES,         /* rule */
	METRIC_MATCH_ERRORS,         /* rule */
	METRIC_TEMPLATE_ERRORS,
	METRIC_RECEIVERS_UNKNOWN,
	METRIC_REQUESTS_REFUSED,
	METRIC_WEBHOOK_REQUESTS, /* code */
	METRIC_WEBHOOK_DURATION,
	METRIC_INCIDENTS,         /* state */
	METRIC_DELIVERIES,        /* receiver, outcome */
	METRIC_DELIVERY_DURATION, /* receiver */
	METRIC_DELIVERY_QUEUE,    /* receiver */
	METRIC_DELIVERY_OLDEST,   /* receiver */
	METRIC_DEAD_LETTERS,      /* receiver */
	METRIC_STORE_UP,          /* store */
	METRIC_STORE_DURABLE,
	METRIC_STORE_COMMIT_DURATION, /* store */
	METRIC_STORE_CONFLICTS,
	METRIC_STORE_BEHIND,
	METRIC_STORE_FAILOVERS,
	METRIC_STORE_OWNED,
	METRIC_STORE_DRAINED,
	METRIC_STORE_MERGED,
	METRIC_STORE_PUT_BACK,
	METRIC_STORE_MIRROR_LOST,
	METRIC_CONFIG_SUCCESSFUL,
	METRIC_CONFIG_SUCCESS_TIME,
	METRIC_CONFIG_HASH,
	METRIC_HTTP_CONNECTIONS,
	METRIC_HTTP_GAVE_WAY,
	METRIC_HEARTBEAT_PINGS,    /* outcome: ok, failed, withheld */
	METRIC_ACK_LINKS,          /* outcome */
	METRIC_CALLBACKS,          /* provider, outcome */
	METRIC_SLA_BREACHES,       /* severity, owner, kind: response, resolution */
	METRIC_CALENDAR_POLLS,     /* schedule, outcome: ok, failed */
	METRIC_CALENDAR_CONFIRMED, /* schedule */
	METRIC_SILENCE_QUESTIONS,  /* source, answer: fires, silenced, gone, cannot_tell */
	METRIC_SHADOW_ALERTS,
	METRIC_SHADOW_DIFFERENCES, /* field */
	METRIC_BUDGET_USED,        /* kind, name, what */
	METRIC_BUDGET_LIMIT,       /* kind, name, what */
	METRIC_JOURNAL_LOST,
	METRIC_LOG_LOST,
	METRIC_BUILD_INFO, /* version, revision */
	ROUTER_METRICS
};
extern const struct metric_row router_metrics[ROUTER_METRICS];

struct transactions;
struct dispatcher;
struct timers;
struct intake;
struct journal;
struct heartbeat;
struct calendars;
struct alertmanagers;
struct silencings;
struct ack_links;
struct callbacks;
struct shadow_rules;
struct budgets;
struct board;

struct router {
	struct loop *loop;
	struct store *store;
	struct store *behind;   /* the same, where it writes repeats behind (store/behind_store.h); else NULL */
	struct store *failover; /* what stands behind it, where that is made of two (replica/failover_store.h); else NULL */
	char node[STORE_OWNER_MAX]; /* what the ids of its claims begin with: see struct redis_store_options; empty: any */
	struct metrics *metrics;
	struct http_client *client;
	struct config *config;
	struct transactions *transactions;
	struct dispatcher *dispatcher;
	struct timers *timers;
	struct intake *intake;
	struct journal *journal; /* NULL: none configured */
	struct heartbeat *heartbeat;
	struct calendars *calendars;
	struct alertmanagers *alertmanagers; /* NULL: nobody is asked about silences (replay) */
	struct silencings *silencings;
	struct ack_links *ack_links; /* NULL: pages carry no links that acknowledge them */
	struct callbacks *callbacks;
	struct shadow_rules *shadow; /* NULL: nobody looks at shadow rules */
	struct budgets *budgets;     /* NULL: nobody counts pages */

	struct board *board; /* NULL: nobody looks (replay) */
	bool draining;       /* SIGTERM came: no new claims */
	/* Where nobody sends and no timers run (replay): a commit made this pair due at `at`; STORE_CLOCK: the incident itself. */
	void (*due)(void *arg, struct str receiver, int64_t at);
	/* …and this tells receivers what they are to be told at `now`, as a part of the commit that makes it due. True: it was
	 * something. */
	bool (*tell)(void *arg, struct incident *inc, int64_t now);
	void *due_arg; /* of both */
	bool replays;  /* nobody asks for its counters, and its store is as near as a copy of what is in it */
	/* Store clock: the last answer of the store, and since when they came without a gap. */
	int64_t attentive_at, attentive_since;
	int64_t configured_at; /* store clock, as last heard before the configuration became what it is */
};

/* The store answered at `now` (its clock). After a gap (a start, an outage) what was not heard meanwhile is not absent: see
 * incident_policy.attentive_since. */
#define ROUTER_ATTENTION_GAP_MS 60000
void router_heard_store(struct router *r, int64_t now);

/* A new id for a claim of this router's. */
void router_claim_id(const struct router *r, char out[STORE_ID_MAX]);

/* Why it cannot take anything in (what /-/ready answers 503 with); NULL: it can. */
const char *router_unready(const struct router *r);
/* The configuration's policy, and what the store that serves adds to it: whether it stands in for another one. */
struct incident_policy router_policy(const struct router *r, const struct config *c);

/* Counters of known label values start at zero: verdicts and reasons, timer reasons, receivers, rules, codes. */
void router_touch_metrics(struct router *r);
/* The deadlines that an incident of this severity and owner may miss are there, at zero, before one passes. */
void router_touch_breaches(const struct router *r, const struct severity *severity, struct str owner);

#endif
