/*
 * The manual pages: which topics stand in which, around the rows of commands and flags.
 */
#include <string.h>

#include "base/mem.h"
#include "ctl/cmd.h"
#include "ctl/help_commands.h"
#include "help/help.h"

#define TOPICS_MAX 8

static void print_ctl_body(const struct manual *page)
{
	const struct cmd *const *commands;
	const struct flag *rows;
	size_t count = ctl_flags(&rows);

	manual_heading(page, 1, STR("Options"));
	manual_paragraph(page, STR("Every command has these."));
	flags_print(rows, count, page);
	manual_heading(page, 1, STR("Commands"));
	count = ctl_commands(&commands);
	for (size_t i = 0; i < count; i++) {
		AUTOFREE char *usage = mem_printf("`%s %s`", commands[i]->name, commands[i]->arguments);
		manual_heading(page, 2, str_c(commands[i]->name));
		manual_paragraph(page, str_c(usage));
		manual_paragraph(page, str_c(commands[i]->doc));
		flags_print(commands[i]->flags, commands[i]->flag_count, page);
	}
	manual_heading(page, 1, STR("Exit status"));
	manual_paragraph(page, STR("0: fine. 1: no, or it failed. 2: the command line cannot be understood."));
	manual_heading(page, 1, STR("Environment"));
	manual_entry(page, STR("RUNBOOKD_URL"), STR(""), STR("Where the daemon is, instead of `--url`."));
	manual_heading(page, 1, STR("Files"));
	manual_entry(page, STR("~/.config/runbookctl/config.yml"), STR(""), STR("`url:` says where the daemon is."));
}

static void print_daemon_body(const struct manual *page)
{
	const struct flag *rows;
	size_t count = daemon_flags(&rows);

	manual_heading(page, 1, STR("Options"));
	flags_print(rows, count, page);
	manual_heading(page, 1, STR("Files"));
	manual_entry(page, STR("/etc/runbookd/runbookd.yml"), STR(""),
	             STR("The configuration that the systemd unit names; see `man runbookd.yml`."));
}

static const struct man {
	const char *file, *name, *section, *summary, *synopsis, *description;
	void (*body)(const struct manual *page);
	const char *topics[TOPICS_MAX + 1];
} pages[] = {
	{"runbookd.8",
     "runbookd",
     "8",
     "turns Alertmanager's alerts into pages that carry their runbook",
     "runbookd [FLAG…]",
     "runbookd receives Alertmanager's webhook, matches every alert against ordered rules, and pages with the runbook "
     "link, the owner, the severity and the time by which somebody should have responded. Repeats, members of a group "
     "and flaps are folded into one incident, which is kept in SQLite or Redis.",
     print_daemon_body,
     {"operating", "promises", "store", "access", "proxies", "metrics", NULL}},
	{"runbookctl.1",
     "runbookctl",
     "1",
     "checks rules and runbooks, explains decisions, lists incidents",
     "runbookctl [FLAG…] COMMAND [ARGUMENT…]",
     "runbookctl checks and tests what runbookd is configured with, without a daemon, and asks a running one what it "
     "has decided and what is open.",
     print_ctl_body,
     {"lint", "coverage", "journal", NULL}},
	{"runbookd.yml.5",
     "runbookd.yml",
     "5",
     "configuration of runbookd",
     "/etc/runbookd/runbookd.yml",
     "A YAML file; anchors, aliases and merge keys may be used. Paths in it are relative to its folder. `runbookctl "
     "check` says everything that is wrong with it, SIGHUP takes a new one over, and one with a mistake changes "
     "nothing.",
     NULL,
     {"settings", "receivers", "templates", "dedup", "silences", "acknowledge", "heartbeat", NULL}},
	{"runbookd-rules.5",
     "runbookd-rules",
     "5",
     "rule files of runbookd, and their tests",
     "rules/*.yml, rules/*_test.yml",
     "What becomes of an alert: which runbook, severity, owner and receivers it gets. `rule_files` in runbookd.yml "
     "names "
     "the files.",
     NULL,
     {"rules", NULL}},
	{"runbookd-catalog.5",
     "runbookd-catalog",
     "5",
     "runbook folder and catalog.yml of runbookd",
     "catalog.yml, runbooks/**/*.md",
     "Severities, owners, contacts, escalations, schedules and runbooks: what Markdown says of itself, and what a "
     "catalog file adds.",
     NULL,
     {"catalog", "escalation", "stakeholders", "sites", "pages", NULL}},
};
#define PAGES (sizeof pages / sizeof *pages)

/* The others, "runbookctl(1), runbookd.yml(5)". */
static void print_see_also(const struct manual *page, const struct man *own)
{
	AUTOBUF struct buf text;

	buf_init(&text, SIZE_MAX);
	for (size_t i = 0; i < PAGES; i++)
		if (&pages[i] != own)
			buf_printf(&text, "%s**%s**(%s)", text.n ? ", " : "", pages[i].name, pages[i].section);
	manual_heading(page, 1, STR("See also"));
	manual_paragraph(page, buf_str(&text));
}

static void print_man(const struct manual *page, const struct man *m)
{
	AUTOFREE char *name = mem_printf("%s \\- %s\n", m->name, m->summary), *synopsis = mem_printf("`%s`", m->synopsis);

	manual_heading(page, 1, STR("Name"));
	buf_add_c(page->out, name);
	manual_heading(page, 1, STR("Synopsis"));
	manual_paragraph(page, str_c(synopsis));
	manual_heading(page, 1, STR("Description"));
	manual_paragraph(page, str_c(m->description));
	if (m->body)
		m->body(page);
	for (const char *const *topic = m->topics; *topic; topic++)
		help_print_topic(page, help_topic_find(*topic));
	print_see_also(page, m);
}

bool help_print_man(const struct manual *page, const char *file, const char *date, const char *version)
{
	for (size_t i = 0; i < PAGES; i++) {
		if (strcmp(pages[i].file, file) != 0)
			continue;
		manual_title(page, pages[i].name, pages[i].section, date, version);
		print_man(page, &pages[i]);
		return true;
	}
	return false;
}

const char *const *help_man_files(void)
{
	static const char *names[PAGES + 1];

	for (size_t i = 0; i < PAGES; i++)
		names[i] = pages[i].file;
	return names;
}
