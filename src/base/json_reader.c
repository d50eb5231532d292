/* The reader of JSON tokens: RFC 8259's grammar with a stack of its own, so that depth costs no C stack. */
#include "base/json_reader.h"

#include <string.h>

#include "base/json_plain.h"

enum {
	EXPECTS_VALUE,
	EXPECTS_VALUE_OR_END,
	EXPECTS_NAME,
	EXPECTS_NAME_OR_END,
	EXPECTS_COLON,
	EXPECTS_MORE,
	EXPECTS_NONE
};

void json_reader_init(struct json_reader *r, struct arena *arena, struct str text)
{
	*r = (struct json_reader){.arena = arena, .text = text};
}

void json_reader_where(const struct json_reader *r, size_t *line, size_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < r->at && i < r->text.n; i++) {
		bool newline = r->text.p[i] == '\n';
		*line += newline;
		*column = newline ? 1 : *column + 1;
	}
}

static enum token_kind break_off(struct json_reader *r, const char *why)
{
	r->error = why;
	return TOKEN_BROKEN;
}

static bool blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* ---- strings ---- */

static bool is_hex_at(struct str text, size_t at)
{
	char c = at < text.n ? text.p[at] : '\0';
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Bytes of the escape that begins at r->at; 0: it is none. */
static size_t escape_length(const struct json_reader *r)
{
	struct str t = r->text;
	size_t at = r->at + 1;
	if (at < t.n && t.p[at] == 'u')
		return is_hex_at(t, at + 1) && is_hex_at(t, at + 2) && is_hex_at(t, at + 3) && is_hex_at(t, at + 4) ? 6 : 0;
	return at < t.n && t.p[at] && strchr("\"\\/bfnrt", t.p[at]) ? 2 : 0;
}

/* Bytes that belong together at r->at, inside a string; 0: they cannot stand there. */
static size_t character_length(struct json_reader *r)
{
	unsigned char c = (unsigned char)r->text.p[r->at];
	if (c == '\\') {
		r->plain = false;
		return escape_length(r);
	}
	if (c < 0x80)
		return c >= ' ';
	size_t length = str_utf8_len(str_slice(r->text, r->at, r->text.n));
	if (length)
		return length;
	r->plain = false;
	r->replaced++;
	return 1;
}

static enum token_kind string_ended(struct json_reader *r, struct json_token *out)
{
	out->raw = str_slice(r->text, r->begin, r->at++);
	out->plain = r->plain;
	out->replaced = r->replaced;
	r->quoted = false;
	if (r->expects == EXPECTS_NAME || r->expects == EXPECTS_NAME_OR_END) {
		r->expects = EXPECTS_COLON;
		return TOKEN_NAME;
	}
	r->expects = r->depth ? EXPECTS_MORE : EXPECTS_NONE;
	return TOKEN_STRING;
}

static enum token_kind read_string(struct json_reader *r, size_t stop, struct json_token *out)
{
	while (r->at < r->text.n) {
		if (r->at < stop)
			r->at += json_plain_run(str_slice(r->text, 0, stop), r->at); /* most of a text is this */
		if (r->at == r->text.n)
			break;
		if (r->text.p[r->at] == '"')
			return string_ended(r, out);
		if (r->at >= stop)
			return TOKEN_MORE;
		size_t length = character_length(r);
		if (!length)
			return break_off(r, r->text.p[r->at] == '\\' ? "unknown escape" : "control character in a text");
		r->at += length;
	}
	return break_off(r, "it ends within a text");
}

static enum token_kind begin_string(struct json_reader *r, size_t stop, struct json_token *out)
{
	r->quoted = r->plain = true;
	r->replaced = 0;
	r->begin = ++r->at;
	return read_string(r, stop, out);
}

/* ---- other values ---- */

static bool is_in_list(const struct json_reader *r)
{
	return r->depth && (r->lists[(r->depth - 1) / 8] >> ((r->depth - 1) % 8) & 1);
}

static void deepen(struct json_reader *r, bool list)
{
	if (r->depth / 8 >= r->room) {
		size_t room = r->room ? 2 * r->room : 64;
		unsigned char *wider = arena_alloc(r->arena, room);
		if (r->room)
			memcpy(wider, r->lists, r->room);
		r->lists = wider;
		r->room = room;
	}
	unsigned bit = 1u << (r->depth % 8);
	unsigned char *byte = &r->lists[r->depth / 8];
	*byte = (unsigned char)(list ? *byte | bit : *byte & ~bit);
	r->depth++;
}

static enum token_kind begin_container(struct json_reader *r, bool list, struct json_token *out)
{
	deepen(r, list);
	r->expects = list ? EXPECTS_VALUE_OR_END : EXPECTS_NAME_OR_END;
	out->raw = str_slice(r->text, r->at, r->at + 1);
	r->at++;
	return list ? TOKEN_LIST : TOKEN_OBJECT;
}

static enum token_kind end_nested(struct json_reader *r, struct json_token *out)
{
	r->depth--;
	r->expects = r->depth ? EXPECTS_MORE : EXPECTS_NONE;
	out->raw = str_slice(r->text, r->at, r->at + 1);
	r->at++;
	return TOKEN_END;
}

static size_t digits(const struct json_reader *r, size_t at)
{
	size_t n = 0;
	while (at + n < r->text.n && r->text.p[at + n] >= '0' && r->text.p[at + n] <= '9')
		n++;
	return n;
}

static char char_at(const struct json_reader *r, size_t at)
{
	return at < r->text.n ? r->text.p[at] : '\0';
}

/* The index behind the number that begins at r->at; r->at itself: there is none. */
static size_t number_end(const struct json_reader *r)
{
	size_t at = r->at + (char_at(r, r->at) == '-');
	size_t n = digits(r, at);
	if (n == 0 || (n > 1 && char_at(r, at) == '0'))
		return r->at;
	at += n;
	if (char_at(r, at) == '.') {
		n = digits(r, at + 1);
		at += n ? n + 1 : 0;
		if (!n)
			return r->at;
	}
	if (char_at(r, at) == 'e' || char_at(r, at) == 'E') {
		size_t from = at + 1 + (char_at(r, at + 1) == '+' || char_at(r, at + 1) == '-');
		n = digits(r, from);
		at = n ? from + n : r->at;
	}
	return at;
}

static enum token_kind scalar(struct json_reader *r, size_t end, enum token_kind kind, struct json_token *out)
{
	out->raw = str_slice(r->text, r->at, end);
	r->at = end;
	r->expects = r->depth ? EXPECTS_MORE : EXPECTS_NONE;
	return kind;
}

static enum token_kind begin_value(struct json_reader *r, size_t stop, struct json_token *out)
{
	static const struct {
		struct str word;
		enum token_kind kind;
	} words[] = {{STR_INIT("true"), TOKEN_TRUE}, {STR_INIT("false"), TOKEN_FALSE}, {STR_INIT("null"), TOKEN_NULL}};
	char c = r->text.p[r->at];
	if (c == '"')
		return begin_string(r, stop, out);
	if (c == '{' || c == '[')
		return begin_container(r, c == '[', out);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_starts(str_slice(r->text, r->at, r->text.n), words[i].word))
			return scalar(r, r->at + words[i].word.n, words[i].kind, out);
	size_t end = number_end(r);
	return end > r->at ? scalar(r, end, TOKEN_NUMBER, out) : break_off(r, "a value is missing");
}

