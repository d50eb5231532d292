/*
 * A webhook body from its first byte to the alerts in it, in slices: which value belongs where. Then, alert by alert, what
 * the whole body says of each: its status, the labels of its group and of its source.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "webhook_impl.h"

/* What giving an alert its body's labels takes, in bytes read. */
#define BYTES_AN_ALERT 256

enum place { AT_BODY, IN_BODY, IN_ALERTS, IN_ALERT, IN_SET };

struct webhook_parser {
	struct arena *arena;
	struct json_reader reader;
	const struct source_labels *source;
	struct label_ranks ranks;
	struct webhook out; /* its alerts: `room` of them, on the heap until all are read */
	size_t room;
	struct unfinished *unfinished; /* by alert */
	bool has_alerts, read;
	size_t finished; /* alerts that know what the body says of them */
	const char *refused;

	enum place place;
	struct json_token name; /* of the member at hand */
	size_t field;           /* its row, FIELDS: none */
	/* An object or list that is taken as one value. */
	size_t nested, nested_at, nested_replaced;
	enum token_kind nested_kind;

	struct label_set *set; /* IN_SET; then back to: */
	struct str set_text;   /* all of it, where sets are known again */
	enum place behind_set;
	struct label_set group;
	struct reading reading;
	struct json_token status, receiver, version, group_key, external_url, notification_reason, truncated;
};

/* Members that are looked at. `value` is where one is kept; 0: it is a set, or the list of alerts. */
enum { ALERTS, GROUP_LABELS, LABELS, ANNOTATIONS };
#define IN(place, name, member)                                                                                        \
	{                                                                                                                  \
		place, STR_INIT(name), offsetof(struct webhook_parser, member)                                                 \
	}
static const struct {
	enum place place;
	struct str name;
	size_t value;
} fields[] = {
	[ALERTS] = {IN_BODY, STR_INIT("alerts"), 0},
	[GROUP_LABELS] = {IN_BODY, STR_INIT("groupLabels"), 0},
	[LABELS] = {IN_ALERT, STR_INIT("labels"), 0},
	[ANNOTATIONS] = {IN_ALERT, STR_INIT("annotations"), 0},
	IN(IN_BODY, "status", status),
	IN(IN_BODY, "receiver", receiver),
	IN(IN_BODY, "version", version),
	IN(IN_BODY, "groupKey", group_key),
	IN(IN_BODY, "externalURL", external_url),
	IN(IN_BODY, "notification_reason", notification_reason),
	IN(IN_BODY, "truncatedAlerts", truncated),
	IN(IN_ALERT, "status", reading.status),
	IN(IN_ALERT, "startsAt", reading.starts_at),
	IN(IN_ALERT, "endsAt", reading.ends_at),
	IN(IN_ALERT, "fingerprint", reading.fingerprint),
	IN(IN_ALERT, "generatorURL", reading.generator_url),
};
#define FIELDS (sizeof fields / sizeof *fields)
#define NAME_LONGEST 64 /* longer than any of them */

struct webhook_parser *webhook_parser_new(struct arena *arena, struct str body, const struct source_labels *source,
                                          const struct map *named)
{
	struct webhook_parser *p = mem_zero(sizeof *p);
	p->arena = p->reading.arena = arena;
	p->source = source;
	p->ranks = (struct label_ranks){source, named};
	p->group.ranks = p->reading.labels.ranks = p->reading.annotations.ranks = &p->ranks;
	json_reader_init(&p->reader, arena, body);
	label_set_begin(&p->group);
	return p;
}

void webhook_parser_free(struct webhook_parser *p)
{
	if (!p)
		return;
	label_set_release(&p->group);
	label_set_release(&p->reading.labels);
	label_set_release(&p->reading.annotations);
	free(p->out.alerts);
	free(p->unfinished);
	free(p);
}

/* ---- values ---- */

