/* The section `receivers`: each kind's options, what all kinds share, and their secrets looked at. */
#include <math.h>
#include <string.h>

#include "base/time.h"
#include "load.h"

#define KINDS_MAX 32
#define BASE 21
#define ROWS_MAX (BASE + 2 * KINDS_MAX)
#define LIKE_ALERTMANAGER "is Alertmanager's: each entry is a receiver of its own here, with the kind as a mapping: "

struct receiver_options {
	struct str name, use, audience, fallback, time_zone, title, text, proxy_url;
	bool send_resolved, retired, allow_http, proxy_from_environment;
	struct strs update_on, active, mute;
	int64_t update_interval, digest_above;
	const struct yaml_node *rate_limit, *tls_config;
	const struct yaml_node *kinds[KINDS_MAX]; /* in the order of receiver_kinds() */
};
struct rate_options {
	double per_second;
	int64_t burst;
};

static const struct option rate_rows[] = {
	{.name = "per_second",
     .type = OPTION_FLOAT,
     .offset = offsetof(struct rate_options, per_second),
     .most = 100000,
     .doc = "Requests a second; 0 is unlimited."},
	{.name = "burst",
     .type = OPTION_INT,
     .offset = offsetof(struct rate_options, burst),
     .least = 1,
     .most = 100000,
     .doc = "At once after a pause."},
};
static const struct option_table rate_table = OPTION_TABLE(rate_rows);

#define AT(member) offsetof(struct receiver_options, member)
static const struct option base_rows[BASE] = {
	{.name = "name", .type = OPTION_STR, .offset = AT(name), .required = true, .doc = "What rules call it."},
	{.name = "kind",
     .type = OPTION_STR,
     .offset = AT(use),
     .doc = "page, chat, ticket or archive: what its messages count as. Default by its type."},
	{.name = "audience",
     .type = OPTION_STR,
     .offset = AT(audience),
     .doc = "stakeholders: told of grave incidents' opening, of what people write (incidents update) and of the end, "
            "in the "
            "words of the organisation's templates; never a page."},
	{.name = "fallback", .type = OPTION_STR, .offset = AT(fallback), .doc = "Paged too when this one fails."},
	{.name = "send_resolved",
     .type = OPTION_BOOL,
     .offset = AT(send_resolved),
     .fallback = "true",
     .doc = "Tell the resolve."},
	{.name = "retired",
     .type = OPTION_BOOL,
     .offset = AT(retired),
     .fallback = "false",
     .doc = "Only tells the resolves that are still owed."},
	{.name = "allow_http",
     .type = OPTION_BOOL,
     .offset = AT(allow_http),
     .fallback = "false",
     .doc = "Plain http beyond loopback."},
	{.name = "rate_limit",
     .type = OPTION_NODE,
     .offset = AT(rate_limit),
     .inner = &rate_table,
     .doc = "How fast it is told; a default by its type."},
	{.name = "time_zone",
     .type = OPTION_STR,
     .offset = AT(time_zone),
     .doc =
         "Where its readers are: the times of its pages, and when it is night there. Default: that of the person whose "
         "receiver it is, else the configuration's."},
	{.name = "update_on",
     .type = OPTION_STRS,
     .offset = AT(update_on),
     .doc = "members: an update that wakes nobody when members join or leave (the default); severity: a raised "
            "severity is "
            "a new page in any case, so this alone updates for nothing; never."},
	{.name = "update_interval",
     .type = OPTION_DURATION,
     .offset = AT(update_interval),
     .fallback = "5m",
     .least = TIME_SECOND,
     .most = TIME_DAY,
     .doc = "At most one update in so long."},
	{.name = "digest_above",
     .type = OPTION_INT,
     .offset = AT(digest_above),
     .fallback = "50",
     .most = 1000000,
     .doc = "When more than so many wait for its rate_limit, those below the gravest severity go out in one message; "
            "0: never, which is the default for tickets."},
	{.name = "active",
     .type = OPTION_STRS,
     .offset = AT(active),
     .doc =
         "Time intervals: outside them its pages, reminders and updates wait, and are told if they still hold then."},
	{.name = "mute", .type = OPTION_STRS, .offset = AT(mute), .doc = "Time intervals during which they wait."},
	{.name = "title", .type = OPTION_STR, .offset = AT(title), .doc = "Template of the first line (help templates)."},
	{.name = "text", .type = OPTION_STR, .offset = AT(text), .doc = "Template of the text (help templates)."},
	{.name = "tls_config",
     .type = OPTION_NODE,
     .offset = AT(tls_config),
     .inner = &receiver_tls_table,
     .doc = "TLS on the way to the provider."},
	{.name = "proxy_url", .type = OPTION_STR, .offset = AT(proxy_url), .doc = "Proxy on the way to the provider."},
	{.name = "proxy_from_environment",
     .type = OPTION_BOOL,
     .offset = AT(proxy_from_environment),
     .fallback = "false",
     .doc = "Take the proxy from https_proxy, http_proxy and no_proxy."},
	{.name = "msteamsv2_configs", .type = OPTION_FOREIGN, .doc = LIKE_ALERTMANAGER "msteams: {…}"},
	{.name = "sns_configs", .type = OPTION_FOREIGN, .doc = "is Alertmanager's: there is no kind for it here"},
};