/* ---- between values ---- */

static bool closes(const struct json_reader *r, char c)
{
	return c == (is_in_list(r) ? ']' : '}');
}

/* Behind a value: true where a comma leads to the next one. */
static bool comma(struct json_reader *r)
{
	if (r->text.p[r->at] != ',')
		return false;
	r->at++;
	r->expects = is_in_list(r) ? EXPECTS_VALUE : EXPECTS_NAME;
	return true;
}

static enum token_kind token_at_end(struct json_reader *r)
{
	return r->expects == EXPECTS_NONE ? TOKEN_FINISHED : break_off(r, r->text.n ? "it ends too early" : "it is empty");
}

/* One token or sign at r->at, which is no blank. TOKEN_MORE: it was a sign, go on. */
static enum token_kind next_sign(struct json_reader *r, size_t stop, struct json_token *out)
{
	char c = r->text.p[r->at];
	bool may_end =
		r->expects == EXPECTS_VALUE_OR_END || r->expects == EXPECTS_NAME_OR_END || r->expects == EXPECTS_MORE;
	if (may_end && closes(r, c))
		return end_nested(r, out);
	switch (r->expects) {
	case EXPECTS_VALUE:
	case EXPECTS_VALUE_OR_END: return begin_value(r, stop, out);
	case EXPECTS_NAME:
	case EXPECTS_NAME_OR_END: return c == '"' ? begin_string(r, stop, out) : break_off(r, "a name is missing");
	case EXPECTS_MORE: return comma(r) ? TOKEN_MORE : break_off(r, "a comma or bracket is missing");
	case EXPECTS_COLON: break;
	default: return break_off(r, "something follows its end");
	}
	if (c != ':')
		return break_off(r, "a colon is missing");
	r->at++;
	r->expects = EXPECTS_VALUE;
	return TOKEN_MORE;
}

