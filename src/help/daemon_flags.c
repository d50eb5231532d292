/*
 * The flags of runbookd: its parser, --help and manual page are made of these rows.
 */
#include "help/flags.h"
#include "help/help.h"

static const struct flag daemon_rows[] = {
	{.name = "config.file",
     .argument = "FILE",
     .doc = "the configuration; default: the first that is there of config/runbookd.yml, runbookd.yml and "
            "/etc/runbookd/runbookd.yml"},
	{.name = "web.listen-address",
     .argument = "ADDRESS",
     .fallback = ":9195",
     .repeated = true,
     .doc = "where to listen; port 0 picks one; unix:PATH is a socket of this machine"},
	{.name = "web.config.file", .argument = "FILE", .doc = "TLS and users, as Prometheus' exporters read it"},
	{.name = "web.external-url", .argument = "URL", .doc = "how pages link back, instead of external_url in the file"},
	{.name = "log.level", .argument = "LEVEL", .fallback = "info", .doc = "debug, info, warn or error"},
	{.name = "log.format", .argument = "FORMAT", .fallback = "logfmt", .doc = "logfmt or json"},
	{.name = "landlock",
     .doc = "from the start on read only where the configuration is, write only where its data are"},
	{.name = "check", .doc = "load everything, print what is wrong, and exit"},
	{.name = "strict",
     .doc = "do not start with the last good configuration, a fresh store or no journal where one is bad"},
	{.name = "version", .doc = "print the version and exit"},
	{.name = "help", .letter = 'h', .doc = "print this and exit"},
};

size_t daemon_flags(const struct flag **out)
{
	*out = daemon_rows;
	return sizeof daemon_rows / sizeof *daemon_rows;
}

void help_print_daemon(const struct manual *page)
{
	manual_paragraph(page, STR("usage: runbookd [FLAG…]"));
	manual_paragraph(page, STR("Turns Alertmanager's alerts into pages that carry their runbook."));
	flags_print(daemon_rows, sizeof daemon_rows / sizeof *daemon_rows, page);
}
