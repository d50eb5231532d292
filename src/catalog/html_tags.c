/* What tags of raw HTML say in their attributes: ids, links, pictures. */
#include "catalog/html_tags.h"

#include "base/ascii.h"

static bool is_html_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_tag_name_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == ':';
}

static struct str take_tag_name(struct str html, size_t *at)
{
	size_t from = *at;
	while (*at < html.n && is_tag_name_char(html.p[*at]))
		++*at;
	return str_slice(html, from, *at);
}

static void skip_html_blanks(struct str html, size_t *at)
{
	while (*at < html.n && is_html_blank(html.p[*at]))
		++*at;
}

/* The value behind "=", quoted or not. */
static struct str take_attribute_value(struct str html, size_t *at)
{
	skip_html_blanks(html, at);
	char quote = *at < html.n && (html.p[*at] == '"' || html.p[*at] == '\'') ? html.p[*at] : '\0';
	size_t from = *at += quote != '\0';
	while (*at < html.n && (quote ? html.p[*at] != quote : !is_html_blank(html.p[*at]) && html.p[*at] != '>'))
		++*at;
	struct str value = str_slice(html, from, *at);
	*at += quote && *at < html.n;
	return value;
}

/* One attribute of the tag that `*at` is in; false where the tag ends. */
static bool take_attribute(struct str html, size_t *at, struct str *name, struct str *value)
{
	while (*at < html.n && html.p[*at] != '>' && !is_tag_name_char(html.p[*at]))
		++*at;
	if (*at >= html.n || html.p[*at] == '>')
		return false;
	*name = take_tag_name(html, at);
	*value = (struct str){NULL, 0};
	skip_html_blanks(html, at);
	if (*at < html.n && html.p[*at] == '=') {
		++*at;
		*value = take_attribute_value(html, at);
	}
	return true;
}

static bool id_of_tag(struct str html, size_t *at, struct str *id)
{
	struct str name, value, tag = take_tag_name(html, at);
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

/* The target of <a href>, the source of <img src>. */
static bool link_of_tag(struct str html, size_t *at, struct str *url, bool *image)
{
	struct str name, value, tag = take_tag_name(html, at);
	bool found = false;
	*image = str_eq_nocase(tag, STR("img"));
	const char *wanted = *image ? "src" : str_eq_nocase(tag, STR("a")) ? "href" : "";
	while (tag.n && take_attribute(html, at, &name, &value)) {
		if (found || !value.n || !str_eq_nocase(name, str_c(wanted)))
			continue;
		*url = value;
		found = true;
	}
	return found;
}

/* Behind the next "<" that is no comment's; false where there is none. */
static bool next_tag(struct str html, size_t *at)
{
	while (*at < html.n) {
		if (str_starts(str_slice(html, *at, html.n), STR("<!--"))) {
			ptrdiff_t end = str_find(str_slice(html, *at, html.n), STR("-->"));
			*at = end < 0 ? html.n : *at + (size_t)end + 3;
		} else if (html.p[(*at)++] == '<') {
			return true;
		}
	}
	return false;
}

bool html_next_id(struct str html, size_t *at, struct str *id)
{
	while (next_tag(html, at))
		if (id_of_tag(html, at, id))
			return true;
	return false;
}

bool html_next_link(struct str html, size_t *at, struct str *url, bool *image)
{
	while (next_tag(html, at))
		if (link_of_tag(html, at, url, image))
			return true;
	return false;
}

bool html_is_placeholder(struct str tag)
{
	size_t at = 1;
	struct str name = tag.n > 2 && tag.p[0] == '<' ? take_tag_name(tag, &at) : (struct str){NULL, 0};
	return name.n && at + 1 == tag.n && tag.p[at] == '>' && !html_is_element(name);
}
