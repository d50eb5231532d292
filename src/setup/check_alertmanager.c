/* Reads an Alertmanager's configuration as its router would, and says what of it hurts here. */
#include "check_alertmanager.h"

#include <string.h>

#include "base/time.h"
#include "import_impl.h"
#include "lint/shadow.h"
#include "rules/matcher.h"
#include "setup/file.h"

#define FILE_MAX_BYTES (16 * 1024 * 1024)
#define WEBHOOK "/api/v1/webhook"

/* What Alertmanager takes where nothing is said. */
#define GROUP_INTERVAL (5 * TIME_MINUTE)
#define REPEAT_INTERVAL (4 * TIME_HOUR)

struct checking {
	const struct config *config;
	const struct yaml_node *document;
	struct import import; /* routes are read as an import reads them */
	struct strs ours;     /* its receivers that post here */
	bool hidden;          /* some webhook's URL stands in a file that is not read */
	struct err *errors, *warnings;
};

static void warn_sender(struct checking *c, struct pos at, const char *text)
{
	err_warn(c->warnings, at, "%s", text);
}

/* ---- receivers ---- */

static int64_t sender_number(const struct yaml_node *map, const char *key)
{
	int64_t n = 0;
	return str_to_i64(import_text(map, key), &n) ? n : 0;
}

static void check_integration(struct checking *c, const struct yaml_node *webhook, struct str source)
{
	const struct yaml_node *resolved = yaml_get(webhook, "send_resolved"), *most = yaml_get(webhook, "max_alerts");
	const struct yaml_node *http = yaml_get(webhook, "http_config"), *url = yaml_get(webhook, "url");
	bool credentials =
		yaml_get(http, "authorization") || yaml_get(http, "bearer_token") || yaml_get(http, "bearer_token_file");

	if (resolved && !import_truth_of(&c->import, resolved, "send_resolved", true))
		err_at(c->errors, resolved->at, "send_resolved: false: no incident would ever be resolved");
	if (sender_number(webhook, "max_alerts") > 0)
		warn_sender(c, most->at, "max_alerts: what is cut off is never seen here; 0 is no limit");
	if (source.n && c->config->source_count && !config_source(c->config, source))
		warn_sender(
			c, url->at,
			arena_printf(c->import.arena,
		                 "the configuration here has sources, and none called \"%.*s\": nothing is added to its alerts",
		                 STR_ARG(source)));
	if (c->config->webhook.bearer_tokens_file.n && !c->config->webhook.hmac_secret_file.n && !credentials)
		err_at(c->errors, url->at, "webhook.auth here asks for a token, and http_config has no authorization");
}

static bool check_receiver(struct checking *c, const struct yaml_node *receiver)
{
	const struct yaml_node *list = yaml_get(receiver, "webhook_configs");
	struct str source;
	bool ours = false;

	for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++) {
		c->hidden = c->hidden || import_text(list->items[i], "url_file").n;
		if (list->items[i]->kind != YAML_MAP || !import_posts_here(import_text(list->items[i], "url"), &source))
			continue;
		check_integration(c, list->items[i], source);
		ours = true;
	}
	return ours;
}

static void check_sender_receivers(struct checking *c)
{
	const struct yaml_node *list = yaml_get(c->document, "receivers");
	size_t n = list && list->kind == YAML_LIST ? list->count : 0;

	c->ours.v = arena_alloc(c->import.arena, (n + 1) * sizeof *c->ours.v);
	for (size_t i = 0; i < n; i++)
		if (list->items[i]->kind == YAML_MAP && check_receiver(c, list->items[i]))
			c->ours.v[c->ours.n++] = import_text(list->items[i], "name");
	if (!c->ours.n && c->hidden)
		warn_sender(c, list->at,
		            "a webhook's URL stands in a file of its own (url_file): whether it ends here was not looked at");
	else if (!c->ours.n)
		err_at(c->errors, list ? list->at : c->document->at,
		       "no receiver posts to " WEBHOOK ": nothing that this Alertmanager sends arrives here");
}

/* ---- routes ---- */

static bool is_receiver_ours(const struct checking *c, struct str receiver)
{
	for (size_t i = 0; i < c->ours.n; i++)
		if (str_eq(c->ours.v[i], receiver))
			return true;
	return false;
}

static int64_t duration_or(struct str text, int64_t otherwise)
{
	int64_t ms;
	return text.n && time_duration_parse(text, &ms) ? ms : otherwise;
}

static int64_t group_interval(const struct import_route *r)
{
	return duration_or(r->group_interval, GROUP_INTERVAL);
}

/* It looks whether to repeat each group_interval: the repeat comes with the next one of these. */
static int64_t repeats_every(const struct import_route *r)
{
	int64_t interval = group_interval(r), repeat = duration_or(r->repeat_interval, REPEAT_INTERVAL);
	return interval > 0 ? (repeat + interval - 1) / interval * interval : repeat;
}

static void check_timing(struct checking *c, const struct import_route *r)
{
	const struct incident_policy *p = &c->config->policy;
	char own[TIME_DURATION_MAX], theirs[TIME_DURATION_MAX];

	if (group_interval(r) >= p->late_grace)
		warn_sender(c, r->at,
		            arena_printf(c->import.arena, "group_interval is %s: dedup.late_grace here (%s) must be longer",
		                         time_duration_format(group_interval(r), theirs),
		                         time_duration_format(p->late_grace, own)));
	if (repeats_every(r) > c->config->defaults.repeat_interval)
		warn_sender(
			c, r->at,
			arena_printf(c->import.arena,
		                 "it repeats every %s: reminders here ride on that, and dedup.repeat_interval (%s) is shorter",
		                 time_duration_format(repeats_every(r), theirs),
		                 time_duration_format(c->config->defaults.repeat_interval, own)));
	if (repeats_every(r) >= p->expire_after)
		err_at(c->errors, r->at, "it repeats every %s: dedup.expire_after here (%s) would end what still fires",
		       time_duration_format(repeats_every(r), theirs), time_duration_format(p->expire_after, own));
}

