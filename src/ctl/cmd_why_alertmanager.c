/*
 * What Alertmanagers know of alerts that never came: they do not fire there either, or are silenced or inhibited, or go to
 * other receivers.
 */
#include <stdlib.h>

#include "cmd_why_impl.h"
#include "ctl/json.h"
#include "ctl/prometheus.h"
#include "ctl/remote.h"

#define ALERTS_TOLD_MAX 20

/* ---- asking ---- */

/* As Alertmanager reads every matcher. */
static void add_filter(const struct matcher *m, struct buf *path)
{
	static const char *const operators[] = {
		[MATCH_EQUAL] = "=", [MATCH_NOT_EQUAL] = "!=", [MATCH_REGEX] = "=~", [MATCH_NOT_REGEX] = "!~"};
	AUTOBUF struct buf filter;

	buf_init(&filter, (size_t)64 * 1024);
	buf_printf(&filter, "%.*s%s\"", STR_ARG(m->name), operators[m->op]);
	for (size_t i = 0; i < m->value.n; i++) {
		char c = m->value.p[i];
		if (c == '"' || c == '\\')
			buf_add_char(&filter, '\\');
		if (c == '\n')
			buf_add_c(&filter, "\\n");
		else
			buf_add_char(&filter, c);
	}
	buf_add_char(&filter, '"');
	remote_query_add(path, "filter", buf_str(&filter));
}

static json_t *receiver_names_json(const json_t *receivers)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(receivers, i, one)
	{
		json_t *name = json_object_get(one, "name");
		if (name)
			json_array_append(out, name);
	}
	return out;
}

static json_t *or_empty(json_t *list)
{
	return json_is_array(list) ? json_incref(list) : json_array();
}

static json_t *alert_of(const json_t *a)
{
	const json_t *status = json_object_get(a, "status");
	json_t *labels = json_object_get(a, "labels"), *starts = json_object_get(a, "startsAt");

	return json_pack("{s:O?, s:O?, s:s#, s:o, s:o, s:o}", "labels", labels, "starts_at", starts, "state",
	                 json_text(status, "state").n ? json_text(status, "state").p : "",
	                 (int)json_text(status, "state").n, "silenced_by", or_empty(json_object_get(status, "silencedBy")),
	                 "inhibited_by", or_empty(json_object_get(status, "inhibitedBy")), "receivers",
	                 receiver_names_json(json_object_get(a, "receivers")));
}

static json_t *alerts_of(const json_t *answer)
{
	json_t *out = json_array();
	const json_t *a;
	size_t i;

	json_array_foreach(answer, i, a) if (json_array_size(out) < ALERTS_TOLD_MAX)
		json_array_append_new(out, alert_of(a));
	return out;
}

static json_t *ask_alertmanager(const struct asking_why *w, struct str url)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf path, answer;

	while (str_ends(url, STR("/")))
		url.n--;
	buf_init(&path, (size_t)64 * 1024);
	buf_init(&answer, PROMETHEUS_ANSWER_MAX);
	buf_add_c(&path, "/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true");
	for (size_t i = 0; i < w->matcher_count; i++)
		add_filter(&w->matchers[i], &path);
	json_t *document = prometheus_ask(url, path.p, &answer, &err)
	                       ? json_loadb(answer.p ? answer.p : "", answer.n, JSON_ALLOW_NUL, NULL)
	                       : NULL;
	if (!json_is_array(document) && !err_any(&err))
		err_add(&err, "%.*s: it answered no list of alerts", STR_ARG(url));
	json_t *out = json_pack("{s:s%, s:o, s:o}", "url", url.p, url.n, "error",
	                        err_any(&err) ? json_string(err_first(&err)) : json_null(), "alerts", alerts_of(document));
	json_decref(document);
	return out;
}

void why_ask_alertmanagers(struct asking_why *w)
{
	const char *const *urls;
	size_t n = flags_all(w->ctl->flags, "alertmanager", &urls);
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, ask_alertmanager(w, str_c(urls[i])));
	for (size_t i = 0; !n && w->config && i < w->config->source_count; i++) {
		const struct strs *known = &w->config->sources[i].alertmanagers;
		for (size_t k = 0; k < known->n; k++)
			json_array_append_new(out, ask_alertmanager(w, known->v[k]));
	}
	json_object_set_new(w->answer, "alertmanagers", out);
}

/* ---- telling ---- */

static void add_json_names(struct buf *out, const char *before, const json_t *names)
{
	const json_t *name;
	size_t i;

	json_array_foreach(names, i, name)
		buf_printf(out, "%s%s", i ? ", " : before, json_string_value(name) ? json_string_value(name) : "?");
}

static void print_alertmanager_alert(const char *url, const json_t *a)
{
	AUTOBUF struct buf out;

	buf_init(&out, (size_t)64 * 1024);
	add_json_names(&out, ", silenced by ", json_object_get(a, "silenced_by"));
	add_json_names(&out, ", inhibited by ", json_object_get(a, "inhibited_by"));
	add_json_names(&out, "; its receivers there: ", json_object_get(a, "receivers"));
	printf("%s has it since %.*s: %.*s%.*s\n", url, STR_ARG(json_text(a, "starts_at")), STR_ARG(json_text(a, "state")),
	       STR_ARG(buf_str(&out)));
}

void why_print_alertmanagers(const json_t *list)
{
	const json_t *am, *a;
	size_t i, k;

	json_array_foreach(list, i, am)
	{
		const char *url = json_string_value(json_object_get(am, "url"));
		const json_t *alerts = json_object_get(am, "alerts");
		struct str error = json_text(am, "error");
		if (error.n)
			printf("an Alertmanager could not be asked: %.*s\n", STR_ARG(error));
		else if (!json_array_size(alerts))
			printf("%s does not have it either: it does not fire there\n", url ? url : "");
		json_array_foreach(alerts, k, a) print_alertmanager_alert(url ? url : "", a);
	}
}
