/*
 * Grafana's contact points as receivers. Its export hides secrets: what it leaves out is written as a file that is to be
 * filled. A policy that names a contact point which is not in the file gets a stand-in, and a note.
 */
#include <string.h>

#include "import_impl.h"
#include "receivers/receiver.h"

#define HIDDEN "[REDACTED]"
#define STAND_IN "http://127.0.0.1:9199/"

/* Grafana's words for ours. */
static const struct setting {
	const char *type, *theirs, *kind, *ours;
	bool secret;
} settings[] = {
	{"slack", "url", "slack", "api_url", true},
	{"slack", "token", "slack", "app_token", true},
	{"slack", "recipient", "slack", "channel", false},
	{"pagerduty", "integrationKey", "pagerduty", "routing_key", true},
	{"email", "addresses", "email", "to", false},
	{"webhook", "url", "webhook", "url", false},
	{"opsgenie", "apiKey", "opsgenie", "api_key", true},
	{"opsgenie", "apiUrl", "opsgenie", "api_url", false},
	{"telegram", "bottoken", "telegram", "bot_token", true},
	{"telegram", "chatid", "telegram", "chat_id", false},
	{"discord", "url", "discord", "webhook_url", true},
	{"teams", "url", "msteams", "webhook_url", true},
	{"pushover", "apiToken", "pushover", "token", true},
	{"pushover", "userKey", "pushover", "user_key", true},
	{"webex", "bot_token", "webex", "token", true},
	{"webex", "room_id", "webex", "room_id", false},
	{"wecom", "secret", "wechat", "api_secret", true},
	{"wecom", "corp_id", "wechat", "corp_id", false},
	{"wecom", "agent_id", "wechat", "agent_id", false},
	{"wecom", "touser", "wechat", "to_user", false},
};
#define SETTINGS (sizeof settings / sizeof *settings)

static json_t *json_text_of(struct str s)
{
	json_t *v = json_stringn(s.p, s.n);
	return v ? v : json_string("");
}

static const struct setting *setting_of(struct str type, struct str theirs)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (str_eq_c(type, settings[i].type) && (!theirs.n || str_eq_c(theirs, settings[i].theirs)))
			return &settings[i];
	return NULL;
}

/* Of a contact point with several integrations the later ones are called by their number. */
static char *contact_point_name(struct import *i, struct str point)
{
	AUTOFREE char *key = mem_str(point);
	size_t before = json_array_size(json_object_get(i->names, key));

	return before ? arena_printf(i->arena, "%.*s-%zu", STR_ARG(point), before + 1) : arena_cstr(i->arena, point);
}

static void hide(struct import_making *m, const struct setting *s, const struct yaml_node *value)
{
	bool hidden = str_eq_c(value->text, HIDDEN);

	if (hidden)
		import_note(m->import, value->at, "contact point \"%.*s\": Grafana hides its %s: write it into secrets/",
		            STR_ARG(m->name), s->theirs);
	import_making_secret(m, str_c(s->ours), hidden ? STR("") : value->text);
}

/* "a@example.com;b@example.com" */
static json_t *addresses_json(struct str rest)
{
	json_t *list = json_array();

	while (rest.n) {
		ptrdiff_t end = str_index(rest, ';');
		size_t n = end < 0 ? rest.n : (size_t)end;
		if (str_trim(str_slice(rest, 0, n)).n)
			json_array_append_new(list, json_text_of(str_trim(str_slice(rest, 0, n))));
		rest = str_slice(rest, n + (end >= 0), rest.n);
	}
	return list;
}

static void set_grafana_option(struct import_making *m, const struct setting *s, const struct yaml_node *value)
{
	bool mail = strcmp(s->kind, "email") == 0;

	if (s->secret)
		hide(m, s, value);
	else
		json_object_set_new(m->settings, s->ours, mail ? addresses_json(value->text) : json_text_of(value->text));
}

