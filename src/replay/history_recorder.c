/*
 * Alertmanager's event recorder (0.33 and later, eventrecorder.proto): a notification names the alerts that it told of, which
 * is what a webhook would have said then. One flush of a group is one body, however many integrations were told.
 * Its JSON may have names in camelCase or with underscores, and numbers of 64 bits as texts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "history_impl.h"

static const json_t *camel_or_snake(const json_t *object, const char *camel, const char *snake)
{
	const json_t *value = json_object_get(object, camel);
	return value ? value : json_object_get(object, snake);
}

/* {"labels": [{"key", "value"}]} to {key: value} */
static json_t *plain_set(const json_t *set)
{
	json_t *out = json_object();
	const json_t *pair;
	size_t i;

	json_array_foreach(json_object_get(set, "labels"), i, pair)
	{
		const char *key = json_string_value(json_object_get(pair, "key"));
		json_t *value = json_object_get(pair, "value");
		if (key)
			json_object_set_new(out, key, value ? json_incref(value) : json_string(""));
	}
	return out;
}

/* A number as a text of its decimal digits, or as one. */
static uint64_t number64(const json_t *value)
{
	if (json_is_string(value))
		return strtoull(json_string_value(value), NULL, 10);
	return (uint64_t)json_integer_value(value);
}

static json_t *plain_alert(const json_t *grouped)
{
	const json_t *details = json_object_get(grouped, "details");
	const json_t *a = details ? details : grouped;
	const json_t *starts = camel_or_snake(a, "startsAt", "starts_at"), *ends = camel_or_snake(a, "endsAt", "ends_at");
	bool resolved = json_is_true(json_object_get(a, "resolved"));
	char fingerprint[17];

	if (!json_is_object(json_object_get(a, "labels")))
		return NULL;
	snprintf(fingerprint, sizeof fingerprint, "%016llx",
	         (unsigned long long)number64(json_object_get(a, "fingerprint")));
	json_t *out = json_pack("{s:s, s:o, s:o, s:s}", "status", resolved ? "resolved" : "firing", "labels",
	                        plain_set(json_object_get(a, "labels")), "annotations",
	                        plain_set(json_object_get(a, "annotations")), "fingerprint", fingerprint);
	if (starts)
		json_object_set(out, "startsAt", (json_t *)(uintptr_t)starts);
	if (ends && resolved)
		json_object_set(out, "endsAt", (json_t *)(uintptr_t)ends);
	return out;
}

static json_t *plain_alerts(const json_t *notification)
{
	json_t *alerts = json_array();
	const json_t *grouped;
	size_t i;

	json_array_foreach(json_object_get(notification, "alerts"), i, grouped)
	{
		json_t *a = plain_alert(grouped);
		if (a)
			json_array_append_new(alerts, a);
	}
	return alerts;
}

static json_t *plain_body(const json_t *notification, const json_t *group)
{
	const char *reason = json_string_value(json_object_get(notification, "reason"));
	const json_t *key = camel_or_snake(group, "groupKey", "group_key"),
				 *receiver = camel_or_snake(group, "receiverName", "receiver_name");
	bool ended = reason && !strcmp(reason, "NOTIFY_REASON_ALL_ALERTS_RESOLVED");

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s?}", "version", "4", "groupKey", key ? json_string_value(key) : "",
	                 "receiver", receiver ? json_string_value(receiver) : "", "groupLabels",
	                 plain_set(camel_or_snake(group, "groupLabels", "group_labels")), "alerts",
	                 plain_alerts(notification), "notification_reason", ended ? "all alerts resolved" : NULL);
}

/* True for the first word of a flush: the same is told by each integration of the receiver. */
static bool flush_is_new(struct history_file *f, const json_t *notification, const json_t *group)
{
	const json_t *key = camel_or_snake(group, "groupKey", "group_key"),
				 *receiver = camel_or_snake(group, "receiverName", "receiver_name");
	uint64_t flush = number64(camel_or_snake(notification, "flushId", "flush_id"));
	AUTOFREE char *name =
		mem_printf("%s\n%s", key ? json_string_value(key) : "", receiver ? json_string_value(receiver) : "");
	uint64_t *known = map_get(f->flushes, str_c(name));

	if (known && flush && *known == flush)
		return false;
	if (!known) {
		known = mem_zero(sizeof *known);
		map_set(f->flushes, str_c(name), known);
	}
	*known = flush;
	return true;
}

static int64_t recorded_at(const json_t *document)
{
	const json_t *at = camel_or_snake(document, "@timestamp", "timestamp");
	int64_t ms;

	return json_is_string(at) && time_parse(str_c(json_string_value(at)), &ms) ? ms : 0;
}

/* True for every line of the recorder. Only notifications become bodies: its other events say nothing that a webhook would. */
bool history_recorded(struct history_file *f, const json_t *document)
{
	const json_t *data = json_object_get(document, "data");
	const json_t *notification = json_object_get(data, "notification");
	const json_t *group = camel_or_snake(notification, "groupInfo", "group_info");
	int64_t at = recorded_at(document);

	if (!json_is_object(data) || !at)
		return false;
	if (!notification || !flush_is_new(f, notification, group))
		return true;
	json_t *body = plain_body(notification, group);
	struct history_event *e = body ? history_read_body(f->history->config, body, at) : NULL;
	json_decref(body);
	if (e)
		history_put(f, e);
	return e != NULL;
}
