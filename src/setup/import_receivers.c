/*
 * Integrations as receivers: one of ours for each, with the settings of the same name, since ours are called as
 * Alertmanager's. A secret that is written in the file becomes a file of its own.
 */
#include <string.h>

#include "import_impl.h"
#include "receivers/receiver.h"

#define TEXT_MAX (64 * 1024)

/* Alertmanager's lists of integrations. `quiet`: its send_resolved is false where nothing is said. */
static const struct integration {
	const char *list, *kind;
	bool quiet;
} integrations[] = {
	{"pagerduty_configs", "pagerduty", false},
	{"webhook_configs", "webhook", false},
	{"opsgenie_configs", "opsgenie", false},
	{"slack_configs", "slack", true},
	{"msteams_configs", "msteams", false},
	{"msteamsv2_configs", "msteams", false},
	{"email_configs", "email", true},
	{"discord_configs", "discord", false},
	{"telegram_configs", "telegram", false},
	{"pushover_configs", "pushover", false},
	{"mattermost_configs", "mattermost", false},
	{"rocketchat_configs", "rocketchat", false},
	{"webex_configs", "webex", false},
	{"victorops_configs", "victorops", false},
	{"jira_configs", "jira", false},
	{"incidentio_configs", "incidentio", false},
	{"wechat_configs", "wechat", true},
};
#define INTEGRATIONS (sizeof integrations / sizeof *integrations)

/* What `global:` says for all integrations of a kind. */
static const struct {
	const char *global, *kind, *option;
} globals[] = {
	{"pagerduty_url", "pagerduty", "url"},
	{"opsgenie_api_url", "opsgenie", "api_url"},
	{"opsgenie_api_key", "opsgenie", "api_key"},
	{"opsgenie_api_key_file", "opsgenie", "api_key_file"},
	{"slack_api_url", "slack", "api_url"},
	{"slack_api_url_file", "slack", "api_url_file"},
	{"slack_app_token", "slack", "app_token"},
	{"slack_app_token_file", "slack", "app_token_file"},
	{"slack_app_url", "slack", "app_url"},
	{"victorops_api_url", "victorops", "api_url"},
	{"victorops_api_key", "victorops", "api_key"},
	{"victorops_api_key_file", "victorops", "api_key_file"},
	{"telegram_api_url", "telegram", "api_url"},
	{"telegram_bot_token", "telegram", "bot_token"},
	{"telegram_bot_token_file", "telegram", "bot_token_file"},
	{"webex_api_url", "webex", "api_url"},
	{"jira_api_url", "jira", "api_url"},
	{"mattermost_webhook_url", "mattermost", "webhook_url"},
	{"mattermost_webhook_url_file", "mattermost", "webhook_url_file"},
	{"rocketchat_api_url", "rocketchat", "api_url"},
	{"wechat_api_url", "wechat", "api_url"},
	{"wechat_api_secret", "wechat", "api_secret"},
	{"wechat_api_secret_file", "wechat", "api_secret_file"},
	{"wechat_api_corp_id", "wechat", "corp_id"},
	{"rocketchat_token", "rocketchat", "token"},
	{"rocketchat_token_file", "rocketchat", "token_file"},
	{"rocketchat_token_id", "rocketchat", "token_id"},
	{"rocketchat_token_id_file", "rocketchat", "token_id_file"},
	{"smtp_from", "email", "from"},
	{"smtp_smarthost", "email", "smarthost"},
	{"smtp_hello", "email", "hello"},
	{"smtp_auth_username", "email", "auth_username"},
	{"smtp_auth_password", "email", "auth_password"},
	{"smtp_auth_password_file", "email", "auth_password_file"},
	{"smtp_require_tls", "email", "require_tls"},
};

/* Settings that are a template of the page's first line, or of its text. */
static const struct {
	const char *kind, *theirs, *ours;
} texts[] = {
	{"slack", "title", "title"},
	{"slack", "text", "text"},
	{"pagerduty", "description", "title"},
	{"opsgenie", "message", "title"},
	{"opsgenie", "description", "text"},
	{"msteams", "title", "title"},
	{"msteams", "text", "text"},
	{"discord", "title", "title"},
	{"discord", "message", "text"},
	{"telegram", "message", "text"},
	{"pushover", "title", "title"},
	{"pushover", "message", "text"},
	{"mattermost", "title", "title"},
	{"mattermost", "text", "text"},
	{"rocketchat", "title", "title"},
	{"rocketchat", "text", "text"},
	{"webex", "message", "text"},
	{"wechat", "message", "text"},
	{"victorops", "entity_display_name", "title"},
	{"victorops", "state_message", "text"},
	{"jira", "summary", "title"},
	{"jira", "description", "text"},
	{"email", "text", "text"},
};

