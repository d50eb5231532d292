/*
 * runbookctl init: a smallest configuration that works, for the runbooks, the Alertmanager and the receivers that are named.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "ctl/cmd.h"
#include "service/catalog_json.h"
#include "setup/new_folder.h"

#define RULES "rules/10-first.yml"

static const struct flag rows[] = {
	{.name = "runbooks", .argument = "FOLDER", .doc = "the folder of Markdown runbooks"},
	{.name = "alertmanager",
     .argument = "URL",
     .doc = "where Alertmanager answers: it is asked about silences before anybody else is told; pages link to it"},
	{.name = "receiver",
     .argument = "KIND:VALUE",
     .repeated = true,
     .doc = "who is paged: pagerduty:KEY, slack:URL, webhook:URL, or KIND:option=value,option=value (help KIND); "
            "default: a stand-in on this machine"},
};

#define OPTIONS_GUESSED 64
#define KINDS_GUESSED 64
#define STAND_IN "webhook:http://127.0.0.1:9199/oncall"

/* ---- receivers ---- */

/* The one option that a kind cannot do without. */
static const char *main_option(const struct receiver_kind *kind)
{
	if (kind->required && *kind->required)
		return *kind->required;
	return kind->urls && *kind->urls ? *kind->urls : kind->options[0].name;
}

static bool has_option(const struct receiver_kind *kind, struct str name)
{
	for (size_t i = 0; i < kind->option_count; i++)
		if (str_eq_c(name, kind->options[i].name))
			return true;
	return false;
}

static const char *nearest_option(const struct receiver_kind *kind, struct str name)
{
	const char *names[OPTIONS_GUESSED];
	size_t n = 0;

	for (; n < kind->option_count && n < OPTIONS_GUESSED; n++)
		names[n] = kind->options[n].name;
	return options_nearest(name, names, n);
}

struct init {
	struct arena *arena;
	struct new_secret *secrets;
	size_t secret_count, secret_capacity;
	json_t *receivers;
};

static void set_init_option(struct init *i, const struct receiver_kind *kind, const char *receiver, const char *option,
                            struct str value, json_t *settings)
{
	bool in_the_open = !receiver_kind_hides(kind, option) || str_starts(value, STR("http://"));
	if (in_the_open) { /* plain http is for this machine alone: no door that it could open */
		json_object_set_new(settings, option, json_stringn(value.p, value.n));
		return;
	}
	AUTOFREE char *path = new_secret_path(str_c(receiver), str_c(option));
	MEM_ROOM(i->secrets, i->secret_count, i->secret_capacity);
	i->secrets[i->secret_count++] = (struct new_secret){arena_str(i->arena, str_c(path)), value};
	json_object_set_new(settings, arena_printf(i->arena, "%s_file", option), json_string(path));
}