static void set_grafana_options(struct import_making *m, struct str type, const struct yaml_node *given)
{
	for (size_t k = 0; k < given->count; k++) {
		const struct setting *s = setting_of(type, given->keys[k]->text);
		if (s && given->items[k]->kind == YAML_SCALAR)
			set_grafana_option(m, s, given->items[k]);
		else
			import_note(m->import, given->keys[k]->at,
			            "contact point \"%.*s\": %.*s has no counterpart and was left out", STR_ARG(m->name),
			            STR_ARG(given->keys[k]->text));
	}
	if (strcmp(m->kind->name, "email") != 0)
		return;
	json_object_set_new(m->settings, "from", json_string("runbookd@localhost"));
	json_object_set_new(m->settings, "smarthost", json_string("localhost:25"));
	import_note(m->import, m->at,
	            "contact point \"%.*s\": from and smarthost stand in Grafana's own configuration: fill them in",
	            STR_ARG(m->name));
}

static void add_integration(struct import *i, struct str point, const struct yaml_node *node, json_t *out)
{
	struct str type = import_text(node, "type");
	const struct yaml_node *given = yaml_get(node, "settings");
	const struct setting *any = setting_of(type, (struct str){NULL, 0});

	if (!any || !given || given->kind != YAML_MAP) {
		import_note(i, node->at, "contact point \"%.*s\": \"%.*s\" has no counterpart: nobody is told by it",
		            STR_ARG(point), STR_ARG(type));
		import_lose(i, point);
		return;
	}
	struct import_making m = {
		.import = i, .file = "", .kind = receiver_kind_find(any->kind), .theirs = point, .at = node->at};
	import_making_begin(&m, str_c(contact_point_name(i, point)), out);
	set_grafana_options(&m, type, given);
	if (import_truth(i, node, "disableResolveMessage", false))
		json_object_set_new(m.receiver, "send_resolved", json_false());
	import_making_end(&m, out);
}

static void add_points(struct import *i, const struct yaml_node *list, json_t *out)
{
	for (size_t k = 0; list && list->kind == YAML_LIST && k < list->count; k++) {
		struct str point = import_text(list->items[k], "name");
		const struct yaml_node *receivers = yaml_get(list->items[k], "receivers");
		json_object_set_new(i->names, arena_cstr(i->arena, point), json_array());
		for (size_t n = 0; receivers && receivers->kind == YAML_LIST && n < receivers->count; n++)
			if (receivers->items[n]->kind == YAML_MAP)
				add_integration(i, point, receivers->items[n], out);
	}
}

/* What the tree names and the file does not define. */
static void add_stand_ins(struct import *i, const struct yaml_node *route, json_t *out)
{
	struct str name = import_text(route, "receiver");
	const struct yaml_node *routes = yaml_get(route, "routes");

	if (name.n && !import_receivers_of(i, name)) {
		struct import_making m = {
			.import = i, .file = "", .kind = receiver_kind_find("webhook"), .theirs = name, .at = route->at};
		char *own = arena_cstr(i->arena, name);
		json_object_set_new(i->names, own, json_array());
		import_note(
			i, route->at,
			"contact point \"%s\" is not in this file: its receiver posts to a stand-in on this machine; write the "
			"real one in its place",
			own);
		import_making_begin(&m, name, out);
		json_object_set_new(m.settings, "url", json_string(STAND_IN));
		import_making_end(&m, out);
	}
	for (size_t k = 0; routes && routes->kind == YAML_LIST && k < routes->count; k++)
		if (routes->items[k]->kind == YAML_MAP)
			add_stand_ins(i, routes->items[k], out);
}

bool import_grafana_receivers(struct import *i, const char *file, const struct yaml_node *document, json_t *out,
                              struct err *err)
{
	const struct yaml_node *policies = yaml_get(document, "policies");

	(void)file;
	(void)err;
	add_points(i, yaml_get(document, "contactPoints"), out);
	if (policies && policies->kind == YAML_LIST && policies->count)
		add_stand_ins(i, policies->items[0], out);
	else if (yaml_get(document, "receiver"))
		add_stand_ins(i, document, out);
	return true;
}
