/*
 * Lines of a decision journal. A webhook's alerts have a line each, and lines of several webhooks may lie between each other:
 * they are found together by the webhook's id, and go on when all are there.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_reader.h"
#include "base/time.h"
#include "history_impl.h"

#define TEXT_MOST ((size_t)64 * 1024 * 1024) /* of a value: a line has no longer one */

/* ---- one line ---- */

struct journal_line {
	struct str event, at, key, fingerprint, identity, verdict, reason, source, status, starts_at, ends_at,
		generator_url;
	struct str body, alerts, truncated, receiver, group_key, notification_reason, command, by, note, lines;
	struct labels labels, annotations, group_labels;
};

enum field_form { FIELD_TEXT, FIELD_LABELS };
#define FIELD(name, form)                                                                                              \
	{                                                                                                                  \
		STR_INIT(#name), form, offsetof(struct journal_line, name)                                                     \
	}
/* In the order in which a line has them, so that each is found at once. */
static const struct {
	struct str name;
	enum field_form form;
	size_t offset;
} fields[] = {
	FIELD(event, FIELD_TEXT),
	FIELD(fingerprint, FIELD_TEXT),
	FIELD(key, FIELD_TEXT),
	FIELD(verdict, FIELD_TEXT),
	FIELD(reason, FIELD_TEXT),
	FIELD(at, FIELD_TEXT),
	FIELD(source, FIELD_TEXT),
	FIELD(identity, FIELD_TEXT),
	FIELD(status, FIELD_TEXT),
	FIELD(labels, FIELD_LABELS),
	FIELD(annotations, FIELD_LABELS),
	FIELD(starts_at, FIELD_TEXT),
	FIELD(ends_at, FIELD_TEXT),
	FIELD(generator_url, FIELD_TEXT),
	FIELD(body, FIELD_TEXT),
	FIELD(alerts, FIELD_TEXT),
	FIELD(truncated, FIELD_TEXT),
	FIELD(receiver, FIELD_TEXT),
	FIELD(group_key, FIELD_TEXT),
	FIELD(group_labels, FIELD_LABELS),
	FIELD(notification_reason, FIELD_TEXT),
	FIELD(command, FIELD_TEXT),
	FIELD(by, FIELD_TEXT),
	FIELD(note, FIELD_TEXT),
	FIELD(lines, FIELD_TEXT),
};
#define FIELDS (sizeof fields / sizeof *fields)

struct line_reader {
	struct json_reader json;
	struct arena *arena;
	size_t next; /* the field that is expected */
};

static enum token_kind next_token(struct line_reader *r, struct json_token *t)
{
	return json_next(&r->json, SIZE_MAX, t);
}

static size_t find_field(struct line_reader *r, struct str name)
{
	for (size_t n = 0; n < FIELDS; n++) {
		size_t i = (r->next + n) % FIELDS;
		if (str_eq(fields[i].name, name)) {
			r->next = i + 1;
			return i;
		}
	}
	return FIELDS;
}

/* What is behind the beginning of an object or list, up to its end. */
static void pass_over(struct line_reader *r)
{
	struct json_token t;

	for (int depth = 1; depth > 0;) {
		switch (next_token(r, &t)) {
		case TOKEN_OBJECT:
		case TOKEN_LIST: depth++; break;
		case TOKEN_END: depth--; break;
		case TOKEN_MORE:
		case TOKEN_BROKEN:
		case TOKEN_FINISHED: return;
		case TOKEN_NAME:
		case TOKEN_STRING:
		case TOKEN_NUMBER:
		case TOKEN_TRUE:
		case TOKEN_FALSE:
		case TOKEN_NULL: break;
		}
	}
}

static bool opens(const struct json_token *t)
{
	return t->kind == TOKEN_OBJECT || t->kind == TOKEN_LIST;
}

static void read_set(struct line_reader *r, struct labels *out)
{
	size_t room = 0;
	struct json_token name, value;

	while (next_token(r, &name) == TOKEN_NAME) {
		struct str text = json_token_text(r->arena, &name, TEXT_MOST);
		if (next_token(r, &value) == TOKEN_STRING) {
			out->v = arena_room(r->arena, out->v, out->n, &room, sizeof *out->v);
			out->v[out->n++] = (struct label){text, json_token_text(r->arena, &value, TEXT_MOST)};
		} else if (opens(&value)) {
			pass_over(r);
		}
	}
	labels_sort(out);
}

static void read_value(struct line_reader *r, size_t field, struct journal_line *out)
{
	struct json_token t;
	enum token_kind kind = next_token(r, &t);
	void *to = field < FIELDS ? (char *)out + fields[field].offset : NULL;

	if (kind == TOKEN_OBJECT && to && fields[field].form == FIELD_LABELS)
		read_set(r, to);
	else if (opens(&t))
		pass_over(r);
	else if ((kind == TOKEN_STRING || kind == TOKEN_NUMBER) && to && fields[field].form == FIELD_TEXT)
		*(struct str *)to = json_token_text(r->arena, &t, TEXT_MOST);
}

/* `text` is in `arena`, and what is read views it. */
static bool read_line(struct arena *arena, struct str text, struct journal_line *out)
{
	struct line_reader r = {.arena = arena};
	struct json_token t;

	*out = (struct journal_line){0};
	json_reader_init(&r.json, arena, text);
	if (next_token(&r, &t) != TOKEN_OBJECT)
		return false;
	while (next_token(&r, &t) == TOKEN_NAME)
		read_value(&r, find_field(&r, json_token_text(arena, &t, TEXT_MOST)), out);
	return t.kind == TOKEN_END;
}

/* ---- a webhook found together ---- */

struct history_part {
	struct str id;
	struct history_event *event;
	size_t expected, room;
	struct history_part *next;
	bool old; /* of a journal that does not say which webhook an alert was of: what has the same time and group */
};

/* They go on in the order in which they were completed: that is the order in which they were decided. */
static void part_complete(struct history_file *f, struct history_part *part)
{
	struct history_part **link = &f->oldest;

	while (*link != part)
		link = &(*link)->next;
	*link = part->next;
	if (!part->next)
		f->newest = link;
	map_remove(f->parts, part->id);
	if (!part->old && part->event->hook.count < part->expected) {
		part->event->hook.truncated += (int64_t)(part->expected - part->event->hook.count);
		f->history->figures.incomplete++;
	}
	history_put(f, part->event);
}

static int64_t time_of(struct str text)
{
	int64_t ms;
	return text.n && time_parse(text, &ms) ? ms : 0;
}

static int64_t number_of(struct str text)
{
	int64_t n;
	return text.n && str_to_i64(text, &n) ? n : 0;
}

static struct str id_of(struct arena *arena, const struct journal_line *line)
{
	if (line->body.n)
		return line->body;
	struct str group = labels_format(arena, &line->group_labels);
	return str_c(arena_printf(arena, "%.*s %.*s %.*s", STR_ARG(line->at), STR_ARG(line->source), STR_ARG(group)));
}

static struct history_part *part_new(struct history_file *f, struct history_event *e, const struct journal_line *line,
                                     struct str id)
{
	struct history_part *part = arena_alloc(e->arena, sizeof *part);

	part->id = id;
	part->event = e;
	part->old = !line->body.n;
	part->expected = part->old ? SIZE_MAX : (size_t)number_of(line->alerts);
	e->at = time_of(line->at);
	e->source = line->source;
	e->hook.receiver = line->receiver;
	e->hook.group_key = part->old ? labels_format(e->arena, &line->group_labels) : line->group_key;
	e->hook.group_labels = line->group_labels;
	e->hook.notification_reason = line->notification_reason;
	e->hook.truncated = number_of(line->truncated);
	map_set(f->parts, id, part);
	*f->newest = part;
	f->newest = &part->next;
	return part;
}

static enum verdict verdict_of(struct str name)
{
	for (int v = 0; v < VERDICTS; v++)
		if (str_eq_c(name, verdict_name((enum verdict)v)))
			return (enum verdict)v;
	return VERDICTS;
}

static enum reason reason_of(struct str name)
{
	for (int r = 0; r < REASONS; r++)
		if (str_eq_c(name, reason_name((enum reason)r)))
			return (enum reason)r;
	return REASONS;
}

static void take_alert(struct alert *out, const struct journal_line *line)
{
	struct str identity = line->identity.n ? line->identity : line->fingerprint;

	*out = (struct alert){
		.labels = line->labels,
		.annotations = line->annotations,
		.fingerprint = line->fingerprint,
		.resolved = str_eq_c(line->status, "resolved"),
		.starts_at = time_of(line->starts_at),
		.ends_at = time_of(line->ends_at),
		.generator_url = line->generator_url,
	};
	if (identity.n < sizeof out->identity)
		memcpy(out->identity, identity.p, identity.n);
	else
		labels_fingerprint(&out->labels, out->identity);
}

static void add_decided(struct history_part *part, const struct journal_line *line)
{
	struct history_event *e = part->event;
	size_t room = part->room;

	e->hook.alerts = arena_room(e->arena, e->hook.alerts, e->hook.count, &part->room, sizeof *e->hook.alerts);
	e->said = arena_room(e->arena, e->said, e->hook.count, &room, sizeof *e->said);
	take_alert(&e->hook.alerts[e->hook.count], line);
	e->said[e->hook.count++] = (struct intake_decided){line->key, verdict_of(line->verdict), reason_of(line->reason)};
}

/* The lines of an older journal lie behind each other: with the next webhook the one before is complete. */
static void complete_old(struct history_file *f, struct str id)
{
	if (f->oldest && f->oldest->old && !str_eq(f->oldest->id, id))
		part_complete(f, f->oldest);
}

/* The first line of a webhook brings the arena that all of it lives in. */
static void add_line(struct history_file *f, struct history_event *e, struct str text, struct journal_line *line)
{
	struct str id = id_of(e->arena, line);

	complete_old(f, id);
	struct history_part *part = map_get(f->parts, id);
	if (part) {
		struct journal_line again;
		read_line(part->event->arena, arena_str(part->event->arena, text), &again);
		add_decided(part, &again);
		history_event_free(e);
	} else {
		part = part_new(f, e, line, id);
		add_decided(part, line);
	}
	if (part->event->hook.count >= part->expected)
		part_complete(f, part);
	else if (map_count(f->parts) > HISTORY_BODIES_MAX)
		part_complete(f, f->oldest);
}

/* ---- lines that are no alert ---- */

static bool command_of(struct str name, enum command *out)
{
	static const enum command commands[] = {COMMAND_ACK, COMMAND_UNACK, COMMAND_RESOLVE, COMMAND_RETRY};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		*out = commands[i];
		if (str_eq_c(name, command_name(commands[i])))
			return true;
	}
	return false;
}