static struct label_set *set_of(struct webhook_parser *p, size_t field)
{
	switch (field) {
	case GROUP_LABELS: return &p->group;
	case LABELS: return &p->reading.labels;
	case ANNOTATIONS: return &p->reading.annotations;
	default: return NULL;
	}
}

static void end_alert(struct webhook_parser *p)
{
	size_t n = p->out.count;
	if (n == p->room) {
		p->room = p->room ? 2 * p->room : 8;
		p->out.alerts = mem_grow_array(p->out.alerts, p->room, sizeof *p->out.alerts);
		p->unfinished = mem_grow_array(p->unfinished, p->room, sizeof *p->unfinished);
	}
	p->unfinished[n] = reading_end(&p->reading, &p->out.alerts[n]);
	p->out.count++;
}

static bool full(const struct webhook_parser *p)
{
	return p->out.count == WEBHOOK_ALERTS_MAX;
}

static void take_odd_alert(struct webhook_parser *p, const struct json_token *value)
{
	if (full(p)) {
		p->out.truncated++;
		return;
	}
	reading_begin(&p->reading);
	p->reading.whole = *value;
	end_alert(p);
}

static void take_member(struct webhook_parser *p, const struct json_token *value)
{
	struct label_set *set = set_of(p, p->field);
	if (p->field == FIELDS)
		return;
	if (p->field == ALERTS)
		p->has_alerts = false;
	else if (!set)
		*(struct json_token *)(void *)((char *)p + fields[p->field].value) = *value;
	else if (value->kind == TOKEN_NULL)
		label_set_begin(set);
	else
		label_set_none(set, value);
}

static void take_webhook_value(struct webhook_parser *p, const struct json_token *value)
{
	switch (p->place) {
	case AT_BODY:
		p->refused =
			value->kind == TOKEN_LIST
				? "body is a list, as Prometheus posts to Alertmanager; Alertmanager's webhook_configs post here"
				: "body is no object";
		break;
	case IN_BODY:
	case IN_ALERT: take_member(p, value); break;
	case IN_ALERTS: take_odd_alert(p, value); break;
	case IN_SET: label_set_add(p->set, p->arena, &p->name, value); break;
	}
}

/* ---- objects and lists ---- */

/* A set that is written as one before is passed over: what was sound then is sound again. */
static void take_known(struct webhook_parser *p)
{
	struct json_reader before = p->reader;
	struct label_set *set = set_of(p, p->field);
	struct str raw;

	if (p->place != IN_ALERT || !set || !p->reading.known || !json_pass_over(&p->reader, &raw))
		return;
	label_set_begin(set);
	set->known = known_sets_find(p->reading.known, raw);
	if (!set->known)
		p->reader = before;
	p->set_text = raw;
}

static void take_webhook_name(struct webhook_parser *p, const struct json_token *name)
{
	p->name = *name;
	if (p->place == IN_SET)
		return;
	struct str text = json_token_text(p->arena, name, NAME_LONGEST);
	for (p->field = 0; p->field < FIELDS; p->field++)
		if (fields[p->field].place == p->place && str_eq(fields[p->field].name, text))
			break;
	p->set_text = (struct str){0};
	take_known(p);
}

static void begin_alerts(struct webhook_parser *p)
{
	p->place = IN_ALERTS;
	p->has_alerts = true;
	p->out.count = 0; /* of a repeated name the last one stays */
	p->out.truncated = 0;
}

static bool enter_set(struct webhook_parser *p)
{
	struct label_set *set = set_of(p, p->field);
	if (!set)
		return false;
	label_set_begin(set);
	set->text = p->set_text;
	p->set = set;
	p->behind_set = p->place;
	p->place = IN_SET;
	return true;
}

/* False: what begins here is one value, whatever is in it. */
static bool enter_nested(struct webhook_parser *p, enum token_kind kind)
{
	switch (p->place) {
	case AT_BODY:
		if (kind == TOKEN_OBJECT)
			p->place = IN_BODY;
		return kind == TOKEN_OBJECT;
	case IN_ALERTS:
		if (kind != TOKEN_OBJECT || full(p))
			return false;
		p->place = IN_ALERT;
		reading_begin(&p->reading);
		return true;
	case IN_BODY:
	case IN_ALERT:
		if (p->field == ALERTS && kind == TOKEN_LIST) {
			begin_alerts(p);
			return true;
		}
		return kind == TOKEN_OBJECT && enter_set(p);
	case IN_SET: break;
	}
	return false;
}

