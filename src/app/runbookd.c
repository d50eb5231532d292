/*
 * The daemon's command line.
 */
#include <stdio.h>

#include "app/server.h"
#include "base/log.h"
#include "config/web.h"
#include "ctl/terminal.h"
#include "help/flags.h"
#include "help/help.h"
#include "io/loop.h"
#include "setup/check.h"
#include "setup/file.h"
#include "setup/report.h"
#include "version.h"

#define USAGE 2

static void print_help(void)
{
	AUTOBUF struct buf text;
	const struct manual page = {MANUAL_TEXT, &text};

	buf_init(&text, SIZE_MAX);
	help_print_daemon(&page);
	fputs(text.p, stdout);
}

static void setup_log(const struct flags *f, struct err *err)
{
	struct str level_text = str_c(flags_get(f, "log.level")), format_text = str_c(flags_get(f, "log.format"));
	enum log_level level = LOG_INFO;
	enum log_format format = LOG_LOGFMT;

	if (!log_level_parse(level_text, &level))
		err_add(err, "--log.level: '%.*s' is none of debug, info, warn, error", STR_ARG(level_text));
	if (!log_format_parse(format_text, &format))
		err_add(err, "--log.format: '%.*s' is none of logfmt, json", STR_ARG(format_text));
	log_setup(level, format, loop_wall_ms);
}

static bool usage_is_fine(const struct flags *f, struct err *err)
{
	const char *const *words;

	if (flags_words(f, &words))
		err_add(err, "unexpected argument '%s'", words[0]);
	setup_log(f, err);
	return !err_any(err);
}

static int print_usage_errors(const struct err *err)
{
	terminal_guard();
	report_lines("runbookd: error", err);
	fputs("runbookd --help lists the flags\n", stderr);
	return USAGE;
}

/* The file of --web.config.file with its certificates, for --check; what is wrong goes to stderr. */
static bool check_web(const char *file)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct web_config *web = file ? web_config_load(file, &err, &warnings) : NULL;

	if (web && web->tls)
		http_tls_free(http_tls_new(&web->tls_options, &err));
	web_config_free(web);
	report_lines("warning", &warnings);
	report_lines("error", &err);
	if (file)
		printf("%s %s\n", err_any(&err) ? "FAILED" : "SUCCESS", file);
	return !err_any(&err);
}

static int run_daemon(const struct flags *f)
{
	const char *fallback = flags_get(f, "web.listen-address");
	struct server_options options = {
		.config_file = flags_given(f, "config.file") ? flags_get(f, "config.file") : file_config_default(),
		.external_url = flags_get(f, "web.external-url"),
		.web_config_file = flags_get(f, "web.config.file"),
		.landlock = flags_given(f, "landlock"),
		.strict = flags_given(f, "strict"),
	};
	const struct config_options config = {.file = options.config_file, .external_url = options.external_url};

	if (flags_given(f, "check"))
		terminal_guard();
	if (flags_given(f, "check"))
		return check_web(options.web_config_file) & check_run(&config, NULL) ? 0 : 1;
	options.listen_count = flags_all(f, "web.listen-address", &options.listen);
	if (!options.listen_count) {
		options.listen = &fallback;
		options.listen_count = 1;
	}
	return server_run(&options);
}

int main(int argc, char **argv)
{
	AUTOERR struct err err = ERR_INIT;
	struct flags *f = flags_new();
	const struct flag *rows;
	size_t count = daemon_flags(&rows);
	int at = 1, status = 0;

	flags_add(f, rows, count);
	bool parsed = flags_parse(f, argc, (const char *const *)argv, &at, false, &err);
	if (flags_given(f, "help"))
		print_help();
	else if (flags_given(f, "version"))
		puts("runbookd " RUNBOOKD_VERSION " (" RUNBOOKD_REVISION ")");
	else
		status = parsed && usage_is_fine(f, &err) ? run_daemon(f) : print_usage_errors(&err);
	flags_free(f);
	return status;
}
