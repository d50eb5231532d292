/* The "explain" document as a table: each field with its value and where that came from. */
#include "ctl/explain_print.h"

#include <string.h>

#include "base/buf.h"
#include "ctl/json.h"
#include "ctl/table.h"

#define TEXT_MAX 65536

static const char *const fields[] = {
	"runbook",         "severity",   "owner",        "receivers", "escalation", "group_by", "summary",
	"repeat_interval", "page_after", "resolve_hold", "heartbeat", "hours",      "page"};

static void add_explained_value(struct buf *out, const json_t *value)
{
	const json_t *item;
	size_t i;

	if (json_is_boolean(value))
		buf_add_c(out, json_is_true(value) ? "yes" : "no");
	if (json_is_string(value))
		buf_add(out, (struct str){json_string_value(value), json_string_length(value)});
	json_array_foreach(value, i, item)
		buf_printf(out, "%s%s", i ? ", " : "", json_is_string(item) ? json_string_value(item) : "?");
}

/* "rule high-cpu, rules/10-platform.yml:12" */
static void add_from(struct table *t, const json_t *field)
{
	AUTOBUF struct buf text;
	struct str rule = json_text(field, "rule"), file = json_text(field, "file");

	buf_init(&text, TEXT_MAX);
	buf_add(&text, json_text(field, "source"));
	if (rule.n)
		buf_printf(&text, " %.*s", STR_ARG(rule));
	if (file.n)
		buf_printf(&text, ", %.*s:%lld", STR_ARG(file), (long long)json_number(field, "line"));
	table_add(t, buf_str(&text));
}

/* Hardly any alert is one, or has any: a row that says no each time would only be in the way. */
static bool is_unset_extra(const char *name, const json_t *field)
{
	return (strcmp(name, "heartbeat") == 0 || strcmp(name, "hours") == 0) &&
	       json_is_null(json_object_get(field, "value"));
}

/* "active office; mute fair" */
static void add_hours(struct buf *out, const json_t *field)
{
	static const char *const kinds[] = {"active", "mute"};
	const json_t *value = json_object_get(field, "value");
	for (size_t i = 0; i < 2; i++) {
		const json_t *names = json_object_get(value, kinds[i]);
		if (!json_array_size(names))
			continue;
		buf_printf(out, "%s%s ", out->n ? "; " : "", kinds[i]);
		add_explained_value(out, names);
	}
}

/* "p0: at once On-call Engineer; 15m Team Lead": what will happen by itself. */
static void add_steps(struct buf *out, const json_t *field)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(field, "steps"), i, step)
	{
		struct str after = json_text(step, "after"), when = json_text(step, "when");
		if (i && !after.n && !when.n)
			continue;
		buf_printf(out, "%s%.*s ", i ? "; " : ": ", STR_ARG(when.n ? when : i ? after : STR("at once")));
		add_explained_value(out, json_object_get(step, "notify"));
	}
}

/* "chat until 2026-03-07T09:00:00Z": who waits for hours of its own. */
static void print_told_later(const json_t *held)
{
	AUTOBUF struct buf text;
	const json_t *one;
	size_t i;

	buf_init(&text, TEXT_MAX);
	json_array_foreach(held, i, one) buf_printf(&text, "%s%.*s until %.*s", i ? ", " : "",
	                                            STR_ARG(json_text(one, "receiver")), STR_ARG(json_text(one, "until")));
	table_field("told later", buf_str(&text), stdout);
}

static void print_fields(const json_t *plan)
{
	static const char *const titles[] = {"FIELD", "VALUE", "FROM", NULL};
	struct table *t = table_new(titles);

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const json_t *field = json_object_get(plan, fields[i]);
		if (is_unset_extra(fields[i], field))
			continue;
		AUTOBUF struct buf value;
		buf_init(&value, TEXT_MAX);
		add_explained_value(&value, json_object_get(field, "value"));
		if (strcmp(fields[i], "hours") == 0)
			add_hours(&value, field);
		add_steps(&value, field); /* which only the escalation has */
		table_add_c(t, fields[i]);
		table_add(t, buf_str(&value));
		add_from(t, field);
	}
	table_print(t, stdout);
	table_free(t);
	table_field("held until", json_text(json_object_get(plan, "hours"), "held_until"), stdout);
	print_told_later(json_object_get(json_object_get(plan, "receivers"), "held"));
}

static void add_seen(struct table *t, const json_t *miss)
{
	const char *more = json_yes(miss, "cannot_tell") ? " (match limit)" : "";
	const char *kind = json_yes(miss, "annotation") ? "annotation " : "";

	if (json_text(miss, "matcher").n)
		table_printf(t, "%s%.*s=\"%.*s\"%s", kind, STR_ARG(json_text(miss, "label")), STR_ARG(json_text(miss, "value")),
		             more);
	else
		table_printf(t, "would match, behind %.*s", STR_ARG(json_text(miss, "behind")));
}

