/*
 * runbookctl postmortems: what is owed after incidents, by when; marks it as done.
 */
#include <string.h>

#include "ctl/cmd.h"
#include "ctl/incident_call.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "io/loop.h"

static const struct flag rows[] = {
	{.name = "all", .doc = "with what is done"},
	{.name = "task", .argument = "NAME", .doc = "done: this one; by default all that is owed of the incident"},
	{.name = "note", .argument = "TEXT", .doc = "done: where it is to be read"},
	{.name = "episode", .argument = "TIME|all", .doc = "done: after which of several times it fired; when that began"},
	{.name = "by", .argument = "NAME", .doc = "who acts (default: you)"},
};

static void print_postmortem_tasks(const json_t *data)
{
	static const char *const titles[] = {"STATE",   "DUE", "TASK",    "SEVERITY", "OWNER",
	                                     "EPISODE", "KEY", "SUMMARY", NULL};
	struct table *t = table_new(titles);
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(data, "postmortems"), i, row)
	{
		table_add(t, json_text(row, "state"));
		table_add(t, json_text(row, "due"));
		table_add(t, json_text(row, "task"));
		table_add(t, json_text(row, "severity"));
		table_add(t, json_text(row, "owner"));
		table_add(t, json_text(row, "episode"));
		table_add(t, json_text(row, "key"));
		table_add(t, json_text(row, "summary"));
	}
	table_print(t, stdout);
	table_free(t);
	if (json_yes(data, "more"))
		printf("there are more\n");
}

static enum ctl_status list_postmortems(struct ctl *c)
{
	json_t *data = remote_call(c, flags_given(c->flags, "all") ? "/api/v1/postmortems?all=true" : "/api/v1/postmortems",
	                           (struct str){NULL, 0});
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_postmortem_tasks(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

static enum ctl_status mark_task_done(struct ctl *c, const char *key)
{
	json_t *data = incident_post(c, key, "postmortem",
	                             json_pack("{s:s?, s:s?, s:s?, s:s?}", "task", flags_get(c->flags, "task"), "note",
	                                       flags_get(c->flags, "note"), "episode", flags_get(c->flags, "episode"), "by",
	                                       ctl_actor(c)));
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		printf("done: %.*s\n", STR_ARG(json_text(data, "key")));
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

static enum ctl_status run_postmortems(struct ctl *c)
{
	if (!c->word_count)
		return list_postmortems(c);
	if (c->word_count == 2 && strcmp(c->words[0], "done") == 0)
		return mark_task_done(c, c->words[1]);
	ctl_error("usage: runbookctl postmortems [done KEY]");
	return CTL_USAGE;
}

const struct cmd cmd_postmortems = {
	.name = "postmortems",
	.arguments = "[done KEY]",
	.doc =
		"Lists what is owed after incidents (post-mortems, their tasks), the most overdue first, and marks it as done.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_postmortems,
};