/* True: `e` was handed on. */
static bool take_event(struct history_file *f, struct history_event *e, const struct journal_line *line)
{
	e->at = time_of(line->at);
	if (str_eq_c(line->event, "lost"))
		f->history->figures.lost += (uint64_t)number_of(line->lines);
	if (str_eq_c(line->event, "listening")) {
		e->kind = HISTORY_LISTENS;
	} else if (str_eq_c(line->event, "command") && command_of(line->command, &e->command)) {
		e->kind = HISTORY_COMMAND;
		e->key = line->key;
		e->args = (struct command_args){.by = line->by, .note = line->note};
	} else {
		return false;
	}
	history_put(f, e);
	return true;
}

bool history_is_journal(struct str line)
{
	/* The first member of every line, of old ones and of new. */
	return str_starts(line, STR("{\"event\":")) || str_starts(line, STR("{\"fingerprint\":"));
}

bool history_journal_line(struct history_file *f, struct str line)
{
	struct history_event *e = history_event_new(HISTORY_BODY);
	struct journal_line said;
	bool good = read_line(e->arena, arena_str(e->arena, line), &said) && time_of(said.at);
	bool decided = good && (!said.event.n || str_eq_c(said.event, "decided"));

	if (decided)
		add_line(f, e, line, &said);
	else if (!good || !take_event(f, e, &said))
		history_event_free(e);
	return good;
}

void history_journal_end(struct history_file *f)
{
	while (f->oldest)
		part_complete(f, f->oldest);
}
