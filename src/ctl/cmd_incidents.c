/*
 * runbookctl incidents: the dedup state, and what people do to it.
 */
#include <string.h>

#include "cmd_incidents_impl.h"
#include "ctl/cmd.h"
#include "ctl/incident_call.h"
#include "ctl/incident_print.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "io/loop.h"

static const struct flag rows[] = {
	{.name = "state",
     .argument = "STATE",
     .values = "firing acknowledged resolved dead",
     .doc = "firing, acknowledged, resolved or dead (default firing and acknowledged)"},
	{.name = "dead", .doc = "the dead letters, with the provider's last words (as --state=dead)"},
	{.name = "all", .doc = "retry: every dead letter that the filters leave, the gravest first"},
	{.name = "owner", .argument = "NAME", .doc = "of this owner"},
	{.name = "severity", .argument = "NAME", .doc = "of this severity"},
	{.name = "rule", .argument = "NAME", .doc = "of this rule"},
	{.name = "limit", .argument = "N", .fallback = "100", .doc = "at most so many"},
	{.name = "cursor", .argument = "CURSOR", .doc = "go on where a list ended"},
	{.name = "by", .argument = "NAME", .doc = "who acts (default: you)"},
	{.name = "status",
     .argument = "STATUS",
     .values = "investigating identified fixing monitoring resolved",
     .doc = "update: investigating, identified, fixing, monitoring or resolved"},
	{.name = "impact", .argument = "TEXT", .doc = "update: whom it hurts, and how"},
	{.name = "eta", .argument = "TEXT", .doc = "update: when it will be over"},
	{.name = "done", .argument = "TEXT", .doc = "update: what has been done; of the end: how it was resolved"},
	{.name = "next", .argument = "TEXT", .doc = "update: what will be done next"},
	{.name = "cause", .argument = "TEXT", .doc = "update: the root cause"},
	{.name = "set", .argument = "NAME=VALUE", .repeated = true, .doc = "update: a further placeholder of the template"},
	{.name = "runbook",
     .argument = "PATH",
     .doc = "open: a path of the catalog, or a URL; feedback: helped, outdated or missing"},
	{.name = "summary", .argument = "TEXT", .doc = "open: what is wrong"},
	{.name = "drill", .doc = "open: an exercise; every message says DRILL"},
	{.name = "print", .doc = "update: show what would be told, and tell nobody"},
	{.name = "note", .argument = "TEXT", .doc = "why, for whoever reads the incident later"},
};
#define ROWS (sizeof rows / sizeof *rows)

