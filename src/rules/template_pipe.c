/* The pipes: lower, upper, kebab, snake, urlencode, json, default, truncate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/options.h"
#include "rules/template_impl.h"

enum argument { NO_ARGUMENT, TEXT_ARGUMENT, NUMBER_ARGUMENT };

/* Indexed by enum pipe_kind. */
static const struct {
	const char *name;
	enum argument argument;
} pipes[] = {
	{"lower", NO_ARGUMENT},     {"upper", NO_ARGUMENT}, {"kebab", NO_ARGUMENT},     {"snake", NO_ARGUMENT},
	{"urlencode", NO_ARGUMENT}, {"json", NO_ARGUMENT},  {"default", TEXT_ARGUMENT}, {"truncate", NUMBER_ARGUMENT},
};
#define PIPE_KINDS (sizeof pipes / sizeof *pipes)

/* ---- reading ---- */

/* The end of one pipe: the next '|' outside quotes. */
static size_t pipe_end(struct str s)
{
	bool quoted = false;
	for (size_t i = 0; i < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '|' && !quoted)
			return i;
	}
	return s.n;
}

static bool text_argument(struct arena *arena, struct str argument, struct str *out)
{
	if (argument.n < 2 || argument.p[0] != '"' || argument.p[argument.n - 1] != '"')
		return false;
	char *to = arena_alloc(arena, argument.n);
	size_t n = 0;
	for (size_t i = 1; i + 1 < argument.n; i++) {
		if (argument.p[i] == '\\' && i + 2 < argument.n)
			i++;
		to[n++] = argument.p[i];
	}
	*out = (struct str){to, n};
	return true;
}

static bool read_argument(struct arena *arena, struct template_pipe *p, struct str argument)
{
	int64_t n;
	switch (pipes[p->kind].argument) {
	case NO_ARGUMENT: return argument.n == 0;
	case TEXT_ARGUMENT: return text_argument(arena, argument, &p->text);
	case NUMBER_ARGUMENT:
		if (!str_to_i64(argument, &n) || n < 1 || n > 100000)
			return false;
		p->length = (size_t)n;
		return true;
	}
	return false;
}

static bool unknown_pipe(struct str name, struct pos at, struct err *err)
{
	const char *names[PIPE_KINDS];
	for (size_t i = 0; i < PIPE_KINDS; i++)
		names[i] = pipes[i].name;
	const char *nearest = options_nearest(name, names, PIPE_KINDS);
	err_at(err, at,
	       "template: unknown pipe \"%.*s\"%s%s%s (lower, upper, kebab, snake, urlencode, json, default:\"x\", "
	       "truncate:80)",
	       STR_ARG(name), nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
	return false;
}

static bool read_pipe(struct arena *arena, struct str text, struct pos at, struct template_pipe *out, struct err *err)
{
	ptrdiff_t colon = str_index(text, ':');
	struct str name = str_trim(colon < 0 ? text : str_slice(text, 0, (size_t)colon));
	struct str argument = colon < 0 ? (struct str){0} : str_trim(str_slice(text, (size_t)colon + 1, text.n));
	for (size_t i = 0; i < PIPE_KINDS; i++) {
		if (!str_eq_c(name, pipes[i].name))
			continue;
		out->kind = (enum pipe_kind)i;
		if (read_argument(arena, out, argument))
			return true;
		err_at(err, at, "template: bad argument of a pipe: \"%.*s\"", STR_ARG(text));
		return false;
	}
	return unknown_pipe(name, at, err);
}

bool template_pipes_parse(struct arena *arena, struct str tag, struct pos at, struct token *out, struct err *err)
{
	size_t end = pipe_end(tag);
	out->text = str_trim(str_slice(tag, 0, end));
	if (end == tag.n)
		return true;
	out->pipes = arena_alloc(arena, PIPES_MAX * sizeof *out->pipes);
	while (end < tag.n) {
		tag = str_slice(tag, end + 1, tag.n);
		end = pipe_end(tag);
		if (out->pipe_count == PIPES_MAX) {
			err_at(err, at, "template: more than %d pipes", PIPES_MAX);
			return false;
		}
		if (!read_pipe(arena, str_trim(str_slice(tag, 0, end)), at, &out->pipes[out->pipe_count++], err))
			return false;
	}
	return true;
}

/* ---- applying ---- */

static char to_upper(char c)
{
	return ascii_is_lower(c) ? (char)(c - 32) : c;
}

static struct str map_bytes(struct arena *arena, struct str s, char (*map)(char))
{
	char *to = arena_alloc(arena, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		to[i] = map(s.p[i]);
	return (struct str){to, s.n};
}

/* HighCPUUsage is High CPU Usage: a word begins at a capital behind a small letter or digit, or before a small letter. */
static bool begins_word(struct str s, size_t i)
{
	if (i == 0 || !ascii_is_upper(s.p[i]))
		return false;
	return ascii_is_lower(s.p[i - 1]) || ascii_is_digit(s.p[i - 1]) ||
	       (ascii_is_upper(s.p[i - 1]) && i + 1 < s.n && ascii_is_lower(s.p[i + 1]));
}

static struct str words(struct arena *arena, struct str s, char between)
{
	char *to = arena_alloc(arena, 2 * s.n + 1);
	size_t n = 0;
	bool gap = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_word_byte(s.p[i])) {
			gap = true;
			continue;
		}
		if ((gap || begins_word(s, i)) && n > 0)
			to[n++] = between;
		gap = false;
		to[n++] = ascii_lower(s.p[i]);
	}
	return (struct str){to, n};
}