/* The base rows, one for each kind, and one for what Alertmanager calls it: "slack_configs". */
static size_t make_rows(struct option rows[ROWS_MAX])
{
	static char foreign[KINDS_MAX][32];
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);
	memcpy(rows, base_rows, sizeof base_rows);
	for (size_t i = 0; i < count && i < KINDS_MAX; i++) {
		snprintf(foreign[i], sizeof foreign[i], "%s_configs", kinds[i]->name);
		rows[BASE + i] = (struct option){.name = kinds[i]->name,
		                                 .type = OPTION_NODE,
		                                 .offset = AT(kinds) + i * sizeof(const struct yaml_node *),
		                                 .doc = kinds[i]->doc};
		rows[BASE + count + i] = (struct option){
			.name = foreign[i], .type = OPTION_FOREIGN, .doc = LIKE_ALERTMANAGER "the same word without _configs"};
	}
	return BASE + 2 * count;
}

/* The same for help: here each kind's row leads to that kind's options, too. */
static const struct option *make_receiver_rows(struct arena *arena, size_t *count)
{
	const struct receiver_kind *const *kinds;
	struct option *rows = arena_alloc(arena, ROWS_MAX * sizeof *rows);
	size_t kind_count = receiver_kinds(&kinds);
	struct option_table *inner = arena_alloc(arena, kind_count * sizeof *inner);
	*count = make_rows(rows);
	for (size_t i = 0; i < kind_count; i++) {
		inner[i] = (struct option_table){.rows = kinds[i]->options, .count = kinds[i]->option_count};
		rows[BASE + i].inner = &inner[i];
	}
	return rows;
}
const struct option_table receivers_table = {.make = make_receiver_rows};

/* ---- one receiver ---- */

static bool is_receiver_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f)
			return false;
	}
	return name.n > 0 && name.n <= 100 && str_trim(name).n == name.n;
}

static void check_receiver_name(struct loading *l, struct str name, struct pos at)
{
	const struct config_receiver *other = config_receiver(l->c, name);
	if (!is_receiver_name(name))
		err_at(l->err, at, "receiver: \"name\" must be 1 to 100 bytes without control characters and outer blanks");
	if (other)
		err_at(l->err, at, "receiver \"%.*s\" is there twice (first in line %d)", STR_ARG(name), other->at.line);
}

static void read_rate(struct loading *l, const struct yaml_node *node, struct config_receiver *r)
{
	bool given[2] = {false, false};
	struct rate_options rate = {r->kind->rate_per_second, r->kind->rate_burst};
	if (node)
		options_read(rate_rows, 2, node, "rate_limit", l->c->arena, &rate, given, l->err);
	if (given[0] && !given[1] && rate.burst < rate.per_second)
		rate.burst = (int64_t)ceil(rate.per_second);
	r->rate_per_second = rate.per_second;
	r->rate_burst = rate.burst > 0 ? (int)rate.burst : 1;
}

