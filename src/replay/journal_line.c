/* The fields of a line are looked for in the order in which the daemon writes them, so that each is found at once. */
#include "journal_line.h"

#include <stddef.h>

#include "base/json_reader.h"

#define TEXT_MOST ((size_t)64 * 1024 * 1024) /* of a value: a line has no longer one */

enum field_form { FIELD_TEXT, FIELD_LABELS, FIELD_UNUSED };
#define FIELD(name, form)                                                                                              \
	{                                                                                                                  \
		STR_INIT(#name), form, offsetof(struct journal_line, name)                                                     \
	}
#define UNUSED(name)                                                                                                   \
	{                                                                                                                  \
		STR_INIT(#name), FIELD_UNUSED, 0                                                                               \
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
	UNUSED(rule),
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
	UNUSED(severity),
	UNUSED(owner),
	UNUSED(runbook),
	UNUSED(receivers),
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

/* False: it is broken. What is no text has no place in a set. */
static bool read_set(struct line_reader *r, struct labels *out)
{
	struct json_token name, value;
	size_t room = 0;

	while (next_token(r, &name) == TOKEN_NAME) {
		struct str label = json_token_text(r->arena, &name, TEXT_MOST);
		if (next_token(r, &value) == TOKEN_STRING) {
			out->v = arena_room(r->arena, out->v, out->n, &room, sizeof *out->v);
			out->v[out->n++] = (struct label){label, json_token_text(r->arena, &value, TEXT_MOST)};
		}
	}
	labels_sort(out);
	return name.kind == TOKEN_END;
}

/* False: it is broken, or a set is none. */
static bool read_journal_value(struct line_reader *r, size_t field, struct journal_line *out)
{
	struct json_token t;
	struct str nested;
	void *to = field < FIELDS ? (char *)out + fields[field].offset : NULL;
	enum field_form form = field < FIELDS ? fields[field].form : FIELD_UNUSED;

	if (form != FIELD_LABELS && json_pass_over(&r->json, &nested))
		return true;
	enum token_kind kind = next_token(r, &t);
	if (kind == TOKEN_OBJECT)
		return form == FIELD_LABELS && read_set(r, to);
	if ((kind == TOKEN_STRING || kind == TOKEN_NUMBER) && form == FIELD_TEXT)
		*(struct str *)to = json_token_text(r->arena, &t, TEXT_MOST);
	return kind != TOKEN_BROKEN && kind != TOKEN_LIST;
}

bool journal_line_read(struct arena *arena, struct str text, struct journal_line *out)
{
	struct line_reader r = {.arena = arena};
	struct json_token t;

	*out = (struct journal_line){0};
	json_reader_init(&r.json, arena, text);
	if (next_token(&r, &t) != TOKEN_OBJECT)
		return false;
	while (next_token(&r, &t) == TOKEN_NAME)
		if (!read_journal_value(&r, find_field(&r, json_token_text(arena, &t, TEXT_MOST)), out))
			return false;
	return t.kind == TOKEN_END;
}

bool journal_line_looks_so(struct str line)
{
	/* The first member of every line, of old ones and of new. */
	return str_starts(line, STR("{\"event\":")) || str_starts(line, STR("{\"fingerprint\":"));
}

bool journal_line_is_decision(const struct journal_line *line)
{
	return !line->event.n || str_eq_c(line->event, "decided");
}
