/* Reads an Alertmanager's configuration as its router would, and says what of it hurts here. */
#include "check_alertmanager.h"

#include "base/time.h"
#include "check_alertmanager_impl.h"
#include "setup/file.h"

#define FILE_MAX_BYTES (16 * 1024 * 1024)
#define WEBHOOK "/api/v1/webhook"

/* What Alertmanager takes where nothing is said. */
#define GROUP_INTERVAL (5 * TIME_MINUTE)
#define REPEAT_INTERVAL (4 * TIME_HOUR)

/* Who wants to wait longer for what belongs together writes page_after, where the incident is seen meanwhile. */
#define GROUP_WAIT_LONG (5 * TIME_MINUTE)

void check_sender_warn(struct checking *c, struct pos at, const char *text)
{
	err_warn(c->warnings, at, "%s", text);
}

/* ---- receivers ---- */

static int64_t sender_number(const struct yaml_node *map, const char *key)
{
	int64_t n = 0;
	return str_to_i64(import_text(map, key), &n) ? n : 0;
}

/* A slash at the end, or a further part: the daemon answers 404 to it. */
static void check_path(struct checking *c, const struct yaml_node *url, struct str source)
{
	ptrdiff_t slash = str_index(source, '/');
	struct str name = str_slice(source, 0, slash < 0 ? source.n : (size_t)slash);

	if (slash >= 0 || (!source.n && str_find(url->text, STR(WEBHOOK "/")) >= 0))
		err_at(c->errors, url->at,
		       "nothing is taken at this path: it must end in " WEBHOOK "%s%.*s, without a slash behind",
		       name.n ? "/" : "", STR_ARG(name));
}

static void check_integration(struct checking *c, const struct yaml_node *webhook, struct str source)
{
	const struct yaml_node *resolved = yaml_get(webhook, "send_resolved"), *most = yaml_get(webhook, "max_alerts");
	const struct yaml_node *http = yaml_get(webhook, "http_config"), *url = yaml_get(webhook, "url");
	bool credentials =
		yaml_get(http, "authorization") || yaml_get(http, "bearer_token") || yaml_get(http, "bearer_token_file");

	check_path(c, url, source);
	if (resolved && !import_truth_of(&c->import, resolved, "send_resolved", true))
		err_at(c->errors, resolved->at, "send_resolved: false: no incident would ever be resolved");
	if (sender_number(webhook, "max_alerts") > 0)
		check_sender_warn(c, most->at, "max_alerts: what is cut off is never seen here; 0 is no limit");
	if (source.n && str_index(source, '/') < 0 && c->config->source_count && !config_source(c->config, source))
		check_sender_warn(
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
		check_sender_warn(
			c, list->at,
			"a webhook's URL stands in a file of its own (url_file): whether it ends here was not looked at");
	else if (!c->ours.n)
		err_at(c->errors, list ? list->at : c->document->at,
		       "no receiver posts to " WEBHOOK ": nothing that this Alertmanager sends arrives here");
}

/* ---- routes ---- */

bool check_sender_is_ours(const struct checking *c, struct str receiver)
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

int64_t check_sender_repeats(const struct import_route *r)
{
	int64_t interval = group_interval(r), repeat = duration_or(r->repeat_interval, REPEAT_INTERVAL);
	return interval > 0 ? (repeat + interval - 1) / interval * interval : repeat;
}

static void check_timing(struct checking *c, const struct import_route *r)
{
	const struct incident_policy *p = &c->config->policy;
	char own[TIME_DURATION_MAX], theirs[TIME_DURATION_MAX];

	if (group_interval(r) >= p->late_grace)
		check_sender_warn(
			c, r->at,
			arena_printf(c->import.arena, "group_interval is %s: dedup.late_grace here (%s) must be longer",
		                 time_duration_format(group_interval(r), theirs), time_duration_format(p->late_grace, own)));
	if (check_sender_repeats(r) > c->config->defaults.repeat_interval)
		check_sender_warn(
			c, r->at,
			arena_printf(c->import.arena,
		                 "it repeats every %s: reminders here ride on that, and dedup.repeat_interval (%s) is shorter",
		                 time_duration_format(check_sender_repeats(r), theirs),
		                 time_duration_format(c->config->defaults.repeat_interval, own)));
	if (check_sender_repeats(r) >= p->expire_after)
		err_at(c->errors, r->at, "it repeats every %s: dedup.expire_after here (%s) would end what still fires",
		       time_duration_format(check_sender_repeats(r), theirs), time_duration_format(p->expire_after, own));
}

static void check_waits(struct checking *c, const struct import_route *r)
{
	char theirs[TIME_DURATION_MAX];
	int64_t wait = duration_or(r->group_wait, 0);

	if (wait > GROUP_WAIT_LONG)
		check_sender_warn(
			c, r->at,
			arena_printf(c->import.arena,
		                 "group_wait is %s: nothing is seen or told here before; let dedup.page_after, or "
		                 "page_after of a rule, wait instead",
		                 time_duration_format(wait, theirs)));
	if (r->mute.n || r->active.n)
		check_sender_warn(c, r->at,
		                  arena_printf(c->import.arena,
		                               "%s: outside of its hours nothing comes here, no resolve either; let mute or "
		                               "active of a rule hold the page instead",
		                               r->mute.n ? "mute_time_intervals" : "active_time_intervals"));
}

static void check_routes(struct checking *c, const struct import_route *r)
{
	if (check_sender_is_ours(c, r->receiver)) {
		check_timing(c, r);
		check_waits(c, r);
	}
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
		bool ours = check_sender_is_ours(c, r->receiver);
		if (ours && r->goes_on)
			adds = r;
		else if (!ours && takes_everything(r))
			adds = NULL;
	}
	if (adds && !check_sender_is_ours(c, root->receiver))
		check_sender_warn(
			c, adds->at,
			arena_printf(c->import.arena,
		                 "what this route takes and no other does is told to \"%.*s\" no more: write a last "
		                 "route {receiver: %.*s}, without matchers",
		                 STR_ARG(root->receiver), STR_ARG(root->receiver)));
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
		check_sender_beats(c, &root);
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