/* Which kind it is; exactly one must be given. */
static size_t find_only_kind(struct loading *l, const struct receiver_options *o, const struct yaml_node *node)
{
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds), found = count;
	AUTOBUF struct buf names;
	buf_init(&names, 4096);
	for (size_t i = 0; i < count; i++) {
		buf_printf(&names, "%s%s", i ? ", " : "", kinds[i]->name);
		if (o->kinds[i] && found < count) {
			err_at(l->err, o->kinds[i]->at, "receiver \"%.*s\": \"%s\" stands beside \"%s\"; it can be only one",
			       STR_ARG(o->name), kinds[i]->name, kinds[found]->name);
			return count;
		}
		if (o->kinds[i])
			found = i;
	}
	if (found == count)
		err_at(l->err, node->at, "receiver \"%.*s\" says not what it is: one of %s", STR_ARG(o->name), names.p);
	return found;
}

static bool is_required(const struct receiver_kind *kind, const char *option)
{
	for (const char *const *name = kind->required; name && *name; name++) {
		if (!strcmp(*name, option))
			return true;
	}
	return false;
}

/* The URL from a file stands under the same rule as one written here; where it cannot be read that is said elsewhere. */
static void check_url_file(struct loading *l, const struct config_receiver *r, const struct config_secret *s,
                           struct pos at)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str url;
	const char *why;
	if (!secret_is_url(r->kind, s->option) || !secret_read(arena, s->file, &url, &why))
		return;
	if (!receiver_url_valid(url) || (!r->allow_http && !receiver_url_safe(url)))
		err_at(l->err, at, "receiver \"%.*s\": the URL in %.*s must be https (or set allow_http: true)",
		       STR_ARG(r->name), STR_ARG(s->file));
}

static void read_secret(struct loading *l, struct config_receiver *r, const struct yaml_node *node, const char *option)
{
	const struct receiver_kind *kind = r->kind;
	AUTOFREE char *twin = mem_printf("%s_file", option);
	const struct yaml_node *inline_node = yaml_get(node, option), *file_node = yaml_get(node, twin);
	bool has_inline = inline_node && inline_node->kind == YAML_SCALAR && inline_node->text.n;
	bool has_file = file_node && file_node->kind == YAML_SCALAR && file_node->text.n;
	load_check_twins(l, node, option, kind->name);
	if (!has_inline && !has_file) {
		if (is_required(kind, option) || (inline_node && !yaml_is_null(inline_node)) ||
		    (file_node && !yaml_is_null(file_node)))
			err_at(l->err, node->at, "%s: \"%s\" or \"%s\" is required and must not be empty", kind->name, option,
			       twin);
		return;
	}
	struct config_secret s = {.option = option};
	if (has_file)
		s.file = load_path(l, file_node->text);
	else
		s.value = inline_node->text;
	r->secrets[r->secret_count++] = s;
	if (has_file) {
		load_check_secret(l, s.file, file_node->at, twin);
		check_url_file(l, r, &s, file_node->at);
	}
}

static void read_secrets(struct loading *l, struct config_receiver *r, const struct yaml_node *node)
{
	size_t count = 0;
	while (r->kind->secrets && r->kind->secrets[count])
		count++;
	r->secrets = arena_alloc(l->c->arena, (count + 1) * sizeof *r->secrets);
	for (size_t i = 0; i < count; i++)
		read_secret(l, r, node, r->kind->secrets[i]);
}

static void check_urls(struct loading *l, const struct config_receiver *r, const struct yaml_node *node)
{
	for (const char *const *name = r->kind->urls; name && *name; name++) {
		struct str url = receiver_url_option(r->kind, r->settings, *name);
		if (url.n && receiver_url_valid(url) && !r->allow_http && !receiver_url_safe(url))
			err_at(l->err, load_at(node, *name),
			       "receiver \"%.*s\": plain http goes to loopback addresses only; use https, or set allow_http: true",
			       STR_ARG(r->name));
	}
}

/* A definition as text, so that a reload can tell whether it is still the same; comments and layout do not count. */
static void print_node(struct buf *b, const struct yaml_node *n)
{
	buf_printf(b, "%d %zu %zu ", (int)n->kind, n->count, n->text.n);
	buf_add(b, n->text);
	for (size_t i = 0; i < n->count; i++) {
		if (n->kind == YAML_MAP)
			print_node(b, n->keys[i]);
		print_node(b, n->items[i]);
	}
}

