#include "alert/webhook.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

/* Longer than any fingerprint a sender computes (Alertmanager: 16); what is longer is not an identity to store. */
#define FINGERPRINT_SENT_MAX 128

struct parse {
	struct arena *arena;
	const struct labels *source_labels;
	const char *status; /* the body's, for alerts without one */
	struct err *err;
	size_t index; /* of the alert at hand, for messages */
};

static void json_cleanup(json_t **j)
{
	json_decref(*j);
}

/* jansson's own limit on nesting is 2048; counting brackets outside strings first is cheap beside parsing. */
static bool too_deep(struct str body)
{
	size_t depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];
		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > WEBHOOK_DEPTH_MAX)
				return true;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static json_t *load(struct str body, struct err *err)
{
	if (too_deep(body)) {
		err_add(err, "body is nested deeper than %d", WEBHOOK_DEPTH_MAX);
		return NULL;
	}
	json_error_t e;
	json_t *root = json_loadb(body.n ? body.p : "", body.n, JSON_ALLOW_NUL, &e);
	/* Seen in the wild: a groupKey that is an integer beyond 64 bits. */
	if (!root && json_error_code(&e) == json_error_numeric_overflow)
		root = json_loadb(body.p, body.n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &e);
	if (!root) {
		for (char *c = e.text; *c; c++) /* jansson quotes the input; the message is to stay one line */
			*c = (unsigned char)*c < ' ' ? ' ' : *c;
		err_add(err, "body is not JSON: %.100s (line %d, column %d)", e.text, e.line, e.column);
	}
	return root;
}

static struct str text_view(const json_t *v)
{
	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){0};
}

static struct str copied(struct parse *p, const json_t *v)
{
	struct str s = text_view(v);
	return s.n ? arena_str(p->arena, s) : (struct str){"", 0};
}

/* The shortest decimal that reads back as the same number. */
static struct str real_text(struct parse *p, double d)
{
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	return arena_str(p->arena, str_c(text));
}

/* A label or annotation value: text, or the JSON text of a number or boolean. */
static bool scalar_text(struct parse *p, const json_t *v, struct str *out)
{
	if (json_is_string(v))
		*out = copied(p, v);
	else if (json_is_integer(v))
		*out = str_c(arena_printf(p->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(v)));
	else if (json_is_real(v))
		*out = real_text(p, json_real_value(v));
	else if (json_is_boolean(v))
		*out = str_c(json_is_true(v) ? "true" : "false");
	else
		return false;
	return true;
}

/* `out` is sorted. A null value counts as absent. False when `map` is no mapping of scalars. */
static bool read_labels(struct parse *p, json_t *map, struct labels *out)
{
	*out = (struct labels){NULL, 0};
	if (!map || json_is_null(map))
		return true;
	if (!json_is_object(map))
		return false;
	out->v = arena_alloc(p->arena, json_object_size(map) * sizeof *out->v);
	const char *key;
	json_t *value;
	json_object_foreach(map, key, value)
	{
		if (json_is_null(value))
			continue;
		struct label *l = &out->v[out->n];
		if (!scalar_text(p, value, &l->value))
			return false;
		l->name = arena_str(p->arena, str_c(key));
		out->n++;
	}
	labels_sort(out);
	return true;
}

static size_t labels_bytes(const struct labels *l)
{
	size_t sum = 0;
	for (size_t i = 0; i < l->n; i++)
		sum += l->v[i].name.n + l->v[i].value.n;
	return sum;
}

static const struct str cut_mark = {"…[cut]", sizeof "…[cut]" - 1};

/* `s` cut to at most `most` bytes including the mark, at a UTF-8 boundary. */
static struct str cut_value(struct arena *arena, struct str s, size_t most)
{
	size_t keep = most > cut_mark.n ? most - cut_mark.n : 0;
	while (keep > 0 && ((unsigned char)s.p[keep] & 0xc0) == 0x80)
		keep--;
	char *out = arena_alloc(arena, keep + cut_mark.n);
	memcpy(out, s.p, keep);
	memcpy(out + keep, cut_mark.p, cut_mark.n);
	return (struct str){out, keep + cut_mark.n};
}

static size_t bytes_if_capped(const struct labels *l, size_t cap)
{
	size_t sum = 0;
	for (size_t i = 0; i < l->n; i++)
		sum += l->v[i].name.n + (l->v[i].value.n < cap ? l->v[i].value.n : cap);
	return sum;
}

/*
 * The longest values are cut, so that a huge description does not cost the alert its runbook link. Where the names
 * alone are too much, the last annotations go.
 */
static void limit_annotations(struct arena *arena, struct labels *a)
{
	if (labels_bytes(a) <= WEBHOOK_ANNOTATIONS_MAX)
		return;
	while (bytes_if_capped(a, cut_mark.n) > WEBHOOK_ANNOTATIONS_MAX)
		a->n--;
	size_t low = cut_mark.n, high = WEBHOOK_ANNOTATIONS_MAX;
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		if (bytes_if_capped(a, middle) <= WEBHOOK_ANNOTATIONS_MAX)
			low = middle;
		else
			high = middle - 1;
	}
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].value.n > low)
			a->v[i].value = cut_value(arena, a->v[i].value, low);
}

