/* Incidents of the API as lists and as one page of text. */
#include "ctl/incident_print.h"

#include "base/buf.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "ctl/terminal.h"
#include "incident/message.h"

#define TEXT_MAX 65536
#define SHORT_KEY 12

/* What is enough to name it: open incidents answer to a prefix. */
static struct str shown_key(const json_t *incident)
{
	struct str key = json_text(incident, "key");
	bool resolved = str_eq_c(json_text(incident, "state"), "resolved");
	return resolved || key.n < SHORT_KEY ? key : str_slice(key, 0, SHORT_KEY);
}

static bool is_observing(const json_t *data)
{
	return str_eq_c(json_text(data, "mode"), "observe");
}

/* Where nothing is sent, whoever waits for something would be told it. */
static struct str knows(const json_t *delivery, bool observing)
{
	if (json_yes(delivery, "dead"))
		return STR("dead");
	return observing && json_text(delivery, "wants").n ? STR("would tell") : json_text(delivery, "told");
}

/* "oncall, chat:dead": who knows that it fires, and who knows something else. */
static void add_told(struct table *t, const json_t *incident, bool observing)
{
	AUTOBUF struct buf text;
	const json_t *d;
	size_t i;

	buf_init(&text, TEXT_MAX);
	json_array_foreach(json_object_get(incident, "deliveries"), i, d)
	{
		struct str told = knows(d, observing);
		if (str_eq_c(told, "nothing"))
			continue;
		buf_printf(&text, "%s%.*s", text.n ? ", " : "", STR_ARG(json_text(d, "receiver")));
		if (!str_eq_c(told, "firing"))
			buf_printf(&text, ":%.*s", STR_ARG(told));
	}
	table_add(t, buf_str(&text));
}

static void add_title(struct table *t, const json_t *incident)
{
	AUTOARENA struct arena *arena = arena_new();
	table_add(t, incident_title(arena, json_text(incident, "alertname"), json_text(incident, "summary")));
}

static void add_incident_row(struct table *t, const json_t *incident, bool observing, int64_t now)
{
	const json_t *members = json_object_get(incident, "members");
	char ago[AGO_MAX];

	table_add(t, shown_key(incident));
	table_add(t, json_text(incident, "state"));
	table_add(t, json_text(incident, "severity"));
	table_add(t, json_text(incident, "owner"));
	table_printf(t, "%lld/%lld", (long long)json_number(members, "firing"), (long long)json_number(members, "total"));
	table_add_c(t, table_ago(json_time(incident, "firing_since"), now, ago));
	add_told(t, incident, observing);
	add_title(t, incident);
}

/* On a terminal that it does not fit, the cursor stands on a line of its own, where it can be taken whole. */
static void print_cursor(struct str cursor)
{
	static const char before[] = "more: --cursor='";
	size_t columns = terminal_columns();
	if (!cursor.n)
		return;
	if (columns && cursor.n + sizeof before > columns)
		printf("more, with --cursor and\n%.*s\n", STR_ARG(cursor));
	else
		printf("%s%.*s'\n", before, STR_ARG(cursor));
}

void incident_print_list(const json_t *data, int64_t now)
{
	static const char *const titles[] = {"KEY",   "STATE", "SEVERITY", "OWNER", "FIRING",
	                                     "SINCE", "TOLD",  "SUMMARY",  NULL};
	struct table *t = table_new(titles);
	const json_t *incident;
	size_t i;

	json_array_foreach(json_object_get(data, "incidents"), i, incident)
		add_incident_row(t, incident, is_observing(data), now);
	table_print(t, stdout);
	table_free(t);
	print_cursor(json_text(data, "cursor"));
}

static void add_dead(struct table *t, const json_t *incident, const json_t *delivery, int64_t now)
{
	char ago[AGO_MAX];

	table_add(t, json_text(incident, "key")); /* whole: some are closed, and a prefix names open ones only */
	table_add(t, json_text(incident, "state"));
	table_add(t, json_text(incident, "severity"));
	table_add(t, json_text(delivery, "receiver"));
	table_add_c(t, table_ago(json_time(incident, "firing_since"), now, ago));
	table_add(t, json_text(delivery, "last_error"));
	add_title(t, incident);
}

void incident_print_dead(const json_t *data, int64_t now)
{
	static const char *const titles[] = {"KEY",   "STATE",      "SEVERITY", "RECEIVER",
	                                     "SINCE", "LAST WORDS", "SUMMARY",  NULL};
	struct table *t = table_new(titles);
	const json_t *incident, *d;
	size_t i, k;

	json_array_foreach(json_object_get(data, "incidents"), i, incident)
	{
		json_array_foreach(json_object_get(incident, "deliveries"), k, d)
		{
			if (json_yes(d, "dead"))
				add_dead(t, incident, d, now);
		}
	}
	table_print(t, stdout);
	table_free(t);
	print_cursor(json_text(data, "cursor"));
}

