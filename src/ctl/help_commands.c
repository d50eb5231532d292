/*
 * The help of commands: --help and runbookctl help COMMAND.
 */
#include "base/mem.h"
#include "ctl/cmd.h"
#include "ctl/help_commands.h"
#include "help/help.h"

static void print_usage(const struct manual *page, const char *program, const char *name, const char *arguments)
{
	AUTOFREE char *usage =
		mem_printf("usage: %s%s%s%s%s", program, *name ? " " : "", name, *arguments ? " " : "", arguments);
	manual_paragraph(page, str_c(usage));
}

void help_print_command(const struct manual *page, const void *what)
{
	const struct cmd *cmd = what;
	const struct flag *rows;
	size_t count = ctl_flags(&rows);

	print_usage(page, "runbookctl", cmd->name, cmd->arguments);
	manual_paragraph(page, str_c(cmd->doc));
	flags_print(cmd->flags, cmd->flag_count, page);
	flags_print(rows, count, page);
	if (cmd->topic)
		help_print_topic(page, help_topic_find(cmd->topic));
}

static void print_commands(const struct manual *page)
{
	const struct cmd *const *commands;
	size_t count = ctl_commands(&commands);

	for (size_t i = 0; i < count; i++)
		manual_entry(page, str_c(commands[i]->name), STR(""), str_c(commands[i]->doc));
}

static void print_topics(const struct manual *page)
{
	const struct topic *topics;
	size_t count = help_topics(&topics);

	for (size_t i = 0; i < count; i++)
		manual_entry(page, str_c(topics[i].name), STR(""), str_c(topics[i].title));
}

void help_print_overview(const struct manual *page, const void *unused)
{
	const struct flag *rows;
	size_t count = ctl_flags(&rows);

	(void)unused;
	print_usage(page, "runbookctl", "[FLAG…] COMMAND", "[ARGUMENT…]");
	flags_print(rows, count, page);
	manual_heading(page, 2, STR("commands (runbookctl help COMMAND says more)"));
	print_commands(page);
	manual_heading(page, 2, STR("topics (runbookctl help TOPIC)"));
	print_topics(page);
}
