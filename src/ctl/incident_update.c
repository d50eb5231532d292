/* runbookctl incidents update, open, feedback: what is said and done by hand. */
#include "cmd_incidents_impl.h"

#include "ctl/incident_call.h"
#include "ctl/json.h"
#include "incident/command.h"

static void print_update(const json_t *data)
{
	const json_t *missing = json_object_get(data, "missing"), *receivers = json_object_get(data, "receivers"), *name;
	size_t i;

	printf("%.*s\n", STR_ARG(json_text(data, "title")));
	if (json_text(data, "text").n)
		printf("\n%.*s\n", STR_ARG(json_text(data, "text")));
	json_array_foreach(missing, i, name) fprintf(stderr, "not filled: %s\n", json_string_value(name));
	if (!json_array_size(receivers))
		fprintf(stderr, "no receiver has audience: stakeholders, so nobody is told\n");
	else
		fprintf(stderr, "%s", json_yes(data, "sent") ? "told to" : "would be told to");
	json_array_foreach(receivers, i, name) fprintf(stderr, "%s %s", i ? "," : "", json_string_value(name));
	if (json_array_size(receivers))
		fprintf(stderr, "\n");
}

enum ctl_status incident_update(struct ctl *c, const char *key)
{
	static const char *const texts[] = {"status", "impact", "eta", "done", "next", "cause"};
	const char *const *pairs;
	size_t count = flags_all(c->flags, "set", &pairs);
	json_t *set = json_object(), *object = json_pack("{s:s?}", "by", ctl_actor(c));

	if (!ctl_add_pairs(set, pairs, count)) {
		json_decref(set);
		json_decref(object);
		return CTL_USAGE;
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (flags_get(c->flags, texts[i]))
			json_object_set_new(object, texts[i], json_string(flags_get(c->flags, texts[i])));
	json_object_set_new(object, "set", set);
	json_object_set_new(object, "print", json_boolean(flags_given(c->flags, "print")));
	json_t *data = incident_post(c, key, "update", object);
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_update(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

static void print_opened(const json_t *incident)
{
	struct str held = json_text(incident, "held_until");
	printf("opened %.*s: %.*s\n", STR_ARG(json_text(incident, "key")), STR_ARG(json_text(incident, "summary")));
	if (held.n)
		printf("held until %.*s: nobody is paged before\n", STR_ARG(held));
}

enum ctl_status incident_open(struct ctl *c)
{
	AUTOBUF struct buf body;
	const char *runbook = flags_get(c->flags, "runbook");
	buf_init(&body, INCIDENT_PATH_MAX);
	if (!runbook) {
		ctl_error("incidents open: --runbook=PATH is wanted");
		return CTL_USAGE;
	}
	bool said = ctl_say(json_pack("{s:s, s:s?, s:s?, s:s?, s:s?, s:b}", "runbook", runbook, "severity",
	                              flags_get(c->flags, "severity"), "owner", flags_get(c->flags, "owner"), "summary",
	                              flags_get(c->flags, "summary"), "by", ctl_actor(c), "drill",
	                              (int)flags_given(c->flags, "drill")),
	                    &body);
	json_t *data = said ? remote_call(c, "/api/v1/incidents", buf_str(&body)) : NULL;
	if (!said)
		ctl_error("incidents open: what is said is to be UTF-8 text");
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_opened(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

enum ctl_status incident_feedback_said(struct ctl *c, const char *key)
{
	const char *verdict = flags_get(c->flags, "runbook");
	if (!verdict) {
		ctl_error("incidents feedback: --runbook=helped|outdated|missing is wanted");
		return CTL_USAGE;
	}
	json_t *data = incident_post(
		c, key, "feedback",
		json_pack("{s:s, s:s?, s:s?}", "runbook", verdict, "note", flags_get(c->flags, "note"), "by", ctl_actor(c)));
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		printf("feedback %.*s: %s\n", STR_ARG(json_text(data, "key")), command_verdict(str_c(verdict)));
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}