static void check_routes(struct checking *c, const struct import_route *r)
{
	if (is_receiver_ours(c, r->receiver))
		check_timing(c, r);
	for (size_t i = 0; i < r->count; i++)
		check_routes(c, &r->children[i]);
}

static bool takes_everything(const struct import_route *r)
{
	return !r->matchers.n && !r->annotation_matchers.n;
}

/* A route that matches keeps an alert from the default receiver, also where it only adds us and continues. */
static void check_default(struct checking *c, const struct import_route *root)
{
	const struct import_route *adds = NULL;

	for (size_t i = 0; i < root->count; i++) {
		const struct import_route *r = &root->children[i];
		bool ours = is_receiver_ours(c, r->receiver);
		if (ours && r->goes_on)
			adds = r;
		else if (!ours && takes_everything(r))
			adds = NULL;
	}
	if (adds && !is_receiver_ours(c, root->receiver))
		warn_sender(c, adds->at,
		            arena_printf(c->import.arena,
		                         "what this route takes and no other does is told to \"%.*s\" no more: write a last "
		                         "route {receiver: %.*s}, without matchers",
		                         STR_ARG(root->receiver), STR_ARG(root->receiver)));
}

/* ---- heartbeats ---- */

static bool route_matches(struct checking *c, const struct import_route *r, const struct labels *labels)
{
	AUTOERR struct err ignored = ERR_INIT; /* what Alertmanager does not take it says itself */
	struct matcher *v = NULL;
	size_t n = 0;
	bool all = true;

	for (size_t i = 0; i < r->matchers.n; i++)
		all = matchers_parse(c->import.arena, r->matchers.v[i], r->at, &v, &n, &ignored) && all;
	for (size_t i = 0; i < n; i++) {
		all = all && matcher_match(&v[i], labels, NULL, NULL) == PATTERN_MATCH;
		matcher_release(&v[i]);
	}
	mem_cleanup(&v);
	return all;
}

/* The route that ends here for this alert; NULL: none does. */
static const struct import_route *route_of(struct checking *c, const struct import_route *r,
                                           const struct labels *labels, bool *taken)
{
	const struct import_route *found = NULL;
	bool below = false;

	if (!route_matches(c, r, labels))
		return NULL;
	for (size_t i = 0; i < r->count && !found; i++) {
		bool matched = false;
		found = route_of(c, &r->children[i], labels, &matched);
		below = below || matched;
		if (matched && !r->children[i].goes_on)
			break;
	}
	*taken = true;
	return found || below ? found : is_receiver_ours(c, r->receiver) ? r : NULL;
}

static void check_beat(struct checking *c, const struct import_route *root, const struct rule *rule,
                       const struct labels *labels)
{
	bool taken = false;
	const struct import_route *r = route_of(c, root, labels, &taken);
	char own[TIME_DURATION_MAX], theirs[TIME_DURATION_MAX];

	time_duration_format(rule->heartbeat, own);
	if (!r)
		err_at(c->errors, root->at, "the alert that rule \"%.*s\" waits for is not sent here: it would page after %s",
		       STR_ARG(rule->name), own);
	else if (repeats_every(r) >= rule->heartbeat)
		err_at(c->errors, r->at,
		       "the alert that rule \"%.*s\" waits for comes every %s, and the rule pages when it stays away for %s: "
		       "give it a "
		       "route of its own",
		       STR_ARG(rule->name), time_duration_format(repeats_every(r), theirs), own);
}

static void check_heartbeats(struct checking *c, const struct import_route *root)
{
	struct shadow *shadow = shadow_new(c->config->ruleset);
	const struct rule *const *rules;
	size_t n = ruleset_rules(c->config->ruleset, &rules);

	for (size_t i = 0; i < n; i++) {
		const struct alert *example = rules[i]->sets[RULE_HEARTBEAT] ? shadow_example(shadow, rules[i]) : NULL;
		if (example)
			check_beat(c, root, rules[i], &example->labels);
	}
	shadow_free(shadow);
}

/* ---- the file ---- */

static void check_document(struct checking *c)
{
	struct import_route root;
	const struct yaml_node *route = yaml_get(c->document, "route");

	check_sender_receivers(c);
	if (!route)
		err_at(c->errors, c->document->at, "this is no alertmanager.yml: it has no \"route\"");
	else if (import_read_route(&c->import, route, NULL, &root, c->errors) && c->ours.n) {
		check_routes(c, &root);
		check_default(c, &root);
		check_heartbeats(c, &root);
	}
}

void check_alertmanager(const struct config *config, const char *file, struct err *errors, struct err *warnings)
{
	AUTOBUF struct buf text;
	struct checking c = {.config = config, .errors = errors, .warnings = warnings};

	buf_init(&text, FILE_MAX_BYTES);
	if (!file_read(file, &text, errors))
		return;
	c.import = (struct import){.arena = arena_new(), .names = json_object()};
	c.document = yaml_parse(c.import.arena, file, buf_str(&text), errors);
	if (c.document && c.document->kind == YAML_MAP)
		check_document(&c);
	else if (c.document)
		err_at(errors, c.document->at, "a mapping was expected, not a %s", yaml_kind_name(c.document));
	import_release(&c.import);
}
