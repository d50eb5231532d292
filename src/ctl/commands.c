/*
 * The table of runbookctl's commands and the flags that all of them have: what parser, help, manual page and completion are
 * made of.
 */
#include <string.h>

#include "ctl/cmd.h"

static const struct cmd *const commands[] = {
	&cmd_catalog,    &cmd_check,       &cmd_coverage,  &cmd_explain, &cmd_test,      &cmd_lint,
	&cmd_backtest,   &cmd_send,        &cmd_incidents, &cmd_noise,   &cmd_oncall,    &cmd_silence,
	&cmd_postmortem, &cmd_postmortems, &cmd_status,    &cmd_store,   &cmd_receivers, &cmd_why,
	&cmd_shadow,     &cmd_diff,        &cmd_import,    &cmd_init,    &cmd_help,      &cmd_completion,
};

static const struct flag global_flags[] = {
	{.name = "url",
     .argument = "URL",
     .doc = "the daemon, also unix:PATH (default $RUNBOOKD_URL, else http://localhost:9195)"},
	{.name = "config.file",
     .argument = "FILE",
     .doc = "the daemon's configuration; default: the first that is there of config/runbookd.yml, runbookd.yml and "
            "/etc/runbookd/runbookd.yml"},
	{.name = "output",
     .letter = 'o',
     .argument = "FORMAT",
     .fallback = "table",
     .doc = "table or json",
     .values = "table json"},
	{.name = "http.config.file", .argument = "FILE", .doc = "credentials and TLS, as promtool and amtool read it"},
	{.name = "version", .doc = "print the version and exit"},
	{.name = "help", .letter = 'h', .doc = "print this and exit"},
};

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

size_t ctl_commands(const struct cmd *const **out)
{
	*out = commands;
	return COUNT(commands);
}

const struct cmd *ctl_command_find(const char *name)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

size_t ctl_flags(const struct flag **out)
{
	*out = global_flags;
	return COUNT(global_flags);
}