static void print_time(const char *name, const json_t *object, const char *member, int64_t now)
{
	char ago[AGO_MAX];
	struct str text = json_text(object, member);

	if (text.n)
		table_text("%-14s %.*s (%s)", name, STR_ARG(text), table_ago(json_time(object, member), now, ago));
}

static void print_person(const json_t *incident, int64_t now)
{
	const json_t *ack = json_object_get(incident, "acknowledged");

	print_time("acknowledged", ack, "at", now);
	table_field("  by", json_text(ack, "by"), stdout);
	table_field("  note", json_text(ack, "note"), stdout);
}

static void print_incident_heartbeat(const json_t *heartbeat, int64_t now)
{
	table_field("beats within", json_text(heartbeat, "every"), stdout);
	print_time("last beat", heartbeat, "last_beat_at", now);
	print_time("next beat by", heartbeat, "due_at", now);
}

/* Who was told when, then who is next and when. */
static void print_escalation(const json_t *escalation, int64_t now)
{
	const json_t *next = json_object_get(escalation, "next"), *step, *name;
	char ago[AGO_MAX];
	size_t i;

	table_field("escalation", json_text(escalation, "name"), stdout);
	json_array_foreach(json_object_get(escalation, "steps"), i, step) if (json_time(step, "at"))
		table_text("%-14s %.*s (%s, %s)", "  told", STR_ARG(json_text(step, "told")), json_text(step, "at").p,
	               table_ago(json_time(step, "at"), now, ago));
	if (!json_time(next, "at"))
		return;
	AUTOBUF struct buf text;
	buf_init(&text, SIZE_MAX);
	json_array_foreach(json_object_get(next, "notify"), i, name)
		buf_printf(&text, "%s %s", i ? "," : "", json_string_value(name));
	table_text("%-14s%.*s (%s, %s)", "  next", STR_ARG(buf_str(&text)), json_text(next, "at").p,
	           table_ago(json_time(next, "at"), now, ago));
}

static void print_silenced(const json_t *silenced, int64_t now)
{
	char ago[AGO_MAX];
	struct str by = json_text(silenced, "by");
	int64_t since = json_time(silenced, "since");
	if (since)
		table_text("%-14s %.*s (%s): nobody else is told", "silenced", STR_ARG(by.n ? by : STR("in Alertmanager")),
		           table_ago(since, now, ago));
}

static void print_incident_head(const json_t *incident, int64_t now)
{
	static const char *const names[] = {"key", "state", "severity", "owner", "rule", "summary"};
	const json_t *runbook = json_object_get(incident, "runbook"), *members = json_object_get(incident, "members");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		table_field(names[i], json_text(incident, names[i]), stdout);
	table_field("runbook", json_text(runbook, json_text(runbook, "url").n ? "url" : "path"), stdout);
	table_field("takes", json_text(runbook, "estimated_time"), stdout);
	table_field("approval", json_text(runbook, "approval"), stdout);
	table_field("approved by", json_text(json_object_get(incident, "approved"), "by"), stdout);
	print_escalation(json_object_get(incident, "escalation"), now);
	print_silenced(json_object_get(incident, "silenced"), now);
	table_field("Prometheus", json_text(incident, "generator_url"), stdout);
	printf("%-14s %lld firing of %lld\n", "members", (long long)json_number(members, "firing"),
	       (long long)json_number(members, "total"));
	print_time("since", incident, "firing_since", now);
	print_time("opened", incident, "started_at", now);
	print_time("held until", incident, "held_until", now);
	print_time("last seen", incident, "last_seen_at", now);
	print_time("resolved", incident, "resolved_at", now);
	print_time("respond by", incident, "response_due", now);
	print_time("resolve by", incident, "resolution_due", now);
	print_time("missed", incident, "response_missed_at", now);
	print_time("overdue", incident, "resolution_missed_at", now);
	print_time("reminder", incident, "repeat_due_at", now);
	print_incident_heartbeat(json_object_get(incident, "heartbeat"), now);
	print_person(incident, now);
}

static void print_counts(const json_t *incident)
{
	static const char *const names[] = {"received", "pages", "reminders", "deduplicated", "suppressed", "flaps"};

	AUTOBUF struct buf text;

	buf_init(&text, 1024);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		buf_printf(&text, "%s%s %lld", i ? ", " : "", names[i], (long long)json_number(incident, names[i]));
	table_field("counted", buf_str(&text), stdout);
}

