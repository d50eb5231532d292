/*
 * runbookctl receivers: who can be told, and whether it works.
 */
#include <string.h>

#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "ctl/table.h"

static const struct flag rows[] = {
	{.name = "severity",
     .argument = "NAME",
     .doc = "test: the severity of the test page (default: the default severity)"},
};

static void print_list(const json_t *data)
{
	static const char *const titles[] = {"RECEIVER", "KIND", "COUNTS AS", "FALLBACK", "RESOLVES", NULL};
	struct table *t = table_new(titles);
	const json_t *r;
	size_t i;

	json_array_foreach(json_object_get(data, "receivers"), i, r)
	{
		table_add(t, json_text(r, "name"));
		table_add(t, json_text(r, "kind"));
		table_add(t, json_text(r, "counts_as"));
		table_add(t, json_text(r, "fallback"));
		table_add_c(t, json_yes(r, "retired") ? "retired" : json_yes(r, "send_resolved") ? "yes" : "no");
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_receiver_test(const json_t *data)
{
	static const char *const titles[] = {"EVENT", "OUTCOME", "TOOK", "ANSWER", NULL};
	struct table *t = table_new(titles);
	const json_t *m;
	size_t i;

	json_array_foreach(json_object_get(data, "messages"), i, m)
	{
		table_add(t, json_text(m, "event"));
		table_add(t, json_text(m, "outcome"));
		table_printf(t, "%lldms", (long long)json_number(m, "took_ms"));
		table_add(t, json_text(m, "answer"));
	}
	table_print(t, stdout);
	table_free(t);
}

/* Nothing to say (send_resolved: false, no such thing at the provider) is no failure. */
static bool all_arrived(const json_t *data)
{
	const json_t *m;
	size_t i;

	json_array_foreach(json_object_get(data, "messages"), i, m)
	{
		struct str outcome = json_text(m, "outcome");
		if (!str_eq_c(outcome, "delivered") && !str_eq_c(outcome, "nothing"))
			return false;
	}
	return true;
}

static enum ctl_status show_answer(struct ctl *c, json_t *data, void (*print)(const json_t *))
{
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print(data);
	enum ctl_status status = data && all_arrived(data) ? CTL_OK : CTL_FAILED;
	json_decref(data);
	return status;
}

static enum ctl_status test(struct ctl *c)
{
	AUTOBUF struct buf path;

	buf_init(&path, 4096);
	buf_add_c(&path, "/api/v1/receivers/");
	remote_segment_add(&path, str_c(c->words[1]));
	buf_add_c(&path, "/test");
	remote_query_add(&path, "severity", str_c(flags_get(c->flags, "severity")));
	return show_answer(c, remote_call(c, path.p, STR("{}")), print_receiver_test);
}

static enum ctl_status run_receivers(struct ctl *c)
{
	const char *verb = c->word_count ? c->words[0] : "list";

	if (strcmp(verb, "list") == 0 && c->word_count <= 1)
		return show_answer(c, remote_call(c, "/api/v1/receivers", (struct str){NULL, 0}), print_list);
	if (strcmp(verb, "test") == 0 && c->word_count == 2)
		return test(c);
	return ctl_bad_words(&cmd_receivers, verb);
}

const struct cmd cmd_receivers = {
	.name = "receivers",
	.arguments = "[list | test NAME]",
	.doc = "Lists the receivers; test sends a marked test page and its resolve and prints the provider's answers.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.words = "list test",
	.run = run_receivers,
};
