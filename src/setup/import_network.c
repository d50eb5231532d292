/*
 * Alertmanager's http_config: who we are at the provider is a setting of the kind here; certificates and the proxy stand
 * beside the kind.
 */
#include <string.h>

#include "import_impl.h"

#define WEBHOOK_PATH "/api/v1/webhook"

static json_t *path_json(struct import_making *m, struct str path)
{
	struct str whole = import_file_path(m->import, m->file, path);
	return json_stringn(whole.p, whole.n);
}

static void note_network(struct import_making *m, const struct yaml_node *key, const char *where)
{
	import_note(m->import, key->at, "receiver \"%.*s\": %s.%.*s was left out", STR_ARG(m->name), where,
	            STR_ARG(key->text));
}

json_t *import_making_tls(struct import_making *m, const struct yaml_node *tls)
{
	static const struct {
		const char *theirs, *file;
	} certificates[] = {{"ca", "ca_file"}, {"cert", "cert_file"}, {"key", "key_file"}};
	json_t *out = json_object();

	for (size_t i = 0; tls->kind == YAML_MAP && i < tls->count; i++) {
		struct str key = tls->keys[i]->text;
		const struct yaml_node *value = tls->items[i];
		bool known = str_eq_c(key, "insecure_skip_verify");
		if (known)
			json_object_set_new(out, "insecure_skip_verify",
			                    json_boolean(import_truth(m->import, tls, "insecure_skip_verify", false)));
		for (size_t n = 0; n < sizeof certificates / sizeof *certificates; n++) {
			bool whole = str_eq_c(key, certificates[n].theirs), named = str_eq_c(key, certificates[n].file);
			known = known || whole || named;
			if (whole && value->text.n)
				json_object_set_new(out, certificates[n].file,
				                    json_string(import_secret(m->import, m->name, key, value->text)));
			else if (named && value->text.n)
				json_object_set_new(out, certificates[n].file, path_json(m, value->text));
		}
		if (!known)
			note_network(m, tls->keys[i], "tls_config");
	}
	return out;
}

/* A word and where it stands, or a file of it. False: it is not given. */
static bool take_credential(struct import_making *m, const char *option, const struct yaml_node *from, const char *key)
{
	AUTOFREE char *key_file = mem_printf("%s_file", key), *option_file = mem_printf("%s_file", option);
	struct str word = import_text(from, key), file = import_text(from, key_file);

	if (word.n)
		import_making_secret(m, str_c(option), word);
	else if (file.n)
		json_object_set_new(m->settings, option_file, path_json(m, file));
	return word.n || file.n;
}

/* The option that goes as "Authorization: Bearer"; NULL: this kind has none. */
static const char *bearer_option(const struct import_making *m)
{
	static const struct {
		const char *kind, *option;
	} rows[] = {{"webex", "token"}, {"jira", "password"}, {"incidentio", "alert_source_token"}, {"slack", "app_token"}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].kind, m->kind->name) == 0)
			return rows[i].option;
	return import_making_knows(m, STR("bearer_token")) ? "bearer_token" : NULL;
}

static bool take_authorization(struct import_making *m, const struct yaml_node *value)
{
	struct str type = import_text(value, "type");
	const char *option = bearer_option(m);

	return option && (!type.n || str_eq_nocase(type, STR("Bearer"))) &&
	       take_credential(m, option, value, "credentials");
}

static bool take_login(struct import_making *m, const struct yaml_node *value)
{
	struct str user = import_text(value, "username");

	if (!import_making_knows(m, STR("user")) || !user.n || !take_credential(m, "password", value, "password"))
		return false;
	json_object_set_new(m->settings, "user", json_stringn(user.p, user.n));
	return true;
}

static bool take_network_key(struct import_making *m, const struct yaml_node *http, struct str key,
                             const struct yaml_node *value)
{
	static const char *const as_here[] = {"follow_redirects", "enable_http2"};

	for (size_t i = 0; i < sizeof as_here / sizeof *as_here; i++)
		if (str_eq_c(key, as_here[i]))
			return true;
	if (str_eq_c(key, "tls_config"))
		return json_object_set_new(m->receiver, "tls_config", import_making_tls(m, value)) == 0;
	if (str_eq_c(key, "proxy_url"))
		return json_object_set_new(m->receiver, "proxy_url", import_value(value)) == 0;
	if (str_eq_c(key, "proxy_from_environment"))
		return json_object_set_new(m->receiver, "proxy_from_environment",
		                           json_boolean(import_truth(m->import, http, "proxy_from_environment", false))) == 0;
	if (str_eq_c(key, "authorization"))
		return take_authorization(m, value);
	if (str_eq_c(key, "basic_auth"))
		return take_login(m, value);
	if (str_eq_c(key, "bearer_token") || str_eq_c(key, "bearer_token_file"))
		return bearer_option(m) && take_credential(m, bearer_option(m), http, "bearer_token");
	return false;
}

void import_making_network(struct import_making *m, const struct yaml_node *http)
{
	for (size_t i = 0; http && http->kind == YAML_MAP && i < http->count; i++)
		if (!take_network_key(m, http, http->keys[i]->text, http->items[i]))
			note_network(m, http->keys[i], "http_config");
}

static struct str before_sign(struct str s, char sign)
{
	ptrdiff_t at = str_index(s, sign);
	return at < 0 ? s : str_slice(s, 0, (size_t)at);
}

/* What is behind the host decides; what is asked behind the path does not. */
bool import_posts_here(struct str url, struct str *source)
{
	ptrdiff_t scheme = str_find(url, STR("://"));
	struct str rest = str_slice(url, scheme < 0 ? 0 : (size_t)scheme + 3, url.n);
	ptrdiff_t slash = str_index(rest, '/');
	struct str path = slash < 0 ? STR("") : str_slice(rest, (size_t)slash, rest.n);
	path = before_sign(before_sign(path, '?'), '#');
	ptrdiff_t at = str_find(path, STR(WEBHOOK_PATH)); /* a proxy may serve it below a folder of its own */

	if (at < 0)
		return false;
	path = str_slice(path, (size_t)at + strlen(WEBHOOK_PATH), path.n);
	if (path.n && path.p[0] != '/')
		return false;
	*source = str_slice(path, path.n ? 1 : 0, path.n);
	return true;
}