/* Those that were tried, and (`behind`) those that the end of the search left untried. */
static void print_skipped(const json_t *skipped, bool behind)
{
	static const char *const tried[] = {"NOT MATCHED", "MATCHER", "SAW", "AT", NULL};
	static const char *const untried[] = {"NOT REACHED", "MATCHER", "SEES", "AT", NULL};
	struct table *t = table_new(behind ? untried : tried);
	const json_t *miss;
	size_t i, n = 0;

	json_array_foreach(skipped, i, miss)
	{
		if (json_is_string(json_object_get(miss, "behind")) != behind)
			continue;
		table_add(t, json_text(miss, "rule"));
		table_add(t, json_text(miss, "matcher"));
		add_seen(t, miss);
		table_printf(t, "%.*s:%lld", STR_ARG(json_text(miss, "file")), (long long)json_number(miss, "line"));
		n++;
	}
	if (n) {
		putchar('\n');
		table_print(t, stdout);
	}
	table_free(t);
}

static void print_labels(const json_t *alert)
{
	json_t *labels = json_deep_copy(json_object_get(alert, "labels")), *value;
	AUTOBUF struct buf text;
	const char *name;

	buf_init(&text, TEXT_MAX);
	json_object_foreach(labels, name, value)
		buf_printf(&text, "%s%s=\"%s\"", text.n ? " " : "", name, json_string_value(value));
	table_field("alert", buf_str(&text), stdout);
	json_decref(labels);
}

static void add_label_names(struct buf *text, const char *what, const json_t *names)
{
	if (json_array_size(names)) {
		buf_printf(text, "; %s ", what);
		add_explained_value(text, names);
	}
}

/* "12 replace: instance is \"db-1\"" */
static void add_relabelled(struct buf *text, const json_t *changes)
{
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		struct str action = json_text(change, "action"), label = json_text(change, "label");
		const json_t *to = json_object_get(change, "to");
		buf_printf(text, "; line %" JSON_INTEGER_FORMAT " %.*s: %.*s is ",
		           json_integer_value(json_object_get(change, "line")), STR_ARG(action), STR_ARG(label));
		if (json_is_string(to))
			buf_printf(text, "\"%s\"", json_string_value(to));
		else
			buf_add_c(text, "gone");
	}
}

/* What the source did to the labels that arrived, where it is one of the configuration. */
static void print_source(const json_t *source)
{
	AUTOBUF struct buf text;
	const char *from;
	json_t *to;

	buf_init(&text, TEXT_MAX);
	buf_add(&text, json_text(source, "name"));
	add_label_names(&text, "added", json_object_get(source, "added"));
	add_label_names(&text, "dropped", json_object_get(source, "dropped"));
	json_object_foreach(json_object_get(source, "renamed"), from, to)
		buf_printf(&text, "; %s is %s", from, json_string_value(to));
	add_relabelled(&text, json_object_get(source, "relabelled"));
	if (source)
		table_field("source", buf_str(&text), stdout);
}

static void print_matched(const json_t *rules)
{
	AUTOBUF struct buf text;

	buf_init(&text, TEXT_MAX);
	add_explained_value(&text, rules);
	table_field("matched", text.n ? buf_str(&text) : STR("no rule"), stdout);
}

/* A label's word that the catalog does not know. */
static void print_unknown_severity(const json_t *severity)
{
	AUTOBUF struct buf text;
	struct str word = json_text(severity, "unknown");

	buf_init(&text, TEXT_MAX);
	buf_printf(&text, "the label's \"%.*s\" is not known, taken as %.*s", STR_ARG(word),
	           STR_ARG(json_text(severity, "value")));
	if (word.n)
		table_field("severity", buf_str(&text), stdout);
}

void explain_print(const json_t *document)
{
	const json_t *alert, *skipped;
	size_t i;

	json_array_foreach(json_object_get(document, "alerts"), i, alert)
	{
		if (i)
			putchar('\n');
		const json_t *plan = json_object_get(alert, "fields");
		print_labels(alert);
		print_source(json_object_get(alert, "source"));
		table_field("key", json_text(alert, "key"), stdout);
		table_field("pages", json_yes(alert, "page") ? STR("yes") : STR("no, recorded and counted only"), stdout);
		table_field("rule", json_text(alert, "rule"), stdout);
		print_matched(json_object_get(alert, "matched_rules"));
		print_unknown_severity(json_object_get(plan, "severity"));
		table_field("runbook URL", json_text(json_object_get(plan, "runbook"), "url"), stdout);
		putchar('\n');
		print_fields(plan);
		skipped = json_object_get(alert, "skipped");
		if (skipped) {
			print_skipped(skipped, false);
			print_skipped(skipped, true);
		}
	}
}
