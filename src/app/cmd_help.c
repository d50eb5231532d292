/*
 * runbookctl help: what the configuration may say, from the rows that read it.
 */
#include <stdio.h>
#include <string.h>

#include "app/cmd.h"
#include "receivers/receiver.h"

static void print_templates(void)
{
	const char *const *names = receiver_template_names();

	puts("title, text and dedup_key of receivers and the body of a webhook are Mustache templates with these names:\n");
	for (; *names; names++)
		if (receiver_template_doc(*names))
			printf("  %-14s %s\n", *names, receiver_template_doc(*names));
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
	printf("%s: %s\n\n", kind->name, kind->doc);
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

static enum ctl_status run(struct ctl *c)
{
	const char *topic = c->word_count == 1 ? c->words[0] : "";
	const struct receiver_kind *kind = receiver_kind_find(topic);

	if (!strcmp(topic, "templates"))
		print_templates();
	else if (!strcmp(topic, "receivers"))
		print_receiver_kinds();
	else if (kind)
		print_receiver_kind(kind);
	else
		ctl_error("help: usage: runbookctl help %s", cmd_help.arguments);
	return kind || !strcmp(topic, "templates") || !strcmp(topic, "receivers") ? CTL_OK : CTL_USAGE;
}

const struct cmd cmd_help = {
	.name = "help",
	.arguments = "templates | receivers | KIND",
	.doc = "Says what templates may name, and what each kind of receiver (pagerduty, slack, …) understands.",
	.run = run,
};