static bool is_option_known(const struct receiver_kind *kind, struct str name, const char *near)
{
	if (!has_option(kind, name))
		ctl_error("--receiver=%s: \"%.*s\" is no option%s%s%s (runbookctl help %s lists them)", kind->name,
		          STR_ARG(name), near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", kind->name);
	return has_option(kind, name);
}

/*
 * option=value,option=value; or the value of the main one, which may hold both signs: it is taken for options where what
 * stands before the first '=' is one, or nearly one.
 */
static bool set_options(struct init *i, const struct receiver_kind *kind, const char *receiver, struct str text,
                        json_t *out)
{
	ptrdiff_t equals = str_index(text, '=');
	struct str first = str_slice(text, 0, equals < 0 ? 0 : (size_t)equals);
	if (!first.n || !(has_option(kind, first) || nearest_option(kind, first))) {
		set_init_option(i, kind, receiver, main_option(kind), text, out);
		return true;
	}
	bool ok = true;
	while (text.n) {
		ptrdiff_t comma = str_index(text, ',');
		struct str one = str_slice(text, 0, comma < 0 ? text.n : (size_t)comma);
		equals = str_index(one, '=');
		struct str name = str_slice(one, 0, equals < 0 ? one.n : (size_t)equals);
		struct str value = str_slice(one, equals < 0 ? one.n : (size_t)equals + 1, one.n);
		if (is_option_known(kind, name, nearest_option(kind, name)))
			set_init_option(i, kind, receiver, arena_cstr(i->arena, name), value, out);
		else
			ok = false;
		text = str_slice(text, one.n + (comma >= 0), text.n);
	}
	return ok;
}

/* The first is called what a rota would be: oncall. */
static char *receiver_name(const struct init *i, const char *kind)
{
	size_t n = json_array_size(i->receivers);
	return n == 0 ? arena_printf(i->arena, "oncall") : arena_printf(i->arena, "%s-%zu", kind, n + 1);
}

static bool refuse_kind(const char *text, struct str kind)
{
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds), n = 0;
	const char *names[KINDS_GUESSED];

	for (; n < count && n < KINDS_GUESSED; n++)
		names[n] = kinds[n]->name;
	const char *near = options_nearest(kind, names, n);
	ctl_error("--receiver=%s: KIND:VALUE was expected, as in pagerduty:KEY%s%s%s (runbookctl help lists the kinds)",
	          text, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	return false;
}

static bool add_init_receiver(struct init *i, const char *text)
{
	struct str s = str_c(text);
	ptrdiff_t colon = str_index(s, ':');
	char *kind_name = arena_cstr(i->arena, str_slice(s, 0, colon < 0 ? s.n : (size_t)colon));
	const struct receiver_kind *kind = receiver_kind_find(kind_name);

	if (!kind || colon < 0)
		return refuse_kind(text, kind ? STR("") : str_c(kind_name));
	json_t *settings = json_object();
	char *name = receiver_name(i, kind->name);
	bool ok = set_options(i, kind, name, str_slice(s, (size_t)colon + 1, s.n), settings);
	json_array_append_new(i->receivers, json_pack("{s:s, s:o}", "name", name, kind->name, settings));
	return ok;
}

static bool add_init_receivers(struct init *i, const struct ctl *c)
{
	const char *const *given;
	size_t n = flags_all(c->flags, "receiver", &given);
	bool ok = n > 0 || add_init_receiver(i, STAND_IN);

	for (size_t k = 0; k < n; k++)
		ok = add_init_receiver(i, given[k]) && ok;
	return ok;
}

/* ---- files ---- */

static const char head[] =
	"# A smallest configuration. Secrets lie beside it in secrets/, read each time they are used.\n"
	"# runbookctl help KIND says what else a receiver understands.\n\n";

static const char rules_text[] =
	"# Rules are tried in order; for each field the first that matches and sets it wins. Where no rule says anything "
	"the\n"
	"# runbook comes from the alert's name or its runbook_url, the severity from its label.\n"
	"# runbookctl explain alertname=HighCPU severity=critical    shows what an alert would be, and why\n"
	"# runbookctl coverage --rules 'your/prometheus/rules/*.yml' shows which alerts have no runbook\n"
	"rules:\n"
	"  - name: the-alerting-chain-is-alive\n"
	"    # Prometheus fires Watchdog all the time; this pages when it stays away. Alertmanager must repeat it (see "
	"below).\n"
	"    matchers: ['alertname=\"Watchdog\"']\n"
	"    heartbeat: {every: 5m}\n\n"
	"# In alertmanager.yml:\n"
	"#   route:\n"
	"#     receiver: runbookd\n"
	"#     group_by: [alertname, cluster, namespace]\n"
	"#     repeat_interval: 1h\n"
	"#     routes:\n"
	"#       - {matchers: ['alertname=\"Watchdog\"'], group_by: ['...'], group_wait: 0s, group_interval: 30s, "
	"repeat_interval: 1m}\n"
	"#   receivers:\n"
	"#     - name: runbookd\n"
	"#       webhook_configs:\n"
	"#         - {url: 'http://127.0.0.1:9195/api/v1/webhook%s', send_resolved: true, max_alerts: 0}\n";

static bool set_runbooks(json_t *config, const char *folder)
{
	AUTOFREE char *path = realpath(folder, NULL);
	if (!path) {
		ctl_error("--runbooks=%s: there is no such folder", folder);
		return false;
	}
	json_object_set_new(config, "catalog", json_pack("{s:s}", "runbooks", path));
	return true;
}

/* Every one that is named is paged. */
static json_t *init_defaults(const struct init *i)
{
	json_t *names = json_array();

	for (size_t k = 0; k < json_array_size(i->receivers); k++)
		json_array_append(names, json_object_get(json_array_get(i->receivers, k), "name"));
	return json_pack("{s:o}", "receivers", names);
}

static json_t *init_config(const struct init *i, const struct ctl *c)
{
	const char *runbooks = flags_get(c->flags, "runbooks"), *alertmanager = flags_get(c->flags, "alertmanager");
	json_t *config = json_pack("{s:[s]}", "rule_files", "rules/*.yml");

	if (runbooks && !set_runbooks(config, runbooks)) {
		json_decref(config);
		return NULL;
	}
	if (alertmanager)
		json_object_set_new(config, "sources",
		                    json_pack("[{s:s, s:[s]}]", "name", "main", "alertmanagers", alertmanager));
	json_object_set_new(config, "store", json_pack("{s:{s:s}}", "sqlite", "path", "data/runbookd.db"));
	json_object_set_new(config, "journal", json_pack("{s:s}", "path", "data/journal"));
	json_object_set_new(config, "defaults", init_defaults(i));
	json_object_set(config, "receivers", i->receivers);
	return config;
}

static bool write_init_files(struct new_folder *made, const struct init *i, const char *folder, const json_t *config,
                             bool source, struct err *err)
{
	AUTOBUF struct buf yaml, rules;

	buf_init(&yaml, NEW_FOLDER_TEXT_MAX);
	buf_init(&rules, NEW_FOLDER_TEXT_MAX);
	buf_add_c(&yaml, head);
	AUTOBUF struct buf body;
	buf_init(&body, NEW_FOLDER_TEXT_MAX);
	yaml_write(config, &body);
	buf_add(&yaml, buf_str(&body));
	buf_printf(&rules, rules_text, source ? "/main" : "");
	return new_folder_make(made, folder, i->secrets, i->secret_count, err) &&
	       new_folder_put(made, RULES, buf_str(&rules), err) && new_folder_put(made, NEW_CONFIG, buf_str(&yaml), err);
}

/* What the daemon would say of it. */
static bool check_written(const char *folder, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	AUTOFREE char *path = mem_printf("%s/" NEW_CONFIG, folder);
	const struct config_options options = {.file = path};
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, err, &warnings);
	bool ok = config != NULL;

	config_unref(config);
	config_files_free(files);
	return ok;
}

