/*
 * runbookctl store: planned maintenance of the shared store.
 */
#include <string.h>

#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "ctl/table.h"

/* What the local file and the shared store owe each other, from status. */
static void print_state(const json_t *status)
{
	static const char *const fields[] = {"failovers", "owned_keys", "merged_keys", "put_back_keys"};
	const json_t *failover = json_object_get(status, "failover");

	if (!json_is_object(failover)) {
		printf("one store: nothing fails over\n");
		return;
	}
	table_field("state", json_text(failover, "state"), stdout);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		printf("%-14s %lld\n", fields[i], (long long)json_number(failover, fields[i]));
}

static void print_drained(const json_t *data)
{
	printf("%.*s: %lld incidents in the local file\n", STR_ARG(json_text(data, "state")),
	       (long long)json_number(data, "incidents"));
}

static enum ctl_status call(struct ctl *c, const char *path, struct str body, void (*print)(const json_t *))
{
	json_t *data = remote_call(c, path, body);

	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

static enum ctl_status run_store(struct ctl *c)
{
	const char *verb = c->word_count == 1 ? c->words[0] : c->word_count ? "" : "status";

	if (strcmp(verb, "status") == 0)
		return call(c, "/api/v1/status", (struct str){NULL, 0}, print_state);
	if (strcmp(verb, "drain") == 0)
		return call(c, "/api/v1/store/drain", STR("{}"), print_drained);
	if (strcmp(verb, "resume") == 0)
		return call(c, "/api/v1/store/resume", STR("{}"), print_drained);
	return ctl_bad_words(&cmd_store, c->words[0]);
}

const struct cmd cmd_store = {
	.name = "store",
	.arguments = "[status | drain | resume]",
	.doc = "Planned maintenance of Redis: drain copies what is open into the local file and serves from there, resume "
		   "goes "
		   "back and merges.",
	.words = "status drain resume",
	.run = run_store,
};
