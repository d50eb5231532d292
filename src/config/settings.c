/* The top level of runbookd.yml and its smaller sections: dedup, delivery, webhook, journal. */
#include <string.h>

#include "base/time.h"
#include "load.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define LONGEST (1000 * TIME_DAY)

/* ---- dedup ---- */

struct dedup {
	const struct yaml_node *group_by, *flap;
	int64_t repeat_interval, page_after, resolve_hold, expire_after, ack_timeout, late_grace, fresh;
};
struct flap {
	int64_t changes, window;
};

#define DEDUP_DURATION(member, value, lowest, text)                                                                    \
	{                                                                                                                  \
		.name = #member, .type = OPTION_DURATION, .offset = offsetof(struct dedup, member), .fallback = value,         \
		.least = lowest, .most = LONGEST, .doc = text                                                                  \
	}
static const struct option flap_rows[] = {
	{.name = "changes",
     .type = OPTION_INT,
     .offset = offsetof(struct flap, changes),
     .fallback = "4",
     .most = INCIDENT_CHANGES_MAX,
     .doc = "So many changes between firing and quiet are flapping."},
	{.name = "window",
     .type = OPTION_DURATION,
     .offset = offsetof(struct flap, window),
     .fallback = "1h",
     .least = 1,
     .most = LONGEST,
     .doc = "Within so long."},
};
static const struct option_table flap_table = OPTION_TABLE(flap_rows);
static const struct option dedup_rows[] = {
	{.name = "group_by",
     .type = OPTION_NODE,
     .offset = offsetof(struct dedup, group_by),
     .form = "list of labels, or alertmanager",
     .doc = "Labels that make one incident, ['...'] for each alert by itself, or alertmanager: its groupLabels."},
	DEDUP_DURATION(repeat_interval, "4h", 1, "Remind while nobody acknowledged."),
	DEDUP_DURATION(page_after, "0s", 0, "Page only if it still fires then."),
	DEDUP_DURATION(resolve_hold, "0s", 0, "Tell the resolve after so much quiet."),
	DEDUP_DURATION(expire_after, "8d", 1, "Resolve an incident that no alert has touched for so long."),
	DEDUP_DURATION(ack_timeout, "24h", 1, "How long an acknowledgement holds."),
	DEDUP_DURATION(
		late_grace, "5m30s", 0,
		"Wait so long with a firing that is older than its resolve, and between two webhooks that do not list an "
		"alert before it counts as ended. Longer than Alertmanager's largest group_interval."),
	DEDUP_DURATION(
		fresh, "5h", 0,
		"An alert of another group counts as firing so long after it was last listed. Longer than Alertmanager's "
		"repeat_interval and group_interval together."),
	{.name = "flap",
     .type = OPTION_NODE,
     .offset = offsetof(struct dedup, flap),
     .inner = &flap_table,
     .doc = "changes within window set a resolve_hold by themselves; changes: 0 turns it off."},
};
const struct option_table dedup_table = OPTION_TABLE(dedup_rows);

static void load_dedup(struct loading *l)
{
	struct config *c = l->c;
	struct dedup d;
	struct flap f;
	options_defaults(dedup_rows, COUNT(dedup_rows), c->arena, &d);
	options_read(dedup_rows, COUNT(dedup_rows), l->say.dedup, "dedup", c->arena, &d, NULL, l->err);
	options_defaults(flap_rows, COUNT(flap_rows), c->arena, &f);
	options_read(flap_rows, COUNT(flap_rows), d.flap, "dedup.flap", c->arena, &f, NULL, l->err);
	c->defaults.group_by.mode = GROUP_ALERTMANAGER;
	if (d.group_by)
		group_by_parse(c->arena, d.group_by, &c->defaults.group_by, l->err);
	c->defaults.repeat_interval = d.repeat_interval;
	c->defaults.page_after = d.page_after;
	c->defaults.resolve_hold = d.resolve_hold;
	c->policy.expire_after = d.expire_after;
	c->policy.ack_timeout = d.ack_timeout;
	c->policy.late_grace = d.late_grace;
	c->policy.fresh = d.fresh;
	c->policy.start_skew = INCIDENT_START_SKEW;
	c->policy.flap_changes = (int)f.changes;
	c->policy.flap_window = f.window;
}