struct making { /* one receiver of ours */
	struct import *import;
	const char *file;
	const struct receiver_kind *kind;
	struct str name;
	json_t *receiver, *settings;
};

/* ---- values ---- */

static json_t *text_json(struct str s)
{
	json_t *v = json_stringn(s.p, s.n);
	return v ? v : json_string("");
}

static bool has_template(const struct yaml_node *n)
{
	bool found = n->kind == YAML_SCALAR && str_find(n->text, STR("{{")) >= 0;
	for (size_t i = 0; n->kind != YAML_SCALAR && i < n->count; i++)
		found = found || has_template(n->items[i]);
	return found;
}

static bool is_option(const struct receiver_kind *kind, struct str name)
{
	for (size_t i = 0; i < kind->option_count; i++)
		if (str_eq_c(name, kind->options[i].name) && kind->options[i].type != OPTION_FOREIGN)
			return true;
	return false;
}

/* ---- secrets and files ---- */

static void set_secret(struct making *m, struct str option, struct str value)
{
	json_object_set_new(m->settings, arena_printf(m->import->arena, "%.*s_file", STR_ARG(option)),
	                    json_string(import_secret(m->import, m->name, option, value)));
}

/* A file that theirs names is relative to their file. */
static json_t *file_json(struct making *m, struct str path)
{
	const char *slash = strrchr(m->file, '/');
	if (str_starts(path, STR("/")) || !slash)
		return text_json(path);
	return json_sprintf("%.*s%.*s", (int)(slash + 1 - m->file), m->file, STR_ARG(path));
}

/* ---- settings ---- */

/* Plain http beyond this machine has to be asked for. */
static void allow_http(struct making *m, struct str option, const struct yaml_node *url)
{
	if (url->kind != YAML_SCALAR || !str_starts(url->text, STR("http://")) || !receiver_url_valid(url->text) ||
	    receiver_url_safe(url->text))
		return;
	json_object_set_new(m->receiver, "allow_http", json_true());
	import_note(m->import, url->at, "receiver \"%.*s\": its %.*s is not encrypted (allow_http: true)", STR_ARG(m->name),
	            STR_ARG(option));
}

static void set_imported_option(struct making *m, struct str option, const struct yaml_node *value)
{
	char *name = arena_cstr(m->import->arena, option);
	bool webhook_body = strcmp(m->kind->name, "webhook") == 0 && str_eq_c(option, "body");

	if (json_object_get(m->settings, name) || webhook_body)
		return;
	allow_http(m, option, value);
	if (has_template(value))
		import_note(m->import, value->at, "receiver \"%.*s\": the template in \"%s\" was left out", STR_ARG(m->name),
		            name);
	else if (receiver_kind_hides(m->kind, name) && value->kind == YAML_SCALAR)
		set_secret(m, option, value->text);
	else if (str_ends(option, STR("_file")) && value->kind == YAML_SCALAR)
		json_object_set_new(m->settings, name, file_json(m, value->text));
	else
		json_object_set_new(m->settings, name, import_value(value));
}

/* "a@example.com, b@example.com" is two. */
static void split_addresses(struct making *m)
{
	const char *to = json_string_value(json_object_get(m->settings, "to"));
	if (strcmp(m->kind->name, "email") != 0 || !to || !strchr(to, ',') || strchr(to, '"'))
		return;
	json_t *list = json_array();
	struct str rest = str_c(to);
	while (rest.n) {
		ptrdiff_t comma = str_index(rest, ',');
		size_t n = comma < 0 ? rest.n : (size_t)comma;
		struct str one = str_trim(str_slice(rest, 0, n));
		if (one.n)
			json_array_append_new(list, text_json(one));
		rest = str_slice(rest, n + 1 > rest.n ? rest.n : n + 1, rest.n);
	}
	json_object_set_new(m->settings, "to", list);
}

