/* Is this heading the section that the index page wants? "Step 1: Immediate actions (0-5 min)" is "Immediate Actions". */
#include <string.h>

#include "base/ascii.h"
#include "runbook_lint_impl.h"
#include "words/unicode.h"

/* What stands before a section's name or behind it, beside numbers: "Step 1", "0-5 min". */
static const char *const beside[] = {"step",   "phase", "part", "section", "stage", "minute", "min",   "hour", "hr",
                                     "second", "sec",   "h",    "m",       "s",     "t",      "first", "day",  "d"};

/* "🚨 Immediate actions" */
static struct str behind_picture(struct str text)
{
	for (struct str rest = text; rest.n && !ascii_is_alnum(rest.p[0]);) {
		int32_t c;
		if (!unicode_take(&rest, &c) || unicode_is_letter(c) || unicode_is_number(c))
			break;
		text = rest;
	}
	return text;
}

/* "Immediate Actions (0-5 minutes)", "Diagnosis [5 min]": what stands in brackets at the end is no part of the name. */
static struct str without_note(struct str heading)
{
	struct str s = str_trim(heading);
	for (size_t i = s.n; i-- > 1 && s.n && strchr(")]", s.p[s.n - 1]);)
		if (s.p[i] == '(' || s.p[i] == '[')
			return str_trim(str_slice(s, 0, i));
	return s;
}

static bool stands_beside(struct str word)
{
	bool number = word.n > 0;
	for (size_t i = 0; i < word.n; i++)
		number = number && ascii_is_digit(word.p[i]);
	for (size_t i = 0; !number && i < sizeof beside / sizeof *beside; i++)
		number = str_eq_c(word, beside[i]);
	return number;
}

static struct str word_at_start(struct str words)
{
	ptrdiff_t blank = str_index(words, ' ');
	return str_slice(words, 0, blank < 0 ? words.n : (size_t)blank);
}

static struct str word_at_end(struct str words)
{
	size_t i = words.n;
	while (i && words.p[i - 1] != ' ')
		i--;
	return str_slice(words, i, words.n);
}

/* Folded words without numbers, times and "step" at either end. */
static struct str without_times(struct str words)
{
	while (words.n && stands_beside(word_at_start(words)))
		words = str_trim(str_slice(words, word_at_start(words).n, words.n));
	while (words.n && stands_beside(word_at_end(words)))
		words = str_trim(str_slice(words, 0, words.n - word_at_end(words).n));
	return words;
}

static bool is_wanted(struct arena *arena, struct str text, struct str wanted)
{
	struct str words = lint_words(arena, behind_picture(text));
	return str_eq(words, wanted) || str_eq(without_times(words), wanted);
}

/* Where the first separator of a heading stands, and its bytes; text.n: it has none. */
static size_t first_separator(struct str text, size_t *length)
{
	static const char *const separators[] = {": ",  " - ",   " – ", " — ", ". ",  ") ",
	                                         " & ", " and ", "/",   ", ",  " | ", " + "};
	size_t at = text.n;
	*length = 0;
	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
		ptrdiff_t found = str_find(str_slice(text, 0, at), str_c(separators[i]));
		if (found < 0)
			continue;
		at = (size_t)found;
		*length = strlen(separators[i]);
	}
	return at;
}

bool lint_heading_names(struct arena *arena, struct str heading, struct str wanted)
{
	struct str text = without_note(heading);
	bool found = is_wanted(arena, heading, wanted) || is_wanted(arena, text, wanted);
	for (size_t length; !found && text.n;) {
		size_t end = first_separator(text, &length);
		found = is_wanted(arena, without_note(str_slice(text, 0, end)), wanted);
		text = str_slice(text, end + length, text.n);
	}
	return found;
}

/* The text of a line that is nothing but bold, or a heading in HTML; n == 0: it is neither. */
static struct str heading_of_line(struct str line)
{
	struct str s = str_trim(line);
	if (s.n > 5 && str_eq_nocase(str_slice(s, 0, 2), STR("<h")) && ascii_is_digit(s.p[2])) {
		ptrdiff_t open = str_index(s, '>'), close = str_find(s, STR("</"));
		return open > 0 && close > open ? str_slice(s, (size_t)open + 1, (size_t)close) : (struct str){NULL, 0};
	}
	s = str_ends(s, STR(":")) ? str_slice(s, 0, s.n - 1) : s;
	bool bold = s.n > 4 && ((str_starts(s, STR("**")) && str_ends(s, STR("**"))) ||
	                        (str_starts(s, STR("__")) && str_ends(s, STR("__"))));
	return bold ? str_slice(s, 2, s.n - 2) : (struct str){NULL, 0};
}

bool lint_line_names(struct arena *arena, struct str text, struct str wanted)
{
	while (text.n) {
		ptrdiff_t end = str_index(text, '\n');
		size_t n = end < 0 ? text.n : (size_t)end;
		struct str heading = heading_of_line(str_slice(text, 0, n));
		if (heading.n && lint_heading_names(arena, heading, wanted))
			return true;
		text = str_slice(text, n + (end >= 0), text.n);
	}
	return false;
}

struct str lint_section_words(struct arena *arena, struct str name)
{
	struct str words = lint_words(arena, behind_picture(without_note(name)));
	return words.n ? words : lint_words(arena, name);
}
