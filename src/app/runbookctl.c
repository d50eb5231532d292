/*
 * The command line of runbookctl: global flags, the table of commands, defaults from the environment and the home
 * folder.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "base/yaml.h"
#include "ctl/cmd.h"
#include "ctl/terminal.h"
#include "setup/file.h"
#include "version.h"

#define TEXT_MAX (256 * 1024)

static const struct cmd *const commands[] = {
	&cmd_catalog,  &cmd_check,     &cmd_coverage,  &cmd_explain, &cmd_test,   &cmd_lint,
	&cmd_backtest, &cmd_send,      &cmd_incidents, &cmd_noise,   &cmd_oncall, &cmd_status,
	&cmd_store,    &cmd_receivers, &cmd_why,       &cmd_import,  &cmd_init,   &cmd_help,
};
#define COMMANDS (sizeof commands / sizeof *commands)

static const struct flag rows[] = {
	{.name = "url", .argument = "URL", .doc = "the daemon (default $RUNBOOKD_URL, else http://localhost:9195)"},
	{.name = "config.file", .argument = "FILE", .fallback = "config/runbookd.yml", .doc = "the daemon's configuration"},
	{.name = "output", .letter = 'o', .argument = "FORMAT", .fallback = "table", .doc = "table or json"},
	{.name = "http.config.file", .argument = "FILE", .doc = "credentials and TLS, as promtool and amtool read it"},
	{.name = "version", .doc = "print the version and exit"},
	{.name = "help", .letter = 'h', .doc = "print this and exit"},
};
#define ROWS (sizeof rows / sizeof *rows)

/* ---- what people read ---- */

