/*
 * runbookctl postmortem: the draft of one, as Markdown.
 */
#include "ctl/cmd.h"
#include "ctl/incident_call.h"
#include "ctl/json.h"

static const struct flag rows[] = {
	{.name = "episode",
     .argument = "TIME",
     .doc = "of an earlier time it fired: when that began, as `postmortems` says it"},
};

/* The draft to stdout, into a file; what it does not say beside it. */
static void print_draft(const json_t *data)
{
	struct str markdown = json_text(data, "markdown");
	const json_t *name;
	size_t i;

	fwrite(markdown.p, 1, markdown.n, stdout);
	json_array_foreach(json_object_get(data, "missing"), i, name)
		fprintf(stderr, "%s%s", i ? ", " : "left to be filled in: ", json_string_value(name));
	if (i)
		fputc('\n', stderr);
}

static enum ctl_status run_postmortem(struct ctl *c)
{
	if (c->word_count != 1) {
		ctl_error("usage: runbookctl postmortem KEY");
		return CTL_USAGE;
	}
	const char *episode = flags_get(c->flags, "episode");
	AUTOFREE char *draft = incident_path(c->words[0], "postmortem");
	AUTOBUF struct buf path;
	buf_init(&path, INCIDENT_PATH_MAX);
	buf_add_c(&path, draft);
	remote_query_add(&path, "episode", episode ? str_c(episode) : (struct str){NULL, 0});
	AUTOFREE char *whole = buf_take(&path);
	json_t *data = remote_call(c, whole, (struct str){NULL, 0});
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_draft(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_postmortem = {
	.name = "postmortem",
	.arguments = "KEY",
	.doc = "Writes the draft of an incident's post-mortem: the organisation's sections, filled with what is known.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_postmortem,
};