static bool fail(struct parse *p, const char *what)
{
	err_add(p->err, "alert %zu: %s", p->index, what);
	return false;
}

static bool read_status(struct parse *p, const json_t *v, bool *resolved)
{
	const char *status = json_string_length(v) ? json_string_value(v) : p->status;
	if (!json_is_string(v) && v && !json_is_null(v))
		return fail(p, "status is no text");
	if (status && strcmp(status, "firing") != 0 && strcmp(status, "resolved") != 0)
		return fail(p, "unknown status (firing or resolved)");
	*resolved = status && strcmp(status, "resolved") == 0;
	return true;
}

static bool read_time(struct parse *p, const json_t *alert, const char *key, int64_t *out)
{
	const json_t *v = json_object_get(alert, key);
	*out = 0;
	if (!v || json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0))
		return true;
	if (json_is_string(v) && time_parse(text_view(v), out))
		return true;
	err_add(p->err, "alert %zu: %s is no time", p->index, key);
	return false;
}

static struct str read_fingerprint(struct parse *p, const json_t *v, const struct labels *labels)
{
	struct str sent = {0};
	if (json_is_integer(v) || json_is_string(v))
		scalar_text(p, v, &sent);
	if (sent.n > 0 && sent.n <= FINGERPRINT_SENT_MAX)
		return sent;
	char own[ALERT_FINGERPRINT_MAX];
	return arena_str(p->arena, str_c(labels_fingerprint(labels, own)));
}

static bool read_alert_labels(struct parse *p, const json_t *json, struct alert *out)
{
	if (!read_labels(p, json_object_get(json, "labels"), &out->labels))
		return fail(p, "labels are no mapping of names to text");
	if (!read_labels(p, json_object_get(json, "annotations"), &out->annotations))
		return fail(p, "annotations are no mapping of names to text");
	if (labels_bytes(&out->labels) > WEBHOOK_LABELS_MAX) {
		err_add(p->err, "alert %zu: labels are larger than %d bytes", p->index, WEBHOOK_LABELS_MAX);
		return false;
	}
	limit_annotations(p->arena, &out->annotations);
	if (p->source_labels)
		out->labels = labels_merge(p->arena, &out->labels, p->source_labels);
	return true;
}

static bool read_alert(struct parse *p, const json_t *json, struct alert *out)
{
	if (!json_is_object(json))
		return fail(p, "is no object");
	if (!read_status(p, json_object_get(json, "status"), &out->resolved) || !read_alert_labels(p, json, out) ||
	    !read_time(p, json, "startsAt", &out->starts_at) || !read_time(p, json, "endsAt", &out->ends_at))
		return false;
	if (!out->resolved)
		out->ends_at = 0; /* Prometheus announces a future end while firing */
	out->fingerprint = read_fingerprint(p, json_object_get(json, "fingerprint"), &out->labels);
	out->generator_url = copied(p, json_object_get(json, "generatorURL"));
	return true;
}

static bool read_alerts(struct parse *p, const json_t *list, struct webhook *out)
{
	if (!json_is_array(list)) {
		err_add(p->err, "body has no list of alerts");
		return false;
	}
	size_t n = json_array_size(list);
	if (n > WEBHOOK_ALERTS_MAX) {
		err_add(p->err, "more than %d alerts in one body", WEBHOOK_ALERTS_MAX);
		return false;
	}
	out->alerts = arena_alloc(p->arena, n * sizeof *out->alerts);
	for (p->index = 0; p->index < n; p->index++)
		if (!read_alert(p, json_array_get(list, p->index), &out->alerts[p->index]))
			return false;
	out->count = n;
	return true;
}

static bool read_group_labels(struct parse *p, json_t *map, struct labels *out)
{
	if (!read_labels(p, map, out) || labels_bytes(out) > WEBHOOK_LABELS_MAX) {
		err_add(p->err, "groupLabels are no mapping of names to text, or too large");
		return false;
	}
	if (p->source_labels)
		*out = labels_merge(p->arena, out, p->source_labels);
	return true;
}

static int64_t read_truncated(const json_t *v)
{
	double n = json_number_value(v);
	return n >= 1 && n < 9e15 ? (int64_t)n : 0;
}

bool webhook_parse(struct arena *arena, struct str body, const struct labels *source_labels, struct webhook *out,
                   struct err *err)
{
	__attribute__((cleanup(json_cleanup))) json_t *root = load(body, err);
	if (!root)
		return false;
	if (!json_is_object(root)) {
		err_add(err, "body is no object");
		return false;
	}
	const json_t *status = json_object_get(root, "status");
	struct parse p = {arena, source_labels, json_string_length(status) ? json_string_value(status) : NULL, err, 0};
	struct webhook w = {0};
	if (!read_alerts(&p, json_object_get(root, "alerts"), &w) ||
	    !read_group_labels(&p, json_object_get(root, "groupLabels"), &w.group_labels))
		return false;
	w.receiver = copied(&p, json_object_get(root, "receiver"));
	w.external_url = copied(&p, json_object_get(root, "externalURL"));
	w.truncated = read_truncated(json_object_get(root, "truncatedAlerts"));
	*out = w;
	return true;
}
