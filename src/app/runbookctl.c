/*
 * The command line of runbookctl: finds the command and the daemon, and runs it. Which commands and flags there are is in
 * ctl/commands.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "base/yaml.h"
#include "ctl/cmd.h"
#include "ctl/help_commands.h"
#include "ctl/terminal.h"
#include "help/help.h"
#include "setup/file.h"
#include "version.h"

#define TEXT_MAX (256 * 1024)

/* ---- what people read ---- */

static void print_manual_page(void (*print)(const struct manual *page, const void *what), const void *what)
{
	AUTOBUF struct buf text;
	const struct manual page = {MANUAL_TEXT, &text};

	buf_init(&text, SIZE_MAX);
	print(&page, what);
	fputs(text.p, stdout);
}

static enum ctl_status unknown_command(const char *name)
{
	AUTOBUF struct buf known;
	const struct cmd *const *commands;
	size_t count = ctl_commands(&commands);
	AUTOFREE const char **names = mem_grow_array(NULL, count, sizeof *names);

	buf_init(&known, TEXT_MAX);
	for (size_t i = 0; i < count; i++) {
		names[i] = commands[i]->name;
		buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
	}
	const char *near = name ? options_nearest(str_c(name), names, count) : NULL;
	if (near)
		ctl_error("unknown command '%s'; did you mean %s?", name, near);
	else if (name)
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
static bool read_user_settings(struct ctl *c, struct settings *out, struct err *err)
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
		if (!read_user_settings(c, &settings, err))
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
	c->config_file = flags_given(c->flags, "config.file") ? flags_get(c->flags, "config.file") : file_config_default();
	c->word_count = flags_words(c->flags, &c->words);
	if (!known && !c->folder)
		err_add(err, "-o: '%s' is neither table nor json%s", output, cmd->sarif ? " nor sarif" : "");
	if (flags_given(c->flags, "http.config.file"))
		http_config_load(c->arena, flags_get(c->flags, "http.config.file"), &c->http, err);
	return choose_url(c, err) && !err_any(err);
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
		print_manual_page(help_print_command, cmd);
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

static enum ctl_status run_arguments(struct flags *flags, int argc, const char *const *argv)
{
	AUTOERR struct err err = ERR_INIT;
	int at = 1;
	bool parsed = flags_parse(flags, argc, argv, &at, true, &err);

	if (flags_given(flags, "help") && at == argc) {
		print_manual_page(help_print_overview, NULL);
		return CTL_OK;
	}
	if (flags_given(flags, "version")) {
		puts("runbookctl " RUNBOOKD_VERSION " (" RUNBOOKD_REVISION ")");
		return CTL_OK;
	}
	if (!parsed)
		return usage(&err);
	const struct cmd *cmd = at < argc ? ctl_command_find(argv[at]) : NULL;
	return cmd ? run_command(cmd, flags, argc, argv, at + 1) : unknown_command(at < argc ? argv[at] : NULL);
}

int main(int argc, char **argv)
{
	struct flags *flags = flags_new();
	const struct flag *rows;
	size_t count = ctl_flags(&rows);

	terminal_guard();
	flags_add(flags, rows, count);
	enum ctl_status status = run_arguments(flags, argc, (const char *const *)argv);
	flags_free(flags);
	return (int)status;
}
