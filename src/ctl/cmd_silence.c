/*
 * runbookctl silence: a silence in the Alertmanager of an incident's source, with what its alerts share as matchers.
 */
#include "base/time.h"
#include "ctl/cmd.h"
#include "ctl/incident_call.h"
#include "ctl/json.h"

static const struct flag rows[] = {
	{.name = "for", .argument = "DURATION", .doc = "how long: 2h, 1d12h"},
	{.name = "comment", .argument = "TEXT", .doc = "why: stands beside the silence in Alertmanager"},
	{.name = "by", .argument = "NAME", .doc = "who acts (default: you)"},
};

static void print_silence(const json_t *data)
{
	const json_t *silence = json_object_get(data, "silence"), *matcher;
	size_t i;

	printf("silence %.*s until %.*s in %.*s\n", STR_ARG(json_text(silence, "id")), STR_ARG(json_text(silence, "until")),
	       STR_ARG(json_text(silence, "alertmanager")));
	json_array_foreach(json_object_get(silence, "matchers"), i, matcher)
		printf("  %.*s=%.*s\n", STR_ARG(json_text(matcher, "name")), STR_ARG(json_text(matcher, "value")));
}

static enum ctl_status run_silence(struct ctl *c)
{
	const char *lasts = flags_get(c->flags, "for");
	int64_t ms;

	if (c->word_count != 1 || !lasts) {
		ctl_error("usage: runbookctl silence KEY --for=DURATION [--comment=TEXT]");
		return CTL_USAGE;
	}
	if (!time_duration_parse(str_c(lasts), &ms) || ms <= 0) {
		ctl_error("--for: '%s' is no duration such as 2h or 1d12h", lasts);
		return CTL_USAGE;
	}
	json_t *data = incident_post(
		c, c->words[0], "silence",
		json_pack("{s:s, s:s?, s:s?}", "for", lasts, "comment", flags_get(c->flags, "comment"), "by", ctl_actor(c)));
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_silence(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_silence = {
	.name = "silence",
	.arguments = "KEY",
	.doc = "Silences what an incident is about in its source's Alertmanager (sources[].alertmanagers).",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_silence,
};