static void leave_nested(struct webhook_parser *p)
{
	switch (p->place) {
	case IN_SET: p->place = p->behind_set; break;
	case IN_ALERT:
		end_alert(p);
		p->place = IN_ALERTS;
		break;
	case IN_ALERTS: p->place = IN_BODY; break;
	case IN_BODY:
	case AT_BODY: break;
	}
}

static void begin_kept_value(struct webhook_parser *p, enum token_kind kind)
{
	p->nested = 1;
	p->nested_kind = kind;
	p->nested_at = p->reader.at - 1;
	p->nested_replaced = 0;
}

static void take_kept_token(struct webhook_parser *p, const struct json_token *t)
{
	p->nested += t->kind == TOKEN_OBJECT || t->kind == TOKEN_LIST;
	p->nested -= t->kind == TOKEN_END;
	p->nested_replaced += t->replaced;
	if (p->nested)
		return;
	struct json_token value = {.kind = p->nested_kind,
	                           .raw = str_slice(p->reader.text, p->nested_at, p->reader.at),
	                           .plain = !p->nested_replaced,
	                           .replaced = p->nested_replaced};
	take_webhook_value(p, &value);
}

static void take_webhook_token(struct webhook_parser *p, const struct json_token *t)
{
	if (p->nested) {
		take_kept_token(p, t);
		return;
	}
	switch (t->kind) {
	case TOKEN_NAME: take_webhook_name(p, t); break;
	case TOKEN_END: leave_nested(p); break;
	case TOKEN_OBJECT:
	case TOKEN_LIST:
		if (!enter_nested(p, t->kind))
			begin_kept_value(p, t->kind);
		break;
	case TOKEN_MORE:
	case TOKEN_BROKEN:
	case TOKEN_FINISHED: break;
	case TOKEN_STRING:
	case TOKEN_NUMBER:
	case TOKEN_TRUE:
	case TOKEN_FALSE:
	case TOKEN_NULL: take_webhook_value(p, t); break;
	}
}

/* ---- the whole body ---- */

static struct str webhook_text(struct webhook_parser *p, const struct json_token *t)
{
	bool text = t->kind == TOKEN_STRING || t->kind == TOKEN_NUMBER;
	return text ? json_token_text(p->arena, t, SIZE_MAX) : (struct str){"", 0};
}

static void take_group_labels(struct webhook_parser *p)
{
	struct webhook *w = &p->out;
	bool cut = p->group.large;
	w->group_labels = labels_limited(p->arena, label_set_sorted(&p->group), WEBHOOK_LABELS_MAX, &p->ranks, &cut);
	if (p->group.odd.n)
		w->group_flaw = ALERT_ODD_LABELS;
	else if (cut)
		w->group_flaw = ALERT_LARGE_LABELS;
	w->group_labels = source_group_labels_of(p->source, p->arena, &w->group_labels);
}

static void take_body_members(struct webhook_parser *p)
{
	struct webhook *w = &p->out;
	int64_t truncated = 0;
	w->receiver = webhook_text(p, &p->receiver);
	w->external_url = webhook_text(p, &p->external_url);
	w->group_key = webhook_text(p, &p->group_key);
	w->version = webhook_text(p, &p->version);
	w->notification_reason = webhook_text(p, &p->notification_reason);
	if (p->truncated.kind == TOKEN_NUMBER && str_to_i64(p->truncated.raw, &truncated) && truncated > 0)
		w->truncated = truncated < INT64_MAX - w->truncated ? w->truncated + truncated : INT64_MAX;
	take_group_labels(p);
	p->read = true;
}