static void print_deliveries(const json_t *deliveries, bool observing, int64_t now)
{
	static const char *const titles[] = {"RECEIVER", "FOR",  "TOLD",  "GENERATION", "ATTEMPTS",
	                                     "NEXT",     "DEAD", "ERROR", NULL};
	struct table *t = table_new(titles);
	char ago[AGO_MAX];
	const json_t *d;
	size_t i;

	json_array_foreach(deliveries, i, d)
	{
		table_add(t, json_text(d, "receiver"));
		if (json_number(d, "turn") > 1)
			table_printf(t, "%.*s (%lld)", STR_ARG(json_text(d, "target")), (long long)json_number(d, "turn"));
		else
			table_add(t, json_text(d, "target"));
		table_add(t, knows(d, observing));
		table_printf(t, "%lld", (long long)json_number(d, "generation"));
		table_printf(t, "%lld", (long long)json_number(d, "attempts"));
		table_add_c(t, table_ago(json_time(d, "next_attempt_at"), now, ago));
		table_add_c(t, json_yes(d, "dead") ? "yes" : "no");
		table_add(t, json_text(d, "last_error"));
	}
	table_print(t, stdout);
	table_free(t);
}

static void add_member_labels(struct table *t, const json_t *member)
{
	json_t *labels = json_deep_copy(json_object_get(member, "labels")), *value;
	AUTOBUF struct buf text;
	const char *name;

	buf_init(&text, TEXT_MAX);
	json_object_foreach(labels, name, value)
		buf_printf(&text, "%s%s=\"%s\"", text.n ? " " : "", name, json_string_value(value));
	table_add(t, buf_str(&text));
	json_decref(labels);
}

static void print_members(const json_t *members, int64_t now)
{
	static const char *const titles[] = {"STATUS", "SINCE", "FINGERPRINT", "LABELS", NULL};
	struct table *t = table_new(titles);
	char ago[AGO_MAX];
	const json_t *m;
	size_t i;

	json_array_foreach(members, i, m)
	{
		table_add(t, json_text(m, "status"));
		table_add_c(t, table_ago(json_time(m, "starts_at"), now, ago));
		table_add(t, json_text(m, "fingerprint"));
		add_member_labels(t, m);
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_timeline(const json_t *timeline, int64_t now)
{
	static const char *const titles[] = {"AT", "", "WHAT", "DETAIL", NULL};
	struct table *t = table_new(titles);
	char ago[AGO_MAX];
	const json_t *e;
	size_t i;

	json_array_foreach(timeline, i, e)
	{
		table_add(t, json_text(e, "at"));
		table_add_c(t, table_ago(json_time(e, "at"), now, ago));
		table_add(t, json_text(e, "what"));
		table_add(t, json_text(e, "detail"));
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_previous(const json_t *previous)
{
	static const char *const titles[] = {"BEFORE: STARTED", "RESOLVED", "ACKNOWLEDGED BY", "NOTE", NULL};
	struct table *t = table_new(titles);
	const json_t *e;
	size_t i;

	json_array_foreach(previous, i, e)
	{
		const json_t *ack = json_object_get(e, "acknowledged");
		table_add(t, json_text(e, "started_at"));
		table_add(t, json_text(e, "resolved_at"));
		table_add(t, json_text(ack, "by"));
		table_add(t, json_text(ack, "note"));
	}
	table_print(t, stdout);
	table_free(t);
}

/* Of earlier episodes too, done or not. */
static void print_owed(const json_t *owed)
{
	static const char *const titles[] = {"OWED", "STATE", "DUE", "SEVERITY", "EPISODE", "DONE BY", "NOTE", NULL};
	struct table *t = table_new(titles);
	const json_t *one;
	size_t i;

	json_array_foreach(owed, i, one)
	{
		const json_t *done = json_object_get(one, "done");
		table_add(t, json_text(one, "name"));
		table_add(t, json_text(one, "state"));
		table_add(t, json_text(one, "due"));
		table_add(t, json_text(one, "severity"));
		table_add(t, json_text(one, "episode"));
		table_add(t, json_text(done, "by"));
		table_add(t, json_text(done, "note"));
	}
	table_print(t, stdout);
	table_free(t);
}

void incident_print_one(const json_t *incident, int64_t now)
{
	print_incident_head(incident, now);
	print_counts(incident);
	putchar('\n');
	print_deliveries(json_object_get(incident, "deliveries"), is_observing(incident), now);
	putchar('\n');
	print_members(json_object_get(incident, "member_list"), now);
	putchar('\n');
	print_timeline(json_object_get(incident, "timeline"), now);
	if (json_array_size(json_object_get(incident, "previous"))) {
		putchar('\n');
		print_previous(json_object_get(incident, "previous"));
	}
	if (json_array_size(json_object_get(incident, "owed"))) {
		putchar('\n');
		print_owed(json_object_get(incident, "owed"));
	}
}
