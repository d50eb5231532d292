/*
 * How a receiver's provider is reached: tls_config (as in Alertmanager's http_config) and proxies.
 */
#include <sys/stat.h>

#include "load.h"

struct tls_options {
	struct str ca_file, cert_file, key_file;
	bool insecure_skip_verify;
};

#define AT(member) offsetof(struct tls_options, member)
static const struct option tls_rows[] = {
	{.name = "ca_file",
     .type = OPTION_STR,
     .offset = AT(ca_file),
     .doc = "Authorities to trust instead of the system's."},
	{.name = "cert_file", .type = OPTION_STR, .offset = AT(cert_file), .doc = "Client certificate, PEM."},
	{.name = "key_file", .type = OPTION_STR, .offset = AT(key_file), .doc = "Its key, PEM."},
	{.name = "insecure_skip_verify",
     .type = OPTION_BOOL,
     .offset = AT(insecure_skip_verify),
     .fallback = "false",
     .doc = "Believe any certificate."},
};
#define TLS_ROWS (sizeof tls_rows / sizeof *tls_rows)
const struct option_table receiver_tls_table = OPTION_TABLE(tls_rows);

static const char *file_path(struct loading *l, struct str name, const struct yaml_node *node, const char *option)
{
	struct stat st;
	if (!name.n)
		return NULL;
	const char *path = arena_cstr(l->c->arena, load_path(l, name));
	if (!l->options->no_secrets && (stat(path, &st) != 0 || !S_ISREG(st.st_mode)))
		err_at(l->err, load_at(node, option), "tls_config: \"%s\": there is no file %s", option, path);
	return path;
}

void load_receiver_tls(struct loading *l, const struct yaml_node *node, struct config_receiver *r)
{
	struct tls_options o;
	if (!node)
		return;
	options_defaults(tls_rows, TLS_ROWS, l->c->arena, &o);
	if (!options_read(tls_rows, TLS_ROWS, node, "tls_config", l->c->arena, &o, NULL, l->err))
		return;
	if (!o.cert_file.n != !o.key_file.n)
		err_at(l->err, node->at, "tls_config: \"cert_file\" and \"key_file\" belong together");
	struct http_client_tls *tls = arena_alloc(l->c->arena, sizeof *tls);
	*tls = (struct http_client_tls){.ca_file = file_path(l, o.ca_file, node, "ca_file"),
	                                .cert_file = file_path(l, o.cert_file, node, "cert_file"),
	                                .key_file = file_path(l, o.key_file, node, "key_file"),
	                                .insecure_skip_verify = o.insecure_skip_verify};
	r->tls = tls;
}

void load_receiver_proxy(struct loading *l, struct str url, bool from_environment, struct pos at,
                         struct config_receiver *r)
{
	r->proxy = from_environment ? HTTP_PROXY_ENVIRONMENT : HTTP_PROXY_NONE;
	if (!url.n)
		return;
	if (from_environment)
		err_at(l->err, at, "receiver: give \"proxy_url\" or \"proxy_from_environment\", not both");
	if (!receiver_url_valid(url))
		err_at(l->err, at, "receiver: \"proxy_url\" must be an http or https URL");
	r->proxy = HTTP_PROXY_NAMED;
	r->proxy_url = arena_cstr(l->c->arena, url);
}
