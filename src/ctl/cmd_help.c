/*
 * runbookctl help: commands, topics, kinds of receivers and settings, for the terminal or as manual pages.
 */
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "ctl/cmd.h"
#include "ctl/help_commands.h"
#include "help/help.h"
#include "receivers/receiver.h"
#include "version.h"

#define NAMES_MAX 128

static const struct flag rows[] = {
	{.name = "man",
     .argument = "PAGE",
     .doc = "print a manual page's source: runbookd.8, runbookctl.1, runbookd.yml.5, …"},
};

/* ---- what is asked for ---- */

static bool print_word(const struct manual *page, const char *word)
{
	const struct topic *topic = help_topic_find(word);
	const struct cmd *cmd = ctl_command_find(word);
	const struct receiver_kind *kind = receiver_kind_find(word);

	/* "receivers", "lint" and "coverage" are both: the command's flags, then what there is to know */
	if (cmd)
		help_print_command(page, cmd);
	if (topic && !(cmd && cmd->topic && !strcmp(cmd->topic, word)))
		help_print_topic(page, topic);
	if (kind)
		help_print_kind(page, kind);
	return topic || cmd || kind || help_print_settings_of(page, word);
}

static size_t known_words(const char **names)
{
	const struct cmd *const *commands;
	const struct topic *topics;
	const struct receiver_kind *const *kinds;
	size_t n = 0, count = ctl_commands(&commands);

	for (size_t i = 0; i < count && n < NAMES_MAX; i++)
		names[n++] = commands[i]->name;
	count = help_topics(&topics);
	for (size_t i = 0; i < count && n < NAMES_MAX; i++)
		names[n++] = topics[i].name;
	count = receiver_kinds(&kinds);
	for (size_t i = 0; i < count && n < NAMES_MAX; i++)
		names[n++] = kinds[i]->name;
	return n;
}

static enum ctl_status unknown_word(const char *word)
{
	AUTOARENA struct arena *arena = arena_new();
	const char *names[NAMES_MAX];
	const char *near = options_nearest(str_c(word), names, known_words(names));
	const char *meant = near ? arena_printf(arena, "; did you mean \"%s\"?", near) : help_meant_setting(arena, word);

	ctl_error("help: '%s' is no command, topic, kind of receiver or setting%s runbookctl help lists them", word,
	          *meant ? meant : ";");
	return CTL_USAGE;
}

static enum ctl_status unknown_man(const char *file)
{
	AUTOBUF struct buf known;

	buf_init(&known, SIZE_MAX);
	for (const char *const *name = help_man_files(); *name; name++)
		buf_printf(&known, "%s%s", known.n ? ", " : "", *name);
	ctl_error("help: there is no manual page '%s'; there are: %s", file, known.p);
	return CTL_USAGE;
}

static enum ctl_status print_asked_help(struct ctl *c, const struct manual *page)
{
	const char *man = flags_get(c->flags, "man");

	if (man)
		return help_print_man(page, man, RUNBOOKD_DATE, RUNBOOKD_VERSION) ? CTL_OK : unknown_man(man);
	if (!c->word_count)
		help_print_overview(page, NULL);
	/* "help settings dedup" is "help dedup" without the text */
	if (c->word_count == 2 && !strcmp(c->words[0], "settings"))
		return help_print_settings_of(page, c->words[1]) ? CTL_OK : unknown_word(c->words[1]);
	for (size_t i = 0; i < c->word_count; i++)
		if (!print_word(page, c->words[i]))
			return unknown_word(c->words[i]);
	return CTL_OK;
}

static enum ctl_status run_help(struct ctl *c)
{
	AUTOBUF struct buf text;
	const struct manual page = {flags_given(c->flags, "man") ? MANUAL_MAN : MANUAL_TEXT, &text};

	buf_init(&text, SIZE_MAX);
	enum ctl_status status = print_asked_help(c, &page);
	if (status == CTL_OK)
		fputs(text.p, stdout);
	return status;
}

const struct cmd cmd_help = {
	.name = "help",
	.arguments = "[COMMAND | TOPIC | KIND | SETTING]",
	.doc =
		"Says what a command does, what a topic is about, what a kind of receiver (pagerduty, slack, …) or a setting "
		"(dedup.repeat_interval) understands; without a word it lists them.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_help,
};
