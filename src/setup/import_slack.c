/*
 * Alertmanager's Slack receivers: an incoming webhook's address, or a bot. A bot was for long a webhook whose address is
 * Slack's chat.postMessage and whose token stands in `http_config:`; here it is `app_token` and `app_url`.
 */
#include <string.h>

#include "import_impl.h"

#define POST_MESSAGE "chat.postMessage"
#define SLACKS_OWN "https://slack.com/api/" POST_MESSAGE

static bool is_slack(const struct import_making *m)
{
	return strcmp(m->kind->name, "slack") == 0;
}

static bool is_bots_address(const struct yaml_node *url)
{
	return url && url->kind == YAML_SCALAR && str_ends(url->text, STR(POST_MESSAGE));
}

bool import_slack_address(struct import_making *m, struct str option, const struct yaml_node *value)
{
	if (!is_slack(m) || !str_eq_c(option, "api_url") || !is_bots_address(value))
		return false;
	if (!str_eq_c(value->text, SLACKS_OWN))
		json_object_set_new(m->settings, "app_url", json_stringn(value->text.p, value->text.n));
	return true;
}

static void leave_slack_out(struct import_making *m, const char *option)
{
	AUTOFREE char *twin = mem_printf("%s_file", option);
	json_object_del(m->settings, option);
	json_object_del(m->settings, twin);
}

static bool is_given(const struct yaml_node *map, const char *key)
{
	AUTOFREE char *twin = mem_printf("%s_file", key);
	return yaml_get(map, key) || yaml_get(map, twin);
}

/* Whether it posts to a webhook's address, whatever token is known: its own word goes before that for all. */
static bool is_webhook(const struct yaml_node *config, const struct yaml_node *global, bool logs_in)
{
	const struct yaml_node *url =
		is_given(config, "api_url") ? yaml_get(config, "api_url") : yaml_get(global, "slack_api_url");

	if (is_given(config, "app_token"))
		return false;
	return url ? !is_bots_address(url) : !logs_in && is_given(config, "api_url");
}

void import_slack_settle(struct import_making *m, const struct yaml_node *config, const struct yaml_node *global)
{
	const struct yaml_node *own = yaml_get(config, "http_config");
	const struct yaml_node *http = own && !yaml_is_null(own) ? own : yaml_get(global, "http_config");
	bool logs_in = yaml_get(http, "authorization") || is_given(http, "bearer_token");
	const json_t *url = json_object_get(m->settings, "api_url_file"),
				 *token = json_object_get(m->settings, "app_token_file");

	if (!is_slack(m) || !url || !token)
		return;
	if (!is_webhook(config, global, logs_in)) {
		leave_slack_out(m, "api_url");
		return;
	}
	leave_slack_out(m, "app_token");
	if (logs_in)
		import_note(m->import, config->at,
		            "receiver \"%.*s\": the token of its http_config was left out: an incoming webhook needs none",
		            STR_ARG(m->name));
}
