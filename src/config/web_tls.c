/* tls_server_config of the web configuration, in Go's words: what they are called in OpenSSL. */
#include <string.h>

#include "web_impl.h"

struct tls_section {
	struct str cert_file, key_file, client_ca_file;
	int client_auth_type, min_version, max_version;
	struct strs client_allowed_sans, cipher_suites, curve_preferences;
	bool prefer_server_cipher_suites;
};

static const char *const client_auth_types[] = {"NoClientCert",
                                                "RequestClientCert",
                                                "RequireAnyClientCert",
                                                "VerifyClientCertIfGiven",
                                                "RequireAndVerifyClientCert",
                                                NULL};
static const char *const versions[] = {"TLS10", "TLS11", "TLS12", "TLS13", NULL};

#define AT(member) offsetof(struct tls_section, member)
static const struct option tls_rows[] = {
	{.name = "cert_file", .type = OPTION_STR, .offset = AT(cert_file), .required = true, .doc = "Certificate, PEM."},
	{.name = "key_file", .type = OPTION_STR, .offset = AT(key_file), .required = true, .doc = "Its key, PEM."},
	{.name = "client_ca_file", .type = OPTION_STR, .offset = AT(client_ca_file), .doc = "Who may issue clients'."},
	{.name = "client_auth_type",
     .type = OPTION_CHOICE,
     .offset = AT(client_auth_type),
     .fallback = "NoClientCert",
     .choices = client_auth_types,
     .doc = "What is asked of clients."},
	{.name = "client_allowed_sans",
     .type = OPTION_STRS,
     .offset = AT(client_allowed_sans),
     .doc = "A client's certificate must have one of these names."},
	{.name = "min_version",
     .type = OPTION_CHOICE,
     .offset = AT(min_version),
     .fallback = "TLS12",
     .choices = versions,
     .doc = "Oldest version."},
	{.name = "max_version",
     .type = OPTION_CHOICE,
     .offset = AT(max_version),
     .fallback = "TLS13",
     .choices = versions,
     .doc = "Newest version."},
	{.name = "cipher_suites",
     .type = OPTION_STRS,
     .offset = AT(cipher_suites),
     .doc = "Of TLS 1.2; those of 1.3 are always on."},
	{.name = "curve_preferences", .type = OPTION_STRS, .offset = AT(curve_preferences), .doc = "Curves, best first."},
	{.name = "prefer_server_cipher_suites",
     .type = OPTION_BOOL,
     .offset = AT(prefer_server_cipher_suites),
     .fallback = "true",
     .doc = "Whose order of suites counts."},
	{.name = "cert", .type = OPTION_FOREIGN, .doc = "is not there: give cert_file"},
	{.name = "key", .type = OPTION_FOREIGN, .doc = "is not there: give key_file"},
	{.name = "client_ca", .type = OPTION_FOREIGN, .doc = "is not there: give client_ca_file"},
};
#define ROWS (sizeof tls_rows / sizeof *tls_rows)
const struct option_table web_tls_table = OPTION_TABLE(tls_rows);

/* Relative to the file that names it; NULL where there is none. */
static const char *path_beside_web_file(struct web_load *l, struct str path)
{
	const char *slash = strrchr(l->file, '/');

	if (!path.n)
		return NULL;
	if (path.p[0] == '/' || !slash)
		return arena_cstr(l->web->arena, path);
	return arena_printf(l->web->arena, "%.*s%.*s", (int)(slash - l->file + 1), l->file, STR_ARG(path));
}

static const char *list_or_null(struct arena *arena, const struct buf *list)
{
	return list->n ? arena_cstr(arena, buf_str(list)) : NULL;
}

static const char *suites_of(struct web_load *l, const struct tls_section *t, struct pos at)
{
	AUTOBUF struct buf list;

	buf_init(&list, 16384);
	for (size_t i = 0; i < t->cipher_suites.n; i++) {
		const char *name = arena_cstr(l->web->arena, t->cipher_suites.v[i]), *ours = http_tls_suite(name);
		if (!ours)
			err_at(l->err, at, "cipher_suites: \"%s\" is no suite that is known here", name);
		else if (strncmp(ours, "TLS_", 4) != 0) /* those of TLS 1.3 keep their names, and are on anyway */
			buf_printf(&list, "%s%s", list.n ? ":" : "", ours);
	}
	return list_or_null(l->web->arena, &list);
}

static const char *curve_named(struct str name)
{
	static const struct {
		const char *go, *openssl;
	} names[] = {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_c(name, names[i].go))
			return names[i].openssl;
	return NULL;
}

static const char *curves_of(struct web_load *l, const struct tls_section *t, struct pos at)
{
	AUTOBUF struct buf list;

	buf_init(&list, 4096);
	for (size_t i = 0; i < t->curve_preferences.n; i++) {
		const char *ours = curve_named(t->curve_preferences.v[i]);
		if (ours)
			buf_printf(&list, "%s%s", list.n ? ":" : "", ours);
		else
			err_at(l->err, at, "curve_preferences: \"%.*s\" is none of CurveP256, CurveP384, CurveP521, X25519",
			       STR_ARG(t->curve_preferences.v[i]));
	}
	return list_or_null(l->web->arena, &list);
}

static void check_together(struct web_load *l, const struct tls_section *t, struct pos at)
{
	bool verifies = t->client_auth_type == HTTP_CLIENT_VERIFY_GIVEN || t->client_auth_type == HTTP_CLIENT_REQUIRE;

	if (verifies && !t->client_ca_file.n)
		err_at(l->err, at, "tls_server_config: client_auth_type %s needs client_ca_file",
		       client_auth_types[t->client_auth_type]);
	if (!verifies && t->client_ca_file.n)
		err_at(l->err, at,
		       "tls_server_config: client_ca_file has no effect without client_auth_type "
		       "VerifyClientCertIfGiven or RequireAndVerifyClientCert");
	if (!verifies && t->client_allowed_sans.n)
		err_at(l->err, at, "tls_server_config: client_allowed_sans has no effect where certificates are not verified");
	if (t->min_version > t->max_version)
		err_at(l->err, at, "tls_server_config: min_version is above max_version");
}

void web_load_tls(struct web_load *l, const struct yaml_node *node)
{
	struct web_config *w = l->web;
	struct tls_section t;

	options_defaults(tls_rows, ROWS, w->arena, &t);
	if (!node || yaml_is_null(node) ||
	    !options_read(tls_rows, ROWS, node, "tls_server_config", w->arena, &t, NULL, l->err))
		return;
	check_together(l, &t, node->at);
	w->tls = true;
	w->tls_options = (struct http_tls_options){
		.cert_file = path_beside_web_file(l, t.cert_file),
		.key_file = path_beside_web_file(l, t.key_file),
		.client_ca_file = path_beside_web_file(l, t.client_ca_file),
		.client_auth = (enum http_client_auth)t.client_auth_type,
		.allowed_sans = t.client_allowed_sans.v,
		.allowed_san_count = t.client_allowed_sans.n,
		.min_version = (enum http_tls_version)t.min_version,
		.max_version = (enum http_tls_version)t.max_version,
		.suites = suites_of(l, &t, node->at),
		.curves = curves_of(l, &t, node->at),
		.prefer_client_suites = !t.prefer_server_cipher_suites,
	};
}
