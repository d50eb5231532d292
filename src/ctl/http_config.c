/* See ctl/http_config.h. On the way of every remote command: runbookctl.c reads it, remote.c sends it. */
#include "ctl/http_config.h"

#include <string.h>

#include "base/base64.h"
#include "base/options.h"
#include "config/config.h"
#include "setup/file.h"

#define FILE_MOST (256 * 1024)

struct client_sections {
	const struct yaml_node *basic_auth, *authorization, *tls_config;
	struct str bearer_token, bearer_token_file, proxy_url;
	bool follow_redirects, enable_http2;
};
struct basic_section {
	struct str username, username_file, password, password_file;
};
struct authorization_section {
	struct str type, credentials, credentials_file;
};
struct tls_client_section {
	struct str ca_file, cert_file, key_file;
	bool insecure_skip_verify;
};

#define AT(member) offsetof(struct client_sections, member)
static const struct option client_rows[] = {
	{.name = "basic_auth", .type = OPTION_NODE, .offset = AT(basic_auth), .doc = "User and password."},
	{.name = "authorization", .type = OPTION_NODE, .offset = AT(authorization), .doc = "A token."},
	{.name = "bearer_token", .type = OPTION_STR, .offset = AT(bearer_token), .doc = "The same, shorter."},
	{.name = "bearer_token_file", .type = OPTION_STR, .offset = AT(bearer_token_file), .doc = "File that holds it."},
	{.name = "tls_config", .type = OPTION_NODE, .offset = AT(tls_config), .doc = "Whom to trust, and a certificate."},
	{.name = "proxy_url", .type = OPTION_STR, .offset = AT(proxy_url), .doc = "A proxy."},
	{.name = "follow_redirects",
     .type = OPTION_BOOL,
     .offset = AT(follow_redirects),
     .doc = "Accepted; none are followed."},
	{.name = "enable_http2", .type = OPTION_BOOL, .offset = AT(enable_http2), .doc = "Accepted; HTTP/1.1 is spoken."},
	{.name = "oauth2", .type = OPTION_FOREIGN, .doc = "is not there: give authorization"},
};
#define BASIC_AT(member) offsetof(struct basic_section, member)
static const struct option basic_rows[] = {
	{.name = "username", .type = OPTION_STR, .offset = BASIC_AT(username), .doc = "The user."},
	{.name = "username_file", .type = OPTION_STR, .offset = BASIC_AT(username_file), .doc = "File that holds it."},
	{.name = "password", .type = OPTION_STR, .offset = BASIC_AT(password), .doc = "The password."},
	{.name = "password_file", .type = OPTION_STR, .offset = BASIC_AT(password_file), .doc = "File that holds it."},
};
#define AUTHORIZATION_AT(member) offsetof(struct authorization_section, member)
static const struct option authorization_rows[] = {
	{.name = "type", .type = OPTION_STR, .offset = AUTHORIZATION_AT(type), .fallback = "Bearer", .doc = "The scheme."},
	{.name = "credentials", .type = OPTION_STR, .offset = AUTHORIZATION_AT(credentials), .doc = "The token."},
	{.name = "credentials_file",
     .type = OPTION_STR,
     .offset = AUTHORIZATION_AT(credentials_file),
     .doc = "File that holds it."},
};
#define TLS_AT(member) offsetof(struct tls_client_section, member)
static const struct option tls_client_rows[] = {
	{.name = "ca_file", .type = OPTION_STR, .offset = TLS_AT(ca_file), .doc = "Authorities instead of the system's."},
	{.name = "cert_file", .type = OPTION_STR, .offset = TLS_AT(cert_file), .doc = "Our certificate."},
	{.name = "key_file", .type = OPTION_STR, .offset = TLS_AT(key_file), .doc = "Its key."},
	{.name = "insecure_skip_verify",
     .type = OPTION_BOOL,
     .offset = TLS_AT(insecure_skip_verify),
     .fallback = "false",
     .doc = "Trust anybody."},
	{.name = "server_name", .type = OPTION_FOREIGN, .doc = "is not there: --url must have the certificate's name"},
};
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

struct reading {
	struct arena *arena;
	const char *file;
	struct http_config *out;
	struct err *err;
};

static struct str beside_file(const struct reading *r, struct str path)
{
	const char *slash = strrchr(r->file, '/');