/* ---- delivery ---- */

struct delivery_options {
	int mode;
	int64_t expire, fallback_after, lease, timeout;
};

static const char *const modes[] = {[DELIVERY_SEND] = "send", [DELIVERY_OBSERVE] = "observe", NULL};
const char *config_mode_name(const struct config *c)
{
	return modes[c->delivery.mode];
}

/* Between a request's end and its lease's: for the settle's own way to the store (rule "outlive"). */
#define LEASE_MARGIN (2 * TIME_SECOND)

#define DELIVERY_DURATION(member, value, lowest, text)                                                                 \
	{                                                                                                                  \
		.name = #member, .type = OPTION_DURATION, .offset = offsetof(struct delivery_options, member),                 \
		.fallback = value, .least = lowest, .most = LONGEST, .doc = text                                               \
	}
static const struct option delivery_rows[] = {
	{.name = "mode",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct delivery_options, mode),
     .fallback = "send",
     .choices = modes,
     .doc = "observe decides, journals and counts, and sends nothing."},
	DELIVERY_DURATION(expire, "24h", 1, "A page that could not be delivered for so long is a dead letter."),
	DELIVERY_DURATION(fallback_after, "5m", 1,
                      "A page that its receiver has not taken for so long goes to the fallback too."),
	DELIVERY_DURATION(lease, "30s", TIME_SECOND, "How long a router holds a page that it is sending."),
	DELIVERY_DURATION(timeout, "15s", 1, "Of one request."),
};
const struct option_table delivery_table = OPTION_TABLE(delivery_rows);

static void load_delivery(struct loading *l)
{
	struct config *c = l->c;
	struct delivery_options d;
	options_defaults(delivery_rows, COUNT(delivery_rows), c->arena, &d);
	options_read(delivery_rows, COUNT(delivery_rows), l->say.delivery, "delivery", c->arena, &d, NULL, l->err);
	if (d.timeout + LEASE_MARGIN > d.lease)
		err_at(
			l->err, load_at(l->say.delivery, "timeout"),
			"delivery: \"timeout\" must be at least 2s shorter than \"lease\": a request must not outlive its lease");
	c->delivery.mode = (enum delivery_mode)d.mode;
	c->delivery.lease = d.lease;
	c->policy.nothing_is_sent = c->delivery.mode == DELIVERY_OBSERVE;
	c->policy.delivery_timeout = d.timeout;
	c->policy.delivery_expire = d.expire;
	c->policy.fallback_after = d.fallback_after;
}

/* ---- webhook, journal ---- */

struct webhook_options {
	int64_t max_body, max_connections, max_connections_per_address;
	const struct yaml_node *auth;
};
struct auth_options {
	struct str bearer_tokens_file, hmac_secret_file;
};
struct journal_options {
	struct str path;
	int64_t retention;
};