static enum ctl_status print_incident_data(struct ctl *c, json_t *data, void (*table)(const json_t *data, int64_t now))
{
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		table(data, loop_wall_ms());
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

static bool wants_dead(const struct ctl *c)
{
	return flags_get(c->flags, "dead") || str_eq_c(str_c(flags_get(c->flags, "state")), "dead");
}

static void add_filters(struct ctl *c, const char *const *matchers, size_t count, struct buf *path)
{
	static const char *const names[] = {"owner", "severity", "rule"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		remote_query_add(path, names[i], str_c(flags_get(c->flags, names[i])));
	for (size_t i = 0; i < count; i++)
		remote_query_add(path, "matcher", str_c(matchers[i]));
}

static enum ctl_status list_incidents(struct ctl *c, const char *const *matchers, size_t count)
{
	bool dead = wants_dead(c);
	AUTOBUF struct buf path;

	buf_init(&path, INCIDENT_PATH_MAX);
	buf_add_c(&path, "/api/v1/incidents");
	remote_query_add(&path, "state", dead ? STR("dead") : str_c(flags_get(c->flags, "state")));
	remote_query_add(&path, "limit", str_c(flags_get(c->flags, "limit")));
	remote_query_add(&path, "cursor", str_c(flags_get(c->flags, "cursor")));
	add_filters(c, matchers, count, &path);
	return print_incident_data(c, remote_call(c, path.p, (struct str){NULL, 0}),
	                           dead ? incident_print_dead : incident_print_list);
}

static enum ctl_status print_one_incident(struct ctl *c, const char *const *keys, size_t count)
{
	if (count != 1) {
		ctl_error("incidents show takes one KEY");
		return CTL_USAGE;
	}
	AUTOFREE char *path = incident_path(keys[0], NULL);
	return print_incident_data(c, remote_call(c, path, (struct str){NULL, 0}), incident_print_one);
}

/* {"by": …, "note": …} */
static bool say_actor(struct ctl *c, struct buf *body)
{
	return ctl_say(json_pack("{s:s?, s:s?}", "by", ctl_actor(c), "note", flags_get(c->flags, "note")), body);
}

/* What has come of it: its state, or who has approved its runbook. */
static void print_new_states(const json_t *data, const char *verb)
{
	bool approves = !strcmp(verb, "approve");
	const json_t *incident;
	size_t i;

	json_array_foreach(json_object_get(data, "incidents"), i, incident)
	{
		struct str by = json_text(json_object_get(incident, "approved"), "by");
		struct str now = approves ? by : json_text(incident, "state");
		printf("%s %.*s: %s%.*s\n", verb, STR_ARG(json_text(incident, "key")), approves ? "approved by " : "",
		       STR_ARG(now));
	}
}

static enum ctl_status operate_incidents(struct ctl *c, const char *verb, const char *const *keys, size_t count)
{
	AUTOBUF struct buf body;
	json_t *done = json_array();
	size_t failed = 0;

	if (!say_actor(c, &body)) {
		ctl_error("--by and --note are to be UTF-8 text");
		json_decref(done);
		return CTL_USAGE;
	}
	for (size_t i = 0; i < count; i++) {
		AUTOFREE char *path = incident_path(keys[i], verb);
		json_t *data = remote_call(c, path, buf_str(&body));
		failed += !data;
		if (data)
			json_array_append_new(done, data);
	}
	json_t *document = json_pack("{s:o}", "incidents", done);
	if (c->json)
		ctl_print_json(document);
	else
		print_new_states(document, verb);
	json_decref(document);
	return failed ? CTL_FAILED : CTL_OK;
}

static enum ctl_status retry_all(struct ctl *c, const char *const *matchers, size_t count)
{
	AUTOBUF struct buf body, path;

	buf_init(&path, INCIDENT_PATH_MAX);
	buf_add_c(&path, "/api/v1/incidents/retry");
	add_filters(c, matchers, count, &path);
	if (!say_actor(c, &body)) {
		ctl_error("--by and --note are to be UTF-8 text");
		return CTL_USAGE;
	}
	json_t *data = remote_call(c, path.p, buf_str(&body));
	bool ok = data && !json_number(data, "failed");
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		printf("retried %lld, failed %lld%s\n", (long long)json_number(data, "retried"),
		       (long long)json_number(data, "failed"), json_yes(data, "more") ? "; there are more: say it again" : "");
	json_decref(data);
	return ok ? CTL_OK : CTL_FAILED;
}

static bool is_matcher(const char *word)
{
	return strpbrk(word, "=~{") != NULL;
}

static enum ctl_status run_incidents(struct ctl *c)
{
	static const char *const verbs[] = {"ack", "unack", "resolve", "retry", "approve"};
	const char *verb = c->word_count ? c->words[0] : "list";
	const char *const *rest = c->words + (c->word_count ? 1 : 0);
	size_t count = c->word_count ? c->word_count - 1 : 0;

	if (is_matcher(verb))
		return list_incidents(c, c->words, c->word_count);
	if (strcmp(verb, "list") == 0)
		return list_incidents(c, rest, count);
	if (strcmp(verb, "show") == 0)
		return print_one_incident(c, rest, count);
	if (strcmp(verb, "retry") == 0 && flags_get(c->flags, "all"))
		return retry_all(c, rest, count);
	if (strcmp(verb, "open") == 0 && !count)
		return incident_open(c);
	if (strcmp(verb, "feedback") == 0 && count == 1)
		return incident_feedback_said(c, rest[0]);
	if (strcmp(verb, "update") == 0 && count == 1)
		return incident_update(c, rest[0]);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verb, verbs[i]) == 0 && count)
			return operate_incidents(c, verb, rest, count);
	return ctl_bad_words(&cmd_incidents, verb);
}

const struct cmd cmd_incidents = {
	.name = "incidents",
	.arguments =
		"[list [MATCHER…] | show KEY | ack KEY… | unack KEY… | resolve KEY… | retry KEY… | retry --all [MATCHER…] | "
		"approve KEY… | update KEY | open | feedback KEY]",
	.doc = "Shows the dedup state and acts on it; a KEY may be shortened to its first digits while it is open.",
	.flags = rows,
	.flag_count = ROWS,
	.words = "list show ack unack resolve retry approve update open feedback",
	.run = run_incidents,
};
