/*
 * heartbeat: the URL that somebody outside listens to. It is a secret: whoever knows it can say that all is well.
 */
#include "base/time.h"
#include "load.h"

#define ROWS (sizeof rows / sizeof *rows)

struct heartbeat_options {
	struct str url, url_file;
	int64_t every, timeout;
	int method;
	bool allow_http;
};

static const char *const methods[] = {"GET", "POST", NULL};

#define AT(member) offsetof(struct heartbeat_options, member)
static const struct option rows[] = {
	{.name = "url", .type = OPTION_STR, .offset = AT(url), .doc = "What is pinged while all is well."},
	{.name = "url_file", .type = OPTION_STR, .offset = AT(url_file), .doc = "File that holds it."},
	{.name = "every",
     .type = OPTION_DURATION,
     .offset = AT(every),
     .fallback = "1m",
     .least = TIME_SECOND,
     .most = TIME_DAY,
     .doc = "How often."},
	{.name = "method",
     .type = OPTION_CHOICE,
     .offset = AT(method),
     .fallback = "GET",
     .choices = methods,
     .doc = "As whoever listens expects it."},
	{.name = "timeout",
     .type = OPTION_DURATION,
     .offset = AT(timeout),
     .fallback = "10s",
     .least = 100,
     .most = TIME_MINUTE,
     .doc = "Of one ping."},
	{.name = "allow_http",
     .type = OPTION_BOOL,
     .offset = AT(allow_http),
     .fallback = "false",
     .doc = "Plain http beyond loopback."},
};
const struct option_table heartbeat_table = OPTION_TABLE(rows);

static bool is_ping_url_allowed(const struct config_heartbeat *h, struct str url)
{
	return receiver_url_valid(url) && (h->allow_http || receiver_url_safe(url));
}

static const char *wanted_ping_url(const struct config_heartbeat *h)
{
	return h->allow_http ? "an http or https URL" : "an https URL, or http to a loopback address";
}

static void check_inline(struct loading *l, const struct config_heartbeat *h, const struct yaml_node *node)
{
	if (!is_ping_url_allowed(h, h->url.value))
		err_at(l->err, load_at(node, "url"), "heartbeat: \"url\" must be %s", wanted_ping_url(h));
}

/* Where it cannot be read, load_check_secret() has said so. */
static void check_file(struct loading *l, const struct config_heartbeat *h, const struct yaml_node *node)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str url;
	const char *why;
	load_check_secret(l, h->url.file, load_at(node, "url_file"), "url_file");
	if (!l->options->no_secrets && secret_read(arena, h->url.file, &url, &why) && !is_ping_url_allowed(h, url))
		err_at(l->err, load_at(node, "url_file"), "heartbeat: the URL in %.*s must be %s", STR_ARG(h->url.file),
		       wanted_ping_url(h));
}

void load_heartbeat(struct loading *l)
{
	const struct yaml_node *node = l->say.heartbeat;
	struct config_heartbeat *h = &l->c->heartbeat;
	struct heartbeat_options o;
	options_defaults(rows, ROWS, l->c->arena, &o);
	if (!node || !options_read(rows, ROWS, node, "heartbeat", l->c->arena, &o, NULL, l->err))
		return;
	*h = (struct config_heartbeat){
		.given = true,
		.url = {.option = "url", .value = o.url, .file = load_path(l, o.url_file)},
		.every = o.every,
		.timeout = o.timeout,
		.method = methods[o.method],
		.allow_http = o.allow_http,
	};
	load_check_twins(l, node, "url", "heartbeat");
	if (!o.url.n && !o.url_file.n)
		err_at(l->err, node->at, "heartbeat: \"url\" or \"url_file\" is required and must not be empty");
	else if (o.url_file.n)
		check_file(l, h, node);
	else
		check_inline(l, h, node);
}

bool config_heartbeat_url(const struct config *c, struct arena *arena, struct str *out, struct err *err)
{
	const struct config_heartbeat *h = &c->heartbeat;
	const char *why;
	*out = h->url.value;
	if (!h->url.file.n)
		return true;
	if (!secret_read(arena, h->url.file, out, &why)) {
		err_add(err, "heartbeat: url: %.*s: %s", STR_ARG(h->url.file), why);
		return false;
	}
	if (!is_ping_url_allowed(h, *out))
		err_add(err, "heartbeat: the URL in %.*s is not %s", STR_ARG(h->url.file), wanted_ping_url(h));
	return is_ping_url_allowed(h, *out);
}