/* At most `most` characters, the last an ellipsis where something was cut. */
static struct str truncated(struct arena *arena, struct str s, size_t most)
{
	size_t characters = 0, keep = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (((unsigned char)s.p[i] & 0xc0) == 0x80)
			continue;
		if (++characters == most)
			keep = i;
	}
	if (characters <= most)
		return s;
	const struct str ellipsis = STR("…");
	char *to = arena_alloc(arena, keep + ellipsis.n);
	memcpy(to, s.p, keep);
	memcpy(to + keep, ellipsis.p, ellipsis.n);
	return (struct str){to, keep + ellipsis.n};
}

static struct str escaped(struct arena *arena, struct str s, enum template_escape escape)
{
	AUTOBUF struct buf b;
	buf_init(&b, TEMPLATE_OUTPUT_MAX);
	template_escape_add(&b, s, escape);
	return arena_str(arena, buf_str(&b));
}

static struct str as_json(struct arena *arena, struct str s, const json_t *json)
{
	if (json_is_object(json) || json_is_array(json) || json_is_number(json) || json_is_boolean(json))
		return template_value_text(arena, json);
	AUTOBUF struct buf b;
	buf_init(&b, TEMPLATE_OUTPUT_MAX);
	buf_add_char(&b, '"');
	template_escape_add(&b, s, ESCAPE_JSON);
	buf_add_char(&b, '"');
	return arena_str(arena, buf_str(&b));
}

static struct str apply_pipe(struct arena *arena, const struct template_pipe *p, struct str s, const json_t *json)
{
	switch (p->kind) {
	case PIPE_LOWER: return map_bytes(arena, s, ascii_lower);
	case PIPE_UPPER: return map_bytes(arena, s, to_upper);
	case PIPE_KEBAB: return words(arena, s, '-');
	case PIPE_SNAKE: return words(arena, s, '_');
	case PIPE_URLENCODE: return escaped(arena, s, ESCAPE_URL);
	case PIPE_JSON: return as_json(arena, s, json);
	case PIPE_DEFAULT: return s.n > 0 ? s : p->text;
	case PIPE_TRUNCATE: return truncated(arena, s, p->length);
	}
	return s;
}

struct str template_pipes_apply(struct arena *arena, const struct token *t, struct str value, const json_t *json)
{
	for (size_t i = 0; i < t->pipe_count; i++) {
		value = apply_pipe(arena, &t->pipes[i], value, json);
		json = NULL; /* from here on it is text */
	}
	return value;
}

struct str template_value_text(struct arena *arena, const json_t *value)
{
	if (json_is_string(value))
		return (struct str){json_string_value(value), json_string_length(value)};
	if (!value || json_is_null(value))
		return (struct str){0};
	if (json_is_real(value)) {
		char text[40];
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(text, sizeof text, "%.*g", digits, json_real_value(value));
			if (strtod(text, NULL) == json_real_value(value))
				break;
		}
		return arena_str(arena, str_c(text));
	}
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	struct str out = arena_str(arena, str_c(text));
	free(text);
	return out;
}