static enum ctl_status init_folder(struct init *i, struct ctl *c, const char *folder)
{
	AUTOERR struct err err = ERR_INIT;
	json_t *config = add_init_receivers(i, c) ? init_config(i, c) : NULL;

	if (!config)
		return CTL_USAGE;
	struct new_folder made;
	bool ok = write_init_files(&made, i, folder, config, flags_given(c->flags, "alertmanager"), &err) &&
	          check_written(folder, &err);
	new_folder_end(&made, ok);
	json_decref(config);
	ctl_errors(&err);
	if (ok)
		printf("written: %s/" NEW_CONFIG ", %s/" RULES "\n"
		       "next:    runbookd --config.file=%s/" NEW_CONFIG "\n"
		       "         and the route at the end of %s/" RULES " into alertmanager.yml\n",
		       folder, folder, folder, folder);
	return ok ? CTL_OK : CTL_FAILED;
}

static enum ctl_status run_init(struct ctl *c)
{
	struct init i = {.arena = c->arena, .receivers = json_array()};

	if (c->word_count > 1) {
		ctl_error("init takes at most one DIR");
		return CTL_USAGE;
	}
	enum ctl_status status = init_folder(&i, c, c->word_count ? c->words[0] : ".");
	json_decref(i.receivers);
	mem_cleanup(&i.secrets);
	return status;
}

const struct cmd cmd_init = {
	.name = "init",
	.arguments = "[DIR] [--runbooks=FOLDER] [--alertmanager=URL] [--receiver=KIND:VALUE…]",
	.doc = "Writes a smallest configuration that works.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_init,
};
