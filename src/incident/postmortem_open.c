/* What in a template of a post-mortem waits to be filled in: [names], YYYY-MM-DD, HH:MM, ____, TBD. */
#include "base/ascii.h"
#include "postmortem_impl.h"

/* ---- dates and times ---- */

/* YYYY, mm, XX: one letter of a date, twice or more; its bytes. */
static size_t date_group(struct str s)
{
	static const char letters[] = "ymdhsx";
	size_t n = 0;
	while (n < s.n && ascii_lower(s.p[n]) == ascii_lower(s.p[0]))
		n++;
	bool dated = n > 1 && n <= 4 && str_index(STR(letters), ascii_lower(s.p[0])) >= 0;
	return dated && !(n < s.n && ascii_is_alnum(s.p[n])) ? n : 0;
}

/* YYYY-MM-DD, hh:mm: groups with a mark between them. */
static size_t date_form(struct str s)
{
	size_t at = date_group(s), groups = at > 0;
	while (at && at + 1 < s.n && str_index(STR("-/.:"), s.p[at]) >= 0) {
		size_t n = date_group(str_slice(s, at + 1, s.n));
		if (!n)
			break;
		at += 1 + n;
		groups++;
	}
	return groups > 1 ? at : 0;
}

/* …with the time behind the date. */
static size_t moment_form(struct str s)
{
	size_t n = date_form(s);
	bool gap = n && n + 1 < s.n && (s.p[n] == ' ' || s.p[n] == 'T');
	size_t more = gap ? date_form(str_slice(s, n + 1, s.n)) : 0;
	n += more ? more + 1 : 0;
	return n && str_starts(str_slice(s, n, s.n), STR(" UTC")) ? n + 4 : n;
}

static size_t rule_to_write_on(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] == '_')
		n++;
	return n > 2 ? n : 0;
}

/* ---- names ---- */

static bool void_element(struct str inside)
{
	static const char *const names[] = {"br", "hr", "img", "details", "sub", "sup", "b", "i", "u", "kbd", "a"};
	size_t end = 0;
	while (end < inside.n && ascii_is_alnum(inside.p[end]))
		end++;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(str_slice(inside, 0, end), str_c(names[i])))
			return true;
	return false;
}

/* <summary>…</summary> */
static bool closed_below(struct str rest, struct str inside)
{
	char close[32];
	size_t n = 0;
	close[n++] = '<';
	close[n++] = '/';
	for (size_t i = 0; i < inside.n && ascii_is_alnum(inside.p[i]) && n + 1 < sizeof close; i++)
		close[n++] = inside.p[i];
	close[n++] = '>';
	return str_find(rest, (struct str){close, n}) >= 0;
}

static bool is_markup(struct str rest, struct str inside)
{
	if (rest.p[0] == '<')
		return str_index(STR("!/? "), inside.p[0]) >= 0 || void_element(inside) || closed_below(rest, inside);
	return rest.p[0] == '[' && (inside.p[0] == '^' || str_eq_nocase(inside, STR("x")));
}

size_t postmortem_open_at(struct str body, size_t at, struct str *inside)
{
	struct str rest = str_slice(body, at, body.n);
	bool word = at && (ascii_is_word_byte(body.p[at - 1]) || body.p[at - 1] == '_');
	size_t n = fact_placeholder_at(rest, inside);
	if (n)
		return is_markup(rest, *inside) || (word && rest.p[0] == '[') ? 0 : n;
	n = word ? 0 : moment_form(rest);
	n = n || word ? n : rule_to_write_on(rest);
	*inside = str_slice(rest, 0, n);
	return n;
}

bool postmortem_is_open(struct str text)
{
	static const char *const words[] = {"TBD", "TODO", "tba", "...", "…", "?", "???", "-", "n/a", "XX"};
	struct str inside;
	text = str_trim(text);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(text, str_c(words[i])))
			return true;
	for (size_t i = 0; i < text.n; i++)
		if (postmortem_open_at(text, i, &inside))
			return true;
	return !text.n;
}

bool postmortem_asks_time(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((!i || !ascii_is_alnum(text.p[i - 1])) && moment_form(str_slice(text, i, text.n)))
			return true;
	static const char *const words[] = {"time", "date", "timestamp", "when", "at.", NULL};
	for (size_t i = 0; words[i]; i++)
		if (postmortem_has_words(text, words[i]))
			return true;
	return false;
}
