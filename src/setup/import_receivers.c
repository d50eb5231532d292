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

/* ---- settings ---- */

/* Plain http beyond this machine has to be asked for. */
static void allow_http(struct import_making *m, struct str option, const struct yaml_node *url)
{
	if (url->kind != YAML_SCALAR || !str_starts(url->text, STR("http://")) || !receiver_url_valid(url->text) ||
	    receiver_url_safe(url->text))
		return;
	json_object_set_new(m->receiver, "allow_http", json_true());
	import_note(m->import, url->at, "receiver \"%.*s\": its %.*s is not encrypted (allow_http: true)", STR_ARG(m->name),
	            STR_ARG(option));
}

static const struct option *imported_row(const struct import_making *m, const char *name)
{
	for (size_t i = 0; i < m->kind->option_count; i++)
		if (strcmp(m->kind->options[i].name, name) == 0)
			return &m->kind->options[i];
	return NULL;
}

/* As the option's type wants it: Alertmanager's own files leave more open than ours. */
static json_t *imported_value(struct import_making *m, const char *name, const struct yaml_node *value)
{
	const struct option *row = imported_row(m, name);
	int64_t number;

	if (strcmp(name, "tls_config") == 0)
		return import_making_tls(m, value);
	if (row && row->type == OPTION_BOOL)
		return json_boolean(
			import_truth_of(m->import, value, name, row->fallback && strcmp(row->fallback, "true") == 0));
	if (row && row->type == OPTION_INT && value->kind == YAML_SCALAR && str_to_i64(value->text, &number))
		return json_integer(number);
	if (str_ends(str_c(name), STR("_file")) && value->kind == YAML_SCALAR)
		return text_json(import_file_path(m->import, m->file, value->text));
	return import_value(value);
}

static void set_imported_option(struct import_making *m, struct str option, const struct yaml_node *value)
{
	char *name = arena_cstr(m->import->arena, option);
	bool webhook_body = strcmp(m->kind->name, "webhook") == 0 && str_eq_c(option, "body");

	if (json_object_get(m->settings, name) || webhook_body || yaml_is_null(value))
		return;
	if (import_slack_address(m, option, value))
		return;
	allow_http(m, option, value);
	if (has_template(value))
		import_note(m->import, value->at, "receiver \"%.*s\": the template in \"%s\" was left out", STR_ARG(m->name),
		            name);
	else if (receiver_kind_hides(m->kind, name) && value->kind == YAML_SCALAR)
		import_making_secret(m, option, value->text);
	else
		json_object_set_new(m->settings, name, imported_value(m, name, value));
}

/* "a@example.com, b@example.com" is two. */
static void split_addresses(struct import_making *m)
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

static bool is_set(const struct import_making *m, const char *option)
{
	AUTOFREE char *twin = mem_printf("%s_file", option);
	return json_object_get(m->settings, option) || json_object_get(m->settings, twin);
}

static void unset(struct import_making *m, const char *option)
{
	AUTOFREE char *twin = mem_printf("%s_file", option);
	json_object_del(m->settings, option);
	json_object_del(m->settings, twin);
}

/* Alertmanager does not log in where no user is named, whatever the password; nor can anybody without a password. */
static void drop_half_login(struct import_making *m)
{
	bool user = is_set(m, "auth_username"), password = is_set(m, "auth_password");

	if (strcmp(m->kind->name, "email") != 0 || user == password)
		return;
	unset(m, user ? "auth_username" : "auth_password");
	import_note(m->import, m->at, "receiver \"%.*s\": the %s was left out: no %s is given", STR_ARG(m->name),
	            user ? "user" : "password", user ? "password" : "user");
}

/* Telegram's other languages: a page is written in HTML, or is plain. */
static bool is_other_markup(const struct import_making *m, struct str key, const struct yaml_node *value)
{
	return strcmp(m->kind->name, "telegram") == 0 && str_eq_c(key, "parse_mode") && value->kind == YAML_SCALAR &&
	       value->text.n && !str_eq_c(value->text, "HTML");
}

/* True when it is one of the two texts, which stand beside the kind. */
static bool set_text(struct import_making *m, struct str key, const struct yaml_node *value)
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

