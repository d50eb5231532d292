/*
 * What libyaml's words mean for who has written the line: tabs, braces of a template, signs that begin no text.
 */
#include <string.h>

#include "yaml_impl.h"

static struct str line_numbered(struct str text, int line)
{
	for (int i = 1; i < line; i++) {
		ptrdiff_t end = str_index(text, '\n');
		if (end < 0)
			return (struct str){0};
		text = str_slice(text, (size_t)end + 1, text.n);
	}
	ptrdiff_t end = str_index(text, '\n');
	return str_slice(text, 0, end < 0 ? text.n : (size_t)end);
}

static bool is_indented_by_tab(struct str line)
{
	for (size_t i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
		if (line.p[i] == '\t')
			return true;
	return false;
}

/* What stands behind the key or the dash of the line. */
static struct str value_on_line(struct str line)
{
	ptrdiff_t colon = str_find(line, STR(": "));
	struct str value = str_trim(colon < 0 ? line : str_slice(line, (size_t)colon + 2, line.n));
	return str_starts(value, STR("- ")) ? str_trim(str_slice(value, 2, value.n)) : value;
}

static bool begins_with_sign(struct str value, const char *signs)
{
	return value.n && strchr(signs, *value.p);
}

/* "x" is down: a quoted text with something behind it. */
static bool goes_on_behind_quote(struct str value)
{
	if (!begins_with_sign(value, "\"'"))
		return false;
	ptrdiff_t end = str_index(str_slice(value, 1, value.n), *value.p);
	struct str rest = str_trim(end < 0 ? STR("") : str_slice(value, (size_t)end + 2, value.n));
	return rest.n && !begins_with_sign(rest, "#,");
}

const char *yaml_hint_braces(struct str text, int line)
{
	struct str value = value_on_line(line_numbered(text, line));

	if (str_find(value, STR("{{")) < 0 || begins_with_sign(value, "\"'"))
		return "";
	return "a text with {{…}} stands in quotes: \"{{labels.x}} is down\"; ";
}

const char *yaml_hint(struct str text, int line)
{
	struct str here = line_numbered(text, line), value = value_on_line(here);

	if (is_indented_by_tab(here))
		return "a tab indents this line, and YAML takes blanks only; ";
	if (begins_with_sign(value, "@`%"))
		return "a text that begins with this sign stands in quotes; ";
	if (*yaml_hint_braces(text, line))
		return yaml_hint_braces(text, line);
	if (goes_on_behind_quote(value))
		return "a quoted text ends at its second quote, and something follows: put all of it into the other quotes; ";
	if (str_find(value, STR(": ")) > 0 && !begins_with_sign(value, "\"'{[#"))
		return "a text with a colon and a blank in it stands in quotes; ";
	return "";
}