static void read_receiver_settings(struct loading *l, struct config_receiver *r, const struct yaml_node *node)
{
	const struct receiver_kind *kind = r->kind;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_printf(&b, "%s ", kind->name);
	print_node(&b, node);
	hash_sha256(buf_str(&b), r->fingerprint);
	options_defaults(kind->options, kind->option_count, l->c->arena, r->settings);
	bool ok = options_read(kind->options, kind->option_count, node, kind->name, l->c->arena, r->settings, NULL, l->err);
	if (!ok || !receiver_check(kind, r->settings, node->at, l->c->arena, l->err))
		return;
	check_urls(l, r, node);
	read_secrets(l, r, node);
	if (!r->tls)
		load_receiver_tls(l, yaml_get(node, "tls_config"), r);
}

static void read_receiver_template(struct loading *l, struct str text, const struct yaml_node *node, const char *option,
                                   struct template **out)
{
	/* a copy, because a template may keep views into its text */
	if (text.n)
		*out = template_compile(arena_str(l->c->arena, text), receiver_template_names(), load_at(node, option), l->err);
}

/* What is the same for every kind and needs more than a row of a table. */
static void read_page_options(struct loading *l, const struct receiver_options *o, const struct yaml_node *node,
                              struct config_receiver *r)
{
	r->zone = l->c->zone;
	r->own_zone = o->time_zone.n;
	if (r->own_zone)
		load_zone(l, o->time_zone, load_at(node, "time_zone"), &r->zone);
	read_receiver_template(l, o->title, node, "title", &r->title);
	read_receiver_template(l, o->text, node, "text", &r->text);
	load_receiver_tls(l, o->tls_config, r);
	load_receiver_proxy(l, o->proxy_url, o->proxy_from_environment, load_at(node, "proxy_url"), r);
}

static void read_use(struct loading *l, struct str use, const struct yaml_node *node, struct config_receiver *r)
{
	r->use = r->stakeholders && r->kind->use == RECEIVER_PAGE ? RECEIVER_CHAT : r->kind->use;
	if (use.n && !receiver_use_find(use, &r->use))
		err_at(l->err, load_at(node, "kind"), "receiver: \"kind\": \"%.*s\" is none of page, chat, ticket, archive",
		       STR_ARG(use));
}

static void read_updates(struct loading *l, const struct receiver_options *o, const struct yaml_node *node,
                         struct config_receiver *r)
{
	const struct strs *on = &o->update_on;
	for (size_t i = 0; i < on->n; i++) {
		if (!str_eq_c(on->v[i], "members") && !str_eq_c(on->v[i], "severity") && !str_eq_c(on->v[i], "never"))
			err_at(l->err, load_at(node, "update_on"),
			       "receiver: \"update_on\": \"%.*s\" is none of members, severity, never", STR_ARG(on->v[i]));
	}
	if (strs_contain(on, STR("never")) && on->n > 1)
		err_at(l->err, load_at(node, "update_on"), "receiver: \"update_on\": \"never\" stands alone");
	r->updates = !on->n || strs_contain(on, STR("members"));
	r->update_interval = o->update_interval;
}

static void read_audience(struct loading *l, struct str audience, const struct yaml_node *node,
                          struct config_receiver *r)
{
	r->stakeholders = str_eq_c(audience, "stakeholders");
	if (audience.n && !r->stakeholders)
		err_at(l->err, load_at(node, "audience"), "receiver: \"audience\": \"%.*s\" is not stakeholders",
		       STR_ARG(audience));
	if (r->stakeholders && r->fallback.n)
		err_at(l->err, load_at(node, "fallback"),
		       "receiver: \"fallback\" is for pages: nobody is woken for what stakeholders did not hear");
}

/* One that is refused already: what else is wrong with its own options is told in the same go. */
static void check_refused_options(struct loading *l, const struct receiver_options *o)
{
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);
	for (size_t i = 0; i < count; i++) {
		const struct receiver_kind *kind = kinds[i];
		if (!o->kinds[i])
			continue;
		void *settings = arena_alloc(l->c->arena, kind->settings_size);
		options_defaults(kind->options, kind->option_count, l->c->arena, settings);
		options_read(kind->options, kind->option_count, o->kinds[i], kind->name, l->c->arena, settings, NULL, l->err);
	}
}

