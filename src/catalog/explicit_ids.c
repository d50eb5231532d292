#include "catalog/explicit_ids.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str take_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	struct str word = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return word;
}

/* "#disk .wide lang=en": an id, classes and keys, and nothing else. */
static bool read_attributes(struct str inside, struct str *id)
{
	struct str found = {NULL, 0};
	while (str_trim(inside).n) {
		struct str word = take_word(&inside);
		if (word.n < 2 || strchr("{}", word.p[1]))
			return false;
		if (word.p[0] == '#')
			found = str_slice(word, 1, word.n);
		else if (word.p[0] != '.' && str_index(word, '=') <= 0)
			return false;
	}
	*id = found;
	return found.n > 0;
}

bool attr_list_take(struct str *text, struct str *id)
{
	struct str s = str_trim(*text);
	size_t from = s.n;
	if (!s.n || s.p[s.n - 1] != '}')
		return false;
	while (from && s.p[from - 1] != '{')
		from--;
	if (!from || (from > 1 && s.p[from - 2] == '{'))
		return false;
	struct str inside = str_slice(s, from, s.n - 1);
	if (inside.n && inside.p[0] == ':')
		inside = str_slice(inside, 1, inside.n);
	if (!read_attributes(inside, id))
		return false;
	*text = str_trim(str_slice(s, 0, from - 1));
	return true;
}

/* ---- HTML ---- */

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       c == ':';
}

static struct str take_name(struct str html, size_t *at)
{
	size_t from = *at;
	while (*at < html.n && is_name_char(html.p[*at]))
		++*at;
	return str_slice(html, from, *at);
}

static void skip_blanks(struct str html, size_t *at)
{
	while (*at < html.n && is_blank(html.p[*at]))
		++*at;
}

/* The value behind "=", quoted or not. */
static struct str take_value(struct str html, size_t *at)
{
	skip_blanks(html, at);
	char quote = *at < html.n && (html.p[*at] == '"' || html.p[*at] == '\'') ? html.p[*at] : '\0';
	size_t from = *at += quote != '\0';
	while (*at < html.n && (quote ? html.p[*at] != quote : !is_blank(html.p[*at]) && html.p[*at] != '>'))
		++*at;
	struct str value = str_slice(html, from, *at);
	*at += quote && *at < html.n;
	return value;
}

/* One attribute of the tag that `*at` is in; false where the tag ends. */
static bool take_attribute(struct str html, size_t *at, struct str *name, struct str *value)
{
	while (*at < html.n && html.p[*at] != '>' && !is_name_char(html.p[*at]))
		++*at;
	if (*at >= html.n || html.p[*at] == '>')
		return false;
	*name = take_name(html, at);
	*value = (struct str){NULL, 0};
	skip_blanks(html, at);
	if (*at < html.n && html.p[*at] == '=') {
		++*at;
		*value = take_value(html, at);
	}
	return true;
}

static bool id_of_tag(struct str html, size_t *at, struct str *id)
{
	struct str name, value, tag = take_name(html, at);
	bool anchor = str_eq_nocase(tag, STR("a")), found = false;
	while (tag.n && take_attribute(html, at, &name, &value)) {
		bool states = str_eq_nocase(name, STR("id")) || (anchor && !found && str_eq_nocase(name, STR("name")));
		if (!states || !value.n)
			continue;
		*id = value;
		found = true;
	}
	return found;
}

bool html_next_id(struct str html, size_t *at, struct str *id)
{
	while (*at < html.n) {
		if (str_starts(str_slice(html, *at, html.n), STR("<!--"))) {
			ptrdiff_t end = str_find(str_slice(html, *at, html.n), STR("-->"));
			*at = end < 0 ? html.n : *at + (size_t)end + 3;
		} else if (html.p[(*at)++] == '<' && id_of_tag(html, at, id)) {
			return true;
		}
	}
	return false;
}
