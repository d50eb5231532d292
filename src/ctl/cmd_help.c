/*
 * runbookctl help: what the configuration may say, from the rows that read it.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/cmd.h"
#include "receivers/receiver.h"
#include "service/journal_lines.h"

/* Of names that stand below another ("runbook.url") that other one says what there is. */
static void print_template_name(const char *name)
{
	static char before[64];
	char word[64];

	snprintf(word, sizeof word, "%.*s", (int)strcspn(name, "."), name);
	const char *doc = receiver_template_doc(word);
	if (doc && strcmp(word, before) != 0)
		printf("  %-14s %s\n", word, doc);
	memcpy(before, word, sizeof before);
}

static void print_templates(void)
{
	puts("title, text and dedup_key of receivers and the body of a webhook are Mustache templates with these names:\n");
	for (const char *const *name = receiver_template_names(); *name; name++)
		print_template_name(*name);
	puts("\npipes: {{labels.x | lower}}, upper, kebab, snake, urlencode, json, default:\"x\", truncate:80");
	puts("Values are escaped for where they land: mrkdwn in Slack, Markdown, HTML, JSON in a webhook's body.");
}

static bool is_kind_secret(const struct receiver_kind *kind, const char *name)
{
	for (const char *const *s = kind->secrets; s && *s; s++) {
		if (!strcmp(*s, name))
			return true;
	}
	return false;
}

static void print_receiver_kind(const struct receiver_kind *kind)
{
	printf("%s: %s. Counts as %s. When members join or leave: %s\n\n", kind->name, kind->doc,
	       receiver_use_name(kind->use), kind->update);
	for (size_t i = 0; i < kind->option_count; i++) {
		const struct option *o = &kind->options[i];
		printf("  %-24s %s%s%s%s%s\n", o->name, o->doc, is_kind_secret(kind, o->name) ? " Secret." : "",
		       o->fallback ? " Default: " : "", o->fallback ? o->fallback : "", o->fallback ? "." : "");
	}
	putchar('\n');
}

static void print_receiver_kinds(void)
{
	const struct receiver_kind *const *kinds;
	size_t n = receiver_kinds(&kinds);

	for (size_t i = 0; i < n; i++)
		print_receiver_kind(kinds[i]);
}

static void print_journal_row(const struct journal_row *row)
{
	printf("  %-20s %s%s%s%s\n", row->field, row->doc, *row->events ? " (" : "", row->events, *row->events ? ")" : "");
}

static void print_journal(void)
{
	const struct journal_row *rows;

	puts("The journal is a folder of files YYYY-MM-DD.jsonl (UTC), packed as .jsonl.gz when the day has ended. Each "
	     "line is a "
	     "JSON object; event is one of:\n");
	size_t n = journal_events(&rows);
	for (size_t i = 0; i < n; i++)
		print_journal_row(&rows[i]);
	puts("\nThe other members, and the events that have them:\n");
	n = journal_rows(&rows);
	for (size_t i = 0; i < n; i++)
		print_journal_row(&rows[i]);
}

static enum ctl_status run(struct ctl *c)
{
	const char *topic = c->word_count == 1 ? c->words[0] : "";
	const struct receiver_kind *kind = receiver_kind_find(topic);
	bool known = kind || !strcmp(topic, "templates") || !strcmp(topic, "receivers") || !strcmp(topic, "journal");

	if (!strcmp(topic, "templates"))
		print_templates();
	else if (!strcmp(topic, "journal"))
		print_journal();
	else if (!strcmp(topic, "receivers"))
		print_receiver_kinds();
	else if (kind)
		print_receiver_kind(kind);
	else
		ctl_error("help: usage: runbookctl help %s", cmd_help.arguments);
	return known ? CTL_OK : CTL_USAGE;
}

const struct cmd cmd_help = {
	.name = "help",
	.arguments = "templates | receivers | journal | KIND",
	.doc = "Says what templates may name, what a line of the journal says, and what each kind of receiver (pagerduty, "
		   "slack, …) understands.",
	.run = run,
};