	if (!path.n || path.p[0] == '/' || !slash)
		return path;
	return str_c(arena_printf(r->arena, "%.*s%.*s", (int)(slash - r->file + 1), r->file, STR_ARG(path)));
}

static const char *path_or_null(const struct reading *r, struct str path)
{
	return path.n ? arena_cstr(r->arena, beside_file(r, path)) : NULL;
}

/* The value, or what its file holds. */
static struct str secret_of(const struct reading *r, struct str value, struct str file, struct pos at, const char *what)
{
	struct str text = {"", 0};

	if (value.n && file.n)
		err_at(r->err, at, "give %s or %s_file, not both", what, what);
	else if (file.n)
		config_read_secret(r->arena, beside_file(r, file), &text, r->err);
	return file.n ? text : value;
}

static void set_authorization(const struct reading *r, struct pos at, const char *scheme, struct str credentials)
{
	for (size_t i = 0; i < credentials.n; i++)
		if ((unsigned char)credentials.p[i] < 0x20) {
			err_at(r->err, at, "credentials must be one line");
			return;
		}
	if (r->out->authorization)
		err_at(r->err, at, "at most one of basic_auth, authorization and bearer_token");
	r->out->authorization = arena_printf(r->arena, "Authorization: %s %.*s", scheme, STR_ARG(credentials));
}

static void read_basic(const struct reading *r, const struct yaml_node *node)
{
	struct basic_section b;
	AUTOBUF struct buf pair, text;

	buf_init(&pair, SIZE_MAX);
	buf_init(&text, SIZE_MAX);
	options_defaults(basic_rows, COUNT(basic_rows), r->arena, &b);
	if (!node || !options_read(basic_rows, COUNT(basic_rows), node, "basic_auth", r->arena, &b, NULL, r->err))
		return;
	buf_add(&pair, secret_of(r, b.username, b.username_file, node->at, "username"));
	buf_add_char(&pair, ':');
	buf_add(&pair, secret_of(r, b.password, b.password_file, node->at, "password"));
	base64_add(&text, buf_str(&pair), 0);
	set_authorization(r, node->at, "Basic", buf_str(&text));
}

static void read_authorization(const struct reading *r, const struct yaml_node *node)
{
	struct authorization_section a;

	options_defaults(authorization_rows, COUNT(authorization_rows), r->arena, &a);
	if (!node ||
	    !options_read(authorization_rows, COUNT(authorization_rows), node, "authorization", r->arena, &a, NULL, r->err))
		return;
	struct str token = secret_of(r, a.credentials, a.credentials_file, node->at, "credentials");
	set_authorization(r, node->at, arena_cstr(r->arena, a.type), token);
}

static void read_client_tls(const struct reading *r, const struct yaml_node *node)
{
	struct tls_client_section t;

	options_defaults(tls_client_rows, COUNT(tls_client_rows), r->arena, &t);
	if (!node || !options_read(tls_client_rows, COUNT(tls_client_rows), node, "tls_config", r->arena, &t, NULL, r->err))
		return;
	r->out->tls_given = true;
	r->out->tls = (struct http_client_tls){.ca_file = path_or_null(r, t.ca_file),
	                                       .cert_file = path_or_null(r, t.cert_file),
	                                       .key_file = path_or_null(r, t.key_file),
	                                       .insecure_skip_verify = t.insecure_skip_verify};
}

bool http_config_load(struct arena *arena, const char *file, struct http_config *out, struct err *err)
{
	const struct reading r = {arena, file, out, err};
	struct client_sections s;
	AUTOBUF struct buf text;

	*out = (struct http_config){.authorization = NULL};
	buf_init(&text, FILE_MOST);
	options_defaults(client_rows, COUNT(client_rows), arena, &s);
	const struct yaml_node *root =
		file_read(file, &text, err) ? yaml_parse(arena, file, arena_str(arena, buf_str(&text)), err) : NULL;
	if (!root || !options_read(client_rows, COUNT(client_rows), root, "http configuration", arena, &s, NULL, err))
		return false;
	read_basic(&r, s.basic_auth);
	read_authorization(&r, s.authorization);
	if (s.bearer_token.n || s.bearer_token_file.n)
		set_authorization(&r, root->at, "Bearer",
		                  secret_of(&r, s.bearer_token, s.bearer_token_file, root->at, "bearer_token"));
	read_client_tls(&r, s.tls_config);
	out->proxy_url = s.proxy_url.n ? arena_cstr(arena, s.proxy_url) : NULL;
	return !err_any(err);
}