/* Alertmanager does not log in where no user is named, whatever the password. */
static void drop_lone_password(struct making *m, struct pos at)
{
	if (strcmp(m->kind->name, "email") != 0 || json_object_get(m->settings, "auth_username"))
		return;
	if (json_object_del(m->settings, "auth_password_file") == 0)
		import_note(m->import, at, "receiver \"%.*s\": the password was left out: no user is named", STR_ARG(m->name));
}

/* Telegram's other languages: a page is written in HTML, or is plain. */
static bool is_other_markup(const struct making *m, struct str key, const struct yaml_node *value)
{
	return strcmp(m->kind->name, "telegram") == 0 && str_eq_c(key, "parse_mode") && value->kind == YAML_SCALAR &&
	       value->text.n && !str_eq_c(value->text, "HTML");
}

/* True when it is one of the two texts, which stand beside the kind. */
static bool set_text(struct making *m, struct str key, const struct yaml_node *value)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (strcmp(texts[i].kind, m->kind->name) != 0 || !str_eq_c(key, texts[i].theirs))
			continue;
		AUTOBUF struct buf out;
		buf_init(&out, TEXT_MAX);
		if (value->kind == YAML_SCALAR && import_template(value->text, &out))
			json_object_set_new(m->receiver, texts[i].ours, text_json(buf_str(&out)));
		else
			import_note(
				m->import, value->at,
				"receiver \"%.*s\": the template in \"%.*s\" does more than to put values into text: the page says "
				"what ours says",
				STR_ARG(m->name), STR_ARG(key));
		return true;
	}
	return false;
}

/* `http_config:` holds what stands beside the kind here, and credentials. */
static void set_network(struct making *m, const struct yaml_node *http)
{
	for (size_t i = 0; http->kind == YAML_MAP && i < http->count; i++) {
		struct str key = http->keys[i]->text;
		const struct yaml_node *value = http->items[i];
		bool bearer = str_eq_c(key, "authorization") && is_option(m->kind, STR("bearer_token"));
		bool basic = str_eq_c(key, "basic_auth") && is_option(m->kind, STR("password"));
		if (str_eq_c(key, "tls_config") || str_eq_c(key, "proxy_url") || str_eq_c(key, "proxy_from_environment")) {
			json_object_set_new(m->receiver, arena_cstr(m->import->arena, key), import_value(value));
		} else if (bearer && yaml_get(value, "credentials")) {
			set_secret(m, STR("bearer_token"), import_text(value, "credentials"));
		} else if (bearer && yaml_get(value, "credentials_file")) {
			json_object_set_new(m->settings, "bearer_token_file", file_json(m, import_text(value, "credentials_file")));
		} else if (basic && yaml_get(value, "password")) {
			json_object_set_new(m->settings, "user", text_json(import_text(value, "username")));
			set_secret(m, STR("password"), import_text(value, "password"));
		} else if (!str_eq_c(key, "follow_redirects") && !str_eq_c(key, "enable_http2")) {
			import_note(m->import, http->keys[i]->at, "receiver \"%.*s\": http_config.%.*s was left out",
			            STR_ARG(m->name), STR_ARG(key));
		}
	}
}

static void set_key(struct making *m, const struct yaml_node *key, const struct yaml_node *value)
{
	bool url = strcmp(m->kind->name, "webhook") == 0 && str_eq_c(key->text, "url_file");

	if (str_eq_c(key->text, "send_resolved") && value->kind == YAML_SCALAR)
		json_object_set_new(m->receiver, "send_resolved", json_boolean(str_eq_c(value->text, "true")));
	else if (str_eq_c(key->text, "http_config"))
		set_network(m, value);
	else if (set_text(m, key->text, value))
		return;
	else if (is_option(m->kind, key->text) && !url && !is_other_markup(m, key->text, value))
		set_imported_option(m, key->text, value);
	else
		import_note(m->import, key->at, "receiver \"%.*s\": %s.%.*s has no counterpart and was left out",
		            STR_ARG(m->name), m->kind->name, STR_ARG(key->text));
}

static void set_globals(struct making *m, const struct yaml_node *global)
{
	for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
		const struct yaml_node *value = yaml_get(global, globals[i].global);
		struct str option = str_c(globals[i].option);
		struct str twin = str_ends(option, STR("_file")) ? str_slice(option, 0, option.n - 5) : option;
		AUTOFREE char *other = mem_printf("%.*s_file", STR_ARG(twin));
		AUTOFREE char *own = mem_str(twin);
		bool given = json_object_get(m->settings, own) || json_object_get(m->settings, other);
		if (value && !given && strcmp(globals[i].kind, m->kind->name) == 0 && is_option(m->kind, option))
			set_imported_option(m, option, value);
	}
}

