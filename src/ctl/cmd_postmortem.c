/*
 * runbookctl postmortem: the draft of one, as Markdown.
 */
#include "ctl/cmd.h"
#include "ctl/incident_call.h"
#include "ctl/json.h"

static enum ctl_status run_postmortem(struct ctl *c)
{
	if (c->word_count != 1) {
		ctl_error("usage: runbookctl postmortem KEY");
		return CTL_USAGE;
	}
	AUTOFREE char *path = incident_path(c->words[0], "postmortem");
	json_t *data = remote_call(c, path, (struct str){NULL, 0});
	struct str markdown = json_text(data, "markdown");
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		fwrite(markdown.p, 1, markdown.n, stdout);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_postmortem = {
	.name = "postmortem",
	.arguments = "KEY",
	.doc = "Writes the draft of an incident's post-mortem: the organisation's sections, filled with what is known.",
	.run = run_postmortem,
};
