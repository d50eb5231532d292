/* What somebody may have meant by an = with the looks of a pattern. Values of labels hardly ever look so. */
#include <string.h>

#include "rules/matcher.h"

static bool value_has(struct str value, const char *part)
{
	return str_find(value, str_c(part)) >= 0;
}

/* Words with a | between them and no blank: "A|B". */
static bool has_alternatives(struct str value)
{
	ptrdiff_t bar = str_index(value, '|');

	return bar > 0 && (size_t)bar + 1 < value.n && str_index(value, ' ') < 0 && !value_has(value, "||");
}

static bool has_operators(struct str value)
{
	static const char *const parts[] = {".*", ".+", "\\d", "\\w", "\\.", "(?i", "(?:", "[a-z", "[A-Z", "[0-9"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (value_has(value, parts[i]))
			return true;
	return value.n > 2 && (value.p[0] == '^' || (value.p[value.n - 1] == '$' && str_index(value, ' ') < 0));
}

/* "*", "payments-*", "*-exporter": a shell's pattern. */
static bool is_glob(struct str value)
{
	bool begins = str_starts(value, STR("*")), ends = str_ends(value, STR("*"));

	return (begins || ends) && str_index(value, ' ') < 0 && !value_has(value, "**");
}

static void add_matcher_text(struct buf *out, const struct matcher *m, struct str pattern)
{
	buf_printf(out, "%.*s%s\"", STR_ARG(m->name), m->op == MATCH_EQUAL ? "=~" : "!~");
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] == '"')
			buf_add_char(out, '\\');
		buf_add_char(out, pattern.p[i]);
	}
	buf_add_char(out, '"');
}

/* A glob's star as a pattern's; "*" alone means that there is a value. */
static void glob_as_pattern(struct str value, struct buf *out)
{
	if (value.n == 1) {
		buf_add_c(out, ".+");
		return;
	}
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '*' || value.p[i] == '.')
			buf_add_char(out, value.p[i] == '*' ? '.' : '\\');
		buf_add_char(out, value.p[i]);
	}
}

bool matcher_means_pattern(const struct matcher *m, struct arena *arena, struct str *better)
{
	AUTOBUF struct buf pattern, text;
	bool equality = m->op == MATCH_EQUAL || m->op == MATCH_NOT_EQUAL;
	bool operators = has_alternatives(m->value) || has_operators(m->value);

	buf_init(&pattern, SIZE_MAX);
	buf_init(&text, SIZE_MAX);
	if (!equality || !(operators || is_glob(m->value)))
		return false;
	if (operators)
		buf_add(&pattern, m->value);
	else
		glob_as_pattern(m->value, &pattern);
	add_matcher_text(&text, m, buf_str(&pattern));
	*better = arena_str(arena, buf_str(&text));
	return true;
}