void ctl_error(const char *fmt, ...)
{
	va_list ap;

	fputs("runbookctl: error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void ctl_errors(const struct err *err)
{
	for (size_t i = 0; i < err->count; i++)
		if (strstr(err->lines[i], ": error: "))
			fprintf(stderr, "%s\n", err->lines[i]);
		else
			ctl_error("%s", err->lines[i]);
}

bool ctl_add_pairs(json_t *object, const char *const *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str pair = str_c(pairs[i]);
		ptrdiff_t equals = str_index(pair, '=');
		json_t *value = equals > 0 ? json_string(pairs[i] + equals + 1) : NULL;
		AUTOFREE char *name = mem_str(str_slice(pair, 0, equals > 0 ? (size_t)equals : 0));
		if (!value || json_object_set_new(object, name, value) != 0) {
			ctl_error("'%s' is not NAME=VALUE in UTF-8", pairs[i]);
			return false;
		}
	}
	return true;
}

void ctl_print_json(const json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
}

static void print_help(void)
{
	AUTOBUF struct buf text;

	buf_init(&text, TEXT_MAX);
	buf_add_c(&text, "usage: runbookctl [FLAG…] COMMAND [ARGUMENT…]\n\n");
	flags_print(rows, ROWS, &text);
	buf_add_c(&text, "\ncommands (runbookctl COMMAND --help says more):\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		buf_printf(&text, "  %-12s %s\n", commands[i]->name, commands[i]->doc);
	fputs(text.p, stdout);
}

static void print_command_help(const struct cmd *cmd)
{
	AUTOBUF struct buf text;

	buf_init(&text, TEXT_MAX);
	buf_printf(&text, "usage: runbookctl %s %s\n\n%s\n\n", cmd->name, cmd->arguments, cmd->doc);
	flags_print(cmd->flags, cmd->flag_count, &text);
	flags_print(rows, ROWS, &text);
	if (cmd->more)
		cmd->more(&text);
	fputs(text.p, stdout);
}

static enum ctl_status unknown_command(const char *name)
{
	AUTOBUF struct buf known;

	buf_init(&known, TEXT_MAX);
	for (size_t i = 0; i < COMMANDS; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", commands[i]->name);
	if (name)
		ctl_error("unknown command '%s'; there are: %s", name, known.p);
	else
		ctl_error("a command is missing; there are: %s", known.p);
	return CTL_USAGE;
}

/* ---- where the daemon is ---- */

struct settings {
	struct str url;
};
static const struct option settings_rows[] = {
	{.name = "url", .type = OPTION_STR, .offset = offsetof(struct settings, url), .doc = "the daemon"},
};

static char *settings_path(struct arena *arena)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config)
		return arena_printf(arena, "%s/runbookctl/config.yml", config);
	return home && *home ? arena_printf(arena, "%s/.config/runbookctl/config.yml", home) : NULL;
}

/* A file that is not there says nothing; one that cannot be understood is an error. */
static bool read_settings(struct ctl *c, struct settings *out, struct err *err)
{
	const char *path = settings_path(c->arena);
	AUTOBUF struct buf text;

	buf_init(&text, TEXT_MAX);
	options_defaults(settings_rows, 1, c->arena, out);
	if (!path || access(path, F_OK) != 0)
		return true;
	if (!file_read(path, &text, err))
		return false;
	const struct yaml_node *node = yaml_parse(c->arena, path, buf_str(&text), err);
	return node && options_read(settings_rows, 1, node, "config", c->arena, out, NULL, err);
}

static bool choose_url(struct ctl *c, struct err *err)
{
	struct settings settings;
	const char *url = flags_get(c->flags, "url");

	if (!url || !*url)
		url = getenv("RUNBOOKD_URL");
	if (!url || !*url) {
		if (!read_settings(c, &settings, err))
			return false;
		url = settings.url.n ? arena_cstr(c->arena, settings.url) : "http://localhost:9195";
	}
	size_t n = strlen(url);
	while (n && url[n - 1] == '/')
		n--;
	c->url = arena_cstr(c->arena, (struct str){url, n});
	return true;
}

/* ---- running ---- */

static bool settle_flags(struct ctl *c, const struct cmd *cmd, struct err *err)
{
	const char *output = flags_get(c->flags, "output");

	c->json = strcmp(output, "json") == 0;
	c->sarif = cmd->sarif && strcmp(output, "sarif") == 0;
	if (c->json || c->sarif)
		terminal_json();
	bool known = c->json || c->sarif || strcmp(output, "table") == 0;
	if (!known && cmd->writes_folder)
		c->folder = output;
	c->config_file = flags_get(c->flags, "config.file");
	c->word_count = flags_words(c->flags, &c->words);
	if (!known && !c->folder)
		err_add(err, "-o: '%s' is neither table nor json%s", output, cmd->sarif ? " nor sarif" : "");
	if (flags_given(c->flags, "http.config.file"))
		http_config_load(c->arena, flags_get(c->flags, "http.config.file"), &c->http, err);
	return choose_url(c, err) && !err_any(err);
}

static const struct cmd *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static enum ctl_status usage(const struct err *err)
{
	ctl_errors(err);
	fputs("runbookctl --help and runbookctl COMMAND --help say more\n", stderr);
	return CTL_USAGE;
}

static enum ctl_status run_command(const struct cmd *cmd, struct flags *flags, int argc, const char *const *argv,
                                   int at)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct ctl c = {.arena = arena, .flags = flags};

	flags_add(flags, cmd->flags, cmd->flag_count);
	bool parsed = flags_parse(flags, argc, argv, &at, false, &err);
	if (flags_given(flags, "help")) {
		print_command_help(cmd);
		return CTL_OK;
	}
	if (!parsed || !settle_flags(&c, cmd, &err))
		return usage(&err);
	enum ctl_status status = cmd->run(&c);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		ctl_error("standard output does not take what there is to say");
		return CTL_FAILED;
	}
	return status;
}

static enum ctl_status run(struct flags *flags, int argc, const char *const *argv)
{
	AUTOERR struct err err = ERR_INIT;
	int at = 1;
	bool parsed = flags_parse(flags, argc, argv, &at, true, &err);

	if (flags_given(flags, "help") && at == argc) {
		print_help();
		return CTL_OK;
	}
	if (flags_given(flags, "version")) {
		puts("runbookctl " RUNBOOKD_VERSION " (" RUNBOOKD_REVISION ")");
		return CTL_OK;
	}
	if (!parsed)
		return usage(&err);
	const struct cmd *cmd = at < argc ? find_command(argv[at]) : NULL;
	return cmd ? run_command(cmd, flags, argc, argv, at + 1) : unknown_command(at < argc ? argv[at] : NULL);
}

int main(int argc, char **argv)
{
	struct flags *flags = flags_new();

	terminal_guard();
	flags_add(flags, rows, ROWS);
	enum ctl_status status = run(flags, argc, (const char *const *)argv);
	flags_free(flags);
	return (int)status;
}