static void finish_alert(struct webhook_parser *p, struct alert *alert, struct unfinished lacks)
{
	bool unlabelled = alert->flaw == ALERT_NO_OBJECT || alert->flaw == ALERT_ODD_LABELS;
	if (lacks.status)
		alert_set_status(p->arena, alert, &p->status);
	if (unlabelled && !alert->labels.n)
		alert->labels = p->out.group_labels;
	else
		alert_take_source(p->arena, p->source, alert, lacks.identity);
}

/* False: not all of them yet. */
static bool finish_alerts(struct webhook_parser *p, size_t bytes)
{
	struct webhook *w = &p->out;
	size_t last = p->finished + bytes / BYTES_AN_ALERT + 1;
	for (; p->finished < w->count && p->finished < last; p->finished++)
		finish_alert(p, &w->alerts[p->finished], p->unfinished[p->finished]);
	return p->finished == w->count;
}

static void hand_over(struct webhook_parser *p, struct webhook *out)
{
	size_t size = p->out.count * sizeof *out->alerts;
	*out = p->out;
	out->alerts = arena_alloc(p->arena, size);
	if (size)
		memcpy(out->alerts, p->out.alerts, size);
}

static enum webhook_step refuse_broken_json(struct webhook_parser *p, struct err *err)
{
	size_t line, column;
	json_reader_where(&p->reader, &line, &column);
	err_add(err, "body is not JSON: %s (line %zu, column %zu)", p->reader.error, line, column);
	return WEBHOOK_REFUSED;
}

/* Up to the end of the text, or to `stop`. */
static enum webhook_step read_webhook_body(struct webhook_parser *p, size_t stop, struct err *err)
{
	struct json_token t;
	for (;;) {
		switch (json_next(&p->reader, stop, &t)) {
		case TOKEN_MORE: return WEBHOOK_MORE;
		case TOKEN_BROKEN: return refuse_broken_json(p, err);
		case TOKEN_FINISHED: return WEBHOOK_TAKEN;
		case TOKEN_OBJECT:
		case TOKEN_LIST:
		case TOKEN_END:
		case TOKEN_NAME:
		case TOKEN_STRING:
		case TOKEN_NUMBER:
		case TOKEN_TRUE:
		case TOKEN_FALSE:
		case TOKEN_NULL: take_webhook_token(p, &t);
		}
	}
}

static enum webhook_step refuse_webhook(struct err *err, const char *why)
{
	err_add(err, "%s", why);
	return WEBHOOK_REFUSED;
}

enum webhook_step webhook_parser_step(struct webhook_parser *p, size_t bytes, struct webhook *out, struct err *err)
{
	if (!p->read) {
		enum webhook_step step = read_webhook_body(p, p->reader.at + bytes, err);
		if (step != WEBHOOK_TAKEN)
			return step;
		if (p->refused)
			return refuse_webhook(err, p->refused);
		if (!p->has_alerts)
			return refuse_webhook(err, "body has no list of alerts");
		take_body_members(p);
	}
	if (!finish_alerts(p, bytes))
		return WEBHOOK_MORE;
	hand_over(p, out);
	return WEBHOOK_TAKEN;
}

static void parser_cleanup(struct webhook_parser **p)
{
	webhook_parser_free(*p);
}

bool webhook_parse(struct arena *arena, struct str body, const struct source_labels *source, struct webhook *out,
                   struct err *err)
{
	return webhook_parse_known(arena, body, source, NULL, NULL, out, err);
}

bool webhook_parse_known(struct arena *arena, struct str body, const struct source_labels *source,
                         const struct map *named, struct known_sets *known, struct webhook *out, struct err *err)
{
	__attribute__((cleanup(parser_cleanup))) struct webhook_parser *p = webhook_parser_new(arena, body, source, named);
	enum webhook_step step;
	p->reading.known = known;
	do
		step = webhook_parser_step(p, body.n + 1, out, err);
	while (step == WEBHOOK_MORE);
	return step == WEBHOOK_TAKEN;
}
