/*
 * runbookctl status: how the daemon stands.
 */
#include "base/time.h"
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "ctl/table.h"

static void print_stores(const json_t *stores)
{
	static const char *const titles[] = {"STORE", "UP", "DURABLE", "SERVING", "WHY", NULL};
	struct table *t = table_new(titles);
	const json_t *s;
	size_t i;

	json_array_foreach(stores, i, s)
	{
		table_add(t, json_text(s, "name"));
		table_add_c(t, json_yes(s, "up") ? "yes" : "no");
		table_add_c(t, json_yes(s, "durable") ? "yes" : "no");
		table_add_c(t, json_yes(s, "serving") ? "yes" : "no");
		table_add(t, json_text(s, "why"));
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_receivers(const json_t *receivers)
{
	static const char *const titles[] = {"RECEIVER", "KIND", "QUEUE", "OLDEST", "DEAD", "BREAKER", NULL};
	struct table *t = table_new(titles);
	char oldest[TIME_DURATION_MAX];
	const json_t *r;
	size_t i;

	json_array_foreach(receivers, i, r)
	{
		table_add(t, json_text(r, "name"));
		table_add(t, json_text(r, "kind"));
		table_printf(t, "%lld", (long long)json_number(r, "queue"));
		table_add_c(t, time_duration_format(json_number(r, "oldest_seconds") * TIME_SECOND, oldest));
		table_printf(t, "%lld", (long long)json_number(r, "dead"));
		table_add(t, json_text(r, "breaker"));
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_heartbeat_state(const json_t *heartbeat)
{
	struct str silent = json_text(heartbeat, "silent_because"), every = json_text(heartbeat, "every");

	if (silent.n)
		printf("%-14s silent: %.*s\n", "heartbeat", STR_ARG(silent));
	else if (every.n)
		printf("%-14s every %.*s, last answered %.*s\n", "heartbeat", STR_ARG(every),
		       STR_ARG(json_text(heartbeat, "last_ok_at").n ? json_text(heartbeat, "last_ok_at") : STR("never")));
}

static void print_unseen(const json_t *labels)
{
	static const char *const titles[] = {"LABEL NO ALERT HAD", "OF RULE", "WHERE", "DID YOU MEAN", NULL};
	struct table *t = table_new(titles);
	const json_t *u;
	size_t i;

	json_array_foreach(labels, i, u)
	{
		table_add(t, json_text(u, "label"));
		table_add(t, json_text(u, "rule"));
		table_printf(t, "%.*s:%lld", STR_ARG(json_text(u, "file")), (long long)json_number(u, "line"));
		table_add(t, json_text(u, "did_you_mean"));
	}
	if (json_array_size(labels)) {
		putchar('\n');
		table_print(t, stdout);
	}
	table_free(t);
}

static void print_status(const json_t *data)
{
	char uptime[TIME_DURATION_MAX];

	time_duration_format(json_number(data, "uptime_seconds") * TIME_SECOND, uptime);
	table_field("version", json_text(data, "version"), stdout);
	table_field("uptime", str_c(uptime), stdout);
	table_field("configuration", json_text(data, "config_hash"), stdout);
	if (str_eq_c(json_text(data, "mode"), "observe"))
		table_field("delivery", STR("observe: everything is decided and counted, nothing is sent"), stdout);
	printf("%-14s %lld\n", "rules", (long long)json_number(data, "rules"));
	printf("%-14s %lld\n", "runbooks", (long long)json_number(data, "runbooks"));
	print_heartbeat_state(json_object_get(data, "heartbeat"));
	putchar('\n');
	print_stores(json_object_get(data, "stores"));
	putchar('\n');
	print_receivers(json_object_get(data, "receivers"));
	print_unseen(json_object_get(data, "unseen_labels"));
}

static enum ctl_status run_status(struct ctl *c)
{
	if (c->word_count) {
		ctl_error("status takes no arguments");
		return CTL_USAGE;
	}
	json_t *data = remote_call(c, "/api/v1/status", (struct str){NULL, 0});
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_status(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_status = {
	.name = "status",
	.arguments = "",
	.doc = "Says how the daemon stands: version, configuration, store, receivers and their queues.",
	.run = run_status,
};
