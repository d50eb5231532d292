/* The values of a post-mortem's template: what is put in the place of a placeholder, or behind the key of its line. */
#include "base/ascii.h"
#include "communication_impl.h"
#include "postmortem_form.h"

#define KEY_MAX 60 /* bytes before a colon; what is longer is a sentence */

/* ---- lines ---- */

struct str form_line_at(struct str body, size_t from)
{
	struct str rest = str_slice(body, from, body.n);
	ptrdiff_t end = str_index(rest, '\n');
	struct str line = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
	return str_ends(line, STR("\r")) ? str_slice(line, 0, line.n - 1) : line;
}

size_t form_skip(struct str s, size_t i, const char *marks)
{
	while (i < s.n && str_index(str_c(marks), s.p[i]) >= 0)
		i++;
	return i;
}

/* Behind "> ", "- ", "1. ", "[ ] ". */
size_t form_behind_marks(struct str line)
{
	size_t i = form_skip(line, 0, " \t>"), digits = i;
	if (i + 1 < line.n && str_index(STR("-*+"), line.p[i]) >= 0 && line.p[i + 1] == ' ')
		i = form_skip(line, i + 1, " ");
	while (digits < line.n && ascii_is_digit(line.p[digits]))
		digits++;
	if (digits > i && str_starts(str_slice(line, digits, line.n), STR(". ")))
		i = digits + 2;
	return str_starts(str_slice(line, i, line.n), STR("[ ] ")) ? i + 4 : i;
}

struct str form_without_emphasis(struct str s)
{
	s = str_trim(s);
	while (s.n && str_index(STR("*_`"), s.p[0]) >= 0)
		s = str_slice(s, 1, s.n);
	while (s.n && str_index(STR("*_`"), s.p[s.n - 1]) >= 0)
		s = str_slice(s, 0, s.n - 1);
	return str_trim(s);
}

/* ---- one value ---- */

/* Nothing that a person decides is guessed: what is to be done, and what was learnt. */
static bool is_peoples(const struct form *f)
{
	return f->part == PART_TASKS || f->part == PART_LESSONS;
}

enum known form_known_of_part(enum part part)
{
	static const enum known of[PART_COUNT + 1] = {
		[PART_TIMELINE] = KNOWN_NOT_MEANT, [PART_IMPACT] = KNOWN_IMPACT,     [PART_CAUSE] = KNOWN_CAUSE,
		[PART_TASKS] = KNOWN_NOT_MEANT,    [PART_LESSONS] = KNOWN_NOT_MEANT, [PART_RESOLUTION] = KNOWN_DONE,
		[PART_FACTS] = KNOWN_NOT_MEANT,    [PART_NONE] = KNOWN_NOT_MEANT};
	return of[part];
}

/* Of "Draft | Final" and the like the one that holds; empty: none of them does. */
static struct str status_among(struct form *f, struct str text)
{
	struct str state = postmortem_known(f->d, KNOWN_STATUS), draft = STR("draft");
	for (size_t i = 0; i < text.n;) {
		size_t from = form_skip(text, i, " []{}<>|/,"), end = from;
		while (end < text.n && str_index(STR("[]{}<>|/,"), text.p[end]) < 0)
			end++;
		struct str one = str_trim(str_slice(text, from, end));
		if (str_eq_nocase(one, draft) || str_eq_nocase(one, state))
			return one;
		i = end + 1;
	}
	return STR("");
}

static bool is_choice(struct str text)
{
	return str_index(text, '|') >= 0 || str_index(text, '/') >= 0;
}

static struct str value_for(struct form *f, enum known what, struct str asked)
{
	if (what >= KNOWN_COUNT)
		return STR("");
	return what == KNOWN_STATUS && is_choice(asked) ? status_among(f, asked) : postmortem_known(f->d, what);
}

/* In front matter as YAML, else as a line of Markdown. */
static void put_value(struct form *f, enum known what, struct str value)
{
	f->answered = true;
	if (what < KNOWN_COUNT)
		f->d->filled[what] = true;
	if (!f->front) {
		postmortem_escaped(f->d, value);
		return;
	}
	buf_add_char(&f->d->out, '"');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_add_char(&f->d->out, '\\');
		buf_add_char(&f->d->out, (unsigned char)value.p[i] < ' ' ? ' ' : value.p[i]);
	}
	buf_add_char(&f->d->out, '"');
}

static void stays_open(struct form *f, struct str name)
{
	f->open = true;
	postmortem_miss(f->d, str_trim(name));
}

/* ---- text with something to be filled in ---- */

/* The placeholder is all that the line says. */
static bool is_alone_in_line(struct str line, size_t at, size_t n)
{
	struct str before = form_without_emphasis(str_slice(line, form_behind_marks(line), at));
	struct str after = form_without_emphasis(str_slice(line, at + n, line.n));
	return !before.n && (!after.n || str_eq_c(after, "."));
}

