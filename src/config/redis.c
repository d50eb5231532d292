/* store.redis: where Redis is, who names it, how it is spoken to. */
#include <string.h>
#include <sys/un.h>

#include "base/time.h"
#include "disk.h"
#include "io/redis.h"
#include "load.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define ADDRESS_DEFAULT "127.0.0.1:6379"
#define SENTINELS_MAX 20

struct said {
	struct str address, username, password, password_file, prefix;
	int64_t db, timeout;
	const struct yaml_node *sentinel, *tls;
};

#define AT(member) offsetof(struct config_sentinel, member)
static const struct option sentinel_rows[] = {
	{.name = "master",
     .type = OPTION_STR,
     .offset = AT(master),
     .required = true,
     .doc = "The name under which they watch it."},
	{.name = "addresses", .type = OPTION_STRS, .offset = AT(addresses), .required = true, .doc = "host:port of each."},
	{.name = "username", .type = OPTION_STR, .offset = AT(username), .doc = "Of an ACL user of the Sentinels."},
	{.name = "password", .type = OPTION_STR, .offset = AT(password), .doc = "The Sentinels' password."},
	{.name = "password_file",
     .type = OPTION_STR,
     .offset = AT(password_file),
     .doc = "File that holds it; read on every connect."},
};
#undef AT
#define AT(member) offsetof(struct config_redis_tls, member)
static const struct option tls_rows[] = {
	{.name = "ca_file", .type = OPTION_STR, .offset = AT(ca_file), .doc = "Who may sign; the system's by default."},
	{.name = "cert_file", .type = OPTION_STR, .offset = AT(cert_file), .doc = "Our certificate."},
	{.name = "key_file", .type = OPTION_STR, .offset = AT(key_file), .doc = "Its key."},
	{.name = "server_name",
     .type = OPTION_STR,
     .offset = AT(server_name),
     .doc = "The name in Redis' certificate; the host of its address by default."},
	{.name = "insecure_skip_verify",
     .type = OPTION_BOOL,
     .offset = AT(insecure_skip_verify),
     .doc = "Any certificate will do."},
};
#undef AT

static const struct option_table sentinel_table = OPTION_TABLE(sentinel_rows), redis_tls_table = OPTION_TABLE(tls_rows);

#define AT(member) offsetof(struct said, member)
static const struct option rows[] = {
	{.name = "address",
     .type = OPTION_STR,
     .offset = AT(address),
     .doc = "host:port or the path of a socket; " ADDRESS_DEFAULT " when nothing is said. Not with sentinel."},
	{.name = "username", .type = OPTION_STR, .offset = AT(username), .doc = "Of an ACL user."},
	{.name = "password", .type = OPTION_STR, .offset = AT(password), .doc = "Its password."},
	{.name = "password_file",
     .type = OPTION_STR,
     .offset = AT(password_file),
     .doc = "File that holds it; read on every connect."},
	{.name = "db", .type = OPTION_INT, .offset = AT(db), .fallback = "0", .most = 1000000, .doc = "Number."},
	{.name = "prefix", .type = OPTION_STR, .offset = AT(prefix), .fallback = "runbookd", .doc = "Of all keys."},
	{.name = "timeout",
     .type = OPTION_DURATION,
     .offset = AT(timeout),
     .fallback = "500ms",
     .least = 1,
     .most = TIME_MINUTE,
     .doc = "Without progress for so long it counts as down."},
	{.name = "sentinel",
     .type = OPTION_NODE,
     .offset = AT(sentinel),
     .inner = &sentinel_table,
     .doc = "The Sentinels that name the master."},
	{.name = "tls",
     .type = OPTION_NODE,
     .offset = AT(tls),
     .inner = &redis_tls_table,
     .doc = "Speak TLS, with the Sentinels too."},
};
#undef AT
const struct option_table redis_table = OPTION_TABLE(rows);

/* "host:port", "[::1]:port" */
static bool is_host_port(struct str address)
{
	size_t colon = address.n;
	int64_t port;
	while (colon > 0 && address.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || !str_to_i64(str_slice(address, colon, address.n), &port) || port < 1 || port > 65535)
		return false;
	struct str host = str_slice(address, 0, colon - 1);
	return (*host.p == '[' && host.p[host.n - 1] == ']') || str_index(host, ':') < 0;
}

static bool is_socket(struct str address)
{
	return address.n > 1 && address.p[0] == '/' && address.n < sizeof((struct sockaddr_un *)NULL)->sun_path;
}

/* All keys share the hash tag {prefix}. */
static bool prefix_valid(struct str prefix)
{
	for (size_t i = 0; i < prefix.n; i++) {
		if ((unsigned char)prefix.p[i] <= 0x20 || strchr("{}", prefix.p[i]))
			return false;
	}
	return prefix.n > 0 && prefix.n <= 100;
}

