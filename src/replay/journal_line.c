/* The fields of a line are looked for in the order in which the daemon writes them, so that each is found at once. */
#include "journal_line.h"

#include <stddef.h>
#include <string.h>

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
_Static_assert(FIELDS <= 32, "a bit for each: journal_line.behind_fields");

struct line_reader {
	struct json_reader json;
	struct arena *arena;
	struct known_sets *known;
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

/* False: it is broken. What is no text has no place in a set, which then is `odd`. */
static bool read_label_pairs(struct line_reader *r, struct labels *out, bool *odd)
{
	struct json_token name, value;
	struct str nested;
	size_t room = 0;

	*out = (struct labels){0};
	*odd = false;

	while (next_token(r, &name) == TOKEN_NAME) {
		struct str label = json_token_text(r->arena, &name, TEXT_MOST);
		bool text = !json_pass_over(&r->json, &nested) && next_token(r, &value) == TOKEN_STRING;
		*odd |= !text;
		if (text) {
			out->v = arena_room(r->arena, out->v, out->n, &room, sizeof *out->v);
			out->v[out->n++] = (struct label){label, json_token_text(r->arena, &value, TEXT_MOST)};
		}
	}
	labels_sort(out);
	return name.kind == TOKEN_END;
}

/* A set that is written as one before is passed over. False: it is broken, or none. */
static bool read_set(struct line_reader *r, struct labels *out)
{
	const struct json_reader before = r->json;
	const struct known_set *known = NULL;
	struct str raw = {0};
	struct json_token t;
	bool odd;

	if (r->known && json_pass_over(&r->json, &raw))
		known = known_sets_find(r->known, raw);
	if (known) {
		*out = known->labels;
		return true;
	}
	r->json = before;
	if (next_token(r, &t) != TOKEN_OBJECT)
		return t.kind != TOKEN_BROKEN && t.kind != TOKEN_LIST;
	if (!read_label_pairs(r, out, &odd))
		return false;
	if (raw.n && !odd)
		*out = known_sets_keep(r->known, raw, out)->labels;
	return true;
}

/* False: it is broken, or a set is none. */
static bool read_journal_value(struct line_reader *r, size_t field, struct journal_line *out)
{
	struct json_token t;
	struct str nested;
	void *to = field < FIELDS ? (char *)out + fields[field].offset : NULL;
	enum field_form form = field < FIELDS ? fields[field].form : FIELD_UNUSED;

	if (form == FIELD_LABELS)
		return read_set(r, to);
	if (json_pass_over(&r->json, &nested))
		return true;
	enum token_kind kind = next_token(r, &t);
	if ((kind == TOKEN_STRING || kind == TOKEN_NUMBER) && form == FIELD_TEXT)
		*(struct str *)to = json_token_text(r->arena, &t, TEXT_MOST);
	return kind != TOKEN_BROKEN && kind != TOKEN_LIST && kind != TOKEN_OBJECT;
}

static size_t field_size(size_t field)
{
	switch (fields[field].form) {
	case FIELD_TEXT: return sizeof(struct str);
	case FIELD_LABELS: return sizeof(struct labels);
	case FIELD_UNUSED: break;
	}
	return 0;
}

static void take_behind(struct journal_line *out, const struct journal_line *first)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (first->behind_fields >> i & 1)
			memcpy((char *)out + fields[i].offset, (const char *)first + fields[i].offset, field_size(i));
	out->behind = first->behind;
	out->behind_fields = first->behind_fields;
}

/* A member's name was read; the one before ended at `from`. */
static void note_behind(struct journal_line *out, struct str text, size_t from, size_t field)
{
	if (field == FIELDS)
		return;
	if (str_eq_c(fields[field].name, "body")) {
		out->behind = text.p[from] == ',' ? str_slice(text, from, text.n) : (struct str){0};
		out->behind_fields = 0;
	}
	if (out->behind.n)
		out->behind_fields |= UINT32_C(1) << field;
}

/* Between two members, what follows is the same as in `first` where it is the same bytes. */
static bool read_decided_line(struct line_reader *r, const struct journal_line *first, struct journal_line *out)
{
	struct str text = r->json.text, behind = first ? first->behind : (struct str){0};
	size_t behind_at = behind.n && str_ends(text, behind) ? text.n - behind.n : SIZE_MAX, from;
	struct json_token t;

	if (next_token(r, &t) != TOKEN_OBJECT)
		return false;
	do {
		from = r->json.at;
		if (next_token(r, &t) != TOKEN_NAME)
			return t.kind == TOKEN_END;
		size_t field = find_field(r, json_token_text(r->arena, &t, TEXT_MOST));
		note_behind(out, text, from, field);
		if (!read_journal_value(r, field, out))
			return false;
	} while (r->json.at != behind_at);
	take_behind(out, first);
	return true;
}

bool journal_line_read_next(struct arena *arena, struct str text, struct known_sets *known,
                            const struct journal_line *first, struct journal_line *out)
{
	struct line_reader r = {.arena = arena, .known = known};

	*out = (struct journal_line){0};
	json_reader_init(&r.json, arena, text);
	return read_decided_line(&r, first, out);
}

bool journal_line_read(struct arena *arena, struct str text, struct known_sets *known, struct journal_line *out)
{
	return journal_line_read_next(arena, text, known, NULL, out);
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
