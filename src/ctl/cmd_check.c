/*
 * runbookctl check: validates the configuration and everything it names, without a daemon.
 */
#include "ctl/cmd.h"
#include "setup/check.h"

static const struct flag rows[] = {
	{.name = "no-secrets", .doc = "secret files need not be there (CI)"},
	{.name = "alertmanager.config",
     .argument = "FILE",
     .doc = "an alertmanager.yml: what in it hurts a router behind it"},
};

static enum ctl_status run_check(struct ctl *c)
{
	struct config_options options = {.file = c->config_file, .no_secrets = flags_given(c->flags, "no-secrets")};

	if (c->word_count > 1) {
		ctl_error("check takes at most one FILE");
		return CTL_USAGE;
	}
	if (c->word_count)
		options.file = c->words[0];
	const char *alertmanager = flags_get(c->flags, "alertmanager.config");
	return (c->json ? check_run_json : check_run)(&options, alertmanager) ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_check = {
	.name = "check",
	.arguments = "[FILE]",
	.doc =
		"Validates the configuration, rule files, catalog and templates: FILE:LINE:COLUMN: error: … for each mistake.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_check,
};
