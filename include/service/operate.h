/*
 * What people ask of the dedup state: list, show, acknowledge, resolve, retry, noise.
 */
#ifndef SERVICE_OPERATE_H
#define SERVICE_OPERATE_H

#include <jansson.h>

#include "incident/command.h"
#include "rules/matcher.h"
#include "service/router.h"

enum operate_result { OPERATE_OK, OPERATE_NOT_FOUND, OPERATE_BAD /* error says why */, OPERATE_UNAVAILABLE };

struct operate_reply {
	enum operate_result result;
	const char *error;  /* "" when fine */
	struct str written; /* the data as JSON text, where it is a long one; then `data` is NULL */
	json_t *data;       /* shapes of INTERFACE section 7; borrowed during the callback */
};
typedef void operate_done(void *arg, const struct operate_reply *reply);

struct incident_query {
	struct str state; /* firing, acknowledged, resolved, dead; empty: firing and acknowledged */
	struct str owner, severity, rule;
	const struct matcher *matchers; /* over the incident's labels */
	size_t matcher_count;
	size_t limit; /* 1..1000; default 100 */
	struct str cursor;
};
/* What a query asks of an incident. */
struct incident_traits {
	const char *state; /* firing, acknowledged, resolved */
	struct str owner, severity, rule;
	const struct labels *labels;
};
/* Its state (empty: whatever is open), owner, severity, rule and labels. */
bool incident_query_takes(const struct incident_query *q, const struct incident_traits *traits);
bool incident_query_fits(const struct incident_query *q, const struct incident *inc);
/* Pages through the store until `limit` match, or enough were looked at: a cursor leads on from fewer, or none. Strings and matchers must live until the callback. */
void operate_list(struct router *r, const struct incident_query *q, operate_done *done, void *arg);
/*
 * Open incidents as the store keeps them, some at a time: {"now", "records": [{"key", "record": base64 of its bytes}],
 * "cursor"}. An empty cursor is the beginning.
 */
void operate_records(struct router *r, struct str cursor, operate_done *done, void *arg);
/* The same with the incidents themselves, one after the other, valid during the call. */
struct incident_walk {
	bool (*take)(void *arg, const struct incident *inc); /* false: this is the last one that is wanted */
	/* `error` unless OPERATE_OK; `cursor` leads on, empty: there are no more */
	void (*done)(void *arg, enum operate_result result, const char *error, struct str cursor);
	void *arg;
};
void operate_walk(struct router *r, const struct incident_query *q, const struct incident_walk *walk);
/* `key`, here and below, may be a unique prefix of at least 6 digits of an open incident, or a whole key. */
void operate_show(struct router *r, struct str key, operate_done *done, void *arg);
void operate_command(struct router *r, struct str key, enum command c, const struct command_args *args,
                     operate_done *done, void *arg);

/*
 * Every dead letter that fits (q->state is "dead") is tried again, the gravest first; how fast they go is for each
 * receiver's rate to say. At most OPERATE_RETRY_MAX in one call. Data: {"retried", "failed", "more"}. `q` as above.
 */
#define OPERATE_RETRY_MAX 10000
void operate_retry_all(struct router *r, const struct incident_query *q, const struct command_args *args,
                       operate_done *done, void *arg);

enum noise_by {
	NOISE_ALERTNAME,
	NOISE_RULE,
	NOISE_OWNER,
	NOISE_SEVERITY,
	NOISE_RECEIVER,
	NOISE_PERSON,
	NOISE_RUNBOOK, /* since it was last edited, where its page says when */
	NOISE_BYS
};
extern const char *const noise_by_names[NOISE_BYS];
struct noise_query {
	int64_t since_ms; /* so long before now; default 7d */
	int64_t until_ms; /* so long before now; 0: now */
	enum noise_by by;
	struct str sort;                /* a column: see noise_sort_valid(); empty: pages at night, then pages */
	struct str owner;               /* only his; empty: everybody's */
	const struct matcher *matchers; /* over alertname, rule, owner and severity: what counters know */
	size_t matcher_count;
	size_t limit; /* 1..1000; default 20 */
};
/* Strings and matchers must live until the callback. */
void operate_noise(struct router *r, const struct noise_query *q, operate_done *done, void *arg);
/* A column that noise_query.sort may name; empty is fine. */
bool noise_sort_valid(struct str sort);
/*
 * Rows of hourly counters to the report, taken in a piece at a time. `q` and `config` (which says of each receiver what a
 * message to it is; NULL: all page) are borrowed, names are copied; more than NOISE_ROWS_MAX of them are one row, "other".
 * Hours before `since` (ms) are the period before, with which it is compared. A page is a message that a receiver of kind page
 * was sent (with delivery.mode: observe, one that was decided); whether it came at night was decided when it was sent, by the clock where its receiver is.
 * `time_zone` is the configuration's, for the reader: of the hours in `heat`.
 */
#define NOISE_ROWS_MAX 100000

struct noise;
struct noise *noise_new(const struct noise_query *q, const struct config *config, int64_t since);
void noise_free(struct noise *n); /* NULL is fine */
void noise_add(struct noise *n, const struct store_hour *rows, size_t count);
json_t *noise_report(struct noise *n, int64_t until, const char *time_zone);

#endif