/* ---- one receiver ---- */

static bool is_receiver_name_taken(const json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(list, i), "name")), name) == 0)
			return true;
	return false;
}

/* The first is called as theirs, another by its kind too. */
static struct str free_name(struct import *i, const json_t *list, struct str name, const char *kind)
{
	char *try = arena_cstr(i->arena, name);
	for (int n = 1; is_receiver_name_taken(list, try); n++)
		try = n == 1 ? arena_printf(i->arena, "%.*s-%s", STR_ARG(name), kind)
		             : arena_printf(i->arena, "%.*s-%s-%d", STR_ARG(name), kind, n);
	return str_c(try);
}

static void add_imported_receiver(struct import *i, const char *file, const struct yaml_node *global, struct str name,
                                  const struct integration *what, const struct yaml_node *config, json_t *out)
{
	struct making m = {.import = i, .file = file, .kind = receiver_kind_find(what->kind)};

	m.name = free_name(i, out, name, what->kind);
	m.receiver = json_object();
	m.settings = json_object();
	json_object_set_new(m.receiver, "name", text_json(m.name));
	for (size_t k = 0; k < config->count; k++)
		set_key(&m, config->keys[k], config->items[k]);
	set_globals(&m, global);
	split_addresses(&m);
	drop_lone_password(&m, config->at);
	if (what->quiet && !json_object_get(m.receiver, "send_resolved"))
		json_object_set_new(m.receiver, "send_resolved", json_false());
	if (strcmp(what->kind, "webhook") == 0)
		import_note(i, config->at,
		            "receiver \"%.*s\": it gets runbookd's JSON, which is not Alertmanager's (help webhook)",
		            STR_ARG(m.name));
	json_object_set_new(m.receiver, what->kind, m.settings);
	json_array_append_new(out, m.receiver);
	json_array_append_new(json_object_get(i->names, arena_cstr(i->arena, name)), text_json(m.name));
}

static const struct integration *integration_of(struct str list)
{
	for (size_t i = 0; i < INTEGRATIONS; i++)
		if (str_eq_c(list, integrations[i].list))
			return &integrations[i];
	return NULL;
}

static void add_integrations(struct import *i, const char *file, const struct yaml_node *global, struct str name,
                             const struct yaml_node *receiver, json_t *out)
{
	for (size_t k = 0; k < receiver->count; k++) {
		const struct yaml_node *list = receiver->items[k];
		const struct integration *what = integration_of(receiver->keys[k]->text);
		if (str_eq_c(receiver->keys[k]->text, "name") || yaml_is_null(list))
			continue;
		if (!what || list->kind != YAML_LIST) {
			import_note(i, receiver->keys[k]->at, "receiver \"%.*s\": %.*s has no counterpart: nobody is told by it",
			            STR_ARG(name), STR_ARG(receiver->keys[k]->text));
			continue;
		}
		for (size_t n = 0; n < list->count; n++)
			if (list->items[n]->kind == YAML_MAP)
				add_imported_receiver(i, file, global, name, what, list->items[n], out);
	}
}

static bool add_receiver_name(struct import *i, const struct yaml_node *receiver, struct err *err)
{
	struct str name = import_text(receiver, "name");
	if (receiver->kind == YAML_MAP && name.n) {
		json_object_set_new(i->names, arena_cstr(i->arena, name), json_array());
		return true;
	}
	err_at(err, receiver->at, "receivers: each must have a name");
	return false;
}

bool import_alertmanager_receivers(struct import *i, const char *file, const struct yaml_node *document, json_t *out,
                                   struct err *err)
{
	const struct yaml_node *list = yaml_get(document, "receivers"), *global = yaml_get(document, "global");
	bool ok = true;

	if (!list || list->kind != YAML_LIST) {
		err_at(err, list ? list->at : document->at, "receivers: a list was expected");
		return false;
	}
	for (size_t k = 0; k < list->count; k++) {
		if (add_receiver_name(i, list->items[k], err))
			add_integrations(i, file, global, import_text(list->items[k], "name"), list->items[k], out);
		else
			ok = false;
	}
	return ok;
}