static const struct option auth_rows[] = {
	{.name = "bearer_tokens_file",
     .type = OPTION_STR,
     .offset = offsetof(struct auth_options, bearer_tokens_file),
     .doc = "One accepted token a line."},
	{.name = "hmac_secret_file",
     .type = OPTION_STR,
     .offset = offsetof(struct auth_options, hmac_secret_file),
     .doc = "The secret that requests are signed with."},
};
static const struct option_table auth_table = OPTION_TABLE(auth_rows);
static const struct option webhook_rows[] = {
	{.name = "max_body",
     .type = OPTION_SIZE,
     .offset = offsetof(struct webhook_options, max_body),
     .fallback = "16MiB",
     .least = 1024,
     .most = INT64_C(1) << 30,
     .doc = "A larger webhook is answered 413."},
	{.name = "max_connections",
     .type = OPTION_INT,
     .offset = offsetof(struct webhook_options, max_connections),
     .fallback = "4096",
     .least = 1,
     .most = 1000000,
     .doc = "Beyond, the longest idle one is closed; fewer where descriptors are short."},
	{.name = "max_connections_per_address",
     .type = OPTION_INT,
     .offset = offsetof(struct webhook_options, max_connections_per_address),
     .fallback = "0",
     .least = 0,
     .most = 1000000,
     .doc = "The same of one IPv4 address or IPv6 /64; 0: three quarters of max_connections."},
	{.name = "auth",
     .type = OPTION_NODE,
     .offset = offsetof(struct webhook_options, auth),
     .inner = &auth_table,
     .doc = "Who may post."},
};
const struct option_table webhook_table = OPTION_TABLE(webhook_rows);
static const struct option journal_rows[] = {
	{.name = "path",
     .type = OPTION_STR,
     .offset = offsetof(struct journal_options, path),
     .fallback = "../data/journal",
     .doc = "Folder of the journal; \"\" for none."},
	{.name = "retention",
     .type = OPTION_DURATION,
     .offset = offsetof(struct journal_options, retention),
     .fallback = "90d",
     .least = TIME_HOUR,
     .most = 100 * 365 * TIME_DAY,
     .doc = "How long it is kept."},
};
const struct option_table journal_table = OPTION_TABLE(journal_rows);

static void load_webhook(struct loading *l)
{
	struct config *c = l->c;
	struct webhook_options w;
	struct auth_options a;
	options_defaults(webhook_rows, COUNT(webhook_rows), c->arena, &w);
	options_read(webhook_rows, COUNT(webhook_rows), l->say.webhook, "webhook", c->arena, &w, NULL, l->err);
	options_defaults(auth_rows, COUNT(auth_rows), c->arena, &a);
	options_read(auth_rows, COUNT(auth_rows), w.auth, "webhook.auth", c->arena, &a, NULL, l->err);
	c->webhook.max_body = w.max_body;
	c->webhook.max_connections = w.max_connections;
	c->webhook.max_connections_per_address = w.max_connections_per_address;
	c->webhook.bearer_tokens_file = load_path(l, a.bearer_tokens_file);
	c->webhook.hmac_secret_file = load_path(l, a.hmac_secret_file);
	load_check_secret(l, c->webhook.bearer_tokens_file, load_at(w.auth, "bearer_tokens_file"), "bearer_tokens_file");
	load_check_secret(l, c->webhook.hmac_secret_file, load_at(w.auth, "hmac_secret_file"), "hmac_secret_file");
}

static void load_journal(struct loading *l)
{
	struct config *c = l->c;
	struct journal_options j;
	options_defaults(journal_rows, COUNT(journal_rows), c->arena, &j);
	options_read(journal_rows, COUNT(journal_rows), l->say.journal, "journal", c->arena, &j, NULL, l->err);
	c->journal.path = load_path(l, j.path);
	c->journal.retention = j.retention;
}

/* ---- what stands at the top ---- */

static void load_time_zone(struct loading *l)
{
	l->c->time_zone = l->say.time_zone;
	load_zone(l, l->c->time_zone, load_at(l->root, "time_zone"), &l->c->zone);
}

static void load_external_url(struct loading *l)
{
	const char *given = l->options->external_url;
	struct str url = given ? str_c(given) : l->say.external_url;
	while (url.n && url.p[url.n - 1] == '/')
		url.n--;
	l->c->external_url = arena_str(l->c->arena, url);
	if (url.n && (!receiver_url_valid(url) || str_index(url, '?') >= 0 || str_index(url, '#') >= 0))
		err_at(l->err, given ? (struct pos){NULL, 0, 0} : load_at(l->root, "external_url"),
		       "external_url \"%.*s\" must be an http or https URL without a query", STR_ARG(url));
	/* A guess is not worth refusing a configuration for. */
	struct str guess = str_c(l->options->external_url_default);
	if (!url.n && receiver_url_valid(guess))
		l->c->external_url = arena_str(l->c->arena, guess);
}

void load_settings(struct loading *l)
{
	load_time_zone(l);
	load_external_url(l);
	load_dedup(l);
	load_delivery(l);
	load_webhook(l);
	load_journal(l);
}