/* What has no counterpart and is worth more than that sentence. */
static const struct {
	const char *kind, *option, *instead;
} instead[] = {
	{"pagerduty", "service_key",
     "is a key of PagerDuty's Events API v1, and v2 is spoken here: give the service an integration of type Events API "
     "v2, and write its key as routing_key"},
	{"pagerduty", "service_key_file",
     "holds a key of PagerDuty's Events API v1, and v2 is spoken here: give the service an integration of type Events "
     "API v2, and write its key as routing_key"},
};

static void note_key(struct import_making *m, const struct yaml_node *key)
{
	const char *why = "has no counterpart and was left out";

	for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
		if (strcmp(instead[i].kind, m->kind->name) == 0 && str_eq_c(key->text, instead[i].option))
			why = instead[i].instead;
	import_note(m->import, key->at, "receiver \"%.*s\": %s.%.*s %s", STR_ARG(m->name), m->kind->name,
	            STR_ARG(key->text), why);
}

static void set_key(struct import_making *m, const struct yaml_node *key, const struct yaml_node *value)
{
	if (str_eq_c(key->text, "http_config"))
		return; /* set_network() */
	if (set_text(m, key->text, value))
		return;
	if (import_making_knows(m, key->text) && !is_other_markup(m, key->text, value))
		set_imported_option(m, key->text, value);
	else if (!str_eq_c(key->text, "send_resolved"))
		note_key(m, key);
}

/* Its own, whole, or else that of `global:`. */
static void set_network(struct import_making *m, const struct yaml_node *config, const struct yaml_node *global)
{
	const struct yaml_node *own = yaml_get(config, "http_config");

	if (strcmp(m->kind->name, "email") == 0)
		return;
	import_making_network(m, own && !yaml_is_null(own) ? own : yaml_get(global, "http_config"));
}

static void set_globals(struct import_making *m, const struct yaml_node *global)
{
	for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
		const struct yaml_node *value = yaml_get(global, globals[i].global);
		struct str option = str_c(globals[i].option);
		struct str twin = str_ends(option, STR("_file")) ? str_slice(option, 0, option.n - 5) : option;
		AUTOFREE char *other = mem_printf("%.*s_file", STR_ARG(twin));
		AUTOFREE char *own = mem_str(twin);
		bool given = json_object_get(m->settings, own) || json_object_get(m->settings, other);
		if (value && !given && strcmp(globals[i].kind, m->kind->name) == 0 && import_making_knows(m, option))
			set_imported_option(m, option, value);
	}
}

/* ---- one receiver ---- */

static void add_imported_receiver(struct import *i, const char *file, const struct yaml_node *global, struct str name,
                                  const struct integration *what, const struct yaml_node *config, json_t *out)
{
	struct import_making m = {
		.import = i, .file = file, .kind = receiver_kind_find(what->kind), .theirs = name, .at = config->at};

	import_making_begin(&m, name, out);
	for (size_t k = 0; k < config->count; k++)
		set_key(&m, config->keys[k], config->items[k]);
	set_network(&m, config, global);
	set_globals(&m, global);
	import_slack_settle(&m, config, global);
	split_addresses(&m);
	drop_half_login(&m);
	if (!import_truth(i, config, "send_resolved", !what->quiet))
		json_object_set_new(m.receiver, "send_resolved", json_false());
	if (import_making_end(&m, out) && strcmp(what->kind, "webhook") == 0)
		import_note(i, config->at,
		            "receiver \"%.*s\": it gets runbookd's JSON, which is not Alertmanager's (help webhook)",
		            STR_ARG(m.name));
}

static const struct integration *integration_of(struct str list)
{
	for (size_t i = 0; i < INTEGRATIONS; i++)
		if (str_eq_c(list, integrations[i].list))
			return &integrations[i];
	return NULL;
}

/* What already sends to runbookd would send it its own pages. */
static bool is_ourselves(struct import *i, struct str name, const struct yaml_node *config)
{
	struct str source;

	if (!import_posts_here(import_text(config, "url"), &source))
		return false;
	import_note(i, config->at, "receiver \"%.*s\" is runbookd itself and was left out", STR_ARG(name));
	json_object_set_new(i->ourselves, arena_cstr(i->arena, name), json_true());
	return true;
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
			import_lose(i, name);
			continue;
		}
		for (size_t n = 0; n < list->count; n++)
			if (list->items[n]->kind == YAML_MAP && !is_ourselves(i, name, list->items[n]))
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