static struct str load_password_file(struct loading *l, const struct yaml_node *node, struct str file, const char *what)
{
	load_check_twins(l, node, "password", what);
	struct str path = load_path(l, file);
	load_check_secret(l, path, load_at(node, "password_file"), "password_file");
	return path;
}

static void load_sentinel(struct loading *l, const struct yaml_node *node)
{
	struct config_sentinel s;
	struct arena *arena = l->c->arena;
	options_defaults(sentinel_rows, COUNT(sentinel_rows), arena, &s);
	if (!options_read(sentinel_rows, COUNT(sentinel_rows), node, "store.redis.sentinel", arena, &s, NULL, l->err))
		return;
	if (!s.master.n)
		err_at(l->err, load_at(node, "master"), "store.redis.sentinel: \"master\" must not be empty");
	if (!s.addresses.n || s.addresses.n > SENTINELS_MAX)
		err_at(l->err, load_at(node, "addresses"), "store.redis.sentinel: \"addresses\" must be 1 to %d",
		       SENTINELS_MAX);
	for (size_t i = 0; i < s.addresses.n; i++)
		if (!is_host_port(s.addresses.v[i]))
			err_at(l->err, load_at(node, "addresses"),
			       "store.redis.sentinel: \"addresses\" must be host:port, not \"%.*s\"", STR_ARG(s.addresses.v[i]));
	s.password_file = load_password_file(l, node, s.password_file, "store.redis.sentinel");
	l->c->store.redis.sentinel = s;
}

/* It is read on every connect; what cannot work is better said at once. */
static void check_tls_file(struct loading *l, const struct yaml_node *node, struct str *file, const char *name)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str text;
	const char *why;
	*file = load_path(l, *file);
	if (file->n && !l->options->no_secrets && !disk_read(arena, arena_cstr(arena, *file), CONFIG_FILE_MAX, &text, &why))
		err_at(l->err, load_at(node, name), "store.redis.tls: \"%s\": %.*s: %s", name, STR_ARG(*file), why);
}

static void load_tls(struct loading *l, const struct yaml_node *node)
{
	struct config_redis_tls t;
	struct arena *arena = l->c->arena;
	if (!redis_has_tls())
		err_at(l->err, node->at, "store.redis: \"tls\" is not possible: this build's hiredis has none (1.x has)");
	options_defaults(tls_rows, COUNT(tls_rows), arena, &t);
	if (!options_read(tls_rows, COUNT(tls_rows), node, "store.redis.tls", arena, &t, NULL, l->err))
		return;
	if (!t.cert_file.n != !t.key_file.n)
		err_at(l->err, load_at(node, t.cert_file.n ? "cert_file" : "key_file"),
		       "store.redis.tls: \"cert_file\" and \"key_file\" go together");
	check_tls_file(l, node, &t.ca_file, "ca_file");
	check_tls_file(l, node, &t.cert_file, "cert_file");
	check_tls_file(l, node, &t.key_file, "key_file");
	t.given = true;
	l->c->store.redis.tls = t;
}

static void check_address(struct loading *l, const struct said *r, const struct yaml_node *node)
{
	if (r->sentinel && r->address.n)
		err_at(l->err, load_at(node, "address"),
		       "store.redis: give \"address\" or \"sentinel\", not both: the Sentinels say where Redis is");
	else if (!r->sentinel && !is_host_port(r->address) && !is_socket(r->address))
		err_at(l->err, load_at(node, "address"),
		       "store.redis: \"address\" must be host:port or the path of a socket, not \"%.*s\"", STR_ARG(r->address));
	if (r->tls && !r->sentinel && is_socket(r->address) && !yaml_get(r->tls, "server_name"))
		err_at(l->err, r->tls->at, "store.redis.tls: with a socket \"server_name\" is needed");
	if (!prefix_valid(r->prefix))
		err_at(l->err, load_at(node, "prefix"),
		       "store.redis: \"prefix\" must be 1 to 100 bytes without braces and blanks");
}

void load_redis(struct loading *l, const struct yaml_node *node)
{
	struct said r;
	struct arena *arena = l->c->arena;
	options_defaults(rows, COUNT(rows), arena, &r);
	options_read(rows, COUNT(rows), node, "store.redis", arena, &r, NULL, l->err);
	if (!r.sentinel && (!yaml_get(node, "address") || yaml_is_null(yaml_get(node, "address"))))
		r.address = STR(ADDRESS_DEFAULT);
	check_address(l, &r, node);
	l->c->store.redis =
		(struct config_redis){.given = true,
	                          .address = r.address,
	                          .username = r.username,
	                          .password = r.password,
	                          .password_file = load_password_file(l, node, r.password_file, "store.redis"),
	                          .prefix = r.prefix,
	                          .db = r.db,
	                          .timeout_ms = r.timeout,
	                          .at = node->at};
	if (r.sentinel)
		load_sentinel(l, r.sentinel);
	if (r.tls)
		load_tls(l, r.tls);
}