static void put_open(struct form *f, struct str line, size_t at, size_t n, struct str inside)
{
	const struct str *said = communication_said(f->d->inc, inside);
	bool dated = !ascii_is_word_byte(line.p[at]) ? false : postmortem_asks_time(inside);
	enum known what = is_peoples(f) ? KNOWN_NEVER : postmortem_meaning(inside, postmortem_asks_time(inside));
	bool alone = is_alone_in_line(line, at, n), by_part = alone && form_known_of_part(f->part) < KNOWN_COUNT;
	if (by_part && !f->put)
		what = form_known_of_part(f->part);
	else if (alone && what >= KNOWN_COUNT && !is_peoples(f))
		what = postmortem_meaning(f->heading, dated);
	struct str value = said ? *said : value_for(f, what, inside);
	if (!value.n) {
		buf_add(&f->d->out, str_slice(line, at, at + n));
		stays_open(f, inside);
		return;
	}
	f->put |= by_part;
	put_value(f, what, value);
}

void form_put_filled(struct form *f, struct str line)
{
	struct str inside;
	for (size_t i = 0; i < line.n;) {
		size_t n = postmortem_open_at(line, i, &inside);
		if (n)
			put_open(f, line, i, n, inside);
		else
			buf_add_char(&f->d->out, line.p[i]);
		i += n ? n : 1;
	}
}

static void name_all_open(struct form *f, struct str text, struct str key)
{
	struct str inside;
	bool any = false;
	for (size_t i = 0; i < text.n;) {
		size_t n = postmortem_open_at(text, i, &inside);
		bool named = n && ascii_is_word_byte(str_trim(inside).p[0]) && !postmortem_asks_time(inside);
		if (named)
			stays_open(f, inside);
		any |= named;
		i += n ? n : 1;
	}
	if (!any)
		stays_open(f, key);
}

/* What the key asks for, in the place of `value`; false: the key says nothing of it. */
bool form_put_by_key(struct form *f, struct str key, struct str value)
{
	struct str asked = form_without_emphasis(value), inside = STR("");
	size_t n = asked.n ? postmortem_open_at(asked, 0, &inside) : 0;
	const struct str *said = communication_said(f->d->inc, n == asked.n && n ? inside : key);
	enum known what = postmortem_meaning(key, postmortem_asks_time(asked) || postmortem_asks_time(key));
	bool choice = is_choice(asked) && (what == KNOWN_SEVERITY || what == KNOWN_STATUS);
	if (!said && (is_peoples(f) || (!postmortem_is_open(value) && !choice)))
		return false;
	struct str found = said ? *said : value_for(f, what, asked);
	if (found.n)
		put_value(f, what, found);
	else if (what == KNOWN_NOT_MEANT && n)
		return false;
	else {
		buf_add(&f->d->out, str_trim(value));
		name_all_open(f, value, key);
	}
	return true;
}

/* ---- "**Key**: value" ---- */

/* Where the value begins; 0: it is no such line. */
size_t form_field_value(struct str line, struct str *key)
{
	size_t from = form_behind_marks(line), colon = from;
	while (colon < line.n && line.p[colon] != ':' && str_index(STR("[]<>{}|."), line.p[colon]) < 0)
		colon++;
	*key = form_without_emphasis(str_slice(line, from, colon));
	if (colon >= line.n || line.p[colon] != ':' || !key->n || key->n > KEY_MAX || !ascii_is_word_byte(key->p[0]))
		return 0;
	size_t at = form_skip(line, colon + 1, "*_");
	bool apart = at == line.n || line.p[at] == ' ' || line.p[at] == '\t';
	return apart ? form_skip(line, at, " \t") : 0;
}

/* "Impact:" over the lines that say it. */
bool form_says_it_below(const struct form *f)
{
	struct str next = form_line_at(f->body, f->from), inside;
	size_t at = form_skip(next, 0, " \t");
	return str_trim(next).n && (at || form_behind_marks(next) > at || postmortem_open_at(next, 0, &inside));
}

bool form_field(struct form *f, struct str line)
{
	struct str key;
	size_t at = form_field_value(line, &key);
	struct str value = str_slice(line, at, line.n), trimmed = str_trim(value);
	bool marked = form_behind_marks(line) || f->front || str_index(STR("*_"), line.p[0]) >= 0;
	bool known = at && postmortem_meaning(key, postmortem_asks_time(value)) < KNOWN_COUNT;
	if (!at || (!trimmed.n && (form_says_it_below(f) || (!marked && !known))))
		return false;
	size_t before = f->d->out.n;
	buf_add(&f->d->out, str_slice(line, 0, at));
	if (!trimmed.n && line.p[at - 1] != ' ')
		buf_add_char(&f->d->out, ' ');
	if (!form_put_by_key(f, key, value)) {
		f->d->out.n = before; /* the line is read as text */
		return false;
	}
	buf_add(&f->d->out, str_slice(value, trimmed.n ? (size_t)(trimmed.p + trimmed.n - value.p) : value.n, value.n));
	buf_add_char(&f->d->out, '\n');
	return true;
}
