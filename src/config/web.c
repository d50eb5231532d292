/* The web configuration file: see config/web.h. TLS's choices are in web_tls.c. */
#include "config/web.h"

#include <string.h>

#include "disk.h"
#include "web_impl.h"

#define WEB_FILE_MAX (1024 * 1024)
#define USERS_MAX 10000
#define COST_MOST 14 /* of bcrypt: a check takes a second already */

struct web_sections {
	const struct yaml_node *tls, *http, *users;
};
struct http_section {
	bool http2;
	const struct yaml_node *headers;
};

static const struct option http_rows[] = {
	{.name = "http2",
     .type = OPTION_BOOL,
     .offset = offsetof(struct http_section, http2),
     .fallback = "false",
     .doc = "Accepted; HTTP/1.1 is spoken."},
	{.name = "headers",
     .type = OPTION_NODE,
     .offset = offsetof(struct http_section, headers),
     .form = "mapping of headers",
     .doc = "Headers of every reply."},
};
static const struct option_table http_table = OPTION_TABLE(http_rows);

static const struct option sections[] = {
	{.name = "tls_server_config",
     .type = OPTION_NODE,
     .offset = offsetof(struct web_sections, tls),
     .inner = &web_tls_table,
     .doc = "TLS."},
	{.name = "http_server_config",
     .type = OPTION_NODE,
     .offset = offsetof(struct web_sections, http),
     .inner = &http_table,
     .doc = "HTTP."},
	{.name = "basic_auth_users",
     .type = OPTION_NODE,
     .offset = offsetof(struct web_sections, users),
     .form = "mapping of names to hashes",
     .doc = "NAME: bcrypt hash."},
	{.name = "rate_limit", .type = OPTION_FOREIGN, .doc = "is not there: caps on connections stand in runbookd.yml"},
};
const struct option_table web_config_table = OPTION_TABLE(sections);

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* ---- headers ---- */

static bool has_no_controls(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static const char *header_named(struct str name)
{
	static const char *const names[] = {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options",
	                                    "X-XSS-Protection", "Strict-Transport-Security"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_eq_c(name, names[i]))
			return names[i];
	return NULL;
}

static void load_header(struct web_load *l, const struct yaml_node *key, const struct yaml_node *value)
{
	struct web_config *w = l->web;
	const char *name = header_named(key->text);

	if (!name)
		err_at(l->err, key->at,
		       "http_server_config.headers: \"%.*s\" is none of Content-Security-Policy, "
		       "X-Frame-Options, X-Content-Type-Options, X-XSS-Protection, Strict-Transport-Security",
		       STR_ARG(key->text));
	else if (value->kind != YAML_SCALAR || !has_no_controls(value->text))
		err_at(l->err, value->at, "http_server_config.headers: %s must be one line of text", name);
	else if (value->text.n)
		w->headers[w->header_count++] = (struct http_reply_header){name, arena_cstr(w->arena, value->text)};
}

static void load_http(struct web_load *l, const struct yaml_node *node)
{
	struct http_section h;

	options_defaults(http_rows, COUNT(http_rows), l->web->arena, &h);
	if (!node ||
	    !options_read(http_rows, COUNT(http_rows), node, "http_server_config", l->web->arena, &h, NULL, l->err))
		return;
	if (h.http2)
		err_warn(l->warnings, yaml_get(node, "http2")->at, "http2: HTTP/1.1 is spoken, which every client understands");
	if (h.headers && h.headers->kind != YAML_MAP)
		err_at(l->err, h.headers->at, "http_server_config.headers: must be a mapping");
	for (size_t i = 0; h.headers && h.headers->kind == YAML_MAP && i < h.headers->count; i++)
		load_header(l, h.headers->keys[i], h.headers->items[i]);
}

/* ---- users ---- */

/* "$2y$10$" and 53 characters of salt and hash; the cost, 0: it is none. */
static int bcrypt_cost(struct str hash)
{
	static const char alphabet[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	int64_t cost;

	if (hash.n != 60 || hash.p[0] != '$' || hash.p[1] != '2' || !strchr("aby", hash.p[2]) || hash.p[3] != '$' ||
	    hash.p[6] != '$' || !str_to_i64(str_slice(hash, 4, 6), &cost) || cost < 4 || cost > 31)
		return 0;
	for (size_t i = 7; i < hash.n; i++)
		if (!hash.p[i] || !strchr(alphabet, hash.p[i]))
			return 0;
	return (int)cost;
}

static void load_user(struct web_load *l, const struct yaml_node *key, const struct yaml_node *value)
{
	struct web_config *w = l->web;
	int cost = value->kind == YAML_SCALAR ? bcrypt_cost(value->text) : 0;

	if (!key->text.n || str_index(key->text, ':') >= 0 || !has_no_controls(key->text))
		err_at(l->err, key->at, "basic_auth_users: a name must not be empty, and has no colon");
	else if (!cost) /* not shown: somebody may have written his password there */
		err_at(l->err, value->at, "basic_auth_users: of \"%.*s\" must be a bcrypt hash ($2a$, $2b$, $2y$)",
		       STR_ARG(key->text));
	else if (cost > COST_MOST)
		err_at(l->err, value->at, "basic_auth_users: of \"%.*s\" has the cost %d; at most %d", STR_ARG(key->text), cost,
		       COST_MOST);
	else
		w->users[w->user_count++] =
			(struct web_user){arena_str(w->arena, key->text), arena_cstr(w->arena, value->text)};
}

static void load_users(struct web_load *l, const struct yaml_node *node)
{
	if (!node || yaml_is_null(node))
		return;
	if (node->kind != YAML_MAP || node->count > USERS_MAX) {
		err_at(l->err, node->at, "basic_auth_users: must be a mapping of at most %d names to bcrypt hashes", USERS_MAX);
		return;
	}
	l->web->users = arena_alloc(l->web->arena, (node->count + 1) * sizeof *l->web->users);
	for (size_t i = 0; i < node->count; i++)
		load_user(l, node->keys[i], node->items[i]);
}

/* ---- the file ---- */

static bool read_web_file(struct web_load *l, const char *file)
{
	struct web_sections s;
	struct str text;
	const char *why;

	if (!disk_read(l->web->arena, file, WEB_FILE_MAX, &text, &why)) {
		err_at(l->err, (struct pos){file, 0, 0}, "%s", why);
		return false;
	}
	const struct yaml_node *root = yaml_parse(l->web->arena, file, text, l->err);
	if (!root)
		return false;
	options_defaults(sections, COUNT(sections), l->web->arena, &s);
	options_read(sections, COUNT(sections), root, "web configuration", l->web->arena, &s, NULL, l->err);
	web_load_tls(l, s.tls);
	load_http(l, s.http);
	load_users(l, s.users);
	return true;
}

struct web_config *web_config_load(const char *file, struct err *err, struct err *warnings)
{
	AUTOERR struct err own = ERR_INIT;
	struct arena *arena = arena_new();
	struct web_config *w = arena_alloc(arena, sizeof *w);

	*w = (struct web_config){.arena = arena};
	struct web_load l = {.web = w, .file = file, .err = &own, .warnings = warnings};
	bool good = read_web_file(&l, file) && !err_any(&own);
	err_move(err, &own);
	if (good)
		return w;
	web_config_free(w);
	return NULL;
}

void web_config_free(struct web_config *w)
{
	if (w)
		arena_free(w->arena);
}