enum token_kind json_next(struct json_reader *r, size_t stop, struct json_token *out)
{
	*out = (struct json_token){.plain = true};
	if (r->error)
		return out->kind = TOKEN_BROKEN;
	if (r->quoted)
		return out->kind = read_string(r, stop, out);
	while (out->kind == TOKEN_MORE) {
		while (r->at < r->text.n && r->at < stop && blank(r->text.p[r->at]))
			r->at++;
		if (r->at == r->text.n)
			return out->kind = token_at_end(r);
		if (r->at >= stop)
			return TOKEN_MORE;
		out->kind = next_sign(r, stop, out);
		if (r->quoted)
			return out->kind;
	}
	return out->kind;
}

/* ---- what is not read ---- */

static size_t behind_blanks(const struct json_reader *r, size_t at)
{
	while (at < r->text.n && blank(r->text.p[at]))
		at++;
	return at;
}

/* The index of the quote that ends the string whose first byte is at `at`; the text's end: there is none. */
static size_t string_end(struct str t, size_t at)
{
	while (at < t.n) {
		const char *quote = memchr(t.p + at, '"', t.n - at);
		const char *escape = quote ? memchr(t.p + at, '\\', (size_t)(quote - (t.p + at))) : NULL;
		if (!quote)
			return t.n;
		if (!escape)
			return (size_t)(quote - t.p);
		at = (size_t)(escape - t.p) + 2;
	}
	return t.n;
}

/* The index behind the bracket that ends what begins at `at`; 0: there is none. */
static size_t nested_end(struct str t, size_t at)
{
	for (size_t depth = 0; at < t.n; at++) {
		char c = t.p[at];
		if (c == '"')
			at = string_end(t, at + 1);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return at + 1;
	}
	return 0;
}

bool json_pass_over(struct json_reader *r, struct str *raw)
{
	size_t at = behind_blanks(r, r->at);

	if (r->error || r->expects != EXPECTS_COLON || char_at(r, at) != ':')
		return false;
	at = behind_blanks(r, at + 1);
	size_t end = char_at(r, at) == '{' || char_at(r, at) == '[' ? nested_end(r->text, at) : 0;
	if (!end)
		return false;
	*raw = str_slice(r->text, at, end);
	r->at = end;
	r->expects = EXPECTS_MORE;
	return true;
}