static struct config_receiver *add_config_receiver(struct config *c, const struct receiver_options *o,
                                                   const struct receiver_kind *kind, struct pos at)
{
	struct config_receiver *r = &c->receivers[c->receiver_count++];
	*r = (struct config_receiver){.name = o->name,
	                              .kind = kind,
	                              .fallback = o->fallback,
	                              .send_resolved = o->send_resolved,
	                              .retired = o->retired,
	                              .digest_above = (size_t)o->digest_above,
	                              .allow_http = o->allow_http,
	                              .hours = {o->active, o->mute},
	                              .at = at};
	r->settings = arena_alloc(c->arena, kind->settings_size);
	return r;
}

static void load_receiver(struct loading *l, const struct yaml_node *node)
{
	struct option rows[ROWS_MAX];
	struct receiver_options o;
	struct config *c = l->c;
	size_t count = make_rows(rows);
	options_defaults(rows, count, c->arena, &o);
	if (!options_read(rows, count, node, "receiver", c->arena, &o, NULL, l->err)) {
		check_refused_options(l, &o);
		return;
	}
	check_receiver_name(l, o.name, load_at(node, "name"));
	const struct receiver_kind *const *kinds;
	size_t kind = find_only_kind(l, &o, node);
	if (kind == receiver_kinds(&kinds))
		return;
	struct config_receiver *r = add_config_receiver(c, &o, kinds[kind], node->at);
	read_rate(l, o.rate_limit, r);
	read_page_options(l, &o, node, r);
	read_audience(l, o.audience, node, r);
	if (r->stakeholders)
		r->digest_above = 0; /* each message is of one incident */
	read_use(l, o.use, node, r);
	if (r->use == RECEIVER_TICKET && !yaml_get(node, "digest_above"))
		r->digest_above = 0;
	read_updates(l, &o, node, r);
	read_receiver_settings(l, r, o.kinds[kind]);
}

/* A callback is tried against all their secrets before anybody knows who sends it: there must not be too many. */
#define CALLBACK_SECRETS_MAX 64

static void check_callback_secrets(struct loading *l, const struct receiver_kind *kind)
{
	size_t found = 0;
	for (size_t i = 0; i < l->c->receiver_count; i++) {
		const struct config_receiver *r = &l->c->receivers[i];
		for (size_t k = 0; r->kind == kind && k < r->secret_count; k++)
			found += !strcmp(r->secrets[k].option, kind->callback->secret);
		if (found > CALLBACK_SECRETS_MAX) {
			err_at(l->err, r->at, "receiver \"%.*s\": more than %d receivers of this kind have a \"%s\"",
			       STR_ARG(r->name), CALLBACK_SECRETS_MAX, kind->callback->secret);
			return;
		}
	}
}

void load_receivers(struct loading *l)
{
	const struct receiver_kind *const *kinds;
	size_t kind_count = receiver_kinds(&kinds);
	const struct yaml_node *list = l->say.receivers;
	if (!list)
		return;
	if (list->kind != YAML_LIST || list->count > RECEIVERS_MAX) {
		err_at(l->err, list->at, "\"receivers\" must be a list of at most %d receivers", RECEIVERS_MAX);
		return;
	}
	l->c->receivers = arena_alloc(l->c->arena, (list->count + 1) * sizeof *l->c->receivers);
	for (size_t i = 0; i < list->count; i++)
		load_receiver(l, list->items[i]);
	for (size_t i = 0; i < kind_count; i++) {
		if (kinds[i]->callback)
			check_callback_secrets(l, kinds[i]);
	}
}

bool load_receiver_known(const struct config *c, struct str name)
{
	const struct config_receiver *r = config_receiver(c, name);
	return r && !r->retired;
}

bool config_tells(void *arg, struct str receiver)
{
	return load_receiver_known(arg, receiver);
}

struct strs load_receiver_names(const struct loading *l)
{
	struct strs names = {arena_alloc(l->c->arena, (l->c->receiver_count + 1) * sizeof(struct str)), 0};
	for (size_t i = 0; i < l->c->receiver_count; i++)
		if (!l->c->receivers[i].retired)
			names.v[names.n++] = l->c->receivers[i].name;
	return names;
}

const char *load_receiver_trouble(const struct loading *l, struct str name)
{
	const struct strs names = load_receiver_names(l);
	if (config_receiver(l->c, name))
		return "is retired";
	return arena_printf(l->c->arena, "does not exist%s", options_meant(l->c->arena, name, &names));
}
